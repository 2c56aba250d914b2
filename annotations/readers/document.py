"""A document's paragraphs and tables, from whatever program, made into turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from annotations.numbers_shown import counted
from annotations.readers.account import LeftOut, WordAccount
from annotations.readers.clock import is_time
from annotations.readers.labelled_column import says_all_twice, without_notes
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules, LineRule
from annotations.readers.line_layouts import turns_of_lines
from annotations.readers.looks import Paragraph, looks_of_lines, struck_in, without_hidden
from annotations.readers.speaker_table import turns_of_table
from annotations.readers.spoken import one_line
from annotations.readers.text_lines import TextLines
from annotations.readers.words import count_words, first_words
from annotations.transcript import SpokenTurn

_TWICE = (
    "two columns of a table name the same speakers row by row, as an original beside its translation does, and both were "
    "read: every turn stands there twice. Delete one of the columns, and give the file again."
)
Table = tuple[tuple[str, ...], ...]
# a table whose cells still show how their words look
LookingTable = tuple[tuple[Paragraph, ...], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Blocks in their order: a paragraph is a string or a Paragraph, a table its rows of cells. ``apart``: words that
    stand beside the text, such as notes, by what they are. ``struck``: those of the blocks that are struck through.
    """

    blocks: tuple[str | Paragraph | Table, ...]
    apart: tuple[tuple[str, str], ...] = field(default=())
    struck: str = ""


def document_of_seen(blocks: Sequence[Paragraph | LookingTable]) -> Document:
    """The document that people see: hidden text stands apart, also that of cells, and what is struck through is known."""
    hidden: list[str] = []
    struck: list[str] = []

    def seen(paragraph: Paragraph) -> Paragraph:
        left, words = without_hidden(paragraph)
        hidden.append(words)
        struck.append(struck_in(left))
        return left

    kept = tuple(
        seen(block)
        if isinstance(block, Paragraph)
        else tuple(tuple(seen(cell).text for cell in row) for row in block)
        for block in blocks
    )
    return Document(kept, (("hidden text", " ".join(filter(None, hidden))),), " ".join(filter(None, struck)))


def turns_of_document(
    document: Document, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[list[SpokenTurn], WordAccount]:
    """Turns from the document's tables if they hold most of its words; else from its lines, each paragraph a turn
    without a speaker where no line names one. And the account of its words.
    """
    spoken, account = _turns(document.blocks, interviewers, rules)
    doubts = [*account.doubts]
    if any(isinstance(block, tuple) and says_all_twice(block) for block in document.blocks):
        doubts.append(_TWICE)
    if document.struck.strip():
        doubts.append(_said_of_struck(document.struck))
    apart = [
        LeftOut(what, f"{what}: beside the text", count_words(text), first_words(text))
        for what, text in document.apart
        if text.strip()
    ]
    return spoken, replace(
        account,
        words_in=account.words_in + sum(count_words(text) for _, text in document.apart),
        left_out=(*account.left_out, *apart),
        doubts=tuple(doubts),
    )


def _said_of_struck(words: str) -> str:
    number = count_words(words)
    are = "is struck through and was" if number == 1 else "are struck through and were"
    return (
        f"{counted(number, 'word')} {are} read all the same (the first: “{first_words(words)}”). Delete what is not meant, "
        f"and give the file again."
    )


def _turns(
    blocks: Sequence[str | Paragraph | Table], interviewers: Sequence[str], rules: LabelRules
) -> tuple[list[SpokenTurn], WordAccount]:
    tables = [block for block in blocks if isinstance(block, tuple)]
    paragraphs = [_text(block) for block in blocks if not isinstance(block, tuple)]
    in_tables = sum(len(cell) for table in tables for row in table for cell in row)
    if in_tables > sum(map(len, paragraphs)) and rules.lines is not LineRule.NO_SPEAKERS:
        turns_of_tables = _of_tables(tables)
        if turns_of_tables is not None:
            outside = [text for text in paragraphs if text.strip()]
            return turns_of_tables[0], _with_outside(turns_of_tables[1], outside)
    said, notes = (blocks, ()) if rules.lines is LineRule.NO_SPEAKERS else _without_notes(blocks)
    spoken, account = turns_of_lines(_lines(said), interviewers, rules)
    if notes and any(turn.speaker for turn in spoken):
        return spoken, _with_notes(account, notes)
    if notes:
        spoken, account = turns_of_lines(_lines(blocks), interviewers, rules)
    if tables and not any(turn.speaker for turn in spoken):
        rows = [" | ".join(one_line(cell) for cell in row if cell.strip()) if isinstance(block, tuple) else block
                for block in blocks for row in (block if isinstance(block, tuple) else ((),))]  # fmt: skip
        return turns_of_lines(_lines(rows), interviewers, rules)
    return spoken, account


def _without_notes(
    blocks: Sequence[str | Paragraph | Table],
) -> tuple[list[str | Paragraph | Table], tuple[str, ...]]:
    """The blocks, their tables without what stands in columns beside those that name speakers, and these cells."""
    parted = [without_notes(block) if isinstance(block, tuple) else (block, ()) for block in blocks]
    return [block for block, _ in parted], tuple(cell for _, cells in parted for cell in cells)


def _with_notes(account: WordAccount, cells: Sequence[str]) -> WordAccount:
    words = sum(map(count_words, cells))
    left = LeftOut("table", "in a column beside what is said", words, first_words(cells[0]))
    return replace(account, words_in=account.words_in + words, left_out=(*account.left_out, left))


def _with_outside(account: WordAccount, outside: Sequence[str]) -> WordAccount:
    left_out = [
        LeftOut("paragraph", "outside the tables", count_words(text), first_words(text)) for text in outside
    ]
    words = sum(left.words for left in left_out)
    return replace(account, words_in=account.words_in + words, left_out=(*account.left_out, *left_out))


def _of_tables(tables: Sequence[Table]) -> tuple[list[SpokenTurn], WordAccount] | None:
    """The turns of all tables; one in which a transcript goes on after a page has no head of its own."""
    joined = turns_of_table([row for table in tables for row in table])
    if joined is not None:
        return joined
    turns: list[SpokenTurn] = []
    account = WordAccount()
    for table in tables:
        turns_there = turns_of_table(table)
        if turns_there is None:
            cells = " ".join(cell for row in table for cell in row)
            account = _added(account, WordAccount(count_words(cells), left_out=(
                LeftOut("table", "a table of neither speakers nor words", count_words(cells), first_words(cells)),
            )))  # fmt: skip
        else:
            turns.extend(turns_there[0])
            account = _added(account, turns_there[1])
    return (turns, account) if turns else None


def _added(account: WordAccount, other: WordAccount) -> WordAccount:
    return replace(
        account,
        words_in=account.words_in + other.words_in,
        kept=account.kept + other.kept,
        marks=account.marks + other.marks,
        left_out=(*account.left_out, *other.left_out),
        layout=account.layout or other.layout,
        speakers={**account.speakers, **other.speakers},
    )


def _lines(blocks: Sequence[str | Paragraph | Table]) -> TextLines:
    """The lines of all blocks; each block, and each row of a table, begins a paragraph."""
    texts: list[str] = []
    opens: set[int] = set()
    paragraphs = [paragraph for block in blocks for paragraph in _paragraphs(block)]
    for paragraph in paragraphs:
        opens.add(len(texts))
        texts.extend(paragraph.text.split("\n"))
    looks = looks_of_lines(paragraphs)
    return TextLines(texts, frozenset(opens), looks.marked, looks.looks)


def _paragraphs(block: str | Paragraph | Table) -> list[Paragraph]:
    if isinstance(block, Paragraph):
        return [block]
    if isinstance(block, str):
        return [Paragraph(block)]
    return [Paragraph("\n".join(_with_time(row))) for row in block]


def _text(block: str | Paragraph | Table) -> str:
    return block.text if isinstance(block, Paragraph) else str(block)


def _with_time(row: Sequence[str]) -> list[str]:
    """A row's cells, a time or the number of the row on the line of the next."""
    cells = [cell for cell in row if cell.strip()]
    if len(cells) > 1 and row[0].strip().isdecimal():
        cells = [f"[{row[0].strip()}] {cells[1]}", *cells[2:]]
    if len(cells) > 1 and is_time(cells[0]):
        return [f"[{cells[0].strip('[]() ')}] {cells[1]}", *cells[2:]]
    return cells
