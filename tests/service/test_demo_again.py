"""A second demonstration goes on with the first one's study; what one puts into Label Studio leads back to it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn, cast

import pytest
from real_server import free_port

from annotations.errors import BadInput
from annotations.store.reviews import count_reviews
from service import demo
from service.access.service_address import address_of
from service.cli import demo as shown
from service.composition import Parts
from service.demo import MARK, make_sample
from service.new_study import make_study
from service.settings import read_settings


@pytest.mark.slow
def test_a_second_demonstration_deletes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reviews, and whatever else lies there, are as they were; that the study goes on is said."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    settings = read_settings()
    said: list[str] = []
    parts = make_sample(tmp_path / "demo", settings, said.append)
    with parts.store.reading() as connection:
        before = count_reviews(connection)
    parts.close()
    (tmp_path / "demo" / "notes.txt").write_text("mine", "utf-8")
    parts = make_sample(tmp_path / "demo", settings, said.append)
    with parts.store.reading() as connection:
        assert count_reviews(connection) == before
    parts.close()
    assert (tmp_path / "demo" / "notes.txt").read_text("utf-8") == "mine"
    assert sum("earlier demonstration" in line for line in said) == 1


@pytest.mark.parametrize(
    ("already", "said"),
    [
        (0, "5. Wave 2 read: 125 of 169 passages have suggested codes."),
        (169, "5. All 169 passages of wave 2 have suggestions of model v1 already."),
    ],
)
def test_what_was_suggested_before_is_not_said_to_be_without(
    already: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second demonstration suggests nothing anew, and does not say that no passage has suggestions."""
    model = SimpleNamespace(version="v1")
    trained = SimpleNamespace(model=model, new=not already, figures={}, to_json=lambda: {"codes": 81})
    made = SimpleNamespace(model=model, segments=169, already=already, with_suggestion=0 if already else 125)
    monkeypatch.setattr(demo, "train", lambda _parts: trained)
    monkeypatch.setattr(demo, "precode", lambda _parts, **_: made)
    lines: list[str] = []
    demo.learn_and_suggest(cast("Parts", None), lines.append)
    assert lines[-1] == said


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """Only what a demonstration made is gone on with."""
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(BadInput, match="holds something else"):
        make_sample(tmp_path, read_settings(), lambda _: None)
    assert not (tmp_path / MARK).exists()


def test_tasks_lead_to_the_port_of_the_demonstration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever port it is asked to answer on, the address stands before anything is put into Label Studio."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    study, _ = make_study(tmp_path / "s", codebook="common-framework", config={"name": "S"})
    addresses: list[str] = []

    def pushes(parts: Parts, **_: object) -> NoReturn:
        addresses.append(address_of(parts))
        raise BadInput("no Label Studio here.")

    monkeypatch.setattr(demo, "make_sample", lambda _folder, settings, _tell: Parts(study, settings))
    monkeypatch.setattr(demo, "learn_and_suggest", lambda _parts, _tell: None)
    monkeypatch.setattr(demo, "into_label_studio", pushes)
    port = free_port()
    with pytest.raises(BadInput, match="no Label Studio"):
        shown.command(folder=tmp_path / "s", port=port, label_studio_port=free_port(), serve=True)
    assert addresses == [f"http://127.0.0.1:{port}"]


def test_whoever_stops_the_demonstration_is_told_where_the_study_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl+C is how it ends: what was made is not gone by that."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    study, _ = make_study(tmp_path / "s", codebook="common-framework", config={"name": "S"})

    def stopped(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    access = SimpleNamespace(username="u", password="p")
    monkeypatch.setattr(demo, "make_sample", lambda _folder, settings, _tell: Parts(study, settings))
    monkeypatch.setattr(demo, "learn_and_suggest", lambda _parts, _tell: None)
    monkeypatch.setattr(demo, "into_label_studio", lambda *_, **__: (access, []))
    monkeypatch.setattr(shown, "_serve", stopped)
    with pytest.raises(KeyboardInterrupt):
        shown.command(folder=tmp_path / "s", port=free_port(), label_studio_port=free_port(), serve=True)
    said = " ".join(capsys.readouterr().out.split())
    assert "The study stays in" in said
    assert "tandem serve and tandem label-studio start bring its pages and Label Studio back" in said
