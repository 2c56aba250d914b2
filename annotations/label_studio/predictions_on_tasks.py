"""Predictions on tasks in Label Studio: put there, counted, shown and taken away again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from annotations.errors import TandemError
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.predicted_answer import Prediction
from annotations.label_studio.tasks import tasks_by_key
from annotations.lots import lots

# Label Studio holds its database while it takes predictions away, and coders wait as long
CLEARED_AT_A_TIME = 50


def replace_predictions(
    server: LabelStudio, project: int, predictions: Mapping[int, Prediction], *, clearing: Sequence[int]
) -> None:
    """Put these predictions on tasks (by number), first taking away all those that stand on the tasks ``clearing``.

    Label Studio drops invalid ones in silence, so its count is compared; raises TandemError that says how many it
    did not take.
    """
    clear_predictions(server, project, clearing)
    if not predictions:
        return
    wanted = list(predictions.items())

    def missing() -> list[tuple[int, Prediction]]:
        there = {task.id: task.versions for task in tasks_by_key(server, project).values()}
        return [
            (task, prediction) for task, prediction in wanted if prediction.version not in there.get(task, ())
        ]

    sent, answer = server.send(
        f"api/projects/{project}/import/predictions",
        wanted,
        missing,
        lambda some: [{"task": task, **prediction.to_json()} for task, prediction in some],
    )
    refused = sent - (int(answer.get("created", 0)) if isinstance(answer, dict) else 0)
    if refused:
        raise TandemError(
            f"Label Studio took {len(wanted) - refused} of {len(wanted)} predictions and did not say why. Run the same "
            f"command again; if it happens again, look at Label Studio's log."
        )


def clear_predictions(server: LabelStudio, project: int, tasks: Sequence[int]) -> None:
    """Take away all predictions that stand on these tasks."""
    for some in lots(tasks, CLEARED_AT_A_TIME):
        server.act(project, "delete_tasks_predictions", some)


def show_version(server: LabelStudio, project: int, version: str) -> None:
    """Let the project pre-fill with this version's predictions; some must be there already. "": with none."""
    server.ask(
        "PATCH", f"api/projects/{project}/", {"model_version": version, "show_collab_predictions": True}
    )


def version_shown(server: LabelStudio, project: int) -> str:
    """The version whose predictions the project pre-fills with; "" for none."""
    answer = server.ask("GET", f"api/projects/{project}/")
    return str(answer.get("model_version") or "") if isinstance(answer, dict) else ""


def outdated(
    server: LabelStudio, project: int, tasks: Collection[int], *, version: str
) -> dict[int, list[int]]:
    """For each of these tasks, the numbers of the predictions that other versions than this one left on it."""
    wanted, outdated_ids = set(tasks), dict[int, list[int]]()
    for prediction in server.ask("GET", f"api/predictions/?project={project}") or ():
        if prediction["task"] in wanted and prediction["model_version"] != version:
            outdated_ids.setdefault(int(prediction["task"]), []).append(int(prediction["id"]))
    return outdated_ids


def drop_predictions(server: LabelStudio, predictions: Iterable[int]) -> None:
    """Take predictions away one by one: a bulk action would hold Label Studio's database, and coders wait as long."""
    for prediction in predictions:
        server.ask("DELETE", f"api/predictions/{prediction}/")
