"""Columns of moments in the lists of pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TypeVar

from annotations.moments_shown import moment_shown
from service.web.lists import ListColumn

T = TypeVar("T")


def moment_column(
    key: str, title: str, value: Callable[[T], datetime | str | None], zone: tzinfo, *, seconds: bool = False
) -> ListColumn[T]:
    """A column of moments, told by the clock of a time zone."""

    def shown(row: T) -> str | None:
        moment = value(row)
        return moment_shown(moment, zone, seconds=seconds) if moment else None

    return ListColumn(key, title, shown)
