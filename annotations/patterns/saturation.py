"""When interviews stopped bringing new codes: over the order of the interviews of a case.

Beside the plain counts the method of Guest, Namey and Chen (2020, PLoS ONE 15(5):e0232076): the codes of the first
interviews (the base, 4 unless said otherwise) are what new ones are compared with. Of each further run of interviews (2,
each run beginning one interview later) the codes that are new, divided by the codes of the base, are the new information.
Where it comes to no more than a threshold (5 %), saturation was reached before the run, which confirmed it: "6 + 2" is six
interviews and a run of two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotations.numbers_shown import percent

BASE, RUN, THRESHOLD = 4, 2, 0.05


@dataclass(frozen=True, slots=True)
class Interviewed:
    """An interview with the codes found in it; ``informant``: who speaks."""

    name: str
    informant: str
    date: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class SaturationStep:
    """What an interview added. ``known``: codes by then; ``run_new``: codes that the run ending here brought.

    ``new_information``: their share of the base's codes; both None until there is a run after the base.
    """

    number: int
    interview: Interviewed
    new: tuple[str, ...]
    known: int
    run_new: int | None
    new_information: float | None


@dataclass(frozen=True)
class Saturation:
    """The interviews of one case in their order. ``at``: after how many of them saturation was reached, None if it was not.

    ``informants``: of each code how many informants had spoken of it after each interview. ``base_codes``: None where
    fewer interviews than the base were read.
    """

    column: str
    steps: tuple[SaturationStep, ...]
    informants: dict[str, tuple[int, ...]]
    base: int
    run: int
    threshold: float
    base_codes: int | None
    at: int | None
    reason: str | None

    @property
    def said(self) -> str:
        """The result as the method writes it: "6 + 2", or why there is none."""
        return f"{self.at} + {self.run}" if self.at is not None else self.reason or ""


def saturation(
    column: str,
    interviews: Sequence[Interviewed],
    *,
    base: int = BASE,
    run: int = RUN,
    threshold: float = THRESHOLD,
) -> Saturation:
    """When these interviews of one case stopped bringing new codes, by the method that the module describes.

    ``interviews``: in the order in which they were made; ``base``, ``run``: numbers of interviews; ``threshold``: the
    largest share of new codes that still counts as none.
    """
    seen: set[str] = set()
    steps: list[SaturationStep] = []
    base_codes: int | None = None
    for number, interview in enumerate(interviews, start=1):
        new = interview.codes - seen
        seen |= new
        if number == base:
            base_codes = len(seen)
        run_new = share = None
        if number >= base + run:
            run_new = sum(len(step.new) for step in steps[number - run :]) + len(new)
            share = run_new / base_codes if base_codes else None
        steps.append(SaturationStep(number, interview, tuple(sorted(new)), len(seen), run_new, share))
    at = next(
        (s.number - run for s in steps if s.new_information is not None and s.new_information <= threshold),
        None,
    )
    return Saturation(
        column,
        tuple(steps),
        _informants(interviews),
        base,
        run,
        threshold,
        base_codes,
        at,
        None if at is not None else _why_not(len(interviews), base, run, threshold, base_codes),
    )


def _informants(interviews: Sequence[Interviewed]) -> dict[str, tuple[int, ...]]:
    who: dict[str, set[str]] = {code: set() for interview in interviews for code in sorted(interview.codes)}
    counts: dict[str, list[int]] = {code: [] for code in who}
    for interview in interviews:
        for code, its in who.items():
            if code in interview.codes:
                its.add(interview.informant)
            counts[code].append(len(its))
    return {code: tuple(its) for code, its in counts.items()}


def _why_not(interviews: int, base: int, run: int, threshold: float, base_codes: int | None) -> str:
    if interviews < base + run:
        return (
            f"cannot tell: it takes {base + run} interviews (a base of {base} and a run of {run}), and "
            f"{interviews} {'was' if interviews == 1 else 'were'} read"
        )
    if not base_codes:
        first = "the first interview carries" if base == 1 else f"the first {base} interviews carry"
        return f"cannot tell: {first} no code"
    return f"not reached: no run of {run} brought {percent(threshold)} or less new codes"
