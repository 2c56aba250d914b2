"""Days to inches, and which years are written above."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from annotations.timeline.when import When

_MOST_LABELS = 7
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)  # years
_PAD = 0.1  # inches at both ends, for what has no start or end


@dataclass(frozen=True, slots=True)
class TimeScale:
    """``first`` stands at ``left`` inches, ``last`` at ``right``."""

    first: date
    last: date
    left: float
    right: float

    @classmethod
    def over(cls, moments: Sequence[When], column: tuple[float, float]) -> TimeScale:
        """The scale on which all of these have room: whole years, or months where all happened within one."""
        first, last = min(moment.first for moment in moments), max(moment.last for moment in moments)
        if (last - first).days > 400:
            first, last = date(first.year, 1, 1), date(last.year, 12, 31)
        else:
            first = first.replace(day=1)
            last = max(last, first + timedelta(days=60))
        return cls(first, last, column[0] + _PAD, column[1] - _PAD)

    def at(self, day: date) -> float:
        """Where a day stands."""
        share = (day - self.first).days / (self.last - self.first).days
        return self.left + share * (self.right - self.left)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Where years, or months, are written."""
        years = self.last.year - self.first.year + 1
        if (self.last - self.first).days <= 400:
            yield from self._months()
            return
        step = next((step_tried for step_tried in _STEPS if years / step_tried <= _MOST_LABELS), _STEPS[-1])
        for year in range(self.first.year, self.last.year + 1):
            if year % step == 0:
                yield self.at(date(year, 1, 1)), str(year)

    def _months(self) -> Iterator[tuple[float, str]]:
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        step = next(
            months_tried
            for months_tried in (1, 2, 3, 6, 12)
            if months / months_tried <= 5 or months_tried == 12
        )
        for number in range(0, months, step):
            year, month = divmod(self.first.month - 1 + number, 12)
            day = date(self.first.year + year, month + 1, 1)
            yield self.at(day), day.strftime("%Y-%m")
