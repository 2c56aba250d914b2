"""tandem import: transcripts in, with a table of what was read."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from annotations.progress import quiet
from service.cli.ask_roles import ask_roles
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, progress, say, table, warn

if TYPE_CHECKING:
    from service.composition import Parts
    from service.importing.import_outcome import Imported

NAME = "import"
_SHOWN = 60
_BELONGS = (2, 3, 4, 5)  # the columns of the table that say where a transcript belongs
_ROLES = {"interviewer": "asks", "participant": "answers"}


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
    date: Annotated[str | None, typer.Option(help="As 2026-03-01.")] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Put other content under an id that is taken, if nobody coded it."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would come in, and write nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Bring transcripts in: .docx .odt .rtf .pdf .txt .md .vtt .srt .otr (oTranscribe) .eaf (ELAN) .csv .jsonl.

    What is there already is recognised. On a terminal a folder is shown before anything is written, and
    you are asked once about each speaker of whom study.yaml does not say whether they ask or answer.
    """
    from annotations.errors import BadInput
    from service.composition import open_parts
    from service.importing.import_transcripts import import_transcripts, preview_transcripts

    # "" would be the folder in which somebody stands
    if any(not file.strip() for file in files or ()):
        raise BadInput('a file\'s name is empty. Give files or folders; "." is the folder in which you are.')
    paths = [Path(file) for file in files or ()]
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
    asks = not (json or yes or dry_run) and sys.stdin.isatty() and sys.stdout.isatty()
    with open_parts(chosen(study)) as parts, parts.alone("import"):
        if dry_run or asks:
            look = partial(preview_transcripts, parts, paths, **words)
            with progress("Reading transcripts") as step:
                found = look(progress=step)
        shown = asks and any(file.is_dir() for file in paths)
        if asks and not _agreed(parts, found, look, shown):
            say("Nothing was imported.")
            return
        if not dry_run:
            with progress("Importing transcripts") as step:
                found = import_transcripts(parts, paths, **words, progress=step)
    if json:
        as_json({"dry_run": dry_run, **found.to_json()})
    else:
        if not shown:
            _show(found)
        say(
            *(
                ["Nothing was written (--dry-run)."]
                if dry_run
                else [f"Imported: {_counted(found) or 'nothing'}."] * shown
            )
        )
        warn(*found.notes)
    if found.refused:
        raise BadInput("\n".join([*found.refused, _outcome(found, dry_run)]))


def _agreed(parts: Parts, found: Imported, look: Any, folder: bool) -> bool:
    """Ask about unknown speakers, and before a folder whether it shall come in as shown."""
    if folder:
        _show(found)
        warn(*found.refused)
    study = ask_roles(parts.study, found.unknown_speakers)
    if study is not parts.study:
        parts.take_up(study)
        if folder:
            _show(look(progress=quiet))
    return not folder or not found.read or typer.confirm("Import these?", default=True)


def _outcome(found: Imported, dry_run: bool) -> str:
    refused = len(found.refused)
    one = refused == 1
    verb = "would not be" if dry_run else "was not" if one else "were not"
    return f"{refused} {'file' if one else 'files'} {verb} imported; the others are unaffected."


def _show(found: Imported) -> None:
    rows = [
        (
            Path(one.file).name,
            one.reader,
            one.transcript.participant or "–",
            one.transcript.case or "–",
            one.transcript.site or "–",
            one.transcript.wave or "–",
            _speakers(one.speakers),
            one.state,
            len(one.transcript.turns),
        )
        for one in found.read
    ]
    columns = ("file", "reader", "participant", "case", "site", "wave", "speakers", "", "turns")
    unsaid = [at for at in _BELONGS if all(row[at] == "–" for row in rows)]
    shown = [at for at in range(len(columns)) if at not in unsaid]
    if rows:
        table(
            "", [columns[at] for at in shown], [[row[at] for at in shown] for row in rows[:_SHOWN]], numbers=1
        )
    if len(rows) > _SHOWN:
        say(f"… and {len(rows) - _SHOWN} more")
    for one in found.read:
        warn(*(f"{Path(one.file).name}: {warning}" for warning in one.warnings))
    unknown = f"; no {' or '.join(columns[at] for at in unsaid)} is said of any" if rows and unsaid else ""
    say("", (_counted(found) or "no transcript was read") + unknown)


def _counted(found: Imported) -> str:
    return ", ".join(f"{count} {state}" for state, count in found.states.items())


def _speakers(speakers: Any) -> str:
    """Who asks and who answers, a line each; "?" where study.yaml does not say so and it is only a guess."""
    shown = [one for one in speakers if one.label]
    if not shown:
        return "none (paragraphs)"
    lines = []
    for one in shown[:4]:
        guess = "asks?" if one.asks else "answers?"
        lines.append(f"{one.label} {_ROLES[one.role.value] if one.known else guess}")
    return "\n".join(lines + ([f"… {len(shown) - 4} more"] if len(shown) > 4 else []))
