"""Corrections teach: learning, judging, promoting, going back, tracing, and whatever can be killed on the way."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from builders import REPOSITORY, WordEncoder
from sqlalchemy import update

from annotations.coding import Coding, Condition, Draw, Review
from annotations.errors import BadInput, TandemError
from annotations.store.group_draws import drawn_so_far
from annotations.store.jobs import all_jobs, ask_for, take
from annotations.store.model_versions import (
    all_models,
    champion,
    learnt_items,
    not_in_mlflow,
    previous_champion,
    serving_history,
)
from annotations.store.pushed_tasks import add_project
from annotations.store.reviews import add_reviews, current_reviews, reviews_after
from annotations.store.tables import transcripts
from annotations.store.transcripts import Kept, all_transcripts
from annotations.study.config import read_study
from annotations.transcript import Role
from service.cli.evaluate import _show as show_evaluation
from service.composition import Parts
from service.importing.import_codings import import_codings
from service.importing.import_transcripts import import_transcripts
from service.looking.progress import progress_of
from service.looking.trace import trace_review, trace_suggestion
from service.new_study import make_study
from service.serving.model_in_service import promote_by_hand, roll_back
from service.serving.precode import precode
from service.serving.train_study import catch_up, evaluate, reproduce, tracking_of, train
from service.settings import read_settings
from service.worker import ask_if_due, do_waiting_jobs
from training.mlflow_mirror import aliases_wanted

# MLflow's own, with the newest SQLAlchemy
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
)
GROUPS = 16
SAID = (
    "the budget and the grant and the cost",
    "a nurse and a colleague and the team",
    "the snow on the road",
)


def _words(at: int) -> list[tuple[str, int]]:
    """What participant ``at`` says, and of which topic: the words give it away, mostly."""
    random = np.random.default_rng(at)
    return [(f"{SAID[topic]} {random.integers(9)}", int(topic)) for topic in random.integers(0, 3, 12)]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of sixteen coded interviews, made once."""
    folder = tmp_path_factory.mktemp("template")
    book = folder / "book.csv"
    book.write_text("code,definition\nMoney,What it costs\nPeople,Who does it\n", "utf-8")
    study, _ = make_study(
        folder / "study", codebook=str(book), config={"name": "S", "retrain": {"after": 20}}
    )
    parts = _parts(study.folder, folder)
    files = [_interview(folder, f"P-{at:02d}", _words(at)) for at in range(GROUPS)]
    described = {"wave": "1", "case": "E"}
    import_transcripts(parts, files, manifest=None, described=described, replace=False, progress=_quiet)
    rows = [
        (f"P-{at:02d}", "Ines", ("Money", "People", "")[topic], 2 * turn + 1)
        for at in range(GROUPS)
        for turn, (_, topic) in enumerate(_words(at))
    ]
    _code(parts, folder, rows)
    tracking_of(parts).check()  # MLflow takes seconds to make its tables
    parts.close()
    return study.folder


@pytest.fixture
def parts(template: Path, tmp_path: Path) -> Iterator[Parts]:
    """A copy of it."""
    shutil.copytree(template, tmp_path / "study")
    made = _parts(tmp_path / "study", tmp_path)
    yield made
    made.close()


def _parts(study: Path, state: Path, **environment: str) -> Parts:
    made = Parts(read_study(study), read_settings({"TANDEM_STATE": str(state / "state"), **environment}))
    made.__dict__["embedder"] = WordEncoder()
    return made


def _interview(folder: Path, name: str, words: list[tuple[str, int]]) -> Path:
    file = folder / f"{name}.txt"
    file.write_text("".join(f"Interviewer: And?\n{name}: {said}.\n" for said, _ in words), "utf-8")
    return file


def _code(parts: Parts, folder: Path, rows: list[tuple[str, str, str, int]]) -> None:
    file = folder / f"codings-{uuid4().hex[:6]}.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("transcript", "coder", "code", "turn"), *rows])
    import_codings(parts, file, complete="listed", skip_bad_rows=False)


def _more(parts: Parts, folder: Path, first: int, count: int, wave: str = "2") -> None:
    """Further coded interviews."""
    files = [_interview(folder, f"P-{at:02d}", _words(at)) for at in range(first, first + count)]
    described = {"wave": wave, "case": "E"}
    import_transcripts(parts, files, manifest=None, described=described, replace=False, progress=_quiet)
    rows = [
        (f"P-{at:02d}", "Ines", ("Money", "People", "")[topic], 2 * turn + 1)
        for at in range(first, first + count)
        for turn, (_, topic) in enumerate(_words(at))
    ]
    _code(parts, folder, rows)


def _quiet(_done: int, _total: int) -> None:
    """Nobody watches."""


def _judges(parts: Parts) -> set[str]:
    with parts.store.reading() as connection:
        drawn = drawn_so_far(connection)
        return {kept.transcript.name for kept in all_transcripts(connection) if drawn.get(kept.id) == "judge"}


def test_judges_never_teach(parts: Parts, tmp_path: Path) -> None:
    """Three of sixteen judge; no review of theirs is learnt from; turning their codings round changes no digit."""
    trained = train(parts)
    judges = _judges(parts)
    assert len(judges) == 3
    assert trained.figures["measured_on"] == "judge set"
    assert trained.figures["overall"]["groups"] == 3
    with parts.store.reading() as connection:
        names = {kept.id: kept.transcript.name for kept in all_transcripts(connection)}
        items = learnt_items(connection, trained.model.id)
        for review in current_reviews(connection):
            assert (items[review.id] == "judge") == (names[review.transcript] in judges)
    first = reproduce(parts, "v1")
    _turn_round(parts, judges)
    again = train(parts)
    assert again.new
    assert first.identical
    one, two = (_arrays(parts, model) for model in (trained.model, again.model))
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert again.figures["overall"]["micro_f1"] < trained.figures["overall"]["micro_f1"]


def _turn_round(parts: Parts, names: set[str]) -> None:
    """The coder says the opposite of everything in these interviews."""
    other = {"money": "people", "people": "money"}
    with parts.store.writing() as connection:
        kept = {one.id: one.transcript.name for one in all_transcripts(connection)}
        old = [review for review in current_reviews(connection) if kept[review.transcript] in names]
        add_reviews(
            connection,
            [
                Review(
                    review.transcript,
                    review.coder,
                    review.span,
                    tuple(Coding(other[one.code], one.span) for one in review.codings),
                    codebook_version=review.codebook_version,
                    supersedes=review.id,
                    id=uuid4(),
                )
                for review in old
            ],
        )


def _arrays(parts: Parts, model: object) -> dict[str, np.ndarray]:
    from models.artifact import load

    found = load(parts.study.models_folder / model.folder, model.sha256)  # type: ignore[attr-defined]
    return {
        "coefficients": found.weights.coefficients,
        "slopes": found.calibration.slopes,
        "thresholds": found.thresholds,
    }


def test_more_reviews_are_judged_beside_the_champion(parts: Parts, tmp_path: Path) -> None:
    """A new wave adds judges; both models are compared on judges of whom neither has learnt; the verdict is kept."""
    train(parts)
    before = _judges(parts)
    _more(parts, tmp_path, 20, 8)
    second = train(parts)
    assert before < _judges(parts)
    assert len(_judges(parts)) == 6
    assert second.verdict.figures["groups"] == 6
    assert second.verdict.promoted
    with parts.store.reading() as connection:
        kept = all_models(connection)[-1]
        parent = all_models(connection)[0]
    assert (kept.verdict, kept.reason, kept.parent) == (
        second.verdict.verdict,
        second.verdict.reason,
        parent.id,
    )
    assert kept.comparison is not None
    assert kept.comparison["groups"] == 6
    assert train(parts).new is False


def test_a_refused_model_is_not_made_again_and_again(parts: Parts, tmp_path: Path) -> None:
    """A worse model does not serve, is MLflow's challenger, and without new reviews there is nothing to do."""
    train(parts)
    with parts.store.reading() as connection:
        names = {one.transcript.name for one in all_transcripts(connection)}
    _turn_round(parts, names - _judges(parts))
    refused = train(parts)
    assert (refused.verdict.verdict, refused.verdict.promoted) == ("cannot tell", False)
    assert "worse for every participant" in refused.verdict.reason
    assert not train(parts).new
    wanted = aliases_wanted(parts.store)
    assert wanted["challenger"] == refused.model.run_id
    promote_by_hand(parts, "v2", by="Ada Lind", reason="we decided otherwise")
    assert catch_up(parts) is None
    assert aliases_wanted(parts.store) | {"challenger": None} == aliases_wanted(parts.store)


def test_a_person_promotes_and_goes_back(parts: Parts, tmp_path: Path) -> None:
    """Name and reason are kept; what serves already, or cannot, is refused; waves in Label Studio are renewed."""
    train(parts)
    with pytest.raises(BadInput, match="no other version"):
        roll_back(parts, by="Ada Lind", reason="odd")
    train(parts, force=True)
    with parts.store.writing() as connection:
        add_project(connection, url="http://127.0.0.1:9", project_id=1, title="S", coder=None, wave="1")
    with pytest.raises(BadInput, match="serves already"):
        promote_by_hand(parts, "v2", by="Ada Lind", reason="odd")
    with pytest.raises(BadInput, match="--reason is empty"):
        roll_back(parts, by="Ada Lind", reason=" ")
    assert roll_back(parts, by="Ada Lind", reason="it suggests Money everywhere").version == "v1"
    with parts.store.reading() as connection:
        serving = champion(connection)
        before = previous_champion(connection)
        assert serving is not None
        assert before is not None
        assert (serving.model.version, before.version) == ("v1", "v2")
        assert (serving.by, serving.reason) == ("Ada Lind", "it suggests Money everywhere")
        assert [job.kind for job in all_jobs(connection)] == ["renew"]
    book = parts.study.codebook_file
    book.write_text(book.read_text("utf-8").replace("Who does it", "Whoever"), "utf-8")
    del parts.__dict__["codebook"]
    with pytest.raises(BadInput, match="codebook has changed"):
        promote_by_hand(parts, "v2", by="Ada Lind", reason="odd")


def test_damaged_files_let_the_version_before_serve(parts: Parts) -> None:
    """Damage is found by the hash, the version before serves and suggests, and it is said; a training mends it."""
    train(parts)
    second = train(parts, force=True)
    file = parts.study.models_folder / second.model.folder / "model.npz"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    said: list[str] = []
    made = precode(parts, tell=said.append)
    assert made.model.version == "v1"
    assert "v2 are damaged" in said[0]
    with parts.store.reading() as connection:
        assert [one.model.version for one in serving_history(connection)] == ["v1", "v2", "v1"]
    for model in (parts.study.models_folder).glob("*/model.npz"):
        model.write_bytes(b"x")
    with pytest.raises(TandemError, match="is not the one that was trained"):
        precode(parts)
    mended = train(parts)
    assert mended.new
    assert precode(parts).model.version == mended.model.version


def _another_recipe(parts: Parts) -> None:
    config = parts.study.config
    parts.study.__dict__["config"] = config.model_copy(
        update={"aim": config.aim.model_copy(update={"precision": 0.8})}
    )


@pytest.mark.parametrize("lost", ["model.npz", "both"])
def test_a_champion_that_cannot_be_read_makes_room(parts: Parts, lost: str) -> None:
    """A new recipe would have to show that it is not worse; beside files that nobody can read it serves, and says so."""
    first = train(parts)
    folder = parts.study.models_folder / first.model.folder
    (folder / "model.npz").write_bytes(b"x")
    if lost == "both":
        (folder / "held_out.npz").write_bytes(b"x")
    _another_recipe(parts)
    verdict = train(parts).verdict
    assert verdict.promoted
    assert "the files of v1 cannot be read" in verdict.reason
    assert ("(held_out.npz in its folder) cannot be read" in verdict.reason) == (lost == "both")
    assert precode(parts).model.version == "v2"


def test_a_worse_model_does_not_replace_one_that_cannot_be_read(parts: Parts) -> None:
    """What the champion said when it was made still judges; the reason says what to do about its files."""
    first = train(parts)
    (parts.study.models_folder / first.model.folder / "model.npz").write_bytes(b"x")
    with parts.store.reading() as connection:
        names = {one.transcript.name for one in all_transcripts(connection)}
    _turn_round(parts, names - _judges(parts))
    verdict = train(parts).verdict
    assert not verdict.promoted
    assert verdict.reason.endswith(
        "the files of v1 cannot be read: put them back from your backup, or choose with tandem models promote"
    )


def test_a_version_of_an_older_layout_or_with_damaged_files_does_not_come_back(parts: Parts) -> None:
    """No retraining would bring that version back, so none is promised; the sentence says what there is to choose."""
    first, _ = train(parts), train(parts, force=True)
    folder = parts.study.models_folder / first.model.folder
    model = folder / "model.npz"
    model.write_bytes(b"x")
    with pytest.raises(
        TandemError, match=r"v1 cannot serve: its files in .* Put the folder back from your backup"
    ) as told:
        promote_by_hand(parts, "v1", by="Ada Lind", reason="odd")
    assert "train" not in str(told.value)
    model.rename(folder / "model.skops")
    for attempt in (promote_by_hand, lambda parts, _, **why: roll_back(parts, **why)):
        with pytest.raises(
            BadInput, match="v1 cannot serve any more: another version of Tandem made its files"
        ):
            attempt(parts, "v1", by="Ada Lind", reason="odd")
    with parts.store.reading() as connection:
        assert [one.model.version for one in serving_history(connection)] == ["v2", "v1"]


def test_a_run_is_made_again_to_the_last_digit(parts: Parts, tmp_path: Path) -> None:
    """Also when reviews have come, been superseded and groups been joined since; not when reviews were erased."""
    first = train(parts)
    assert reproduce(parts, str(first.model.run_id)).identical
    _more(parts, tmp_path, 20, 4)
    with parts.store.reading() as connection:
        names = {one.transcript.name for one in all_transcripts(connection)}
    _turn_round(parts, names)
    book = parts.study.codebook_file
    book.write_text(book.read_text("utf-8").replace("Who does it", "Whoever does it"), "utf-8")
    del parts.__dict__["codebook"]
    train(parts)
    found = reproduce(parts, str(first.model.run_id)[:12])
    assert (found.differs, found.notes) == ((), ())
    with pytest.raises(BadInput, match="v1"):
        reproduce(parts, "v11")


def test_a_suggestion_is_traced_to_what_it_rests_on_and_back(parts: Parts) -> None:
    """From a suggestion to model, run, reviews and codebook; from one of these reviews back to the model."""
    trained = train(parts)
    precode(parts)
    found = trace_suggestion(parts, "p-03:2:money", version=None)
    assert found["suggestion"]["code_id"] == "money"
    assert found["model"]["run_id"] == trained.model.run_id
    assert found["model"]["reviews_hash"] == trained.model.reviews_hash
    assert found["codebook"]["version"] == parts.codebook.version
    assert found["reviews"]["learnt"] + found["reviews"]["judged_by"] == GROUPS * 12
    assert found["reviews"]["judged_by"] == 3 * 12
    by_segment = trace_suggestion(parts, f"{found['suggestion']['segment']}:Money", version="v1")
    assert by_segment["suggestion"] == found["suggestion"]
    back = trace_review(parts, found["reviews"]["ids"][0])
    assert [one["version"] for one in back["versions"]] == ["v1"]
    for name, said in (
        ("P-03:2", "TRANSCRIPT:TURN:CODE"),
        ("P-03:0:Money", "turns count from 1, as in Label Studio"),
        ("P-03:77:Money", "no segment in turn 77"),
        ("P-99:2:Money", "P-9"),
        ("P-03:2:Mony", "Money"),
    ):
        with pytest.raises(BadInput, match=said):
            trace_suggestion(parts, name, version=None)


def test_a_run_in_mlflow_tells_everything_and_no_text(parts: Parts) -> None:
    """Parameters, metrics per code, pictures, snapshot, libraries and parent are there; nobody's words and names are not."""
    from mlflow.tracking import MlflowClient

    first, second = train(parts), train(parts, force=True)
    uri = f"sqlite:///{parts.study.tracking_file}"
    client = MlflowClient(uri, uri)
    run = client.get_run(str(second.model.run_id))
    assert run.data.params["library/scikit-learn"]
    assert run.data.params["measured_on"] == "judge set"
    assert run.data.tags["parent_run_id"] == first.model.run_id
    assert run.data.tags["verdict"] == "not worse"
    assert {"micro_f1", "f1/money", "average_precision/people"} <= run.data.metrics.keys()
    files = {Path(file.path).name for file in client.list_artifacts(str(second.model.run_id), "model")}
    assert {"snapshot.json", "curves.png", "calibration.png", "model.npz", "held_out.npz"} <= files
    folder = parts.study.models_folder / second.model.folder
    snapshot = json.loads((folder / "snapshot.json").read_text("utf-8"))
    assert len(snapshot["learn"]) + len(snapshot["judge"]) == GROUPS * 12
    for file in folder.glob("*.json"):
        text = file.read_text("utf-8")
        assert "P-03" not in text
        assert "the budget and the grant and" not in text


KILLED = {
    "before anything is kept": "training.train.keep_codebook",
    "between registering and promoting": "training.train.promote",
    "before MLflow hears of it": "training.train.deliver",
    "between MLflow's run and its version": "training.tracking.Tracking._register",
    "between MLflow's version and its alias": "training.tracking.Tracking.mirror",
}


@pytest.mark.parametrize("where", KILLED.values(), ids=KILLED.keys())
def test_a_killed_training_leaves_a_consistent_study(parts: Parts, where: str) -> None:
    """Killed anywhere, the next training finishes or repeats it: one champion, no stray folder, one run a version."""
    script = textwrap.dedent(f"""
        import os, signal, sys
        from pathlib import Path
        from unittest import mock
        from annotations.study.config import read_study
        from builders import WordEncoder
        from service.serving.train_study import train
        from service.composition import Parts
        from service.settings import read_settings
        import training.train, training.tracking
        parts = Parts(read_study(Path({str(parts.study.folder)!r})), read_settings({{}}))
        parts.__dict__["embedder"] = WordEncoder()
        def killed(*_given, **_named):
            os.kill(os.getpid(), signal.SIGKILL)
        with mock.patch({where!r}, killed):
            train(parts)
        """)
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "tests")}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    trained = train(parts)
    with parts.store.reading() as connection:
        models = all_models(connection)
        serving = champion(connection)
        assert not not_in_mlflow(connection)
    assert serving is not None
    assert serving.mirrored
    assert [model.version for model in models] == ["v1"]
    assert trained.model.version == "v1"
    folders = [folder.name for folder in parts.study.models_folder.iterdir()]
    assert folders == [models[0].folder]
    _assert_in_mlflow(parts)


def _assert_in_mlflow(parts: Parts) -> None:
    """MLflow holds one finished run and one version for each version of the study, and its aliases say what it says."""
    from mlflow.tracking import MlflowClient

    tracking = tracking_of(parts)
    with tracking._reached() as client:
        assert isinstance(client, MlflowClient)
        experiment = client.get_experiment_by_name(tracking.name).experiment_id
        runs = client.search_runs([experiment])
        versions = client.search_model_versions(f"name='{tracking.name}'")
    with parts.store.reading() as connection:
        wanted = sorted(str(model.run_id) for model in all_models(connection))
    assert sorted(run.info.run_id for run in runs) == wanted
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert sorted(version.run_id for version in versions) == wanted
    named = {alias: run for alias, run in aliases_wanted(parts.store).items() if run}
    assert tracking.aliases() == named


def test_mlflow_that_is_down_gets_everything_later(parts: Parts, tmp_path: Path) -> None:
    """A training succeeds and serves without MLflow, says so, and is delivered whole when it answers again."""
    down = _parts(parts.study.folder, tmp_path, MLFLOW_TRACKING_URI="http://127.0.0.1:9")
    trained = train(down)
    assert trained.verdict.promoted
    assert trained.model.run_id is None
    assert "MLflow will get it later" in " ".join(trained.notes)
    assert precode(down).model.version == "v1"
    down.close()
    assert catch_up(parts) is None
    with parts.store.reading() as connection:
        assert not not_in_mlflow(connection)
    _assert_in_mlflow(parts)
    assert catch_up(parts) is None


def test_a_disk_that_is_full_keeps_what_was(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that cannot be written leaves no folder and no row, and the champion serves on."""
    train(parts)

    def full(*_given: object, **_named: object) -> None:
        raise OSError(28, "No space left on device", "model")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="No space left"):
        patched.setattr("training.train.write_lineage", full)
        train(parts, force=True)
    with parts.store.reading() as connection:
        assert [model.version for model in all_models(connection)] == ["v1"]
    assert len(list(parts.study.models_folder.iterdir())) == 1


def test_enough_new_reviews_ask_for_a_training(parts: Parts, tmp_path: Path) -> None:
    """The first training is asked for by a person; then twenty new reviews ask for one, once."""
    assert not ask_if_due(parts)
    train(parts)
    assert not ask_if_due(parts)
    _more(parts, tmp_path, 20, 1)
    assert not ask_if_due(parts)
    _more(parts, tmp_path, 21, 1)
    assert ask_if_due(parts)
    assert not ask_if_due(parts)
    with parts.store.reading() as connection:
        assert [(job.kind, job.state) for job in all_jobs(connection)] == [("train", "waiting")]


def test_a_killed_worker_s_job_is_done_by_the_next(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of this machine whose process is gone is not waited for."""
    from socket import gethostname

    monkeypatch.setattr("service.composition.Parts.read_again", lambda self: self)
    with parts.store.writing() as connection:
        ask_for(connection, "train", {})
        assert take(connection, f"{gethostname()}/999999/1") is not None
    assert do_waiting_jobs(parts) == 1
    with parts.store.reading() as connection:
        (job,) = all_jobs(connection)
    assert (job.state, job.attempts) == ("done", 2)
    assert job.result is not None
    assert job.result["model_version"] == "v1"


def _worker_trains(parts: Parts) -> dict[str, object]:
    """A worker does the training that waits; returns what it said."""
    with parts.store.writing() as connection:
        ask_for(connection, "train", {})
    do_waiting_jobs(parts)
    with parts.store.reading() as connection:
        job = next(one for one in all_jobs(connection) if one.kind == "train")
    assert job.state == "done", job.error
    return dict(job.result or {})


def test_after_a_rollback_a_worker_s_model_waits_for_a_person(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be a twin of the one that was taken out: it waits, also after a second training, until somebody promotes."""
    monkeypatch.setattr("service.composition.Parts.read_again", lambda self: self)
    train(parts)
    _more(parts, tmp_path, 20, 1)
    assert _worker_trains(parts)["promoted"]
    roll_back(parts, by="Ada Lind", reason="it suggests Money everywhere")
    for at in (21, 22):
        _more(parts, tmp_path, at, 1)
        said = _worker_trains(parts)
        assert (said["new"], said["promoted"], said["verdict"]) == (True, False, "waits")
        assert str(said["reason"]).startswith(
            "Ada Lind went back to v1 (it suggests Money everywhere), so it waits for a person: tandem models promote"
        )
        assert progress_of(parts)["model"]["waiting"] == said["model_version"]
    promote_by_hand(parts, "v4", by="Ada Lind", reason="we looked at it")
    assert progress_of(parts)["model"]["waiting"] is None
    _more(parts, tmp_path, 23, 1)
    assert _worker_trains(parts)["promoted"]


def test_what_a_rollback_holds_back(parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds although damaged files let another version serve meanwhile; whoever trains by hand gets the rule's word."""
    monkeypatch.setattr("service.composition.Parts.read_again", lambda self: self)
    first, _ = train(parts), train(parts, force=True)
    roll_back(parts, by="Ada Lind", reason="odd")
    (parts.study.models_folder / first.model.folder / "model.npz").write_bytes(b"x")
    assert precode(parts).model.version == "v2"
    _more(parts, tmp_path, 20, 1)
    assert _worker_trains(parts)["verdict"] == "waits"
    _more(parts, tmp_path, 21, 1)
    assert train(parts).verdict.promoted
    _more(parts, tmp_path, 22, 1)
    assert _worker_trains(parts)["promoted"]


def test_a_worse_model_is_refused_after_a_rollback_too(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the rule refuses does not wait: the verdict stays the rule's."""
    monkeypatch.setattr("service.composition.Parts.read_again", lambda self: self)
    train(parts)
    train(parts, force=True)
    roll_back(parts, by="Ada Lind", reason="odd")
    with parts.store.reading() as connection:
        names = {one.transcript.name for one in all_transcripts(connection)}
    _turn_round(parts, names - _judges(parts))
    assert _worker_trains(parts)["verdict"] == "cannot tell"


def test_a_consensus_stands_for_its_sources(parts: Parts) -> None:
    """On the span of a consensus its codes teach, not what its sources said; elsewhere their words do."""
    from models.corpus import read_corpus
    from training.collect import collect

    with parts.store.writing() as connection:
        review = current_reviews(connection)[0]
        consensus = Review(
            review.transcript,
            "Consensus",
            review.span,
            (Coding("people", review.span), Coding("money", review.span)),
            condition=Condition.CONSENSUS,
            codebook_version=review.codebook_version,
            sources=(review.id,) if review.id else (),
            id=uuid4(),
        )
        add_reviews(connection, [consensus])
    corpus = read_corpus(parts.store, parts.segmentation)
    collected = collect(parts.store, corpus, ("money", "people"))
    vectors = np.zeros((len(collected.learnable), 1), dtype=np.float32)
    dataset = collected.dataset(("money", "people"), vectors)
    row = next(
        at
        for at, unit in enumerate(collected.learnable)
        if corpus.segment(unit).span == review.span
        and corpus.transcripts[corpus.at[unit][0]].id == review.transcript
    )
    labels, weights = dataset.targets(gold=False)
    gold, _ = dataset.targets(gold=True)
    assert (labels[row].tolist(), weights[row].tolist()) == ([1.0, 1.0], [1.0, 1.0])
    said = {one.code for one in review.codings}
    assert gold[row].tolist() == [float("money" in said), float("people" in said)]
    others = np.arange(len(dataset)) != row
    assert np.array_equal(labels[others], gold[others])


def _say(parts: Parts, names: set[str], **described: object) -> None:
    """Describe transcripts anew."""
    with parts.store.writing() as connection:
        connection.execute(update(transcripts).where(transcripts.c.name.in_(names)).values(**described))


def test_who_turns_out_to_be_one_with_a_teacher_judges_no_model_that_learnt_from_them(parts: Parts) -> None:
    """A judge and a teacher are found to be one person: a new training, and the champion is no longer judged there."""
    train(parts)
    judges = _judges(parts)
    teacher = min({f"P-{at:02d}" for at in range(GROUPS)} - judges)
    _say(parts, {min(judges), teacher}, participant="X")
    second = train(parts)
    assert second.new
    assert _judges(parts) == judges
    assert second.figures["overall"]["groups"] == 3
    assert second.verdict.figures["groups"] == 2


def test_figures_of_groups_that_are_one_by_now_do_not_stand(parts: Parts) -> None:
    """Cross-validation is done anew, and what models said of one half, having learnt from the other, is left out."""
    _say(parts, {f"P-{at:02d}" for at in range(4)}, may_train=False)
    train(parts)
    assert evaluate(parts, group_by="participant")[0]["overall"]["groups"] == 12
    _say(parts, {"P-10", "P-11"}, session="A day")
    assert evaluate(parts, group_by="participant")[0]["overall"]["groups"] == 11
    second = train(parts)
    assert second.new
    assert second.verdict.figures["groups"] == 10


def test_a_codebook_that_quotes_is_told(parts: Parts) -> None:
    """Where a definition is pasted from an interview, training says of which code; of invented ones it says nothing."""
    assert not any("word for word" in note for note in train(parts).notes)
    said = next(words for words, topic in _words(3) if topic == 0)
    book = parts.study.codebook_file.read_text("utf-8")
    assert "What it costs" in book
    parts.study.codebook_file.write_text(book.replace("What it costs", said), "utf-8")
    parts.__dict__.pop("codebook", None)
    (note,) = [one for one in train(parts).notes if "word for word" in one]
    assert "Money" in note
    assert said not in note


def test_four_participants_have_values_of_each_and_no_interval(
    parts: Parts, capsys: pytest.CaptureFixture[str]
) -> None:
    """The terminal says why there is no interval, and kappa of every participant."""
    _say(parts, {f"P-{at:02d}" for at in range(4, GROUPS)}, may_train=False)
    found, _ = evaluate(parts, group_by="participant")
    show_evaluation(found, "participant")
    said = " ".join(capsys.readouterr().out.split())
    assert "an interval needs at least 5 groups of transcripts, and there are 4" in said
    each = found["overall"]["kappa_by_group"]
    assert len(each) == 4
    assert all(f"{name} {value:.2f}" in said for name, value in each.items())


def test_what_cannot_be_compared_is_not_called_better(parts: Parts) -> None:
    """Of two participants nothing is held out: more of the same serves, a new recipe waits, and neither is "better"."""
    _say(parts, {f"P-{at:02d}" for at in range(2, GROUPS)}, may_train=False)
    assert train(parts).verdict.verdict == "better"
    again = train(parts, force=True).verdict
    assert (again.verdict, again.promoted) == ("cannot tell", True)
    _another_recipe(parts)
    other = train(parts).verdict
    assert (other.verdict, other.promoted) == ("cannot tell", False)
    assert "tandem models promote" in other.reason


def test_a_second_look_teaches_nothing(parts: Parts) -> None:
    """Repeats change no label and no score, call for no training, and a training says that nothing has changed."""
    before, collected = evaluate(parts, group_by="participant")
    trained = train(parts)
    assert (before["serving"], before["people"]) == (None, None)
    before["serving"] = {
        "model_version": "v1",
        "measured_on": "judge set",
        "overall": {
            key: trained.figures["overall"][key]
            for key in ("groups", "micro_f1", "kappa", "kappa_interval", "few_transcripts")
        },
    }
    with parts.store.writing() as connection:
        for review in current_reviews(connection)[:60]:
            codings = () if review.codings else (Coding("money", review.span),)
            again = replace(review, codings=codings, draw=Draw.REPEAT, id=uuid4(), sequence=None)
            add_reviews(connection, [again])
        assert reviews_after(connection, trained.model.last_review) == 0
    after, again = evaluate(parts, group_by="participant")
    assert after == before
    assert (again.reviews, again.reviews_hash) == (collected.reviews, collected.reviews_hash)
    assert not train(parts).new


def test_evaluate_shows_what_assisted_reviews_do(parts: Parts, tmp_path: Path) -> None:
    """With reviews that saw suggestions there are figures with and without them; without any, there are not."""
    assert "without_assisted" not in evaluate(parts, group_by="participant")[0]
    files = [_interview(tmp_path, f"A-{at:02d}", _words(100 + at)) for at in range(40)]
    import_transcripts(parts, files, manifest=None, described={}, replace=False, progress=_quiet)
    with parts.store.writing() as connection:
        book = current_reviews(connection)[0].codebook_version
        for one in all_transcripts(connection):
            if one.transcript.name.startswith("A-"):
                add_reviews(connection, _misled(one, book))
    found, _ = evaluate(parts, group_by="participant")
    assert found["without_assisted"]["overall"]["n_segments"] == found["overall"]["n_segments"]
    assert found["without_assisted"]["overall"]["micro_f1"] > found["overall"]["micro_f1"]


def _misled(kept: Kept, book: str) -> list[Review]:
    """Assisted reviews in which every code is the wrong one."""
    wrong = (("people",), ("money",), ())
    words = _words(100 + int(kept.transcript.name[2:]))
    turns = [turn for turn in kept.transcript.turns if turn.role is Role.PARTICIPANT]
    return [
        Review(
            kept.id,
            "Tom",
            turn.span,
            tuple(Coding(code, turn.span) for code in wrong[topic]),
            condition=Condition.ASSISTED,
            codebook_version=book,
            id=uuid4(),
        )
        for turn, (_, topic) in zip(turns, words, strict=True)
    ]


def test_a_study_made_before_has_no_judges_until_it_is_large_enough(parts: Parts, tmp_path: Path) -> None:
    """Fewer than fifteen coded groups: cross-validation measures, and nobody is drawn."""
    _say(parts, {f"P-{at:02d}" for at in range(4)}, may_train=False)
    trained = train(parts)
    assert trained.figures["measured_on"] == "cross-validation"
    assert not _judges(parts)
    second = train(parts, force=True)
    assert second.verdict.figures["groups"] == 12
    assert second.verdict.promoted
    _more(parts, tmp_path, 20, 5)
    third = train(parts)
    assert third.figures["measured_on"] == "judge set"
    # of the three judges of wave 1 the champion had learnt: there its held-out word counts
    assert third.verdict.figures["groups"] == len(_judges(parts))
