"""How many passages are judged is the same as projected from whole reviews, and is counted anew where something changed."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID, uuid4

import pytest
from builders import a_transcript
from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Review
from annotations.labels import labels_of
from annotations.segment import Segment, Segmentation
from annotations.store import judged_passages
from annotations.store.codebook_versions import keep_codebook
from annotations.store.database import Store
from annotations.store.judged_passages import JudgedCount, JudgedPassages, counted_passages
from annotations.store.reviews import add_review_codings, add_reviews, current_reviews, retract
from annotations.store.segments import add_segments, keep_segmentation, segments_of
from annotations.store.transcripts import add_transcript
from annotations.transcript import Span

CUT = Segmentation("turn")


def _filled(connection: Connection, codebook: Codebook) -> tuple[list[UUID], str]:
    """Three transcripts of twelve turns, cut into turns."""
    keep_segmentation(connection, CUT)
    found = []
    for name in ("A-1", "B-2", "C-3"):
        transcript = a_transcript(name, *(f"These are the words of turn {at}." for at in range(12)))
        kept = add_transcript(connection, transcript)
        cut = [
            Segment(at, turn.index, turn.speaker, turn.role, turn.span)
            for at, turn in enumerate(transcript.turns)
        ]
        add_segments(connection, kept, CUT.version, cut)
        found.append(kept)
    return found, keep_codebook(connection, codebook)


def _by_projection(connection: Connection) -> dict[UUID, JudgedCount]:
    segments = segments_of(connection, CUT.version)
    judged: dict[UUID, set[int]] = {}
    for one in labels_of(segments, current_reviews(connection)):
        if one.whole:
            judged.setdefault(one.transcript, set()).update(one.judged)
    found = {}
    for transcript, cut in segments.items():
        units = {at for at, segment in enumerate(cut) if segment.role.is_coded}
        found[transcript] = JudgedCount(len(units), len(units & judged.get(transcript, set())))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_it_is_what_projecting_all_reviews_says(store: Store, codebook: Codebook, seed: int) -> None:
    """Any spans, passes for some codes alone, superseded and retracted reviews, codings wider than their review."""
    chance = random.Random(seed)  # noqa: S311 (no secret is made)
    with store.writing() as connection:
        kept, version = _filled(connection, codebook)
        made: list[Review] = []
        for _ in range(25):
            start = chance.randrange(0, 300)
            span = Span(start, start + chance.randrange(1, 60))
            wide = Span(start, start + 80)
            made.append(
                Review(
                    chance.choice(kept),
                    chance.choice(("Ada", "Ben")),
                    span,
                    (Coding("money", chance.choice((span, wide))),) if chance.random() < 0.5 else (),
                    codebook_version=version,
                    only=frozenset({"money"}) if chance.random() < 0.2 else None,
                    supersedes=None,
                    id=uuid4(),
                )
            )
        add_reviews(connection, made)
        assert made[0].id is not None
        retract(connection, made[0].id, "by mistake")
        assert counted_passages(connection, CUT.version) == _by_projection(connection)
        assert counted_passages(connection, CUT.version, kept[:1]) == {
            kept[0]: _by_projection(connection)[kept[0]]
        }


def test_only_what_changed_is_counted_anew(
    store: Store, codebook: Codebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A review, a coding added to it, and its retraction each change the counts of their transcript alone."""
    asked: list[list[UUID]] = []
    counts = judged_passages.counted_passages

    def counted(connection: Connection, segmentation: str, only: list[UUID]) -> dict[UUID, JudgedCount]:
        asked.append(only)
        return counts(connection, segmentation, only)

    monkeypatch.setattr(judged_passages, "counted_passages", counted)
    keeps = JudgedPassages()
    with store.writing() as connection:
        kept, version = _filled(connection, codebook)
        segments = [one for one in segments_of(connection, CUT.version)[kept[1]] if one.role.is_coded]
        assert keeps.now(connection, CUT.version)[kept[1]] == JudgedCount(6, 0)
        review = Review(kept[1], "Ada", segments[0].span, codebook_version=version, id=uuid4())
        for change, count in (
            (lambda: add_reviews(connection, [review]), 1),
            (lambda: add_review_codings(connection, review, [Coding("money", segments[1].span)]), 2),
            (lambda: retract(connection, review.id or uuid4(), "by mistake"), 0),
        ):
            change()
            assert keeps.now(connection, CUT.version)[kept[1]] == JudgedCount(6, count)
            assert keeps.now(connection, CUT.version)[kept[1]] == JudgedCount(6, count)
    # what nobody has looked at is not read
    assert asked == [[kept[1]]] * 3


def test_where_nothing_changed_no_transcript_is_looked_at(
    store: Store, codebook: Codebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One mark of the whole study is asked for; each change of what is counted changes it."""
    looked: list[object] = []
    marks = judged_passages._marks

    def looks(*given: Any) -> Any:
        looked.append(given)
        return marks(*given)

    monkeypatch.setattr(judged_passages, "_marks", looks)
    keeps = JudgedPassages()
    with store.writing() as connection:
        kept, version = _filled(connection, codebook)
        segments = [one for one in segments_of(connection, CUT.version)[kept[1]] if one.role.is_coded]
        review = Review(kept[1], "Ada", segments[0].span, codebook_version=version, id=uuid4())
        changes = (
            lambda: None,
            lambda: add_reviews(connection, [review]),
            lambda: add_review_codings(connection, review, [Coding("money", segments[1].span)]),
            lambda: retract(connection, review.id or uuid4(), "by mistake"),
        )
        for number, change in enumerate(changes, start=1):
            change()
            first = keeps.now(connection, CUT.version)
            assert keeps.now(connection, CUT.version) == first
            assert len(looked) == number
        assert keeps.now(connection, "another") == {}
