"""A study whose results are shown, as fixtures for the tests of tables and of documents."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from commands import Run, commands_on
from results_study import make_results_study


@pytest.fixture(scope="session")
def results_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study, made once."""
    folder = tmp_path_factory.mktemp("results")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_STATE", str(folder / "state"))
        make_results_study(folder)
    return folder / "study"


@pytest.fixture
def study(results_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    shutil.copytree(results_template, tmp_path / "study")
    return tmp_path / "study"


@pytest.fixture
def tandem(study: Path) -> Run:
    """Its commands."""
    return commands_on(study)
