"""From runs to docs/quality.json, docs/quality.md and docs/quality.png."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from ruler.peers import PEERS
from ruler.people import beside_people
from ruler.plot import draw
from ruler.ranks import SIZES, number, ranks, signed
from ruler.runs import Runs
from ruler.scores import (
    LEAST_FOR_KAPPA,
    Predicted,
    brier_skill,
    calibration_error,
    difference,
    macro_ap,
    macro_f1,
    mean_kappa,
    micro_f1,
    reliability,
    resampled,
)
from ruler.sets import LEAST_IN_SMALL, LEAST_POSITIVES, LabelledSet

from training.training_parts import RECIPE

METHODS = ("Tandem", *PEERS, "SetFit")
_OF_DATA = ("units", "groups", "codes", "codes_in_macro")
Figures = dict[str, Any]

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "quality"
README = ROOT / "README.md"
BEGIN, END = "<!-- quality: made by benchmarks/quality.py -->", "<!-- /quality -->"


def write_report(sets: Sequence[LabelledSet], runs: Runs, out: Path | None) -> Figures:
    """All figures of what has been run; written to ``out``.{json,md,png} unless that is None.

    Figures that stand in ``out``.json and have not been run here stay; Tandem's of an earlier recipe are marked.
    """
    figures: Figures = {"recipe": RECIPE, "sets": {data.name: _of_set(data, runs) for data in sets}}
    if out is not None:
        if Path(f"{out}.json").is_file():
            before = json.loads(Path(f"{out}.json").read_text("utf-8"))
            if before["recipe"] != RECIPE:
                before = _marked(before)
            figures["sets"] = before["sets"] | {
                name: over(before["sets"].get(name), its) for name, its in figures["sets"].items()
            }
        Path(f"{out}.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")
        Path(f"{out}.md").write_text(_markdown(figures), "utf-8")
        draw(figures, Path(f"{out}.png"))
        if out == DOCS:
            _into_readme(figures)
    return figures


def _marked(before: Figures) -> Figures:
    """Figures of an earlier recipe: Tandem's say so wherever they still stand."""
    sets = {
        name: its
        | {
            "sizes": {
                size: {
                    method: row | {"recipe": row.get("recipe", before["recipe"])}
                    if method == "Tandem"
                    else row
                    for method, row in rows.items()
                }
                for size, rows in its["sizes"].items()
            }
        }
        for name, its in before["sets"].items()
    }
    return before | {"sets": sets}


def over(before: Figures | None, its: Figures) -> Figures:
    """A set's new figures, and the earlier ones of what has not been run again, if they are of the same data."""
    if before is None or any(before[key] != its[key] for key in _OF_DATA):
        return its
    sizes = {
        size: {
            method: row
            for method in METHODS
            if (row := its["sizes"].get(size, {}).get(method) or before["sizes"].get(size, {}).get(method))
        }
        for size in SIZES
    }
    # an earlier difference says nothing of a method that has been run again and came out otherwise
    standing = {
        method: one
        for method, one in before["differences"].items()
        if all(
            _alike(sizes["all"].get(each), before["sizes"]["all"].get(each)) for each in ("Tandem", method)
        )
    }
    differences = standing | its["differences"]
    return its | {"sizes": sizes, "differences": differences, "people": its["people"] or before["people"]}


def _alike(these: Figures | None, other: Figures | None) -> bool:
    """Are two rows the same as printed?"""
    if these is None or other is None:
        return False
    return all(number(these[key]) == number(other[key]) for key in ("macro_ap", "micro_f1", "kappa"))


def _into_readme(figures: Figures) -> None:
    """The table in the README, between its two marks."""
    head = ["| | segments | Tandem | best of the others |", "|---|---|---|---|"]
    rows = [row for name, its in figures["sets"].items() if (row := _in_short(name, its)) is not None]
    text = README.read_text("utf-8")
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    table = "\n".join([*head, *rows])
    README.write_text(f"{text[:begin]}\n{table}\n{text[end:]}", "utf-8")


def _in_short(name: str, its: Figures) -> str | None:
    """A set's row: macro average precision, and micro-F1 in brackets; None where Tandem has not been run."""
    figures_by_method = {
        method: row for method, row in its["sizes"].get("all", {}).items() if row.get("macro_ap")
    }
    own = figures_by_method.pop("Tandem", None)
    if own is None or not figures_by_method:
        return None
    best = max(figures_by_method, key=lambda method: float(figures_by_method[method]["macro_ap"]))
    said = [f"{row['macro_ap']:.3f} ({row['micro_f1']:.3f})" for row in (own, figures_by_method[best])]
    return f"| {name} | {its['units']:,} | {said[0]} | {said[1]}, {best} |"


def _of_set(data: LabelledSet, runs: Runs) -> Figures:
    figures: Figures = {
        "units": len(data.units),
        "groups": len(set(data.groups)),
        "codes": len(data.codes),
        "codes_in_macro": len(data.frequent),
        "sizes": {},
    }
    for size in SIZES:
        rows = {method: _of_method(data, runs, method, size) for method in METHODS}
        figures["sizes"][size] = {method: its for method, its in rows.items() if its is not None}
    figures["differences"] = _differences(data, runs)
    figures["people"] = beside_people(data, runs)
    return figures


def _of_method(data: LabelledSet, runs: Runs, method: str, size: str) -> Figures | None:
    every = int(data.folds.max()) + 1
    if size == "all":
        whole = runs.predicted(data, method, size, range(every))
        return None if whole is None else _figures(data, *whole)
    each = [runs.predicted(data, method, size, [fold]) for fold in range(every)]
    known = [_figures(data, *one) for one in each if one is not None]
    if not known:
        return None
    keys = ("macro_ap", "macro_f1", "micro_f1", "kappa", "brier_skill", "calibration_error", "seconds")
    mean: Figures = {key: float(np.nanmean([one[key] for one in known])) for key in keys}
    spread = [one["macro_ap"] for one in known]
    return mean | {"runs": len(known), "on": known[0]["on"], "macro_ap_range": [min(spread), max(spread)]}


def _figures(data: LabelledSet, predicted: Predicted, seconds: float, on: str) -> Figures:
    whole = np.ones(len(predicted.member))
    every = np.arange(len(data.codes))
    for_kappa = np.flatnonzero(predicted.labels.sum(axis=0) >= LEAST_FOR_KAPPA)
    return {
        "macro_ap": macro_ap(predicted, whole, data.frequent),
        "macro_f1": macro_f1(predicted, whole, data.frequent),
        "micro_f1": micro_f1(predicted, whole, every),
        "kappa": mean_kappa(predicted, whole, for_kappa),
        "kappa_codes": len(for_kappa),
        "brier_skill": brier_skill(predicted, data.frequent),
        "calibration_error": calibration_error(predicted, data.frequent),
        "reliability": reliability(predicted, data.frequent),
        "seconds": seconds,
        "on": on,
    }


def _differences(data: LabelledSet, runs: Runs) -> Figures:
    """Tandem minus each peer at full size, over the same resampled groups."""
    folds = range(int(data.folds.max()) + 1)
    own = runs.predicted(data, "Tandem", "all", folds)
    found: Figures = {}
    if own is None:
        return found
    for_kappa = np.flatnonzero(own[0].labels.sum(axis=0) >= LEAST_FOR_KAPPA)
    statistics = {
        "macro_ap": partial(macro_ap, codes=data.frequent),
        "micro_f1": partial(micro_f1, codes=np.arange(len(data.codes))),
        "kappa": partial(mean_kappa, codes=for_kappa),
    }
    drawn = {name: resampled(own[0], statistic) for name, statistic in statistics.items()}
    for method in METHODS[1:]:
        other = runs.predicted(data, method, "all", folds)
        if other is not None:
            found[method] = {
                name: difference(drawn[name], resampled(other[0], statistic))
                for name, statistic in statistics.items()
            }
    return found


def _markdown(figures: Figures) -> str:
    lines = [
        "# Quality: Tandem beside what a user would pick instead",
        "",
        f"Made by `python benchmarks/quality.py` (model recipe {figures['recipe']}). Five folds by group; nothing of a "
        "tested group is seen in training, calibration or thresholds. Macro figures are over codes with at least "
        f"{LEAST_POSITIVES} positives ({LEAST_IN_SMALL} in the paper's 62 statements), kappa over those with at least "
        f"{LEAST_FOR_KAPPA}. At 5 to 1,000 labelled segments: means of three draws, each scored on another "
        "fold; with nothing labelled only the codebook's words speak. The longer halves are the answers with more words "
        "than the median, as studies of their own. Brackets: 95 % intervals over resampled groups. Seconds: fitting with "
        "thresholds from inner folds, "
        "embeddings made before, on two cores shared with other work; Tandem's at full size are those of a whole "
        "retraining, its nested cross-validation included; where a graphics processor is named, ten runs shared it. SetFit "
        "has no inner folds: it suggests above one half. A method that is missing from a table has not been run there. "
        "The peers see a segment's own words, as their recipes have it; Tandem sees besides who speaks, what was asked "
        "and, in conversations, the neighbouring turns, which is much of its lead there. The figures of the peers do not "
        "depend on the recipe and stay where they have not been run again; Tandem's of an earlier recipe say so.",
        "",
        "![Macro average precision by number of labelled segments, and reliability](quality.png)",
    ]
    lines += ranks(figures)
    for name, its in figures["sets"].items():
        lines += ["", f"## {name}", "", _described(its), *_tables(its), *_paired(its), *_people(its)]
    return "\n".join(lines) + "\n"


def _described(its: Figures) -> str:
    return (
        f"{its['units']:,} segments of {its['groups']:,} groups, {its['codes']} codes "
        f"({its['codes_in_macro']} in the macro figures)."
    )


def _tables(its: Figures) -> list[str]:
    lines: list[str] = []
    for size in reversed(SIZES):
        rows: Mapping[str, Figures] = its["sizes"].get(size, {})
        if not rows:
            continue
        what = {"all": "All segments", "0": "Nothing labelled"}.get(size, f"{size} labelled segments")
        lines += [
            "",
            f"**{what}**",
            "",
            "| | macro-AP | macro-F1 | micro-F1 | kappa | Brier skill | ECE | s |",
        ]
        lines += ["|---|---|---|---|---|---|---|---|"]
        best = max(row["macro_ap"] for row in rows.values())
        for method, row in rows.items():
            figures = [number(row[k]) for k in ("macro_ap", "macro_f1", "micro_f1", "kappa", "brier_skill")]
            if row["macro_ap"] == best:
                figures[0] = f"**{figures[0]}**"
            once = "" if size == "all" or row["runs"] > 1 else " (one draw)"
            seconds = f"{row['seconds']:.1f}" + (f" ({row['on']})" if row.get("on") else "")
            earlier = f" ({row['recipe']})" if row.get("recipe") else ""
            cells = [method + earlier + once, *figures, f"{row['calibration_error']:.3f}", seconds]
            lines.append(f"| {' | '.join(cells)} |")
    return lines


def _paired(its: Figures) -> list[str]:
    if not its["differences"]:
        return []
    if all(one is None for row in its["differences"].values() for one in row.values()):
        return ["", f"{its['groups']} groups are too few for an interval of a difference."]
    lines = ["", "**Tandem minus each, all segments, same groups resampled**", ""]
    lines += ["| | macro-AP | micro-F1 | kappa |", "|---|---|---|---|"]
    for method, row in its["differences"].items():
        cells = [
            "fewer than 20 groups: no interval"
            if one is None
            else f"{signed(one[0])} [{signed(one[1])}, {signed(one[2])}]"
            for one in (row[key] for key in ("macro_ap", "micro_f1", "kappa"))
        ]
        lines.append(f"| {method} | {' | '.join(cells)} |")
    return lines


def _people(its: Figures) -> list[str]:
    people = its["people"]
    if people is None:
        return []
    return [
        "",
        f"**Beside people**: on the {people['units']} turns that {people['coders']} experts coded, micro-F1 of expert "
        f"against expert is {number(people['person']['micro_f1'])}, of Tandem against each expert "
        f"{number(people['model']['micro_f1'])}; mean kappa {number(people['person']['kappa'])} and "
        f"{number(people['model']['kappa'])}. The widest gaps: "
        + "; ".join(
            f"{code} {number(person)} against {number(model)}" for code, person, model in people["gaps"][:4]
        )
        + ".",
    ]
