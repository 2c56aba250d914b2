"""tandem import-codings: what people have coded already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table, warn

if TYPE_CHECKING:
    from service.importing.import_codings import ImportedCodings

NAME = "import-codings"


def command(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Codings: a .csv, .xlsx or .jsonl file, a .docx file of NVivo or Dedoose, or a QualCoder project (.qda).",
        ),
    ],
    complete: Annotated[
        str | None,
        typer.Option(
            metavar="all|listed|none",
            help="What the coders read: all of every transcript in the file, only the listed passages, or nobody knows.",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE",
            help="The coders looked for this code alone, say one that the codebook did not hold before. Several: --only "
            "once for each.",
        ),
    ] = None,
    coder: Annotated[
        str, typer.Option(metavar="NAME", help="Who coded, where the file does not say so, as Taguette's.")
    ] = "",
    transcript: Annotated[
        str, typer.Option(metavar="NAME", help="Which transcript is coded, where the file does not say so.")
    ] = "",
    columns: Annotated[
        str,
        typer.Option(
            metavar="OURS=THEIRS,…",
            help="How the file calls the columns, such as transcript=Document,code=Code,quote=Segment; kept in study.yaml. "
            "The layouts of MAXQDA, NVivo, ATLAS.ti, Dedoose, Taguette, Delve and QualCoder are known without.",
        ),
    ] = "",
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Import what can be placed, and leave out the rest.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be imported, and keep nothing.")
    ] = False,
    problems: Annotated[
        Path | None,
        typer.Option(
            "--problems", metavar="FILE", help="Write every row that cannot be placed to this CSV file."
        ),
    ] = None,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Bring in what people have coded, here or in another program: by turn, by span or by quote."""
    from annotations.codings.faults import in_few_lines
    from annotations.codings.named_columns import columns_named
    from annotations.numbers_shown import counted
    from service.audit import Did
    from service.composition import open_parts
    from service.importing.import_codings import import_codings

    with open_parts(chosen(study)) as parts, parts.alone("import-codings"):
        imported = import_codings(
            parts,
            file,
            complete=complete,
            only=only or (),
            skip_bad_rows=skip_bad_rows,
            dry_run=dry_run,
            problems=problems,
            coder=coder,
            transcript=transcript,
            columns=columns_named(columns),
        )
        if not dry_run:
            note(parts, Did.IMPORTED, file.name, kind="codings")
    if json:
        as_json(imported.to_json())
        return
    if dry_run:
        say("This is what would be imported; nothing was kept.", "")
    kept = imported.kept
    table(
        "",
        ("", "count"),
        [
            ("rows read", imported.rows),
            ("codings imported", kept.codings),
            ("reviews made of them", kept.reviews),
            ("… of these empty (looked, nothing applies)", kept.empty_reviews),
            ("codings that were there already", kept.unchanged),
            ("reviews that replace an earlier one", kept.superseded),
            ("codings on what an interviewer says (kept, not learnt from)", kept.on_interviewer),
            ("codings that no segment carries (kept, not learnt from)", kept.on_no_segment),
            ("rows left out", len({fault.row for fault in imported.faults})),
        ],
        numbers=1,
    )
    say(
        "",
        f"{counted(len(kept.coders), 'coder')}, {counted(len(kept.transcripts), 'transcript')}: "
        f"{', '.join(sorted(kept.coders))}",
    )
    warn(*imported.notes)
    if imported.faults:
        warn(*in_few_lines(imported.faults))
    say("", f"Next: {_next(imported)}")


def _next(imported: ImportedCodings) -> str:
    if imported.dry_run:
        return "the same command without --dry-run"
    if imported.complete == "none" and imported.kept.codings and not imported.kept.reviews:
        return "the same command with --complete all or --complete listed; as they are, nothing can be learnt from these"
    return "tandem train"
