"""Annotations of a whole interview arrive: a review of each passage that was read, beside the view of passages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fake_label_studio import FakeLabelStudio, chosen
from reviews_arriving import deliver, pull_now, reviews_of
from sqlalchemy import select
from whole_interview import Whole, said

from annotations.coding import Condition, Draw
from annotations.label_studio.annotation import KEPT
from annotations.label_studio.webhook import webhook_of
from annotations.store.hidden_segments import hidden_segments
from annotations.store.interviews import all_drafts, forget_interviews
from annotations.store.tables import (
    interview_drafts,
    label_studio_annotations,
    label_studio_interviews,
    passage_answers,
    transcripts,
)
from annotations.store.tasks_to_erase import interviews_with
from annotations.store.transcripts import all_transcripts
from annotations.store.wave_views import TaskView, choose_view
from annotations.store.webhooks import count_waiting
from annotations.store.withdrawals import erase
from annotations.transcript import Span
from service.composition import Parts
from service.corrections.inbox import Inbox
from service.corrections.list_set_aside import set_aside, set_aside_of
from service.looking.study_work import study_work
from service.looking.wave_progress import progress_of


@pytest.fixture
def whole(parts: Parts) -> Whole:
    """The same interview as one task, in a project of its own."""
    return Whole(parts)


def test_a_submitted_interview_is_a_review_of_each_passage(parts: Parts, inbox: Inbox, whole: Whole) -> None:
    """Each with its own condition and draw; what was deleted was rejected; spans are those that were marked."""
    own = Span(whole.spans[2].start + 2, whole.spans[2].start + 9)
    result = [*whole.suggestion(0), *whole.mark(own, "mine", "people")]
    whole.save(1, 1, result)
    counted = deliver(inbox, whole.told[-1])
    assert counted["new"] == 6
    found = sorted(reviews_of(parts), key=lambda one: one.span)
    assert [one.draw for one in found] == [Draw.BLIND if at == 2 else Draw.ORDINARY for at in range(6)]
    assert [one.condition for one in found] == [
        Condition.INDEPENDENT if at == 2 else Condition.ASSISTED for at in range(6)
    ]
    assert said(parts) == [("money",), (), ("people",), (), (), ()]
    assert [coding.span for coding in found[2].codings] == [own]
    assert found[0].origin["regions"] == {"prediction": 1}
    assert (found[1].origin["ticked"], found[1].codings) == (["money"], ())
    assert deliver(inbox, whole.told[-1])["new"] == 0


def test_only_what_changed_becomes_a_new_review(parts: Parts, inbox: Inbox, whole: Whole) -> None:
    """An update of a long interview supersedes one passage; a deletion takes all of it back."""
    annotation = whole.save(1, 1, whole.suggestion(0))
    deliver(inbox, whole.told[-1])
    whole.now += timedelta(minutes=5)
    whole.update(annotation, [*whole.suggestion(0), *whole.mark(whole.spans[4], "mine", "people")])
    counted = deliver(inbox, whole.told[-1])
    assert (counted["superseded"], counted["new"]) == (1, 0)
    assert said(parts) == [("money",), (), (), (), ("people",), ()]
    whole.delete(annotation)
    assert deliver(inbox, whole.told[-1])["taken_back"] == 6
    assert said(parts) == []
    with parts.store.reading() as connection:
        assert connection.execute(select(passage_answers)).all() == []


def test_a_lost_webhook_is_mended_by_a_pull(parts: Parts, whole: Whole) -> None:
    """And what was skipped is no word."""
    whole.save(1, 1, whole.suggestion(0))
    whole.save(1, 2, [], was_cancelled=True)
    assert pull_now(parts, whole).to_json()["reviews_new"] == 6
    assert pull_now(parts, whole).to_json()["reviews_new"] == 0
    assert said(parts, "Bo") == []


def test_marks_that_were_never_seen_are_set_aside_and_shown(parts: Parts, inbox: Inbox, whole: Whole) -> None:
    """The passage has no review, the others have; the list says where it is and what to do."""
    unseen = whole.suggestion(1)
    for region in unseen:
        region["value"]["text"] = ""
    whole.save(1, 1, [*whole.suggestion(0), *unseen])
    deliver(inbox, whole.told[-1])
    assert said(parts) == [("money",), (), (), (), ()]
    (aside,) = set_aside(parts)
    assert (aside.transcript, aside.turn, aside.coder, aside.project) == ("JKG-01", 3, "Ada", 9)
    assert progress_of(parts).set_aside == 1


def test_somebody_unknown_and_an_interview_without_any_mark_are_no_reviews(
    parts: Parts, inbox: Inbox, whole: Whole
) -> None:
    """Both are kept; of the first somebody is told."""
    whole.save(1, 3, whole.suggestion(0))
    whole.save(1, 1, [])
    for told in whole.told:
        deliver(inbox, told)
    assert reviews_of(parts) == ()
    (aside,) = set_aside(parts)
    assert (aside.transcript, aside.user) == ("JKG-01", "stranger@example.org")


def test_what_stands_in_one_view_stands_in_the_other(
    parts: Parts, inbox: Inbox, server: FakeLabelStudio, whole: Whole
) -> None:
    """A passage coded alone is not emptied by an interview that was begun without it; a mark there counts."""
    server.save(2, 1, chosen("people"))
    deliver(inbox, server.told[-1])
    annotation = whole.save(1, 1, whole.suggestion(0))
    deliver(inbox, whole.told[-1])
    assert said(parts) == [("money",), ("people",), (), (), (), ()]
    whole.now += timedelta(minutes=5)
    whole.update(annotation, [*whole.suggestion(0), *whole.mark(whole.spans[1], "nothing")])
    deliver(inbox, whole.told[-1])
    assert said(parts)[1] == ()


def test_a_coders_own_words_put_there_say_nothing_new(
    parts: Parts, inbox: Inbox, server: FakeLabelStudio, whole: Whole
) -> None:
    """Until the coder saves them: then what is missing was taken away, and what is as before is no new review."""
    for task in (1, 2):
        server.save(task, 1, chosen("people"))
        deliver(inbox, server.told[-1])
    carried = [
        region
        for at in (0, 1)
        for region in whole.mark(whole.spans[at], "mine", "people", name=f"{KEPT}{at}")
    ]
    whole.now += timedelta(minutes=1)
    annotation = whole.save(1, 1, carried, lead_time=None, updated_by=77)
    deliver(inbox, whole.told[-1])
    before = {one.id for one in reviews_of(parts)}
    assert said(parts) == [("people",), ("people",)]
    whole.now += timedelta(minutes=5)
    whole.update(annotation, carried[:2], lead_time=40.0, updated_by=1)
    counted = deliver(inbox, whole.told[-1])
    assert (counted["superseded"], counted["new"]) == (1, 4)
    assert said(parts) == [("people",), (), (), (), (), ()]
    stayed = [one for one in reviews_of(parts) if one.id in before]
    assert [one.span for one in stayed] == [whole.spans[0]]
    # who saw suggestions in one view has seen them in the other
    assert (
        next(one for one in reviews_of(parts) if one.span == whole.spans[1]).condition is Condition.ASSISTED
    )


def test_an_answer_to_one_passage_leaves_the_rest_of_a_wide_mark(
    parts: Parts, inbox: Inbox, server: FakeLabelStudio, whole: Whole
) -> None:
    """The coder changes the first of two passages that a mark lies over; the second one keeps its code."""
    wide = Span(whole.spans[0].start, whole.spans[1].end)
    whole.save(1, 1, whole.mark(wide, "mine", "money"))
    deliver(inbox, whole.told[-1])
    server.now = whole.now + timedelta(minutes=5)
    server.save(1, 1, chosen("people"))
    deliver(inbox, server.told[-1])
    (first,) = [one for one in reviews_of(parts) if one.span == whole.spans[0]]
    codes = {coding.code: coding.span for coding in first.codings}
    assert codes == {"people": whole.spans[0], "money": Span(whole.spans[0].end, whole.spans[1].end)}


def test_a_blind_passage_judged_in_one_view_is_hidden_no_more(
    parts: Parts, inbox: Inbox, whole: Whole
) -> None:
    """The task in the other view waits for nobody."""
    with parts.store.reading() as connection:
        assert hidden_segments(connection) == {whole.segments[2]}
    whole.save(1, 1, whole.suggestion(0))
    deliver(inbox, whole.told[-1])
    with parts.store.reading() as connection:
        assert hidden_segments(connection) == set()


def test_a_corrected_text_takes_no_late_marks_in(parts: Parts, inbox: Inbox, whole: Whole) -> None:
    """What was said before stands; what is said of the old words is set aside."""
    annotation = whole.save(1, 1, whole.suggestion(0))
    deliver(inbox, whole.told[-1])
    with parts.store.writing() as connection:
        (kept,) = all_transcripts(connection)
        text = kept.transcript.text.replace("number 11", "number XI")
        changed = replace(kept.transcript, text=text)
        connection.execute(transcripts.update().values(text=text, text_hash=changed.text_hash))
    pulled = pull_now(parts, whole).to_json()
    assert (pulled["reviews_superseded"], pulled["taken_back"], pulled["set_aside"]) == (0, 0, 0)
    whole.now += timedelta(minutes=5)
    whole.update(annotation, whole.mark(whole.spans[4], "mine", "people"))
    before = said(parts)
    assert "money" in before[0]
    deliver(inbox, whole.told[-1])
    (aside,) = set_aside(parts)
    assert "corrected since" in aside.why
    assert set_aside_of(parts, "Ada") == [aside]
    assert said(parts) == before
    pull_now(parts, whole)
    assert (said(parts), set_aside(parts)) == (before, [aside])


def test_a_draft_is_no_review_and_says_how_far_it_is(parts: Parts, whole: Whole) -> None:
    """Until it is submitted."""
    result = [*whole.suggestion(5), *whole.mark(whole.spans[1], "mine", "people")]
    who, since = " ada@example.org, 1", whole.now.isoformat()
    drafts = [{"created_username": who, "result": result, "created_at": since, "annotation": None}]
    whole.tasks[1]["draft_exists"] = True
    whole.drafts = {1: drafts}
    pull_now(parts, whole)
    assert reviews_of(parts) == ()
    (begun,) = progress_of(parts).begun
    assert begun.in_words == (
        "JKG-01: begun by ada@example.org, as far as turn 4 of 12 (1 mark set or changed)"
    )
    whole.drafts, whole.tasks[1]["draft_exists"] = {}, False
    pull_now(parts, whole)
    with parts.store.reading() as connection:
        assert all_drafts(connection) == ()


def test_a_withdrawal_takes_the_interview_as_a_whole(parts: Parts, inbox: Inbox, whole: Whole) -> None:
    """Its task in Label Studio, what annotations said, drafts; no row is left, and a late webhook finds nothing."""
    whole.save(1, 1, whole.suggestion(0))
    deliver(inbox, whole.told[-1])
    inbox.store(webhook_of(whole.told[-1]))
    with parts.store.writing() as connection:
        (kept,) = all_transcripts(connection)
        done = erase(connection, kept.transcript.participant or "JKG-01", by="Lead")
        assert done.reviews == 6
        assert {one.project: len(one.keys) for one in done.withdrawal.pending} == {7: 6, 9: 1}
        for table in (passage_answers, label_studio_interviews, label_studio_annotations, interview_drafts):
            assert connection.execute(select(table)).all() == []
        assert count_waiting(connection) == 0


def test_words_that_are_forgotten_take_the_old_interview_with_them(
    parts: Parts, inbox: Inbox, whole: Whole
) -> None:
    """The task that shows the earlier text goes; reviews of words that stand stay."""
    whole.save(1, 1, whole.suggestion(0))
    deliver(inbox, whole.told[-1])
    with parts.store.writing() as connection:
        connection.execute(transcripts.update().values(text_hash="another"))
        doomed = interviews_with(connection, [whole.segments[0]])
        assert [one.task_id for one in doomed] == [1]
        forget_interviews(connection, doomed)
        for table in (passage_answers, label_studio_interviews, label_studio_annotations):
            assert connection.execute(select(table)).all() == []
    assert len(reviews_of(parts)) == 6


def test_the_work_of_a_wave_is_counted_once(
    parts: Parts, inbox: Inbox, server: FakeLabelStudio, whole: Whole
) -> None:
    """Where both views stand, in the one that is in force; what was done in the other is done."""
    server.save(2, 1, chosen("people"))
    deliver(inbox, server.told[-1])
    for view in (TaskView.INTERVIEW, TaskView.PASSAGE):
        with parts.store.writing() as connection:
            choose_view(connection, "1", view)
            (row,) = study_work(connection, parts.settings, parts.segmentation.version)
        assert (row.coder, row.passages, row.done, row.left) == ("Ada", 6, 1, 5)
    whole.save(1, 1, whole.suggestion(0))
    deliver(inbox, whole.told[-1])
    with parts.store.reading() as connection:
        (row,) = study_work(connection, parts.settings, parts.segmentation.version)
    assert (row.done, row.left) == (6, 0)
