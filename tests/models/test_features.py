"""Features hold nobody's own words, and are the same however they are counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.features import BLOCKS, Features, choose, count, matrix_of, matrix_of_counted
from models.segment_words import SegmentWords

GROUPS = ["p1", "p1", "p2", "p3", "p3"]
UNITS = [
    SegmentWords(
        "the ward has no money", speaker="Client", question="what about money?", before="hello", after="yes"
    ),
    SegmentWords("wombat wombat money", speaker="p1", after="no"),
    SegmentWords(
        "money for the ward", speaker="client", question="and money?", dialogue=False, before="secret"
    ),
    SegmentWords("the ward wants money", speaker="Client"),
    SegmentWords("the wombat", speaker="p3"),
]


def _dense(features: Features) -> np.ndarray:
    return np.hstack([features.sparse.toarray(), features.dense])


def _embeddings(rows: int) -> np.ndarray:
    found = np.random.default_rng(1).normal(size=(rows, 8)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_a_term_of_fewer_than_three_participants_is_not_kept() -> None:
    """ "wombat" is said by two, "money" by three."""
    vocabulary, _ = choose(count(UNITS), np.arange(5), GROUPS)
    assert "money" in vocabulary.terms["words"]
    assert "wombat" not in vocabulary.terms["words"]
    assert not [term for term in vocabulary.terms["characters"] if "omb" in term]


def test_words_of_the_codebook_are_kept_however_few_use_them() -> None:
    """Else a definition could not be compared with the first few passages; "wombat" of the passages stays unknown."""
    codebook = SegmentWords("what the kerfuffle costs", dialogue=False)
    counted = count([*UNITS, codebook])
    vocabulary, columns = choose(counted, np.arange(5), GROUPS, np.array([5]))
    assert {"money", "kerfuffle", "the kerfuffle"} <= set(vocabulary.terms["words"])
    assert "wombat" not in vocabulary.terms["words"]
    trained = matrix_of_counted(counted, np.arange(5), vocabulary, columns, _embeddings(5))
    assert trained.sparse.shape[1] == sum(map(len, vocabulary.terms.values()))
    plain, _ = choose(count(UNITS), np.arange(5), GROUPS)
    again, _ = choose(count(UNITS), np.arange(5), GROUPS, np.array([], dtype=np.intp))
    assert plain.terms == again.terms


def test_a_speaker_s_own_label_is_not_kept() -> None:
    """A label that three participants share has a column, in any case; a person's code has none."""
    vocabulary, _ = choose(count(UNITS), np.arange(5), GROUPS)
    assert vocabulary.speakers == ("client",)


def test_left_out_rows_teach_no_term() -> None:
    """The vocabulary of some rows knows nothing of the others."""
    vocabulary, _ = choose(count(UNITS), np.array([0, 1, 2]), GROUPS[:3])
    assert vocabulary.terms["words"] == ()


def test_training_and_serving_see_the_same_numbers() -> None:
    """Features of what was counted once equal those of the texts as they come later."""
    counted = count(UNITS)
    vocabulary, columns = choose(counted, np.arange(5), GROUPS)
    embeddings = _embeddings(5)
    trained = _dense(matrix_of_counted(counted, np.array([3, 0]), vocabulary, columns, embeddings))
    served = _dense(matrix_of([UNITS[3], UNITS[0]], vocabulary, embeddings[[3, 0]]))
    assert trained == pytest.approx(served, abs=1e-6)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), min_size=1, max_size=6))
@pytest.mark.slow
def test_a_text_has_the_same_terms_at_training_and_at_serving(texts: list[str]) -> None:
    """Whatever is said, however often, in whatever script: both ways of counting give the same counts."""
    units = [SegmentWords(text) for text in (*texts, *texts, *texts)]
    embeddings = np.zeros((len(units), 2), dtype=np.float32)
    groups = [f"p{at // len(texts)}" for at in range(len(units))]
    counted = count(units)
    rows = np.arange(len(units))
    vocabulary, columns = choose(counted, rows, groups)
    trained = matrix_of_counted(counted, rows, vocabulary, columns, embeddings)
    served = matrix_of(units, vocabulary, embeddings)
    assert sum(len(vocabulary.terms[block.name]) for block in BLOCKS) == served.sparse.shape[1]
    # the last bit may differ: sums are taken in another order
    assert abs(trained.sparse - served.sparse).sum() < 1e-5


@pytest.mark.parametrize("side", ["before", "after"])
def test_neighbours_count_only_in_a_conversation(side: str) -> None:
    """What stands around a passage of a document says nothing of it: it looks as if nothing stood there."""
    known = [SegmentWords("a", speaker=g, **{side: "money here"}) for g in "abc"]
    vocabulary, _ = choose(count(known), np.arange(3), list("abc"))
    assert "money" in vocabulary.terms[side]
    units = [SegmentWords("x", dialogue=dialogue, **{side: "money here"}) for dialogue in (True, False)]
    alone = [SegmentWords("x", dialogue=dialogue) for dialogue in (True, False)]
    embeddings = _embeddings(1)[[0, 0]]
    found, without = (_dense(matrix_of(its, vocabulary, embeddings)) for its in (units, alone))
    assert np.abs(found[0] - without[0]).sum() > 0.1
    assert np.array_equal(found[1], without[1])


@pytest.mark.parametrize("text", ["", "…", "🙂 🙂", "\u202bשלום\u202c", "a" * 5000])
def test_odd_texts_have_finite_features(text: str) -> None:
    """No word, no letter, or one without end: there are numbers all the same."""
    counted = count([*UNITS, SegmentWords(text)])
    vocabulary, columns = choose(counted, np.arange(6), [*GROUPS, "p4"])
    found = matrix_of_counted(counted, np.arange(6), vocabulary, columns, _embeddings(6))
    assert np.isfinite(_dense(found)).all()
    assert np.isfinite(_dense(matrix_of([SegmentWords(text)], vocabulary, _embeddings(1)))).all()
