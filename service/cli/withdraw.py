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
    from service.withdrawal.erasure_dry_run import ErasurePlan
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
    from service.withdrawal.erasure_dry_run import what_would_go
    from service.withdrawal.withdraw import withdraw

    by = person_named(by, "--by", purpose="Say who erases; it is kept on record.")
    by = in_whose_name(parts, by, Action.ERASE)
    names = what_would_go(parts, participant)
    if not yes:
        _ask(participant, names)
    with parts.alone("withdraw"), progress("Erasing") as step:
        withdrawn = withdraw(parts, participant, by=by, progress=step)
        note(parts, Did.WITHDREW, withdrawn.participant, by=by)
    if json:
        as_json(withdrawn.to_json())
    else:
        _tell(withdrawn)
    if not withdrawn.done:
        raise typer.Exit(1)


def _tell(withdrawn: Withdrawn) -> None:
    if withdrawn.again:
        say(
            f"{withdrawn.participant}: "
            f"{counted(withdrawn.transcripts, 'transcript was', 'transcripts were')} erased earlier."
        )
    else:
        say(
            f"{withdrawn.participant}: erased were {counted(withdrawn.transcripts, 'transcript')}, "
            f"{counted(withdrawn.reviews, 'review')}, {counted(withdrawn.codings, 'coding')} and "
            f"{counted(withdrawn.tasks, 'task')} in Label Studio."
        )
    if withdrawn.models:
        say(f"These models had learnt from them: {', '.join(withdrawn.models)}.")
    table(
        "",
        ("what is gone", "where", "verified"),
        [(thing.what, thing.where, thing.verified) for thing in withdrawn.gone],
    )
    say("", withdrawn.serves)
    if withdrawn.receipt:
        say(f"Receipt: {withdrawn.receipt[0]} (and .json)")
    if withdrawn.new_model:
        say("", "Next: tandem precode, tandem push")
    warn(*withdrawn.notes)
    warn(*(f"STILL THERE: {sentence}" for sentence in withdrawn.still_there))


def _show_plan(parts: Parts, participant: str, *, json: bool) -> None:
    from service.withdrawal.plan_with_leftovers import plan_with_leftovers

    plan = plan_with_leftovers(parts, participant)
    if json:
        as_json(plan.to_json())
        return
    say(f"Nothing is erased yet. tandem withdraw {participant} --by NAME would erase:")
    table("", ("what", "where"), _rows(plan))
    say(
        "",
        f"Models that learnt from them: {', '.join(model.version for model in plan.models) or 'none'}.",
    )
    if any(model.serves for model in plan.models):
        say(
            f"{next(model.version for model in plan.models if model.serves)} serves now; another one is trained then."
        )
    warn(*(model.refused for model in plan.models if model.refused))
    if plan.unknown:
        warn(f"Tandem did not make these, and would leave them: {', '.join(plan.unknown)}")
    if plan.same_session:
        warn(f"these share a session with them, so read them too: {', '.join(plan.same_session)}")


def _rows(plan: ErasurePlan) -> list[tuple[str, str]]:
    rows = [(f"transcripts {', '.join(plan.transcripts) or '(erased already)'}", plan.database)]
    rows += [(f"{counted(count, 'row')} of {name}", plan.database) for name, count in plan.rows.items()]
    passages = counted(plan.embeddings, "embedding")
    rows += [(f"{passages}, and those of single sentences", plan.embeddings_file)]
    rows += [
        (
            f"{counted(project.tasks, 'task')}; quotes beside {counted(project.quotes, 'other')}",
            f"{project.url}, project {project.project}",
        )
        for project in plan.projects
    ]
    for model in plan.models:
        rows += [(f"model {model.version}", folder) for folder in model.folders]
    rows += [("MLflow's copies of these models", plan.mlflow)] if plan.models else []
    return rows + [("files that belong to nobody", leftover) for leftover in plan.leftovers]


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

    to_erase = to_bring(parts, file)
    here = to_erase.people.here
    if (here or to_erase.words) and not yes:
        people = counted(len(here), "person", "people")
        what = f"This erases for good {people} who withdrew and {'is' if len(here) == 1 else 'are'} in this study"
        if to_erase.words:
            names = ", ".join(forgotten.name for forgotten in to_erase.words)
            words = f"the words that were taken out of {names}"
            what = f"{what}, and {words}" if here else f"This erases for good {words}"
        if not sys.stdin.isatty():
            raise BadInput(f"{what}. Nobody can be asked here: give --yes to do it. Nothing was erased.")
        typer.confirm(f"{what}. It cannot be undone. Erase?", abort=True)
    with parts.alone("withdraw"), progress("Erasing") as step:
        came = bring(parts, to_erase, progress=step)
        for receipt in came:
            note(parts, Did.WITHDREW, receipt.participant, how="tombstones")
    if json:
        as_json(
            {
                "tombstones": len(to_erase.people.tombstones),
                "erased": [receipt.to_json() for receipt in came],
                "words_taken_out": [forgotten.name for forgotten in to_erase.words],
            }
        )
    else:
        taken = counted(len(to_erase.people.tombstones), "tombstone was", "tombstones were")
        say(f"{taken} taken over; {counted(len(here), 'person was', 'people were')} erased.")
        for receipt in came:
            _tell(receipt)
    if not all(receipt.done for receipt in came):
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
