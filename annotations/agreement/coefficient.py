"""A figure of agreement, as it is reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from annotations.agreement.intervals import Interval


@dataclass(frozen=True)
class Agreement:
    """A coefficient: its value, or the reason why it is undefined; its interval, or the reason why there is none.

    ``units``: segments; ``groups``: participants. ``prevalence``: the mean share of positives of both sides,
    without which kappa cannot be read. ``by_group``: values per group, where there are too few for an interval.
    ``level``: "all", "framework", "family" (a code with all below it), "code", or what is compared over several of
    them. ``where``: the case, site or wave, if not all.

    >>> alone = Agreement("kappa", None, units=40, groups=3, reason="neither coder ever applied the code")
    >>> alone.to_json()["value"] is None, alone.reason
    (True, 'neither coder ever applied the code')
    """

    coefficient: str
    value: float | None
    units: int
    groups: int
    reason: str | None = None
    interval: Interval | None = None
    interval_reason: str | None = None
    few_transcripts: bool = False
    prevalence: float | None = None
    by_group: Mapping[str, float | None] = field(default_factory=dict)
    coders: tuple[str, ...] = ()
    framework: str = ""
    code: str = ""
    code_id: str = ""
    level: str = "code"
    condition: str = "independent"
    comparison: str = "people"
    where: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As plain data, in the words of DESIGN's ``agreement --json``."""
        a, b = (*self.coders, "", "")[:2]
        return {
            "a": a,
            "b": b,
            "framework": self.framework,
            "code": self.code,
            "condition": self.condition,
            "coefficient": self.coefficient,
            "value": self.value,
            "interval": None if self.interval is None else list(self.interval),
            "units": self.units,
            "groups": self.groups,
            "reason": self.reason,
            "interval_reason": self.interval_reason,
            "few_transcripts": self.few_transcripts,
            "prevalence": self.prevalence,
            "by_group": dict(self.by_group),
            "code_id": self.code_id,
            "level": self.level,
            "comparison": self.comparison,
            "coders": list(self.coders),
            "where": dict(self.where),
        }
