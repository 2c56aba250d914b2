"""Events of the cases into the study, and as they stand: the work behind "tandem timeline"."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations.codings.coding_cells import yes_in
from annotations.errors import BadInput
from annotations.matrix.orders import columns_in_order
from annotations.names import folded
from annotations.store.applied_codings import turn_places
from annotations.store.cell_place import RestingPassage
from annotations.store.events import CaseEvent, KeptEvents, all_events, keep_events, remove_events
from annotations.store.forget_writings import naming
from annotations.store.transcripts import all_texts, texts_by_id
from annotations.timeline.when import When, when_of
from service.access.transcript_access import sees
from service.access.viewer import Viewer
from service.composition import Parts
from service.exported_file import whole, write_rows
from service.results.named_places import NamedPlaces, named_places
from service.results.read_table import study_table
from service.results.rows_in import RowReader, RowsOnlyTried, filled_table, keep_or_take_back
from service.results.study_findings import phase_ids
from service.results.study_table import WantedTable
from service.results.table_json import passage_named

COLUMNS = ("case", "date", "phase", "event", "actor", "place", "source", "passages")
_ALSO = {
    "event": ("text", "what", "description", "events"),
    "date": ("when", "dates"),
    "source": ("sources",),
}
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Dated:
    """An event with what its date means, how its phase is called, and the passages it rests on in words."""

    event: CaseEvent
    when: When
    phase: str
    passages: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        event, when = self.event, self.when
        return {
            "case": event.case,
            "date": event.date,
            "first": when.first.isoformat(),
            "last": when.last.isoformat(),
            "lasted": when.lasted,
            "uncertain": when.uncertain,
            "about": when.about,
            "start_unknown": when.no_start,
            "end_unknown": when.no_end,
            "phase": self.phase,
            "event": event.text,
            "actor": event.actor,
            "place": event.place,
            "source": event.source,
            "passages": list(self.passages),
            "has_source": event.has_source,
        }


@dataclass(frozen=True, slots=True)
class Timeline:
    """The events of one case, from the earliest on; ``phases``: all of the study, in order."""

    case: str
    events: tuple[Dated, ...]
    phases: tuple[str, ...]


def import_events(parts: Parts, file: Path, *, dry_run: bool = False) -> KeptEvents:
    """Keep the events of a table, all or nothing.

    Columns: ``case``, ``event``, and ``date`` or ``start`` and ``end``; and ``phase, actor, place, source, passages,
    remove``. A source that is called like a transcript of the study, or is one of its passages, is linked to it. Raises
    BadInput that says in few lines which rows cannot be used.
    """
    read = filled_table(
        file,
        required=("case", "event"),
        optional=("date", "start", "end", *COLUMNS[2:3], *COLUMNS[4:], "remove", "words"),
        also_called=_ALSO,
    )
    if not {"date", "start"} & set(read.sheet.columns):
        raise BadInput(
            f"{file}: the column date is missing, or start and end. Every event has a date, such as early 2017."
        )
    if read.sheet.ignored:
        named = ", ".join(read.sheet.headings[ignored] for ignored in read.sheet.ignored)
        raise BadInput(
            f"{file}: the column {named} is not known. Known: {', '.join(COLUMNS)}, start, end, remove."
        )
    kept = KeptEvents()
    with suppress(RowsOnlyTried), parts.store.writing() as connection:
        places = named_places(parts, connection)
        events: list[CaseEvent] = []
        gone: list[CaseEvent] = []
        seen: dict[str, int] = {}
        for row in read.rows():
            if not any(row[name] for name in ("date", "start", "end", "event")):
                continue  # of a draft, not filled in
            event = _event(row, places)
            if event is None:
                continue
            number = seen.setdefault(event.key, row.row.number)
            if number != row.row.number:
                row.fault("event", f"row {number} says the same event of the same case and date; keep one")
                continue
            (gone if yes_in(row["remove"]) else events).append(event)
        read.refuse_faults()
        kept = keep_events(connection, events)
        kept.removed = list(remove_events(connection, gone))
        keep_or_take_back(dry_run)
    return kept


def _event(row: RowReader, places: NamedPlaces) -> CaseEvent | None:
    case = row.read("case", lambda given: places.place("case", given) if given else _no_case())
    date = _date(row)
    phase = row.read("phase", places.phase)
    row.read("remove", yes_in)
    passages = row.read("passages", lambda given: places.passages(given, whole_transcripts=True))
    source = row.read("source", lambda given: _source(given, places))
    if not row["event"]:
        row.fault("event", "it is empty; say what happened")
    for name in ("event", "actor", "place", "source"):
        if len(row[name]) > LONGEST:
            row.fault(name, f"it has {len(row[name]):,} characters; it has at most {LONGEST:,}")
    if row.wrong or case is None or date is None or phase is None or passages is None or source is None:
        return None
    cited, linked = source
    return CaseEvent(
        case=case,
        date=date,
        text=" ".join(row["event"].split()),
        phase=phase,
        actor=row["actor"],
        place=row["place"],
        source=cited,
        passages=tuple(dict.fromkeys((*passages, *linked))),
    )


def _no_case() -> str:
    raise ValueError("it is empty; every event belongs to a case")


def _date(row: RowReader) -> str | None:
    """The date as people wrote it; of a start and an end in columns of their own "start to end"."""
    given, column = row["date"], "date"
    if not given and (row["start"] or row["end"]):
        start, end = row["start"], row["end"]
        given = f"{start} to {end}" if start and end else f"since {start}" if start else f"by {end}"
        column = "start" if start else "end"
    try:
        when_of(given)
    except ValueError as error:
        row.fault(column, str(error))
        return None
    return given


def _source(given: str, places: NamedPlaces) -> tuple[str, tuple[RestingPassage, ...]]:
    """What is cited in words, and what is linked because the study has it."""
    cited: list[str] = []
    linked: list[RestingPassage] = []
    for part in (source.strip() for source in given.split(";")):
        name = part.rpartition(":")[0]
        if places.is_transcript(part) or (name and places.is_transcript(name)):
            linked += places.passages(part, whole_transcripts=True)
        elif part:
            for participant in places.withdrawn.values():
                if naming([participant])(part):
                    raise ValueError(
                        f"participant {participant} withdrew, so nothing may rest on what they said; take it out"
                    )
            cited.append(part)
    return "; ".join(cited), tuple(linked)


def timelines(parts: Parts, *, case: str | None = None, viewer: Viewer | None = None) -> tuple[Timeline, ...]:
    """The events of each case, or of one. Raises BadInput for a case that has none.

    ``viewer``: whoever is limited to sites sees the cases and passages of transcripts that these sites may see.
    """
    with parts.store.reading() as connection:
        events = all_events(connection)
        if viewer is not None and viewer.sites is not None:
            mine = [text for text in all_texts(connection) if sees(viewer, text.transcript)]
            its = {folded(text.transcript.case) for text in mine}
            events = tuple(event for event in events if folded(event.case) in its)
        rests_on = {passage.transcript for event in events for passage in event.passages}
        transcripts = {text.id: text for text in texts_by_id(connection, rests_on)}
        if viewer is not None:
            transcripts = {
                key: transcript
                for key, transcript in transcripts.items()
                if sees(viewer, transcript.transcript)
            }
        turns = turn_places(connection, rests_on)
    book = parts.codebook
    phases = tuple(book.label(phase_id) for phase_id in phase_ids(book))
    by_case: dict[str, list[Dated]] = {}
    for event in events:
        phase = book.label(event.phase) if event.phase in book.by_id else event.phase
        rests = tuple(
            passage_named(transcripts, turns, passage)
            for passage in event.passages
            if passage.transcript in transcripts
        )
        by_case.setdefault(event.case, []).append(Dated(event, when_of(event.date), phase, rests))
    listed = {"case": tuple(parts.study.config.cases)}
    cases = [column[0][1] for column in columns_in_order([(("case", name),) for name in by_case], listed)]
    if case is not None:
        cases = [name for name in cases if folded(name) == folded(case)]
        if not cases:
            there = f"Events are kept of: {', '.join(by_case)}." if by_case else "No events are kept yet."
            raise BadInput(f'no event is kept of a case "{case}". {there}')
    return tuple(
        Timeline(name, tuple(sorted(by_case[name], key=lambda it: (it.when.first, it.when.last))), phases)
        for name in cases
    )


def write_csv(drawn: Sequence[Timeline], file: Path) -> None:
    """The events in the layout that is read back."""
    rows = [
        {
            "case": event.event.case,
            "date": event.event.date,
            "phase": event.phase,
            "event": event.event.text,
            "actor": event.event.actor,
            "place": event.event.place,
            "source": event.event.source,
            "passages": "; ".join(event.passages),
        }
        for timeline in drawn
        for event in timeline.events
    ]
    _write(file, COLUMNS, rows)


def write_draft(parts: Parts, file: Path, *, code: str | None) -> int:
    """A table of coded passages for people to make events of: case, phase and passage stand there, date and text do not.

    ``code``: of this code alone. How many passages. It holds participants' words. Raises BadInput for an unknown code.
    """
    wanted = None if code is None else parts.codebook.find(code).id
    table = study_table(parts, WantedTable())
    rows: dict[RestingPassage, dict[str, Any]] = {}
    for (phase, row, _), cell in table.matrix.cells.items():
        for coded, kept in cell.found:
            if wanted is not None and row != wanted:
                continue
            passage = RestingPassage(kept.id, coded.span, kept.transcript.text_hash)
            rows.setdefault(
                passage,
                {
                    "case": kept.transcript.case,
                    "phase": table.label(phase) if phase else "",
                    "passages": passage_named(table.transcripts, table.turns, passage),
                    "words": " ".join(coded.span.of(kept.transcript.text).split()),
                },
            )
    _write(file, (*COLUMNS, "words"), list(rows.values()))
    return len(rows)


def _write(file: Path, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    out = io.StringIO()
    write_rows(out, columns, rows)
    whole(file, out.getvalue().encode("utf-8-sig"))
