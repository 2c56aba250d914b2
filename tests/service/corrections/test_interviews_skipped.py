"""A whole interview that a coder skips, or begins anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from reviews_arriving import deliver, pull_now
from whole_interview import Whole, said

from annotations.store.wave_views import TaskView, choose_view
from service.access.viewer import Viewer, ViewerRole
from service.composition import Parts
from service.corrections.inbox import Inbox
from service.looking.my_work import work_of
from service.looking.study_work import study_work


@pytest.fixture
def whole(parts: Parts) -> Whole:
    """The interview as one task, in a project of its own."""
    return Whole(parts)


@pytest.mark.parametrize("skips", [True, False])
def test_an_interview_begun_anew_is_read_in_one_pull(parts: Parts, whole: Whole, skips: bool) -> None:
    """What was said or skipped before is deleted, and no webhook told of either."""
    first = whole.save(1, 1, whole.suggestion(0), was_cancelled=skips)
    pull_now(parts, whole)
    whole.delete(first)
    whole.save(1, 1, whole.mark(whole.spans[1], "mine", "people"))
    pull_now(parts, whole)
    assert said(parts) == [(), ("people",), (), (), (), ()]


def test_a_skipped_interview_is_skipped_in_all_its_passages(parts: Parts, inbox: Inbox, whole: Whole) -> None:
    """Whoever skipped it finds the way back, and a lead sees that it is not merely left; until it is submitted."""
    with parts.store.writing() as connection:
        choose_view(connection, "1", TaskView.INTERVIEW)
    skipped = whole.save(1, 1, whole.suggestion(0), was_cancelled=True)
    deliver(inbox, whole.told[-1])
    lead = Viewer(None, "Lea", ViewerRole.LEAD)
    (mine,) = work_of(parts, lead, "Ada").interviews
    assert (mine.passages, mine.skipped, mine.left, mine.done) == (6, 6, 0, 0)
    assert mine.skipped_at is not None
    assert mine.skipped_at.endswith("/projects/9/data?task=1")
    with parts.store.reading() as connection:
        (row,) = study_work(connection, parts.settings, parts.segmentation.version)
    assert (row.coder, row.skipped, row.left) == ("Ada", 6, 0)
    (other,) = work_of(parts, lead, "Bo").interviews
    assert (other.skipped, other.left) == (0, 6)
    assert work_of(parts, lead, "Ada").saved_in_skipped == 0
    whole.now += timedelta(minutes=5)
    whole.update(skipped, whole.mark(whole.spans[4], "mine", "people"), was_cancelled=True)
    deliver(inbox, whole.told[-1])
    assert work_of(parts, lead, "Ada").saved_in_skipped == 6
    whole.delete(skipped)
    whole.save(1, 1, whole.suggestion(0))
    pull_now(parts, whole)
    (mine,) = work_of(parts, lead, "Ada").interviews
    assert (mine.skipped, mine.done) == (0, 6)


def test_what_was_skipped_in_the_other_view_is_left(parts: Parts, whole: Whole) -> None:
    """There is nothing to cancel in the view of now: an answer there counts, so the way leads to it as to any other."""
    with parts.store.writing() as connection:
        choose_view(connection, "1", TaskView.INTERVIEW)
    whole.save(1, 1, whole.suggestion(0), was_cancelled=True)
    pull_now(parts, whole)
    lead = Viewer(None, "Lea", ViewerRole.LEAD)
    assert work_of(parts, lead, "Ada").skipped == 6
    with parts.store.writing() as connection:
        choose_view(connection, "1", TaskView.PASSAGE)
    work = work_of(parts, lead, "Ada")
    assert (work.skipped, work.left, work.saved_in_skipped) == (0, 6, 0)
    assert work.interviews[0].skipped_at is None
    with parts.store.reading() as connection:
        (row,) = study_work(connection, parts.settings, parts.segmentation.version)
    assert (row.skipped, row.left) == (0, 6)
