"""A paragraph for a paper's methods section, made from what was in fact done."""

from __future__ import annotations

from collections.abc import Iterator

from annotations.agreement.intervals import FEW_GROUPS, FEWEST_GROUPS
from service.agreement.report import Report


def methods_paragraph(report: Report) -> str:
    """Who coded what, what was compared, by which coefficients and intervals. Every number is the report's own."""
    return " ".join(_sentences(report))


def _sentences(report: Report) -> Iterator[str]:
    facts = report.facts
    coded = facts.coded
    unit = {"turn": "turn of speech", "passage": "passage", "sentence": "sentence"}[facts.unit]
    yield (
        f"{_people(len(coded.people))} coded {_of(coded.transcripts, facts.transcripts, 'transcript')} "
        f"({_of(coded.segments, facts.segments, 'segment')}; the unit is a {unit} of a participant) with a "
        f"codebook of {_many(facts.codes, 'code')} "
        f"({', '.join(facts.frameworks)}; version {facts.codebook_version})."
    )
    if facts.joined:
        yield f"Codings wider than one segment were counted as one unit ({facts.joined} units)."
    if facts.pairs:
        yield (
            f"{_many(facts.double_coded, 'segment')} of {facts.double_coded_in_words} {_were(facts.double_coded)} coded "
            f"independently by two people or more ({_many(facts.pairs, 'pair')}); assisted and consensus codings do "
            f"not enter person–person figures."
        )
        yield (
            "Agreement is given per code as Cohen's kappa, Krippendorff's alpha and Gwet's AC1, with prevalence and with "
            "specific agreement on presence and absence; over several pairs it is the mean, weighted by units; over sets "
            "of codes it is alpha with MASI and Jaccard distances."
        )
        yield _intervals(report)
    if facts.with_model:
        yield (
            f"The model was compared prospectively: each independent review with the suggestion current when it was made, "
            f"from a version that had learnt nothing from the participant ({_many(facts.with_model, 'segment')} of "
            f"{facts.with_model_in_words} {_were(facts.with_model)} judged by two people and the model)."
        )
    out = sum(report.left_out.get("independent", {}).values())
    if facts.versions and out:
        yield f"{out:,} independent decisions on segments had no such suggestion and were left out of that comparison."
    if report.verdicts:
        yield (
            f"The model was called as good as a second coder on a code if kappa between people exceeded kappa between "
            f"model and people by less than {report.margin:.2f}, a margin set beforehand, at 2.5 % one-sided, with "
            f"Holm's correction over {_many(len(report.verdicts), 'code')}."
        )
    if report.effect.differences:
        yield (
            f"The direct effect of suggestions was estimated from {report.effect.assisted:,} assisted and "
            f"{report.effect.blind:,} randomly drawn blind reviews, within coder and model version."
        )


def _intervals(report: Report) -> str:
    by, groups = report.facts.group_by, report.facts.double_coded_groups
    alone = f" (a transcript of no {by} counts as one)" if report.facts.double_coded_alone else ""
    if groups < FEWEST_GROUPS:
        return f"No intervals are given, since fewer than {FEWEST_GROUPS} {by}s were coded by two people."
    if groups < FEW_GROUPS:
        return (
            f"Intervals (95 %) are jackknife intervals over {by}s{alone} with t of {groups - 1} degrees of freedom, "
            f"since there are fewer than {FEW_GROUPS}."
        )
    return f"Intervals (95 %) come from a bootstrap over {by}s{alone} (2,000 draws, expanded percentiles)."


def _many(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _were(n: int) -> str:
    return "was" if n == 1 else "were"


def _of(n: int, among: int, what: str) -> str:
    """ "24 transcripts", or "11 of the 19 transcripts": what nobody has read is not said to be coded."""
    return _many(n, what) if n == among else f"{n:,} of the {_many(among, what)}"


def _people(n: int) -> str:
    return "Nobody" if n == 0 else "One person" if n == 1 else f"{n} people"
