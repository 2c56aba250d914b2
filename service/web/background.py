"""What the server does on its own: works off webhooks as they come, and now and then reads what Label Studio holds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from annotations.errors import TandemError, Unreachable, said_of
from annotations.label_studio.read_answers import Answers
from annotations.progress import quiet
from annotations.store.judged_passages import JudgedPassages
from annotations.store.leading import Leading
from service.composition import Parts
from service.corrections.inbox import Inbox
from service.corrections.pull import pull_all, pull_changed
from service.looking.interview_search import InterviewSearch

LOOK_S = 5.0
SOON_S = 1.0
# several worked off together cost little more than one, and the seldomer that is, the fewer webhooks wait for it
GATHER_S = 0.2
EVERYTHING_EACH = 10
log = logging.getLogger("tandem")


def work_off_until_stopped(inbox: Inbox, arrived: threading.Event, stopped: threading.Event) -> None:
    """Work off webhooks when some came; what a crash left is worked off at the start."""
    while not stopped.is_set():
        arrived.clear()
        _carefully("working off webhooks", inbox.work_off)
        if arrived.wait(LOOK_S):
            stopped.wait(GATHER_S)


def reconcile_until_stopped(parts: Parts, inbox: Inbox, every: float, stopped: threading.Event) -> None:
    """Read what has changed in Label Studio every so often, and everything at the start and each tenth time.

    Of several services on one database one reads; should it end, another begins, with everything.
    """
    rounds, leading = 0, Leading(parts.store, "reading Label Studio")
    while not stopped.is_set():
        if not leading.leads():
            rounds = 0
        elif _carefully("reading Label Studio", partial(reconcile, parts, inbox, everything=not rounds)):
            rounds = (rounds + 1) % EVERYTHING_EACH
        stopped.wait(every)
    leading.give_up()


def warm_up(parts: Parts, judged: JudgedPassages, search: InterviewSearch) -> None:
    """Count and read once what pages show, so that nobody waits for the first page of the day."""

    def count() -> None:
        with parts.store.reading() as connection:
            judged.now(connection, parts.segmentation.version)

    _carefully("counting what is judged", count)
    _carefully("reading for the search", partial(search.read, parts))


def attach_until_done(parts: Parts, stopped: threading.Event) -> None:
    """Attach this service to the projects that were pushed while it did not run, as soon as all answer."""
    pause = SOON_S
    while not stopped.wait(pause):
        if _carefully("attaching to Label Studio", partial(_attach, parts)):
            return
        pause = min(2 * pause, 60.0)


def _attach(parts: Parts) -> None:
    from service.label_studio.attach import attach_everywhere
    from service.label_studio.connect import label_studio_of

    with label_studio_of(parts, pauses=()) as server:
        server.check()
        undone = attach_everywhere(parts, server)
    if undone:
        raise TandemError(undone[0])


def reconcile(parts: Parts, inbox: Inbox, *, everything: bool) -> None:
    """Read Label Studio once, if there is one to read."""
    from service.label_studio.connect import label_studio_of

    with suppress(Unreachable), label_studio_of(parts, pauses=()) as server:
        answers = Answers(server)
        if everything:
            pull_all(parts, inbox, answers, quiet)
        else:
            pull_changed(parts, inbox, answers)


def users_of(parts: Parts) -> tuple[str, dict[int, str]]:
    """Label Studio's address and its users. Raises TandemError while it cannot be asked."""
    from service.label_studio.connect import label_studio_of

    with label_studio_of(parts, pauses=()) as server:
        return server.url, Answers(server).users()


def _carefully(what: str, work: Callable[[], object]) -> bool:
    """Do it, and go on whatever happens: the next round comes. Says whether it went well."""
    try:
        work()
    except TandemError as error:
        log.debug("%s: %s", what, error)
        return False
    except Exception as error:  # noqa: BLE001 (a thread that ends would do so in silence)
        log.error("%s: %s", what, said_of(error))
        return False
    return True
