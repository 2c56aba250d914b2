"""What somebody asks of a result in fields: of a form, an address, or a job. The words are those of the commands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from annotations.errors import BadInput
from annotations.patterns.saturation import BASE, RUN, THRESHOLD
from service.agreement.report import ReportScope
from service.results.named_results import ResultAsked
from service.results.study_findings import WantedFindings

# what says of which part of the study, and how it is laid out; every result takes these
PART = ("columns", "and", "level", "wave", "case", "site", "where")
OWN = ("role", "framework", "with", "base", "run", "threshold")
Fields = Mapping[str, Sequence[str]]
_HIGHEST_LEVEL = 9


def plain_fields(fields: Mapping[str, Iterable[str]], names: Iterable[str]) -> dict[str, list[str]]:
    """What is said in fields of these names, in one order, so that two who ask the same ask it in the same words."""
    shown = {name: [value.strip()[:200] for value in fields.get(name, ()) if value.strip()] for name in names}
    return {name: sorted(set(values)) for name, values in shown.items() if values}


def only(fields: Fields, name: str) -> str | None:
    """What a field says, None where it says nothing. Raises BadInput where it says several things."""
    values_given = fields.get(name, ())
    if len(values_given) > 1:
        raise BadInput(f"this takes one {name}; {len(values_given)} are given. Choose one, or none for all.")
    return values_given[0] if values_given else None


def result_asked(fields: Fields) -> ResultAsked:
    """What is asked of a result. Raises BadInput for what cannot be meant."""
    wanted = WantedFindings(
        columns_in(fields), level_in(fields), among_in(fields), where_in(fields), only(fields, "role")
    )
    return ResultAsked(
        wanted,
        only(fields, "framework"),
        only(fields, "with"),
        _count(fields, "base", BASE),
        _count(fields, "run", RUN),
        _share(fields),
    )


def columns_in(fields: Fields) -> tuple[str, ...]:
    """What the columns stand for: one thing, or two crossed."""
    crossed = only(fields, "and")
    return (only(fields, "columns") or "case", *((crossed,) if crossed else ()))


def level_in(fields: Fields) -> int | None:
    """The level of the rows, None for codes as applied. Raises BadInput."""
    given = only(fields, "level")
    if given is None:
        return None
    if not (re.fullmatch("[0-9]", given) and 0 < int(given) <= _HIGHEST_LEVEL):
        raise BadInput(f'a level counts from 1, the top of each framework; "{given}" was given.')
    return int(given)


def among_in(fields: Fields) -> ReportScope:
    """The wave, case and site."""
    return ReportScope(only(fields, "wave"), only(fields, "case"), only(fields, "site"))


def where_in(fields: Fields) -> tuple[str, ...]:
    """The attributes that must hold: of several values of one attribute, any."""
    condition: dict[str, list[str]] = {}
    for wanted in fields.get("where", ()):
        name, sign, value = wanted.partition("=")
        condition.setdefault(name if sign else wanted, []).append(value if sign else "")
    return tuple(f"{name}={';'.join(values)}" if any(values) else name for name, values in condition.items())


def _count(fields: Fields, name: str, usual: int) -> int:
    given = only(fields, name)
    if given is None:
        return usual
    if not re.fullmatch("-?[0-9]{1,6}", given):
        raise BadInput(f'the {name} is a number of interviews, such as {usual}; "{given}" was given.')
    return int(given)


def _share(fields: Fields) -> float:
    given = only(fields, "threshold")
    if given is None:
        return THRESHOLD
    try:
        return float(given.replace(",", "."))
    except ValueError:
        raise BadInput(f'the threshold is a share, such as {THRESHOLD}; "{given}" was given.') from None
