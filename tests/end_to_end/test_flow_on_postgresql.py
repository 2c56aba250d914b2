"""The whole flow by its commands with the study's data on PostgreSQL, against the real Label Studio and MLflow."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import commands_on
from part_of_sample import SAMPLE, part_of_sample
from postgresql import POSTGRESQL, a_schema
from study_to_push import exported

from annotations.label_studio.client import LabelStudio
from service.label_studio.local import Access

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.postgresql,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]


@pytest.fixture
def schema(environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty schema that the commands use."""
    with a_schema() as name:
        monkeypatch.setenv("TANDEM_DATABASE", f"{POSTGRESQL}?schema={name}")
        yield name


def _tandem(study: Path, *arguments: str) -> dict[str, Any]:
    return commands_on(study)(*arguments)


def test_from_files_to_label_studio(tmp_path: Path, schema: str, label_studio: Access) -> None:
    """Import, train, pre-code, push with draws to two coders, push again; nothing is kept in the study's folder."""
    study = tmp_path / "study"
    _tandem(study, "init", str(study))
    shutil.copy(SAMPLE / "study.yaml", study / "study.yaml")
    manifest, codings = part_of_sample(tmp_path)
    _tandem(study, "import", "--manifest", manifest)
    _tandem(study, "import-codings", codings, "--complete", "all")
    trained = _tandem(study, "train")
    made = _tandem(study, "precode", "--wave", "2")
    assert made["model_version"] == trained["model_version"]
    options = ("--blind", "0.15", "--double", "0.2", "--repeat", "0.03", "--seed", "11")
    options += ("--coder", "Ines Falk", "--coder", "Tom Okafor")
    pushed = _tandem(study, "push", "--wave", "2", *options)["projects"]
    assert [one["coder"] for one in pushed] == ["Ines Falk", "Tom Okafor"]
    extra = sum(one["draws"]["repeat"] + one["draws"]["double"] / 2 for one in pushed)
    assert sum(one["created"] for one in pushed) == made["segments"] + extra
    with LabelStudio(label_studio.url, label_studio.token) as server:
        for one in pushed:
            assert len(exported(server, one["id"])) == one["created"]
    again = _tandem(study, "push", "--wave", "2")["projects"]
    assert [(one["created"], one["unchanged"]) for one in again] == [(0, one["created"]) for one in pushed]
    waves = _tandem(study, "status")["waves"]
    assert waves["2"]["pushed"] == waves["2"]["segments"] == made["segments"]
    assert not (study / "tandem.db").exists()
