"""Each decision in Label Studio becomes a review once, whatever came twice, late, in disorder or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fake_label_studio import FakeLabelStudio, chosen, keys_of
from reviews_arriving import deliver, pull_now, reviews_of, said_in

from annotations.codebook.codes import Code, Codebook
from annotations.codebook.files import write_codebook
from annotations.coding import Condition, Draw
from annotations.deal_and_draw import Dealt, DrawPlan, Fractions
from annotations.errors import BadInput
from annotations.store.codebook_versions import keep_codebook
from annotations.store.deals import add_plan, keep_dealt
from annotations.store.hidden_segments import hidden_segments
from annotations.store.reviews import count_reviews
from annotations.store.tables import label_studio_projects, label_studio_tasks
from annotations.store.transcripts import all_transcripts
from service.composition import Parts
from service.corrections.inbox import Inbox
from service.corrections.list_set_aside import set_aside
from service.looking.history import history


def test_a_saved_annotation_is_a_review(parts: Parts, server: FakeLabelStudio, inbox: Inbox) -> None:
    """Codes, memo, time, lead time, and the model version that was on the screen."""
    server.save(1, 1, chosen("money", "early", memo="hm", origin="prediction"))
    assert deliver(inbox, server.told[-1])["new"] == 1
    (review,) = reviews_of(parts)
    assert (review.coder, review.condition, review.draw) == ("Ada", Condition.ASSISTED, Draw.ORDINARY)
    assert {coding.code for coding in review.codings} == {"money", "early"}
    assert {coding.memo for coding in review.codings} == {"hm"}
    assert review.shown_version is not None
    assert review.lead_time == 4.5
    assert review.origin["regions"] == {"manual": 1, "prediction": 2}


def test_a_blind_task_makes_an_independent_review(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """Nothing was on the screen, and until the review is in its suggestion stays hidden."""
    with parts.store.reading() as connection:
        assert hidden_segments(connection) == {keys_of(parts)[2]}
    server.save(3, 2, chosen(nothing=True))
    deliver(inbox, server.told[-1])
    (review,) = reviews_of(parts)
    assert (review.condition, review.draw, review.codings) == (Condition.INDEPENDENT, Draw.BLIND, ())
    with parts.store.reading() as connection:
        assert hidden_segments(connection) == set()


def test_what_is_drawn_and_not_pushed_yet_is_hidden(parts: Parts) -> None:
    """A push that was stopped leaves passages that somebody will be asked about blind; nobody reads ahead."""
    later, blind = keys_of(parts)[4], keys_of(parts)[2]
    with parts.store.writing() as connection:
        plan = add_plan(connection, DrawPlan(Fractions(double=0.5), seed=1))
        (kept,) = all_transcripts(connection)
        dealt = Dealt(kept.id, 6, drawn={later: Draw.DOUBLE, blind: Draw.BLIND})
        keep_dealt(connection, plan.id or uuid4(), parts.segmentation.version, [dealt])
        assert hidden_segments(connection) == {blind}
        connection.execute(label_studio_tasks.delete().where(label_studio_tasks.c.segment_id == later))
        assert hidden_segments(connection) == {blind, later}
        assert hidden_segments(connection, transcript=kept.id) == {blind, later}
        assert hidden_segments(connection, transcript=uuid4()) == set()


def test_what_was_opened_before_the_push_is_independent(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """A task opened before any suggestion stood on it was judged without one, unless it shows that one was seen."""
    before = (server.now - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    server.save(1, 1, chosen("money"), draft_created_at=before)
    server.save(2, 1, chosen("money", origin="prediction"), draft_created_at=before)
    for body in server.told:
        deliver(inbox, body)
    assert [one.condition for one in reviews_of(parts)] == [Condition.INDEPENDENT, Condition.ASSISTED]
    assert all(one.shown_version for one in reviews_of(parts) if one.condition is Condition.ASSISTED)


def test_a_code_that_was_not_on_the_screen_was_not_decided(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox, codebook: Codebook
) -> None:
    """The codebook has grown since the push: of the new code the review says nothing."""
    known = frozenset(code.id for code in codebook.applicable)
    later = Code("later", "Later", "topics", "Topics/Later")
    write_codebook(replace(codebook, codes=(*codebook.codes, later)), parts.study.codebook_file)
    with parts.store.writing() as connection:
        version = keep_codebook(connection, codebook)
        connection.execute(label_studio_projects.update().values(codebook_version=version))
    server.save(1, 1, chosen("money"))
    deliver(inbox, server.told[-1])
    (review,) = reviews_of(parts)
    assert (review.codebook_version, review.decides) == (version, known)
    with parts.store.writing() as connection:
        connection.execute(label_studio_projects.update().values(codebook_version=None))
    server.save(2, 2, chosen("money"))
    deliver(inbox, server.told[-1])
    # where it is not on record what was on the screen, it was the codebook in force
    assert [one.decides for one in reviews_of(parts)] == [known, known | {"later"}]


def test_a_change_of_mind_supersedes(parts: Parts, server: FakeLabelStudio, inbox: Inbox) -> None:
    """The later word stands, the earlier stays in the history; what was seen first counts for both."""
    mine = server.save(1, 1, chosen("money"))
    server.now += timedelta(minutes=3)
    server.update(mine, chosen("people"))
    assert [deliver(inbox, body) for body in server.told][1]["superseded"] == 1
    assert said_in(parts)[0][2] == ("people",)
    found = history(parts, "JKG-01:2").to_json()["reviews"]
    assert [one["state"] for one in found] == ["superseded", "stands"]
    assert {one["condition"] for one in found} == {"assisted"}


def test_saving_the_same_again_makes_no_second_review(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """Pressing Update without a change, and the same webhook twice, add nothing."""
    mine = server.save(1, 1, chosen("money"))
    server.now += timedelta(minutes=3)
    server.update(mine, chosen("money"), lead_time=9.0)
    for body in [*server.told, *server.told]:
        deliver(inbox, body)
    with parts.store.reading() as connection:
        assert count_reviews(connection)[0] == 1


def test_an_older_word_that_comes_late_changes_nothing(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """Order is that of Label Studio's times, not that of arrival; a deletion that came first holds."""
    mine, other = server.save(1, 1, chosen("money")), server.save(2, 1, chosen("money"))
    server.now += timedelta(minutes=3)
    server.update(mine, chosen("people"))
    server.delete(other)
    for body in reversed(server.told):
        deliver(inbox, body)
    assert [said[2] for said in said_in(parts)] == [("people",)]


def test_a_deleted_annotation_takes_its_review_back(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """The review stands no more, and is not gone; an earlier annotation of the same coder holds again."""
    server.save(1, 1, chosen("money"))
    server.now += timedelta(minutes=3)
    second = server.save(1, 1, chosen("people"))
    server.now += timedelta(minutes=3)
    server.delete(second)
    for body in server.told:
        deliver(inbox, body)
    assert [said[2] for said in said_in(parts)] == [("money",)]
    server.delete(1)
    deliver(inbox, server.told[-1])
    assert said_in(parts) == []
    assert len(history(parts, "JKG-01:2").to_json()["reviews"]) == 3


@pytest.mark.parametrize(
    ("result", "more", "aside"),
    [
        (chosen("money"), {"was_cancelled": True}, None),
        ([], {}, None),
        (chosen(memo="a thought"), {}, None),
        (chosen("money", nothing=True), {}, "is ticked, and there are codes"),
        (chosen("old-code"), {}, '"old-code"'),
        (chosen("money"), {"completed_by": 3, "updated_by": 3}, "stranger@example.org is no coder"),
        (chosen("money"), {"lead_time": None, "updated_by": None, "parent_prediction": 9}, "nobody has read"),
    ],
)
def test_what_is_no_review(
    parts: Parts,
    server: FakeLabelStudio,
    inbox: Inbox,
    result: list[dict[str, Any]],
    more: dict[str, Any],
    aside: str | None,
) -> None:
    """Skipped, empty, at odds with itself, unknown: no review; what somebody must decide is shown with the reason."""
    server.save(1, 1, result, **more)
    deliver(inbox, server.told[-1])
    assert reviews_of(parts) == ()
    found = set_aside(parts)
    assert len(found) == (aside is not None)
    assert aside is None or aside in found[0].why
    pulled = pull_now(parts, server)
    assert (pulled.counted["new"], pulled.set_aside) == (0, len(found))


def test_who_saves_over_a_colleague_does_not_speak_for_them(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """The coder's own word stands, what the colleague wrote is set aside, and the coder may save it anew."""
    mine = server.save(1, 1, chosen("money"))
    server.now += timedelta(minutes=3)
    server.update(mine, chosen("people"), updated_by=2)
    for body in server.told:
        deliver(inbox, body)
    assert [said[:1] + said[2:] for said in said_in(parts)] == [("Ada", ("money",))]
    assert pull_now(parts, server).set_aside == 1
    server.now += timedelta(minutes=3)
    server.update(mine, chosen("people"), updated_by=1)
    assert pull_now(parts, server).set_aside == 0
    assert [said[:1] + said[2:] for said in said_in(parts)] == [("Ada", ("people",))]


def test_the_colleagues_word_may_come_first(parts: Parts, server: FakeLabelStudio, inbox: Inbox) -> None:
    """In whatever order the two arrive, the coder's own word stands."""
    mine = server.save(1, 1, chosen("money"))
    server.now += timedelta(minutes=3)
    server.update(mine, chosen("people"), updated_by=2)
    for body in reversed(server.told):
        deliver(inbox, body)
    assert [said[:1] + said[2:] for said in said_in(parts)] == [("Ada", ("money",))]
    assert len(set_aside(parts)) == 1
    assert pull_now(parts, server).counted.total() == 0


def test_an_import_for_a_coder_is_that_coders_word(parts: Parts, server: FakeLabelStudio) -> None:
    """Whoever holds the administrator's token may enter annotations that others made."""
    server.save(1, 2, chosen("money"), updated_by=1, lead_time=None)
    pull_now(parts, server)
    assert said_in(parts)[0][0] == "Bo"


def test_a_passage_that_is_none(parts: Parts) -> None:
    """History names what it was given and what it takes."""
    for given_span, says in (
        ("JKG-01", "is no passage"),
        ("JKG-01:99", "has no turn 99; its turns are 1 to 12"),
        ("JKG-01:0", "turns count from 1, as in Label Studio"),
        ("JKG-1:1", "not known"),
    ):
        with pytest.raises(BadInput, match=says):
            history(parts, given_span)
