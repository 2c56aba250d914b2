"""What stood before a coder in boxes: accepted, rejected, added and offered without being taken are told apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fake_label_studio import BEGAN, FakeLabelStudio, chosen, keys_of
from reviews_arriving import deliver, reviews_of

from annotations.store.label_studio_projects import projects
from annotations.store.pushed_tasks import keep_tasks, tasks_of
from service.composition import Parts
from service.corrections.inbox import Inbox
from service.looking.history import history
from service.looking.second_look import GROUP_TOO, MEMO_ALONE, second_look


def _offer(parts: Parts, at: int, offered: tuple[str, ...], ticked: tuple[str, ...], hours: int = 0) -> None:
    """Put these boxes on a task, as a push does."""
    key = keys_of(parts)[at]
    with parts.store.writing() as connection:
        (row,) = projects(connection)
        task = tasks_of(connection, row.id)[key]
        since = BEGAN + timedelta(hours=hours)
        shown = replace(task, offered=offered, ticked=ticked, shown_since=since)
        keep_tasks(connection, row.id, [shown])


def test_four_fates_of_a_code_are_told_apart(parts: Parts, server: FakeLabelStudio, inbox: Inbox) -> None:
    """Ticked and left, ticked and taken away, found in the list, and offered in a box that stayed empty."""
    _offer(parts, 0, ("money", "people", "early"), ("money", "people"))
    server.save(1, 1, chosen("money", "late"))
    deliver(inbox, server.told[-1])
    (found,) = history(parts, "JKG-01:2").to_json()["reviews"]
    assert (found["accepted"], found["rejected"], found["added"]) == (["Money"], ["People"], ["Late"])
    assert (found["offered"], found["offered_and_taken"], found["offered_not_taken"]) == (
        ["Early"],
        [],
        ["Early"],
    )
    assert found["suggested"] == ["Money", "People"]


def test_what_was_offered_and_taken_is_not_what_was_sought(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """Both were added by the coder; one stood before them."""
    _offer(parts, 0, ("money", "people"), ())
    server.save(1, 1, chosen("people", "late"))
    deliver(inbox, server.told[-1])
    (found,) = history(parts, "JKG-01:2").to_json()["reviews"]
    assert (found["accepted"], found["rejected"], found["added"]) == ([], [], ["Late", "People"])
    assert (found["offered_and_taken"], found["offered_not_taken"]) == (["People"], ["Money"])


def test_what_counts_is_what_stood_there_when_it_was_opened(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """Boxes that came later are nothing that the coder decided about; of older tasks nobody wrote it down."""
    server.save(2, 1, chosen("money"))
    _offer(parts, 0, ("money",), ("money",))
    _offer(parts, 0, ("people",), (), hours=48)
    server.save(1, 1, chosen("money"))
    for body in server.told:
        deliver(inbox, body)
    kept = {review.span.start: review.origin for review in reviews_of(parts)}
    first, second = (kept[start] for start in sorted(kept))
    assert (first["offered"], first["ticked"]) == (["money"], ["money"])
    assert "offered" not in second


def test_what_can_hardly_be_meant_is_listed_and_left(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """A memo beside "no code applies"; nothing is changed by looking."""
    server.save(1, 1, chosen(nothing=True, memo="Is this about money after all?"))
    server.save(2, 1, chosen("money", memo="fine"))
    server.save(3, 1, chosen(nothing=True))
    for body in server.told:
        deliver(inbox, body)
    before = reviews_of(parts)
    (doubt,) = second_look(parts)
    assert (doubt.kind, doubt.place, doubt.coder) == (MEMO_ALONE, "JKG-01, turn 2", "Ada")
    assert "Is this" not in doubt.found
    assert reviews_of(parts) == before
    assert GROUP_TOO not in {doubt.kind}
