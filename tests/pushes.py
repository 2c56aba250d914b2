"""What tests of pushes share: how to read what a push left in Label Studio, and how to break one off."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from study_to_push import StudyToPush

from annotations.store.label_studio_projects import projects
from annotations.store.pushed_tasks import tasks_of
from service.pushing import Pushed

# the port of the service in a study to push
NOBODY = 9


# of a push after a promotion
LATER_STAGES = ("show_field", "show_version", "show_data", "drop_predictions")


def versions_of(tasks: dict[str, dict[str, Any]]) -> Counter[tuple[str, ...]]:
    """How many tasks have predictions of which versions."""
    return Counter(tuple(one["model_version"] for one in task["predictions"]) for task in tasks.values())


def kept_tasks(study: StudyToPush, done: Pushed) -> dict[UUID, Any]:
    """The tasks of a push as the study's own store has them."""
    with study.parts.store.reading() as connection:
        row = next(one for one in projects(connection) if one.project_id == done.project.id)
        return dict(tasks_of(connection, row.id))


def codes_shown(task: dict[str, Any], version: str) -> list[Any]:
    """What a version's predictions of a task suggest."""
    return [one for made in task["predictions"] if made["model_version"] == version for one in made["result"]]


def broken(*_: Any, **__: Any) -> None:
    """Stands for a stage at which the push is killed."""
    raise KeyboardInterrupt
