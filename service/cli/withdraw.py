"""tandem withdraw: erase a person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotations.numbers_shown import counted
from service.cli.noted import in_whose_name, note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, progress, say, table, warn

if TYPE_CHECKING:
    from service.composition import Parts
    from service.withdrawal.erasure_plan import Plan
    from service.withdrawal.withdrawn import Withdrawn

NAME = "withdraw"


def command(
    participant: Annotated[
        str | None, typer.Argument(metavar="PARTICIPANT", help="The participant's code.")
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who erases; it is kept on record.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go, and where.")] = False,
    tombstones: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="On a new machine: erase again whoever withdrew, as a receipt (.json) or a saved file says.",
        ),
    ] = None,
    save_tombstones: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write down who withdrew, for another machine.")
    ] = None,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Erase a participant everywhere: words, codings, suggestions, tasks, and the models that learnt from them."""
    from annotations.errors import BadInput
    from service.composition import open_parts

    if [participant is None, tombstones is None, save_tombstones is None].count(False) != 1:
        raise BadInput("give a participant's code, or --tombstones FILE, or --save-tombstones FILE.")
    with open_parts(chosen(study)) as parts:
        if save_tombstones is not None:
            _save(parts, save_tombstones, json=json)
        elif tombstones is not None:
            _again(parts, tombstones, yes=yes, json=json)
        elif participant is not None and dry_run:
            _show_plan(parts, participant, json=json)
        elif participant is not None:
            _withdraw(parts, participant, by=by, yes=yes, json=json)


def _withdraw(parts: Parts, participant: str, *, by: str, yes: bool, json: bool) -> None:
    from service.access.policy import Action
    from service.audit import Did
    from service.person_named import person_named
    from service.withdrawal.erasure_plan import what_would_go
    from service.withdrawal.withdraw import withdraw

    by = person_named(by, "--by", purpose="Say who erases; it is kept on record.")
    by = in_whose_name(parts, by, Action.ERASE)
    names = what_would_go(parts, participant)
    if not yes:
        _ask(participant, names)
    with parts.alone("withdraw"), progress("Erasing") as step:
        found = withdraw(parts, participant, by=by, progress=step)
        note(parts, Did.WITHDREW, found.participant, by=by)
    if json:
        as_json(found.to_json())
    else:
        _tell(found)
    if not found.done:
        raise typer.Exit(1)


def _tell(found: Withdrawn) -> None:
    if found.again:
        say(
            f"{found.participant}: {counted(found.transcripts, 'transcript was', 'transcripts were')} erased earlier."
        )
    else:
        say(
            f"{found.participant}: erased were {counted(found.transcripts, 'transcript')}, "
            f"{counted(found.reviews, 'review')}, {counted(found.codings, 'coding')} and "
            f"{counted(found.tasks, 'task')} in Label Studio."
        )
    if found.models:
        say(f"These models had learnt from them: {', '.join(found.models)}.")
    table(
        "", ("what is gone", "where", "verified"), [(one.what, one.where, one.verified) for one in found.gone]
    )
    say("", found.serves)
    if found.receipt:
        say(f"Receipt: {found.receipt[0]} (and .json)")
    if found.new_model:
        say("", "Next: tandem precode, tandem push")
    warn(*found.notes)
    warn(*(f"STILL THERE: {one}" for one in found.still_there))


def _show_plan(parts: Parts, participant: str, *, json: bool) -> None:
    from service.withdrawal.plan_with_leftovers import plan_with_leftovers

    found = plan_with_leftovers(parts, participant)
    if json:
        as_json(found.to_json())
        return
    say(f"Nothing is erased yet. tandem withdraw {participant} --by NAME would erase:")
    table("", ("what", "where"), _rows(found))
    say("", f"Models that learnt from them: {', '.join(one.version for one in found.models) or 'none'}.")
    if any(one.serves for one in found.models):
        say(
            f"{next(one.version for one in found.models if one.serves)} serves now; another one is trained then."
        )
    warn(*(one.refused for one in found.models if one.refused))
    if found.unknown:
        warn(f"Tandem did not make these, and would leave them: {', '.join(found.unknown)}")
    if found.same_session:
        warn(f"these share a session with them, so read them too: {', '.join(found.same_session)}")


def _rows(found: Plan) -> list[tuple[str, str]]:
    rows = [(f"transcripts {', '.join(found.transcripts) or '(erased already)'}", found.database)]
    rows += [(f"{counted(count, 'row')} of {name}", found.database) for name, count in found.rows.items()]
    passages = counted(found.embeddings, "embedding")
    rows += [(f"{passages}, and those of single sentences", found.embeddings_file)]
    rows += [
        (
            f"{counted(one.tasks, 'task')}; quotes beside {counted(one.quotes, 'other')}",
            f"{one.url}, project {one.project}",
        )
        for one in found.projects
    ]
    for model in found.models:
        rows += [(f"model {model.version}", folder) for folder in model.folders]
    rows += [("MLflow's copies of these models", found.mlflow)] if found.models else []
    return rows + [("files that belong to nobody", one) for one in found.leftovers]


def _save(parts: Parts, file: Path, *, json: bool) -> None:
    from service.exported_file import whole
    from service.withdrawal.tombstone_file import written

    content, count = written(parts)
    whole(file, content)
    if json:
        as_json({"file": str(file), "tombstones": count})
        return
    say(
        f"{counted(count, 'tombstone is', 'tombstones are')} in {file}.",
        f"On another machine: tandem withdraw --tombstones {file}",
    )


def _again(parts: Parts, file: Path, *, yes: bool, json: bool) -> None:
    import sys

    from annotations.errors import BadInput
    from service.audit import Did
    from service.withdrawal.tombstone_file import bring, to_bring

    found = to_bring(parts, file)
    here = found.people.here
    if (here or found.words) and not yes:
        people = counted(len(here), "person", "people")
        what = f"This erases for good {people} who withdrew and {'is' if len(here) == 1 else 'are'} in this study"
        if found.words:
            names = ", ".join(one.name for one in found.words)
            words = f"the words that were taken out of {names}"
            what = f"{what}, and {words}" if here else f"This erases for good {words}"
        if not sys.stdin.isatty():
            raise BadInput(f"{what}. Nobody can be asked here: give --yes to do it. Nothing was erased.")
        typer.confirm(f"{what}. It cannot be undone. Erase?", abort=True)
    with parts.alone("withdraw"), progress("Erasing") as step:
        came = bring(parts, found, progress=step)
        for one in came:
            note(parts, Did.WITHDREW, one.participant, how="tombstones")
    if json:
        as_json(
            {
                "tombstones": len(found.people.tombstones),
                "erased": [one.to_json() for one in came],
                "words_taken_out": [one.name for one in found.words],
            }
        )
    else:
        taken = counted(len(found.people.tombstones), "tombstone was", "tombstones were")
        say(f"{taken} taken over; {counted(len(here), 'person was', 'people were')} erased.")
        for one in came:
            _tell(one)
    if not all(one.done for one in came):
        raise typer.Exit(1)


def _ask(participant: str, names: tuple[str, ...]) -> None:
    import sys

    from annotations.errors import BadInput

    what = (
        f"This erases {', '.join(names)} of {participant} for good"
        if names
        else f"This erases what is left of {participant}"
    )
    if not sys.stdin.isatty():
        raise BadInput(f"{what}. Nobody can be asked here: give --yes to do it. Nothing was erased.")
    typer.confirm(f"{what}, with everything that people coded there. It cannot be undone. Erase?", abort=True)
