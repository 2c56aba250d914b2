"""Lists on pages: filtered, sorted and paged by what the address says, and taken along as a workbook.

A list is rows of any kind and columns that say what of a row is shown. The address holds all that was asked
(``?q=…&wave=2&sort=-done&page=3``), so that it can be sent to somebody, and works without a script.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Response

from annotations.names import folded
from annotations.numbers_shown import counted
from service.exported_file import safe_cell

T = TypeVar("T")
PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OURS = ("q", "sort", "page", "take")
Value = str | int | float | None


@dataclass(frozen=True)
class ListColumn(Generic[T]):
    """A column. ``value``: what is sorted, found and taken along; ``text``: how it is shown, if otherwise.

    ``choice``: is it filtered by one of its values; ``address``: where the cell leads; ``share``: 0 to 1, drawn as a bar.
    """

    key: str
    title: str
    value: Callable[[T], Value]
    text: Callable[[T], str] | None = None
    address: Callable[[T], str | None] | None = None
    share: Callable[[T], float | None] | None = None
    choice: bool = False

    def shown(self, row: T) -> str:
        """The words of its cell."""
        if self.text is not None:
            return self.text(row)
        value = self.value(row)
        return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What an address asks of a list."""

    words: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    page: int = 1
    take: bool = False


def asked_of(query: Mapping[str, str]) -> ListRequest:
    """What this query asks; what nobody can mean is as if it were not there."""
    sort = query.get("sort", "")
    page = query.get("page", "")
    return ListRequest(
        words=query.get("q", "").strip()[:200],
        chosen={key: value for key, value in query.items() if key not in _OURS and value},
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        page=int(page) if page.isdecimal() and len(page) < 7 else 1,
        take=query.get("take") == "xlsx",
    )


@dataclass(frozen=True, slots=True)
class ListCell:
    """A cell as it is shown."""

    text: str
    address: str | None
    share: float | None
    is_number: bool


@dataclass(frozen=True, slots=True)
class ListHead:
    """A column's head. ``address``: the list sorted by it; ``sorted``: "ascending" or "descending", if it is now."""

    title: str
    address: str
    sorted: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class ListFilter:
    """A filter by one column's values: pairs of value and text, and the one chosen."""

    key: str
    title: str
    options: tuple[tuple[str, str], ...]
    chosen: str


class ShownList(Generic[T]):
    """A list as it was asked for. ``noun``: what a row is, ``several``: what many are, if not that with an "s";
    ``path``: the page's address.

    ``also``: what else its address says, which every link of the list keeps.
    """

    def __init__(
        self,
        rows: Sequence[T],
        columns: Sequence[ListColumn[T]],
        asked: ListRequest,
        *,
        path: str,
        noun: str,
        several: str = "",
        id: str = "list",  # noqa: A002 (the element's)
        empty: str = "Nothing is here yet.",
        size: int = PAGE,
        also: Mapping[str, str] | None = None,
    ) -> None:
        self.columns = tuple(columns)
        self.asked = asked
        self.path = path
        self.id = id
        self._all = rows
        self._noun = noun
        self._several = several
        self._empty = empty
        self._size = size
        self._also = {key: value for key, value in (also or {}).items() if value}

    @cached_property
    def found(self) -> tuple[T, ...]:
        """The rows that were asked for, sorted, on all pages."""
        by_key = {column.key: column for column in self.columns}
        chosen = {
            by_key[key]: value
            for key, value in self.asked.chosen.items()
            if key in by_key and by_key[key].choice
        }
        words = [folded(word) for word in self.asked.words.split()]
        rows = [
            row
            for row in self._all
            if all(_said(column, row) == value for column, value in chosen.items())
            and (not words or self._holds(row, words))
        ]
        sort = by_key.get(self.asked.sort)
        if sort is not None:
            # what has no value stands last, whichever way
            known = [row for row in rows if sort.value(row) is not None]
            known.sort(key=lambda row: _order(sort.value(row)), reverse=self.asked.descending)
            rows = known + [row for row in rows if sort.value(row) is None]
        return tuple(rows)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-len(self.found) // self._size))

    @property
    def page(self) -> int:
        """Which of them is shown, from 1."""
        return min(max(1, self.asked.page), self.pages)

    @property
    def on_page(self) -> tuple[T, ...]:
        """The rows of the page."""
        first = (self.page - 1) * self._size
        return self.found[first : first + self._size]

    @property
    def rows(self) -> list[list[ListCell]]:
        """The page's cells."""
        return [
            [
                ListCell(
                    column.shown(row),
                    column.address(row) if column.address else None,
                    column.share(row) if column.share else None,
                    isinstance(column.value(row), int | float),
                )
                for column in self.columns
            ]
            for row in self.on_page
        ]

    @property
    def heads(self) -> list[ListHead]:
        """The columns' heads; sorting by the one that sorts already turns it round."""
        heads = []
        for column in self.columns:
            here = self.asked.sort == column.key
            down = here and self.asked.descending
            turned = column.key if not here or down else f"-{column.key}"
            is_number = any(isinstance(column.value(row), int | float) for row in self.on_page[:5])
            heads.append(
                ListHead(
                    column.title,
                    self._address(sort=turned, page=""),
                    "" if not here else "descending" if down else "ascending",
                    is_number,
                )
            )
        return heads

    @property
    def choices(self) -> list[ListFilter]:
        """The filters, each with the values that occur."""
        filters = []
        for column in self.columns:
            if column.choice:
                values = sorted({_said(column, row) for row in self._all if _said(column, row)}, key=folded)
                if len(values) > 1:
                    options = tuple((value, value) for value in values)
                    filters.append(
                        ListFilter(column.key, column.title, options, self.asked.chosen.get(column.key, ""))
                    )
        return filters

    @property
    def kept_hidden(self) -> list[tuple[str, str]]:
        """What a filter's form sends along: how the list is sorted."""
        sort = self._sort()
        return [*self._also.items(), *([("sort", sort)] if sort else [])]

    @property
    def filtered(self) -> bool:
        """Are there rows that do not show?"""
        return len(self.found) < len(self._all)

    @property
    def found_in_words(self) -> str:
        """How many rows there are."""
        there = counted(len(self._all), self._noun, self._several)
        return f"{len(self.found):,} of {there}" if self.filtered else there

    @property
    def empty(self) -> str:
        """What stands there instead of rows."""
        return f"No {self._noun} fits what you asked for." if self._all else self._empty

    @property
    def before(self) -> str | None:
        """The address of the page before."""
        return self._address(page=str(self.page - 1)) if self.page > 1 else None

    @property
    def after(self) -> str | None:
        """The address of the next page."""
        return self._address(page=str(self.page + 1)) if self.page < self.pages else None

    @property
    def everything(self) -> str:
        """The address of the whole list."""
        return f"{self.path}?{urlencode(self._also)}" if self._also else self.path

    @property
    def take(self) -> str:
        """The address of what was asked for as a workbook."""
        return self._address(page="", take="xlsx")

    def as_workbook(self) -> bytes:
        """What was asked for, all pages of it, with nothing that a spreadsheet would run."""
        # imported here: a third of a second, and most processes write no workbook
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet(self._noun[:31])
        sheet.freeze_panes = "A2"
        heads = []
        for column in self.columns:
            cell = _bold(sheet, column.title)
            heads.append(cell)
        sheet.append(heads)
        for row in self.found:
            sheet.append([safe_cell(column.value(row)) for column in self.columns])
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def workbook_answer(self, name: str) -> Response:
        """The workbook as a download under this name."""
        plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "-" for sign in name)
        return Response(
            self.as_workbook(),
            media_type=XLSX,
            headers={"Content-Disposition": f'attachment; filename="{plain}.xlsx"'},
        )

    def _holds(self, row: T, words: Sequence[str]) -> bool:
        said = folded(" ".join(f"{column.shown(row)} {_said(column, row)}" for column in self.columns))
        return all(word in said for word in words)

    def _sort(self) -> str:
        return f"-{self.asked.sort}" if self.asked.descending else self.asked.sort

    def _address(self, **other: str) -> str:
        known = {
            key
            for key in self.asked.chosen
            if any(column.key == key and column.choice for column in self.columns)
        }
        query = {
            **self._also,
            "q": self.asked.words,
            **{key: self.asked.chosen[key] for key in sorted(known)},
            "sort": self._sort(),
            "page": str(self.page) if self.page > 1 else "",
        } | other
        said = urlencode({key: value for key, value in query.items() if value})
        return f"{self.path}?{said}" if said else self.path


def _said(column: ListColumn[Any], row: Any) -> str:
    value = column.value(row)
    return "" if value is None else str(value)


def _order(value: Value) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return (0, float(value), "")
    return (1, 0.0, folded(str(value)))


def _bold(sheet: Any, title: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, value=safe_cell(title))
    cell.font = Font(bold=True)
    return cell
