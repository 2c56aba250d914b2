"""Webhooks in: stored before they are answered, worked off afterwards, in their order."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError

from annotations.errors import BadInput, Busy, TandemError, Unreachable
from annotations.label_studio.webhook import DELETED, Webhook
from annotations.store.label_studio_projects import ProjectRow, project_numbered
from annotations.store.label_studio_users import keep_users, users
from annotations.store.seen_annotations import alone_with_inbox
from annotations.store.webhooks import WaitingWebhook, finish_events, store_event, waiting_events
from service.composition import Parts
from service.corrections.reviews_follow_annotations import Reviewing

ASK_AGAIN_AFTER_S = 30.0
AT_A_TIME = 50
TRIES = 3
# a webhook that comes meanwhile waits as long as these take: some 6 ms of processor for one, 15 for twelve
TOGETHER = 8
LONGEST_BACK_S = 2.0


def _runs(waiting: Sequence[WaitingWebhook]) -> Iterator[list[WaitingWebhook]]:
    """Webhooks that can be worked off together: of one project, each about another task, in their order.

    What is said twice of a task comes in two runs, so that every word of a coder becomes a review of its own.
    """
    run: list[WaitingWebhook] = []
    project, about = 0, set[int | None]()
    for event in waiting:
        told = event.webhook
        if told is None or told.action == DELETED:
            yield from filter(None, (run, [event]))
            run, about = [], set()
            continue
        tasks = {arrival.task for arrival in told.arrivals}
        if run and (len(run) == TOGETHER or tasks & about or told.project != project):
            yield run
            run, about = [], set()
        run.append(event)
        project, about = told.project, about | tasks
    if run:
        yield run


class _Turns:
    """One at a time, and who stores a webhook goes before who works them off: Label Studio waits for the first.

    A plain lock would not do: whoever gives it back and takes it again at once is quicker than a thread that waits.
    """

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._taken = False
        self._storing = 0
        self._overdue = 0

    @contextmanager
    def storing(self) -> Iterator[None]:
        """The next turn."""
        with self._free:
            self._storing += 1
            self._free.wait_for(lambda: not self._taken and not self._overdue)
            self._storing -= 1
            self._taken = True
        yield from self._turn()

    @contextmanager
    def working_off(self) -> Iterator[None]:
        """The turn after all that want to store, within reason: a flood must not keep reviews back for ever."""
        with self._free:
            if not self._free.wait_for(lambda: not self._taken and not self._storing, LONGEST_BACK_S):
                self._overdue += 1
                self._free.wait_for(lambda: not self._taken)
                self._overdue -= 1
            self._taken = True
        yield from self._turn()

    def _turn(self) -> Iterator[None]:
        try:
            yield
        finally:
            with self._free:
                self._taken = False
                self._free.notify_all()


class _Held:
    """A webhook that waits to be stored; its place in the order once it is, or why the database takes nothing now."""

    def __init__(self, told: Webhook) -> None:
        self.told = told
        self.place: int | None = None
        self.refused: TandemError | None = None


class Inbox:
    """One study's webhooks. Storing and working off take turns in this process, so neither waits for the lock.

    Webhooks that come at once are stored in one transaction: the disk is waited for once, not once for each.
    """

    def __init__(
        self, parts: Parts, users: Callable[[], tuple[str, Mapping[int, str]]] | None = None
    ) -> None:
        self._parts = parts
        self._users = users
        self._turns = _Turns()
        self._held: deque[_Held] = deque()
        self._tries: Counter[int] = Counter()
        self._asked_at = -ASK_AGAIN_AFTER_S
        self.reviewing = Reviewing(parts)

    def store(self, told: Webhook) -> int:
        """Keep a webhook, durably; returns its place in the order."""
        mine = _Held(told)
        self._held.append(mine)
        with self._turns.storing():
            if mine.place is None and mine.refused is None:
                self._store_all_held()
            if mine.refused is not None:
                raise mine.refused
            if mine.place is not None:
                return mine.place
            # stored with others it failed, and one of them may be the reason
            with self._parts.store.writing() as connection:
                return store_event(connection, told)

    def _store_all_held(self) -> None:
        held = [self._held.popleft() for _ in range(min(len(self._held), AT_A_TIME))]
        try:
            with self._parts.store.writing() as connection:
                places = [store_event(connection, waiting_one.told) for waiting_one in held]
        except (Busy, Unreachable) as error:
            for waiting_one in held:
                waiting_one.refused = error  # it would say so to each, after a wait for each
        except TandemError:
            return  # each by itself
        else:
            # only now: what is not kept durably is not answered
            for waiting_one, place in zip(held, places, strict=True):
                waiting_one.place = place

    def work_off(self) -> Counter[str]:
        """Work off what waits by now; says what came of it. What comes meanwhile is left, to be gathered first."""
        counted: Counter[str] = Counter()
        while True:
            before = counted["events"]
            with self._parts.store.reading() as connection:
                waiting = waiting_events(connection, most=AT_A_TIME)
                strangers = self._strangers(connection, waiting)
            if not waiting:
                return counted
            if strangers:
                self._ask_who()
            for run in _runs(waiting):
                counted += self._try(run)
            # fewer done than there were: another process was at them, and they are looked at again
            if len(waiting) < AT_A_TIME and counted["events"] - before == len(waiting):
                return counted

    def _try(self, run: Sequence[WaitingWebhook]) -> Counter[str]:
        """Work off webhooks together; one that cannot be used is given up after a few tries, so that others follow."""
        try:
            with self._turns.working_off(), self._parts.store.writing() as connection:
                return self._work_off(connection, run)
        except Exception as error:
            broken = isinstance(error, BadInput) or isinstance(error.__cause__, IntegrityError | DataError)
            if isinstance(error, TandemError) and not broken:
                raise  # the database does not answer, or has no room: they wait
            if len(run) > 1:
                return sum((self._try([event]) for event in run), Counter[str]())
            self._tries[run[0].sequence] += 1
            if self._tries[run[0].sequence] < TRIES:
                raise
        with self._turns.working_off(), self._parts.store.writing() as connection:
            finish_events(connection, [run[0].sequence], "cannot be used; a pull mends what it meant")
        return Counter({"events": 1})

    def _work_off(self, connection: Connection, run: Sequence[WaitingWebhook]) -> Counter[str]:
        alone_with_inbox(connection)
        first = waiting_events(connection, most=1)
        if not first or first[0].sequence != run[0].sequence:
            return Counter()  # another process was quicker
        done = [event.sequence for event in run]
        told = [(event.sequence, event.webhook) for event in run if event.webhook is not None]
        if not told:
            finish_events(connection, done, f"cannot be used ({run[0].why}); a pull mends it")
            return Counter({"events": len(run)})
        project = project_numbered(connection, told[0][1].project)
        if project is None:
            finish_events(connection, done, "not ours: no project of this study")
            return Counter({"events": len(run)})
        try:
            with connection.begin_nested():
                counted = self._apply(connection, project, told)
        except BadInput as error:
            if len(run) > 1:
                raise
            finish_events(connection, done, f"cannot be used ({error}); a pull mends it")
            return Counter({"events": 1})
        finish_events(connection, done, ", ".join(f"{n} {what}" for what, n in counted.items()))
        return counted + Counter({"events": len(run)})

    def _apply(
        self, connection: Connection, project: ProjectRow, told: Sequence[tuple[int, Webhook]]
    ) -> Counter[str]:
        sequence, first = told[0]
        if first.action == DELETED:
            return self.reviewing.take_away(connection, project, first.deleted, event=sequence)
        arrivals_told = [(arrival, event) for event, webhook in told for arrival in webhook.arrivals]
        arrivals, events = [arrival for arrival, _ in arrivals_told], [event for _, event in arrivals_told]
        return self.reviewing.take_in(connection, project, arrivals, events=events)

    def _strangers(self, connection: Connection, waiting: Sequence[WaitingWebhook]) -> bool:
        """Does a webhook name a user whose address is not known yet?"""
        by_project: dict[int, set[int]] = {}
        for told in (event.webhook for event in waiting if event.webhook is not None):
            named = {arrival.user for arrival in told.arrivals if arrival.user is not None}
            by_project.setdefault(told.project, set()).update(named)
        for number, named in by_project.items():
            project = project_numbered(connection, number)
            if project is not None and named - users(connection, project.url).keys():
                return True
        return False

    def _ask_who(self) -> None:
        """Ask Label Studio for its users; while it does not answer, their annotations are set aside for a while."""
        if time.monotonic() - self._asked_at < ASK_AGAIN_AFTER_S:
            return
        self._asked_at = time.monotonic()
        if self._users is None:
            return
        with suppress(TandemError):
            url, users = self._users()
            with self._turns.working_off(), self._parts.store.writing() as connection:
                alone_with_inbox(connection)
                keep_users(connection, url, users)
