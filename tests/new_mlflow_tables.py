"""New stores of MLflow in a study's folder without the seconds that MLflow takes to make its tables each time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from made_for_run import made_for_run

from training import tracking

reached = tracking.Tracking._reached


@contextmanager
def made_once(shared: Path) -> Iterator[None]:
    """While it lasts, a store that is not there yet begins as a copy of one that MLflow made for this run."""

    def with_tables(self: tracking.Tracking) -> AbstractContextManager[Any]:
        if self.own is not None and not self.own.file.exists():
            made = made_for_run(shared / "mlflow-tables", _make)
            # where a test lets nothing be written there, MLflow is to find that out
            with suppress(OSError):
                shutil.copyfile(made / "mlflow.db", self.own.file)
        return reached(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tracking.Tracking, "_reached", with_tables)
        yield


def _make(folder: Path) -> None:
    with reached(tracking.Tracking.in_study(folder / "mlflow.db", folder / "mlruns", "none")) as client:
        client.search_experiments()
