"""A document's paragraphs and tables, from whatever program, made into turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotations.readers.clock import is_time
from annotations.readers.line_layouts import turns_of_lines
from annotations.readers.speaker_table import turns_of_table
from annotations.readers.spoken import one_line
from annotations.transcript import SpokenTurn

Table = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Blocks in their order: a paragraph is a string (its line breaks "\\n"), a table its rows of cells."""

    blocks: tuple[str | Table, ...]


def turns_of_document(
    document: Document, interviewers: Sequence[str]
) -> tuple[list[SpokenTurn], tuple[str, ...]]:
    """Turns from the document's tables if they hold most of its words; else from its lines; else a document
    without speakers, in which each paragraph is a turn without one. And what to warn of.
    """
    tables = [block for block in document.blocks if not isinstance(block, str)]
    paragraphs = [block for block in document.blocks if isinstance(block, str)]
    in_tables = sum(len(cell) for table in tables for row in table for cell in row)
    if in_tables > sum(map(len, paragraphs)):
        spoken = _of_tables(tables)
        if spoken is not None:
            outside = sum(1 for paragraph in paragraphs if paragraph.strip())
            return spoken, (
                (f"{_paragraphs(outside)} outside its tables {'was' if outside == 1 else 'were'} left out.",)
                if outside
                else ()
            )
    lines = [line for block in document.blocks for line in _lines_of(block)]
    turns, left_out = turns_of_lines(lines, interviewers)
    if turns:
        return turns, (
            (
                f"{_paragraphs(left_out)} before the first speaker {'is' if left_out == 1 else 'are'} no part of any "
                f"turn and {'was' if left_out == 1 else 'were'} left out.",
            )
            if left_out
            else ()
        )
    whole = [one_line(part) for block in document.blocks for part in _whole(block)]
    return [SpokenTurn("", part) for part in whole if part], ()


def _of_tables(tables: Sequence[Table]) -> list[SpokenTurn] | None:
    """The turns of all tables; one in which a transcript goes on after a page has no head of its own."""
    joined = turns_of_table([row for table in tables for row in table])
    if joined is not None:
        return joined
    each = [turns for table in tables if (turns := turns_of_table(table)) is not None]
    return [turn for turns in each for turn in turns] or None


def _lines_of(block: str | Table) -> list[str]:
    if isinstance(block, str):
        return block.split("\n")
    return [line for row in block for line in "\n".join(_with_time(row)).split("\n")]


def _with_time(row: Sequence[str]) -> list[str]:
    """A row's cells, a time on the line of the next."""
    cells = [cell for cell in row if cell.strip()]
    if len(cells) > 1 and is_time(cells[0]):
        return [f"[{cells[0].strip('[]() ')}] {cells[1]}", *cells[2:]]
    return cells


def _whole(block: str | Table) -> list[str]:
    if isinstance(block, str):
        return [block]
    return [" | ".join(one_line(cell) for cell in row if cell.strip()) for row in block]


def _paragraphs(count: int) -> str:
    return "1 paragraph" if count == 1 else f"{count} paragraphs"
