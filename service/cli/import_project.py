"""tandem import-project: a project or codebook of another program, as REFI-QDA."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, progress, say, table, warn

if TYPE_CHECKING:
    from service.importing.project_outcome import ProjectOutcome

NAME = "import-project"
_SHOWN = 60
_REFUSED = 40


def command(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A REFI-QDA project (.qdpx, or an unpacked .qde) or codebook (.qdc)."
        ),
    ],
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map",
            metavar="FILE",
            help="A table that corrects how names are understood: what, theirs, ours.",
        ),
    ] = None,
    write_map: Annotated[
        Path | None,
        typer.Option(
            "--write-map",
            metavar="FILE",
            help="With --dry-run: write down how names were understood, for --map.",
        ),
    ] = None,
    coder: Annotated[
        list[str] | None,
        typer.Option(
            metavar="THEIRS=OURS", help="Who a user of the project is here. Several: --coder once for each."
        ),
    ] = None,
    complete: Annotated[
        str,
        typer.Option(
            metavar="all|listed|none",
            help="What the coders read: all of every source to its end, only the coded passages, or nobody knows.",
        ),
    ] = "none",
    add_codes: Annotated[
        bool,
        typer.Option("--add-codes", help="Add codes that your codebook does not hold to codebook.yaml."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would come in, and keep nothing.")
    ] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Bring in a project of NVivo, MAXQDA, ATLAS.ti, QualCoder and others: sources, codes, codings, memos, cases.

    Export it there as REFI-QDA. All of it comes in, or nothing. Look at --dry-run first.
    """
    from annotations.errors import BadInput
    from service.audit import Did
    from service.composition import open_parts
    from service.importing.import_project import Wishes, import_project
    from service.importing.project_map import write_name_map

    if write_map is not None and not dry_run:
        raise BadInput(
            "--write-map needs --dry-run. It writes a table of names that you correct before anything is kept."
        )
    wishes = Wishes(map_file, tuple(coder or ()), complete, add_codes, dry_run)
    with (
        open_parts(chosen(study)) as parts,
        parts.alone("import-project"),
        progress("Reading sources") as step,
    ):
        outcome = import_project(parts, file, wishes, step)
        if not dry_run and not outcome.refused:
            note(parts, Did.IMPORTED, file.name, kind="project")
    if write_map is not None:
        write_name_map(outcome, write_map)
    if json:
        as_json(outcome.to_json())
    else:
        _show(outcome, write_map)
    if outcome.refused:
        what = "Nothing would be imported" if dry_run else "Nothing was imported"
        more = len(outcome.refused) - _REFUSED
        lines = [*outcome.refused[:_REFUSED], *([f"… and {more} more."] * (more > 0)), *outcome.remedies]
        raise BadInput("\n".join([*lines, f"{what}. Correct this and try again."]))


def _show(outcome: ProjectOutcome, write_map: Path | None) -> None:
    from annotations.numbers_shown import counted

    made = f" (made by {outcome.origin})" if outcome.origin else ""
    say(f'{outcome.file.name}: "{outcome.project}"{made}' if outcome.project else outcome.file.name)
    if outcome.dry_run:
        say("This is what would come in; nothing was kept.")
    _sources(outcome)
    _codes(outcome)
    names = _understood(outcome)
    names += [("coder", theirs, ours, "the name rule") for theirs, ours in outcome.coders.items()]
    _table("How names are understood", ("what", "theirs", "ours", "by"), names)
    kept = outcome.kept
    say(
        "",
        f"{counted(kept.codings, 'coding')} new ({counted(outcome.memos, 'memo')} in all), "
        f"{kept.unchanged:,} there already; {counted(len(kept.coders), 'coder')}; "
        f"{counted(outcome.attributes, 'attribute')} new or changed.",
    )
    if kept.reviews:
        say(
            f"{counted(kept.reviews, 'review')} made of them, {kept.empty_reviews:,} of these empty (looked, nothing "
            f"applies)."
        )
    if kept.on_interviewer or kept.on_no_segment:
        say(
            f"{kept.on_interviewer:,} codings lie on what an interviewer says and {kept.on_no_segment:,} on no segment: "
            f"kept, not learnt from."
        )
    if outcome.left:
        say("", "Left out:", *(f"  {line}" for line in outcome.left_in_words))
    warn(*outcome.notes)
    if write_map is not None:
        say("", f"How names were understood is in {write_map}: correct the column ours and give it as --map.")
    if not outcome.refused:
        say("", "Next: the same command without --dry-run" if outcome.dry_run else "Next: tandem status")


def _sources(outcome: ProjectOutcome) -> None:
    rows = [
        (
            source.transcript or source.source,
            source.state,
            source.participant or "–",
            source.case or "–",
            source.site or "–",
            source.wave or "–",
            source.unit or "–",
            str(source.codings),
        )
        for source in outcome.sources
    ]
    columns = ["source", "", "participant", "case", "site", "wave", "positions counted", "codings"]
    shown = [
        at for at in range(len(columns)) if at in (0, 1) or any(row[at] not in ("–", "0") for row in rows)
    ]
    _table("", [columns[at] for at in shown], [tuple(row[at] for at in shown) for row in rows])
    for source in outcome.sources:
        if source.evidence and (source.unit or "NOT" in source.evidence):
            say(f"  {source.transcript or source.source}: {source.evidence}")


def _codes(outcome: ProjectOutcome) -> None:
    from annotations.numbers_shown import counted

    if outcome.codebook == "made of the project's":
        say("", f"The project's {counted(len(outcome.codes), 'code')} become the study's codebook.")
        return
    rows = [
        (
            code.theirs,
            outcome.labels.get(code.ours or "", "–"),
            code.by if code.ours or not code.nearest else f"{code.by}; nearest: {code.nearest}",
        )
        for code in outcome.codes
    ]
    _table("Codes", ("theirs", "ours", "by"), rows)
    if outcome.unused_codes:
        say(f"{counted(outcome.unused_codes, 'code')} of theirs carry no coding and were not looked for.")


def _understood(outcome: ProjectOutcome) -> list[tuple[str, str, str, str]]:
    """How names were understood; those that were understood alike in one row."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for name_understood in outcome.understood:
        alike.setdefault((name_understood.what, name_understood.ours, name_understood.by), []).append(
            name_understood.theirs
        )
    return [
        (what, ", ".join(theirs[:4]) + (f" and {len(theirs) - 4} more" if len(theirs) > 4 else ""), ours, by)
        for (what, ours, by), theirs in alike.items()
    ]


def _table(title: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    if rows:
        say("")
        table(title, columns, rows[:_SHOWN])
    if len(rows) > _SHOWN:
        say(f"… and {len(rows) - _SHOWN} more (--json lists all)")
