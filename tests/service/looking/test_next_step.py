"""The next step is one that is to be done, and nothing that a job does already."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from service.looking.next_command import next_command
from service.looking.next_step import next_step
from service.looking.study_work import CoderWork
from service.looking.wave_progress import JobState, ModelInService, StudyProgress, WaveProgress
from service.web.workbench.study_page import _button

MODEL = ModelInService("v1", "trained", "2026-01-01", 10, 3, 0, up_to_date=True, waiting=None)
STUDY = StudyProgress(
    study="S",
    folder="/s",
    waves={"1": WaveProgress(2, 10, 10, 10, 0), "2": WaveProgress(2, 10, 0, 0, 0)},
    coders=("Ada",),
    reviews=10,
    codings=12,
    set_aside=0,
    codebook_version="1",
    no_model=None,
    model=MODEL,
    jobs=(),
)
DONE = {"1": WaveProgress(2, 10, 10, 10, 10)}


@pytest.mark.parametrize(
    ("study", "said"),
    [
        (replace(STUDY, waves={}), "tandem import"),
        (replace(STUDY, model=None), "tandem train"),
        (replace(STUDY, model=replace(MODEL, up_to_date=False)), "tandem train"),
        (STUDY, "tandem precode --wave 2"),
        (replace(STUDY, waves={"2": WaveProgress(2, 10, 0, 10, 0)}), "tandem push --wave 2"),
        (replace(STUDY, waves={"2": WaveProgress(2, 10, 0, 10, 10)}), "review the suggestions"),
        (replace(STUDY, waves=DONE, not_learnt=4), "tandem train"),
        (replace(STUDY, waves=DONE), "tandem agreement, then tandem matrix"),
        (replace(STUDY, jobs=(JobState("renew", "running"),)), "wait for the worker"),
        (replace(STUDY, jobs=(JobState("renew", "waiting"),)), "tandem worker --once"),
        (replace(STUDY, jobs=(JobState("renew", "done"), JobState("train", "failed"))), "tandem precode"),
    ],
)
def test_the_next_step_is_the_true_one(study: StudyProgress, said: str) -> None:
    """From no transcript to the last review; a job that waits or runs comes first."""
    assert next_command(study).startswith(said)


def test_a_job_under_way_is_said_in_words() -> None:
    """What it does, and who is to do it; one that has ended is not under way."""
    assert "new suggestions into Label Studio" in JobState("renew", "running").in_words
    assert "tandem worker --once" in JobState("train", "waiting").in_words
    assert not JobState("train", "done").under_way


def test_who_has_something_left_comes_before_how_far_they_agree() -> None:
    """Where every passage has a review, a second coder may still have hers to give."""
    step = next_step(replace(STUDY, waves=DONE))
    row = CoderWork(uuid4(), "JKG-01", "1", "", "", "Ada", 5, 5, 0, 0, None)
    done, open_yet = (_button(step, [replace(row, left=left)]) for left in (0, 2))
    assert (done.says, done.leads, done.why) == (
        "See how far you agree",
        "/agreement",
        "All passages are reviewed.",
    )
    assert (open_yet.says, open_yet.leads) == ("See who has what left", "/study/work")
    assert open_yet.why == (
        "All passages are reviewed. Of those for two people, or again, or coded in a file before, some are left in "
        "Label Studio."
    )
