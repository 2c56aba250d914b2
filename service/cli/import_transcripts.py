"""tandem import: transcripts in, with a table of what was read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, progress, say, table, warn

if TYPE_CHECKING:
    from service.importing import Imported

NAME = "import"
_SHOWN = 40


def command(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILES…", help="Transcripts, or folders of them.")
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
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Bring transcripts in: .txt, .md, .docx, .csv, .jsonl. What is there already is recognised."""
    from annotations.errors import BadInput
    from service.importing import import_transcripts
    from service.parts import open_parts

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
    with open_parts(chosen(study)) as parts, parts.alone("import"), progress("Reading transcripts") as step:
        found = import_transcripts(
            parts,
            files or [],
            manifest=manifest,
            described={key: value for key, value in described.items() if value is not None},
            replace=replace,
            progress=step,
        )
    if json:
        as_json({"transcripts": [_plain(one) for one in found.read], "refused": list(found.refused)})
    else:
        _show(found)
    if found.refused:
        raise BadInput("\n".join([*found.refused, _outcome(found)]))


def _outcome(found: Imported) -> str:
    refused = len(found.refused)
    return (
        f"{refused} {'file was' if refused == 1 else 'files were'} not imported; the others are unaffected."
    )


def _plain(one: Any) -> dict[str, Any]:
    t = one.transcript
    return {
        "file": one.file,
        "transcript": t.name,
        "state": one.state,
        "kind": t.kind.value,
        "participant": t.participant,
        "case": t.case,
        "site": t.site,
        "wave": t.wave,
        "session": t.session,
        "turns": len(t.turns),
        "participant_turns": len(t.participants_turns),
        "interviewers": one.interviewers,
        "participants": one.participants,
        "warnings": list(one.warnings),
    }


def _show(found: Imported) -> None:
    rows = [
        (
            one.transcript.name,
            one.transcript.participant or "–",
            one.transcript.case or "–",
            one.transcript.site or "–",
            one.transcript.wave or "–",
            ", ".join(one.interviewers) or "–",
            ", ".join(one.participants[:3]) + (" …" if len(one.participants) > 3 else "") or "–",
            one.state,
            len(one.transcript.turns),
        )
        for one in found.read
    ]
    columns = (
        "transcript",
        "participant",
        "case",
        "site",
        "wave",
        "interviewer",
        "coded speakers",
        "",
        "turns",
    )
    if rows:
        table("", columns, rows[:_SHOWN], numbers=1)
    if len(rows) > _SHOWN:
        say(f"… and {len(rows) - _SHOWN} more")
    for one in found.read:
        warn(*(f"{one.file}: {warning}" for warning in one.warnings))
    counted = {
        state: sum(one.state == state for one in found.read)
        for state in dict.fromkeys(o.state for o in found.read)
    }
    say("", ", ".join(f"{count} {state}" for state, count in counted.items()) or "nothing was imported")
    if any(not one.interviewers and len(one.participants) > 1 for one in found.read):
        warn(
            "no speaker of some transcripts is an interviewer, so all their turns are coded. If one asks the "
            'questions, add the label to "interviewers" in study.yaml before importing.'
        )
