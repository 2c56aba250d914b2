"""A worker that looks around every minute keeps nobody from changing the study."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from lead_in_browser import a_study

from service.composition import Parts
from service.jobs.worker import look_around
from service.passing_files.folders import new_folder


def test_the_study_is_not_held_where_mlflow_lacks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lead who saves in that moment is not told to wait for a worker that has nothing to do."""
    held: list[str] = []
    alone = Parts.alone

    def noted(parts: Parts, command: str) -> AbstractContextManager[None]:
        held.append(command)
        return alone(parts, command)

    parts = a_study(tmp_path)
    monkeypatch.setattr(Parts, "alone", noted)
    look_around(parts)
    parts.close()
    assert held == []


def test_it_deletes_files_that_have_waited_a_day(tmp_path: Path) -> None:
    """Also those that came in and are kept for an undo: nobody has to open a page for it."""
    parts = a_study(tmp_path)
    _, old = new_folder(parts, "in")
    _, new = new_folder(parts, "in")
    os.utime(old, (1.0, 1.0))
    look_around(parts)
    parts.close()
    assert (old.exists(), new.exists()) == (False, True)
