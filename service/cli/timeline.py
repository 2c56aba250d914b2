"""tandem timeline: what happened in each case and when, as a picture and as tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotations.store.events import KeptEvents
    from service.results.timeline_events import Timeline

NAME = "timeline"
_SHOWN = 60


def command(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="A .csv, .xlsx or .jsonl table of events: case, date (or start and end), event, and phase, actor, place, "
            "source, passages. Without a file, what is kept is shown.",
        ),
    ] = None,
    case: Annotated[
        str | None, typer.Option("--case", metavar="C", help="Only this case; else all, under one axis.")
    ] = None,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Draw it as SVG.")] = None,
    png: Annotated[
        Path | None, typer.Option("--png", metavar="FILE", help="Draw it as PNG, 300 dots an inch.")
    ] = None,
    docx: Annotated[
        Path | None,
        typer.Option("--docx", metavar="FILE", help="Write a Word file: a figure and a table for each case."),
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE", help="Write the events as an Excel workbook.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the events as CSV, to be read back.")
    ] = None,
    draft: Annotated[
        Path | None,
        typer.Option(
            "--draft",
            metavar="FILE",
            help="Write coded passages as a table in which people fill in date and event.",
        ),
    ] = None,
    code: Annotated[
        str | None, typer.Option("--code", metavar="CODE", help="With --draft: passages of this code alone.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With a file: show what would change, and keep nothing.")
    ] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Keep the events of each case and draw them: phases as bands over the events, uncertain dates as uncertain.

    Dates are written as people know them: 2017-03-14, March 2017, early 2017, 2006–2016, by 2016, since 2018, around 2010.
    """
    from service.audit import Did
    from service.composition import open_parts
    from service.results.timeline_events import import_events, timelines, write_csv, write_draft

    with open_parts(chosen(study)) as parts:
        if file is not None:
            with parts.alone("timeline"):
                kept = import_events(parts, file, dry_run=dry_run)
                if not dry_run:
                    note(parts, Did.IMPORTED, file.name, kind="events")
            as_json(_kept_json(kept, dry_run=dry_run)) if json else _tell(kept, dry_run=dry_run)
            return
        if draft is not None:
            passages = write_draft(parts, draft, code=code)
            note(parts, Did.EXPORTED, draft.name, kind="draft of a timeline", passages=passages)
            if json:
                as_json({"file": str(draft), "passages": passages})
                return
            say(
                f"Written: {draft}, with {passages:,} passages. Fill in date and event where there is one, then: "
                f"tandem timeline {draft}",
                "It holds participants' words: keep it where the transcripts are kept.",
            )
            return
        drawn = timelines(parts, case=case)
        title = f"{parts.study.config.name}: timeline"
        made = _draw(drawn, svg, png, docx, xlsx, title)
        if csv is not None:
            write_csv(drawn, csv)
            made.append(csv)
        for written in made:
            note(parts, Did.EXPORTED, written.name, kind="timeline")
    if json:
        as_json({"events": [event.to_json() for timeline in drawn for event in timeline.events]})
        return
    _show(drawn)
    for written in made:
        say(f"Written: {written}.")


def _draw(
    drawn: Sequence[Timeline],
    svg: Path | None,
    png: Path | None,
    docx: Path | None,
    xlsx: Path | None,
    title: str,
) -> list[Path]:
    from service.results.timeline_files import write_docx, write_png, write_svg, write_xlsx

    made = []
    if svg is not None:
        write_svg(drawn, svg, title=title)
        made.append(svg)
    if png is not None:
        write_png(drawn, png)
        made.append(png)
    if docx is not None:
        write_docx(drawn, docx, title=title)
        made.append(docx)
    if xlsx is not None:
        write_xlsx(drawn, xlsx)
        made.append(xlsx)
    return made


def _kept_json(kept: KeptEvents, *, dry_run: bool) -> dict[str, object]:
    return {
        "new": len(kept.new),
        "changed": len(kept.changed),
        "removed": len(kept.removed),
        "unchanged": kept.unchanged,
        "without_source": sum(not event.has_source for event in (*kept.new, *kept.changed)),
        "dry_run": dry_run,
    }


def _tell(kept: KeptEvents, *, dry_run: bool) -> None:
    from annotations.numbers_shown import counted

    if dry_run:
        say("This is what would change; nothing was kept.", "")
    say(
        f"{counted(len(kept.new), 'new event')}, {len(kept.changed)} changed, {len(kept.removed)} taken away, "
        f"{kept.unchanged} as before."
    )
    bare = sum(not event.has_source for event in (*kept.new, *kept.changed))
    if bare:
        say(f"{counted(bare, 'event has', 'events have')} no source, and will be marked with †.")
    say("", f"Next: {'the same command without --dry-run' if dry_run else 'tandem timeline --svg FILE.svg'}")


def _show(drawn: Sequence[Timeline]) -> None:
    if not drawn:
        say(
            "No events are kept yet. Give a table: tandem timeline FILE.csv (columns case, date, event), or let Tandem "
            "write one of coded passages: tandem timeline --draft FILE.csv"
        )
        return
    for timeline in drawn:
        rows = [
            (
                f"{event.event.date}{' ~' if event.when.uncertain else ''}",
                event.phase or "–",
                event.event.text,
                ", ".join(filter(None, (event.event.actor, event.event.place))) or "–",
                "; ".join(filter(None, (event.event.source, *event.passages))) or "† no source",
            )
            for event in timeline.events[:_SHOWN]
        ]
        table(timeline.case, ("date", "phase", "event", "actor or place", "source"), rows)
        if len(timeline.events) > _SHOWN:
            say(f"… and {len(timeline.events) - _SHOWN} more: see them with --csv FILE or --json.")
        say("")
    say("~ the date is uncertain")
