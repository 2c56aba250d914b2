"""How far raters agree, as a sentence: for the terminal and for pages."""

from __future__ import annotations

from annotations.matrix.rater_agreement import RaterAgreement
from annotations.numbers_shown import counted, number, ranging


def agreement_of_raters_in_words(one: RaterAgreement) -> str:
    """How far two raters agree, as one or two sentences."""
    pair = " and ".join(one.raters)
    if one.kappa is None:
        return f"{pair}: weighted kappa is undefined, because {one.reason}."
    interval = (
        f"95 % interval {ranging(one.interval)}{', few cases or sites' if one.few else ''}"
        if one.interval
        else f"no interval: {one.interval_reason}"
    )
    same = "" if one.same is None else f" The same value in {one.same:.0%}."
    unlike = (
        f" {counted(one.unlike, 'further cell was', 'further cells were')} put on the scale by one of them only."
        if one.unlike
        else ""
    )
    return (
        f"{pair}: weighted kappa {number(one.kappa)} ({interval}) over {counted(one.cells, 'cell')} in "
        f"{counted(one.groups, 'case or site', 'cases or sites')}.{same}{unlike}"
    )
