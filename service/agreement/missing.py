"""Why figures are missing from a page: a mark where each would stand, and the reasons below the table."""

from __future__ import annotations

from markupsafe import Markup

UNSAID = "it cannot be computed from these reviews"


class Missing:
    """The reasons of one page, numbered in the order in which a reader meets them."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._here: set[int] = set()

    def mark(self, reason: str | None) -> Markup:
        """What stands in place of a figure that is missing for this reason."""
        said = (reason or UNSAID).strip().rstrip(".")
        number = self._numbers.setdefault(said, len(self._numbers) + 1)
        self._here.add(number)
        return Markup("none&nbsp;<sup>{}</sup>").format(number)

    def told(self) -> list[tuple[int, str]]:
        """The numbers and reasons of the marks that were made since this was last asked."""
        told = [(number, said) for said, number in self._numbers.items() if number in self._here]
        self._here.clear()
        return told
