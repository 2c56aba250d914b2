"""How the study stands before files come in and afterwards: the difference is what came in, whoever brought it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.store.brought_in import BroughtItem
from annotations.store.tables import annotation_reviews, attributes, codings, reviews, transcripts, turns
from annotations.study.config import StudyConfig, read_study
from service.composition import Parts

_DESCRIBED = (
    "kind",
    "case",
    "site",
    "wave",
    "participant",
    "session",
    "language",
    "date",
    "may_train",
    "may_quote",
    "visible_to",
)
LISTS = (
    "interviewers",
    "participant_speakers",
    "same_speakers",
    "no_speakers",
    "unlabelled_participant",
    "codings_columns",
)


@dataclass(frozen=True)
class StudyStanding:
    """All that an import can change. ``texts``: a mark of words and turns by transcript; ``codings``: their reviews."""

    described: Mapping[UUID, dict[str, Any]]
    texts: Mapping[UUID, tuple[object, ...]]
    reviews: Mapping[UUID, UUID]
    codings: Mapping[UUID, tuple[UUID, UUID | None]]
    attributes: Mapping[tuple[str, str, str], tuple[str, str, str]]
    lists: Mapping[str, Any]
    codebook: str


def standing(connection: Connection, parts: Parts) -> StudyStanding:
    """How the study stands now. What comes from Label Studio meanwhile is not among it."""
    t = transcripts.c
    rows = connection.execute(
        select(t.id, t.text_hash, *(t[name] for name in _DESCRIBED)).order_by(t.sequence)
    ).all()
    coded = select(turns.c.transcript_id, turns.c.index, turns.c.speaker, turns.c.role, turns.c.start)
    marks: dict[UUID, int] = {}
    for row in connection.execute(coded):
        marks[row.transcript_id] = marks.get(row.transcript_id, 0) ^ hash(tuple(row)[1:])
    config = read_study(parts.study.folder).config
    file = parts.study.codebook_file
    from_there = select(annotation_reviews.c.review_id)
    return StudyStanding(
        {row.id: _plain(row) for row in rows},
        {row.id: (row.text_hash, marks.get(row.id)) for row in rows},
        {
            row.id: row.transcript_id
            for row in connection.execute(
                select(reviews.c.id, reviews.c.transcript_id).where(reviews.c.id.not_in(from_there))
            )
        },
        {
            row.id: (row.transcript_id, row.review_id)
            for row in connection.execute(
                select(codings.c.id, codings.c.transcript_id, codings.c.review_id).where(
                    codings.c.review_id.is_(None) | codings.c.review_id.not_in(from_there)
                )
            )
        },
        {
            (row.of, row.owner_key, row.name_key): (row.owner, row.name, row.value)
            for row in connection.execute(select(attributes))
        },
        {key: _list(config, key) for key in LISTS},
        file.read_text("utf-8") if file.is_file() else "",
    )


def what_came(before: StudyStanding, after: StudyStanding) -> Iterator[BroughtItem]:
    """Each thing that is there now and was not, or is otherwise than it was."""
    yield from _transcripts(before, after)
    yield from _coded(before, after)
    for key in [*after.attributes, *(key for key in before.attributes if key not in after.attributes)]:
        was, now = before.attributes.get(key), after.attributes.get(key)
        if was != now:
            owner, name, _ = now or was or ("", "", "")
            said = {"of": key[0], "owner": owner, "name": name, "was": was and was[2], "now": now and now[2]}
            yield BroughtItem("attribute", owner_key=key[1], before=said)
    for name in LISTS:
        if before.lists[name] != after.lists[name]:
            yield BroughtItem(
                "settings", before={"key": name, "was": before.lists[name], "now": after.lists[name]}
            )
    if before.codebook != after.codebook:
        yield BroughtItem("codebook", before={"was": before.codebook, "now": after.codebook})


def _transcripts(before: StudyStanding, after: StudyStanding) -> Iterator[BroughtItem]:
    for name, described in after.described.items():
        if name not in before.described:
            yield BroughtItem("transcript", name)
        elif before.texts[name] != after.texts[name]:
            yield BroughtItem("replaced", name)
        elif before.described[name] != described:
            yield BroughtItem("described", name, before={**before.described[name], "now": described})


def _coded(before: StudyStanding, after: StudyStanding) -> Iterator[BroughtItem]:
    for review, transcript in after.reviews.items():
        if review not in before.reviews:
            yield BroughtItem("review", transcript, review)
    for coding, (transcript, its_review) in after.codings.items():
        if coding not in before.codings:
            yield BroughtItem("coding", transcript, coding)
        elif before.codings[coding][1] is None and its_review is not None:
            yield BroughtItem("adopted", transcript, coding)


def plain_cell(value: Any) -> Any:
    """A value of a transcript's row as it is kept: a date as its words."""
    return value.isoformat() if isinstance(value, datetime.date) else value


def _plain(row: Any) -> dict[str, Any]:
    return {name: plain_cell(row._mapping[name]) for name in _DESCRIBED}


def _list(config: StudyConfig, key: str) -> Any:
    value = getattr(config, key)
    return dict(value) if isinstance(value, dict) else list(value)
