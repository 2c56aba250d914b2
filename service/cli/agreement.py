"""tandem agreement: how far people agree, with each other and with the model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, WaveOption, WhereOption, chosen
from service.cli.output import as_json, progress, say, table, warn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annotations.agreement.coefficient import Agreement
    from service.agreement.report import Report
    from service.agreement.views import CodeRow, ComparisonView

NAME = "agreement"
MOST_PAIRS = 10


def command(
    wave: WaveOption = None,
    case: Annotated[
        str | None, typer.Option("--case", metavar="C", help="Only transcripts of this case.")
    ] = None,
    site: Annotated[
        str | None, typer.Option("--site", metavar="S", help="Only transcripts of this site.")
    ] = None,
    where: WhereOption = None,
    group_by: Annotated[
        str, typer.Option("--group-by", help="What is drawn again: participant, transcript, site or case.")
    ] = "participant",
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write every figure as CSV.")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE", help="Write every figure as an Excel workbook.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write one page that opens offline, with plots."),
    ] = None,
    with_quotes: Annotated[
        bool,
        typer.Option(
            "--with-quotes", help="Put disagreements with their words on the page, where consent allows."
        ),
    ] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Show how far people agree with each other and with the model, code by code, with intervals."""
    from annotations.errors import BadInput
    from annotations.groups import GroupBy
    from service.agreement.report import ReportScope, agree
    from service.agreement.report_files import to_json, write_csv, write_html, write_xlsx
    from service.audit import Did
    from service.composition import open_parts

    if group_by not in get_args(GroupBy):
        raise BadInput(f'--group-by "{group_by}" is not known; it is one of {", ".join(get_args(GroupBy))}.')
    if with_quotes and html is None:
        raise BadInput("--with-quotes belongs to --html FILE: quotes stand on the page alone. Give both.")
    with open_parts(chosen(study)) as parts:
        with progress("Measuring"):
            report = agree(parts, ReportScope(wave, case, site, group_by, tuple(where or ())))  # type: ignore[arg-type]
        if csv is not None:
            write_csv(report, csv)
        if xlsx is not None:
            write_xlsx(report, xlsx)
        if html is not None:
            write_html(parts, report, html, with_quotes=with_quotes)
        for made in (csv, xlsx, html):
            if made is not None:
                note(parts, Did.EXPORTED, made.name, kind="agreement", quotes=with_quotes)
    if json:
        as_json(to_json(report))
        return
    _show(report)
    written = [str(file) for file in (csv, xlsx, html) if file is not None]
    if written:
        say(f"Written: {', '.join(written)}")


def _show(report: Report) -> None:
    from annotations.numbers_shown import counted, number
    from service.agreement.views import by_group, left_out, overview, warnings

    facts = report.facts
    say(
        f"{report.study}: {counted(facts.segments, 'segment')} of {counted(facts.transcripts, 'transcript')}, "
        f"of which people have read {facts.coded.transcripts:,} and {facts.coded.segments:,}; "
        f"{facts.groups_in_words}; {counted(facts.double_coded, 'segment')} judged by two people.",
        "",
    )
    sides = overview(report)
    shown = [side for side in sides if side.units]
    pairs = [side for side in shown if side.comparison == "person and person"][MOST_PAIRS:]
    if shown:
        table("", _SIDES, [_side(side) for side in shown if side not in pairs], numbers=4)
        say(
            *_reasons(
                (side.who, figure) for side in shown for figure in (side.spotting, side.labelling, side.mean)
            )
        )
    if pairs:
        say(f"and {len(pairs)} more pairs of people: see --csv, --xlsx, --html or --json.")
    say(*_everybody(report))
    say(*[side.why for side in sides if side.reason][:MOST_PAIRS])
    _show_same(report)
    _show_frameworks(report)
    _show_codes(report)
    _show_effect(report)
    _show_next(report)
    say("", *warnings(report))
    for name, values in by_group(report)[:MOST_PAIRS]:
        said = "; ".join(f"{group} {number(value)}" for group, value in values.items())
        say(f"  κ of each {facts.group_by} ({name}): {said}")
    warn(*left_out(report), *(f"{note}." for note in report.notes))


_SIDES = ("κ, F1 (95 %)", "segments", "coded at all\nκ", "which codes\nF1", "mean of codes\nκ")


def _side(side: ComparisonView) -> tuple[Any, ...]:
    who = (
        side.who
        if side.condition in ("independent", "repeat", "derived")
        else f"{side.who}, {side.condition}"
    )
    return (who, side.units, _short(side.spotting), _short(side.labelling), _short(side.mean))


def _everybody(report: Report) -> list[str]:
    from service.agreement.views import everybody

    names = {"all": "coded at all, α", "sets of codes": "sets of codes, α with MASI"}
    figures = [f"{names[figure.level]} {_short(figure)}" for figure in everybody(report)]
    return [f"All {len(report.facts.coders)} people together: {'; '.join(figures)}"] if figures else []


def _short(figure: Agreement | None) -> str:
    """A value with its interval in little room: .77 (.69–.85)*."""
    from annotations.numbers_shown import number

    def bare(value: float) -> str:
        return number(value).replace("0.", ".", 1)

    if figure is None or figure.value is None:
        return "–"
    if figure.interval is None:
        return bare(figure.value)
    low, high = map(bare, figure.interval)
    # a dash would be read as a second minus
    apart = " to " if "−" in low + high else "–"
    return f"{bare(figure.value)} ({low}{apart}{high}){'*' * figure.few_transcripts}"


def _show_same(report: Report) -> None:
    from service.agreement.views import same_segments, with_interval

    both = same_segments(report)
    if both is None:
        return
    people, model = both
    say("", f"The same {people.units} segments, judged by two people and by the model:")
    rows = [
        ("coded at all: κ", with_interval(people.spotting), with_interval(model.spotting)),
        (
            "which codes, where both coded: F1",
            with_interval(people.labelling),
            with_interval(model.labelling),
        ),
        ("κ, mean of codes", with_interval(people.mean), with_interval(model.mean)),
    ]
    table("", ("", "person and person", "model and person"), rows, numbers=2)


def _show_frameworks(report: Report) -> None:
    from service.agreement.views import by_framework

    rows = [(name, *(_short(figure) for figure in figures)) for name, *figures in by_framework(report)]
    if rows:
        say("", "By framework, people with each other:")
        table("", ("", "coded at all\nκ", "mean of codes\nκ", "sets of codes\nα, MASI"), rows, numbers=3)


def _show_codes(report: Report) -> None:
    from service.agreement.views import code_rows

    codes = code_rows(report)
    if not codes:
        return
    say("", "Code by code, people with each other (pos., neg.: agreement on what is coded and what is not):")
    frameworks = list(dict.fromkeys(row.framework for row in codes))
    for framework in frameworks:
        if len(frameworks) > 1:
            say("", framework)
        _code_table([row for row in codes if row.framework == framework])
    _show_model(codes)
    _show_verdicts(report, several=len(frameworks) > 1)


def _code_table(codes: Sequence[CodeRow]) -> None:
    from service.agreement.views import value_of

    rows = [
        (
            f"{row.code}, with all below" if row.family else row.code,
            "–" if row.prevalence is None else f"{100 * row.prevalence:.0f}",
            _kappa_or_alpha(row),
            *(
                value_of(row.of(name)).removeprefix("0")
                for name in ("positive", "negative", "percent", "ac1")
            ),
        )
        for row in codes
    ]
    table("", ("code", "% coded", "κ people", "pos.", "neg.", "alike", "AC1"), rows, numbers=6)
    say(*_reasons((row.code, row.kappa_or_alpha[1]) for row in codes))


def _reasons(figures: Iterable[tuple[str, Agreement | None]]) -> list[str]:
    """Why figures are missing: a line for each reason, with whose they are."""
    why: dict[str, list[str]] = {}
    for name, figure in figures:
        if figure is not None and figure.value is None:
            why.setdefault(figure.reason or "it cannot be computed", []).append(name)
    lines = []
    for reason, names in why.items():
        several = list(dict.fromkeys(names))
        shown = ", ".join(several[:8]) + (f" and {len(several) - 8} more" if len(several) > 8 else "")
        lines.append(f"– for {shown}: {reason}.")
    return lines


def _show_model(codes: Sequence[CodeRow]) -> None:
    """Kappa of the model beside people's on the same segments; alone where there are none."""
    known = [row for row in codes if row.model is not None and row.model.value is not None]
    if not known:
        return
    several = len({row.framework for row in known}) > 1
    matched = any(row.matched is not None for row in known)
    said = (
        "the same segments" if matched else "segments that one person judged; not to be set beside people's"
    )
    say("", f"Model and people, code by code, on {said}:")
    rows = [
        (
            f"{row.framework}: {row.code}" if several else row.code,
            row.model.units if row.model else 0,
            *([_short(row.matched)] if matched else []),
            _short(row.model),
        )
        for row in known
        if not row.family
    ]
    head = ("code", "segments", *(["κ people"] if matched else []), "κ model")
    table("", head, rows, numbers=len(head) - 1)


def _kappa_or_alpha(row: CodeRow) -> str:
    coefficient, figure = row.kappa_or_alpha
    return f"α {_short(figure)}" if coefficient == "alpha" else _short(figure)


def _show_verdicts(report: Report, *, several: bool) -> None:
    from annotations.agreement.second_coder import rule
    from annotations.numbers_shown import number
    from service.agreement.views import interval_of

    if not report.verdicts:
        return
    say("", "Is the model as good as a second coder?")
    rows = [
        (
            f"{verdict_json['framework']}: {verdict_json['code']}" if several else verdict_json["code"],
            _verdict(verdict_json),
            number(verdict_json["delta"]),
            interval_of(verdict_json["interval_unadjusted"], few=verdict_json["few_transcripts"]),
        )
        for verdict_json in (verdict.to_json() for verdict in report.verdicts)
    ]
    table("", ("code", "verdict", "Δ", "95 %, exploratory"), rows, numbers=2)
    say(f"Rule: {rule(report.margin)}")


def _verdict(verdict: Mapping[str, Any]) -> str:
    if verdict["reason"]:
        return f"{verdict['verdict']}: {verdict['reason']}"
    more = verdict["more_participants"]
    return f"{verdict['verdict']}: about {more} more participants" if more else str(verdict["verdict"])


def _show_effect(report: Report) -> None:
    from annotations.numbers_shown import number
    from service.agreement.views import interval_of

    effect = report.effect
    say("", "Are suggestions swaying us?")
    if not effect.differences:
        say(f"No figure: {effect.reason}.", *(f"  {effect_left_out}" for effect_left_out in effect.left_out))
        return
    rows = [
        (
            difference.measure,
            number(difference.assisted),
            number(difference.blind),
            number(difference.difference),
            interval_of(difference.interval, few=difference.few_transcripts),
        )
        for difference in effect.differences
    ]
    head = (
        f"{effect.assisted} assisted, {effect.blind} blind reviews",
        "assisted",
        "blind",
        "difference",
        "95 %",
    )
    table("", head, rows, numbers=4)
    say(effect.to_json()["kind"])


def _show_next(report: Report) -> None:
    if not report.double_code:
        return
    say("", "To narrow the intervals most, give these to a second coder:")
    rows = [
        (
            candidate["transcript"],
            candidate["segments"],
            ", ".join(candidate["coded_by"]) or "nobody yet",
            ", ".join(candidate["codes"]),
        )
        for candidate in report.double_code[:5]
    ]
    table("", ("transcript", "segments", "coded by", "helps most with"), rows)
