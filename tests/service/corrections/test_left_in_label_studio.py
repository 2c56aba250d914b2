"""What is left in Label Studio and does not come there by itself, or has come in as a file: where a coder goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from accounts import KEY, add_person, quick_passwords, signed_in
from fake_label_studio import FakeLabelStudio, keys_of, pushed_study
from reviews_arriving import pull_now
from whole_interview import Whole, said

from annotations.codebook.codes import Codebook
from annotations.coding import Review
from annotations.store.codebook_versions import keep_codebook
from annotations.store.reviews import add_reviews
from annotations.store.segments import places_of
from annotations.store.tables import label_studio_projects
from annotations.store.wave_views import TaskView, choose_view
from service.access.viewer import Viewer, ViewerRole
from service.composition import Parts
from service.looking.judged_elsewhere import left_though_judged
from service.looking.my_work import MyWork, work_of
from service.looking.study_work import by_wave, study_work
from service.web.app import create_app

__all__ = ["quick_passwords"]
LEAD = Viewer(None, "Lea", ViewerRole.LEAD)


def _work(parts: Parts, coder: str = "Ada") -> MyWork:
    return work_of(parts, LEAD, coder)


def _came_in(parts: Parts, coder: str, key: UUID) -> None:
    """The coder's own codings of a passage, from a file."""
    with parts.store.writing() as connection:
        transcript, span = places_of(connection, [key])[key]
        version = keep_codebook(connection, parts.codebook)
        add_reviews(
            connection, [replace(Review(transcript, coder, span), codebook_version=version, id=uuid4())]
        )


def test_a_whole_interview_of_which_a_part_is_submitted_is_gone_on_with_where_it_stands(
    parts: Parts, quick_passwords: None
) -> None:
    """Label Studio brings it no more: its stream would lead to another interview, or say that nothing is left."""
    with parts.store.writing() as connection:
        choose_view(connection, "1", TaskView.INTERVIEW)
    whole = Whole(parts)
    new = _work(parts).goes_on_at
    assert ((new and new.next) or "").endswith("/projects/9/data?labeling=1")
    marks = whole.mark(whole.spans[0], "mine", "people") + whole.mark(whole.spans[1], "read")
    number = whole.save(1, 1, marks)
    pull_now(parts, whole)
    assert said(parts) == [("people",), ()]
    at = _work(parts).goes_on_at
    assert at is not None
    assert (at.done, at.left, at.streams) == (2, 4, False)
    assert (at.next or "").endswith("/projects/9/data?task=1")
    add_person(parts, "Ada", ViewerRole.CODER)
    page = signed_in(create_app(parts, key=KEY), "Ada").get("/work").text
    assert "read on, delete the black mark or set it anew, and press Update" in page
    # whoever shares the project is led there too, since the stream leads nobody to it
    assert (_work(parts, "Bo").interviews[0].next or "").endswith("?task=1")
    whole.update(number, whole.mark(whole.spans[0], "mine", "people"))
    pull_now(parts, whole)
    assert (_work(parts).left, _work(parts).goes_on_at) == (0, None)


def test_an_answer_that_does_not_count_is_no_next_passage(tmp_path: Path, codebook: Codebook) -> None:
    """The stream goes on behind it; where nothing else is left, its own address stands there."""
    parts = pushed_study(tmp_path / "study", codebook, tasks=2)
    server = FakeLabelStudio(keys_of(parts))
    server.save(1, 1, [])
    pull_now(parts, server)
    (interview,) = _work(parts).interviews
    assert (interview.left, interview.streams) == (2, True)
    server.save(2, 1, [], was_cancelled=True)
    pull_now(parts, server)
    (interview,) = _work(parts).interviews
    assert (interview.left, interview.streams) == (1, False)
    assert (interview.next or "").endswith("?task=1")
    parts.close()


@pytest.mark.parametrize("own", [True, False])
def test_passages_that_came_in_as_a_file_are_told_among_what_is_left(
    tmp_path: Path, codebook: Codebook, quick_passwords: None, own: bool
) -> None:
    """On the coder's page and the lead's; somebody else's codings say nothing of hers, and an answer ends it."""
    parts = pushed_study(tmp_path / "study", codebook)
    keys = keys_of(parts)
    if own:
        with parts.store.writing() as connection:
            connection.execute(label_studio_projects.update().values(coder="Ada"))
    for key in keys[:3]:
        _came_in(parts, "Ada", key)
    _came_in(parts, "Bo", keys[4])
    work = _work(parts)
    assert (work.left, work.left_before) == (6, 3)
    with parts.store.reading() as connection:
        rows = study_work(connection, parts.settings, parts.segmentation.version)
        before = {row.coder: row.before for row in by_wave(rows, {})}
        assert left_though_judged(connection, [], "Ada") == {}
    assert before == ({"Ada": 3, "Bo": 0} if own else {"": 0, "Ada": 0, "Bo": 0})
    add_person(parts, "Ada", ViewerRole.CODER)
    page = signed_in(create_app(parts, key=KEY), "Ada").get("/work").text
    assert "Of those left, you have coded 3 in another program already. They count as they came in" in page
    parts.close()
