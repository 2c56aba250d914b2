"""The agreement report arranged for readers: what the terminal, the page and the tables all show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from annotations.agreement.coefficient import Agreement
from annotations.agreement.intervals import FEW_GROUPS
from annotations.numbers_shown import counted, ranging
from annotations.numbers_shown import number as number
from service.agreement.report import Report

MANY_WITHOUT = 4
ORDER = (
    "people",
    "person and person",
    "everybody",
    "model and people",
    "model and person",
    "model version and people",
    "coder and consensus",
    "model and consensus",
    "coder with themselves",
)


class _FewParticipants(Protocol):
    """What may rest on few participants."""

    @property
    def few_transcripts(self) -> bool:
        """Does it?"""
        ...


@dataclass(frozen=True)
class ComparisonView:
    """One comparison at a glance: the figures on all codes together."""

    comparison: str
    who: str
    condition: str
    units: int
    groups: int
    spotting: Agreement | None
    mean: Agreement | None
    labelling: Agreement | None
    reason: str | None

    @property
    def why(self) -> str:
        """Why there is no figure, as a sentence."""
        return f"{self.who[:1].upper()}{self.who[1:]}: no figure, because {self.reason}."


# a case, a site or a wave; its name; the comparison in it
SliceRow = tuple[str, str, ComparisonView]


@dataclass(frozen=True)
class CodeRow:
    """One code, or a code with all below it: people's figures by coefficient, and kappa of the model.

    ``matched``: people's kappa on the segments that the model judged too, to stand beside the model's there; None
    where no segment was judged by two people and the model, and then ``model`` is of other segments than people's.
    """

    framework: str
    code: str
    family: bool
    people: Mapping[str, Agreement]
    matched: Agreement | None
    model: Agreement | None

    def of(self, coefficient: str) -> Agreement | None:
        """What people reach, or None where they have no such figure.

        Percent agreement and AC1 only where kappa or alpha stands beside them.
        """
        beside = (self.people.get(name) for name in ("kappa", "alpha"))
        if coefficient in ("percent", "ac1") and all(
            figure_beside is None or figure_beside.value is None for figure_beside in beside
        ):
            return None
        return self.people.get(coefficient)

    @property
    def kappa_or_alpha(self) -> tuple[str, Agreement | None]:
        """People's kappa; where one coder never varies, alpha, so that percent agreement and AC1 do not stand alone."""
        kappa, alpha = self.of("kappa"), self.of("alpha")
        if (kappa is None or kappa.value is None) and alpha is not None and alpha.value is not None:
            return "alpha", alpha
        return "kappa", kappa

    @property
    def prevalence(self) -> float | None:
        """The mean share of segments to which people gave it, else model and people."""
        known = self.people.get("kappa") or self.model
        return None if known is None else known.prevalence


def value_of(figure: Agreement | None) -> str:
    """A value alone."""
    return number(None if figure is None else figure.value)


def with_interval(figure: Agreement | None) -> str:
    """A value with its interval, and a star where it rests on few participants."""
    if figure is None or figure.value is None:
        return "–"
    if figure.interval is None:
        return number(figure.value)
    star = "*" if figure.few_transcripts else ""
    return f"{number(figure.value)} ({ranging(figure.interval)}){star}"


def interval_of(interval: Sequence[float] | None, *, few: bool) -> str:
    """An interval alone, with a star where it rests on few participants."""
    if interval is None:
        return "–"
    return f"{ranging(interval)}{'*' if few else ''}"


def overview(report: Report) -> list[ComparisonView]:
    """Every comparison, people first."""
    sides: dict[tuple[str, str, tuple[str, ...]], list[Agreement]] = {}
    for figure in report.figures:
        if not figure.where and figure.comparison in ORDER and figure.comparison != "everybody":
            sides.setdefault((figure.comparison, figure.condition, figure.coders), []).append(figure)
    keys = sorted(sides, key=lambda key: (ORDER.index(key[0]), key[1] != "independent"))
    return [_side(key, sides[key]) for key in keys]


def same_segments(report: Report) -> tuple[ComparisonView, ComparisonView] | None:
    """People with each other and the model with them, on the same segments; None where there are none."""
    by_pair: dict[tuple[str, ...], list[Agreement]] = {}
    for figure in report.figures:
        if figure.comparison == "same segments":
            by_pair.setdefault(figure.coders, []).append(figure)
    if len(by_pair) < 2:
        return None
    (first, its), (second, others) = by_pair.items()
    return _side(("same segments", "independent", first), its), _side(
        ("same segments", "independent", second), others
    )


def everybody(report: Report) -> list[Agreement]:
    """All people at once, where there are three or more: alpha of "coded at all", and of the sets of codes with MASI."""
    wanted = (("all", "alpha", ""), ("sets of codes", "alpha masi", ""))
    return [
        figure
        for place in wanted
        for figure in report.figures
        if (figure.level, figure.coefficient, figure.framework) == place and figure.comparison == "everybody"
    ]


def by_slice(report: Report) -> list[SliceRow]:
    """The comparisons in each case, site and wave: which of these, its name, and the comparison."""
    slices: dict[tuple[str, str, tuple[str, ...]], list[Agreement]] = {}
    for figure in report.figures:
        for key, name in figure.where.items():
            slices.setdefault((key, name, figure.coders), []).append(figure)
    return [
        (key, name, _side(("people", "independent", coders), its))
        for (key, name, coders), its in slices.items()
    ]


def code_rows(report: Report) -> list[CodeRow]:
    """Every code that people or the model used, in the order of the codebook."""
    people: dict[tuple[str, str], dict[str, Agreement]] = {}
    model: dict[tuple[str, str], Agreement] = {}
    matched: dict[tuple[str, str], dict[tuple[str, ...], Agreement]] = {}
    main = main_comparison(report)
    for figure in report.figures:
        if figure.where or figure.level not in ("code", "family"):
            continue
        key = (figure.code_id, figure.level)
        if (figure.comparison, figure.coders) == main:
            people.setdefault(key, {})[figure.coefficient] = figure
        elif figure.coefficient == "kappa" and figure.comparison == "same segments":
            matched.setdefault(key, {})[figure.coders] = figure
        elif figure.coefficient == "kappa" and is_main_model(figure):
            model.setdefault(key, figure)
    rows = []
    for key in dict.fromkeys([*people, *model]):
        its, there = people.get(key, {}), matched.get(key, {})
        other = there.get(("model", "people")) if matched else model.get(key)
        known = its.get("kappa") or other
        if known is None or (len(its) < 2 and (other is None or other.value is None)):
            continue
        beside = there.get(("people", "people"))
        rows.append(CodeRow(known.framework, known.code, key[1] == "family", its, beside, other))
    return rows


def main_comparison(report: Report) -> tuple[str, tuple[str, ...]] | None:
    """The comparison of people that stands for all: their mean, or the one pair that there is."""
    for wanted in ("people", "person and person"):
        for figure in report.figures:
            if figure.comparison == wanted and not figure.where:
                return wanted, figure.coders
    return None


def by_framework(report: Report) -> list[tuple[str, Agreement | None, Agreement | None, Agreement | None]]:
    """People's figures on each framework, where there are several: coded at all, mean of codes, sets with MASI."""
    main = main_comparison(report)
    by_place: dict[str, dict[tuple[str, str], Agreement]] = {}
    for figure in report.figures:
        own = (figure.comparison, figure.coders) == main or figure.comparison == "everybody"
        if figure.framework and own and not figure.where and figure.level not in ("code", "family"):
            by_place.setdefault(figure.framework, {}).setdefault((figure.level, figure.coefficient), figure)
    rows = [
        (
            name,
            its.get(("framework", "kappa")),
            its.get(("mean of codes", "kappa")),
            its.get(("sets of codes", "alpha masi")),
        )
        for name, its in by_place.items()
    ]
    return rows if len(rows) > 1 else []


def left_out(report: Report) -> list[str]:
    """What could not be compared with a suggestion, counted, in sentences."""
    return [
        f"{counted(n, f'{condition} decision on a segment has', f'{condition} decisions on segments have')} no "
        f"counterpart of the model: {why}."
        for condition, tally in report.left_out.items()
        for why, n in sorted(tally.items(), key=lambda item: -item[1])
    ]


def warnings(report: Report) -> Iterator[str]:
    """What must be said beside intervals."""
    few_of_all: tuple[Sequence[_FewParticipants], ...] = (
        report.figures,
        report.verdicts,
        report.effect.differences,
    )
    if any(figure.few_transcripts for its in few_of_all for figure in its):
        yield (
            f"* few transcripts: the interval rests on fewer than {FEW_GROUPS} {report.asked.group_by}s; it is a "
            f"jackknife with t, and wide."
        )
    few: dict[str, str] = {}
    for figure in report.figures:
        if figure.value is not None and not figure.where and "at least" in str(figure.interval_reason):
            few.setdefault(" and ".join(figure.coders), str(figure.interval_reason))
    for who, why in few.items() if len(few) < MANY_WITHOUT else ():
        yield f"No intervals for {who}: {why}."
    if len(few) >= MANY_WITHOUT:
        yield f"No intervals for {len(few)} comparisons: {next(iter(few.values()))}, in the first of them."


def by_group(report: Report) -> list[tuple[str, Mapping[str, float | None]]]:
    """The values of each participant, where there are too few of them for an interval."""
    prefix = f"{report.asked.group_by} "
    words = {"all": "coded at all", "mean of codes": "mean of codes"}
    return [
        (
            f"{' and '.join(f.coders)}, {words[f.level]}",
            {group.removeprefix(prefix): value for group, value in f.by_group.items()},
        )
        for f in report.figures
        if f.by_group and not f.where and not f.framework and f.level in words and f.coefficient == "kappa"
    ]


def is_main_model(figure: Agreement) -> bool:
    """The figure that stands for the model with people."""
    pooled = figure.comparison == "model and people"
    return figure.condition == "independent" and (pooled or figure.comparison == "model and person")


def _side(key: tuple[str, str, tuple[str, ...]], figures: Sequence[Agreement]) -> ComparisonView:
    def find(level: str, coefficient: str) -> Agreement | None:
        wanted = (f for f in figures if (f.level, f.coefficient, f.framework) == (level, coefficient, ""))
        return next(wanted, None)

    spotting, mean = find("all", "kappa"), find("mean of codes", "kappa")
    units = max((f.units for f in figures), default=0)
    groups = max((f.groups for f in figures), default=0)
    reason = next((f.reason for f in figures if f.units == 0 and f.level == "all" and f.reason), None)
    who = " and ".join(name for name in key[2] if name)
    if key[2] == ("people", "people"):
        who = "people with each other"
    return ComparisonView(
        key[0], who, key[1], units, groups, spotting, mean, find("labelling", "positive"), reason
    )
