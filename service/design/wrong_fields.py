"""Which fields of a form are marked as wrong, read from the form itself, so that no list of them can forget one."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser


@dataclass(frozen=True, slots=True)
class WrongField:
    """A field that says that it is wrong, and its label's words."""

    id: str
    label: str


def wrong_fields(form: str) -> list[WrongField]:
    """The fields of a form's HTML that are marked aria-invalid, in their order.

    >>> wrong_fields('<label for="a">Most words <span>(may be empty)</span></label><input id="a" aria-invalid="true">')
    [WrongField(id='a', label='Most words')]
    """
    reader = _Fields()
    reader.feed(form)
    return [WrongField(name, " ".join(reader.labels.get(name, name).split())) for name in reader.wrong]


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.labels: dict[str, str] = {}
        self.wrong: list[str] = []
        self._label = ""
        self._within = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A label, what stands beside its words, or a field."""
        its = dict(attrs)
        if tag == "label":
            self._label = its.get("for") or ""
        elif tag == "span":
            self._within += 1
        if its.get("aria-invalid") == "true" and its.get("id"):
            self.wrong.append(str(its["id"]))

    def handle_endtag(self, tag: str) -> None:
        """The label's end."""
        if tag == "label":
            self._label = ""
        elif tag == "span":
            self._within -= 1

    def handle_data(self, data: str) -> None:
        """Words of a label."""
        if self._label and not self._within:
            self.labels[self._label] = self.labels.get(self._label, "") + data
