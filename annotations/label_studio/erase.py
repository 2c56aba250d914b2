"""Taking words out of Label Studio: a participant's, or those that a correction took out of a transcript."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from annotations.label_studio.change_task_data import show_data, show_field
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.interview_data import HTML
from annotations.label_studio.interview_text import NAMED_BELOW
from annotations.label_studio.predictions_on_tasks import drop_predictions, show_version, version_shown
from annotations.label_studio.task_data import BOXES, REASONS
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
    doomed = [int(prediction["id"]) for prediction in every if prediction["model_version"] in versions]
    drop_predictions(server, doomed)
    if version_shown(server, project) in versions:
        show_version(server, project, "")
    return len(doomed)


def forget_boxes(
    server: LabelStudio, project: int, keys: Collection[str], empty: Sequence[Mapping[str, str]]
) -> int:
    """Take what a model put into the boxes of these tasks away; ``empty``: the boxes of a task without suggestions."""
    wanted = [dict(box) for box in empty]
    there = tasks_by_key(server, project)
    showing = [
        there[key] for key in keys if key in there and there[key].data.get(BOXES) not in (None, wanted)
    ]
    new = {task.id: {**task.data, BOXES: wanted} for task in showing}
    show_data(server, project, new, {task.id: task.data for task in showing})
    return len(showing)


def forget_names(server: LabelStudio, project: int) -> int:
    """Take the names of what a model suggested out of every whole interview; returns how many there were."""
    there = tasks_by_key(server, project)
    naming = [task for task in there.values() if NAMED_BELOW.search(str(task.data.get(HTML, "")))]
    new = {task.id: {**task.data, HTML: NAMED_BELOW.sub("", task.data[HTML])} for task in naming}
    show_data(server, project, new, {task.id: task.data for task in naming})
    return len(naming)


def forget_evidence(server: LabelStudio, project: int, keys: Collection[str]) -> int:
    """Take the quotes out of what these tasks show, and nothing else; returns how many tasks there were."""
    there = tasks_by_key(server, project)
    quoting = [there[key].id for key in keys if key in there]
    show_field(server, project, quoting, REASONS, EVIDENCE_GONE)
    return len(quoting)


def hide_surroundings(server: LabelStudio, project: int, words: Mapping[str, Mapping[str, str]]) -> int:
    """Take what was said around these tasks out of what they show, and let each show its passage as given.

    ``words``: by key, the fields of its data that hold the passage (see ``passage_fields``). Returns how many tasks
    there were.
    """
    there = tasks_by_key(server, project)
    stay = [there[key] for key in words if key in there]
    for name in ("before", "after"):
        show_field(server, project, [task.id for task in stay], name, SURROUNDINGS_GONE)
    for task in stay:
        for name, said in words[task.key].items():
            if name in task.data and task.data[name] != said:
                show_field(server, project, [task.id], name, said)
    return len(stay)
