"""The queue: one at a time, nothing lost, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from annotations.errors import BadInput
from annotations.store import jobs as module
from annotations.store.database import Store, open_store
from annotations.store.jobs import (
    Job,
    all_jobs,
    ask_for,
    beat,
    cancel,
    fail,
    fail_for_now,
    finish,
    hand_back,
    job_of,
    put_back_of,
    retry,
    stopped,
    take,
)


def _take(store: Store, worker: str) -> Job | None:
    with store.writing() as connection:
        return take(connection, worker)


def _asked(store: Store, kind: str = "train") -> str:
    with store.writing() as connection:
        return str(ask_for(connection, kind, {}))


def _only(store: Store) -> Job:
    with store.reading() as connection:
        (job,) = all_jobs(connection)
    return job


def test_a_done_job_is_all_done(store: Store) -> None:
    """Whatever its last beat said of how far it was; a cancelled one stays where it was."""
    for end, far in ((finish, (25, 25)), (stopped, (12, 25))):
        _asked(store)
        job = _take(store, "w1")
        assert job is not None
        with store.writing() as connection:
            beat(connection, job, "w1", done=12, total=25)
            end(connection, job, "w1", *([{}] if end is finish else []))
            ended = job_of(connection, str(job.id))
        assert (ended.done, ended.total) == far


def test_jobs_are_done_one_at_a_time_in_order(store: Store) -> None:
    """A waiting job is asked for once; the next is taken only when the first has ended."""
    first = _asked(store)
    assert _asked(store) == first
    second = _asked(store, "precode")
    one = _take(store, "w1")
    assert one is not None
    assert str(one.id) == first
    assert _take(store, "w2") is None
    with store.writing() as connection:
        finish(connection, one, "w1", {"model_version": "v1"})
    two = _take(store, "w2")
    assert two is not None
    assert str(two.id) == second
    with store.writing() as connection:
        fail(connection, two, "w2", "no model")
        assert [job.state for job in all_jobs(connection)] == ["failed", "done"]


def test_two_workers_never_have_the_same_job(store: Store, store_url: str) -> None:
    """Eight workers at one queue, each on a connection of its own: every job is done once, none beside another."""
    for at in range(12):
        with store.writing() as connection:
            ask_for(connection, "precode", {"wave": str(at)})
    running: list[str] = []
    done: list[str] = []
    beside: list[int] = []

    def work(name: str) -> None:
        own = open_store(store_url)
        try:
            while len(done) < 12:
                job = _take(own, name)
                if job is None:
                    continue
                running.append(name)
                beside.append(len(running))
                running.remove(name)
                done.append(str(job.arguments["wave"]))
                with own.writing() as connection:
                    finish(connection, job, name, {})
        finally:
            own.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, [f"w{at}" for at in range(4)]))
    assert sorted(done, key=int) == [str(at) for at in range(12)]
    assert set(beside) == {1}


def test_a_silent_worker_s_job_goes_to_another(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the silence another worker takes it; what the first one says afterwards is not heard."""
    _asked(store)
    lost = _take(store, "w1")
    assert lost is not None
    monkeypatch.setattr(module, "LOST_AFTER", timedelta(seconds=-1))
    again = _take(store, "w2")
    assert again is not None
    assert (again.id, again.attempts) == (lost.id, 2)
    with store.writing() as connection:
        assert not beat(connection, lost, "w1")
        finish(connection, lost, "w1", {"model_version": "stale"})
        assert beat(connection, again, "w2", done=1, total=6)
    job = _only(store)
    assert (job.state, job.result, job.done, job.total) == ("running", None, 1, 6)


def test_a_job_that_ends_three_workers_has_failed(store: Store) -> None:
    """It is not tried for ever, and says why; by hand it can be tried again."""
    name = _asked(store)
    for _ in range(3):
        assert _take(store, "w") is not None
        with store.writing() as connection:
            put_back_of(connection, ["w"])
    assert _take(store, "w") is None
    job = _only(store)
    assert (job.state, job.attempts) == ("failed", 3)
    assert "ended 3 times" in str(job.error)
    with store.writing() as connection:
        assert retry(connection, job_of(connection, name[:8])).state == "waiting"
    assert _take(store, "w") is not None


def test_what_did_not_answer_is_tried_again_later(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An outside system that is down costs a pause, and after the third attempt the job has failed."""
    _asked(store)
    for attempt in (1, 2, 3):
        job = _take(store, "w")
        assert job is not None
        assert job.attempts == attempt
        with store.writing() as connection:
            fail_for_now(connection, job, "w", "MLflow does not answer")
        assert _only(store).state == ("waiting" if attempt < 3 else "failed")
        assert _take(store, "w") is None
        later = job.created + timedelta(hours=attempt)
        monkeypatch.setattr(module, "now", lambda moment=later: moment)


def test_a_cancelled_job_stops(store: Store) -> None:
    """One that waits is cancelled at once; one at work hears of it with its next beat; one that is done is refused."""
    name = _asked(store)
    with store.writing() as connection:
        assert cancel(connection, job_of(connection, name)).state == "cancelled"
    assert _take(store, "w") is None
    with store.writing() as connection:
        retry(connection, job_of(connection, name))
    job = _take(store, "w")
    assert job is not None
    with store.writing() as connection:
        assert cancel(connection, job_of(connection, name)).cancel_asked
        assert not beat(connection, job, "w")
        # its worker is killed before it noticed: it is not taken up again
        put_back_of(connection, ["w"])
    assert _only(store).state == "cancelled"
    with store.writing() as connection, pytest.raises(BadInput, match="is cancelled"):
        cancel(connection, job_of(connection, name))


def test_a_worker_that_is_told_to_stop_hands_its_job_back(store: Store) -> None:
    """The attempt does not count."""
    _asked(store)
    job = _take(store, "w")
    assert job is not None
    with store.writing() as connection:
        hand_back(connection, job, "w")
    again = _take(store, "w")
    assert again is not None
    assert again.attempts == 1


def test_a_job_is_named_by_the_beginning_of_its_id(store: Store) -> None:
    """No job, or several, of such an id is a sentence."""
    _asked(store)
    with store.reading() as connection:
        for name in ("zz", ""):
            with pytest.raises(BadInput, match="tandem jobs list"):
                job_of(connection, name)
