"""After the last one who taught withdrew there is no model, nothing serves, and every part says so in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from coded_study import MARKS, add_interviews, make_coded_study, opened, quiet
from fastapi.testclient import TestClient
from proven import proven
from typer.testing import CliRunner

from annotations.errors import BadInput, TandemError
from annotations.store.label_studio_projects import add_project
from annotations.store.model_versions import all_models, champion
from annotations.store.pushed_tasks import PushedTask, keep_tasks
from annotations.store.segments import segments_of
from models.classifier import Model
from service.access.keys import door_key
from service.cli.main import add_commands, app
from service.composition import Parts
from service.doctor.doctor_checks import run_checks
from service.looking.wave_progress import progress_of
from service.serving.precode import precode
from service.serving.promote_by_hand import promote_by_hand, roll_back
from service.serving.train_and_evaluate import catch_up, tracking_of, train
from service.web.app import create_app
from service.withdrawal.withdraw import withdraw

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]
KEY = "k" * 43
SENTENCE = "no model serves: v1, which did, had learnt from somebody who withdrew"


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    """A study in which one participant was coded and another was not, with a model and its suggestions on tasks."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    study = make_coded_study(tmp_path, names=("JKG-01",))
    made = opened(study, tmp_path / "state")
    add_interviews(made, tmp_path, ("JKG-02",), coded=())
    with monkeypatch.context() as patch:
        # as an earlier Tandem did: one participant alone teaches no code, and the codebook's words would serve on
        patch.setattr(Model, "judged", property(lambda model: model.codes))
        train(made)
    precode(made)
    yield made
    made.close()


def _pushed(parts: Parts) -> list[str]:
    """The uncoded participant's segments stand as tasks, with the model's suggestions; their keys."""
    with parts.store.writing() as connection:
        (model,) = all_models(connection)
        project = add_project(connection, url="http://x", project_id=7, title="t", coder=None, wave="1")
        cut = [one for its in segments_of(connection, parts.segmentation.version).values() for one in its]
        ids = [one.id for one in cut if one.id is not None]
        keep_tasks(
            connection, project.id, [PushedTask(key, at, "h", model.id) for at, key in enumerate(ids, 1)]
        )
    return [str(one) for one in ids]


def test_every_part_says_that_nothing_serves(parts: Parts) -> None:
    """Status, precode, suggestions for coders, the backend, doctor and MLflow's aliases: no model, and why."""
    found = withdraw(parts, "JKG-01", by="Ines Falk", progress=quiet)
    assert found.done, found.still_there
    assert found.new_model is None
    assert SENTENCE in found.serves[:1].lower() + found.serves[1:]
    with parts.store.reading() as connection:
        assert champion(connection) is None
    assert not any(parts.study.models_folder.iterdir())
    status = progress_of(parts)
    assert status.model is None
    assert SENTENCE in (status.no_model or "")
    with pytest.raises(TandemError, match=SENTENCE):
        precode(parts)
    assert tracking_of(parts).aliases() == {}
    checks = {one.name: one for one in run_checks(parts.study.folder, quiet)}
    assert SENTENCE in checks["model"].found
    assert checks["MLflow's aliases"].ok
    assert checks["withdrawals"].ok
    assert checks["leftovers"].ok
    with pytest.raises(BadInput, match="erased since"):
        promote_by_hand(parts, "v1", by="Ines", reason="because")
    with pytest.raises(BadInput, match="no other version"):
        roll_back(parts, by="Ines", reason="because")


def test_what_stands_on_tasks_is_no_longer_answered(parts: Parts) -> None:
    """Label Studio's backend answers with the erased model's suggestions before, and with none after."""
    keys = _pushed(parts)
    basic = ("tandem", door_key(KEY, "backend"))
    with TestClient(create_app(parts, key=KEY), base_url="http://127.0.0.1:8430") as client:
        boxes = [{"value": one, "alias": one} for one in parts.codebook.by_id]
        shown = [{"segment_id": one, "candidates": boxes} for one in keys]
        body = {"tasks": [{"id": 1, "data": data} for data in shown], "project": "7"}
        with parts.store.writing() as connection:
            from annotations.store.suggestions import add_suggestions, suggestions_of
            from annotations.store.tables import model_versions, suggestions

            sure_enough = model_versions.update().values(
                thresholds={"money": 0.5, "people": 0.5}, figures=proven(["money", "people"])
            )
            connection.execute(sure_enough)
            (model,) = all_models(connection)
            there = suggestions_of(connection, model)
            connection.execute(suggestions.delete())
            sure = [
                type(one)(key, tuple(0.9 for _ in model.codes), (model.codes[0],))
                for key, one in there.items()
            ]
            add_suggestions(connection, model.id, sure)
        before = client.post("/ml/predict", json=body, auth=basic).json()["results"]
        assert any(before)
        withdraw(parts, "JKG-01", by="Ines Falk", progress=quiet)
        after = client.post("/ml/predict", json=body, auth=basic).json()["results"]
        assert not any(after)
        assert client.post("/ml/setup", json={}, auth=basic).json()["message"].startswith("no model serves")
        assert client.get("/ml/versions", auth=basic).json() == {"versions": []}
        page = client.get("/", params={"key": KEY}).text
        assert "No model serves: v1" in page


def test_the_last_transcript_may_go(parts: Parts, tmp_path: Path) -> None:
    """An empty study has no model; with new transcripts and codings it gets one again."""
    for name in ("JKG-02", "JKG-01"):
        assert withdraw(parts, name, by="Ines Falk", progress=quiet).done
    with pytest.raises(BadInput, match="nothing to learn from"):
        train(parts)
    add_interviews(parts, tmp_path, ("DND-03", "PLP-22"), coded=("DND-03", "PLP-22"))
    trained = train(parts)
    assert trained.verdict.promoted
    assert "no other model serves" in trained.verdict.reason
    assert catch_up(parts) is None
    assert set(tracking_of(parts).aliases()) == {"champion"}


def test_the_list_of_models_shows_what_was_erased(parts: Parts) -> None:
    """A version whose files are erased is shown as erased, to people and to programs."""
    withdraw(parts, "JKG-01", by="Ines Falk", progress=quiet)
    if not app.registered_commands:
        add_commands()
    run = CliRunner()
    shown = run.invoke(app, ["--study", str(parts.study.folder), "models", "list"]).output
    assert "erased" in shown.splitlines()[1]
    assert (
        '"erased": true'
        in run.invoke(app, ["--study", str(parts.study.folder), "models", "list", "--json"]).stdout
    )
    one = run.invoke(app, ["--study", str(parts.study.folder), "models", "show", "v1"]).output
    assert "erased: it had learnt from somebody who withdrew" in one
    status = run.invoke(app, ["--study", str(parts.study.folder), "status"]).output
    assert "No model serves: v1" in status


def test_somebody_else_who_taught_keeps_a_model_in_service(tmp_path: Path) -> None:
    """While others are left to learn from, another model serves at once."""
    study = make_coded_study(tmp_path, names=tuple(MARKS))
    parts = opened(study, tmp_path / "state")
    train(parts)
    found = withdraw(parts, "JKG-01", by="Ines Falk", progress=quiet)
    assert found.new_model == "v2"
    assert found.serves == "Model v2 serves; it was trained without them."
    parts.close()
