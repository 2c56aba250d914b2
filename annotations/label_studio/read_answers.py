"""What Label Studio holds of the coders' answers, read page by page."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from annotations.errors import BadInput
from annotations.label_studio.annotation import Arrival, arrival_of, key_in
from annotations.lots import lots
from annotations.names import fault_of_name, name_in_short

PAGE = 500
# a list without annotations is some eight times as quick, and small
LIST_PAGE = 5000
BY_NUMBER = 250
# what moves whenever an annotation of a task is made, changed or deleted; the counts are there for safety
_MARK = ("updated_at", "total_annotations", "cancelled_annotations")
# the list applies to the annotations within a task too
_FIELDS = (
    "id,data,created_at,annotations,result,completed_by,updated_by,was_cancelled,draft_created_at,"
    f"lead_time,parent_prediction,{','.join(_MARK)}"
)


@dataclass(frozen=True, slots=True)
class AnsweredTask:
    """A task as Label Studio holds it now: its number, our key, its annotations (drafts are none).

    ``mark``: as in ``ListedTask``.
    """

    id: int
    key: UUID | None
    changed: datetime | None
    arrivals: tuple[Arrival, ...]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class ListedTask:
    """A task without its annotations. ``mark``: another one whenever an annotation was made, changed or deleted."""

    id: int
    changed: datetime | None
    mark: str


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
        query = {} if since is None else {"query": json.dumps(_changed_after(since))}
        for lot in self._tasks(project, {"fields": "all", "include": _FIELDS} | query, PAGE):
            yield [_task(entry) for entry in lot]

    def listed(self, project: int) -> dict[int, ListedTask]:
        """All tasks without their annotations, by number: which of them have changed, in a fraction of the time."""
        asked = {"include": ",".join(("id", *_MARK))}
        pages = self._tasks(project, asked, LIST_PAGE)
        return {int(entry["id"]): _listed_task(entry) for page in pages for entry in page}

    def with_numbers(self, project: int, numbers: Collection[int]) -> Iterator[list[AnsweredTask]]:
        """These tasks with their annotations, in lots; one that is no more is left out."""
        for some in lots(sorted(numbers), BY_NUMBER):
            chosen = {"selectedItems": {"all": False, "included": some}}
            asked = {"fields": "all", "include": _FIELDS, "query": json.dumps(chosen)}
            for lot in self._tasks(project, asked, PAGE):
                yield [_task(entry) for entry in lot]

    def drafts(self, project: int) -> Iterator[DraftedTask]:
        """The drafts of tasks that nobody has submitted yet, whose ever they are."""
        asked = {"fields": "all", "include": "id,data,draft_exists"}
        for lot in self._tasks(project, asked, PAGE):
            for draft_plain in lot:
                key = key_in((draft_plain.get("data") or {}).get("segment_id"))
                if key is not None and draft_plain.get("draft_exists"):
                    yield from self._drafts_of(int(draft_plain["id"]), key)

    def _tasks(self, project: int, asked: Mapping[str, Any], size: int) -> Iterator[list[Any]]:
        """What is asked of a project's tasks, page by page."""
        page = 1
        while True:
            params = {"project": project, **asked, "page_size": size, "page": page}
            plain = self._server.get("api/tasks/", params)
            entries = plain["tasks"] if isinstance(plain, dict) else plain or []
            yield list(entries)
            if len(entries) < size:
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
    listed = _listed_task(plain)
    return AnsweredTask(number, key, listed.changed, tuple(arrivals), listed.mark)


def _listed_task(plain: Mapping[str, Any]) -> ListedTask:
    changed = plain.get("updated_at")
    mark = " ".join(str(plain.get(name) or 0)[:40] for name in _MARK)
    return ListedTask(int(plain["id"]), datetime.fromisoformat(changed) if changed else None, mark)


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
