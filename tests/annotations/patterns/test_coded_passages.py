"""Which codes stand on one passage."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from annotations.matrix.counted_codings import CountedPassage
from annotations.patterns.co_occurrence import jaccard_of
from annotations.patterns.coded_passages import coded_passages, codes_on
from annotations.patterns.similarity import similar_codes, similar_columns
from annotations.transcript import Span

ONE = uuid4()


def _found(*given: tuple[str, int, int], phase: str = "", transcript: UUID = ONE) -> list[CountedPassage]:
    return [CountedPassage(code, phase, transcript, Span(start, end), ("Ada",)) for code, start, end in given]


def _codes(found: list[CountedPassage]) -> list[tuple[int, int, str]]:
    return [(one.span.start, one.span.end, "".join(sorted(one.codes))) for one in coded_passages(found)]


def test_nearly_the_same_words_are_one_passage() -> None:
    """Half of each lies in the other; the phase counts as a code."""
    assert _codes(_found(("A", 0, 100), ("B", 10, 110))) == [(0, 100, "AB")]
    assert _codes(_found(("A", 0, 100), ("B", 60, 160))) == [(0, 100, "A"), (60, 160, "B")]
    (one,) = coded_passages(_found(("A", 0, 9), phase="early"))
    assert one.codes == {"A", "early"}


def test_a_wide_coding_carries_its_code_to_what_lies_in_it() -> None:
    """And takes their codes not on: codes within it that do not touch each other do not meet."""
    found = _found(("W", 0, 1000), ("A", 0, 50), ("B", 500, 550))
    assert _codes(found) == [(0, 50, "AW"), (0, 1000, "W"), (500, 550, "BW")]


def test_transcripts_are_kept_apart() -> None:
    """The same place in another text is another passage."""
    other = uuid4()
    found = [*_found(("A", 0, 9)), *_found(("B", 0, 9), transcript=other)]
    assert len(coded_passages(found)) == 2
    assert codes_on(coded_passages(found)) == ("A", "B")


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 60), st.integers(1, 40)), max_size=25))
def test_every_coding_stands_on_some_passage(given: list[tuple[str, int, int]]) -> None:
    """No code is lost or made up, and no passage is empty, whatever the order of the codings."""
    found = _found(*((code, start, start + length) for code, start, length in given))
    passages = coded_passages(found)
    assert {code for one in passages for code in one.codes} == {code for code, _, _ in given}
    assert all(one.codes for one in passages)
    assert len(passages) <= len({one.span for one in found})
    assert coded_passages(found[::-1]) == passages


def test_codes_are_alike_that_share_passages() -> None:
    """Jaccard's index; those alike are neighbours."""
    found = _found(("A", 0, 9), ("B", 0, 9), ("A", 20, 29), ("C", 40, 49))
    similar = similar_codes(coded_passages(found), ["A", "B", "C", "D"])
    assert similar.between("A", "B") == 0.5
    assert similar.between("A", "C") == 0
    assert dict(zip(similar.names, similar.sizes, strict=True)) == {"A": 2, "B": 1, "C": 1}
    assert abs(similar.names.index("A") - similar.names.index("B")) == 1
    assert jaccard_of([], ["A"]).tolist() == [[1.0]]


def test_cases_are_alike_in_which_the_same_is_found() -> None:
    """By the shares of their sources: 2 of 2 and 1 of 2 sources with A, and nothing else, are half alike."""
    ids = [uuid4() for _ in range(5)]
    column_of = dict(zip(ids, ["E", "E", "T", "T", "S"], strict=True))
    found = [one for at in (0, 1, 2) for one in _found(("A", 0, 9), transcript=ids[at])]
    found += _found(("A", 0, 9), phase="late", transcript=ids[3])
    found += _found(("B", 0, 9), transcript=ids[4])
    similar = similar_columns(found, column_of)
    # E: A 1.0; T: A 0.5 and late A 0.5
    assert similar.between("E", "T") == 0.5 / 1.5
    assert similar.between("E", "S") == 0
    assert similar.sizes[similar.names.index("E")] == 2
