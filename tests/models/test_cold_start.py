"""Before anybody has coded, the codebook's own words say where to look, and little is suggested."""

from __future__ import annotations

import numpy as np
from builders import WordEncoder

from annotations.codebook.codes import Code
from models.cold_start import SUGGESTED_SHARE, from_codebook
from models.segment_words import SegmentWords

CODES = (
    Code("money", "Money", "topics", "Topics/Money", definition="budget money cost"),
    Code("people", "People", "topics", "Topics/People", definition="staff nurses team"),
)


def test_units_near_a_definition_rank_first() -> None:
    """A unit with a definition's words is likelier than any other, and few units are suggested."""
    encoder = WordEncoder()
    units = [SegmentWords(f"filler{at} talk{at % 7} about{at % 3}") for at in range(98)]
    units += [SegmentWords("money cost budget"), SegmentWords("the nurses team staff")]
    vectors = encoder.embed([unit.text for unit in units])
    model = from_codebook(CODES, encoder.embed, vectors)
    found = model.probabilities(units, vectors)
    assert found[:, 0].argmax() == 98
    assert found[:, 1].argmax() == 99
    assert (found >= model.thresholds).mean(axis=0).max() <= SUGGESTED_SHARE + 0.01
    assert ((found >= 0) & (found <= 1)).all()


def test_a_code_that_nothing_resembles_is_not_suggested() -> None:
    """The least far is not near."""
    encoder = WordEncoder()
    vectors = encoder.embed([f"filler{at}" for at in range(40)])
    model = from_codebook(CODES, encoder.embed, vectors)
    found = model.probabilities([SegmentWords("x")] * 40, vectors)
    assert ((found >= model.thresholds).sum(axis=0) <= 2).all()


def test_a_unit_near_to_every_code_is_not_the_nearest_of_one() -> None:
    """What speaks of everything at once ranks behind what speaks of one thing, though both are as near to it."""
    encoder = WordEncoder()
    snow = Code("snow", "Snow", "topics", "Topics/Snow", definition="snow road bus")
    texts = [*(f"filler{at}" for at in range(20)), "money one two three", "money nurses snow four"]
    vectors = encoder.embed(texts)
    model = from_codebook((*CODES, snow), encoder.embed, vectors)
    found = model.probabilities([SegmentWords(text) for text in texts], vectors)
    assert np.isclose(vectors[20] @ model.meanings[0], vectors[21] @ model.meanings[0])
    assert found[20, 0] > found[21, 0]


def test_no_units_no_trouble() -> None:
    """A study without a transcript has a model that suggests nothing yet."""
    encoder = WordEncoder()
    model = from_codebook(CODES, encoder.embed, np.zeros((0, 4096), dtype=np.float32))
    assert np.isfinite(model.thresholds).all()
    assert model.probabilities([], np.zeros((0, 4096), dtype=np.float32)).shape == (0, 2)
