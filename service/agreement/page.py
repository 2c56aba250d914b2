"""The agreement report, and the list of disagreements, as pages that open offline: no script, no font, no picture
from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from annotations.agreement.coefficient import Agreement
from annotations.agreement.second_coder import rule
from annotations.agreement.what_to_double_code import ONE_POINT, RULE
from annotations.codebook.codes import Codebook
from annotations.numbers_shown import number, rounded_percent
from service.agreement.disagreements import Disagreement
from service.agreement.methods_paragraph import methods_paragraph
from service.agreement.missing import Missing
from service.agreement.report import Report
from service.agreement.svg_plots import PlotLine, PlotMark, Reference, curves, whiskers
from service.agreement.views import (
    CodeRow,
    SliceRow,
    by_framework,
    by_group,
    by_slice,
    code_rows,
    left_out,
    overview,
    same_segments,
    value_of,
    warnings,
    with_interval,
)
from service.design.templating import templates_in
from service.page_words import for_pages

TEMPLATES = Path(__file__).parent / "templates"
KAPPA = (-0.2, 1.0)
CURVES = 6
_STANDS_ALONE = "neither kappa nor alpha can be computed, and without one of them it would mislead"
_NO_PAIR = "no two people judged the same segments for it"


@dataclass(frozen=True)
class Plots:
    """The plots of the page, as SVG; empty where there is nothing to draw."""

    codes: str
    verdicts: str
    slices: str
    effect: str
    acceptance: str
    curves: str


def page(report: Report, codebook: Codebook, quoted: Sequence[Disagreement] | None) -> str:
    """The whole report. ``quoted``: disagreements whose words may be shown; None: the page holds no words."""
    return _rendered(
        "agreement.html",
        report,
        None if quoted is None else [difference.to_json(codebook) for difference in quoted],
        in_words=str,
    )


def figures_in_page(report: Report) -> str:
    """The tables and plots of the report without words, to stand within a page of Tandem: it names pages, not commands."""
    return _rendered("agreement_body.html", report, None, in_words=for_pages)


def _rendered(
    template: str,
    report: Report,
    quoted: Sequence[Mapping[str, Any]] | None,
    *,
    in_words: Callable[[str], str],
) -> str:
    codes, slices = code_rows(report), by_slice(report)
    return str(
        _templates()
        .get_template(template)
        .render(
            report=report,
            missing=Missing(),
            sides=overview(report),
            same=same_segments(report),
            codes=codes,
            frameworks=by_framework(report),
            slices=slices,
            groups=by_group(report),
            effect=report.effect.to_json(),
            verdicts=[verdict.to_json() for verdict in report.verdicts],
            rule=rule(report.margin),
            double_rule=RULE,
            one_point=ONE_POINT,
            methods=methods_paragraph(report),
            left_out=left_out(report),
            warnings=list(warnings(report)),
            plots=_plots(report, codes, slices),
            quoted=quoted,
            in_words=in_words,
        )
    )


def disagreements_page(differing: Sequence[Disagreement], codebook: Codebook, study: str) -> str:
    """The passages to talk about, for the team alone."""
    plain = [difference.to_json(codebook) for difference in differing]
    return str(_templates().get_template("disagreements.html").render(study=study, found=plain))


@cache
def _templates() -> Environment:
    made = templates_in(TEMPLATES)
    made.filters |= {
        "number": _number,
        "interval": _interval,
        "coefficient": _coefficient,
        "percent": _percent,
        "pair": _pair,
        "p": _p,
        "range": _range,
    }
    return made


def _plots(report: Report, codes: Sequence[CodeRow], slices: Sequence[SliceRow]) -> Plots:
    return Plots(
        codes=_codes(codes),
        verdicts=_verdicts(report),
        slices=_slices(slices),
        effect=_effect(report),
        acceptance=_acceptance(report),
        curves=_curves(report),
    )


def _codes(rows: Sequence[CodeRow]) -> str:
    lines = []
    both = any(row.matched is not None for row in rows)
    for row in rows:
        label = f"{row.code} (with all below)" if row.family else row.code
        marks = (_mark(row.matched, 0), _mark(row.model, 1)) if both else (_mark(row.people.get("kappa"), 0),)
        lines.append(PlotLine(label, marks))
    return whiskers(
        f"Kappa of each code{' on the same segments' if both else ''}, with 95 % intervals",
        lines,
        series=("people with each other", "model with people") if both else (),
        references=(Reference(0.0, ""),),
        span=_kappa_span(lines),
    )


def _kappa_span(lines: Sequence[PlotLine]) -> tuple[float, float]:
    values = [mark.value for line in lines for mark in line.marks if mark.value is not None]
    return (min(KAPPA[0], *values) if values else KAPPA[0], KAPPA[1])


def _verdicts(report: Report) -> str:
    lines = [
        PlotLine(verdict.column.code, (PlotMark(verdict.delta, verdict.interval),))
        for verdict in report.verdicts
        if verdict.delta is not None
    ]
    references = (Reference(0.0, ""), Reference(report.margin, f"margin {report.margin:g}"))
    return whiskers("Δ of each code with its unadjusted 95 % interval", lines, references=references)


def _slices(slices: Sequence[SliceRow]) -> str:
    # people's alone where there are any: the model's are of other segments
    drawn = [one_slice for one_slice in slices if not one_slice[2].who.startswith("model")]
    lines = [
        PlotLine(f"{key} {name or '(not stated)'}", (_mark(side.mean, 0),))
        for key, name, side in drawn or slices
    ]
    return whiskers(
        f"Kappa, mean of codes, {'people with each other' if drawn else 'model with people'}, by case, site and wave",
        lines,
        references=(Reference(0.0, ""),),
        span=_kappa_span(lines) if lines else None,
    )


def _effect(report: Report) -> str:
    lines = [
        PlotLine(difference.measure, (PlotMark(difference.difference, difference.interval),))
        for difference in report.effect.differences[:4]
        if difference.difference is not None
    ]
    return whiskers(
        "Assisted minus blind, with 95 % intervals", lines, references=(Reference(0.0, "no effect"),)
    )


def _acceptance(report: Report) -> str:
    lines = [
        PlotLine(
            f"{rate['coder']}: {_range(rate)}",
            (PlotMark(rate["share"], tuple(rate["interval"]) if rate["interval"] else None),),
        )
        for rate in report.acceptance
    ]
    return whiskers("Share of shown suggestions that were accepted, by probability", lines, span=(0.0, 1.0))


def _curves(report: Report) -> str:
    drawn = sorted(report.curves, key=lambda curve: -(curve["points"][-1]["examples"] or 0))[:CURVES]
    lines = [
        (
            str(curve["code"]),
            [(float(p["reviews"]), float(p["kappa"])) for p in curve["points"] if p["kappa"] is not None],
        )
        for curve in drawn
    ]
    return curves("Kappa on participants not seen, by reviews learnt from", lines, "reviews learnt from")


def _mark(figure: Agreement | None, series: int) -> PlotMark:
    if figure is None:
        return PlotMark(None, None, series)
    return PlotMark(figure.value, figure.interval, series)


@pass_context
def _number(context: Context, value: float | None, reason: str | None = None) -> str:
    return _missing(context, reason) if value is None else number(value)


@pass_context
def _interval(context: Context, figure: Agreement | None) -> str:
    if figure is None or figure.value is None:
        return _missing(context, None if figure is None else figure.reason)
    return with_interval(figure)


@pass_context
def _coefficient(context: Context, row: CodeRow, name: str) -> str:
    """People's figure of a code; kappa with its interval, the others alone."""
    figure = row.of(name)
    if figure is None and row.people.get(name) is not None:
        return _missing(context, _STANDS_ALONE)
    if figure is None or figure.value is None:
        return _missing(context, _NO_PAIR if figure is None else figure.reason)
    return with_interval(figure) if name == "kappa" else value_of(figure)


@pass_context
def _percent(context: Context, value: float | None) -> str:
    return _missing(context, _NO_PAIR) if value is None else rounded_percent(value)


@pass_context
def _pair(context: Context, interval: Any, reason: str | None = None) -> str:
    return (
        _missing(context, reason) if interval is None else f"{number(interval[0])} to {number(interval[1])}"
    )


@pass_context
def _p(context: Context, value: float | None, reason: str | None = None) -> str:
    if value is None:
        return _missing(context, reason)
    return "< .001" if value < 0.001 else f"{value:.3f}".removeprefix("0")


def _missing(context: Context, reason: str | None) -> str:
    marks: Missing = context["missing"]
    return marks.mark(reason)


def _range(rate: Mapping[str, Any]) -> str:
    whole = (rate["from"], rate["to"]) == (0.0, 1.0)
    return "any probability" if whole else f"{rate['from']:g} to {rate['to']:g}"
