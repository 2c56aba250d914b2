"""A real Label Studio with coders who save, change, skip and delete; a real Tandem server; and a line between them
that loses, doubles and reorders what it carries."""

from __future__ import annotations

import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
from builders import a_transcript

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.codebook.files import write_codebook
from annotations.coding import Draw
from annotations.label_studio.answers import Answers
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.predicted_answer import prediction
from annotations.label_studio.predictions import replace_predictions, show_version
from annotations.label_studio.projects import ensure_project
from annotations.label_studio.screen import label_config
from annotations.label_studio.tasks import add_tasks
from annotations.label_studio.webhook import ACTIONS
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
from service.access import proof
from service.access.keys import door_key
from service.composition import Parts
from service.corrections.inbox import Inbox
from service.corrections.pull import Pulled, pull_all
from service.label_studio.local import Access
from service.settings import read_settings

KEY = "test-key-" + "k" * 30
TOPICS = ("money", "people", "time", "trust")
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
_CARRIED = ("Authorization", "Content-Type")


# how long a coder says that a passage lay before them
LEAD_S = 2.5


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def chosen(*codes: str, nothing: bool = False) -> list[dict[str, Any]]:
    """A result as Label Studio's interface makes it."""
    found: list[dict[str, Any]] = []
    if codes:
        value: dict[str, Any] = {"taxonomy": [[code] for code in codes]}
        found.append({"from_name": "f-topics", "to_name": "segment", "type": "taxonomy", "value": value})
    if nothing:
        value = {"choices": ["no-code-applies"]}
        found.append({"from_name": "nothing", "to_name": "segment", "type": "choices", "value": value})
    return found


class Person:
    """A coder with a login of their own."""

    def __init__(self, url: str, email: str, token: str) -> None:
        self.email = email
        self._http = httpx.Client(
            base_url=url, headers={"Authorization": f"Token {token}"}, timeout=60, trust_env=False
        )

    def save(self, task: int, result: list[dict[str, Any]], **more: Any) -> int:
        """Submit an annotation; returns its number."""
        body = {"result": result, "lead_time": LEAD_S, **more}
        return int(self._done(self._http.post(f"/api/tasks/{task}/annotations/", json=body))["id"])

    def update(self, annotation: int, result: list[dict[str, Any]]) -> None:
        """Save it anew."""
        self._done(self._http.patch(f"/api/annotations/{annotation}/", json={"result": result}))

    def delete(self, annotation: int) -> None:
        """Delete it."""
        self._done(self._http.delete(f"/api/annotations/{annotation}/"))

    def mine(self, task: int) -> list[int]:
        """The numbers of one's own annotations of a task."""
        me = self._done(self._http.get("/api/current-user/whoami"))["id"]
        found = self._done(self._http.get(f"/api/tasks/{task}/annotations/"))
        return [int(one["id"]) for one in found if one["completed_by"] == me]

    def post(self, path: str, body: Any) -> Any:
        """Any other call."""
        return self._done(self._http.post(path, json=body))

    def _done(self, answer: httpx.Response) -> Any:
        answer.raise_for_status()
        return answer.json() if answer.content else {}


def invite(access: Access, emails: Sequence[str]) -> list[Person]:
    """Give each of these addresses an account, through the invitation form as a person would."""
    link = httpx.get(
        f"{access.url}/api/invite", headers={"Authorization": f"Token {access.token}"}, timeout=60
    ).json()["invite_url"]
    found = []
    for email in emails:
        with httpx.Client(base_url=access.url, timeout=60, trust_env=False) as browser:
            form = browser.get(link).text
            csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
            said = {"email": email, "password": "a-secret-for-tests", "how_find_us": ""}
            said |= {"csrfmiddlewaretoken": csrf.group(1) if csrf else "", "allow_newsletters": "false"}
            browser.post(link, data=said, headers={"Referer": access.url})
            token = browser.get("/api/current-user/token").json()["token"]
        found.append(Person(access.url, email, token))
    return found


@contextmanager
def serving(
    study: Path,
    environment: Mapping[str, str],
    port: int,
    *,
    reconcile: float = 0,
    program: Sequence[str] = (sys.executable, "-m", "service.cli.main"),
) -> Iterator[subprocess.Popen[bytes]]:
    """A real server for a study, in a process of its own; killed at the end if it still runs."""
    command = [*program, "serve", "--study", str(study)]
    command += ["--port", str(port), "--no-worker", "--reconcile", str(reconcile)]
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        until(lambda: httpx.get(f"http://127.0.0.1:{port}/health", timeout=2).status_code == 200)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


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
        data = [
            {"segment_id": str(one.id), "words": one.span.of(transcript.text), "header": "", "why": ""}
            | {"before": "", "after": ""}
            for one in found
        ]
        there = add_tasks(self.server, made.id, data, lambda _done, _of: None)
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
        )
        with self.parts.store.writing() as connection:
            (row,) = projects(connection)
            add_model(connection, model, ())
            pushed = [one for one in tasks_of(connection, row.id).values() if one.task_id in tasks]
            said = {one.task_id: Suggested(one.segment, (0.8,), ("early",)) for one in pushed}
            add_suggestions(connection, model.id, said.values())
        shown = {
            task: prediction(one.one_by_one(model), self.parts.codebook, version="tandem v1")
            for task, one in said.items()
        }
        replace_predictions(self.server, self.project, shown, clearing=())
        show_version(self.server, self.project, "tandem v1")
        with self.parts.store.writing() as connection:
            again = [
                PushedTask(one.segment, one.task_id, "h", model.id, None, Draw.ORDINARY) for one in pushed
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
        return pull_all(self.parts, Inbox(self.parts), Answers(self.server), lambda _done, _of: None)

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
                    path[-1]
                    for region in one["result"]
                    if region["from_name"] == "f-topics"
                    for path in region["value"]["taxonomy"]
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
        self.server.__exit__()


class Coding:
    """One person who works at random: mostly saves, sometimes changes, skips, empties or deletes."""

    def __init__(self, person: Person, tasks: Sequence[int], seed: int) -> None:
        self.person, self.tasks = person, list(tasks)
        self.chance = random.Random(seed)  # noqa: S311 (no secret)
        self.mine: list[int] = []
        self.saves = 0

    def step(self) -> None:
        """Do one thing."""
        what = self.chance.random()
        if what < 0.6 or not self.mine:
            more = {"was_cancelled": True} if self.chance.random() < 0.1 else {}
            self.mine.append(self.person.save(self.chance.choice(self.tasks), self._result(), **more))
        elif what < 0.9:
            self.person.update(self.chance.choice(self.mine), self._result())
        else:
            gone = self.chance.choice(self.mine)
            self.person.delete(gone)
            self.mine.remove(gone)
        self.saves += 1

    def _result(self) -> list[dict[str, Any]]:
        what = self.chance.random()
        if what < 0.15:
            return chosen(nothing=True)
        if what < 0.2:
            return chosen("money", nothing=True)
        if what < 0.25:
            return []
        return chosen(*self.chance.sample(TOPICS, self.chance.randint(1, 3)))


class Line:
    """Between Label Studio and Tandem: loses, doubles and holds back webhooks; carries all else as it is."""

    def __init__(
        self, port: int, to: int, *, lost: float = 0.2, doubled: float = 0.1, late: float = 0.2
    ) -> None:
        self.port, self.to = port, to
        self.lost, self.doubled, self.late = lost, doubled, late
        self.carried: dict[str, int] = dict.fromkeys(("told", "lost", "doubled", "late", "refused"), 0)
        self._chance = random.Random(4)  # noqa: S311 (no secret)
        self._threads = ThreadPoolExecutor(16)
        self._http = httpx.Client(timeout=5, trust_env=False)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Let what is late arrive, then stop."""
        self._server.shutdown()
        self._server.server_close()
        self._threads.shutdown(wait=True)
        self._http.close()

    def _carry(self, path: str, headers: dict[str, str], body: bytes, wait: float) -> int:
        time.sleep(wait)
        try:
            return self._http.post(
                f"http://127.0.0.1:{self.to}{path}", content=body, headers=headers
            ).status_code
        except httpx.HTTPError:
            self.carried["refused"] += 1
            return 502

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        line = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = urlsplit(self.path)
                if asked.path == proof.PATH:
                    # a line of the study's own holds its key, and so may stand at an address of its own
                    nonce = parse_qs(asked.query)["nonce"][0]
                    signed = {"port": line.port, "proof": proof.proof_of(KEY, nonce, line.port)}
                    self._answer(200, json.dumps(signed).encode())
                    return
                self._as_it_is()

            def _answer(self, status: int, content: bytes) -> None:
                with suppress(OSError):
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

            def do_POST(self) -> None:
                if not self.path.startswith("/hooks/"):
                    self._as_it_is()
                    return
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                kept = {name: self.headers[name] for name in ("X-Tandem-Key", "Content-Type")}
                line.carried["told"] += 1
                what = line._chance.random()
                status = 200
                if what < line.lost:
                    line.carried["lost"] += 1
                elif what < line.lost + line.late:
                    line.carried["late"] += 1
                    line._threads.submit(line._carry, self.path, kept, body, line._chance.uniform(0.5, 4))
                else:
                    status = line._carry(self.path, kept, body, 0)
                    if what > 1 - line.doubled:
                        line.carried["doubled"] += 1
                        line._threads.submit(line._carry, self.path, kept, body, line._chance.uniform(0, 2))
                with suppress(OSError):
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def _as_it_is(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                kept = {name: self.headers[name] for name in _CARRIED if name in self.headers}
                url = f"http://127.0.0.1:{line.to}{self.path}"
                try:
                    answer = line._http.request(self.command, url, content=body, headers=kept)
                    status, content = answer.status_code, answer.content
                except httpx.HTTPError:
                    status, content = 502, b""
                self._answer(status, content)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


def until(true: Any, limit_s: float = 60) -> None:
    """Wait until something holds; an AssertionError if it never does."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        with suppress(httpx.HTTPError):
            if true():
                return
        time.sleep(0.1)
    raise AssertionError("it did not come true in time")
