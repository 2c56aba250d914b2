"""Taking words out of Label Studio: a participant's, or those that a correction took out of a transcript."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from annotations.label_studio.change_task_data import show_field
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.predictions_on_tasks import drop_predictions, show_version, version_shown
from annotations.label_studio.task_data import REASONS
from annotations.label_studio.tasks import delete_tasks, tasks_by_key

SURROUNDINGS_GONE = "<div>What was said here is shown again after the next push.</div>"
EVIDENCE_GONE = "<div>The passages that stood here are no longer part of the study.</div>"


def erase_tasks(server: LabelStudio, project: int, keys: Collection[str]) -> int:
    """Delete the tasks that our data calls so, with all their annotations and predictions; returns how many."""
    there = tasks_by_key(server, project)
    doomed = [there[key].id for key in keys if key in there]
    delete_tasks(server, project, doomed)
    return len(doomed)


def forget_predictions(server: LabelStudio, project: int, versions: Collection[str]) -> int:
    """Take away what these model versions suggested, on every task; returns how many predictions there were."""
    every = server.ask("GET", f"api/predictions/?project={project}") or ()
    doomed = [int(one["id"]) for one in every if one["model_version"] in versions]
    drop_predictions(server, doomed)
    if version_shown(server, project) in versions:
        show_version(server, project, "")
    return len(doomed)


def forget_evidence(server: LabelStudio, project: int, keys: Collection[str]) -> int:
    """Take the quotes out of what these tasks show, and nothing else; returns how many tasks there were."""
    there = tasks_by_key(server, project)
    quoting = [there[key].id for key in keys if key in there]
    show_field(server, project, quoting, REASONS, EVIDENCE_GONE)
    return len(quoting)


def hide_surroundings(server: LabelStudio, project: int, words: Mapping[str, str]) -> int:
    """Take what was said around these tasks out of what they show, and let each show its passage as given.

    ``words``: by key, the passage as it is shown. Returns how many tasks there were.
    """
    there = tasks_by_key(server, project)
    stay = [there[key] for key in words if key in there]
    for name in ("before", "after"):
        show_field(server, project, [task.id for task in stay], name, SURROUNDINGS_GONE)
    for task in stay:
        if task.data.get("words") != words[task.key]:
            show_field(server, project, [task.id], "words", words[task.key])
    return len(stay)
