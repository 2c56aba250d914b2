"""tandem evaluate: cross-validation by group beside the human–human figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.language_figures import show_languages
from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, progress, say, table, warn

if TYPE_CHECKING:
    from annotations.groups import GroupBy
    from service.composition import Parts
    from training.evaluation import Evaluated

NAME = "evaluate"


def command(
    group_by: Annotated[
        str, typer.Option("--group-by", help="What is never split: participant, transcript, site or case.")
    ] = "participant",
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv",
            metavar="FILE",
            help="Write what the figures are made of: each passage and code, what models said, what coders said.",
        ),
    ] = None,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Show how good suggestions are on unseen participants, beside how far people agree."""
    from service.composition import open_parts
    from service.serving.kept_evaluation import group_by_of
    from service.serving.train_and_evaluate import evaluate

    never_split = group_by_of(group_by)
    if csv is not None:
        _check(csv)
    with open_parts(chosen(study)) as parts, parts.alone("evaluate"):
        with progress("Reading and validating") as step:
            evaluated = evaluate(
                parts, group_by=never_split, anew=csv is not None, embedding=step, fitting=step
            )
        warn(*parts.cache.notes)
        written = None if csv is None else _write(parts, evaluated, csv)
    figures, collected = evaluated.figures, evaluated.collected
    figures["group_by"] = group_by
    if json:
        as_json(figures if csv is None else figures | {"held_out": {"file": str(csv), "rows": written}})
        return
    nameless = not any(kept.transcript.participant for kept in collected.corpus.transcripts)
    _show(figures, "transcript" if never_split == "participant" and nameless else never_split)
    if written is not None:
        say(
            "",
            f"Wrote {written:,} rows to {csv}: a passage, a code and a coder each. docs/models.md says how to compute every "
            f"figure from them.",
        )


def _check(csv: Path) -> None:
    """Before work that takes long. Raises BadInput where the file cannot be written."""
    from service.exported_file import must_be_writable
    from service.exporting.tables_out import refuse_other_endings

    refuse_other_endings(csv, ".csv")
    must_be_writable(csv)


def _write(parts: Parts, evaluated: Evaluated, csv: Path) -> int:
    """What the figures are made of. Raises BadInput where there are none."""
    from annotations.errors import BadInput
    from service.audit import Did
    from service.serving.held_out_table import write_held_out

    if evaluated.held_out is None:
        why = evaluated.figures["overall"]["reason"]
        raise BadInput(f"{csv} was not written, for there is no prediction to put into it: {why}.")
    note(parts, Did.EXPORTED, csv.name, kind="held-out predictions")
    least = parts.study.config.aim.least_precision
    return write_held_out(evaluated, evaluated.held_out, parts.codebook, least, csv)


def _show(figures: dict[str, Any], group_by: GroupBy) -> None:
    from annotations.groups import judged_groups
    from annotations.numbers_shown import counted
    from service.serving.evaluation_in_words import (
        NO_CODE_GIVEN,
        at_random_in_words,
        effort_in_words,
        main_rows,
        no_kappa_in_words,
        repeated_in_words,
        ticks_in_words,
    )

    overall = figures["overall"]
    if not overall["n_segments"]:
        say(f"No figure: {overall['reason']}.")
        if figures["people"] is None:
            warn(*([figures["people_reason"]] if figures["people_reason"] else []))
        else:
            _show_people(figures, group_by)
        return
    say(
        f"Cross-validation: every figure is on a {group_by} whose words the model had not seen "
        f"({counted(overall['n_segments'], 'segment')}, {judged_groups(overall['groups'], group_by)}).",
        "",
    )
    if serving := figures.get("serving"):
        say(
            f"These are models made for this alone. {serving['model_version']}, which serves, was measured apart: on "
            f"{judged_groups(serving['overall']['groups'], 'participant')} who only judge. See tandem models show "
            f"{serving['model_version']}.",
            "",
        )
    if repeated := repeated_in_words(figures, group_by):
        say(repeated, "")
    columns = ("", "model and coders", *(["split at random"] if figures["random_split"] else []))
    table("", columns, main_rows(figures), numbers=len(columns) - 1)
    say(at_random_in_words(figures, group_by), "")
    _show_why_no_interval(overall, "model and coders")
    _show_without_assisted(figures)
    show_languages(figures.get("languages"))
    _show_people(figures, group_by)
    if any(row["n"] for row in figures["codes"]):
        _show_codes(figures)
        for said in filter(None, (ticks_in_words(figures["codes"]), effort_in_words(figures))):
            say("", said)
    else:
        say("", NO_CODE_GIVEN.format(passages=counted(overall["n_segments"], "passage")))
    if any(row.get("few_transcripts") for row in (overall, *figures["codes"])):
        say("", f"* few transcripts: the interval is wide and rests on fewer than 20 {group_by}s.")
    for said in no_kappa_in_words(figures):
        say("", said)
    if figures["too_few"]:
        say(
            "",
            f"{counted(len(figures['too_few']), 'code')} cannot be judged yet and "
            f"{'counts' if len(figures['too_few']) == 1 else 'count'} as not suggested.",
        )


def _show_codes(figures: dict[str, Any]) -> None:
    from annotations.numbers_shown import number
    from service.serving.evaluation_in_words import evaluated_codes

    codes = evaluated_codes(figures)
    several = len({row["framework"] for row in figures["codes"]}) > 1
    at_random = bool(figures["random_split"])
    rows = [
        (
            *([code.framework] if several else []),
            code.code,
            code.segments,
            number(code.precision),
            number(code.recall),
            number(code.f1),
            code.kappa,
            *([number(code.f1_at_random)] if at_random else []),
            code.ticks,
            number(code.in_first_5),
        )
        for code in codes
    ]
    shares = ("precision", "recall", "F1", "kappa", *(["F1, split at random"] if at_random else []))
    shares += ("ticks right", "in first 5")
    say("")
    table(
        "", (*(["framework"] if several else []), "code", "segments", *shares), rows, numbers=len(shares) + 1
    )


def _show_people(figures: dict[str, Any], group_by: GroupBy) -> None:
    from annotations.groups import judged_groups
    from annotations.numbers_shown import counted
    from service.serving.evaluation_in_words import people_rows

    people = figures["people"]
    say("")
    if people is None:
        say(f"Person and person: no figure, because {figures['people_reason']}.")
        return
    say(
        f"The same {counted(people['n_segments'], 'segment')}, judged by two people "
        f"({judged_groups(people['groups'], group_by)}):"
    )
    table("", ("", "person and person", "model and person"), people_rows(figures), numbers=2)
    for name, side in (("person and person", people["person"]), ("model and person", people["model"])):
        if side:
            _show_why_no_interval(side["overall"], name)


def _show_why_no_interval(overall: dict[str, Any], who: str) -> None:
    from service.serving.evaluation_in_words import why_no_interval

    if why := why_no_interval(overall, who):
        say(why)


def _show_without_assisted(figures: dict[str, Any]) -> None:
    from annotations.numbers_shown import number
    from service.serving.evaluation_in_words import with_interval

    without = figures.get("without_assisted")
    if without is None:
        return
    say("", "The same, learnt with and without the reviews that saw suggestions (assisted):")
    rows = [
        (name, shown(figures["overall"]), shown(without["overall"]))
        for name, shown in (
            ("F1 over all codes", lambda overall: number(overall["micro_f1"])),
            ("kappa, mean of codes", with_interval),
        )
    ]
    table("", ("", "with", "without"), rows, numbers=2)
