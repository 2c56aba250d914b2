"""A pull finds whatever no webhook told, and takes nothing away that it did not see go."""

from __future__ import annotations

from collections.abc import Iterator
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
    monkeypatch.setattr("annotations.label_studio.read_answers.PAGE", 2)
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

    class Slow(Answers):
        def pages(self, project: int, *, since: Any = None) -> Iterator[Any]:
            for page in list(super().pages(project, since=since)):
                server.now += timedelta(minutes=1)
                server.update(mine, chosen("people"))
                deliver(inbox, server.told[-1])
                yield page

    pull_all(parts, Inbox(parts), Slow(server), quiet)
    assert said_in(parts)[0][2] == ("people",)


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
