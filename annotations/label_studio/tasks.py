"""Tasks in Label Studio: listed, added, taken away, and whether a coder has begun on them.

Label Studio takes the same data twice as two tasks and may give its numbers again, so a task is known by our own key
(``segment_id`` in its data).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotations.errors import TandemError
from annotations.label_studio.client import LabelStudio, not_there
from annotations.label_studio.task_data import KEY
from annotations.lots import lots, slices
from annotations.progress import Progress

TASKS_AT_A_TIME = 250
# in an address, which servers do not take at any length
NAMED_AT_A_TIME = 100
PAGE = 1000
# the signs that somebody has answered a task or begun to; draft_exists and not drafts, which are only one's own
BEGUN = ("total_annotations", "cancelled_annotations", "draft_exists")


@dataclass(frozen=True, slots=True)
class Task:
    """A task in Label Studio: its number, our key, whether somebody has answered or begun to, what is predicted.

    ``versions``: the model versions whose predictions stand on it; ``data``: what it shows.
    """

    id: int
    key: str
    touched: bool
    versions: frozenset[str] = frozenset()
    data: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


def tasks_by_key(server: LabelStudio, project: int) -> dict[str, Task]:
    """The project's tasks by our key."""
    tasks_there: dict[str, Task] = {}
    for task in _every(server, project):
        tasks_there.setdefault(task.key, task)
    return tasks_there


def add_tasks(
    server: LabelStudio, project: int, data: Sequence[Mapping[str, Any]], progress: Progress
) -> dict[str, Task]:
    """Import bare tasks in the order given, a few hundred at a time; returns them by our key.

    Where a request fails they are looked up by our own key, and only those that are not there are sent again.
    Raises TandemError if tasks are missing in the end.
    """
    for some in slices(len(data), TASKS_AT_A_TIME):
        _import_lot(server, project, data[some])
        progress(some.stop, len(data))
    tasks_there = _once_each(server, project, {task_data[KEY] for task_data in data})
    missing = [task_data for task_data in data if task_data[KEY] not in tasks_there]
    if missing:
        raise TandemError(
            f"Label Studio took {len(data) - len(missing)} of {len(data)} tasks. Run the same command again: "
            f"the others will be sent then."
        )
    return tasks_there


def delete_tasks(server: LabelStudio, project: int, tasks: Sequence[int]) -> None:
    """Delete these tasks with all their annotations and predictions."""
    for some in lots(tasks, TASKS_AT_A_TIME):
        server.act(project, "delete_tasks", some)


def touched(server: LabelStudio, project: int, tasks: Sequence[int]) -> set[int]:
    """Which of these tasks somebody has answered, skipped or begun on by now."""
    task_ids: set[int] = set()
    for some in lots(tasks, NAMED_AT_A_TIME):
        chosen = {"selectedItems": {"all": False, "included": list(some)}}
        params = {
            "project": project,
            "query": json.dumps(chosen, separators=(",", ":")),
            "include": ",".join(("id", *BEGUN)),
            "fields": "all",
            "page_size": len(some),
        }
        answer = server.get("api/tasks/", params) or {"tasks": ()}
        task_ids |= {int(task["id"]) for task in answer["tasks"] if any(task.get(sign) for sign in BEGUN)}
    return task_ids


def _import_lot(server: LabelStudio, project: int, some: Sequence[Mapping[str, Any]]) -> None:
    def missing() -> list[Mapping[str, Any]]:
        there = tasks_by_key(server, project)
        return [task_data for task_data in some if task_data[KEY] not in there]

    path = f"api/projects/{project}/import"
    server.send(path, some, missing, lambda rest: [{"data": dict(task_data)} for task_data in rest])


def _once_each(server: LabelStudio, project: int, keys: Collection[str]) -> dict[str, Task]:
    """The project's tasks by our key. Of those just made, a second copy that nobody has begun on is taken away.

    A request that was given up as lost may be carried out late, after its tasks were sent again.
    """
    tasks_there: dict[str, Task] = {}
    surplus: list[int] = []
    for task in _every(server, project):
        if task.key not in tasks_there:
            tasks_there[task.key] = task
        elif task.key in keys and not task.touched:
            surplus.append(task.id)
    delete_tasks(server, project, surplus)
    return tasks_there


def _every(server: LabelStudio, project: int) -> Iterator[Task]:
    for plain in _pages(server, project):
        key = str((plain.get("data") or {}).get(KEY, ""))
        if key:
            yield _task(key, plain)


def _pages(server: LabelStudio, project: int) -> Iterator[dict[str, Any]]:
    page = 1
    while True:
        params = {
            "project": project,
            "page": page,
            "page_size": PAGE,
            "include": ",".join(("id", "data", *BEGUN, "predictions_model_versions")),
            "fields": "all",
        }
        plain = server.get("api/tasks/", params)
        if plain is None and page > 1:
            return  # there was nothing after the last full page
        if plain is None:
            raise not_there(server.url, f"project {project}")
        tasks = plain["tasks"] if isinstance(plain, dict) else plain
        yield from tasks
        if len(tasks) < PAGE:
            return
        page += 1


def _task(key: str, plain: Mapping[str, Any]) -> Task:
    versions = str(plain.get("predictions_model_versions") or "").split(",")
    return Task(
        int(plain["id"]),
        key,
        any(plain.get(sign) for sign in BEGUN),
        frozenset(filter(None, map(str.strip, versions))),
        plain.get("data") or {},
    )
