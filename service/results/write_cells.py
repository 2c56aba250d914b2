"""What people write into the cells of a table: summaries, chosen quotes, and how a code distinguishes the cases."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from annotations.errors import BadInput
from annotations.matrix.columns import columns_named
from annotations.store.cell_place import CellPlace, Column, RestingPassage
from annotations.store.written_cells import (
    ChosenQuote,
    Distinguishing,
    Summary,
    add_chosen_quotes,
    add_distinguishing,
    add_summary,
    current_distinguishing,
    current_quotes,
    current_summaries,
)
from service.composition import Parts
from service.results.named_places import PLACES, NamedPlaces, named_places
from service.results.rated_study import whole_cell
from service.results.read_table import table_in
from service.results.rows_in import FilledTable, RowReader, RowsOnlyTried, filled_table, keep_or_take_back
from service.results.study_table import StudyTable, WantedTable

TAKEN_BACK = ("-", "–", "—")
_WRITTEN = ("summary", "quotes", "distinguishes")
LONGEST = 20_000


@dataclass
class WrittenCells:
    """What became of a table that people filled in."""

    summaries: list[Summary] = field(default_factory=list)
    quotes: list[ChosenQuote] = field(default_factory=list)
    distinguishing: list[Distinguishing] = field(default_factory=list)
    unchanged: int = 0
    # summaries that name no passage rest on all passages of their cell
    on_all: int = 0
    on_nothing: int = 0
    dry_run: bool = False


def import_cells(parts: Parts, file: Path, *, by: str = "", dry_run: bool = False) -> WrittenCells:
    """Keep what a table says of cells, all or nothing. ``by``: who wrote it where no column says so.

    Columns: ``code``; ``phase``; what the column stands for (``case``, ``site``, ``wave``, ``participant`` or an attribute,
    one or two of them); ``summary`` with ``passages``; ``quotes``; ``distinguishes``; ``by``. Raises BadInput that says in
    few lines which rows cannot be used.
    """
    read = filled_table(
        file,
        required=("code",),
        optional=("phase", *PLACES, "by", "summary", "passages", "quotes", "distinguishes"),
    )
    made = WrittenCells(dry_run=dry_run)
    with suppress(RowsOnlyTried), parts.store.writing() as connection:
        writing = _Writing(parts, named_places(parts, connection), read, by)
        writing.read_rows()
        read.refuse_faults()
        made = writing.made
        made.dry_run = dry_run
        before = {(summary.place.key, summary.author): summary for summary in current_summaries(connection)}
        changed = [
            summary
            for summary in made.summaries
            if not _same(before.get((summary.place.key, summary.author)), summary)
        ]
        chosen = {(quote.code, quote.passage) for quote in current_quotes(connection)}
        quotes = [quote for quote in made.quotes if ((quote.code, quote.passage) in chosen) != quote.chosen]
        known = current_distinguishing(connection)
        words = [
            words_changed
            for words_changed in made.distinguishing
            if (known[place].words if (place := (words_changed.phase, words_changed.code)) in known else "")
            != words_changed.words
        ]
        implied = [writing.implied.get((summary.place.key, summary.author)) for summary in changed]
        made.on_all, made.on_nothing = implied.count(True), implied.count(False)
        given = len(made.summaries) + len(made.quotes) + len(made.distinguishing)
        made.summaries, made.quotes, made.distinguishing = changed, quotes, words
        made.unchanged = given - len(changed) - len(quotes) - len(words)
        for summary in changed:
            add_summary(connection, summary)
        add_chosen_quotes(connection, quotes)
        add_distinguishing(connection, words)
        keep_or_take_back(dry_run)
    return made


def _same(before: Summary | None, summary: Summary) -> bool:
    if before is None:
        return not summary.text
    return before.text == summary.text and set(before.passages) == set(summary.passages)


class _Writing:
    """Reads the rows; what can be kept is in ``made``, what cannot among the table's faults."""

    def __init__(self, parts: Parts, places: NamedPlaces, read: FilledTable, by: str) -> None:
        self.made = WrittenCells()
        self._parts = parts
        self._places = places
        self._read = read
        self._by = by
        self._tables: dict[tuple[str, ...], StudyTable] = {}
        self._attributes = self._own_columns()
        self._seen: dict[tuple[str, ...], int] = {}
        # summaries that name no passage: does their cell hold any?
        self.implied: dict[tuple[str, str], bool] = {}

    def _own_columns(self) -> dict[str, str]:
        """Further columns of the file that are attributes; any other is refused, since it would be lost."""
        own = {}
        for column in self._read.sheet.ignored:
            heading = self._read.sheet.headings[column]
            try:
                own[column] = self._places.attributes.resolve(heading)
            except BadInput:
                raise BadInput(
                    f'{self._read.sheet.file}: the column "{heading}" is not known. Besides code, phase, case, site, wave, '
                    f"participant, by, summary, passages, quotes and distinguishes, a column is an attribute of the study."
                ) from None
        return own

    def read_rows(self) -> None:
        for row in self._read.rows():
            if not any(row[name] for name in _WRITTEN):
                # a row that nobody has filled in yet
                continue
            code = row.read("code", self._places.code)
            phase = row.read("phase", self._places.phase)
            by = row.read("by", self._person)
            column = self._column(row)
            if row.wrong or code is None or phase is None or by is None or column is None:
                continue
            self._summary(row, CellPlace(phase, code, column), by)
            self._quotes(row, code, by)
            self._distinguishing(row, phase, code, by)

    def _person(self, given: str) -> str:
        if not given and not self._by:
            raise ValueError("it is empty; say who wrote it, in this column or with --by NAME")
        return self._places.person(given or self._by)

    def _column(self, row: RowReader) -> Column | None:
        place = self._places.place
        places_read = [(name, row.read(name, partial(place, name))) for name in PLACES if row[name]]
        for column, name in self._attributes.items():
            if row[column]:
                places_read.append((name, row.read(column, partial(place, name))))
        if len(places_read) > 2:
            row.fault(
                "case", f"it names {len(places_read)} things that a column could stand for; name one or two"
            )
        return None if row.wrong else tuple((name, value) for name, value in places_read if value is not None)

    def _once(self, row: RowReader, column: str, *what: str) -> bool:
        """Is this the first row that says so?"""
        number = self._seen.setdefault(what, row.row.number)
        if number != row.row.number:
            row.fault(column, f"row {number} says it of the same cell already; keep one of them")
        return number == row.row.number

    def _summary(self, row: RowReader, place: CellPlace, by: str) -> None:
        words = row["summary"]
        if not words:
            if row["passages"]:
                row.fault("passages", "it names passages, but there is no summary that rests on them")
            return
        if not place.column:
            row.fault(
                "summary", "it names no case, site or other column, so nobody can tell which cell it is about"
            )
            return
        if len(words) > LONGEST:
            row.fault("summary", f"it has {len(words):,} characters; a summary has at most {LONGEST:,}")
            return
        passages = row.read("passages", self._places.passages)
        if passages is None or not self._once(row, "summary", "summary", place.key, by):
            return
        text = "" if words in TAKEN_BACK else words
        if text and not passages:
            passages = self._all_of(place)
            self.implied[(place.key, by)] = bool(passages)
        self.made.summaries.append(Summary(place, by, text, passages if text else ()))

    def _all_of(self, place: CellPlace) -> tuple[RestingPassage, ...]:
        """Every passage that the cell holds now."""
        table = self._table(tuple(name for name, _ in place.column))
        cell = whole_cell(table, place.phase, place.code, place.column)
        return tuple(
            dict.fromkeys(
                RestingPassage(kept.id, passage.span, kept.transcript.text_hash)
                for passage, kept in cell.found
            )
        )

    def _table(self, names: tuple[str, ...]) -> StudyTable:
        columns_named(names, self._places.attributes)
        if names not in self._tables:
            self._tables[names] = table_in(self._places.connection, self._parts, WantedTable(names))
        return self._tables[names]

    def _quotes(self, row: RowReader, code: str, by: str) -> None:
        given = row["quotes"]
        if not given:
            return
        off = given.startswith("-")
        passages = row.read("quotes", lambda words: self._places.passages(words.removeprefix("-")))
        for passage in passages or ():
            kept = self._places.transcript_of(passage)
            if not off and not kept.transcript.consents.may_quote:
                row.fault(
                    "quotes",
                    f"{kept.transcript.name} may not be quoted; choose another passage, or correct the consent if it was "
                    f"given",
                )
                return
            self.made.quotes.append(ChosenQuote(code, passage, by, not off))

    def _distinguishing(self, row: RowReader, phase: str, code: str, by: str) -> None:
        words = row["distinguishes"]
        if words and self._once(row, "distinguishes", "distinguishes", phase, code):
            self.made.distinguishing.append(
                Distinguishing(phase, code, "" if words in TAKEN_BACK else words, by)
            )
