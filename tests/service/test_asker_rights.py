"""A job waits while rights change: it is done only if whoever asked may still do it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest
from accounts import KEY, add_person, browser, form_token, quick_passwords, signed_in
from builders import a_transcript

from annotations.store.accounts import account_named, change_account, close_account
from annotations.store.jobs import JobKind, all_jobs, ask_for, job_by_id, job_of, retry
from annotations.store.transcripts import add_transcript
from service.access.viewer import ViewerRole
from service.composition import Parts
from service.jobs import worker
from service.jobs.asker_rights import NEEDS
from service.new_study import make_study
from service.settings import read_settings
from service.web.app import create_app

__all__ = ["quick_passwords"]
pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def parts(tmp_path: Path, quick_passwords: None) -> Iterator[Parts]:
    """A study of two sites with two leads."""
    config = {"name": "S", "cases": {"C": ["Lund", "Malmö"]}}
    study, _ = make_study(tmp_path / "s", codebook="common-framework", config=config)
    made = Parts(study, read_settings({"TANDEM_STATE": str(tmp_path / "state")}))
    add_person(made, "Lea", ViewerRole.LEAD)
    add_person(made, "Bo", ViewerRole.LEAD)
    yield made
    made.close()


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The arguments of every job that was begun."""
    begun: list[Any] = []

    def do(_parts: Parts, arguments: Any, _watch: Any) -> dict[str, Any]:
        begun.append(dict(arguments))
        return {}

    monkeypatch.setattr(worker, "_KINDS", dict.fromkeys(get_args(JobKind), do))
    return begun


def _account(parts: Parts, name: str) -> UUID:
    with parts.store.reading() as connection:
        found = account_named(connection, name)
    assert found is not None
    return found.id


def _loses(parts: Parts, how: str) -> None:
    bo = _account(parts, "Bo")
    with parts.store.writing() as connection:
        if how == "removed":
            close_account(connection, bo)
        elif how == "a coder":
            change_account(connection, bo, role=ViewerRole.CODER, sites=None, sees_text=True)
        elif how == "of one site":
            change_account(connection, bo, role=ViewerRole.LEAD, sites=frozenset({"Lund"}), sees_text=True)


@pytest.mark.parametrize("how", ["removed", "a coder", "of one site"])
@pytest.mark.parametrize("kind", ["withdraw", "export", "train", "push"])
def test_who_lost_the_right_meanwhile_erases_takes_and_changes_nothing(
    parts: Parts, done: list[Any], kind: JobKind, how: str
) -> None:
    """The job fails with a sentence; somebody who may lets it be done after all, now in her name."""
    with parts.store.writing() as connection:
        job = ask_for(connection, kind, {"participant": "P-1"}, asked_by=_account(parts, "Bo"))
    _loses(parts, how)
    worker.do_waiting_jobs(parts)
    assert done == []
    with parts.store.writing() as connection:
        failed = job_of(connection, str(job))
        assert failed.state == "failed"
        assert "Bo, who asked for this, may not" in (failed.error or "")
        retry(connection, failed, asked_by=_account(parts, "Lea"))
    worker.do_waiting_jobs(parts)
    assert done == [{"participant": "P-1"}]


def test_what_nobody_with_an_account_asked_for_is_done(parts: Parts, done: list[Any]) -> None:
    """A training that is due, a command on this machine; and whoever kept the right."""
    with parts.store.writing() as connection:
        ask_for(connection, "train", {})
        ask_for(connection, "precode", {"wave": "2"}, asked_by=_account(parts, "Bo"))
    worker.do_waiting_jobs(parts)
    assert done == [{}, {"wave": "2"}]


def test_the_same_work_is_one_job_whoever_asks(parts: Parts) -> None:
    """It waits once."""
    with parts.store.writing() as connection:
        first = ask_for(connection, "train", {}, asked_by=_account(parts, "Bo"))
        assert ask_for(connection, "train", {}, asked_by=_account(parts, "Lea")) == first
        assert ask_for(connection, "train", {}) == first


def test_pages_and_api_keep_who_asked(parts: Parts) -> None:
    """Of what is asked by a session, and by the study's key nobody's account."""
    with parts.store.writing() as connection:
        add_transcript(connection, a_transcript("P-77", "How?", "Well.", wave="2"))
    app = create_app(parts, key=KEY)
    client = signed_in(app, "Bo")
    token = form_token(client, "/account")
    client.post("/models/train", data={"csrf": token})
    client.post("/backups", data={"csrf": token})
    client.post("/api/v1/jobs", json={"kind": "precode"}, headers={"X-CSRF-Token": token})
    by_key = browser(app).post(
        "/api/v1/jobs", json={"kind": "precode", "wave": "2"}, headers={"Authorization": f"Bearer {KEY}"}
    )
    with parts.store.reading() as connection:
        asked = {job.kind: job.asked_by for job in all_jobs(connection) if not job.arguments.get("wave")}
        of_key = job_by_id(connection, UUID(by_key.json()["id"]))
    assert asked == dict.fromkeys(("train", "backup", "precode"), _account(parts, "Bo"))
    assert of_key is not None
    assert of_key.asked_by is None


def test_every_kind_of_job_has_its_right() -> None:
    """A new kind without one fails."""
    assert NEEDS.keys() == set(get_args(JobKind))
