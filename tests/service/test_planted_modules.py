"""A study's folder is data: nothing that lies in it, or where somebody stands, is run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from made_up_study import MadeUp, fill
from planted import plant, ran
from real_server import free_port, until

from annotations.errors import TandemError
from annotations.store.jobs import all_jobs, ask_for
from annotations.study.config import read_study
from service.composition import Parts
from service.doctor.doctor_checks import _imports
from service.label_studio.local import LocalLabelStudio
from service.new_study import make_study
from service.settings import child_environment, read_settings
from service.web.server import _worker

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a coded study."""
    folder = tmp_path_factory.mktemp("coded")
    study, _ = make_study(folder / "study", codebook="common-framework", config={"name": "S"})
    with closing(Parts(study, read_settings({"TANDEM_STATE": str(folder / "state")}))) as made:
        fill(made, MadeUp(transcripts=5, turns=8, model=False, assisted=False, repeats=False))
    return study.folder


@pytest.fixture
def parts(coded: Path, tmp_path: Path) -> Iterator[Parts]:
    """A copy of it among planted modules."""
    shutil.copytree(coded, tmp_path / "study")
    settings = read_settings({"TANDEM_STATE": str(tmp_path / "state")})
    with closing(Parts(read_study(tmp_path / "study"), settings)) as made:
        plant(made.study.folder)
        yield made


def test_what_is_planted_would_run_where_a_folder_is_searched(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plants of these tests are alive: Python itself runs them where it is asked to look there."""
    folder = parts.study.folder
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    subprocess.run([sys.executable, "-m", "typer"], cwd=folder, capture_output=True, check=False)
    assert ran(folder)


@pytest.mark.parametrize("arguments", [["--version"], ["status"], ["doctor"], ["codebook", "show"]])
def test_a_command_runs_nothing_where_somebody_stands(
    parts: Parts, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands are started in the study's folder most of the time."""
    folder = parts.study.folder
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(parts.settings.state))
    program = Path(sys.executable).with_name("tandem")
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert done.stdout
    assert ran(folder) == []


@pytest.mark.parametrize("searched", [True, False])
def test_doctor_says_that_python_looks_into_the_study(
    tmp_path: Path, searched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty entry in PYTHONPATH means the folder where somebody stands; every program then looks there."""
    if searched:
        monkeypatch.syspath_prepend(str(tmp_path))
    assert _imports(tmp_path).ok is not searched


def test_the_worker_runs_nothing_of_the_study(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """It trains, MLflow and pictures included, whatever PYTHONPATH says and wherever the server was started."""
    folder = parts.study.folder
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", f":{folder}")
    monkeypatch.setenv("PYTHONSTARTUP", str(folder / "settings.py"))
    with parts.store.writing() as connection:
        ask_for(connection, "train", {})

    def done() -> bool:
        with parts.store.reading() as connection:
            return all_jobs(connection)[0].state not in ("waiting", "running")

    with _worker(parts, wanted=True):
        until(done, 180)
    with parts.store.reading() as connection:
        (job,) = all_jobs(connection)
    assert (job.state, job.error) == ("done", None)
    assert list(folder.glob("models/*/curves.png"))
    assert ran(folder) == []


def test_label_studio_is_started_in_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given neither Python's nor Django's settings of whoever starts it, and it does not stand in the study."""
    plant(tmp_path)
    program, port = tmp_path / "env" / "bin" / "label-studio", free_port()
    program.parent.mkdir(parents=True)
    program.write_text(f"#!{sys.executable}\n{_TELLS}", "utf-8")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    for name in ("PYTHONPATH", "DJANGO_SETTINGS_MODULE", "PYTHONSTARTUP"):
        monkeypatch.setenv(name, str(tmp_path))
    local = LocalLabelStudio(tmp_path / "state", tmp_path / "env")
    with pytest.raises(TandemError, match="stopped by itself"):
        local.start(port=port)
    said = local.log.read_text("utf-8")
    assert f"in {local.folder}" in said
    assert "settings []" in said
    assert "safe True" in said
    assert ran(tmp_path) == []


_TELLS = """
import os, sys, json
print("in", os.getcwd(), "safe", bool(sys.flags.safe_path), "settings",
      [key for key in ("PYTHONPATH", "DJANGO_SETTINGS_MODULE", "PYTHONSTARTUP") if key in os.environ])
"""


def test_pictures_follow_no_settings_of_the_current_folder(tmp_path: Path) -> None:
    """Matplotlib would take a file "matplotlibrc" from there."""
    plant(tmp_path)
    code = "from training.model_plots import _figure; _figure(1, 1); "
    code += "import matplotlib as m; print(m.rcParams['lines.linewidth'])"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "1.5\n"


def test_a_child_is_given_whole_paths_and_none_of_pythons_settings(tmp_path: Path) -> None:
    """It may run in another folder than the one in which a path was given."""
    given = {
        "TANDEM_STATE": "state",
        "TANDEM_DATABASE": "sqlite:///own.db",
        "MLFLOW_TRACKING_URI": "sqlite:///runs.db",
        "PYTHONPATH": "",
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "error::planted.Warning",
        "HOME": "/home/somebody",
    }
    here = Path.cwd()
    assert child_environment(read_settings(given), given) == {
        "TANDEM_STATE": str(here / "state"),
        "TANDEM_DATABASE": f"sqlite:///{here / 'own.db'}",
        "MLFLOW_TRACKING_URI": f"sqlite:///{here / 'runs.db'}",
        "PYTHONUTF8": "1",
        "PYTHONSAFEPATH": "1",
        "HOME": "/home/somebody",
    }


@pytest.mark.parametrize(
    "address", ["postgresql://box/one", "sqlite:////data/one.db", "sqlite://", "sqlite:///:memory:"]
)
def test_other_addresses_stay_as_they_are(address: str) -> None:
    """Only the path of a file is made whole."""
    assert read_settings({"TANDEM_DATABASE": address}).database == address
