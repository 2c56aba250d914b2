"""Killed (SIGKILL) at any step, a backup or a restore leaves the old state whole, or the new one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from study_to_back_up import files_below, killed_at, rows_of
from study_to_train import opened

from annotations.store.database import open_store
from annotations.study.config import Study
from service.backup.check import check
from service.backup.kept import kept_for
from service.backup.make import make_backup
from service.backup.restore import restore_backup
from service.composition import Parts, open_restored

# a fork in a process that has opened connections of a pool would share them: each test closes its study first
MAKING = (
    "copying the database", "copying the files", "adding files", "closing the archive", "written", "checking", "checked",
    "named", "noted",
)  # fmt: skip
RESTORING = ("unpacking", "unpacked", "whole", "named")
FILLING = ("filling the schema", "schema filled", "schema kept")


def _open(parts: Parts, database: str | None, study: Study) -> None:
    open_restored(study, replace(parts.settings, database=database))


@pytest.mark.parametrize("step", MAKING)
@pytest.mark.slow
def test_a_killed_backup_leaves_good_ones_only(
    step: str, either: tuple[Parts, str | None], tmp_path: Path
) -> None:
    """Every file that has a backup's name is whole, the study is as it was, and the next backup clears up."""
    parts, _ = either
    parts.close()
    make = partial(make_backup, parts.study, parts.database_url, parts.settings)
    first = make()
    folder = first.file.parent
    before = files_below(parts.study.folder)
    assert killed_at(step, lambda at: make(step=at, keep=1))
    whole = sorted(one for one in folder.iterdir() if not one.name.startswith("."))
    assert first.file in whole
    assert len(whole) == (2 if step in ("named", "noted") else 1)
    for at, file in enumerate(whole):
        (tmp_path / f"look-{at}").mkdir()
        check(file, None, None, tmp_path / f"look-{at}")
    assert files_below(parts.study.folder) == before
    last = make(keep=1)
    left = sorted(folder.iterdir())
    assert last.file in left
    assert [one for one in left if one.name.startswith(".")] == []
    assert not list(parts.study.folder.glob(".tandem-backup-*"))
    assert {Path(one.file) for one in kept_for(parts.settings, parts.study).good} == {last.file}


@pytest.mark.parametrize("step", RESTORING)
@pytest.mark.slow
def test_a_killed_restore_is_a_whole_study_or_none(
    step: str, either: tuple[Parts, str | None], tmp_path: Path
) -> None:
    """The name that was asked for is not taken, or by a whole study; and half a study is none."""
    _killed_restore(step, *either, tmp_path)


@pytest.mark.postgresql
@pytest.mark.parametrize("step", FILLING)
def test_a_killed_restore_leaves_no_half_schema(
    step: str, on_postgresql: tuple[Parts, str], tmp_path: Path
) -> None:
    """The schema is there with every row, or not at all."""
    _killed_restore(step, *on_postgresql, tmp_path)


def _killed_restore(step: str, parts: Parts, database: str | None, folder: Path) -> None:
    rows = rows_of(parts.store)
    parts.close()
    made = make_backup(parts.study, parts.database_url, parts.settings)
    to = folder / "again"
    work = partial(
        restore_backup, made.file, to, open_study=partial(_open, parts, database), database=database
    )
    assert killed_at(step, lambda at: work(step=at))
    half = list(folder.glob("again.half-restored-*"))
    assert to.exists() == (step == "named")
    assert [(one / "study.yaml").exists() for one in half] == ([] if to.exists() else [step == "whole"])
    kept = database is not None and step in ("schema kept", "whole", "named")
    if kept:
        there = open_store(str(database))
        assert rows_of(there) == rows
        there.close()
    if to.exists() or not kept:
        if not to.exists():
            work()
        again = opened(to, folder, **({"TANDEM_DATABASE": database} if database else {}))
        assert rows_of(again.store) == rows
        again.close()
