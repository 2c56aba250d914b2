"""tandem agreement: how far people agree, with each other and with the model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from service.cli.options import JsonOption, StudyOption, WaveOption, chosen
from service.cli.output import as_json, say, table, warn

if TYPE_CHECKING:
    from service.agreeing import Report
    from service.agreement_views import Side

NAME = "agreement"


def command(
    wave: WaveOption = None,
    case: Annotated[
        str | None, typer.Option("--case", metavar="C", help="Only transcripts of this case.")
    ] = None,
    site: Annotated[
        str | None, typer.Option("--site", metavar="S", help="Only transcripts of this site.")
    ] = None,
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
    from service.agreeing import Asked, agree
    from service.agreement_files import to_json, write_csv, write_html, write_xlsx
    from service.parts import open_parts

    if group_by not in get_args(GroupBy):
        raise BadInput(f'--group-by "{group_by}" is not known; it is one of {", ".join(get_args(GroupBy))}.')
    if with_quotes and html is None:
        raise BadInput("--with-quotes belongs to --html FILE: quotes stand on the page alone. Give both.")
    with open_parts(chosen(study)) as parts:
        report = agree(parts, Asked(wave, case, site, group_by))  # type: ignore[arg-type]
        if csv is not None:
            write_csv(report, csv)
        if xlsx is not None:
            write_xlsx(report, xlsx)
        if html is not None:
            write_html(parts, report, html, with_quotes=with_quotes)
    if json:
        as_json(to_json(report))
        return
    _show(report)
    written = [str(file) for file in (csv, xlsx, html) if file is not None]
    if written:
        say(f"Written: {', '.join(written)}")


def _show(report: Report) -> None:
    from service.agreement_views import left_out, overview, warnings

    facts = report.facts
    say(
        f"{report.study}: {facts['segments']:,} segments of {facts['transcripts']} transcripts, "
        f"{facts['groups']} {facts['group_by']}s; {facts['double_coded']:,} segments judged by two people.",
        "",
    )
    sides = overview(report)
    table("", _SIDES, [_side(side) for side in sides if side.units], numbers=5)
    for side in sides:
        if side.reason:
            say(f"{side.who.capitalize()}: no figure, because {side.reason}.")
    _show_same(report)
    _show_codes(report)
    _show_effect(report)
    _show_next(report)
    say("", *warnings(report))
    warn(*left_out(report), *(f"{note}." for note in report.notes))


_SIDES = (
    "",
    "reviews",
    "segments",
    "coded at all: κ",
    "which codes, where both coded: F1",
    "κ, mean of codes",
    "participants",
)


def _side(side: Side) -> tuple[Any, ...]:
    from service.agreement_views import with_interval

    return (
        side.who,
        side.condition,
        side.units,
        with_interval(side.spotting),
        with_interval(side.labelling),
        with_interval(side.mean),
        side.groups,
    )


def _show_same(report: Report) -> None:
    from service.agreement_views import same_segments, with_interval

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


def _show_codes(report: Report) -> None:
    from annotations.agreement.verdict import rule
    from service.agreement_views import code_rows, number, with_interval

    rows = []
    codes = code_rows(report)
    several = len({row.framework for row in codes}) > 1
    for row in codes:
        its = row.people
        kappa = its.get("kappa")
        rows.append(
            (
                *([row.framework] if several else []),
                f"{row.code} (with all below)" if row.family else row.code,
                _verdict(row.verdict),
                "–" if kappa is None or kappa.prevalence is None else f"{100 * kappa.prevalence:.0f} %",
                with_interval(kappa),
                number(_value(its.get("positive"))),
                number(_value(its.get("negative"))),
                number(_value(its.get("percent"))),
                number(_value(its.get("ac1"))),
                with_interval(row.model),
            )
        )
    if not rows:
        return
    say("", "Code by code (people with each other; last column: the model with people):")
    head = ("code", "model as a second coder", "coded", "κ people", "pos.", "neg.", "alike", "AC1", "κ model")
    table("", (*(["framework"] if several else []), *head), rows, numbers=7)
    if report.verdicts:
        say("", f"Rule: {rule(report.margin)}")


def _verdict(verdict: Any) -> str:
    if verdict is None:
        return ""
    more = verdict["more_participants"]
    return f"{verdict['verdict']}: about {more} more participants" if more else str(verdict["verdict"])


def _value(figure: Any) -> float | None:
    return None if figure is None else figure.value


def _show_effect(report: Report) -> None:
    from service.agreement_views import number

    effect = report.effect
    say("", "Are suggestions swaying us?")
    if not effect.differences:
        say(f"No figure: {effect.reason}.", *(f"  {one}" for one in effect.left_out))
        return
    rows = [
        (
            one.measure,
            number(one.assisted),
            number(one.blind),
            number(one.difference),
            "–" if one.interval is None else f"{number(one.interval[0])} to {number(one.interval[1])}",
        )
        for one in effect.differences
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
            one["transcript"],
            one["segments"],
            ", ".join(one["coded_by"]) or "nobody yet",
            ", ".join(one["codes"]),
        )
        for one in report.double_code[:5]
    ]
    table("", ("transcript", "segments", "coded by", "helps most with"), rows)
