"""The study of coded interviews that these tests train on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from study_to_train import GROUPS, import_rows, interview_file, opened, quiet, what_is_said

from service.composition import Parts
from service.importing.import_transcripts import import_transcripts
from service.new_study import make_study
from service.serving.train_and_evaluate import tracking_of


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of sixteen coded interviews, made once for all tests of a process."""
    folder = tmp_path_factory.mktemp("template")
    book = folder / "book.csv"
    book.write_text("code,definition\nMoney,What it costs\nPeople,Who does it\n", "utf-8")
    study, _ = make_study(
        folder / "study", codebook=str(book), config={"name": "S", "retrain": {"after": 20}}
    )
    parts = opened(study.folder, folder)
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
    parts.close()
    return study.folder


@pytest.fixture
def parts(template: Path, tmp_path: Path) -> Iterator[Parts]:
    """A copy of it."""
    shutil.copytree(template, tmp_path / "study")
    made = opened(tmp_path / "study", tmp_path)
    yield made
    made.close()
