"""From which probability on a lead lets a code come ticked, for one model version. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select

from annotations.store.tables import chosen_cuts


class CutChoice(StrEnum):
    """What was chosen: ticked from a probability on, never ticked, or what the rule says."""

    FROM = "from"
    NEVER = "never"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class ChosenCut:
    """A choice. ``cut``: the least probability that comes ticked, with ``CutChoice.FROM``."""

    code: str
    choice: CutChoice
    cut: float | None
    by: str
    created: datetime


def add_choice(
    connection: Connection, model: UUID, code: str, choice: CutChoice, *, cut: float | None, by: str
) -> None:
    """Keep a choice; the ones before stay on record."""
    connection.execute(
        chosen_cuts.insert().values(model_id=model, code=code, choice=choice.value, cut=cut, chosen_by=by)
    )


def chosen_for(connection: Connection, model: UUID) -> Mapping[str, ChosenCut]:
    """The choices that hold for a version, by code; a code for which the rule decides is missing."""
    wanted = select(chosen_cuts).where(chosen_cuts.c.model_id == model).order_by(chosen_cuts.c.sequence)
    newest = {row.code: _choice(row) for row in connection.execute(wanted)}
    return {code: chosen for code, chosen in newest.items() if chosen.choice is not CutChoice.RULE}


def choice_history(connection: Connection, model: UUID) -> tuple[ChosenCut, ...]:
    """Every choice that was ever made for a version, the newest first."""
    wanted = select(chosen_cuts).where(chosen_cuts.c.model_id == model)
    return tuple(map(_choice, connection.execute(wanted.order_by(chosen_cuts.c.sequence.desc()))))


def newest_choice(connection: Connection) -> int:
    """The sequence of the newest choice of all, 0 for none: whoever keeps what follows from choices compares it."""
    return int(connection.execute(select(func.max(chosen_cuts.c.sequence))).scalar() or 0)


def _choice(row: Row[Any]) -> ChosenCut:
    return ChosenCut(row.code, CutChoice(row.choice), row.cut, row.chosen_by, row.created)
