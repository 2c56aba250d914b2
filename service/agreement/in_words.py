"""What an agreement report says, in a few sentences and lists of codes: what a lead reads before any figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from annotations.agreement.second_coder import AS_GOOD, BELOW
from annotations.agreement.two_judges import LEAST_POSITIVES
from annotations.numbers_shown import counted, number
from service.agreement.report import Report
from service.agreement.views import CodeRow, code_rows

WELL, TALK = 0.6, 0.4
BOUNDS = (
    f"People agree well on a code where kappa (alpha, where one of them never varies) is {WELL:g} or more; a code needs "
    f"talk where it is below {TALK:g}; between the two they agree in part. A code that was given to fewer than "
    f"{LEAST_POSITIVES} segments by everybody together is not judged. The bounds are a reading aid, no test: look at the "
    f"intervals before you write about a code."
)


@dataclass(frozen=True, slots=True)
class SaidOfCode:
    """A code in a list. ``value``: the figure that put it there, in words; ``code_id``: its id in the codebook."""

    framework: str
    code: str
    code_id: str
    value: str


@dataclass(frozen=True)
class AgreementInWords:
    """The codes by what can be said of them. ``*_why_not``: why there is no list at all, "" where there is one."""

    well: tuple[SaidOfCode, ...]
    in_part: tuple[SaidOfCode, ...]
    talk: tuple[SaidOfCode, ...]
    too_rare: tuple[SaidOfCode, ...]
    people_why_not: str
    as_good: tuple[SaidOfCode, ...]
    below: tuple[SaidOfCode, ...]
    cannot_tell: tuple[SaidOfCode, ...]
    model_why_not: str
    changed: tuple[SaidOfCode, ...]
    unchanged: int
    effect_unknown: int
    effect_why_not: str


def in_words(report: Report) -> AgreementInWords:
    """The report in words."""
    rows = [row for row in code_rows(report) if not row.family and row.people]
    judged = [row for row in rows if _enough(row) and _value(row) is not None]
    by_value = sorted(judged, key=lambda row: _value(row) or 0.0)
    verdicts = report.verdicts
    effects = report.effect_by_code
    return AgreementInWords(
        well=tuple(_said(row) for row in reversed(by_value) if _of(row) >= WELL),
        in_part=tuple(_said(row) for row in by_value if TALK <= _of(row) < WELL),
        talk=tuple(_said(row) for row in by_value if _of(row) < TALK),
        too_rare=tuple(_said(row) for row in rows if row not in judged),
        people_why_not="" if rows else _why_no_people(report),
        as_good=tuple(_verdicts(report, AS_GOOD)),
        below=tuple(_verdicts(report, BELOW)),
        cannot_tell=tuple(_verdicts(report, "cannot tell")),
        model_why_not=""
        if verdicts
        else "No segment was judged by two people independently and by a model that had not learnt from that participant.",
        changed=tuple(
            SaidOfCode(
                effect.framework,
                effect.code,
                effect.code_id,
                f"{100 * (effect.assisted or 0):.0f} in 100 with suggestions, {100 * (effect.blind or 0):.0f} without",
            )
            for effect in effects
            if effect.changed
        ),
        unchanged=sum(effect.changed is False for effect in effects),
        effect_unknown=sum(effect.changed is None for effect in effects),
        effect_why_not="" if effects else _why_no_effect(report),
    )


def framework_only(report: Report, framework: str) -> Report:
    """The report with the codes of one framework alone; what is over all codes stays. Empty: the whole report."""
    if not framework:
        return report
    return replace(
        report,
        figures=tuple(figure for figure in report.figures if figure.framework in ("", framework)),
        verdicts=tuple(verdict for verdict in report.verdicts if verdict.column.framework == framework),
        effect_by_code=tuple(effect for effect in report.effect_by_code if effect.framework == framework),
    )


def sentences(said: AgreementInWords) -> Iterator[str]:
    """The gist, a sentence each."""
    if said.people_why_not:
        yield said.people_why_not
    else:
        judged = len(said.well) + len(said.in_part) + len(said.talk)
        yield f"People agree well on {len(said.well)} of {counted(judged, 'code')} that can be judged."
        if said.talk:
            many = len(said.talk)
            yield f"{many} {'needs' if many == 1 else 'need'} talk: {_named(said.talk)}."
    if not said.model_why_not:
        yield _of_the_model(len(said.as_good), len(said.below), len(said.cannot_tell))
    if not said.effect_why_not:
        unknown = f", and of {said.effect_unknown} it cannot be told" if said.effect_unknown else ""
        if said.changed:
            codes = counted(len(said.changed), "code")
            yield (
                f"Suggestions changed how often coders chose {codes}: {_named(said.changed)}. "
                f"Of {said.unchanged or 'no'} others no change was shown{unknown}."
            )
        else:
            yield (
                f"That suggestions change how often coders choose a code was not shown of any "
                f"({counted(said.unchanged, 'code')} looked at{unknown})."
            )


def _of_the_model(as_good: int, below: int, unknown: int) -> str:
    """On how many codes the model holds up, beside those of which nobody knows yet."""
    if not as_good and not below:
        looked = f"{counted(unknown, 'code was', 'codes were')} looked at"
        return f"It cannot be told yet whether the model is as good as a second coder: {looked}."
    rest = f"; of {unknown:,} it cannot be told yet" if unknown else ""
    return (
        f"The model is as good as a second coder on {counted(as_good, 'code') if as_good else 'no code'}, below one on "
        f"{counted(below, 'code') if below else 'none'}{rest}."
    )


def _named(codes: Sequence[SaidOfCode], most: int = 6) -> str:
    more = f" and {len(codes) - most} more" if len(codes) > most else ""
    return ", ".join(code.code for code in codes[:most]) + more


def _enough(row: CodeRow) -> bool:
    figure = row.kappa_or_alpha[1]
    return figure is not None and (figure.prevalence or 0.0) * figure.units >= LEAST_POSITIVES


def _value(row: CodeRow) -> float | None:
    figure = row.kappa_or_alpha[1]
    return None if figure is None else figure.value


def _of(row: CodeRow) -> float:
    value = _value(row)
    return -1.0 if value is None else value


def _said(row: CodeRow) -> SaidOfCode:
    coefficient, figure = row.kappa_or_alpha
    sign = "α" if coefficient == "alpha" else "κ"
    value = (
        "" if figure is None or figure.value is None else f"{sign}\N{NO-BREAK SPACE}{number(figure.value)}"
    )
    return SaidOfCode(row.framework, row.code, _id_of(row), value)


def _id_of(row: CodeRow) -> str:
    figure = next(iter(row.people.values()), row.model)
    return "" if figure is None else figure.code_id


def _verdicts(report: Report, wanted: str) -> Iterator[SaidOfCode]:
    for verdict in report.verdicts:
        if verdict.verdict == wanted:
            why = verdict.reason or (
                f"about {counted(verdict.more, 'more participant')}" if verdict.more else ""
            )
            delta = "" if verdict.delta is None else f"Δ {number(verdict.delta)}"
            column = verdict.column
            yield SaidOfCode(column.framework, column.code, column.code_id, why or delta)


def _why_no_people(report: Report) -> str:
    facts = report.facts
    if len(facts.coders) < 2:
        who = facts.coders[0] if facts.coders else "nobody"
        return (
            f"There is nothing to compare yet: {who} {'alone has' if facts.coders else 'has'} coded independently. Give "
            f"some passages to two people (hand out, with a part for two)."
        )
    return "There is nothing to compare yet: no segment was judged independently by two people."


def _why_no_effect(report: Report) -> str:
    why = report.effect.reason
    return f"Whether suggestions change what coders choose cannot be told: {why}." if why else ""
