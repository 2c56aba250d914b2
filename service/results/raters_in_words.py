"""How far raters agree, as a sentence: for the terminal and for pages."""

from __future__ import annotations

from annotations.matrix.rater_agreement import RaterAgreement
from annotations.numbers_shown import counted, number, ranging, rounded_percent


def agreement_of_raters_in_words(agreement: RaterAgreement) -> str:
    """How far two raters agree, as one or two sentences."""
    pair = " and ".join(agreement.raters)
    if agreement.kappa is None:
        return f"{pair}: weighted kappa is undefined, because {agreement.reason}."
    interval = (
        f"95 % interval {ranging(agreement.interval)}{', few cases or sites' if agreement.few else ''}"
        if agreement.interval
        else f"no interval: {agreement.interval_reason}"
    )
    same = "" if agreement.same is None else f" The same value in {rounded_percent(agreement.same)}."
    mixed = " In kappa mixed stands for 0." if agreement.mixed else ""
    unlike = (
        f" {counted(agreement.unlike, 'further cell was', 'further cells were')} put on the scale by one of them only."
        if agreement.unlike
        else ""
    )
    return (
        f"{pair}: weighted kappa {number(agreement.kappa)} ({interval}) over {counted(agreement.cells, 'cell')} in "
        f"{counted(agreement.groups, 'case or site', 'cases or sites')}.{mixed}{same}{unlike}"
    )
