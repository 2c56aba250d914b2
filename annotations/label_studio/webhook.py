"""A webhook of Label Studio: read where it comes in, kept as plain data until it is worked off, and read again.

Of a webhook only what the coders said is kept, never the words of a task.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotations.errors import BadInput
from annotations.label_studio.annotation import UNFIT, Arrival, arrival_of, fault, key_in, number_in

DELETED = "ANNOTATIONS_DELETED"
# what Tandem asks to be told of
ACTIONS = ("ANNOTATION_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_CREATED", DELETED)


@dataclass(frozen=True, slots=True)
class Webhook:
    """What Label Studio tells: annotations as they stand now, or the numbers of those that were deleted.

    ``project``: its number in Label Studio.
    """

    action: str
    project: int
    arrivals: tuple[Arrival, ...] = ()
    deleted: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain data, to be kept beside the action; ``kept_webhook`` reads it."""
        if self.action == DELETED:
            return {"project": self.project, "deleted": list(self.deleted)}
        return {"project": self.project, "annotations": [arrival.to_json() for arrival in self.arrivals]}


def webhook_of(body: Mapping[str, Any]) -> Webhook:
    """A webhook as Label Studio sends it. Raises BadInput for one that is none, or about something else."""
    action = str(body.get("action", ""))
    if action not in ACTIONS:
        named = action[:40].encode("ascii", "replace").decode()
        raise BadInput(f'the action "{named}" is none that Tandem takes in ({", ".join(ACTIONS)}).')
    try:
        project = number_in((body.get("project") or {})["id"])
        if action == DELETED:
            return Webhook(
                action,
                project,
                deleted=tuple(number_in(annotation["id"]) for annotation in body["annotations"]),
            )
        told, keys = body["annotation"], _keys_by_task(body.get("task") or {})
        arrivals = tuple(
            arrival_of(annotation, keys.get(int(annotation.get("task") or 0)) or _only(keys))
            for annotation in (told if isinstance(told, list) else [told])
        )
    except UNFIT as error:
        raise BadInput(f"the webhook cannot be read ({fault(error)}).") from error
    return Webhook(action, project, arrivals)


def kept_webhook(action: str, plain: Mapping[str, Any]) -> Webhook:
    """What ``to_json`` of a webhook kept. Raises BadInput if it is damaged."""
    try:
        project = number_in(plain["project"])
        if action == DELETED:
            return Webhook(
                action, project, deleted=tuple(number_in(annotation) for annotation in plain["deleted"])
            )
        return Webhook(action, project, tuple(arrival_of(annotation) for annotation in plain["annotations"]))
    except UNFIT as error:
        raise BadInput(f"what was kept of a webhook cannot be read ({fault(error)}).") from error


def keys_told_of(plain: Mapping[str, Any]) -> set[UUID]:
    """The keys of the tasks that a kept webhook tells of, also where the rest of it is damaged."""
    told = (
        key_in(annotation.get("key"))
        for annotation in plain.get("annotations") or ()
        if isinstance(annotation, Mapping)
    )
    return {key for key in told if key is not None}


def _keys_by_task(tasks: Any) -> dict[int, Any]:
    """What the data of each task calls itself; a bulk action tells of many tasks, a save of one."""
    return {
        number_in(task["id"]): (task.get("data") or {}).get("segment_id")
        for task in (tasks if isinstance(tasks, list) else [tasks])
        if task.get("id") is not None
    }


def _only(keys: Mapping[int, Any]) -> Any:
    return next(iter(keys.values())) if len(keys) == 1 else None
