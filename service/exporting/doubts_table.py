"""Memos, questions and answers as a table: they leave the study with the codings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from annotations.store.transcripts import all_texts
from service.access.viewer import Viewer, ViewerRole
from service.composition import Parts
from service.doubts.seen import SeenDoubt, doubts_seen
from service.exporting.codings_table import path_of
from service.exporting.wanted import ExportRequest, WantedCodings, wanted_of

DOUBT_COLUMNS = (
    "doubt",
    "kind",
    "about",
    "where",
    "transcript",
    "path_of_code",
    "case",
    "by",
    "created",
    "settles",
    "text",
)
_WHOLE = Viewer(account=None, name="", role=ViewerRole.LEAD)


def doubt_rows(parts: Parts, asked: ExportRequest, zone: ZoneInfo) -> list[dict[str, Any]]:
    """A row for each memo and question, oldest first, and below it one for each answer.

    Where only some waves, cases or codes are asked for, those about other ones are left out, and those about the study.
    """
    doubts = tuple(reversed(doubts_seen(parts, _WHOLE)))
    if not doubts:
        return []
    with parts.store.reading() as connection:
        wanted = wanted_of(parts, connection, asked)
        texts = {text.id: text.transcript for text in all_texts(connection)}
    rows: list[dict[str, Any]] = []
    number = 0
    for seen in doubts:
        at = seen.doubt.passage
        transcript = texts.get(at.transcript) if at else None
        if asked != ExportRequest() and not _is_wanted(seen, transcript, wanted):
            continue
        number += 1
        place = {
            "doubt": number,
            "about": seen.doubt.about,
            "where": seen.place,
            "transcript": transcript.name if transcript else "",
            "path_of_code": path_of(parts.codebook, seen.doubt.code or None),
            "case": seen.doubt.case or (transcript.case if transcript else ""),
        }
        rows += _rows(seen, place, zone)
    return rows


def _rows(seen: SeenDoubt, place: dict[str, Any], zone: ZoneInfo) -> Sequence[dict[str, Any]]:
    def row(kind: str, by: str, created: Any, text: str, *, settles: bool = False) -> dict[str, Any]:
        moment = created.astimezone(zone).isoformat(timespec="seconds") if created else ""
        said = {"kind": kind, "by": by, "created": moment, "settles": "yes" if settles else "", "text": text}
        return {column: (place | said)[column] for column in DOUBT_COLUMNS}

    doubt = seen.doubt
    first = row("question" if doubt.is_question else "memo", doubt.author, doubt.created, doubt.text)
    answers = [
        row("answer", said.author, said.created, said.text, settles=said.settles) for said in doubt.answers
    ]
    return [first, *answers]


def _is_wanted(seen: SeenDoubt, transcript: Any, wanted: WantedCodings) -> bool:
    doubt = seen.doubt
    if wanted.coders is not None and doubt.author not in wanted.coders:
        return False
    if transcript is not None:
        return wanted.why_not_transcript(transcript) is None
    if doubt.code:
        return wanted.codes is not None and doubt.code in wanted.codes
    return bool(doubt.case) and wanted.cases is not None and doubt.case in wanted.cases
