"""What a job's page says of one that waits, runs, is done or has failed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from builders import a_transcript
from lead_in_browser import Lead, a_study

from annotations.store.jobs import ask_for, beat, fail_for_now, finish, open_jobs, take
from annotations.store.transcripts import add_transcript
from service.composition import Parts
from service.jobs import worker
from service.looking.job_progress import JobProgress, job_progress


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """An empty study."""
    made = a_study(tmp_path)
    yield made
    made.close()


def _progress(parts: Parts, job: UUID) -> JobProgress:
    with parts.store.reading() as connection:
        progress = job_progress(connection, job)
    assert progress is not None
    return progress


def test_a_job_that_waits_says_behind_what_and_how_far_that_is(parts: Parts) -> None:
    """The work before it, as it stands now, and how many others come first; nothing where it is the next."""
    with parts.store.writing() as connection:
        first = ask_for(connection, "train", {})
        others = [ask_for(connection, "precode", {"wave": wave}) for wave in ("1", "2")]
    assert _progress(parts, first).state_in_words == "waits for a worker"
    with parts.store.writing() as connection:
        taken = take(connection, "w1")
        assert taken is not None
        beat(connection, taken, "w1", done=12, total=25)
    assert (
        "waits until a worker has done training (12 of 25 in this step)"
        in _progress(parts, others[0]).state_in_words
    )
    assert _progress(parts, others[1]).state_in_words.endswith("), then suggestions")
    with parts.store.writing() as connection:
        finish(connection, taken, "w1", {})
    assert _progress(parts, others[0]).state_in_words == "waits for a worker"
    assert _progress(parts, others[1]).state_in_words == "waits until a worker has done suggestions"
    assert _progress(parts, first).far_in_words == "25 of 25"


def test_how_long_it_takes_is_said_of_what_counts_once(parts: Parts) -> None:
    """What counts anew for each project or wave promises nothing: it would say "a minute" again and again."""
    for kind, step, left in (("precode", "", "less than a minute left"), ("renew", " in this step", "")):
        with parts.store.writing() as connection:
            job = ask_for(connection, kind, {})
            taken = take(connection, "w1")
            assert taken is not None
            beat(connection, taken, "w1", done=1_200, total=2_500)
        at_it = _progress(parts, job)
        assert (at_it.far_in_words, at_it.left_in_words) == (f"1,200 of 2,500{step}", left)
        with parts.store.writing() as connection:
            finish(connection, taken, "w1", {})
        assert _progress(parts, job).far_in_words == "2,500 of 2,500"


def test_a_job_that_is_tried_again_says_when(parts: Parts) -> None:
    """And it keeps no other one waiting meanwhile."""
    with parts.store.writing() as connection:
        first = ask_for(connection, "push", {"wave": "1"})
        taken = take(connection, "w1")
        assert taken is not None
        fail_for_now(connection, taken, "w1", "Label Studio does not answer.")
        second = ask_for(connection, "train", {})
        assert len(open_jobs(connection)) == 2
    assert _progress(parts, first).state_in_words == "is tried again in 1 minute"
    assert _progress(parts, second).state_in_words == "waits for a worker"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ModuleNotFoundError("secret words"), ". If Tandem was updated since"),
        (KeyError("secret words"), ". Try it again. If Tandem was updated since"),
    ],
)
def test_a_fault_that_nobody_foresaw_says_what_to_do(
    parts: Parts,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    said: str,
) -> None:
    """What to do first, where to look then, and no word of the exception's own; the log has its kind and place."""

    def broken(*_: object) -> dict[str, object]:
        raise error

    monkeypatch.setattr(worker, "_KINDS", {"train": broken})
    with parts.store.writing() as connection:
        job = ask_for(connection, "train", {})
    worker.do_waiting_jobs(parts)
    told = _progress(parts, job).error
    assert told is not None
    assert f"an unforeseen fault: {type(error).__name__} in test_job_progress.py" in told
    assert said in told
    assert "the messages of tandem serve" in told
    assert "secret" not in told + caplog.text
    assert type(error).__name__ in caplog.text


def test_the_next_step_is_of_the_jobs_as_they_are_now(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was counted some seconds ago knew the job only as one that waits."""
    lead = Lead(parts)
    with parts.store.writing() as connection:
        add_transcript(connection, a_transcript("P1", "So?", "We did it."))
    with parts.store.writing() as connection:
        ask_for(connection, "train", {})
    assert "A job waits for a worker" in lead.get("/").text
    kept = lead.client.app.state.study_now  # type: ignore[attr-defined]
    before = kept.get()
    monkeypatch.setattr(kept, "get", lambda: before)
    with parts.store.writing() as connection:
        take(connection, "w1")
    assert "A worker is at it: training." in lead.get("/").text
