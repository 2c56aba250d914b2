"""A name is blanked in a transcript that stands in Label Studio: afterwards no file of either holds it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commands import commands_on
from part_of_sample import SAMPLE, part_of_sample
from typer.testing import CliRunner

from annotations.label_studio.client import LabelStudio
from annotations.label_studio.tasks import tasks_by_key
from service.cli.main import app
from service.label_studio.local import Access

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]
NAME = "CRK-01"
SECRET = "Wolkenstein"
Run = Callable[..., dict[str, Any]]


def _holding(*folders: Path) -> list[str]:
    forms = [SECRET.encode(), SECRET.casefold().encode(), SECRET.encode("utf-16-le")]
    return [
        str(file)
        for folder in folders
        for file in sorted(folder.rglob("*"))
        if file.is_file() and any(form in file.read_bytes() for form in forms)
    ]


def _with_name(folder: Path) -> Path:
    """The transcript's file, with a name in one of the participant's turns."""
    (file,) = folder.rglob(f"{NAME}.txt")
    lines = file.read_text("utf-8").splitlines()
    at = [number for number, line in enumerate(lines) if line.startswith(f"{NAME}:")][2]
    lines[at] += f" That was {SECRET}'s idea, as everybody on the ward knows."
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def test_a_blanked_name_is_nowhere(
    tmp_path_factory: pytest.TempPathFactory, label_studio_of_its_own: Access
) -> None:
    """Text, embeddings, model, tasks and what stands around them; the next push shows the passage as it reads now."""
    folder = tmp_path_factory.mktemp("forget")
    study, state = folder / "study", Path(os.environ["TANDEM_STATE"])
    tandem = commands_on(study)
    made = CliRunner().invoke(app, ["init", str(study), "--codebook", "common-framework"])
    assert made.exit_code == 0, made.output
    shutil.copy(SAMPLE / "study.yaml", study / "study.yaml")
    part = tmp_path_factory.mktemp("part")
    manifest, codings = part_of_sample(part)
    file = _with_name(part)
    tandem("import", "--manifest", manifest)
    tandem("import-codings", codings, "--complete", "all")
    tandem("train")
    tandem("precode")
    projects = tandem("push")["projects"]
    assert len(_holding(study, state)) == 2
    file.write_text(file.read_text("utf-8").replace(SECRET, "[name]"), "utf-8")
    dry = tandem("import", str(file), "--replace", "--forget", "--dry-run")["would_forget"]
    assert (dry["earlier_texts"], dry["models"], dry["label_studio_tasks"]) == (1, ["v1"], 1)
    found = tandem("import", str(file), "--replace", "--forget", "--by", "Ines Falk", "--yes")["forgotten"]
    assert found["done"], (found["still_there"], found["notes"])
    assert found["label_studio_tasks"] == 1
    assert _holding(study, state) == []
    tandem("precode")
    again = tandem("push")["projects"]
    with LabelStudio(label_studio_of_its_own.url, label_studio_of_its_own.token) as server:
        there = [task for one in again for task in tasks_by_key(server, one["id"]).values()]
    assert len(there) == sum(one["created"] for one in projects)
    own = [task.data for task in there if task.data["interview"] == NAME]
    assert sum("[name]" in data["words"] for data in own) == 1
    assert not any("shown again after the next push" in data["before"] + data["after"] for data in own)
    assert [check for check in tandem("doctor")["checks"] if not check["ok"]] == []
