"""What "tandem import --replace --forget" asks and says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import typer

from service.cli.output import progress, say, table, warn

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.composition import Parts
    from service.importing.import_outcome import Imported
    from service.withdrawal.forget_words import ForgetPlan
    from service.withdrawal.withdrawn import Withdrawn

_TAKEN = ("replaced", "already there", "described anew")


def may_forget(by: str, *, given: Sequence[str], replace: bool, dry_run: bool, yes: bool) -> None:
    """Ask before words are erased for good. Raises BadInput where nobody can be asked, or nobody says who erases."""
    from annotations.errors import BadInput

    if not replace:
        raise BadInput("--forget goes with --replace: it erases the words that a corrected file takes out.")
    if dry_run:
        return
    if not by.strip():
        raise BadInput("--by is missing. Say who erases; it is kept on record. Nothing was changed.")
    if yes:
        return
    what = f"This erases for good what {', '.join(given)} takes out of the study's transcripts"
    if not sys.stdin.isatty():
        raise BadInput(
            f"{what}. Nobody can be asked here: give --yes to do it, or --dry-run to see what would go. Nothing was "
            f"changed."
        )
    typer.confirm(f"{what}, with the models that learnt from it. It cannot be undone. Erase?", abort=True)


def plan_with(plans: list[ForgetPlan]) -> Callable[[Connection, Imported], None]:
    """For a dry run: what would be forgotten is put into ``plans``."""

    def plan(connection: Connection, imported: Imported) -> None:
        from service.withdrawal.forget_words import what_would_be_forgotten

        plans.append(what_would_be_forgotten(connection, _names(imported)))

    return plan


def forget_old_words(parts: Parts, imported: Imported, *, by: str) -> Withdrawn | None:
    """Erase what the files that were taken have taken out; None where nothing was left to erase."""
    from service.withdrawal.forget_words import forget_words

    names = _names(imported)
    if not names:
        return None
    with progress("Erasing") as step:
        return forget_words(parts, names, by=by, progress=step)


def forgotten_to_json(plans: Sequence[ForgetPlan], gone: Withdrawn | None) -> dict[str, Any]:
    """As plain data."""
    if plans and gone is None:
        return {"would_forget": plans[-1].to_json()}
    plain = None
    if gone is not None:
        left_out = ("participant", "reviews", "codings")
        plain = {key: value for key, value in gone.to_json().items() if key not in left_out}
    return {"forgotten": plain}


def tell_forgotten(plans: Sequence[ForgetPlan], gone: Withdrawn | None) -> None:
    """What would go, or what went and what is left."""
    if gone is not None:
        say("", f"The words that were taken out of {gone.participant} are erased:")
        rows = [(thing.what, thing.where, thing.verified) for thing in gone.gone]
        table("", ("what is gone", "where", "verified"), rows)
        if gone.models:
            say(f"These models had learnt from them: {', '.join(gone.models)}.")
        say("", gone.serves, f"Receipt: {gone.receipt[0]} (and .json)")
        warn(*gone.notes, *(f"STILL THERE: {sentence}" for sentence in gone.still_there))
        return
    if not plans:
        say("Nothing was left to erase: no earlier version of these transcripts holds other words.")
        return
    plan = plans[-1]
    say(
        "",
        f"--forget would erase {plan.versions} earlier texts, {plan.segments} passages with what was suggested there, "
        f"{plan.tasks} tasks in Label Studio, quotes beside {plan.quotes} tasks, what stands around {plan.around} tasks; it "
        f"would blank words in {plan.memos} memos.",
        f"Models that learnt from them, and would be erased: {', '.join(plan.models) or 'none'}.",
    )


def _names(imported: Imported) -> list[str]:
    return list(dict.fromkeys(read.transcript.name for read in imported.read if read.state in _TAKEN))
