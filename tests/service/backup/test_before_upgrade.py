"""Before a newer Tandem changes a study's tables, a backup is made; without it, nothing is changed."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from study_to_back_up import count_of
from study_to_train import opened

from annotations.errors import TandemError
from annotations.store.database import HEAD, as_it_is, open_store
from service.backup import before_upgrade
from service.backup.check import check
from service.backup.make import make_backup
from service.backup.restore import restore_backup
from service.composition import Parts, open_restored


def _made_older(url: str, version: str) -> None:
    """The tables of an older Tandem, as the migrations themselves unmake them."""
    from alembic import command
    from alembic.config import Config

    from annotations.store.database import MIGRATIONS

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    store = open_store(url)
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, version)
    store.close()


def _version(url: str) -> str:
    with as_it_is(url) as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def test_a_backup_of_the_older_tables_is_made_first(
    either: tuple[Parts, str | None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its place is said, it is whole, and its tables are the older ones. Opening again makes no further one."""
    parts, _ = either
    url = parts.database_url
    parts.close()
    _made_older(url, "0008")
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            again = opened(parts.study.folder, tmp_path, TANDEM_DATABASE=url)
            _ = again.store
            again.close()
    (file,) = (tmp_path / "study-backups").iterdir()
    assert str(file) in caplog.text
    (tmp_path / "look").mkdir()
    assert check(file, None, None, tmp_path / "look").main.head == "0008"
    assert _version(url) == HEAD


def test_without_room_for_a_backup_nothing_is_changed(parts: Parts, tmp_path: Path) -> None:
    """The sentence says why, and the tables stay as the older Tandem left them."""
    url = parts.database_url
    parts.close()
    _made_older(url, "0008")
    (tmp_path / "study-backups").write_text("a file where the folder should be", "utf-8")
    again = opened(parts.study.folder, tmp_path)
    with pytest.raises(TandemError, match="no backup could be made"):
        _ = again.store
    assert _version(url) == "0008"


@pytest.mark.postgresql
def test_postgresql_without_pg_dump_goes_on_with_a_sentence(
    on_postgresql: tuple[Parts, str],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server has backups of its own; a file that cannot be copied is another matter."""
    parts, _ = on_postgresql
    url = parts.database_url
    parts.close()
    _made_older(url, "0008")
    monkeypatch.setattr(before_upgrade, "find_pg_dump", lambda: None)
    again = opened(parts.study.folder, tmp_path, TANDEM_DATABASE=url)
    _ = again.store
    again.close()
    assert "No backup was made first" in caplog.text
    assert "apt install" in caplog.text
    assert _version(url) == HEAD


def test_a_new_study_needs_none(parts: Parts, tmp_path: Path) -> None:
    """Nothing is lost by making its tables."""
    assert parts.store is not None
    assert not (tmp_path / "study-backups").exists()


def test_an_older_backup_is_restored_and_brought_up_to_date(
    either: tuple[Parts, str | None], tmp_path: Path
) -> None:
    """Every row is there in the newer tables; no further backup is made of what has come out of one."""
    parts, database = either
    url = parts.database_url
    before = count_of(parts.store, "codings")
    parts.close()
    _made_older(url, "0008")
    made = make_backup(parts.study, url, parts.settings)
    to = tmp_path / "again"
    here = replace(parts.settings, database=database)
    restore_backup(made.file, to, open_study=partial(open_restored, settings=here), database=database)
    again = opened(to, tmp_path, **({"TANDEM_DATABASE": database} if database else {}))
    assert _version(again.database_url) == HEAD
    assert count_of(again.store, "codings") == before
    again.close()
    assert not (tmp_path / "again-backups").exists()
