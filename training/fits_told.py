"""How far a cross-validation is: so many of so many models, and within one where an encoder is tuned."""

from __future__ import annotations

from typing import TypeVar

from annotations.progress import Progress

_PARTS = 100
Result = TypeVar("Result")


class FitsTold:
    """Says after each fit how many are done, and within one where an encoder is tuned, which takes long."""

    def __init__(self, progress: Progress | None, *, tuned: bool) -> None:
        self.progress, self.total, self.done = progress, 1, 0
        # with an encoder the model of all rows is worth a step of its own
        self.last, self.parts = (1, _PARTS) if tuned else (0, 1)

    def after(self, result: Result) -> Result:
        """The result, after saying that one more is there."""
        self.done += 1
        self._say(0)
        return result

    def within(self, done: int, total: int) -> None:
        """How far the present fit is."""
        self._say(self.parts * done // max(total, 1))

    def _say(self, part: int) -> None:
        if self.progress:
            self.progress(self.done * self.parts + part, (self.total + self.last) * self.parts)
