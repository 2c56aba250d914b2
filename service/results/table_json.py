"""The table as plain data: what DESIGN's ``matrix --json`` has, and beside it all that it does not have yet."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

from annotations.matrix.rated_cells import RatedCell
from annotations.matrix.rating_scale import in_json
from annotations.matrix.tables import CodingCell
from annotations.store.applied_codings import TurnPlace
from annotations.store.cell_place import Column, RestingPassage
from annotations.store.ratings import Rating
from annotations.store.transcripts import KeptTranscript
from annotations.store.written_cells import Summary
from annotations.turn_numbers import shown_number
from service.results.cell_quotes import may_tell, quotes_of, stands_still
from service.results.check_words import check_json
from service.results.study_table import StudyTable


def to_json(table: StudyTable, *, with_quotes: bool, site: str | None = None) -> dict[str, Any]:
    """Phase, code and column to cell; a phase or column that is not stated is "". Cells with nothing in them are left out.

    ``with_quotes``: with words of participants, where consent allows, as people of ``site`` may read them.
    """
    blocks: dict[str, dict[str, dict[str, Any]]] = {}
    for phase in table.phases:
        rows: dict[str, dict[str, Any]] = {}
        for row in table.rows_of(phase):
            cells = {
                table.shown[column]: cell_json(table, phase, row, column, with_quotes=with_quotes, site=site)
                for column in table.columns
                if _anything(table, phase, row, column)
            }
            rows[table.label(row)] = cells
        blocks[table.label(phase) if phase else ""] = rows
    return {
        "matrix": blocks,
        "study": table.study,
        "made": table.made.isoformat(timespec="seconds"),
        "codebook_version": table.codebook.version,
        "columns_stand_for": list(table.names),
        "columns": [{"column": table.shown[column], **dict(column)} for column in table.columns],
        "phases": [{"phase": table.label(phase) if phase else "", "id": phase} for phase in table.phases],
        "codes": [_code(table, row) for row in table.rows],
        "distinguishes": {
            table.label(phase) if phase else "": {
                table.label(row): said
                for row in table.rows_of(phase)
                if (said := _distinguishes(table, phase, row))
            }
            for phase in table.phases
        },
        "codings": table.matrix.codings,
        "notes": list(table.notes),
    }


def cell_json(
    table: StudyTable, phase: str, row: str, column: Column, *, with_quotes: bool, site: str | None
) -> dict[str, Any]:
    """One cell."""
    cell, rated = table.cell(phase, row, column), table.rating(phase, row, column)
    written = table.written(phase, row, column)
    quotes = quotes_of(table, cell, site=site) if with_quotes else None
    proposal = cell.proposal
    return {
        "codings": cell.codings,
        "informants": len(cell.informants),
        "rating": None if rated is None else in_json(rated.value),
        "summary": [written_one.text for written_one in written],
        "quotes": [
            {
                "text": quote.text,
                "participant": quote.participant,
                "transcript": quote.transcript,
                "start": quote.span.start,
                "end": quote.span.end,
                "chosen": quote.chosen,
            }
            for quote in (quotes.found if quotes else ())
        ],
        "quotes_withheld": quotes.withheld if quotes else None,
        "informant_codes": list(cell.informants),
        "sources": dict(cell.sources),
        "rating_status": rated.status if rated else "",
        "ratings": [rating_json(rating) for rating in (rated.newest if rated else ())],
        "rating_history": [rating_json(rating) for rating in (rated.history if rated else ())],
        "proposed": in_json(proposal.value),
        "proposed_why": proposal.why,
        "summaries": [_summary(table, summary) for summary in written],
        "passages": passages_json(table, cell),
        "member_checks": [
            check_json(
                answer,
                words=with_quotes and may_tell(table.transcripts.values(), answer, site=site),
                label=table.label,
            )
            for answer in table.answers(phase, row, column)
        ],
    }


def rating_json(rating: Rating) -> dict[str, Any]:
    """A rating with who gave it, when and why."""
    return {
        "rater": rating.rater,
        "rating": in_json(rating.value),
        "rationale": rating.rationale,
        "consensus": rating.consensus,
        "given": rating.created.isoformat(timespec="seconds") if rating.created else None,
    }


def passages_json(table: StudyTable, cell: CodingCell) -> list[dict[str, Any]]:
    """Where the codings of a cell stand, without a word of theirs."""
    return [
        {
            **_place(table, kept, passage.span.start, passage.span.end),
            "coders": list(passage.coders),
            "influence": passage.influence,
            "concrete_example": passage.concrete_example,
        }
        for passage, kept in cell.found
    ]


def turn_at(table: StudyTable, kept: KeptTranscript, position: int) -> int | None:
    """The turn (from 0) that a position of the text lies in, or None."""
    turns = table.turns.get(kept.id, ())
    at = bisect_right(turns, position, key=attrgetter("start")) - 1
    return turns[at].number if at >= 0 and position < turns[at].end else None


def turn_shown_at(table: StudyTable, kept: KeptTranscript, position: int) -> int | None:
    """The turn as people count it, from 1, or None."""
    turn = turn_at(table, kept, position)
    return None if turn is None else shown_number(turn)


def passage_named(
    transcripts: Mapping[UUID, KeptTranscript],
    turns: Mapping[UUID, Sequence[TurnPlace]],
    passage: RestingPassage,
) -> str:
    """A passage as people type it: "JKG-01:4", or "JKG-01:120-180" where it is not a whole turn."""
    kept = transcripts[passage.transcript]
    name, span = kept.transcript.name, passage.span
    if span is None:
        return name
    whole = next((turn for turn in turns.get(kept.id, ()) if turn[:2] == (span.start, span.end)), None)
    if whole is not None and stands_still(kept, passage):
        return f"{name}:{shown_number(whole.number)}"
    return f"{name}:{span.start}-{span.end}"


def _place(table: StudyTable, kept: KeptTranscript, start: int, end: int) -> dict[str, Any]:
    return {
        "transcript": kept.transcript.name,
        "turn": turn_at(table, kept, start),
        "start": start,
        "end": end,
    }


def _summary(table: StudyTable, summary: Summary) -> dict[str, Any]:
    return {
        "text": summary.text,
        "by": summary.author,
        "written": summary.created.isoformat(timespec="seconds") if summary.created else None,
        "passages": [
            {
                **_place(table, kept, passage.span.start, passage.span.end),
                "text_changed_since": not stands_still(kept, passage),
            }
            for passage in summary.passages
            if passage.span is not None and (kept := table.transcripts[passage.transcript])
        ],
    }


def _anything(table: StudyTable, phase: str, row: str, column: Column) -> bool:
    rated: RatedCell | None = table.rating(phase, row, column)
    there: Sequence[Summary] = table.written(phase, row, column)
    return bool(table.cell(phase, row, column).codings or rated or there)


def _code(table: StudyTable, row: str) -> dict[str, str]:
    code = table.codebook.by_id.get(row)
    framework = table.codebook.framework(code.framework).name if code else ""
    return {"code": table.label(row), "id": row, "framework": framework, "path": code.path if code else row}


def _distinguishes(table: StudyTable, phase: str, row: str) -> dict[str, Any] | None:
    said, pattern = table.distinguishing.get((phase, row)), table.pattern(phase, row)
    if said is None and not pattern:
        return None
    return {
        "words": said.words if said else "",
        "by": said.by if said else None,
        "written": said.created.isoformat(timespec="seconds") if said and said.created else None,
        "ratings": pattern,
    }
