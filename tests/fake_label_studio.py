"""A small real Label Studio: tasks and annotations in memory, read like its API, told of like its webhooks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from builders import a_transcript
from proven import proven
from sqlalchemy import Connection, Row, select

from annotations.codebook.codes import Codebook
from annotations.codebook.files import write_codebook
from annotations.coding import Draw
from annotations.errors import Unreachable
from annotations.label_studio.arrivals import ArrivalState
from annotations.segment import Segment, Segmentation
from annotations.store.codebook_versions import keep_codebook
from annotations.store.label_studio_projects import add_project
from annotations.store.model_versions import ModelVersion, add_model
from annotations.store.pushed_tasks import PushedTask, keep_tasks
from annotations.store.segments import add_segments, keep_segmentation, segments_of
from annotations.store.tables import label_studio_annotations, label_studio_tasks
from annotations.store.transcripts import add_transcript
from annotations.study.config import read_study
from service.composition import Parts
from service.settings import read_settings

URL = "http://127.0.0.1:8431"
BEGAN = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
STUDY = """\
name: Small
coders:
- {name: Ada, email: ada@example.org}
- {name: Bo, email: bo@example.org}
"""


class FakeLabelStudio:
    """One project with tasks. ``told`` holds the webhooks that it has sent; whoever wants one delivers it."""

    def __init__(self, keys: list[UUID], number: int = 7) -> None:
        self.url = URL
        self.number = number
        self.there = True
        self.tasks: dict[int, dict[str, Any]] = {}
        self.people = {1: "ada@example.org", 2: "bo@example.org", 3: "stranger@example.org"}
        self.now = BEGAN + timedelta(hours=1)
        self.told: list[dict[str, Any]] = []
        self.fails_on_page: int | None = None
        self.drafts: dict[int, list[dict[str, Any]]] = {}
        # how many annotations it has given out
        self.asked = 0
        self._next = 1
        self._touches = 0
        for at, key in enumerate(keys, start=1):
            data = {"segment_id": str(key), "words": "what somebody said"}
            self.tasks[at] = {
                "id": at,
                "data": data,
                "project": number,
                "updated_at": _text(BEGAN),
                "annotations": [],
            }

    def save(self, task: int, user: int, result: list[dict[str, Any]], **more: Any) -> int:
        """A coder submits an annotation; returns its number."""
        number, self._next = self._next, self._next + 1
        made = {
            "id": number,
            "task": task,
            "result": result,
            "completed_by": user,
            "updated_by": user,
            "was_cancelled": False,
            "created_at": _text(self.now),
            "updated_at": _text(self.now),
            "draft_created_at": None,
            "lead_time": 4.5,
            "parent_prediction": None,
        } | more
        self.tasks[task]["annotations"].append(made)
        self._tell("ANNOTATION_CREATED", task, made)
        return number

    def update(self, annotation: int, result: list[dict[str, Any]], **more: Any) -> None:
        """A coder saves an annotation anew."""
        task, found = self._find(annotation)
        found.update({"result": result, "updated_at": _text(self.now), "was_cancelled": False} | more)
        self._tell("ANNOTATION_UPDATED", task, found)

    def delete(self, annotation: int) -> None:
        """An annotation is deleted; its number is not told with its task."""
        task, found = self._find(annotation)
        self.tasks[task]["annotations"].remove(found)
        self._touch(task)
        body = {"action": "ANNOTATIONS_DELETED", "annotations": [{"id": annotation}]}
        self.told.append(body | {"project": {"id": self.number}})

    def delete_task(self, task: int) -> None:
        """A task is deleted with all that hangs on it; nobody is told of its annotations."""
        del self.tasks[task]

    @property
    def annotations(self) -> list[dict[str, Any]]:
        """All annotations."""
        return [one for task in self.tasks.values() for one in task["annotations"]]

    def check(self) -> str:
        """The account that asks."""
        return "tandem@localhost.local"

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        """What its API answers to the questions that Tandem asks."""
        if path == "api/users/":
            return [{"id": number, "email": email} for number, email in self.people.items()]
        if path == f"api/projects/{self.number}/":
            return {"id": self.number} if self.there else None
        if path == "api/tasks/":
            return self._page(params)
        if path.endswith("/drafts"):
            return deepcopy(self.drafts.get(int(path.split("/")[2]), []))
        return deepcopy(self.tasks.get(int(path.split("/")[2])))

    def _page(self, params: Mapping[str, Any]) -> dict[str, Any]:
        if params["page"] == self.fails_on_page:
            raise Unreachable("Label Studio does not answer.")
        found = list(self.tasks.values())
        query = json.loads(params.get("query", "{}"))
        if "selectedItems" in query:
            found = [task for task in found if task["id"] in query["selectedItems"]["included"]]
        elif query:
            (rule,) = query["filters"]["items"]
            since = datetime.fromisoformat(rule["value"])
            found = [task for task in found if datetime.fromisoformat(task["updated_at"]) > since]
        begin = (params["page"] - 1) * params["page_size"]
        page = [self._counted(task) for task in found[begin : begin + params["page_size"]]]
        self.asked += sum(len(task["annotations"]) for task in page) if params.get("fields") == "all" else 0
        if params.get("fields") != "all":
            page = [{key: task[key] for key in params["include"].split(",") if key in task} for task in page]
        return {"tasks": deepcopy(page)}

    @staticmethod
    def _counted(task: dict[str, Any]) -> dict[str, Any]:
        skipped = sum(one["was_cancelled"] for one in task["annotations"])
        counts = {"total_annotations": len(task["annotations"]) - skipped, "cancelled_annotations": skipped}
        return task | counts

    def _find(self, annotation: int) -> tuple[int, dict[str, Any]]:
        return next(
            (number, one)
            for number, task in self.tasks.items()
            for one in task["annotations"]
            if one["id"] == annotation
        )

    def _touch(self, task: int) -> None:
        """Its time moves, as a clock's does, also where a test lets two things happen at one moment."""
        self._touches += 1
        self.tasks[task]["updated_at"] = _text(self.now + timedelta(microseconds=self._touches))

    def _tell(self, action: str, task: int, annotation: dict[str, Any]) -> None:
        self._touch(task)
        body = {"action": action, "annotation": annotation, "project": {"id": self.number}}
        told = {key: value for key, value in self.tasks[task].items() if key != "annotations"}
        self.told.append(deepcopy(body | {"task": told}))


def chosen(
    *codes: str, memo: str = "", nothing: bool = False, origin: str = "manual"
) -> list[dict[str, Any]]:
    """A result as Label Studio's interface makes it, for the small codebook of conftest."""
    found: list[dict[str, Any]] = []
    topics = [code for code in codes if code not in ("early", "late")]
    phases = [code for code in codes if code in ("early", "late")]
    if topics:
        value: dict[str, Any] = {"taxonomy": [[code] for code in topics]}
        found.append({"from_name": "f-topics", "type": "taxonomy", "value": value, "origin": origin})
    if phases:
        value = {"choices": phases}
        found.append({"from_name": "f-phase", "type": "choices", "value": value, "origin": origin})
    if memo:
        found.append({"from_name": "memo", "type": "textarea", "value": {"text": [memo]}})
    if nothing:
        found.append({"from_name": "nothing", "type": "choices", "value": {"choices": ["no-code-applies"]}})
    return found


def pushed_study(folder: Path, codebook: Codebook, *, tasks: int = 6, database: str | None = None) -> Parts:
    """A study with one transcript, whose turns stand as tasks in project 7 of the fake Label Studio.

    The third task is blind; on the others model v1 stands since 8:00.
    """
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text(STUDY, "utf-8")
    write_codebook(codebook, folder / "codebook.yaml")
    said = {"TANDEM_STATE": str(folder.parent / "state")} | (
        {"TANDEM_DATABASE": database} if database else {}
    )
    parts = Parts(read_study(folder), read_settings(said))
    words = [f"Words number {at} of somebody." for at in range(2 * tasks)]
    transcript = a_transcript("JKG-01", *words, wave="1")
    segmentation = parts.segmentation
    with parts.store.writing() as connection:
        keep_codebook(connection, parts.codebook)
        kept = add_transcript(connection, transcript)
        keep_segmentation(connection, segmentation)
        cut = [
            Segment(at, turn.index, turn.speaker, turn.role, turn.span)
            for at, turn in enumerate(transcript.participants_turns)
        ]
        add_segments(connection, kept, segmentation.version, cut)
        model = _model(parts.codebook, segmentation)
        add_model(connection, model, ())
        project = add_project(connection, url=URL, project_id=7, title="Small", coder=None, wave="1")
        found = segments_of(connection, segmentation.version)[kept]
        keep_tasks(
            connection,
            project.id,
            [
                PushedTask(one.id or uuid4(), at, "h", None, BEGAN, Draw.BLIND)
                if at == 3
                else PushedTask(one.id or uuid4(), at, "h", model.id, BEGAN)
                for at, one in enumerate(found, start=1)
            ],
        )
    return parts


def keys_of(parts: Parts) -> list[UUID]:
    """The keys of the study's tasks, in reading order."""
    with parts.store.reading() as connection:
        (cut,) = segments_of(connection, parts.segmentation.version).values()
    return [one.id for one in cut if one.id is not None]


def skipped_tasks(connection: Connection, coder: str, count: int) -> Sequence[Row[Any]]:
    """The first of the study's tasks, which this coder skips now."""
    in_order = select(label_studio_tasks).order_by(label_studio_tasks.c.task_id)
    tasks = connection.execute(in_order.limit(count)).all()
    for number, task in enumerate(tasks, start=1):
        where = {"project_id": task.project_id, "task_id": task.task_id, "key": task.key}
        values = {**where, "annotation_id": number, "coder": coder, "state": ArrivalState.SKIPPED.value}
        connection.execute(label_studio_annotations.insert().values(**values))
    return tasks


def _model(codebook: Codebook, segmentation: Segmentation) -> ModelVersion:
    codes = ("money", "people")
    return ModelVersion(
        id=uuid4(),
        version="v1",
        kind="trained",
        folder="v1",
        sha256="0" * 64,
        codebook_version=codebook.version,
        segmentation=segmentation.version,
        embedder="words",
        reviews_hash="0" * 64,
        reviews=0,
        codes=codes,
        thresholds=dict.fromkeys(codes, 0.5),
        figures=proven(codes),
    )


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
