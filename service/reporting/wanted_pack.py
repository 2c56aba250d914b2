"""What a pack of methods and results is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from service.agreement.report import ReportScope


@dataclass(frozen=True)
class WantedPack:
    """Which pack. ``level``: 1 the top of each framework; ``outcome``: the attribute of cases that orders their columns.

    ``with_quotes``: with words of participants, where consent allows, as people of ``site`` may read them.
    """

    columns: Sequence[str] = ("case",)
    level: int | None = None
    among: ReportScope = field(default_factory=ReportScope)
    where: Sequence[str] = ()
    outcome: str | None = None
    role: str | None = None
    with_quotes: bool = False
    site: str | None = None
