"""Tables of speakers and words inside a document: speaker | text, time | speaker | text, with numbers or notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from annotations.names import folded
from annotations.readers.account import LeftOut, WordAccount
from annotations.readers.clock import begin_and_end, is_range, is_time, without_times
from annotations.readers.label_forms import asks_something
from annotations.readers.label_shapes import asks_by_word, is_role
from annotations.readers.spoken import label_of, one_line
from annotations.readers.table_columns import MEANINGS
from annotations.readers.words import count_words, first_words
from annotations.transcript import SpokenTurn

_LEAST_ROWS = 2
_LEAST_COLUMNS = 2
_MOSTLY = 0.8
_MOST_COLUMNS = 12
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns (from 0) hold speakers, words and times; ``head``: does the first row name them?"""

    speaker: int
    text: int
    time: int | None
    head: bool


def turns_of_table(rows: Sequence[Sequence[str]]) -> tuple[list[SpokenTurn], WordAccount] | None:
    """The turns of a table and the account of its cells, or None if it is none of speakers and words. A row without a
    speaker goes on with the turn above it.
    """
    plain = [[one_line(cell) for cell in row] for row in rows if any(cell.strip() for cell in row)]
    plain = [_without_empty_ends(row) for row in plain]
    if (both := _columns_that_speak(plain)) is not None:
        return _turns_side_by_side(plain, both)
    columns = columns_of_rows(plain)
    if columns is None:
        return None
    turns: list[SpokenTurn] = []
    tally = _Tally(columns, [row for row in plain if row == plain[0]] if columns.head else [])
    said = [[*row, *[""] * _MOST_COLUMNS] for row in plain if not (columns.head and row == plain[0])]
    speaking = {folded(label_of(cells[columns.speaker])) for cells in said if cells[columns.text]}
    for cells in said:
        if not cells[columns.text] and folded(label_of(cells[columns.speaker])) not in speaking:
            tally.heading(cells)
            continue
        at, until = begin_and_end(cells[columns.time]) if columns.time is not None else (None, None)
        timed = without_times(cells[columns.text])
        tally.row(cells, timed.marks)
        speaker = label_of(cells[columns.speaker])
        if speaker or not turns:
            begins = timed.begins if at is None else at
            turns.append(SpokenTurn(speaker, timed.words, begins, until or timed.ends))
        else:
            last = turns[-1]
            words = f"{last.words} {timed.words}".strip()
            turns[-1] = replace(last, words=words, ends=until or timed.ends or last.ends)
    return turns, tally.account(turns, plain)


def _columns_that_speak(rows: Sequence[Sequence[str]]) -> list[str] | None:
    """The heads of a table whose columns are speakers ("Question | Answer"); None for another one."""
    heads = [label_of(cell) for cell in rows[0]] if len(rows) >= _LEAST_ROWS else []
    if len(heads) < _LEAST_COLUMNS or not all(head and is_role(head) for head in heads):
        return None
    asking = sum(map(asks_by_word, heads))
    return heads if 0 < asking < len(heads) and len({*map(folded, heads)}) == len(heads) else None


def _turns_side_by_side(
    rows: Sequence[Sequence[str]], heads: Sequence[str]
) -> tuple[list[SpokenTurn], WordAccount] | None:
    if any(len(row) > len(heads) for row in rows):
        return None
    timed = [(head, without_times(cell)) for row in rows[1:] for head, cell in zip(heads, row, strict=False)]
    turns = [SpokenTurn(head, cue.words, cue.begins, cue.ends) for head, cue in timed if cue.words]
    words = sum(count_words(cell) for row in rows for cell in row)
    kept = sum(count_words(turn.words) for turn in turns)
    return turns, WordAccount(
        words_in=words,
        kept=kept,
        marks=words - kept,
        layout="a table whose columns are speakers",
        speakers=dict.fromkeys(heads, "its column is named so"),
    )


class _Tally:
    """Where the words of a table's cells went."""

    def __init__(self, columns: Columns, head: Sequence[Sequence[str]]) -> None:
        self._columns = columns
        self._marks = sum(count_words(cell) for row in head for cell in row)
        self._others: list[str] = []
        self._headings: list[str] = []

    def heading(self, row: Sequence[str]) -> None:
        """A row across the table, in which nobody says anything."""
        self._headings.extend(cell for cell in row if cell)

    def row(self, row: Sequence[str], times: int) -> None:
        self._marks += times
        for at, cell in enumerate(row):
            if at in (self._columns.speaker, self._columns.time) or cell.isdecimal() or is_time(cell):
                self._marks += count_words(cell) if at != self._columns.text else 0
            elif at != self._columns.text and cell:
                self._others.append(cell)

    def account(self, turns: Sequence[SpokenTurn], rows: Sequence[Sequence[str]]) -> WordAccount:
        left_out = [
            LeftOut("table", why, sum(map(count_words, cells)), first_words(cells[0]))
            for why, cells in (
                ("in a column of neither speakers nor words", self._others),
                ("a row in which nobody says anything", self._headings),
            )
            if cells
        ]
        return WordAccount(
            words_in=sum(count_words(cell) for row in rows for cell in row),
            kept=sum(count_words(turn.words) for turn in turns),
            marks=self._marks,
            left_out=tuple(left for left in left_out if left.words),
            layout="a table of speakers and words",
            speakers={turn.speaker: "the column of speakers names it" for turn in turns if turn.speaker},
        )


def _without_empty_ends(row: list[str]) -> list[str]:
    while len(row) > 1 and not row[-1]:
        row = row[:-1]
    return row


def columns_of_rows(rows: Sequence[Sequence[str]]) -> Columns | None:
    """The columns of a table of speakers and words, by the names in its first row or by what its cells look like; None
    if it is none.
    """
    width = max((len(row) for row in rows), default=0)
    if len(rows) < _LEAST_ROWS or not 2 <= width <= _MOST_COLUMNS:
        return None
    named = _by_name(rows[0])
    if named is not None:
        return named
    others = [row for row in rows if row != rows[0]]  # it may come again on the next page
    below = _by_look(others, width) if len(others) >= _LEAST_ROWS else None
    if below is not None and _is_head(rows[0], below):
        return replace(below, head=True)
    return _by_look(rows, width)


def _is_head(row: Sequence[str], columns: Columns) -> bool:
    """Does a row name the columns, if only one of them by a word that is known?"""

    def named(at: int | None, *what: str) -> bool:
        cell = folded(row[at].rstrip(":")) if at is not None and at < len(row) else ""
        return any(cell in MEANINGS[meaning] for meaning in what)

    speaker = row[columns.speaker] if columns.speaker < len(row) else ""
    return (
        named(columns.speaker, "speaker")
        or named(columns.time, "time", "start")
        or (not speaker and named(columns.text, "text"))
    )


def _by_look(rows: Sequence[Sequence[str]], width: int) -> Columns | None:
    """The columns by what their cells look like."""
    cells = [[row[at] for row in rows if at < len(row) and row[at]] for at in range(width)]
    time = next((at for at in range(width) if _share(cells[at], _is_time) >= _MOSTLY), None)
    # names come again and times say nothing: what a column says is what differs in it
    spoken = [at for at in range(width) if _share(cells[at], is_mark) < _MOSTLY] or list(range(width))
    text = max(spoken, key=lambda at: sum(map(len, set(cells[at]))))
    for at in range(text):
        if at != time and _are_speakers(cells[at], len(rows)):
            return Columns(at, text, time, head=False)
    # behind the words a team may also keep its codes, so there somebody has to ask
    for at in range(text + 1, width):
        if at != time and _are_speakers(cells[at], len(rows)) and _somebody_asks(rows, at, text):
            return Columns(at, text, time, head=False)
    return None


def _somebody_asks(rows: Sequence[Sequence[str]], speaker: int, text: int) -> bool:
    """Is one of these speakers known to ask, or do most words of one, and not of all, end in a question?"""
    said: dict[str, list[bool]] = {}
    for row in rows:
        if len(row) > max(speaker, text) and row[speaker] and row[text]:
            said.setdefault(folded(label_of(row[speaker])), []).append(asks_something(row[text]))
    mostly = [2 * sum(asked) > len(asked) for asked in said.values()]
    return any(map(asks_by_word, said)) or (any(mostly) and not all(mostly))


def _by_name(first: Sequence[str]) -> Columns | None:
    at: dict[str, int] = {}
    for column, cell in enumerate(first):
        for what, names in MEANINGS.items():
            if folded(cell.rstrip(":")) in names:
                at.setdefault(what, column)
    if "speaker" not in at or "text" not in at:
        return None
    return Columns(at["speaker"], at["text"], at.get("time", at.get("start")), head=True)


def _are_speakers(cells: Sequence[str], rows: int) -> bool:
    """Few different labels, each short and beginning with a letter, over most of the rows."""
    labels = [label_of(cell) for cell in cells]
    fit = [
        label
        for label in labels
        if 0 < len(label) <= 60 and (label[0].isalnum() or label[0] in "+[(") and len(label.split()) <= 6
    ]
    different = len({folded(label) for label in fit})
    return len(fit) >= 0.8 * len(labels) and 2 * len(fit) >= rows and different <= max(2, len(fit) / 2)


def _is_time(cell: str) -> bool:
    return is_time(cell) or is_range(cell)


def is_mark(cell: str) -> bool:
    """Is a cell a time, a range of times or a number, and nothing that somebody says?"""
    return _is_time(cell) or _NUMBER.fullmatch(cell.strip()) is not None


def _share(cells: Sequence[str], wanted: object) -> float:
    return sum(map(wanted, cells)) / len(cells) if cells and callable(wanted) else 0.0


def rows_of_tabs(lines: Sequence[str]) -> Iterator[list[str]]:
    """Lines whose cells stand between tabs, as rows; a line without a tab has only words, which stand last."""
    rows = [line.strip().split("\t") for line in lines if line.strip()]
    width = Counter(len(row) for row in rows if len(row) > 1).most_common(1)
    before = [""] * (width[0][0] - 1 if width else 1)
    yield from ([*before, *row] if len(row) == 1 else row for row in rows)
