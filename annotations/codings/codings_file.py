"""What the rows of a codings file mean: each ends as codings in place, or as a fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import TypeVar

from annotations.codebook.codes import Codebook
from annotations.coding import Coder, Condition, Influence
from annotations.codings.code_names import ANY_BETWEEN_CODES, CodeNames, CodeNaming
from annotations.codings.coding_cells import condition_in, influence_in, moment_in, yes_in
from annotations.codings.faults import Fault
from annotations.codings.given_offsets import (
    GivenOffsets,
    OffsetsInRow,
    judge_offsets,
    of_tandem,
    offsets_in_row,
)
from annotations.codings.locate import NotFound, Places, WordsNotFound
from annotations.codings.positions import AskedQuote, places_by_position
from annotations.codings.program_tables import ABOVE
from annotations.codings.read_codings import CodingsFile
from annotations.codings.row_passage import as_given, passage_of_row
from annotations.codings.transcript_names import TranscriptNames
from annotations.errors import BadInput
from annotations.numbers_shown import counted
from annotations.sheets.sheet import SheetRow
from annotations.study.coder_names import CoderNames
from annotations.transcript import Span, Transcript
from annotations.turn_numbers import in_both_counts

Found = TypeVar("Found")
# looking for similar words takes a while; a file with more such rows has another fault
_MOST_HINTS = 300


@dataclass(frozen=True, slots=True)
class PlacedCoding:
    """A row with everything found; ``code`` is None where the coder looked and nothing applies.

    Of a table that Tandem wrote: ``loose``: it belongs to no review, so nobody knows what else was read; ``part``: other
    codes of its review were left out of the table.
    """

    row: int
    transcript: str
    coder: str
    code: str | None
    span: Span
    condition: Condition = Condition.INDEPENDENT
    memo: str = ""
    created: datetime | None = None
    influence: Influence | None = None
    concrete_example: bool = False
    loose: bool = False
    part: bool = False


@dataclass
class PlacedRows:
    """The rows that could be placed, the faults of the others, and what the team should know."""

    codings: list[PlacedCoding] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    missing_condition: int = 0
    repeated: int = 0
    notes: list[str] = field(default_factory=list)


def place_codings(
    read: CodingsFile,
    *,
    codebook: Codebook,
    transcripts: Mapping[str, Transcript],
    coders: Sequence[Coder],
    known_coders: Iterable[str] = (),
    time_zone: tzinfo = UTC,
) -> PlacedRows:
    """Find what each row means. Every row ends as codings or as a fault; none is dropped in silence.

    ``transcripts``: by folded name. ``coders``: those of study.yaml; ``known_coders``: others that have coded
    before. A name that is neither, and a typo away from one of them, is a fault. ``time_zone``: of moments in
    the file that give none.
    """
    placing = _Placing(read, codebook, transcripts, CoderNames(coders, known_coders), time_zone)
    for at, row in enumerate(read.rows):
        placing.place(at, row)
    placed = placing.placed
    _refuse_contradictions(placed, read)
    _drop_repeats(placed)
    _note_several_of_one(placed, codebook)
    placed.notes += [*read.unread, *placing.notes()]
    if read.ignored:
        placed.notes.append(f"the columns {', '.join(read.ignored)} are not known and were not read.")
    return placed


class _Placing:
    def __init__(
        self,
        read: CodingsFile,
        codebook: Codebook,
        transcripts: Mapping[str, Transcript],
        coders: CoderNames,
        time_zone: tzinfo,
    ) -> None:
        self.placed = PlacedRows()
        self._read = read
        self._names = TranscriptNames(transcripts)
        self._coders = coders
        self._time_zone = time_zone
        self._hints_left = _MOST_HINTS
        self._places: dict[tuple[str, str], Places | str] = {}
        self._codes = CodeNames(codebook, map(self._named, read.rows))
        self._by_position = self._placed_by_position()
        self._offsets = self._offsets_given()

    def _place(self, row: SheetRow) -> str:
        """Where a row stands, for a message: the file, and the sheet where several were read."""
        return f'{self._read.file}, sheet "{row.sheet}"' if row.sheet else self._read.file

    def place(self, at: int, row: SheetRow) -> None:
        faults: list[Fault] = []
        named = row["transcript"]

        def reading(column: str, read: Callable[[str], Found]) -> Found | None:
            try:
                return read(row[column])
            except (ValueError, BadInput) as error:
                at_fault = getattr(error, "column", column)
                theirs = self._read.called.get(at_fault, at_fault)
                where = places.transcript.name if places else named
                faults.append(
                    Fault(self._place(row), row.number, theirs, str(error), where, names_none=places is None)
                )
                return None

        places: Places | None = None
        places = reading("transcript", lambda _: self._transcript(row))
        condition = reading("condition", condition_in)
        together = condition is not None and condition.derived
        coder = reading("coder", self._coders.resolve if together else self._coders.resolve_one)
        codes = reading("code", lambda _: self._codes.codes(self._named(row)))
        created = reading("created", lambda given: moment_in(given, self._time_zone))
        influence = reading("influence", influence_in)
        concrete = reading("concrete_example", yes_in)
        span = reading("turn", lambda _: self._passage(places, at, row)) if places else None
        self.placed.faults.extend(faults)
        if faults or places is None or coder is None or codes is None or span is None or condition is None:
            return
        self.placed.missing_condition += not row["condition"]
        self.placed.codings.extend(
            PlacedCoding(
                row=row.number,
                transcript=places.transcript.name,
                coder=coder,
                code=code,
                span=span,
                condition=condition,
                memo=row["memo"],
                created=created,
                influence=influence,
                concrete_example=bool(concrete),
                loose=bool(row["code"]) and of_tandem(row) and not row["draw"],
                part=bool(row["code"] and row["part_of_review"]),
            )
            for code in codes or (None,)
        )

    def notes(self) -> Iterator[str]:
        """What was decided without being told, for the team to look at."""
        for said, path in self._codes.by_name_alone:
            yield f'"{said}" is taken for the code "{path}", which has the same name and stands elsewhere in the codebook.'
        for transcript, names in self._names.taken_twice:
            named = ", ".join(f'"{name}"' for name in names)
            yield f'{named} are all taken for the transcript "{transcript}"; is that one document?'
        if self._by_position:
            count = len(self._by_position)
            yield (
                f"{counted(count, 'quote stands', 'quotes stand')} several times in the transcript; which place is meant "
                f"follows from the position that the file gives."
            )
        yield from self._offsets.notes

    def _named(self, row: SheetRow) -> CodeNaming:
        above = tuple(filter(None, row["above"].split(ABOVE)))
        several = "" if self._read.program and not self._read.listed else ANY_BETWEEN_CODES
        return CodeNaming(row["code"], row["framework"], above, several, self._read.listed)

    def _passage(self, places: Places, at: int, row: SheetRow) -> Span:
        if at in self._by_position:
            return self._by_position[at]
        if at in self._offsets.refused:
            raise NotFound("start", self._offsets.refused[at])
        try:
            return as_given(places, row) or passage_of_row(places, row, self._offsets.spans.get(at))
        except WordsNotFound as error:
            self._hints_left -= 1
            turns = places.nearest_turns(row["quote"]) if self._hints_left >= 0 else ()
            hint = "check the transcript and the wording"
            if len(turns) > 1:
                hint = f"{in_both_counts(*turns)} hold parts of them. Copy the words from there, or give start and end"
            elif turns:
                hint = f"{in_both_counts(*turns)} comes nearest. Copy the words from there, or give the turn"
            raise NotFound("quote", f"{error}; {hint}") from error

    def _transcript(self, row: SheetRow) -> Places:
        key = (row["transcript"], row["group"])
        if key not in self._places:
            try:
                transcript = self._names.find(*key)
                same = (place for place in self._places.values() if isinstance(place, Places))
                self._places[key] = next(
                    (place for place in same if place.transcript is transcript), None
                ) or Places(transcript)
            except ValueError as error:
                self._places[key] = str(error)
        known = self._places[key]
        if isinstance(known, str):
            raise ValueError(known)
        return known

    def _placed_by_position(self) -> dict[int, Span]:
        """For quotes that stand several times, the place that fits the position the file gives, by row."""
        asked: dict[int, tuple[Places, list[AskedQuote]]] = {}
        for at, row in enumerate(self._read.rows):
            if not (row["position"] and row["quote"]):
                continue
            try:
                places = self._transcript(row)
                if as_given(places, row) is None:
                    asked_quote = AskedQuote(at, int(row["position"]), places.everywhere(row["quote"]))
                    asked.setdefault(id(places), (places, []))[1].append(asked_quote)
            except ValueError:
                continue  # told when the row is placed
        spans: dict[int, Span] = {}
        for places, its in asked.values():
            spans |= places_by_position(its, places.transcript.text)
        return spans

    def _offsets_given(self) -> GivenOffsets:
        """What start and end mean, where somebody else's program counted them."""
        asked: dict[str, tuple[Transcript, list[OffsetsInRow]]] = {}
        for at, row in enumerate(self._read.rows):
            offsets = offsets_in_row(at, row)
            if offsets is None:
                continue
            try:
                transcript = self._transcript(row).transcript
            except ValueError:
                continue  # told when the row is placed
            asked.setdefault(transcript.name, (transcript, []))[1].append(offsets)
        return judge_offsets(asked.values())


def _refuse_contradictions(placed: PlacedRows, read: CodingsFile) -> None:
    """The same coder cannot have put a code on a passage and found that nothing applies to it."""
    applied = {_pass(coding): coding.row for coding in placed.codings if coding.code}
    kept = []
    for coding in placed.codings:
        row = applied.get(_pass(coding)) if coding.code is None else None
        if row is None:
            kept.append(coding)
        else:
            reason = (
                f"it is empty (nothing applies), but row {row} puts a code on the same passage; remove one"
            )
            placed.faults.append(
                Fault(read.file, coding.row, read.called.get("code", "code"), reason, coding.transcript)
            )
    placed.codings[:] = kept
    placed.faults.sort(key=lambda fault: fault.row)


def _drop_repeats(placed: PlacedRows) -> None:
    """Rows alike in all they say count once; with another memo or influence they are findings of their own."""
    first: dict[PlacedCoding, PlacedCoding] = {}
    for coding in placed.codings:
        first.setdefault(replace(coding, row=0), coding)
    placed.repeated = len(placed.codings) - len(first)
    if placed.repeated:
        placed.codings[:] = first.values()
        rows = "1 row says" if placed.repeated == 1 else f"{placed.repeated} rows say"
        placed.notes.append(f"{rows} the same as another row; it counts once.")


def _note_several_of_one(placed: PlacedRows, codebook: Codebook) -> None:
    """Say where a coder put several codes on a passage, of a framework of which one may apply."""
    passages: dict[tuple[object, ...], dict[str, int]] = {}
    for coding in placed.codings:
        framework = codebook.framework(codebook[coding.code].framework) if coding.code else None
        if coding.code and framework and framework.select == "one":
            passages.setdefault((framework.name, *_pass(coding)), {})[coding.code] = coding.row
    counted: dict[str, list[int]] = {}
    for (framework_name, *_), rows in passages.items():
        if len(rows) > 1:
            counted.setdefault(str(framework_name), []).append(min(rows.values()))
    for name, at in counted.items():
        placed.notes.append(
            f'passages with several codes of "{name}", of which one may apply: {len(at)} (the first in row {min(at)}). '
            f"They are kept."
        )


def _pass(coding: PlacedCoding) -> tuple[object, ...]:
    return coding.transcript, coding.coder, coding.condition, coding.span
