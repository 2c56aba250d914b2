"""tandem evaluate: cross-validation by group beside the human–human figures."""

from __future__ import annotations

from typing import Annotated, Any, get_args

import typer

from service.cli.language_figures import show_languages
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, progress, say, table, warn

NAME = "evaluate"


def command(
    group_by: Annotated[
        str, typer.Option("--group-by", help="What is never split: participant, transcript, site or case.")
    ] = "participant",
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Show how good suggestions are on unseen participants, beside how far people agree."""
    from annotations.errors import BadInput
    from annotations.groups import GroupBy
    from service.composition import open_parts
    from service.serving.train_and_evaluate import evaluate

    if group_by not in get_args(GroupBy):
        raise BadInput(f'--group-by "{group_by}" is not known; it is one of {", ".join(get_args(GroupBy))}.')
    with (
        open_parts(chosen(study)) as parts,
        parts.alone("evaluate"),
        progress("Reading and validating") as step,
    ):
        figures, collected = evaluate(parts, group_by=group_by, embedding=step, fitting=step)  # type: ignore[arg-type]
        warn(*parts.cache.notes)
    figures["group_by"] = group_by
    if json:
        as_json(figures)
        return
    nameless = not any(kept.transcript.participant for kept in collected.corpus.transcripts)
    _show(figures, "transcript" if group_by == "participant" and nameless else group_by)


def _show(figures: dict[str, Any], group_by: str) -> None:
    from annotations.numbers_shown import counted

    overall = figures["overall"]
    if not overall["n_segments"]:
        say(f"No figure: {overall['reason']}.")
        warn(*([figures["people_reason"]] if figures["people_reason"] else []))
        return
    say(
        f"Cross-validation: every figure is on a {group_by} whose words the model had not seen "
        f"({counted(overall['n_segments'], 'segment')}, {counted(overall['groups'], group_by)}).",
        "",
    )
    if serving := figures.get("serving"):
        say(
            f"These are models made for this alone. {serving['model_version']}, which serves, was measured apart: on "
            f"{counted(serving['overall']['groups'], 'participant')} who only judge. See tandem models show "
            f"{serving['model_version']}.",
            "",
        )
    at_random = figures["random_split"]
    rows = [
        (
            name,
            _with_interval(overall) if key == "kappa" and part == "overall" else _figure(figures[part][key]),
        )
        + ((_figure(at_random[part][key]),) if at_random else ())
        for name, part, key in (
            ("F1 over all codes (micro)", "overall", "micro_f1"),
            ("F1, mean of codes (macro)", "overall", "macro_f1"),
            ("average precision, mean of codes", "overall", "macro_ap"),
            ("kappa, mean of codes", "overall", "kappa"),
            ("is the segment coded at all: F1", "spotting", "f1"),
            ("is the segment coded at all: kappa", "spotting", "kappa"),
            ("which codes, where the coder coded: F1", "labelling", "micro_f1"),
        )
    ]
    table(
        "",
        ("", "model and coders", *(["at random"] if at_random else [])),
        rows,
        numbers=2 if at_random else 1,
    )
    if at_random:
        say(
            f"At random: what the same model would have claimed with segments dealt out by chance. Most studies report "
            f"that. It is usually higher, because the model has then learnt from other words of the same {group_by}; "
            f"those who are still to be coded it has never heard, so the first column is the one to use.",
            "",
        )
    else:
        say(f"What a random split would have claimed is not shown: {figures['random_split_reason']}.", "")
    _show_why_no_interval(overall, "model and coders")
    _show_without_assisted(figures)
    show_languages(figures.get("languages"))
    _show_people(figures, group_by)
    several = len({row["framework"] for row in figures["codes"]}) > 1
    chance = {row["code_id"]: row for row in at_random["codes"]} if at_random else {}
    rows = [
        (
            *([row["framework"]] if several else []),
            row["code"],
            row["n"],
            _figure(row["precision"]),
            _figure(row["recall"]),
            _figure(row["f1"]),
            _with_interval(row),
            *([_figure(chance.get(row["code_id"], {}).get("f1"))] if at_random else []),
            _ticked(row),
            _figure(row.get("recall_at_5")),
        )
        for row in sorted(figures["codes"], key=lambda row: (row["framework"], -row["n"]))
        if row["n"]
    ]
    say("")
    first = ("framework",) if several else ()
    shares = (
        "precision",
        "recall",
        "F1",
        "kappa",
        *(("F1 at random",) if at_random else ()),
        "ticks right",
        "in first 5",
    )
    columns = (*first, "code", "segments", *shares)
    table("", columns, rows, numbers=len(shares) + 1)
    _show_ticks(figures["codes"])
    if any(row.get("few_transcripts") for row in (overall, *figures["codes"])):
        say("", f"* few transcripts: the interval is wide and rests on fewer than 20 {group_by}s.")
    undefined: dict[str, list[str]] = {}
    for row in figures["codes"]:
        if row["n"] and row["kappa"] is None:
            undefined.setdefault(row["reason"] or "it cannot be computed", []).append(row["code"])
    for reason, codes in undefined.items():
        say("", f"No kappa for {', '.join(codes)}: {reason}.")
    never = [row["code"] for row in figures["codes"] if row["n"] and row["kappa"] == 0 and row["reason"]]
    if never:
        say("", f"Kappa is 0 because one side never varies, whatever the other does: {', '.join(never)}.")
    if figures["too_few"]:
        say(
            "",
            f"{counted(len(figures['too_few']), 'code has', 'codes have')} too few examples to be judged and "
            f"{'counts' if len(figures['too_few']) == 1 else 'count'} as not suggested.",
        )


def _ticked(row: dict[str, Any]) -> str:
    """Right ticks of all ticks; in brackets where they do not show that the code may come ticked."""
    if not row.get("ticked"):
        return "–"
    said = f"{row['ticked_right']} of {row['ticked']}"
    return said if row["comes_ticked"] else f"({said})"


def _show_ticks(codes: list[dict[str, Any]]) -> None:
    measured = [row for row in codes if row.get("ticked") is not None]
    ticking = [row for row in measured if row["comes_ticked"]]
    if not measured:
        return
    said = f"{sum(r['ticked_right'] for r in ticking)} of {sum(r['ticked'] for r in ticking)} ticks are right"
    say(
        "",
        f"Ticks right: where coders would have found a code ticked, and on how many of these it was right. "
        f"{len(ticking)} of {len(measured)} codes come ticked"
        + (f" ({said}); " if ticking else "; ")
        + "the others, in brackets or without a tick, are only offered. In first 5: how often a code that a person gave "
        "was ticked or among the first five boxes.",
    )


def _show_people(figures: dict[str, Any], group_by: str) -> None:
    from annotations.numbers_shown import counted

    people = figures["people"]
    say("")
    if people is None:
        say(f"Person and person: no figure, because {figures['people_reason']}.")
        return
    person, model = people["person"], people["model"]
    rows = []
    for name, section, key in (
        ("F1 over all codes", "overall", "micro_f1"),
        ("kappa, mean of codes", "overall", "kappa"),
        ("is it coded at all: kappa", "spotting", "kappa"),
        ("which codes, where both coded: F1", "labelling", "micro_f1"),
    ):
        first = (
            _with_interval(person["overall"])
            if key == "kappa" and section == "overall"
            else _figure(person[section][key])
        )
        second = "–"
        if model:
            second = (
                _with_interval(model["overall"])
                if key == "kappa" and section == "overall"
                else _figure(model[section][key])
            )
        rows.append((name, first, second))
    say(
        f"The same {counted(people['n_segments'], 'segment')}, judged by two people "
        f"({counted(people['groups'], group_by)}):"
    )
    table("", ("", "person and person", "model and person"), rows, numbers=2)
    for name, side in (("person and person", person), ("model and person", model)):
        if side:
            _show_why_no_interval(side["overall"], name)


def _show_why_no_interval(overall: dict[str, Any], who: str) -> None:
    """The reason, and the values that there are: of each participant."""
    if overall["kappa_interval"] is not None:
        return
    if overall["kappa"] is None:
        say(f"No mean kappa for {who}: {overall['kappa_interval_reason']}.")
        return
    each = "; ".join(f"{name} {_figure(value)}" for name, value in overall["kappa_by_group"].items())
    say(
        f"No interval for {who}: {overall['kappa_interval_reason']}.{' Kappa of each: ' if each else ''}{each}"
    )


def _show_without_assisted(figures: dict[str, Any]) -> None:
    without = figures.get("without_assisted")
    if without is None:
        return
    say("", "The same, learnt with and without the reviews that saw suggestions (assisted):")
    rows = [
        (name, figure(figures["overall"]), figure(without["overall"]))
        for name, figure in (
            ("F1 over all codes", lambda figures: _figure(figures["micro_f1"])),
            ("kappa, mean of codes", _with_interval),
        )
    ]
    table("", ("", "with", "without"), rows, numbers=2)


def _figure(value: float | None) -> str:
    from annotations.numbers_shown import number

    return number(value)


def _with_interval(row: dict[str, Any]) -> str:
    from annotations.numbers_shown import number, ranging

    if row.get("kappa") is None:
        return "–"
    interval = row.get("kappa_interval")
    if interval is None:
        return number(row["kappa"])
    star = "*" if row.get("few_transcripts") else ""
    return f"{number(row['kappa'])} ({ranging(interval)}){star}"
