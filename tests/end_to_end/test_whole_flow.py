"""The whole flow on the sample study, against the real Label Studio, MLflow and Chromium."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from builders import REPOSITORY
from commands import Run, commands_on

from annotations.errors import BadInput, TandemError, Unreachable
from annotations.label_studio.answer_of_annotation import answer_of
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.tasks import tasks_by_key
from service.label_studio.local import Access, LocalLabelStudio

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]
SAMPLE = REPOSITORY / "annotations" / "sample_study"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, environment: None) -> Path:
    """Where the study is made."""
    return tmp_path_factory.mktemp("flow") / "study"


@pytest.fixture(scope="module")
def tandem(study: Path) -> Run:
    """Run a command with ``--json`` and give its result; a TandemError comes through as it is."""
    return commands_on(study)


@pytest.fixture(scope="module")
def flow(tandem: Run, study: Path, label_studio: Access) -> dict[str, Any]:
    """The study from its files to Label Studio, with what each command printed."""
    found = {"init": tandem("init", str(study))}
    shutil.copy(SAMPLE / "study.yaml", study / "study.yaml")
    found["import"] = tandem("import", "--manifest", str(SAMPLE / "manifest.csv"))
    codings = str(SAMPLE / "codings-wave1.csv")
    found["codings"] = tandem("import-codings", codings, "--complete", "all")
    found["train"] = tandem("train")
    found["evaluate"] = tandem("evaluate")
    found["precode"] = tandem("precode", "--wave", "2")
    found["push"] = tandem("push", "--wave", "2")
    return found


def test_every_command_prints_what_it_promised(flow: dict[str, Any], tandem: Run) -> None:
    """The keys that other programs rely on are there, and the figures hang together."""
    assert {"model_version", "promoted", "verdict", "reason", "reviews", "run_id", "seconds"} <= set(
        flow["train"]
    )
    assert {"model_version", "segments", "with_suggestion", "embedded", "from_cache", "seconds"} <= set(
        flow["precode"]
    )
    assert {"overall", "spotting", "labelling", "codes", "people", "people_reason"} <= set(flow["evaluate"])
    assert flow["evaluate"]["people"]["person"]["overall"]["micro_f1"] > 0.6
    (project,) = flow["push"]["projects"]
    assert project["created"] == flow["precode"]["segments"]
    waves = tandem("status")["waves"]
    assert waves["1"]["reviewed"] == waves["1"]["segments"]
    assert waves["2"]["pushed"] == waves["2"]["suggested"] == waves["2"]["segments"]


def test_nothing_is_embedded_twice(flow: dict[str, Any], tandem: Run) -> None:
    """Pre-coding again finds everything there."""
    assert flow["precode"]["embedded"] == flow["precode"]["segments"]
    assert tandem("precode", "--wave", "2")["already_there"] == flow["precode"]["segments"]


def test_training_again_without_news_changes_nothing(flow: dict[str, Any], tandem: Run) -> None:
    """The same reviews and the same codebook make no second model."""
    again = tandem("train")
    assert (again["model_version"], again["promoted"]) == (flow["train"]["model_version"], False)


def test_importing_again_recognises_everything(flow: dict[str, Any], tandem: Run) -> None:
    """The same files and codings are known; nothing is doubled."""
    again = tandem("import", "--manifest", str(SAMPLE / "manifest.csv"))
    assert {one["state"] for one in again["transcripts"]} == {"already there"}
    codings = tandem("import-codings", str(SAMPLE / "codings-wave1.csv"), "--complete", "all")
    assert (codings["codings"], codings["reviews"]) == (0, 0)


def test_pushing_again_doubles_nothing(flow: dict[str, Any], tandem: Run) -> None:
    """A second push finds every task there."""
    (project,) = tandem("push", "--wave", "2")["projects"]
    assert (project["created"], project["updated"]) == (0, 0)
    assert project["unchanged"] == flow["push"]["projects"][0]["created"]


def test_doctor_finds_everything_sound(flow: dict[str, Any], tandem: Run) -> None:
    """With everything running, every check passes."""
    assert [check for check in tandem("doctor")["checks"] if not check["ok"]] == []


def test_suggestions_are_listed_with_every_probability(
    flow: dict[str, Any], tandem: Run, tmp_path: Path
) -> None:
    """The CSV has a row for each segment and code that is judged."""
    rows = tandem("suggestions", "--wave", "2")["suggestions"]
    assert len(rows) == flow["precode"]["segments"] * flow["train"]["codes"]
    assert all(0 <= row["probability"] <= 1 for row in rows)


def test_the_model_files_hold_no_words_of_anybody(flow: dict[str, Any], study: Path) -> None:
    """No run of five words of a transcript is in any file of a model or of MLflow."""
    words = (SAMPLE / "wave1" / "CRK-01.txt").read_text("utf-8").split()
    runs = {" ".join(words[at : at + 5]).encode() for at in range(len(words) - 5)}
    files = [f for folder in ("models", "mlruns") for f in (study / folder).rglob("*") if f.is_file()]
    assert files
    for file in [*files, study / "mlflow.db"]:
        assert file.suffix not in (".pkl", ".pickle", ".joblib")
        content = file.read_bytes()
        assert not [run for run in runs if run in content]


@pytest.mark.browser
def test_a_coder_sees_the_suggestions_and_submits(
    page: Any, flow: dict[str, Any], tandem: Run, study: Path, label_studio: Access
) -> None:
    """In the real interface the first passage stands there to be coded; what is submitted can be read back."""
    from annotations.codebook.files import read_codebook

    project = flow["push"]["projects"][0]
    page.goto(f"{project['url']}/data?labeling=1")
    page.get_by_text("turn 2 of 44").wait_for(timeout=60_000)
    assert page.get_by_text("There is a room?").is_visible()
    assert page.locator(".tandem-likely input").count() > 0
    page.locator('input[name="Adoption"]').check()
    page.keyboard.press("Control+Enter")
    page.get_by_text("turn 4 of 44").wait_for(timeout=60_000)

    with LabelStudio(label_studio.url, label_studio.token) as server:
        touched = [task for task in tasks_by_key(server, project["id"]).values() if task.touched]
        assert len(touched) == 1
        (annotation,) = server._client.annotations.list(id=touched[0].id)
    answer = answer_of(annotation.result, read_codebook(study / "codebook.yaml"))
    assert "phase-adoption" in answer.codes
    assert "phase-implementation" not in answer.codes
    (again,) = tandem("push", "--wave", "2")["projects"]
    assert (again["created"], again["reviewed_left_alone"]) == (0, 1)


def test_a_wrong_token_is_explained(label_studio: Access) -> None:
    """Label Studio's refusal becomes a sentence that says where the token is."""
    with LabelStudio(label_studio.url, "0" * 40) as server, pytest.raises(BadInput, match="does not accept"):
        server.check()


def test_a_server_that_is_down_is_explained() -> None:
    """Where nobody answers, the sentence says how to start it."""
    with (
        LabelStudio("http://127.0.0.1:9", "0" * 40) as server,
        pytest.raises(Unreachable, match="label-studio start"),
    ):
        server.check()


def test_a_taken_port_is_refused(label_studio: Access, tmp_path: Path, local: LocalLabelStudio) -> None:
    """Label Studio would take another port in silence; Tandem says that this one is taken."""
    other = LocalLabelStudio(tmp_path, None)
    if other.program is None:
        other._env = local._env
    with pytest.raises(TandemError, match="cannot be used"):
        other.start(port=int(label_studio.url.rsplit(":", 1)[1]))


def test_starting_twice_gives_the_same_server(label_studio: Access, local: LocalLabelStudio) -> None:
    """A server that runs is found, not started again."""
    assert local.start().url == label_studio.url
