"""The experts of AnnoMI code wave 2 again, in a real Label Studio, while all that can fail around it fails."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx
from coders_at_work import LEAD_S, Person, invite
from experts_study import EXPERTS, ExpertsStudy, Pass
from lossy_line import Line
from real_server import free_port, serving

from annotations.coding import Condition, Draw
from annotations.errors import TandemError
from annotations.label_studio import read_answers as label_studio_answers
from annotations.label_studio.candidates import Candidates, CodeBox
from annotations.label_studio.controls import NOTHING, SEGMENT, is_listed
from annotations.label_studio.predicted_answer import prediction
from annotations.label_studio.read_answers import Answers
from service.corrections.pull import Pulled
from service.label_studio.local import Access, LocalLabelStudio

# so that a pull of a small study has a middle
PAGE = 20
TRIES = 5
# of a hundred annotations so many are first something else, and so many deleted and made again
CHANGED, MADE_AGAIN = 5, 2


@dataclass
class Done:
    """What came of it all."""

    faults: Counter[str] = field(default_factory=Counter)
    passes: list[Pass] = field(default_factory=list)
    changed: int = 0
    made_again: int = 0
    tried_again: int = 0


class _Served:
    """A server that is killed and started again."""

    def __init__(self, start: Callable[[], AbstractContextManager[subprocess.Popen[bytes]]]) -> None:
        self._start = start
        self._running = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = self._running.enter_context(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def again(self) -> None:
        """Kill it, and start another."""
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGKILL)
        self._running.close()
        self.__enter__()


class Replay:
    """The experts' sessions, pushed in two halves to a real Label Studio, the second while they work.

    ``source``: AnnoMI in the product's import formats; ``said``: what of it is made again.
    """

    def __init__(
        self, folder: Path, local: LocalLabelStudio, access: Access, source: Path, said: Sequence[Pass]
    ) -> None:
        self.local, self.said = local, said
        self.port = int(access.url.rsplit(":", 1)[1])
        emails = {one: f"{one.casefold()}-{uuid4().hex[:6]}@example.org" for one in EXPERTS}
        self.people = dict(zip(EXPERTS, invite(access, list(emails.values())), strict=True))
        self.line = Line(free_port(), free_port())
        service = f"http://127.0.0.1:{self.line.port}"
        self.study = ExpertsStudy(folder, access, source, said, emails, service)
        sessions = sorted({one.session for one in said})
        self.halves = (sessions[0::2], sessions[1::2])
        self.ready: dict[str, dict[int, dict[str, Any]]] = {}
        self.done = Done()
        self._turn = threading.Lock()

    def close(self) -> None:
        """Give back what was opened."""
        self.line.close()
        self.study.close()

    def run(self, kills: int = 6, cuts: int = 2, limit_s: float = 86_400) -> dict[str, Any]:
        """Replay everything, or as much as ``limit_s`` allows; returns the figures.

        Faults come at shares of the annotations, so that even a short run has them all.
        """
        label_studio_answers.PAGE = PAGE
        begun = time.monotonic()
        stopped = threading.Event()
        threads = [threading.Thread(target=self.work, args=(one, stopped), daemon=True) for one in EXPERTS]
        with self._served() as server:
            self.bring(0)
            for thread in threads:
                thread.start()
            try:
                for share, what in self._plan(kills, cuts):
                    while len(self.done.passes) < share * len(self.said):
                        time.sleep(0.05)
                        if time.monotonic() - begun > limit_s:
                            break
                    if time.monotonic() - begun > limit_s:
                        break
                    if what == "pull":
                        self.pull_cut_off()
                    elif what == "push":
                        self.bring(1)
                    else:
                        self.done.faults["services_killed"] += 1
                        server.again()
                for thread in threads:
                    thread.join(max(0.0, begun + limit_s - time.monotonic()))
            finally:
                stopped.set()
            for thread in threads:
                thread.join()
            working = time.monotonic() - begun
            self.line.close()  # what is late arrives
        pulled = self.study.pull()
        again = self.study.pull()
        return self._figures(pulled, again) | {
            "seconds_working": round(working),
            "seconds": round(time.monotonic() - begun),
        }

    def _plan(self, kills: int, cuts: int) -> list[tuple[float, str]]:
        """When what goes wrong, as shares of the annotations; the second half comes before the first is done."""
        first = sum(one.session in self.halves[0] for one in self.said) / len(self.said)
        plan = [((at + 1) / (kills + 1), "kill") for at in range(kills)]
        plan += [((at + 0.5) / cuts, "pull") for at in range(cuts)]
        return sorted([*plan, (min(0.35, 0.6 * first), "push")])

    def _served(self) -> _Served:
        return _Served(lambda: serving(self.study.folder, self.study.environment, self.line.to, reconcile=20))

    def bring(self, half: int) -> None:
        """Push half of the sessions; Label Studio is stopped in the middle of it."""
        self.study.add(self.halves[half])
        stopped: list[int] = []

        def stop(done: int, _of: int) -> None:
            if not stopped:
                stopped.append(done)
                self.local.stop()

        try:
            self.study.push(stop)
        except TandemError:
            self.done.faults["pushes_cut_off"] += 1
        self.local.start(port=self.port)
        self._push_until_done()
        # nobody has had a passage before them for longer than it has stood there
        time.sleep(LEAD_S)
        found = self.study.standing()
        with self._turn:
            self.ready = {**self.ready, **{one: found[one] for one in self.halves[half]}}

    def _push_until_done(self) -> None:
        """Push again as long as Label Studio gives up in the middle, as its database does on a busy machine."""
        for _ in range(TRIES):
            try:
                self.study.push()
                return
            except TandemError:
                self.done.faults["pushes_given_up"] += 1
                time.sleep(5)
        self.study.push()

    def pull_cut_off(self) -> None:
        """Label Studio stops after a pull's first page."""
        local = self.local

        class Stopping(Answers):
            def pages(self, project: int, *, since: datetime | None = None) -> Iterator[Any]:
                for page in super().pages(project, since=since):
                    yield page
                    local.stop()

        try:
            self.study.pull(Stopping(self.study.server))
        except TandemError:
            self.done.faults["pulls_cut_off"] += 1
        self.local.start(port=self.port)

    def work(self, expert: str, stopped: threading.Event) -> None:
        """One expert's sessions, turn by turn, as they come."""
        chance = random.Random(expert)  # noqa: S311 (no secret)
        mine = [one for one in self.said if one.expert == expert]
        for session in (*self.halves[0], *self.halves[1]):
            its = [one for one in mine if one.session == session]
            while its and session not in self.ready:
                if stopped.wait(0.2):
                    return
            for one in its:
                self._judge(one, self.ready[session][one.turn], chance.random() * 100)
                if stopped.is_set():
                    return

    def _judge(self, one: Pass, task: dict[str, Any], kind: float) -> None:
        person, number = self.people[one.expert], int(task["id"])
        result, more = self._as_made(self.study.ids(one.codes), task)
        if kind < CHANGED:
            other, _ = self._as_made((self.study.codebook.applicable[int(kind)].id,), task)
            first = self._save(person, number, other, more)
            self._surely(lambda: person.update(first, result))
        elif kind < CHANGED + MADE_AGAIN:
            first = self._save(person, number, result, more)
            self._surely(lambda: self._gone(person, number, first))
            self._save(person, number, result, more)
        else:
            self._save(person, number, result, more)
        with self._turn:
            self.done.passes.append(one)
            self.done.changed += kind < CHANGED
            self.done.made_again += CHANGED <= kind < CHANGED + MADE_AGAIN

    def _as_made(
        self, codes: Sequence[str], task: dict[str, Any]
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The result as Label Studio's interface makes it of codes, on a task with or without a prediction."""
        if not codes:
            value = {"choices": ["no-code-applies"]}
            return [{"from_name": NOTHING, "to_name": SEGMENT, "type": "choices", "value": value}], {}
        book = self.study.codebook
        in_rows = tuple(code for code in codes if not is_listed(code, book))
        boxes = tuple(CodeBox(code, ticked=True) for code in codes if code not in in_rows)
        result = prediction(Candidates(boxes, in_rows), book, version="").to_json()["result"]
        shown = task["predictions"]
        before = {one["from_name"]: one["value"] for one in shown[0]["result"]} if shown else {}
        for region in result:
            if region["from_name"] in before:
                same = before[region["from_name"]] == region["value"]
                region["origin"] = "prediction" if same else "prediction-changed"
            else:
                region["origin"] = "manual"
        return result, {"parent_prediction": shown[0]["id"]} if shown else {}

    def _save(self, person: Person, task: int, result: list[dict[str, Any]], more: dict[str, Any]) -> int:
        """Submit; where no answer came, look first whether it was taken, as a coder who opens the task again does."""
        while True:
            try:
                return person.save(task, result, **more)
            except httpx.HTTPError:
                with self._turn:
                    self.done.tried_again += 1
                time.sleep(1)
                there = self._surely(lambda: person.mine(task))
                if there:
                    return int(there[-1])

    def _gone(self, person: Person, task: int, annotation: int) -> None:
        if annotation in person.mine(task):
            person.delete(annotation)

    def _surely(self, call: Callable[[], Any]) -> Any:
        while True:
            try:
                return call()
            except httpx.HTTPError:
                with self._turn:
                    self.done.tried_again += 1
                time.sleep(1)

    def _figures(self, pulled: Pulled, again: Pulled) -> dict[str, Any]:
        wanted = Counter(self.study.wanted(self.done.passes))
        found = self.study.in_tandem()
        here = [said for said, _ in found]
        slots = Counter(said[:3] for said in here)
        shown, drawn = self.study.shown(), self.study.drawn()
        assisted = [(said[1:3], review.condition is Condition.ASSISTED) for said, review in found]
        origins: Counter[str] = Counter()
        for _, review in found:
            origins.update(review.origin["regions"])
        return {
            "sessions": len({one.session for one in self.done.passes}),
            "coders": len({one.expert for one in self.done.passes}),
            "annotations": len(self.done.passes),
            "changed_afterwards": self.done.changed,
            "deleted_and_made_again": self.done.made_again,
            "tried_again": self.done.tried_again,
            "reviews": len(here),
            "missing": (wanted - Counter(here)).total(),
            "not_said": (Counter(here) - wanted).total(),
            "doubled": sum(count - 1 for count in slots.values()),
            "equal_to_label_studio": here == self.study.in_label_studio(),
            "conditions": dict(sorted(Counter(review.condition.value for _, review in found).items())),
            # what the draw kept bare, and only that, was judged without help; what stood on the screen was help
            "conditions_wrong": sum(
                helped != (drawn[place] is Draw.ORDINARY) or (shown[place] and not helped)
                for place, helped in assisted
            ),
            "shown_on_blind_tasks": sum(shown[place] for place, draw in drawn.items() if draw is Draw.BLIND),
            "origins": dict(sorted(origins.items())),
            "faults": dict(sorted(self.done.faults.items()))
            | {f"webhooks_{what}": count for what, count in self.line.carried.items()},
            "mended_by_the_last_pull": pulled.counted["new"] + pulled.counted["superseded"],
            "second_pull_changes": again.counted.total(),
        }
