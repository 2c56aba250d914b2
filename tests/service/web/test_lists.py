"""A list shows what its address asks for, and can be taken along as it is asked for."""

from __future__ import annotations

import io
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from service.web.lists import ListColumn, ShownList, asked_of


@dataclass(frozen=True)
class _Fruit:
    name: str
    kind: str
    weight: int | None


FRUITS = (
    _Fruit("Äpple", "pome", 150),
    _Fruit("quince", "pome", None),
    _Fruit("=1+1", "stone", 20),
    _Fruit("plum", "stone", 30),
)
COLUMNS = (
    ListColumn[_Fruit]("name", "Name", lambda one: one.name, address=lambda one: f"/fruits/{one.name}"),
    ListColumn[_Fruit]("kind", "Kind", lambda one: one.kind, choice=True),
    ListColumn[_Fruit]("weight", "Weight", lambda one: one.weight),
)


def _shown(query: dict[str, str], **more: object) -> ShownList[_Fruit]:
    return ShownList(FRUITS, COLUMNS, asked_of(query), path="/fruits", noun="fruit", **more)  # type: ignore[arg-type]


def _names(shown: ShownList[_Fruit]) -> list[str]:
    return [row.name for row in shown.on_page]


def test_words_are_found_in_any_case_and_in_every_column() -> None:
    """All of the words must be there, wherever in the row."""
    assert _names(_shown({"q": "äPPLE"})) == ["Äpple"]
    assert _names(_shown({"q": "stone 30"})) == ["plum"]
    assert _shown({"q": "nothing"}).empty == "No fruit fits what you asked for."
    assert _shown({"q": "pome"}).found_in_words == "2 of 4 fruits"


def test_a_row_without_a_value_stands_last_whichever_way_it_is_sorted() -> None:
    """Numbers are sorted as numbers."""
    assert _names(_shown({"sort": "weight"})) == ["=1+1", "plum", "Äpple", "quince"]
    assert _names(_shown({"sort": "-weight"})) == ["Äpple", "plum", "=1+1", "quince"]


def test_every_link_keeps_what_was_asked() -> None:
    """A filter, the words and what else the address says stay when somebody sorts or turns the page."""
    shown = _shown({"q": "o", "kind": "pome", "sort": "name"}, size=1, also={"coder": "Ada B"})
    assert _names(shown) == ["quince"]
    assert shown.after == "/fruits?coder=Ada+B&q=o&kind=pome&sort=name&page=2"
    assert shown.heads[0].address == "/fruits?coder=Ada+B&q=o&kind=pome&sort=-name"
    assert (shown.heads[0].sorted, shown.heads[1].sorted) == ("ascending", "")
    assert shown.take == "/fruits?coder=Ada+B&q=o&kind=pome&sort=name&take=xlsx"
    assert [choice.key for choice in shown.choices] == ["kind"]


def test_all_that_was_asked_for_is_taken_along_and_nothing_of_it_runs() -> None:
    """All pages of it, sorted, with what a spreadsheet would take for a formula as text."""
    book = load_workbook(io.BytesIO(_shown({"kind": "stone", "sort": "-name"}, size=1).as_workbook()))
    rows = list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[0] == ("Name", "Kind", "Weight")
    assert [row[1:] for row in rows[1:]] == [("stone", 30), ("stone", 20)]
    assert book.active["A3"].data_type == "s"  # type: ignore[index]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["q", "sort", "page", "kind", "take", "other"]), st.text(max_size=20)))
def test_no_address_breaks_a_list(query: dict[str, str]) -> None:
    """Whatever somebody types, there is a page, and its rows are rows of the list."""
    shown = _shown(query, size=2)
    assert 1 <= shown.page <= shown.pages
    assert set(shown.on_page) <= set(FRUITS)
    assert len(shown.rows) <= 2
    assert shown.take.startswith("/fruits?")
