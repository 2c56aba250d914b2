"""Tables of turns: CSV and JSONL with ``speaker, text`` and optionally ``transcript`` and more; one row, one turn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from annotations.errors import BadInput
from annotations.names import folded
from annotations.readers.spoken import ReadTranscript, one_line, turns_with_words
from annotations.sheets.sheet import Row, Sheet, read_sheet
from annotations.transcript import SpokenTurn

DESCRIBING = ("participant", "case", "site", "wave", "kind", "session", "language", "date")
_REQUIRED = ("speaker", "text")
LONGEST_TIME = 16
_OPTIONAL = ("transcript", "turn", "start", "end", *DESCRIBING)


@dataclass
class _Rows:
    name: str
    spoken: list[SpokenTurn] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    described: dict[str, str] = field(default_factory=dict)
    empty: list[int] = field(default_factory=list)
    asked: int = 0


def read_table(file: Path, *, name: str, interviewers: Sequence[str]) -> tuple[ReadTranscript, ...]:
    """A .csv or .jsonl file: one transcript, or many where it has the column ``transcript``."""
    sheet = read_sheet(file, required=_REQUIRED, optional=_OPTIONAL)
    many: dict[str, _Rows] = {}
    for row in sheet.rows:
        _take(row, sheet, name, many)
    if not any(turn.words for rows in many.values() for turn in rows.spoken):
        raise BadInput(
            f"{file} holds no turns. Below the first row every row is a turn: a speaker and a text."
        )
    return tuple(
        _transcript(rows, file, interviewers, sheet.ignored)
        for rows in many.values()
        if any(t.words for t in rows.spoken)
    )


def _take(row: Row, sheet: Sheet, name: str, many: dict[str, _Rows]) -> None:
    where = f"{sheet.file}, row {row.number}"
    given = row["transcript"] if "transcript" in sheet.columns else name
    if not given:
        raise BadInput(
            f'{where}, column "transcript": it is empty. Every row says which transcript it belongs to.'
        )
    rows = many.setdefault(folded(given), _Rows(" ".join(given.split())))
    for key in DESCRIBING:
        if row[key] and rows.described.setdefault(key, row[key]) != row[key]:
            raise BadInput(
                f'{where}, column "{key}": found "{row[key]}", but earlier rows of "{rows.name}" say '
                f'"{rows.described[key]}". A transcript belongs to one.'
            )
    words = one_line(row["text"])
    if not words:
        rows.empty.append(row.number)
    rows.spoken.append(
        SpokenTurn(
            one_line(row["speaker"]),
            words,
            _seconds(row, "start", where),
            _seconds(row, "end", where),
        )
    )


def _transcript(
    rows: _Rows, file: Path, interviewers: Sequence[str], ignored: Sequence[str]
) -> ReadTranscript:
    text, turns = turns_with_words(rows.spoken, interviewers)
    warnings = []
    if rows.empty:
        warnings.append(
            f"{len(rows.empty)} rows have no text (the first is row {rows.empty[0]}); they keep their number."
        )
    if ignored:
        warnings.append(f"the columns {', '.join(ignored)} are not known and were not read.")
    return ReadTranscript(
        rows.name, text, turns, str(file), "table", MappingProxyType(rows.described), tuple(warnings)
    )


def _seconds(row: Row, column: str, where: str) -> float | None:
    given = row[column].replace(",", ".")
    if not given:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", given):
        return float(given)
    if re.fullmatch(r"(\d{1,3}:)?\d{1,2}:\d{1,2}(\.\d+)?", given):
        seconds = 0.0
        for part in given.split(":"):
            seconds = seconds * 60 + float(part)
        return seconds
    # in a table whose columns have slipped it is what somebody said
    shown = f'"{given}"' if len(given) <= LONGEST_TIME else "what stands there"
    raise BadInput(f'{where}, column "{column}": {shown} is no time; write seconds (12.5) or hh:mm:ss.')
