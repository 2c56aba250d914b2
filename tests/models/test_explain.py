"""Evidence is the sentence that carries a code, and the nearest passage of another participant that people coded so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from builders import WordEncoder

from annotations.codebook.codes import Code
from annotations.transcript import Span
from models.cold_start import from_codebook
from models.explain import Precedents, sentences_behind
from models.segment_words import SegmentWords
from models.segmenter import sentences_in

PLACES = np.array([[1, 0], [0.8, 0.6], [0.6, 0.8], [0, 1]], dtype=np.float32)


def _precedents() -> Precedents:
    carried = np.array([[True, False], [True, False], [True, False], [False, False]])
    return Precedents(PLACES, np.array(["p1", "p2", "p3", "p3"], dtype=object), carried)


def test_the_nearest_of_other_participants_come_first() -> None:
    """A unit of p1 beside its own passage is shown those of p2 and p3, by similarity."""
    (found,) = _precedents().nearest(PLACES[:1], ["p1"], np.array([[True, True]]))
    assert [at for at, _ in found[0]] == [1, 2]
    assert [round(similarity, 2) for _, similarity in found[0]] == [0.8, 0.6]


def test_a_code_that_nobody_applied_has_no_evidence() -> None:
    """It is left out, not made up."""
    (found,) = _precedents().nearest(PLACES[:1], ["p9"], np.array([[False, True]]))
    assert found == {}


def test_no_more_than_asked_for() -> None:
    """The most similar ones, as many as asked."""
    (found,) = _precedents().nearest(PLACES[:1], ["p9"], np.array([[True, False]]), most=2)
    assert [at for at, _ in found[0]] == [0, 1]


MONEY = Code("money", "Money", "topics", "Topics/Money", definition="budget money cost")
SAID = SegmentWords("We moved in spring. The budget had no money left. Then it snowed.", speaker="P-1")


def _sentences(texts: Sequence[str]) -> list[tuple[Span, ...]]:
    return [sentences_in(text, "rules:en") for text in texts]


@pytest.mark.slow
def test_the_sentence_that_carries_a_code_is_pointed_at() -> None:
    """Of three sentences it is the one about money, as a span of the unit's own words."""
    encoder = WordEncoder()
    model = from_codebook([MONEY], encoder.embed, encoder.embed(["filler", "talk"]))
    first, alone = sentences_behind(
        model, [SAID, SegmentWords("No money.")], [["money"], ["money"]], encoder.embed, _sentences
    )
    assert first["money"].span.of(SAID.text) == "The budget had no money left."
    assert 0 <= first["money"].probability <= 1
    assert alone == {}


def test_no_sentence_is_cut_where_no_code_is_wanted() -> None:
    """Nothing is embedded for a unit without a suggestion, nor for a code that the model does not know."""
    encoder = WordEncoder()
    model = from_codebook([MONEY], encoder.embed, encoder.embed(["filler"]))
    before = len(encoder.embedded)
    assert sentences_behind(model, [SAID, SAID], [[], ["other"]], encoder.embed, _sentences) == [{}, {}]
    assert len(encoder.embedded) == before
