"""tandem train: first training and every retraining."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, progress, say, table, warn

NAME = "train"


def command(
    force: Annotated[bool, typer.Option("--force", help="Train even if nothing has changed.")] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Learn from what people have coded, and say whether the new model serves and why."""
    from service.learning import train
    from service.parts import open_parts

    with open_parts(chosen(study)) as parts:
        with parts.alone("train"), progress("Reading and training") as step:
            trained = train(parts, force=force, embedding=step, fitting=step)
        codebook = parts.codebook
    plain = trained.to_json()
    plain["too_few"] = [
        one | {"code": codebook.label(one["code"]), "code_id": one["code"]} for one in plain["too_few"]
    ]
    if json:
        as_json(plain)
        return
    model = trained.model
    serves = "serves now" if trained.verdict.promoted else "does not serve"
    if not trained.verdict.promoted and trained.verdict.reason.startswith("nothing has changed"):
        serves = "goes on serving"
    say(f"Model {model.version} {serves}: {trained.verdict.reason}.")
    if model.kind == "trained":
        say(
            f"It learnt from {model.reviews} reviews and judges {trained.to_json()['codes']} codes "
            f"({trained.seconds:.0f} s)."
        )
    overall = trained.figures.get("overall") or {}
    if overall.get("micro_f1") is not None:
        say(
            "",
            f"On participants it had not seen: F1 {overall['micro_f1']:.2f} over all codes, kappa with the coders "
            f"{_figure(overall['kappa'])}. More: tandem evaluate",
        )
    if plain["too_few"]:
        say("", f"{len(plain['too_few'])} codes are not suggested yet:")
        rows = [(one["code"], one["reason"]) for one in plain["too_few"]]
        table("", ("code", "why"), rows[:25])
        if len(rows) > 25:
            say(f"… and {len(rows) - 25} more (--json lists all)")
    warn(*trained.notes)
    say("", "Next: tandem precode --wave W")


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.2f}"
