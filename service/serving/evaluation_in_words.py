"""What an evaluation says, row by row and in sentences, for the command and the page alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.numbers_shown import counted, number, ranging

AT_RANDOM = (
    "Split at random: what the same model would have claimed had segments been dealt out by chance into those that it "
    "learns from and those that judge it. Most studies report that. It is usually higher, because the model has then "
    "learnt from other words of the same {group_by}; those who are still to be coded it has never heard, so the first "
    "column is the one to use."
)
NOT_HIGHER = " Here it is not higher: with few passages chance alone can turn that round."
TICKS = (
    "Ticks right: where coders would have found a code ticked, and on how many of these it was right. {ticking} of "
    "{measured} codes come ticked{right}; the others, in brackets or without a tick, are only offered. In first 5: how "
    "often a code that a person gave was ticked or among the first five boxes; codes with a row of their own on the "
    "screen are always in sight and have no such figure."
)
EFFORT = (
    "What it saves: on {passages} coders gave {given} codes. {ticked_right} of them would have stood there ticked, "
    "{in_boxes} had a box to tick, and {sought} had to be sought by name. {ticked_wrong} to be taken away, and "
    "{read_in_vain} read in vain. In keys and clicks that is {actions} with suggestions and {actions_without} without; what "
    "reading the boxes costs is not in it."
)
NO_CODE_GIVEN = (
    "Coders gave no code on these {passages}, so nothing says how well codes are found: a 0 above counts only suggestions "
    "that nobody wanted."
)
_MAIN = (
    ("F1 over all codes (micro)", "overall", "micro_f1"),
    ("F1, mean of codes (macro)", "overall", "macro_f1"),
    ("average precision, mean of codes", "overall", "macro_ap"),
    ("kappa, mean of codes", "overall", "kappa"),
    ("is the segment coded at all: F1", "spotting", "f1"),
    ("is the segment coded at all: kappa", "spotting", "kappa"),
    ("which codes, where the coder coded: F1", "labelling", "micro_f1"),
)
_PEOPLE = (
    ("F1 over all codes", "overall", "micro_f1"),
    ("kappa, mean of codes", "overall", "kappa"),
    ("is it coded at all: kappa", "spotting", "kappa"),
    ("which codes, where both coded: F1", "labelling", "micro_f1"),
)


@dataclass(frozen=True, slots=True)
class EvaluatedCode:
    """A code that somebody gave: on how many segments, and how well the model finds it. Figures are None where none is.

    ``kappa``: with its interval, in words; ``ticks``: right ones of all, in brackets where it may not come ticked yet.
    """

    framework: str
    code: str
    segments: int
    precision: float | None
    recall: float | None
    f1: float | None
    kappa: str
    f1_at_random: float | None
    ticks: str
    in_first_5: float | None


def main_rows(figures: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Each figure's name, its value, and the one at random where that was measured."""
    at_random = figures["random_split"]
    return [
        (
            name,
            with_interval(figures["overall"])
            if key == "kappa" and part == "overall"
            else number(figures[part][key]),
            *([number(at_random[part][key])] if at_random else []),
        )
        for name, part, key in _MAIN
    ]


def at_random_in_words(figures: Mapping[str, Any], group_by: str) -> str:
    """Why the figure at random is higher and not used, or why there is none."""
    if at_random := figures["random_split"]:
        here, by_chance = (its["overall"]["micro_f1"] or 0.0 for its in (figures, at_random))
        return AT_RANDOM.format(group_by=group_by) + ("" if by_chance > here else NOT_HIGHER)
    return f"What a random split would have claimed is not shown: {figures['random_split_reason']}."


def repeated_in_words(figures: Mapping[str, Any], group_by: str) -> str:
    """That some words had been seen after all, "" where none were."""
    repeated = figures.get("repeated") or 0
    if not repeated:
        return ""
    stand = counted(repeated, "of these segments stands", "of these segments stand")
    return f"{stand} word for word in another {group_by} too (short answers, set phrases), so those words it had seen."


def people_rows(figures: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Each figure's name, two people's value, and the model's with them on the same segments; none where nobody is."""
    people = figures["people"]
    if people is None:
        return []
    sides = [people["person"], people["model"]]
    rows = []
    for name, part, key in _PEOPLE:
        said = [
            "–"
            if not side
            else with_interval(side["overall"])
            if key == "kappa" and part == "overall"
            else number(side[part][key])
            for side in sides
        ]
        rows.append((name, said[0], said[1]))
    return rows


def evaluated_codes(figures: Mapping[str, Any]) -> list[EvaluatedCode]:
    """The codes that somebody gave, by framework, those given most often first."""
    at_random = figures["random_split"]
    by_chance = {row["code_id"]: row for row in at_random["codes"]} if at_random else {}
    given = sorted(figures["codes"], key=lambda row: (row["framework"], -row["n"]))
    return [
        EvaluatedCode(
            framework=row["framework"],
            code=row["code"],
            segments=row["n"],
            precision=row["precision"],
            recall=row["recall"],
            f1=row["f1"],
            kappa=with_interval(row),
            f1_at_random=by_chance.get(row["code_id"], {}).get("f1"),
            ticks=_ticked(row),
            in_first_5=row.get("recall_at_5"),
        )
        for row in given
        if row["n"]
    ]


def ticks_in_words(codes: Sequence[Mapping[str, Any]]) -> str:
    """What the columns about ticks say, "" where no tick was measured or no coder gave a code."""
    measured = [row for row in codes if row.get("ticked") is not None]
    if all(row.get("n") == 0 for row in measured):
        return ""
    ticking = [row for row in measured if row["comes_ticked"]]
    right, of_all = (sum(row[key] for row in ticking) for key in ("ticked_right", "ticked"))
    return TICKS.format(
        ticking=len(ticking),
        measured=len(measured),
        right=f" ({right:,} of {of_all:,} ticks are right)" if ticking else "",
    )


def effort_in_words(figures: Mapping[str, Any]) -> str:
    """What suggestions would have saved or cost a coder's hands, "" where that was not measured or no code was given."""
    effort = figures.get("effort")
    if not effort or not effort["given"]:
        return ""
    whole = _whole_numbers(effort, figures["codes"])
    counts = {
        "passages": counted(whole["n_segments"], "passage"),
        "ticked_wrong": counted(
            whole["ticked_wrong"], "wrong tick would have had", "wrong ticks would have had"
        ),
        "read_in_vain": counted(whole["read_in_vain"], "box", "boxes"),
    }
    return EFFORT.format(**{name: f"{value:,}" for name, value in whole.items()} | counts)


def _whole_numbers(effort: Mapping[str, float], codes: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The numbers of an effort without halves, so that they add up and the right ticks are those of ``ticks_in_words``.

    Where coders differ each counts by their share, so that there may be halves of everything.
    """
    whole = {name: round(value) for name, value in effort.items()}
    ticking = [row["ticked_right"] for row in codes if row.get("comes_ticked")]
    right = sum(ticking) if ticking else int(effort["ticked_right"])
    ticks = round(effort["ticked_right"] + effort["ticked_wrong"])
    return whole | {
        "ticked_right": right,
        "ticked_wrong": ticks - right,
        "in_boxes": whole["given"] - right - whole["sought"],
    }


def no_kappa_in_words(figures: Mapping[str, Any]) -> list[str]:
    """Of which codes there is no kappa and why, and where it is 0 whatever was decided: no 0 stands without its reason."""
    undefined: dict[str, list[str]] = {}
    never = ["is the segment coded at all"] if figures["spotting"].get("reason") else []
    for row in figures["codes"]:
        if row["n"] and row["kappa"] is None:
            undefined.setdefault(row.get("reason") or "it cannot be computed", []).append(row["code"])
        elif row["n"] and row["kappa"] == 0 and row.get("reason"):
            never.append(row["code"])
    said = [f"No kappa for {', '.join(codes)}: {reason}." for reason, codes in undefined.items()]
    if never:
        said.append(f"Kappa is 0 because one side never varies, whatever the other does: {', '.join(never)}.")
    return said


def why_no_interval(overall: Mapping[str, Any], who: str) -> str:
    """The reason, and the values that there are of each participant; "" where there is an interval."""
    if overall["kappa_interval"] is not None:
        return ""
    if overall["kappa"] is None:
        return f"No mean kappa for {who}: {overall['kappa_interval_reason']}."
    each = "; ".join(f"{name} {number(value)}" for name, value in overall["kappa_by_group"].items())
    return f"No interval for {who}: {overall['kappa_interval_reason']}.{' Kappa of each: ' if each else ''}{each}"


def with_interval(row: Mapping[str, Any]) -> str:
    """Kappa with its interval, and a star where it rests on few."""
    if row.get("kappa") is None:
        return "–"
    interval = row.get("kappa_interval")
    if interval is None:
        return number(row["kappa"])
    star = "*" if row.get("few_transcripts") else ""
    return f"{number(row['kappa'])} ({ranging(interval)}){star}"


def _ticked(row: Mapping[str, Any]) -> str:
    if not row.get("ticked"):
        return "–"
    said = f"{row['ticked_right']:,} of {row['ticked']:,}"
    return said if row["comes_ticked"] else f"({said})"


_BESIDE = {
    "better": "{version} is better than {parent} on people whose words neither had learnt from.",
    "not worse": "{version} is about as good as {parent} on people whose words neither had learnt from.",
    "worse": "{version} is worse than {parent} on people whose words neither had learnt from.",
    "cannot tell": "Whether {version} is better or worse than {parent} cannot be told: too few people were there to judge.",
}


def in_a_sentence(
    version: str, figures: Mapping[str, Any], *, verdict: str | None, parent: str | None, compared: bool
) -> tuple[str, ...]:
    """What a version is worth, before any figure. ``compared``: was it judged beside ``parent``, which served then?"""
    said = []
    if compared and parent and verdict in _BESIDE:
        said.append(_BESIDE[verdict].format(version=version, parent=parent))
    shares = right_and_named(figures)
    if shares is not None:
        right, named = (round(100 * share) for share in shares)
        said.append(
            f"On people of whom it had learnt no word, about {right} of 100 codes that it suggested were right, and of 100 "
            f"codes that coders gave it suggested about {named}."
        )
    return tuple(said)


def right_and_named(figures: Mapping[str, Any]) -> tuple[float, float] | None:
    """Over all codes together: the share of suggestions that were right, and of coders' codes that were suggested.

    Of each code its prevalence and recall are kept, and of all together F1, the harmonic mean of the two shares: that is
    enough. None where nothing was measured, or by an earlier Tandem that kept less.
    """
    f1 = (figures.get("overall") or {}).get("micro_f1")
    rows = [(row.get("prevalence") or 0.0, row.get("recall") or 0.0) for row in figures.get("codes") or ()]
    given = sum(prevalence for prevalence, _ in rows)
    named = sum(prevalence * recall for prevalence, recall in rows) / given if given else 0.0
    if not f1 or not named or 2 * named <= f1:
        return None
    return min(1.0, named * f1 / (2 * named - f1)), named
