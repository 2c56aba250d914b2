"""The study of coded interviews that these tests train on, and what one and two trainings make of it.

Each is made once for a run of the tests; a test gets a copy.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from made_for_run import made_for_run
from study_to_train import GROUPS, import_rows, interview_file, opened, quiet, what_is_said

from service.composition import Parts
from service.importing.import_transcripts import import_transcripts
from service.new_study import make_study
from service.serving.train_and_evaluate import tracking_of, train


@pytest.fixture(scope="session")
def template(folder_of_this_run: Path) -> Path:
    """A study of sixteen coded interviews."""
    return made_for_run(folder_of_this_run / "study-to-train", _make) / "study"


def _make(folder: Path) -> None:
    book = folder / "book.csv"
    book.write_text("code,definition\nMoney,What it costs\nPeople,Who does it\n", "utf-8")
    study, _ = make_study(
        folder / "study", codebook=str(book), config={"name": "S", "retrain": {"after": 20}}
    )
    with closing(opened(study.folder, folder)) as parts:
        files = [interview_file(folder, f"P-{at:02d}", what_is_said(at)) for at in range(GROUPS)]
        described = {"wave": "1", "case": "E"}
        import_transcripts(parts, files, manifest=None, described=described, replace=False, progress=quiet)
        rows = [
            (f"P-{at:02d}", "Ines", ("Money", "People", "")[topic], 2 * turn + 1)
            for at in range(GROUPS)
            for turn, (_, topic) in enumerate(what_is_said(at))
        ]
        import_rows(parts, folder, rows)
        tracking_of(parts).check()  # MLflow takes seconds to make its tables


@pytest.fixture(scope="session")
def trained_template(template: Path, folder_of_this_run: Path) -> Path:
    """That study once it has been trained: v1 serves."""
    return _trained_from(template, folder_of_this_run / "study-trained-once")


@pytest.fixture(scope="session")
def twice_trained_template(trained_template: Path, folder_of_this_run: Path) -> Path:
    """That study once it has been trained again on the same: v2, a twin of v1, serves."""
    return _trained_from(trained_template, folder_of_this_run / "study-trained-twice")


def _trained_from(before: Path, folder: Path) -> Path:
    def make(unfinished: Path) -> None:
        shutil.copytree(before, unfinished / "study")
        with closing(opened(unfinished / "study", unfinished)) as parts:
            train(parts, force=True)

    return made_for_run(folder, make) / "study"


@pytest.fixture
def parts(template: Path, tmp_path: Path) -> Iterator[Parts]:
    """A copy of the study that nothing has been trained on yet."""
    yield from _copy(template, tmp_path)


@pytest.fixture
def trained_parts(trained_template: Path, tmp_path: Path) -> Iterator[Parts]:
    """A copy of the study in which v1 serves."""
    yield from _copy(trained_template, tmp_path)


@pytest.fixture
def twice_trained_parts(twice_trained_template: Path, tmp_path: Path) -> Iterator[Parts]:
    """A copy of the study in which v2 serves, and v1 served before."""
    yield from _copy(twice_trained_template, tmp_path)


def _copy(template: Path, folder: Path) -> Iterator[Parts]:
    shutil.copytree(template, folder / "study")
    with closing(opened(folder / "study", folder)) as made:
        yield made
