"""Each decision in Label Studio becomes a review once, whatever came twice, late, in disorder or not at all."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fake_label_studio import FakeLabelStudio, chosen, keys_of, pushed_study
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.codebook.files import write_codebook
from annotations.coding import Condition, Draw, Review
from annotations.draws import Dealt, DrawPlan, Fractions
from annotations.errors import BadInput, Unreachable
from annotations.label_studio.answers import Answers
from annotations.store.database import open_store
from annotations.store.deals import add_plan, keep_dealt
from annotations.store.reviews import count_reviews, current_reviews, keep_codebook
from annotations.store.seen_annotations import hidden_segments
from annotations.store.tables import label_studio_projects, label_studio_tasks
from annotations.store.transcripts import all_transcripts
from annotations.store.webhooks import count_waiting
from annotations.study.config import read_study
from service.composition import Parts
from service.corrections.inbox import Inbox, reduced
from service.corrections.pull import Pulled, pull_all, pull_changed
from service.corrections.set_aside import set_aside
from service.looking.history import history
from service.settings import read_settings


@pytest.fixture
def parts(tmp_path: Path, codebook: Codebook, store_url: str) -> Iterator[Parts]:
    """A pushed study, on each kind of database."""
    made = pushed_study(tmp_path / "study", codebook, database=store_url)
    yield made
    made.close()


@pytest.fixture
def server(parts: Parts) -> FakeLabelStudio:
    """The Label Studio that it was pushed to."""
    return FakeLabelStudio(keys_of(parts))


@pytest.fixture
def inbox(parts: Parts, server: FakeLabelStudio) -> Inbox:
    """Where its webhooks go."""
    return Inbox(parts, lambda: (server.url, server.people))


def _deliver(inbox: Inbox, body: dict[str, Any]) -> Counter[str]:
    inbox.store(*reduced(body))
    return inbox.work_off()


def _pull(parts: Parts, server: FakeLabelStudio) -> Pulled:
    return pull_all(parts, Inbox(parts), Answers(server), lambda _done, _of: None)


def _reviews(parts: Parts) -> tuple[Review, ...]:
    with parts.store.reading() as connection:
        return current_reviews(connection)


def _said(parts: Parts) -> list[tuple[str, int, tuple[str, ...]]]:
    """Who said what where, as the store has it."""
    return sorted(
        (one.coder, one.span.start, tuple(sorted(c.code for c in one.codings))) for one in _reviews(parts)
    )


def test_a_saved_annotation_is_a_review(parts: Parts, server: FakeLabelStudio, inbox: Inbox) -> None:
    """Codes, memo, time, lead time, and the model version that was on the screen."""
    server.save(1, 1, chosen("money", "early", memo="hm", origin="prediction"))
    assert _deliver(inbox, server.told[-1])["new"] == 1
    (review,) = _reviews(parts)
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
    _deliver(inbox, server.told[-1])
    (review,) = _reviews(parts)
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


def test_what_was_opened_before_the_push_is_independent(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """A task opened before any suggestion stood on it was judged without one, unless it shows that one was seen."""
    before = (server.now - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    server.save(1, 1, chosen("money"), draft_created_at=before)
    server.save(2, 1, chosen("money", origin="prediction"), draft_created_at=before)
    for body in server.told:
        _deliver(inbox, body)
    assert [one.condition for one in _reviews(parts)] == [Condition.INDEPENDENT, Condition.ASSISTED]
    assert all(one.shown_version for one in _reviews(parts) if one.condition is Condition.ASSISTED)


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
    _deliver(inbox, server.told[-1])
    (review,) = _reviews(parts)
    assert (review.codebook_version, review.decides) == (version, known)
    with parts.store.writing() as connection:
        connection.execute(label_studio_projects.update().values(codebook_version=None))
    server.save(2, 2, chosen("money"))
    _deliver(inbox, server.told[-1])
    # where it is not on record what was on the screen, it was the codebook in force
    assert [one.decides for one in _reviews(parts)] == [known, known | {"later"}]


def test_a_change_of_mind_supersedes(parts: Parts, server: FakeLabelStudio, inbox: Inbox) -> None:
    """The later word stands, the earlier stays in the history; what was seen first counts for both."""
    mine = server.save(1, 1, chosen("money"))
    server.now += timedelta(minutes=3)
    server.update(mine, chosen("people"))
    assert [_deliver(inbox, body) for body in server.told][1]["superseded"] == 1
    assert _said(parts)[0][2] == ("people",)
    found = history(parts, "JKG-01:2")["reviews"]
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
        _deliver(inbox, body)
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
        _deliver(inbox, body)
    assert [said[2] for said in _said(parts)] == [("people",)]


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
        _deliver(inbox, body)
    assert [said[2] for said in _said(parts)] == [("money",)]
    server.delete(1)
    _deliver(inbox, server.told[-1])
    assert _said(parts) == []
    assert len(history(parts, "JKG-01:2")["reviews"]) == 3


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
    _deliver(inbox, server.told[-1])
    assert _reviews(parts) == ()
    found = set_aside(parts)
    assert len(found) == (aside is not None)
    assert aside is None or aside in found[0]["why"]
    pulled = _pull(parts, server)
    assert (pulled.counted["new"], pulled.set_aside) == (0, len(found))


def test_who_saves_over_a_colleague_does_not_speak_for_them(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """The coder's own word stands, what the colleague wrote is set aside, and the coder may save it anew."""
    mine = server.save(1, 1, chosen("money"))
    server.now += timedelta(minutes=3)
    server.update(mine, chosen("people"), updated_by=2)
    for body in server.told:
        _deliver(inbox, body)
    assert [said[:1] + said[2:] for said in _said(parts)] == [("Ada", ("money",))]
    assert _pull(parts, server).set_aside == 1
    server.now += timedelta(minutes=3)
    server.update(mine, chosen("people"), updated_by=1)
    assert _pull(parts, server).set_aside == 0
    assert [said[:1] + said[2:] for said in _said(parts)] == [("Ada", ("people",))]


def test_the_colleagues_word_may_come_first(parts: Parts, server: FakeLabelStudio, inbox: Inbox) -> None:
    """In whatever order the two arrive, the coder's own word stands."""
    mine = server.save(1, 1, chosen("money"))
    server.now += timedelta(minutes=3)
    server.update(mine, chosen("people"), updated_by=2)
    for body in reversed(server.told):
        _deliver(inbox, body)
    assert [said[:1] + said[2:] for said in _said(parts)] == [("Ada", ("money",))]
    assert len(set_aside(parts)) == 1
    assert _pull(parts, server).counted.total() == 0


def test_an_import_for_a_coder_is_that_coders_word(parts: Parts, server: FakeLabelStudio) -> None:
    """Whoever holds the administrator's token may enter annotations that others made."""
    server.save(1, 2, chosen("money"), updated_by=1, lead_time=None)
    _pull(parts, server)
    assert _said(parts)[0][0] == "Bo"


def test_a_bulk_creation_is_set_aside(parts: Parts, server: FakeLabelStudio, inbox: Inbox) -> None:
    """Annotations made from predictions come as a list, and nobody has read what they are on."""
    for task in (1, 2):
        server.save(task, 1, chosen("money"), lead_time=None, updated_by=None, parent_prediction=task)
    told = server.told[-2:]
    bulk = {
        "action": "ANNOTATIONS_CREATED",
        "annotation": [body["annotation"] for body in told],
        "task": [body["task"] for body in told],
        "project": {"id": 7},
    }
    _deliver(inbox, bulk)
    assert len(set_aside(parts)) == 2
    server.now += timedelta(minutes=3)
    server.update(1, chosen("money"), lead_time=3.0, updated_by=1)
    _deliver(inbox, server.told[-1])
    assert len(_said(parts)) == len(set_aside(parts)) == 1


def test_a_stranger_becomes_a_coder(parts: Parts, server: FakeLabelStudio) -> None:
    """Once study.yaml says whose address it is, what was set aside becomes reviews, with nothing sent again."""
    server.save(1, 3, chosen("money"))
    assert _pull(parts, server).set_aside == 1
    with (parts.study.folder / "study.yaml").open("a") as file:
        file.write("- {name: Cleo, email: Stranger@Example.org}\n")
    again = Parts(read_study(parts.study.folder), parts.settings)
    pulled = _pull(again, server)
    again.close()
    assert (pulled.counted["new"], pulled.set_aside) == (1, 0)
    assert _said(parts)[0][0] == "Cleo"


def test_others_tasks_and_projects_are_left_alone(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """A task that somebody added by hand, and a project that is not ours, are no reviews and no fault."""
    server.tasks[1]["data"]["segment_id"] = "00000000-0000-0000-0000-000000000001"
    server.save(1, 1, chosen("money"))
    assert _deliver(inbox, server.told[-1])["events"] == 1
    elsewhere = server.told[-1] | {"project": {"id": 99}}
    assert _deliver(inbox, elsewhere)["events"] == 1
    pulled = _pull(parts, server)
    assert (_reviews(parts), pulled.set_aside) == ((), 0)
    with parts.store.reading() as connection:
        assert count_waiting(connection) == 0


def test_a_pull_mends_what_webhooks_lost(parts: Parts, server: FakeLabelStudio) -> None:
    """Everything that no webhook told arrives, a second pull finds nothing new, and deleted ones are taken back."""
    mine = [server.save(task, 1 + task % 2, chosen("money")) for task in (1, 2, 4)]
    server.save(5, 1, chosen(nothing=True))
    first = _pull(parts, server).to_json()
    assert (first["reviews_new"], first["deleted"]) == (4, 0)
    second = _pull(parts, server).to_json()
    assert (second["reviews_new"], second["reviews_superseded"], second["deleted"]) == (0, 0, 0)
    server.delete(mine[0])
    server.delete_task(2)
    third = _pull(parts, server).to_json()
    assert (third["deleted"], third["taken_back"]) == (2, 2)
    assert len(_said(parts)) == 2


def test_reading_what_changed_finds_changes_and_deletions(parts: Parts, server: FakeLabelStudio) -> None:
    """The periodic reading asks only for tasks that changed since."""
    mine = server.save(1, 1, chosen("money"))
    _pull(parts, server)
    server.now += timedelta(hours=1)
    server.delete(mine)
    server.save(2, 2, chosen("people"))
    pulled = pull_changed(parts, Inbox(parts), Answers(server))
    assert (pulled.counted["new"], pulled.counted["deleted"]) == (1, 1)


def test_a_project_that_is_gone_takes_no_reviews_along(parts: Parts, server: FakeLabelStudio) -> None:
    """A deleted or emptied project says so, and everything that was judged in it stays."""
    server.save(1, 1, chosen("money"))
    _pull(parts, server)
    before = dict(server.tasks)
    server.tasks.clear()
    assert "holds none of its tasks" in _pull(parts, server).notes[0]
    server.tasks.update(before)
    server.there = False
    assert "no longer in Label Studio" in _pull(parts, server).notes[0]
    assert len(_said(parts)) == 1


def test_a_pull_that_is_cut_off_takes_nothing_away(
    parts: Parts, server: FakeLabelStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Label Studio stops between two pages: what was read stays, what was not read is not taken for deleted."""
    monkeypatch.setattr("annotations.label_studio.answers.PAGE", 2)
    for task in range(1, 7):
        server.save(task, 1, chosen("money"))
    server.fails_on_page = 2
    with pytest.raises(Unreachable):
        _pull(parts, server)
    assert len(_said(parts)) == 2
    server.fails_on_page = None
    assert _pull(parts, server).counted["new"] == 4
    server.fails_on_page = 2
    with pytest.raises(Unreachable):
        _pull(parts, server)
    assert len(_said(parts)) == 6


def test_a_webhook_that_came_while_a_pull_read_is_not_undone(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """What a pull read before a coder saved does not win over what the webhook then told."""
    mine = server.save(1, 1, chosen("money"))
    _pull(parts, server)

    class Slow(Answers):
        def pages(self, project: int, *, since: Any = None) -> Iterator[Any]:
            for page in list(super().pages(project, since=since)):
                server.now += timedelta(minutes=1)
                server.update(mine, chosen("people"))
                _deliver(inbox, server.told[-1])
                yield page

    pull_all(parts, Inbox(parts), Slow(server), lambda _done, _of: None)
    assert _said(parts)[0][2] == ("people",)


def test_what_a_crash_left_is_worked_off(parts: Parts, server: FakeLabelStudio, inbox: Inbox) -> None:
    """A webhook that was stored and not worked off waits for the next process."""
    server.save(1, 1, chosen("money"))
    inbox.store(*reduced(server.told[-1]))
    assert _reviews(parts) == ()
    assert Inbox(parts, lambda: (server.url, server.people)).work_off()["new"] == 1


def test_one_webhook_that_cannot_be_used_stops_no_other(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """Webhooks are worked off several at a time; a damaged one among them is passed over, the others are reviews."""
    for task in (1, 2, 4):
        server.save(task, 1, chosen("money"))
    for at, body in enumerate(server.told):
        action, kept = reduced(body)
        if at == 1:
            del kept["annotations"][0]["created_at"]
        inbox.store(action, kept)
    assert inbox.work_off() == Counter({"events": 3, "new": 2})
    assert _pull(parts, server).counted["new"] == 1


def test_no_words_of_a_task_are_stored(parts: Parts, server: FakeLabelStudio) -> None:
    """Of a webhook only what the coder said is kept, not what was said in the interview."""
    marked = {"from_name": "f-topics", "value": {"text": "what somebody said", "taxonomy": [["money"]]}}
    server.save(1, 1, [marked])
    action, kept = reduced(server.told[-1])
    assert action == "ANNOTATION_CREATED"
    assert "somebody" not in repr(kept)
    assert kept["annotations"][0]["key"] == str(keys_of(parts)[0])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "TASKS_DELETED"},
        {"action": "ANNOTATION_CREATED", "annotation": {}, "project": {"id": 7}},
    ],
)
def test_a_webhook_that_is_none_is_refused(body: dict[str, Any]) -> None:
    """What cannot be read is said to be so."""
    with pytest.raises(BadInput):
        reduced(body)


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


# -- whatever happens, after a pull the reviews equal the annotations ------------------------------------------------

_RESULTS = [
    chosen("money"),
    chosen("people", "early"),
    chosen("money", "late", memo="m"),
    chosen(nothing=True),
    [],
    chosen("money", nothing=True),
    chosen("gone"),
]
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["save", "save", "save", "update", "update", "skip", "delete", "drop task", "tell", "tell", "tell",
             "tell twice", "lose", "pull changed", "crash"]
        ),
        st.integers(0, 30),
        st.integers(0, 30),
        st.sampled_from([1, 1, 60, 3600, -90, -7200]),
    ),
    max_size=30,
)  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pushed study that every example gets a copy of."""
    codebook = Codebook(
        name="Small",
        frameworks=(Framework("topics", "Topics"), Framework("phase", "Phase", role="phase", select="one")),
        codes=(
            Code("money", "Money", "topics", "Topics/Money"),
            Code("people", "People", "topics", "Topics/People"),
            Code("early", "Early", "phase", "Phase/Early"),
            Code("late", "Late", "phase", "Phase/Late"),
        ),
    )
    folder = tmp_path_factory.mktemp("template") / "study"
    parts = pushed_study(folder, codebook, tasks=3)
    parts.close()
    return folder


@given(steps=_STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_a_pull_reviews_equal_annotations(
    template: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int, int]]
) -> None:
    """Saved, changed, skipped, deleted; told once, twice, never, in any order, with clocks that jump: it comes out even."""
    folder = tmp_path_factory.mktemp("example") / "study"
    shutil.copytree(template, folder)
    parts = Parts(read_study(folder), read_settings({"TANDEM_STATE": str(folder.parent / "state")}))
    try:
        server = FakeLabelStudio(keys_of(parts))
        inbox = Inbox(parts, lambda: (server.url, server.people))
        for step in steps:
            inbox = _step(parts, server, inbox, *step)
        _pull(parts, server)
        assert _said(parts) == _expected(parts, server)
        before = _count(parts)
        assert _pull(parts, server).counted.total() == 0
        assert _count(parts) == before
    finally:
        parts.close()
        shutil.rmtree(folder)


def _step(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox, what: str, one: int, other: int, passes: int
) -> Inbox:
    server.now += timedelta(seconds=passes)
    tasks, there = sorted(server.tasks), server.annotations
    if what == "save" and tasks:
        result = _RESULTS[other % len(_RESULTS)]
        server.save(tasks[one % len(tasks)], 1 + other % 2, result)
    elif what == "update" and there:
        server.update(there[one % len(there)]["id"], _RESULTS[other % len(_RESULTS)])
    elif what == "skip" and there:
        server.update(there[one % len(there)]["id"], [], was_cancelled=True)
    elif what == "delete" and there:
        server.delete(there[one % len(there)]["id"])
    elif what == "drop task" and len(tasks) > 1:
        server.delete_task(tasks[one % len(tasks)])
    elif what in ("tell", "tell twice", "lose", "crash") and server.told:
        body = server.told[one % len(server.told)]
        if what != "tell twice":
            server.told.remove(body)
        if what == "crash":
            inbox.store(*reduced(body))
            return Inbox(parts, lambda: (server.url, server.people))
        if what != "lose":
            _deliver(inbox, body)
    elif what == "pull changed":
        pull_changed(parts, inbox, Answers(server))
    return inbox


def _expected(parts: Parts, server: FakeLabelStudio) -> list[tuple[str, int, tuple[str, ...]]]:
    """Each coder's newest annotation of a task that says something, read off Label Studio by hand."""
    starts = {str(key): at for key, at in zip(keys_of(parts), _starts(parts), strict=True)}
    newest: dict[tuple[str, int], tuple[Any, tuple[str, ...]]] = {}
    for task in server.tasks.values():
        for one in task["annotations"]:
            if one["was_cancelled"] or one["result"] not in _RESULTS[:4]:
                continue
            codes = sorted(
                path[-1] if isinstance(path, list) else path
                for region in one["result"]
                if region["from_name"] in ("f-topics", "f-phase")
                for path in [*region["value"].get("taxonomy", ()), *region["value"].get("choices", ())]
            )
            coder = {1: "Ada", 2: "Bo"}[one["completed_by"]]
            slot = (coder, starts[task["data"]["segment_id"]])
            rank = (one["updated_at"], one["id"])
            if slot not in newest or rank > newest[slot][0]:
                newest[slot] = (rank, tuple(codes))
    return sorted((coder, start, codes) for (coder, start), (_, codes) in newest.items())


def _starts(parts: Parts) -> list[int]:
    from annotations.store.segments import segments_of

    with parts.store.reading() as connection:
        (cut,) = segments_of(connection, parts.segmentation.version).values()
    return [one.span.start for one in cut]


def _count(parts: Parts) -> tuple[int, int]:
    with parts.store.reading() as connection:
        return count_reviews(connection)


def test_a_second_pull_at_the_same_time_adds_nothing(parts: Parts, server: FakeLabelStudio) -> None:
    """Two pulls on one database, at once, make each review once."""
    from concurrent.futures import ThreadPoolExecutor

    for task in range(1, 7):
        server.save(task, 1, chosen("money"))

    def run(_: int) -> int:
        own = Parts(parts.study, parts.settings)
        own.__dict__["store"] = open_store(parts.database_url)
        try:
            return _pull(own, server).counted["new"]
        finally:
            own.close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(run, range(4))) == 6
    assert len(_said(parts)) == 6
