"""tandem train: first training and every retraining."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from service.cli.language_figures import show_languages
from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, progress, say, table, warn

NAME = "train"


def command(
    force: Annotated[bool, typer.Option("--force", help="Train even if nothing has changed.")] = False,
    reproduce: Annotated[
        str | None,
        typer.Option(
            "--reproduce",
            metavar="RUN",
            help="Make the model of this MLflow run (or version) again and compare.",
        ),
    ] = None,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Learn from what people have coded, and say whether the new model serves and why."""
    from annotations.groups import judged_groups
    from annotations.numbers_shown import counted
    from service.audit import Did
    from service.composition import open_parts
    from service.looking.code_labels import labelled
    from service.looking.next_command import next_command
    from service.looking.wave_progress import progress_of
    from service.serving.train_and_evaluate import train

    if reproduce is not None:
        _reproduce(reproduce, study, json=json)
        return
    with open_parts(chosen(study)) as parts:
        with parts.alone("train"), progress("Reading and training") as step:
            trained = train(parts, force=force, embedding=step, fitting=step)
            note(parts, Did.TRAINED, trained.model.version, serves=trained.verdict.promoted)
        warn(*parts.cache.notes)
        codebook = parts.codebook
        following = next_command(progress_of(parts))
    plain = trained.to_json()
    plain["too_few"] = labelled(plain["too_few"], codebook)
    if json:
        as_json(plain)
        return
    model = trained.model
    said = f"Model {model.version} {'serves now' if trained.verdict.promoted else 'does not serve'}"
    say(f"{said if trained.new else 'No new model'}: {trained.verdict.reason}.")
    if trained.new and model.parent is not None:
        say(f"The verdict of the rule of promotion: {trained.verdict.verdict}.")
    overall = trained.figures.get("overall") or {}
    judges = trained.figures.get("measured_on") == "judge set"
    if model.kind == "trained":
        aside = (
            f", but for those of the {judged_groups(overall.get('groups') or 0, 'participant')} who only judge it"
            if judges
            else ""
        )
        say(
            f"{model.version} learnt from {counted(model.reviews, 'review')}{aside}; it can suggest "
            f"{counted(plain['codes'], 'code')} "
            f"({trained.seconds:.0f} s)."
        )
    if overall.get("micro_f1") is not None:
        where = (
            f"On the judge set ({judged_groups(overall['groups'], 'participant')}, "
            f"{counted(overall['n_segments'], 'segment')}, never learnt from)"
            if judges
            else f"By cross-validation, on {judged_groups(overall['groups'], 'participant')} that it had not seen"
        )
        few = ", few transcripts" if overall.get("few_transcripts") else ""
        say(
            "",
            f"{where}: F1 {overall['micro_f1']:.2f} over all codes, kappa with the coders "
            f"{_kappa(overall)}{few}. More: tandem evaluate",
        )
    show_languages(trained.figures.get("languages"))
    if plain["too_few"] and trained.new:
        lacking = len(plain["too_few"])
        say("", f"{counted(lacking, 'code')} {'is' if lacking == 1 else 'are'} not suggested yet:")
        rows = [(code["code"], code["reason"]) for code in plain["too_few"]]
        table("", ("code", "why"), rows[:25])
        if len(rows) > 25:
            say(f"… and {len(rows) - 25} more (--json lists all)")
    warn(*trained.notes)
    say("", f"Next: {following}")


def _reproduce(run: str, study: Path | None, *, json: bool) -> None:
    from service.composition import open_parts
    from service.serving.train_and_evaluate import reproduce

    with (
        open_parts(chosen(study)) as parts,
        parts.alone("train --reproduce"),
        progress("Making it again") as step,
    ):
        reproduced = reproduce(parts, run, embedding=step, fitting=step)
        warn(*parts.cache.notes)
    if json:
        as_json(reproduced.to_json())
    elif reproduced.identical:
        say(f"{reproduced.model.version} was made again from its snapshot: the same to the last digit.")
    else:
        say(
            f"{reproduced.model.version} was made again from its snapshot, and differs in {', '.join(reproduced.differs)}."
        )
    warn(*reproduced.notes)
    if not reproduced.identical:
        raise typer.Exit(1)


def _kappa(overall: dict[str, Any]) -> str:
    from annotations.numbers_shown import number, ranging

    value, interval = overall.get("kappa"), overall.get("kappa_interval")
    if value is None:
        return f"undefined ({overall.get('kappa_interval_reason') or 'no code is frequent enough'})"
    return number(value) if interval is None else f"{number(value)} ({ranging(interval)})"
