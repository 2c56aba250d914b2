"""An evaluation as a page shows it: computed by a job, and kept in the database with what it rests on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import Connection

from annotations.errors import BadInput
from annotations.groups import GroupBy
from annotations.store.kept_figures import keep_figures, kept_part, stamp_of
from service.composition import Parts

FIGURES = "figures"


@dataclass(frozen=True, slots=True)
class KeptEvaluation:
    """The figures as ``tandem evaluate --json`` gives them, when they were made, and whether anything came in since."""

    figures: Mapping[str, Any]
    made: datetime
    is_old: bool


def group_by_of(given: str) -> GroupBy:
    """What is never split. Raises BadInput for anything else."""
    for known in get_args(GroupBy):
        if given == known:
            group_by: GroupBy = known
            return group_by
    raise BadInput(f'"{given}" cannot be kept together (--group-by): {", ".join(get_args(GroupBy))} can.')


def stamp_now(connection: Connection, parts: Parts) -> str:
    """What an evaluation that begins now rests on."""
    return stamp_of(connection, parts.codebook.version, parts.segmentation.version)


def keep_evaluation(
    connection: Connection, group_by: GroupBy, stamp: str, figures: Mapping[str, Any]
) -> None:
    """Keep it in the place of what was kept."""
    content = json.dumps(figures, ensure_ascii=False, separators=(",", ":"))
    keep_figures(connection, _question(group_by), stamp, {FIGURES: content})


def kept_evaluation(connection: Connection, parts: Parts, group_by: GroupBy) -> KeptEvaluation | None:
    """What was evaluated last; None where nobody has asked for it yet, or what was kept was erased."""
    part = kept_part(connection, _question(group_by), FIGURES)
    if part is None:
        return None
    return KeptEvaluation(json.loads(part.content), part.made, part.stamp != stamp_now(connection, parts))


def _question(group_by: GroupBy) -> str:
    return f"evaluation by {group_by}"
