"""Taking a participant's tasks and words out of Label Studio."""

from __future__ import annotations

from collections.abc import Collection

from annotations.label_studio.client import LabelStudio
from annotations.label_studio.task_data import REASONS
from annotations.label_studio.tasks import drop_predictions, show_field

TASKS_AT_A_TIME = 250
EVIDENCE_GONE = "<div>The passages that stood here are no longer part of the study.</div>"


def holds_project(server: LabelStudio, project: int) -> bool:
    """Is this project still there?"""
    return server.get(f"api/projects/{project}/", {}) is not None


def erase_tasks(server: LabelStudio, project: int, keys: Collection[str]) -> int:
    """Delete the tasks that our data calls so, with all their annotations and predictions; returns how many."""
    there = server.tasks(project)
    doomed = [there[key].id for key in keys if key in there]
    for start in range(0, len(doomed), TASKS_AT_A_TIME):
        server.act(project, "delete_tasks", doomed[start : start + TASKS_AT_A_TIME])
    return len(doomed)


def forget_predictions(server: LabelStudio, project: int, versions: Collection[str]) -> int:
    """Take away what these model versions suggested, on every task; returns how many predictions there were."""
    every = server.ask("GET", f"api/predictions/?project={project}") or ()
    doomed = [int(one["id"]) for one in every if one["model_version"] in versions]
    drop_predictions(server, doomed)
    if server.version_shown(project) in versions:
        server.show_version(project, "")
    return len(doomed)


def forget_evidence(server: LabelStudio, project: int, keys: Collection[str]) -> int:
    """Take the quotes out of what these tasks show, and nothing else; returns how many tasks there were."""
    there = server.tasks(project)
    quoting = [there[key].id for key in keys if key in there]
    show_field(server, project, quoting, REASONS, EVIDENCE_GONE)
    return len(quoting)
