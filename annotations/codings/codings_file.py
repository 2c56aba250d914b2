"""Files of codings: CSV, XLSX or JSONL with ``transcript, coder, code`` and where the passage is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Literal, TypeVar

from annotations.codebook.codes import Codebook
from annotations.coding import Coder, Condition, Influence
from annotations.codings.coding_cells import condition_in, influence_in, moment_in, yes_in
from annotations.codings.faults import Fault
from annotations.codings.locate import NotFound, Places, WordsNotFound
from annotations.errors import BadInput, nearest
from annotations.names import folded
from annotations.sheets.safe_cells import text_of_safe
from annotations.sheets.sheet import Row, columns_of, read_sheet
from annotations.study.coder_names import CoderNames
from annotations.transcript import Span, Transcript
from annotations.turn_numbers import in_both_counts

Found = TypeVar("Found")
# looking for similar words takes a while; a file with more such rows has another fault
_MOST_HINTS = 300
_REQUIRED = ("transcript", "coder", "code")
# Taguette's export names the document, the tag and the passage, and not who coded
_TAGUETTE = {"transcript": ("document",), "code": ("tag",), "quote": ("content",)}
_OPTIONAL = (
    "id",
    "turn",
    "turn_shown",
    "start",
    "end",
    "quote",
    "framework",
    "condition",
    "memo",
    "created",
    "influence",
    "concrete_example",
)


@dataclass(frozen=True, slots=True)
class CodingsFile:
    """A file of codings as read, not placed yet."""

    file: str
    rows: tuple[Row, ...]
    ignored: tuple[str, ...] = ()
    names_coders: bool = True
    about_hidden: str | None = None

    @property
    def complete(self) -> Literal["listed", "none"]:
        """What ``--complete`` is where nobody says: ``listed`` if some rows have an empty code, else ``none``."""
        return "listed" if any(not row["code"] for row in self.rows) else "none"


@dataclass(frozen=True, slots=True)
class PlacedCoding:
    """A row with everything found; ``code`` is None where the coder looked and nothing applies."""

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


@dataclass
class Placed:
    """The rows that could be placed, the faults of the others, and what the team should know."""

    codings: list[PlacedCoding] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    missing_condition: int = 0
    repeated: int = 0
    notes: list[str] = field(default_factory=list)


def read_codings(file: Path, *, coder: str = "") -> CodingsFile:
    """Read a file of codings; raises BadInput if it is none. ``coder``: who coded, where no column says so.

    Taguette's columns (document, tag, content) are known.
    """
    columns = columns_of(file, _TAGUETTE)
    required = [name for name in _REQUIRED if name != "coder" or not (coder or is_of_taguette(columns))]
    sheet = read_sheet(file, required=required, optional=(*_OPTIONAL, "coder"), also_called=_TAGUETTE)
    if not {"turn", "turn_shown", "start", "quote"} & set(sheet.columns):
        raise BadInput(
            f"{file}: nothing says where the passages are. Add the column turn (from 0) or turn_shown (from 1), "
            f"or start and end, or quote."
        )
    # a table that Tandem wrote has marks before what a spreadsheet would run; in JSONL there are none
    plain = file.suffix.lower() == ".jsonl"
    own = sheet.rows if plain else tuple(map(_as_it_was, sheet.rows))
    named = "coder" in sheet.columns
    rows = own if named else tuple(replace(row, cells={**row.cells, "coder": coder}) for row in own)
    return CodingsFile(str(file), rows, sheet.ignored, named or bool(coder), sheet.about_hidden)


def _as_it_was(row: Row) -> Row:
    return Row(row.number, {column: text_of_safe(cell) for column, cell in row.cells.items()})


def is_of_taguette(columns: Sequence[str]) -> bool:
    """Are these the columns of Taguette's export of all highlights?"""
    return {"id", "transcript", "code", "quote"} <= set(columns) and "coder" not in columns


def place_codings(
    read: CodingsFile,
    *,
    codebook: Codebook,
    transcripts: Mapping[str, Transcript],
    coders: Sequence[Coder],
    known_coders: Iterable[str] = (),
    time_zone: tzinfo = UTC,
) -> Placed:
    """Find what each row means. Every row ends as a coding or as a fault; none is dropped in silence.

    ``transcripts``: by folded name. ``coders``: those of study.yaml; ``known_coders``: others that have coded
    before. A name that is neither, and a typo away from one of them, is a fault. ``time_zone``: of moments in
    the file that give none.
    """
    placing = _Placing(read.file, codebook, transcripts, CoderNames(coders, known_coders), time_zone)
    for row in read.rows:
        placing.place(row)
    placed = placing.placed
    _refuse_contradictions(placed, read.file)
    _drop_repeats(placed)
    _note_several_of_one(placed, codebook)
    if read.ignored:
        placed.notes.append(f"the columns {', '.join(read.ignored)} are not known and were not read.")
    if read.about_hidden:
        placed.notes.append(read.about_hidden)
    return placed


class _Placing:
    def __init__(
        self,
        file: str,
        codebook: Codebook,
        transcripts: Mapping[str, Transcript],
        coders: CoderNames,
        time_zone: tzinfo,
    ) -> None:
        self.placed = Placed()
        self._file = file
        self._codebook = codebook
        self._transcripts = transcripts
        # another program may call a transcript by the name of its file
        self._by_file = {folded(one.source): one for one in transcripts.values() if one.source}
        self._coders = coders
        self._time_zone = time_zone
        self._hints_left = _MOST_HINTS
        self._places: dict[str, Places | str] = {}
        self._codes: dict[tuple[str, str], str | BadInput] = {}

    def place(self, row: Row) -> None:
        faults: list[Fault] = []

        def reading(column: str, read: Callable[[str], Found]) -> Found | None:
            try:
                return read(row[column])
            except ValueError as error:
                at = getattr(error, "column", column)
                faults.append(Fault(self._file, row.number, at, str(error), row["transcript"]))
                return None

        places = reading("transcript", self._transcript)
        coder = reading("coder", self._coders.resolve)
        code = reading("code", lambda name: self._code(name, row["framework"]))
        condition = reading("condition", condition_in)
        created = reading("created", lambda given: moment_in(given, self._time_zone))
        influence = reading("influence", influence_in)
        concrete = reading("concrete_example", yes_in)
        span = reading("turn", lambda _: self._passage(places, row)) if places else None
        self.placed.faults.extend(faults)
        if faults or places is None or coder is None or span is None or condition is None:
            return
        self.placed.missing_condition += not row["condition"]
        self.placed.codings.append(
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
            )
        )

    def _passage(self, places: Places, row: Row) -> Span:
        try:
            return _span(places, row)
        except WordsNotFound as error:
            self._hints_left -= 1
            turns = places.nearest_turns(row["quote"]) if self._hints_left >= 0 else ()
            hint = "check the transcript and the wording"
            if len(turns) > 1:
                hint = f"{in_both_counts(*turns)} hold parts of them. Copy the words from there, or give start and end"
            elif turns:
                hint = f"{in_both_counts(*turns)} comes nearest. Copy the words from there, or give the turn"
            raise NotFound("quote", f"{error}; {hint}") from error

    def _transcript(self, name: str) -> Places:
        key = folded(name)
        if key not in self._places:
            found = self._transcripts.get(key) or self._by_file.get(key)
            self._places[key] = Places(found) if found is not None else self._no_transcript(name)
        known = self._places[key]
        if isinstance(known, str):
            raise ValueError(known)
        return known

    def _no_transcript(self, name: str) -> str:
        if not name:
            return "it is empty; every row names a transcript"
        close = nearest(name, (one.name for one in self._transcripts.values()))
        guess = f'did you mean "{close}"?' if close else "import it first"
        return f'there is no transcript "{name}"; {guess}'

    def _code(self, name: str, framework: str) -> str | None:
        if not name:
            return None
        key = (name, framework)
        if key not in self._codes:
            try:
                self._codes[key] = self._codebook.resolve(name, framework=framework).id
            except BadInput as error:
                self._codes[key] = error
        found = self._codes[key]
        if isinstance(found, BadInput):
            raise ValueError(str(found))
        return found


def _span(places: Places, row: Row) -> Span:
    """The narrowest passage that the row's columns name; raises NotFound where they name different ones."""
    turn = _turn(places, row)
    given = places.span(row["start"], row["end"]) if row["start"] or row["end"] else None
    if given is not None and turn is not None and not given & turn:
        raise NotFound(
            "start", "start and end lie outside the turn that the row names; leave one of them empty"
        )
    if row["quote"] and given is not None:
        if not places.says(given, row["quote"]):
            raise NotFound(
                "quote",
                "these are not the words from start to end, so one of them is wrong (offsets count code points "
                'of the text that "tandem show ID --text" prints); correct it or leave it empty',
            )
    elif row["quote"]:
        quoted = places.quote(row["quote"], within=turn)
        if turn is not None and not quoted & turn:
            raise NotFound(
                "quote", "these words stand outside the turn that the row names; correct one of them"
            )
        return quoted
    found = given or turn
    if found is None:
        raise NotFound("turn", "nothing says where the passage is; give turn, or start and end, or quote")
    return found


def _turn(places: Places, row: Row) -> Span | None:
    """The turn that the row names in either count, or None."""
    turn = places.turn(row["turn"]) if row["turn"] else None
    shown = places.turn_shown(row["turn_shown"]) if row["turn_shown"] else None
    if turn is not None and shown is not None and turn != shown:
        raise NotFound(
            "turn_shown",
            "turn (from 0) and turn_shown (from 1) name different turns; correct one, or leave it empty",
        )
    return turn or shown


def _refuse_contradictions(placed: Placed, file: str) -> None:
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
            placed.faults.append(Fault(file, coding.row, "code", reason, coding.transcript))
    placed.codings[:] = kept
    placed.faults.sort(key=lambda fault: fault.row)


def _drop_repeats(placed: Placed) -> None:
    """Rows alike in all they say count once; with another memo or influence they are findings of their own."""
    first: dict[PlacedCoding, PlacedCoding] = {}
    for coding in placed.codings:
        first.setdefault(replace(coding, row=0), coding)
    placed.repeated = len(placed.codings) - len(first)
    if placed.repeated:
        placed.codings[:] = first.values()
        rows = "1 row says" if placed.repeated == 1 else f"{placed.repeated} rows say"
        placed.notes.append(f"{rows} the same as another row; it counts once.")


def _note_several_of_one(placed: Placed, codebook: Codebook) -> None:
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
