"""A coder works a whole interview in a real browser, a second one the same in passages; agreement runs over both."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import coder_fingers as fingers
import interview_hands as hands
import pytest
from browser import logged_in
from coders_at_work import Person, invite
from study_to_push import StudyToPush, exported

from annotations.coding import Condition, Draw, Review
from annotations.label_studio.read_answers import Answers
from annotations.label_studio.screen import NO_CODE_ALIAS
from annotations.progress import quiet
from annotations.store.label_studio_projects import projects
from annotations.store.pushed_tasks import tasks_of
from annotations.store.reviews import current_reviews
from annotations.store.segments import places_of
from annotations.store.suggestions import Suggested
from annotations.store.transcripts import get_transcript
from annotations.store.wave_views import TaskView
from service.agreement.report import ReportScope, agree
from service.corrections.inbox import Inbox
from service.corrections.list_set_aside import set_aside
from service.corrections.pull import Pulled, pull_all
from service.label_studio.local import Access
from service.looking.history import history
from service.looking.wave_progress import progress_of

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.browser,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]
PASSWORD = "a-secret-for-tests"
PASSAGES = 40
DOUBTFUL = 5


class SomeDoubt(StudyToPush):
    """Every fifth suggestion is above its threshold and not sure enough to come as sure."""

    def _said(self, segments: Sequence[UUID], shift: int, silent: Collection[int]) -> list[Suggested]:
        found = super()._said(segments, shift, silent)
        return [
            Suggested(
                one.segment,
                tuple(0.55 if p == 0.8 else p for p in one.probabilities),
                one.suggested,
                one.evidence,
            )
            if n % DOUBTFUL == 1
            else one
            for n, one in enumerate(found)
        ]


@pytest.fixture
def people(label_studio: Access) -> list[Person]:
    """Two coders with logins of their own."""
    return invite(label_studio, [f"whole-{uuid4().hex[:6]}@example.org" for _ in range(2)])


@pytest.fixture
def study(tmp_path: Path, label_studio: Access, people: list[Person]) -> Iterator[SomeDoubt]:
    """An interview of forty passages and a short one; model v1."""
    coders = [{"name": name, "email": one.email} for name, one in zip(("Ines", "Tom"), people, strict=True)]
    made = SomeDoubt(tmp_path / "study", label_studio, coders=coders, aim={"least_precision": 0.6})
    made.add("A-01", units=PASSAGES)
    made.add("A-02", units=4)
    made.serve("v1")
    yield made
    made.parts.close()


@pytest.fixture
def page(label_studio: Access, people: list[Person]) -> Iterator[Any]:
    """A Chromium page, logged in as the first coder."""
    with logged_in(label_studio.url, people[0].email, PASSWORD) as opened:
        yield opened


def test_an_interview_is_coded_as_a_whole_and_again_in_passages(
    study: SomeDoubt, people: list[Person], page: Any
) -> None:
    """All kinds of marks arrive with span, condition and origin; drafts stay; the other view goes on; a model turns."""
    (done,) = study.push(view=TaskView.INTERVIEW, blind=0.2, seed=7)
    assert done.created == 2
    assert done.draws["blind"] in (8, 9, 10)  # drawn by transcript, each within one of its part
    with study.parts.store.reading() as connection:
        text = get_transcript(connection, "A-01").transcript
    marks = _standing(study, done.project.id)
    sure = [turn for turn, label in marks.items() if label == "sure"]
    doubtful = [turn for turn, label in marks.items() if label == "doubtful"]
    free = [turn for turn in range(1, 2 * PASSAGES, 2) if turn not in marks]
    hidden = _blind(study, text)
    # over two passages that were shown alike, or it would be cut between them
    wide_at = next(
        turn
        for turn in range(1, 2 * PASSAGES - 2, 2)
        if (turn in hidden) == (turn + 2 in hidden)
        and not {turn, turn + 2} & {*free[:2], *sure[:2], *doubtful[:2]}
    )

    hands.open_interview(page, done.project.url)
    _picture(page, "whole-interview-open")
    hands.click_mark(page, sure[0], 3)
    page.keyboard.press("Backspace")  # wrong: rejected
    hands.click_mark(page, doubtful[0], 3)
    page.keyboard.press("2")  # confirmed
    hands.mark(page, "1", (free[0], 0), (free[0], 12))
    hands.click_mark(page, free[0], 3)
    _name_codes(page, ["Teaming", "Motivation"])
    _picture(page, "whole-interview-coded")
    page.locator("textarea[name=memo]").fill("Ask her about this.")
    page.locator(".tandem-head").click(position={"x": 2, "y": 2})
    hands.mark(page, "3", (free[1], 0), (free[1], 10))
    _drafted(study, done.project.id, page)
    pulled = _pull(study)
    assert pulled.to_json()["reviews_new"] == 0
    (begun,) = progress_of(study.parts).begun
    assert (begun.interview, begun.turn, begun.who) == ("A-01", max(free[1], doubtful[0]), people[0].email)

    hands.open_interview(page, done.project.url)  # reopened, as it was left
    hands.mark(page, "1", (wide_at, 5), (wide_at + 2, 12))
    hands.click_mark(page, wide_at, 7)
    _name_codes(page, ["Teaming"])
    with page.expect_response(
        lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
    ):
        page.keyboard.press("Control+Enter")
    came = _pull(study).to_json()["reviews_new"]
    assert (came, set_aside(study.parts)) == (PASSAGES, [])
    found = {_turn(text, review): review for review in _reviews(study, "Ines")}
    assert len(found) == PASSAGES
    blind = {turn for turn, one in found.items() if one.draw is Draw.BLIND}
    assert all(
        (one.condition is Condition.INDEPENDENT) is (turn in blind)
        for turn, one in found.items()
        if turn in marks or turn in blind
    )
    assert found[sure[0]].codings == ()
    assert _origins(found[sure[1]]) == {"prediction": 1}
    assert _origins(found[doubtful[0]]) == {"prediction-changed": 1}
    assert found[doubtful[1]].codings == ()  # orange and left alone: offered, not taken
    own = found[free[0]]
    assert {one.span.of(text.text) for one in own.codings} == {
        text.turns[free[0]].span.of(text.text)[:12].strip()
    }
    assert [one.memo for one in own.codings] == ["Ask her about this."] * 2
    assert found[free[1]].codings == ()
    wide = next(one for one in found[wide_at].codings if one.code.endswith("teaming"))
    assert wide.span.start == text.turns[wide_at].span.start + 5
    assert wide.span.end == text.turns[wide_at + 2].span.start + 12
    (told,) = history(study.parts, f"A-01:{sure[0] + 1}").reviews
    assert len(told.rejected) == 1
    assert progress_of(study.parts).begun == ()
    _in_passages(study, people, found, text)


def _in_passages(study: SomeDoubt, people: list[Person], found: dict[int, Review], text: Any) -> None:
    """The second coder works in the other view; the first finds their words there; a new model turns what is left."""
    (done,) = study.push(view=TaskView.PASSAGE)
    before = [(one.id, one.codings) for one in _reviews(study, "Ines")]
    assert _pull(study).to_json()["reviews_new"] == 0
    assert [(one.id, one.codings) for one in _reviews(study, "Ines")] == before
    with study.server() as server:
        tasks = [
            task for task in exported(server, done.project.id).values() if task["data"]["interview"] == "A-01"
        ]
    assert all(len(task["annotations"]) == 1 for task in tasks)
    for task in tasks[:20]:
        codes = [code for code in study.codes if task["id"] % 2 and code == study.codes[0]]
        value = {"choices": codes or [NO_CODE_ALIAS]}
        region = {"from_name": "likely" if codes else "nothing", "to_name": "segment", "type": "choices"}
        people[1].save(task["id"], [region | {"value": value}])
    assert _pull(study).to_json()["reviews_new"] == 20
    assert ("Ines", "Tom") in _agreement(study)
    study.serve("v2")
    (turned,) = study.push(view=TaskView.INTERVIEW)
    assert (turned.created, turned.updated, turned.reviewed) == (0, 1, 1)


def _standing(study: SomeDoubt, project: int) -> dict[int, str]:
    """The turns, from 0, of the long interview that have a suggestion, and its label."""
    with study.server() as server:
        (task,) = (one for one in exported(server, project).values() if one["data"]["interview"] == "A-01")
    (predicted,) = task["predictions"]
    return {
        int(region["value"]["start"][3:].split("]")[0]) - 1: region["value"]["hypertextlabels"][0]
        for region in predicted["result"]
        if region["from_name"] == "state"
    }


def _blind(study: SomeDoubt, text: Any) -> set[int]:
    """The turns, from 0, of the long interview that show no suggestion on purpose."""
    with study.parts.store.reading() as connection:
        (row,) = projects(connection)
        drawn = [one.segment for one in tasks_of(connection, row.id).values() if one.draw is Draw.BLIND]
        places = places_of(connection, drawn)
        kept = get_transcript(connection, "A-01").id
    starts = {span.start for transcript, span in places.values() if transcript == kept}
    return {turn.index for turn in text.turns if turn.span.start in starts}


def _name_codes(page: Any, names: list[str]) -> None:
    fingers.open_search(page)
    fingers.name_by_search(page, names)
    fingers.close_search(page)


def _drafted(study: SomeDoubt, project: int, page: Any) -> None:
    """Wait until Label Studio has kept the draft with all marks."""
    with study.server() as server:
        for _ in range(60):
            drafts = list(Answers(server).drafts(project))
            if (
                drafts
                and sum("mark" in one for one in drafts[0].result)
                and any(
                    one.get("value", {}).get("hypertextlabels") == ["nothing"] for one in drafts[0].result
                )
            ):
                return
            page.wait_for_timeout(500)
    raise AssertionError("no draft came")


def _pull(study: SomeDoubt) -> Pulled:
    with study.server() as server:
        return pull_all(study.parts, Inbox(study.parts), Answers(server), quiet)


def _reviews(study: SomeDoubt, coder: str) -> list[Review]:
    with study.parts.store.reading() as connection:
        return [one for one in current_reviews(connection) if one.coder == coder]


def _turn(text: Any, review: Review) -> int:
    return next(turn.index for turn in text.turns if turn.span.start <= review.span.start < turn.span.end)


def _origins(review: Review) -> dict[str, int]:
    return dict(review.origin["regions"])


def _agreement(study: SomeDoubt) -> set[tuple[str, ...]]:
    """The pairs of judges of whom something is said."""
    return {one.coders for one in agree(study.parts, ReportScope()).figures if one.units}


def _picture(page: Any, name: str) -> None:
    """For whoever wants to look at the screen: TANDEM_PICTURES names a folder."""
    folder = os.environ.get("TANDEM_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))
