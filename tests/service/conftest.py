"""A small coded study with one model, for tests of what happens to a study as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from coded_study import make_coded_study, opened
from made_for_run import made_for_run

from service.serving.train_and_evaluate import train


@pytest.fixture(scope="session")
def trained_study(folder_of_this_run: Path) -> Path:
    """Its folder, made once for all processes of a run: a test that changes something in it takes a copy."""
    return made_for_run(folder_of_this_run / "trained-study", _make) / "study"


def _make(folder: Path) -> None:
    parts = opened(make_coded_study(folder), folder / "state")
    train(parts)
    parts.close()
