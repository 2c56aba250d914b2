"""Tables of speakers and words inside a document: speaker | text, time | speaker | text, with numbers or notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotations.names import folded
from annotations.readers.clock import is_time, seconds, without_times
from annotations.readers.spoken import label_of, one_line
from annotations.transcript import SpokenTurn

_NAMED = {
    "speaker": frozenset(
        {"speaker", "who", "name", "person", "role", "sprecher", "talare", "locuteur", "hablante"}
    ),
    "text": frozenset({"text", "words", "transcript", "content", "utterance", "speech", "what was said"}),
    "time": frozenset({"time", "start", "timestamp", "timecode", "begin", "time code", "time stamp", "in"}),
}
_LEAST_ROWS = 2
_MOST_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class _Columns:
    speaker: int
    text: int
    time: int | None
    head: bool


def turns_of_table(rows: Sequence[Sequence[str]]) -> list[SpokenTurn] | None:
    """The turns of a table, or None if it is none of speakers and words. A row without a speaker goes on with
    the turn above it.
    """
    plain = [[one_line(cell) for cell in row] for row in rows if any(cell.strip() for cell in row)]
    plain = [_without_empty_ends(row) for row in plain]
    columns = _columns(plain)
    if columns is None:
        return None
    turns: list[SpokenTurn] = []
    for row in plain[1:] if columns.head else plain:
        cells = [*row, *[""] * _MOST_COLUMNS]
        at = seconds(cells[columns.time]) if columns.time is not None else None
        timed = without_times(cells[columns.text])
        speaker = label_of(cells[columns.speaker])
        if speaker or not turns:
            turns.append(SpokenTurn(speaker, timed.words, timed.begins if at is None else at, timed.ends))
        else:
            last = turns[-1]
            turns[-1] = SpokenTurn(
                last.speaker, f"{last.words} {timed.words}".strip(), last.begins, timed.ends or last.ends
            )
    return turns


def _without_empty_ends(row: list[str]) -> list[str]:
    while len(row) > 1 and not row[-1]:
        row = row[:-1]
    return row


def _columns(rows: Sequence[Sequence[str]]) -> _Columns | None:
    width = max((len(row) for row in rows), default=0)
    if len(rows) < _LEAST_ROWS or not 2 <= width <= _MOST_COLUMNS:
        return None
    named = _by_name(rows[0])
    if named is not None:
        return named
    cells = [[row[at] for row in rows if at < len(row) and row[at]] for at in range(width)]
    time = next((at for at in range(width) if _share(cells[at], is_time) >= 0.8), None)
    text = max(range(width), key=lambda at: sum(map(len, cells[at])))
    for at in range(text):
        if at != time and _are_speakers(cells[at], len(rows)):
            return _Columns(at, text, time, head=False)
    return None


def _by_name(first: Sequence[str]) -> _Columns | None:
    at: dict[str, int] = {}
    for column, cell in enumerate(first):
        for what, names in _NAMED.items():
            if folded(cell.rstrip(":")) in names:
                at.setdefault(what, column)
    if "speaker" not in at or "text" not in at:
        return None
    return _Columns(at["speaker"], at["text"], at.get("time"), head=True)


def _are_speakers(cells: Sequence[str], rows: int) -> bool:
    """Few different labels, each short and beginning with a letter, over most of the rows."""
    labels = [label_of(cell) for cell in cells]
    fit = [
        label for label in labels if 0 < len(label) <= 40 and label[0].isalpha() and len(label.split()) <= 5
    ]
    different = len({folded(label) for label in fit})
    return len(fit) >= 0.8 * len(labels) and 2 * len(fit) >= rows and different <= max(2, len(fit) / 2)


def _share(cells: Sequence[str], wanted: object) -> float:
    return sum(map(wanted, cells)) / len(cells) if cells and callable(wanted) else 0.0


def rows_of_tabs(lines: Sequence[str]) -> Iterator[list[str]]:
    """Lines whose cells stand between tabs, as rows; a line without a tab has only words."""
    for line in lines:
        if line.strip():
            yield line.strip().split("\t") if "\t" in line.strip() else ["", line.strip()]
