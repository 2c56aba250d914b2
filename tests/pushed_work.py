"""A study pushed to a real Label Studio, and what both sides hold of the work on it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from builders import a_transcript
from coders_at_work import TOPICS, Person
from proven import proven
from real_server import KEY, serving

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.codebook.files import write_codebook
from annotations.coding import Draw
from annotations.label_studio.candidates import boxes_in_task, candidates, no_candidates
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.predicted_answer import prediction
from annotations.label_studio.predictions_on_tasks import replace_predictions, show_version
from annotations.label_studio.projects import ensure_project
from annotations.label_studio.read_answers import Answers
from annotations.label_studio.screen import label_config
from annotations.label_studio.tasks import add_tasks
from annotations.label_studio.webhook import ACTIONS
from annotations.progress import quiet
from annotations.segment import Segment
from annotations.store.codebook_versions import keep_codebook
from annotations.store.label_studio_projects import add_project, projects
from annotations.store.label_studio_users import users
from annotations.store.model_versions import ModelVersion, add_model
from annotations.store.pushed_tasks import PushedTask, keep_tasks, tasks_of
from annotations.store.reviews import current_reviews
from annotations.store.segments import add_segments, keep_segmentation, segments_of
from annotations.store.suggestions import Suggested, add_suggestions
from annotations.store.transcripts import add_transcript
from annotations.study.config import read_study
from models.ticking import tick_cuts
from service.access.keys import door_key
from service.composition import Parts
from service.corrections.inbox import Inbox
from service.corrections.pull import Pulled, pull_all
from service.label_studio.local import Access
from service.settings import read_settings

CODEBOOK = Codebook(
    name="Small",
    frameworks=(Framework("topics", "Topics"), Framework("phase", "Phase", role="phase", select="one")),
    codes=(
        *(Code(one, one.title(), "topics", f"Topics/{one.title()}") for one in TOPICS),
        Code("early", "Early", "phase", "Phase/Early"),
        Code("late", "Late", "phase", "Phase/Late"),
    ),
)


Said = tuple[str, int, tuple[str, ...]]


class Work:
    """A study pushed to a real Label Studio: ``tasks`` tasks, numbered there, and who works on them."""

    def __init__(
        self, folder: Path, access: Access, people: Sequence[Person], tasks: int, database: str | None
    ):
        folder.mkdir(parents=True)
        self.folder, self.access, self.people = folder, access, people
        self.administrator = Person(access.url, access.username, access.token)
        lines = [f"- {{name: Coder {at}, email: {one.email}}}" for at, one in enumerate(people)]
        (folder / "study.yaml").write_text("\n".join(["name: At work", "coders:", *lines, ""]), "utf-8")
        write_codebook(CODEBOOK, folder / "codebook.yaml")
        self.environment = {
            "TANDEM_STATE": str(folder.parent / "state"),
            "TANDEM_SESSION_KEY": KEY,
            "LABEL_STUDIO_URL": access.url,
            "LABEL_STUDIO_API_KEY": access.token,
        } | ({"TANDEM_DATABASE": database} if database else {})
        self.parts = Parts(read_study(folder), read_settings(self.environment))
        self.server = LabelStudio(access.url, access.token)
        self.project, self.starts = self._push(tasks)
        self.tasks = sorted(self.starts)

    def _push(self, tasks: int) -> tuple[int, dict[int, int]]:
        words = [f"Words number {at}, said by nobody." for at in range(2 * tasks)]
        transcript = a_transcript("JKG-01", *words, wave="1")
        segmentation = self.parts.segmentation
        with self.parts.store.writing() as connection:
            keep_codebook(connection, self.parts.codebook)
            kept = add_transcript(connection, transcript)
            keep_segmentation(connection, segmentation)
            cut = [
                Segment(at, turn.index, turn.speaker, turn.role, turn.span)
                for at, turn in enumerate(transcript.participants_turns)
            ]
            add_segments(connection, kept, segmentation.version, cut)
            found = segments_of(connection, segmentation.version)[kept]
        made, _ = ensure_project(self.server, "At work", label_config(self.parts.codebook), known=None)
        none = no_candidates(self.parts.codebook)
        data = [
            {"segment_id": str(one.id), "words": one.span.of(transcript.text), "header": "", "why": ""}
            | {"before": "", "after": "", "candidates": boxes_in_task(none, self.parts.codebook)}
            for one in found
        ]
        there = add_tasks(self.server, made.id, data, quiet)
        with self.parts.store.writing() as connection:
            row = add_project(
                connection, url=self.access.url, project_id=made.id, title=made.title, coder=None, wave="1"
            )
            pushed = [
                PushedTask(one.id, there[str(one.id)].id, "h", None, None, Draw.BLIND)
                for one in found
                if one.id is not None
            ]
            keep_tasks(connection, row.id, pushed)
        return made.id, {there[str(one.id)].id: one.span.start for one in found}

    def suggest(self, tasks: Sequence[int]) -> None:
        """Let model v1 suggest Early on these tasks, as a push does."""
        model = ModelVersion(
            id=uuid4(),
            version="v1",
            kind="trained",
            folder="v1",
            sha256="0" * 64,
            codebook_version=self.parts.codebook.version,
            segmentation=self.parts.segmentation.version,
            embedder="words",
            reviews_hash="0" * 64,
            reviews=0,
            codes=("early",),
            thresholds={"early": 0.5},
            figures=proven(["early"]),
        )
        with self.parts.store.writing() as connection:
            (row,) = projects(connection)
            add_model(connection, model, ())
            pushed = [one for one in tasks_of(connection, row.id).values() if one.task_id in tasks]
            said = {one.task_id: Suggested(one.segment, (0.8,), ("early",)) for one in pushed}
            add_suggestions(connection, model.id, said.values())
        put = {
            task: candidates(one.one_by_one(model), self.parts.codebook, tick_cuts(model), with_odds=True)
            for task, one in said.items()
        }
        shown = {task: prediction(one, self.parts.codebook, version="tandem v1") for task, one in put.items()}
        replace_predictions(self.server, self.project, shown, clearing=())
        show_version(self.server, self.project, "tandem v1")
        with self.parts.store.writing() as connection:
            again = [
                PushedTask(
                    one.segment,
                    one.task_id,
                    "h",
                    model.id,
                    None,
                    Draw.ORDINARY,
                    put[one.task_id].offered,
                    put[one.task_id].ticked,
                )
                for one in pushed
            ]
            keep_tasks(connection, row.id, again)

    def attach(self, port: int) -> None:
        """Let Label Studio tell whoever listens on this port; a server that starts leaves it so."""
        with (self.folder / "study.yaml").open("a", encoding="utf-8") as file:
            file.write(f"service: {{url: 'http://127.0.0.1:{port}'}}\n")
        hook = {
            "project": self.project,
            "url": f"http://127.0.0.1:{port}/hooks/label-studio",
            "headers": {"X-Tandem-Key": door_key(KEY, "webhook")},
            "send_payload": True,
            "send_for_all_actions": False,
            "actions": list(ACTIONS),
        }
        self.administrator.post("/api/webhooks/", hook)

    @contextmanager
    def serving(self, port: int, *, reconcile: float = 0) -> Iterator[subprocess.Popen[bytes]]:
        """A real server, in a process of its own; killed at the end if it still runs."""
        with serving(self.folder, self.environment, port, reconcile=reconcile) as process:
            yield process

    def pull(self) -> Pulled:
        """As "tandem pull" does."""
        return pull_all(self.parts, Inbox(self.parts), Answers(self.server), quiet)

    def in_tandem(self) -> list[Said]:
        """Who said what where, as Tandem has it."""
        with self.parts.store.reading() as connection:
            found = current_reviews(connection)
        return sorted((r.coder, r.span.start, tuple(sorted(c.code for c in r.codings))) for r in found)

    def in_label_studio(self) -> list[Said]:
        """The same as Label Studio holds it: each coder's newest annotation of a task that says something."""
        with self.parts.store.reading() as connection:
            emails = users(connection, self.server.url) or Answers(self.server).users()
        names = {one.email: f"Coder {at}" for at, one in enumerate(self.people)}
        newest: dict[tuple[str, int], tuple[Any, tuple[str, ...]]] = {}
        plain = self.server.get("api/tasks/", {"project": self.project, "fields": "all", "page_size": 10_000})
        for task in plain["tasks"]:
            for one in task["annotations"]:
                codes = [
                    code
                    for region in one["result"]
                    if region["from_name"] == "likely"
                    for code in region["value"]["choices"]
                ]
                nothing = any(region["from_name"] == "nothing" for region in one["result"])
                if one["was_cancelled"] or bool(codes) == nothing:
                    continue
                slot = (names[emails[one["completed_by"]]], self.starts[task["id"]])
                rank = (one["updated_at"], one["id"])
                if slot not in newest or rank > newest[slot][0]:
                    newest[slot] = (rank, tuple(sorted(codes)))
        return sorted((who, start, codes) for (who, start), (_, codes) in newest.items())

    def close(self) -> None:
        """Give back what was opened."""
        self.parts.close()
        self.server.close()
