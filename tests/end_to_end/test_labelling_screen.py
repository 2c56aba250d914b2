"""The labelling screen in the real Label Studio and Chromium: it fits, and nothing gives a blind passage away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import a_transcript
from study_to_push import StudyToPush, exported

from annotations.coding import Draw
from annotations.label_studio.answer_of_annotation import answer_of
from annotations.store.label_studio_projects import projects
from annotations.store.pushed_tasks import tasks_of
from annotations.store.transcripts import add_transcript
from service.label_studio.local import Access

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.browser,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]
QUESTION = "And how did the ward take to the new routine when it was first explained to all of you?"
SAID = (
    "At first there was a lot of doubt, because the training came late and nobody told the night shift. " * 4
)
_SCROLLS = """[...document.querySelectorAll('*')].filter(
    e => e.scrollHeight > e.clientHeight + 2 && ['auto', 'scroll'].includes(getComputedStyle(e).overflowY)
).map(e => `${e.className} ${e.scrollHeight} > ${e.clientHeight}`)"""


@pytest.fixture
def study(tmp_path: Path, label_studio: Access) -> Iterator[StudyToPush]:
    """One interview with long passages, four of sixteen blind and some without suggestions."""
    made = StudyToPush(tmp_path / "study", label_studio)
    made.silent = {"v1": {2, 3}}  # more than are drawn blind, so that one of them is ordinary
    with made.parts.store.writing() as connection:
        add_transcript(connection, a_transcript("A-01", *([QUESTION, SAID] * 16), wave="2", case="Norrbäck"))
    made.serve("v1")
    yield made
    made.parts.close()


def test_it_fits_a_small_laptop_and_influence_comes_back(study: StudyToPush, page: Any) -> None:
    """With all codes of the shipped framework and long passages nothing has to be scrolled; what is ticked is read."""
    (done,) = study.push()
    page.goto(f"{done.project.url}/data?labeling=1")
    page.get_by_text("turn 2 of 32").wait_for(timeout=60_000)
    page.locator('input[name="−"]').check()
    page.locator('input[name="concrete example"]').check()
    assert page.evaluate(_SCROLLS) == []
    page.keyboard.press("Control+Enter")
    page.get_by_text("turn 4 of 32").wait_for(timeout=60_000)
    with study.server() as server:
        first = next(iter(exported(server, done.project.id).values()))
    answer = answer_of(first["annotations"][0]["result"], study.codebook)
    assert (answer.influence, answer.concrete_example) == ("-", True)
    assert answer.codes == {study.codes[1]}


def test_nothing_tells_blind_from_unsuggested(study: StudyToPush, page: Any) -> None:
    """Opened one after the other, a blind passage and one without suggestions read the same below their words."""
    (done,) = study.push(blind=0.25, seed=4)
    with study.parts.store.reading() as connection:
        (row,) = projects(connection)
        kept = tasks_of(connection, row.id)
    with study.server() as server:
        empty = {
            key: task for key, task in exported(server, done.project.id).items() if not task["predictions"]
        }
    shows_none = [one for key, one in kept.items() if str(key) in empty]
    blind = next(one for one in shows_none if one.draw is Draw.BLIND)
    ordinary = next(one for one in shows_none if one.draw is Draw.ORDINARY)
    seen = []
    for one in (blind, ordinary):
        page.goto(f"{done.project.url}/data?task={one.task_id}")
        page.get_by_text("Why these suggestions").first.click(timeout=60_000)
        page.get_by_text("No suggestion is shown").last.wait_for(timeout=60_000)
        words = page.locator(".lsf-main-view, .lsf-editor").first.inner_text()
        assert "No suggestion is shown" in words
        # above stand the turns around it, and how long ago the task was made
        below = words.partition("Why these suggestions")[2]
        seen.append(below.replace(str(one.task_id), "NUMBER"))
    assert "Phase" in seen[0]
    assert seen[0] == seen[1]
