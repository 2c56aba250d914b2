"""What Label Studio holds of the coders' answers, read page by page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from annotations.errors import BadInput
from annotations.label_studio.annotation import Arrival, arrival_of, key_in
from annotations.names import fault_of_name, name_in_short

PAGE = 500
# the list applies to the annotations within a task too
_FIELDS = (
    "id,data,created_at,updated_at,annotations,result,completed_by,updated_by,was_cancelled,draft_created_at,"
    "lead_time,parent_prediction"
)


@dataclass(frozen=True, slots=True)
class AnsweredTask:
    """A task as Label Studio holds it now: its number, our key, its annotations (drafts are none)."""

    id: int
    key: UUID | None
    changed: datetime | None
    arrivals: tuple[Arrival, ...]


@dataclass(frozen=True, slots=True)
class DraftedTask:
    """What somebody has begun on a task and not submitted: our key, their number, what stands there, and since when."""

    key: UUID
    user: int
    result: tuple[Mapping[str, Any], ...]
    changed: datetime


class AnswersClient(Protocol):
    """Whoever puts a question to Label Studio: the client of ``annotations.label_studio``."""

    url: str

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        """The answer as plain data, or None if there is no such thing."""

    def check(self) -> str:
        """The e-mail address of the account that asks."""


class Answers:
    """The reading side of one Label Studio."""

    def __init__(self, server: AnswersClient) -> None:
        self.url = server.url
        self._server = server

    def own_account(self) -> str:
        """The e-mail address of the account that Tandem itself uses there."""
        return _as_name(self._server.check())

    def users(self) -> dict[int, str]:
        """Everybody's number and e-mail address; an address that may be no name is given in short, and is nobody's."""
        plain = self._server.get("api/users/", {}) or []
        return {int(user["id"]): _as_name(str(user.get("email") or "")) for user in plain}

    def has(self, project: int) -> bool:
        """Is the project still there?"""
        return self._server.get(f"api/projects/{project}/", {}) is not None

    def pages(self, project: int, *, since: datetime | None = None) -> Iterator[list[AnsweredTask]]:
        """All tasks with their annotations, or those that changed after ``since`` (by Label Studio's clock)."""
        params: dict[str, Any] = {
            "project": project,
            "fields": "all",
            "include": _FIELDS,
            "page_size": PAGE,
        }
        if since is not None:
            params["query"] = json.dumps(_changed_after(since))
        page = 1
        while True:
            plain = self._server.get("api/tasks/", params | {"page": page})
            tasks = plain["tasks"] if isinstance(plain, dict) else plain or []
            yield [_task(task) for task in tasks]
            if len(tasks) < PAGE:
                return
            page += 1

    def drafts(self, project: int) -> Iterator[DraftedTask]:
        """The drafts of tasks that nobody has submitted yet, whose ever they are."""
        params: dict[str, Any] = {"project": project, "fields": "all", "page_size": PAGE}
        params["include"] = "id,data,draft_exists"
        page = 1
        while True:
            plain = self._server.get("api/tasks/", params | {"page": page})
            tasks = plain["tasks"] if isinstance(plain, dict) else plain or []
            for draft_plain in tasks:
                key = key_in((draft_plain.get("data") or {}).get("segment_id"))
                if key is not None and draft_plain.get("draft_exists"):
                    yield from self._drafts_of(int(draft_plain["id"]), key)
            if len(tasks) < PAGE:
                return
            page += 1

    def _drafts_of(self, task: int, key: UUID) -> Iterator[DraftedTask]:
        for draft_plain in self._server.get(f"api/tasks/{task}/drafts", {}) or ():
            user, changed = (
                _number_of_user(draft_plain),
                draft_plain.get("updated_at") or draft_plain["created_at"],
            )
            if draft_plain.get("annotation") is not None or user is None:
                continue  # changes to what was submitted before, not saved yet
            # read as an annotation, so that a form which is none of ours is taken out
            plain = {"id": 0, "task": task, "result": draft_plain.get("result"), "created_at": changed}
            yield DraftedTask(key, user, arrival_of(plain, key).result, datetime.fromisoformat(changed))

    def holds(self, project: int, task: int, key: UUID) -> bool:
        """Is this task there, asked for by its number and, since numbers are given again, by our key?"""
        plain = self._server.get(f"api/tasks/{task}/", {})
        if plain is None or int(plain.get("project") or project) != project:
            return False
        return key_in((plain.get("data") or {}).get("segment_id")) == key


def _task(plain: Mapping[str, Any]) -> AnsweredTask:
    key = key_in((plain.get("data") or {}).get("segment_id"))
    number = int(plain["id"])
    arrivals = []
    for annotation in plain.get("annotations") or ():
        try:
            arrivals.append(arrival_of({**annotation, "task": number}, key))
        except BadInput as error:
            raise BadInput(f"task {number}: {error}") from error
    changed = plain.get("updated_at")
    return AnsweredTask(number, key, datetime.fromisoformat(changed) if changed else None, tuple(arrivals))


def _number_of_user(draft: Mapping[str, Any]) -> int | None:
    """Whose a draft is: Label Studio says it in words only, "Ada Byron ada@example.org, 12"."""
    number = re.search(r", (\d{1,9})$", str(draft.get("created_username") or ""))
    return None if number is None else int(number[1])


def _changed_after(since: datetime) -> dict[str, Any]:
    # exactly this format: Label Studio fails on others
    moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    rule = {"filter": "filter:tasks:updated_at", "operator": "greater", "type": "Datetime", "value": moment}
    return {"filters": {"conjunction": "and", "items": [rule]}}


def _as_name(email: str) -> str:
    # whoever has an account there chooses it, and it is shown, kept and looked for in study.yaml
    return name_in_short(email) if fault_of_name(email) else email
