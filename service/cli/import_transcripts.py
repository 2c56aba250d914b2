"""tandem import: transcripts in, with a table of what was read."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from annotations.numbers_shown import counted
from annotations.problems import in_few_lines
from annotations.progress import quiet
from service.cli.ask_roles import ask_roles
from service.cli.forget_words import (
    forget_old_words,
    forgotten_to_json,
    may_forget,
    plan_with,
    tell_forgotten,
)
from service.cli.import_explained import explain, open_preview, show_reread
from service.cli.import_table import counts, show
from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, progress, say, warn

if TYPE_CHECKING:
    from annotations.problems import Problem
    from service.composition import Parts
    from service.importing.import_outcome import Imported
    from service.withdrawal.forget_words import ForgetPlan
    from service.withdrawal.withdrawn import Withdrawn

NAME = "import"


def command(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILES…", help="Transcripts, or folders of them.")
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option(metavar="CSV", help="A table that names the files and where each belongs.")
    ] = None,
    case: Annotated[str | None, typer.Option(help="The case they belong to.")] = None,
    site: Annotated[str | None, typer.Option(help="The site.")] = None,
    wave: Annotated[str | None, typer.Option(help="The wave.")] = None,
    kind: Annotated[str | None, typer.Option(help="interview, document or field note.")] = None,
    participant: Annotated[str | None, typer.Option(help="The participant's code.")] = None,
    session: Annotated[
        str | None, typer.Option(help="The occasion; an interview and its field note share it.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="Two letters, such as sv.")] = None,
    date: Annotated[str | None, typer.Option(help="As 2026-03-01 or 1 March 2026.")] = None,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Put corrected words in the place of a transcript; codings of unchanged words move along.",
        ),
    ] = False,
    forget: Annotated[
        bool,
        typer.Option(
            "--forget",
            help="With --replace: erase the old words everywhere, as after a name was blanked. Needs --by.",
        ),
    ] = False,
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="With --forget: who erases; kept on record.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would come in, and write nothing.")
    ] = False,
    explain_files: Annotated[
        list[Path] | None,
        typer.Option(
            "--explain",
            metavar="FILE",
            help="Say why its lines are taken as they are, and what is left out. Writes nothing.",
        ),
    ] = None,
    preview: Annotated[
        bool,
        typer.Option("--preview", help="Show the first turns of each file on a page. Imports nothing."),
    ] = False,
    no_speakers: Annotated[
        bool,
        typer.Option(
            "--no-speakers", help="These files have no speakers: a colon is a colon. Kept in study.yaml."
        ),
    ] = False,
    unlabelled_participant: Annotated[
        bool,
        typer.Option(
            "--unlabelled-participant",
            help="In these files lines without a label are the participant's. Kept in study.yaml.",
        ),
    ] = False,
    reread: Annotated[
        bool,
        typer.Option("--reread", help="Show which transcripts would be read otherwise now. Changes nothing."),
    ] = False,
    problems: Annotated[
        Path | None,
        typer.Option(
            "--problems",
            metavar="FILE",
            help="Write every file or row that cannot be imported to this CSV file.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Bring transcripts in: .docx .odt .rtf .pdf .txt .md .html .vtt .srt .json .otr (oTranscribe) .eaf (ELAN) .csv
    .tsv .xlsx .jsonl.

    What is there already is recognised. On a terminal a folder is shown before anything is written, and
    you are asked once about each speaker of whom study.yaml does not say whether they ask or answer.
    """
    from annotations.errors import BadInput
    from service.composition import open_parts
    from service.importing.import_transcripts import import_transcripts, preview_transcripts
    from service.importing.line_choices import with_choice

    # "" would be the folder in which somebody stands
    if any(not file.strip() for file in files or ()):
        raise BadInput('a file\'s name is empty. Give files or folders; "." is the folder in which you are.')
    if forget:
        may_forget(by, given=files or [], replace=replace, dry_run=dry_run, yes=yes)
    described = {
        "case": case,
        "site": site,
        "wave": wave,
        "kind": kind,
        "participant": participant,
        "session": session,
        "language": language,
        "date": date,
    }
    words: dict[str, Any] = {
        "manifest": manifest,
        "described": {key: value for key, value in described.items() if value is not None},
        "replace": replace,
    }
    given = [*map(Path, files or ()), *(explain_files or [])]
    looks = bool(dry_run or preview or explain_files)
    asks = not (json or yes or looks) and sys.stdin.isatty() and sys.stdout.isatty()
    with open_parts(chosen(study)) as parts, parts.alone("import"), _manifest_to(problems):
        if reread:
            show_reread(parts, given, words["described"], json=json)
            return
        for key, is_chosen in (
            ("no_speakers", no_speakers),
            ("unlabelled_participant", unlabelled_participant),
        ):
            if is_chosen:
                parts.take_up(with_choice(parts.study, key, given, write=not looks))
        plans: list[ForgetPlan] = []
        look = partial(preview_transcripts, parts, given, **words, then=plan_with(plans) if forget else None)
        if looks or asks:
            with progress("Reading transcripts") as step:
                imported = look(progress=step)
        if (preview or explain_files) and not json:
            _show_closely(parts, imported, preview=preview, explained=bool(explain_files), browser=not yes)
            return
        shown = asks and any(file.is_dir() for file in given)
        if asks and not _agreed(parts, imported, look, shown):
            say("Nothing was imported.")
            return
        if not looks:
            with progress("Importing transcripts") as step:
                imported = import_transcripts(parts, given, **words, progress=step)
        gone = forget_old_words(parts, imported, by=by) if forget and not looks else None
        if not looks:
            _write_down(parts, imported, gone, by)
    more = forgotten_to_json(plans, gone) if forget else {}
    _report(imported, looks=looks, shown=shown, json=json, more=more)
    if forget and not json:
        tell_forgotten(plans, gone)
    _end(imported, gone, looks, problems)


def _write_down(parts: Parts, imported: Imported, gone: Withdrawn | None, by: str) -> None:
    """What came in and what was erased, in the audit log."""
    from service.audit import Did

    if imported.read:
        note(parts, Did.IMPORTED, by=by, kind="transcripts", transcripts=len(imported.read))
    if gone is not None:
        note(parts, Did.FORGOT, gone.participant, by=by)


def _show_closely(parts: Parts, imported: Imported, *, preview: bool, explained: bool, browser: bool) -> None:
    if explained:
        explain(imported)
    if preview:
        page = open_preview(parts, imported, browser=browser)
        read = counted(len(imported.read), "transcript")
        say(f"The first turns of {read}: {page}", "Nothing was imported (--preview).")
        warn(*in_few_lines(imported.refused), *imported.notes)


def _report(
    imported: Imported,
    *,
    looks: bool,
    shown: bool,
    json: bool,
    more: dict[str, Any],
) -> None:
    if json:
        as_json({"dry_run": looks, **imported.to_json(), **more})
    else:
        if not shown:
            show(imported)
        say(
            *(
                ["Nothing was written (--dry-run)."]
                if looks
                else [f"Imported: {counts(imported) or 'nothing'}."] * shown
            )
        )
        warn(*imported.notes)


def _end(imported: Imported, gone: Withdrawn | None, looks: bool, problems: Path | None) -> None:
    from annotations.problems import Problems

    if problems is not None:
        _write(imported.refused, problems)
    if imported.refused:
        raise Problems(imported.refused, f"{_outcome(imported, looks)} {_all_of_them(problems)}".rstrip())
    if gone is not None and not gone.done:
        raise typer.Exit(1)


@contextmanager
def _manifest_to(file: Path | None) -> Iterator[None]:
    """What is wrong with a manifest goes into the file that was asked for, and it is said where all of it is."""
    from annotations.problems import Problems

    try:
        yield
    except Problems as error:
        if file is not None:
            _write(error.problems, file)
        raise Problems(error.problems, *error.more, _all_of_them(file)) from None


def _write(problems: Sequence[Problem], file: Path) -> None:
    from service.importing.problems_file import write_problems

    write_problems(problems, file)


def _all_of_them(file: Path | None) -> str:
    return f"All of them are in {file}." if file else "--problems FILE writes all of them."


def _agreed(parts: Parts, imported: Imported, look: Any, folder: bool) -> bool:
    """Ask about unknown speakers, and before a folder whether it shall come in as shown."""
    if folder:
        show(imported)
        warn(*in_few_lines(imported.refused))
    study = ask_roles(parts.study, imported.unknown_speakers)
    if study is not parts.study:
        parts.take_up(study)
        if folder:
            show(look(progress=quiet))
    return not folder or not imported.read or typer.confirm("Import these?", default=True)


def _outcome(imported: Imported, dry_run: bool) -> str:
    refused = len(imported.refused)
    is_one = refused == 1
    verb = "would not be" if dry_run else "was not" if is_one else "were not"
    return f"{counted(refused, 'file')} {verb} imported; the others are unaffected."
