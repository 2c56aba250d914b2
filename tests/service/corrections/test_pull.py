"""A pull finds whatever no webhook told, and takes nothing away that it did not see go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from typing import Any

import pytest
from fake_label_studio import FakeLabelStudio, chosen
from reviews_arriving import deliver, pull_now, said_in

from annotations.errors import Unreachable
from annotations.label_studio.read_answers import Answers
from annotations.progress import quiet
from annotations.store.database import open_store
from annotations.study.config import read_study
from service.composition import Parts
from service.corrections.inbox import Inbox
from service.corrections.pull import pull_all, pull_changed


def test_a_stranger_becomes_a_coder(parts: Parts, server: FakeLabelStudio) -> None:
    """Once study.yaml says whose address it is, what was set aside becomes reviews, with nothing sent again."""
    server.save(1, 3, chosen("money"))
    assert pull_now(parts, server).set_aside == 1
    with (parts.study.folder / "study.yaml").open("a") as file:
        file.write("- {name: Cleo, email: Stranger@Example.org}\n")
    again = Parts(read_study(parts.study.folder), parts.settings)
    pulled = pull_now(again, server)
    again.close()
    assert (pulled.counted["new"], pulled.set_aside) == (1, 0)
    assert said_in(parts)[0][0] == "Cleo"


def test_a_pull_mends_what_webhooks_lost(parts: Parts, server: FakeLabelStudio) -> None:
    """Everything that no webhook told arrives, a second pull finds nothing new, and deleted ones are taken back."""
    mine = [server.save(task, 1 + task % 2, chosen("money")) for task in (1, 2, 4)]
    server.save(5, 1, chosen(nothing=True))
    first = pull_now(parts, server).to_json()
    assert (first["reviews_new"], first["deleted"]) == (4, 0)
    second = pull_now(parts, server).to_json()
    assert (second["reviews_new"], second["reviews_superseded"], second["deleted"]) == (0, 0, 0)
    server.delete(mine[0])
    server.delete_task(2)
    third = pull_now(parts, server).to_json()
    assert (third["deleted"], third["taken_back"]) == (2, 2)
    assert len(said_in(parts)) == 2


def test_reading_what_changed_finds_changes_and_deletions(parts: Parts, server: FakeLabelStudio) -> None:
    """The periodic reading asks only for tasks that changed since."""
    mine = server.save(1, 1, chosen("money"))
    pull_now(parts, server)
    server.now += timedelta(hours=1)
    server.delete(mine)
    server.save(2, 2, chosen("people"))
    pulled = pull_changed(parts, Inbox(parts), Answers(server))
    assert (pulled.counted["new"], pulled.counted["deleted"]) == (1, 1)


def test_a_project_that_is_gone_takes_no_reviews_along(parts: Parts, server: FakeLabelStudio) -> None:
    """A deleted or emptied project says so, and everything that was judged in it stays."""
    server.save(1, 1, chosen("money"))
    pull_now(parts, server)
    before = dict(server.tasks)
    server.tasks.clear()
    assert "holds none of its tasks" in pull_now(parts, server).notes[0]
    server.tasks.update(before)
    server.there = False
    assert "no longer in Label Studio" in pull_now(parts, server).notes[0]
    assert len(said_in(parts)) == 1


def test_a_pull_that_is_cut_off_takes_nothing_away(
    parts: Parts, server: FakeLabelStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Label Studio stops between two pages: what was read stays, what was not read is not taken for deleted."""
    for size in ("PAGE", "LIST_PAGE"):
        monkeypatch.setattr(f"annotations.label_studio.read_answers.{size}", 2)
    for task in range(1, 7):
        server.save(task, 1, chosen("money"))
    server.fails_on_page = 2
    with pytest.raises(Unreachable):
        pull_now(parts, server)
    assert len(said_in(parts)) == 2
    server.fails_on_page = None
    assert pull_now(parts, server).counted["new"] == 4
    server.fails_on_page = 2
    with pytest.raises(Unreachable):
        pull_now(parts, server)
    assert len(said_in(parts)) == 6


def test_a_webhook_that_came_while_a_pull_read_is_not_undone(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """What a pull read before a coder saved does not win over what the webhook then told."""
    mine = server.save(1, 1, chosen("money"))
    pull_now(parts, server)

    server.update(mine, chosen("money", "early"))  # its webhook is lost

    def coder_saves() -> None:
        server.now += timedelta(minutes=1)
        server.update(mine, chosen("people"))
        deliver(inbox, server.told[-1])

    pull_all(parts, Inbox(parts), _Interrupted(server, coder_saves), quiet)
    assert said_in(parts)[0][2] == ("people",)


class _Interrupted(Answers):
    """Something happens after tasks were read and before they are taken in."""

    def __init__(self, server: FakeLabelStudio, meanwhile: Callable[[], None]) -> None:
        super().__init__(server)
        self._meanwhile = meanwhile

    def pages(self, project: int, *, since: Any = None) -> Iterator[Any]:
        for page in list(super().pages(project, since=since)):
            self._meanwhile()
            yield page

    def with_numbers(self, project: int, numbers: Collection[int]) -> Iterator[Any]:
        for page in list(super().with_numbers(project, numbers)):
            self._meanwhile()
            yield page


def test_a_pull_reads_what_has_changed_and_nothing_else(parts: Parts, server: FakeLabelStudio) -> None:
    """What stands as it was read before is not read again; a change and a deletion are found whatever a clock says."""
    mine = [server.save(task, 1, chosen("money")) for task in (1, 2, 4, 5)]
    pull_now(parts, server)
    server.asked = 0
    again = pull_now(parts, server)
    assert (server.asked, again.annotations, again.unchanged) == (0, 0, 6)
    server.now -= timedelta(days=1)
    server.update(mine[0], chosen("people"))
    server.delete(mine[1])
    third = pull_now(parts, server)
    assert (third.counted["superseded"], third.counted["deleted"]) == (1, 1)
    assert (server.asked, third.unchanged) == (1, 4)
    server.delete_task(4)
    assert pull_now(parts, server).counted["deleted"] == 1
    assert said_in(parts)[0][2] == ("people",)


def test_what_decides_what_answers_mean_has_changed(parts: Parts, server: FakeLabelStudio) -> None:
    """A code that has left the codebook, or an address that is another coder's now: everything is read again."""
    server.save(1, 1, chosen("money"))
    pull_now(parts, server)
    file = parts.study.folder / "study.yaml"
    file.write_text(file.read_text("utf-8").replace("name: Bo", "name: Bea"), "utf-8")
    server.asked = 0
    pull_now(parts, server)
    assert server.asked == 1
    pull_now(parts, server)
    assert server.asked == 1


def test_a_deletion_that_nobody_told_while_a_webhook_was_under_way(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """An annotation comes by webhook while a pull reads, and goes without a word: the next pull sees that it is gone."""
    server.save(2, 1, chosen("money"))
    pull_now(parts, server)
    mine = server.save(1, 1, chosen("money"))
    told = server.told[-1]
    server.delete(mine)
    pull_all(parts, Inbox(parts), _Interrupted(server, lambda: deliver(inbox, told) and None), quiet)
    assert len(said_in(parts)) == 2
    assert pull_now(parts, server).counted["deleted"] == 1
    late = server.save(1, 1, chosen("money"))
    told = server.told[-1]
    server.delete(late)
    pull_now(parts, server)
    deliver(inbox, told)
    assert len(said_in(parts)) == 2
    pull_now(parts, server)
    assert len(said_in(parts)) == 1


def test_a_second_pull_at_the_same_time_adds_nothing(parts: Parts, server: FakeLabelStudio) -> None:
    """Two pulls on one database, at once, make each review once."""
    from concurrent.futures import ThreadPoolExecutor

    for task in range(1, 7):
        server.save(task, 1, chosen("money"))

    def run(_: int) -> int:
        own = Parts(parts.study, parts.settings)
        own.__dict__["store"] = open_store(parts.database_url)
        try:
            return pull_now(own, server).counted["new"]
        finally:
            own.close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(run, range(4))) == 6
    assert len(said_in(parts)) == 6
