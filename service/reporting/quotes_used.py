"""Every quote that a document prints, with where it stands and by what consent."""

from __future__ import annotations

from service.results.cell_words import quotes_printed
from service.results.result_parts import ResultTable
from service.results.study_table import StudyTable
from service.results.table_json import turn_shown_at


def quotes_table(table: StudyTable, *, site: str | None) -> ResultTable:
    """The quotes of all cells, each once, with the consent of whoever said it."""
    rows_by_place: dict[tuple[str, int, int], tuple[str, ...]] = {}
    codes: dict[tuple[str, int, int], list[str]] = {}
    consents = {kept.transcript.name: kept.transcript.consents for kept in table.transcripts.values()}
    by_name = {kept.transcript.name: kept for kept in table.transcripts.values()}
    for phase in table.phases:
        for row in table.rows_of(phase):
            for column in table.columns:
                for quote in quotes_printed(table, table.cell(phase, row, column), site=site):
                    key = (quote.transcript, quote.span.start, quote.span.end)
                    codes.setdefault(key, []).append(table.label(row))
                    visible = consents[quote.transcript].visible_to
                    seen = "" if visible is None else f"; to be seen at {', '.join(visible)}"
                    turn = turn_shown_at(table, by_name[quote.transcript], quote.span.start)
                    rows_by_place[key] = (
                        quote.participant,
                        quote.transcript,
                        "" if turn is None else str(turn),
                        f"may be quoted{seen}",
                        quote.text,
                    )
    return ResultTable(
        name="Quotes",
        subject="Quotes in the tables above, with the consent that each rests on",
        columns=("Participant", "Source", "Turn", "Codes", "Consent", "Words"),
        rows=tuple(
            (*words[:3], ", ".join(dict.fromkeys(codes[key])), *words[3:])
            for key, words in rows_by_place.items()
        ),
        widths=(2, 2.2, 1, 4, 2.8, 7),
        # a quote without its consent may not be printed
        first=len(rows_by_place),
        notes=("Turns count from 1. Consent is what the study holds of each source.",),
    )
