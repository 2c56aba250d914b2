"""Codings that come in become reviews; importing again loses nothing and doubles nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from builders import a_transcript

from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Condition, Draw
from annotations.codings.codings_file import PlacedCoding
from annotations.codings.keep_codings import Complete, KeptCodings, keep_codings
from annotations.segment import Segment, Segmentation
from annotations.store.database import Store
from annotations.store.loose_codings import loose_codings
from annotations.store.reviews import add_reviews, current_reviews
from annotations.store.segments import add_segments, keep_segmentation, segments_of
from annotations.store.transcripts import add_transcript
from annotations.transcript import Transcript

TRANSCRIPT = a_transcript("JKG-01", "How is it?", "We lack money.", "And?", "People leave.")


@pytest.fixture
def ids(store: Store) -> Mapping[str, UUID]:
    """One interview of two questions and two answers, cut by turns."""
    way = Segmentation()
    with store.writing() as connection:
        new = add_transcript(connection, TRANSCRIPT)
        keep_segmentation(connection, way)
        cut = [
            Segment(turn.index, turn.index, turn.speaker, turn.role, turn.span) for turn in TRANSCRIPT.turns
        ]
        add_segments(connection, new, way.version, cut)
    return {"JKG-01": new}


def _placed(
    turn: int, code: str | None, *, coder: str = "Ada", transcript: Transcript = TRANSCRIPT
) -> PlacedCoding:
    return PlacedCoding(
        row=2,
        transcript=transcript.name,
        coder=coder,
        code=code,
        span=transcript.turns[turn].span,
        condition=Condition.INDEPENDENT,
    )


def _keep(
    store: Store, codebook: Codebook, ids: Mapping[str, UUID], complete: Complete, *placed: PlacedCoding
) -> KeptCodings:
    with store.writing() as connection:
        return keep_codings(
            connection,
            placed,
            complete=complete,
            ids=ids,
            segments=segments_of(connection, Segmentation().version),
            codebook=codebook,
            file="f.csv",
        )


def test_what_a_reader_left_uncoded_is_an_empty_review(
    store: Store, codebook: Codebook, ids: Mapping[str, UUID]
) -> None:
    """Read to the end: the answer without a code was looked at; the questions are no units."""
    kept = _keep(store, codebook, ids, "all", _placed(1, "money"))
    assert (kept.codings, kept.reviews, kept.empty_reviews) == (1, 2, 1)
    with store.reading() as connection:
        found = {review.span: len(review.codings) for review in current_reviews(connection)}
    assert found == {TRANSCRIPT.turns[1].span: 1, TRANSCRIPT.turns[3].span: 0}


def test_of_listed_passages_only_those_were_judged(
    store: Store, codebook: Codebook, ids: Mapping[str, UUID]
) -> None:
    """An empty code says: looked, nothing applies. Nothing is said of the rest."""
    kept = _keep(store, codebook, ids, "listed", _placed(1, None))
    assert (kept.codings, kept.reviews, kept.empty_reviews) == (0, 1, 1)


def test_codings_of_nobody_knows_what_are_no_reviews(
    store: Store, codebook: Codebook, ids: Mapping[str, UUID]
) -> None:
    """They are kept and teach no negatives."""
    kept = _keep(store, codebook, ids, "none", _placed(1, "money"))
    assert (kept.codings, kept.reviews) == (1, 0)
    with store.reading() as connection:
        assert current_reviews(connection) == ()
        assert len(loose_codings(connection)) == 1


@pytest.mark.parametrize("complete", ["all", "listed", "none"])
def test_importing_again_changes_nothing(
    store: Store, codebook: Codebook, ids: Mapping[str, UUID], complete: Complete
) -> None:
    """The same rows are recognised."""
    rows = (_placed(1, "money"), _placed(1, "people"), _placed(3, "people", coder="Bo"))
    _keep(store, codebook, ids, complete, *rows)
    again = _keep(store, codebook, ids, complete, *rows)
    assert (again.codings, again.reviews, again.empty_reviews, again.superseded) == (0, 0, 0, 0)
    assert again.unchanged == 3


def test_a_passage_coded_otherwise_supersedes(
    store: Store, codebook: Codebook, ids: Mapping[str, UUID]
) -> None:
    """The later word holds; the earlier stays on record."""
    _keep(store, codebook, ids, "listed", _placed(1, "money"))
    kept = _keep(store, codebook, ids, "listed", _placed(1, "people"))
    assert (kept.codings, kept.superseded) == (1, 1)
    with store.reading() as connection:
        (review,) = current_reviews(connection)
    assert [coding.code for coding in review.codings] == ["people"]
    assert review.supersedes is not None


def test_a_repeat_is_never_superseded_by_a_file(
    store: Store, codebook: Codebook, ids: Mapping[str, UUID]
) -> None:
    """The file is the coder's ordinary word: the first review follows it, and the second look stays as it was."""
    _keep(store, codebook, ids, "listed", _placed(1, "money"))
    span = TRANSCRIPT.turns[1].span
    with store.writing() as connection:
        (first,) = current_reviews(connection)
        again = replace(first, codings=(Coding("money", span),), draw=Draw.REPEAT, id=uuid4())
        add_reviews(connection, [again])
    assert _keep(store, codebook, ids, "listed", _placed(1, "people")).superseded == 1
    with store.reading() as connection:
        found = {r.draw: ([c.code for c in r.codings], r.supersedes) for r in current_reviews(connection)}
    assert found == {Draw.REPEAT: (["money"], None), Draw.ORDINARY: (["people"], first.id)}


def test_loose_codings_are_taken_in_by_a_later_complete_import(
    store: Store, codebook: Codebook, ids: Mapping[str, UUID]
) -> None:
    """When it becomes known what was read, the codings join their review and are not doubled."""
    _keep(store, codebook, ids, "none", _placed(1, "money"))
    _keep(store, codebook, ids, "all", _placed(1, "money"))
    with store.reading() as connection:
        found = [coding.code for review in current_reviews(connection) for coding in review.codings]
        assert loose_codings(connection) == ()
    assert found == ["money"]


def test_what_the_later_file_adds_to_a_loose_coding_holds(
    store: Store, codebook: Codebook, ids: Mapping[str, UUID]
) -> None:
    """Its memo is the later one's, so that importing that file again changes nothing."""
    later = replace(_placed(1, "money"), memo="new", influence="-")
    _keep(store, codebook, ids, "none", replace(_placed(1, "money"), memo="old"))
    _keep(store, codebook, ids, "listed", later)
    assert _keep(store, codebook, ids, "listed", later).unchanged == 1
    with store.reading() as connection:
        (review,) = current_reviews(connection)
    assert (review.codings[0].memo, review.codings[0].influence) == ("new", "-")


def test_a_coding_on_a_question_is_kept_and_counted(
    store: Store, codebook: Codebook, ids: Mapping[str, UUID]
) -> None:
    """What an interviewer says is no unit, and the coding on it is not lost."""
    kept = _keep(store, codebook, ids, "listed", _placed(0, "money"))
    assert (kept.codings, kept.on_interviewer) == (1, 1)
