"""Many rows are written so that somebody who saves meanwhile gets in between."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import a_transcript
from sqlalchemy import Connection

from annotations.store import database
from annotations.store.database import Store, open_store
from annotations.store.small_transactions import in_small_transactions
from annotations.store.transcripts import add_transcript, all_transcripts


def _keep(connection: Connection, names: list[str]) -> None:
    for name in names:
        add_transcript(connection, a_transcript(name, "a", "b"))


def _names(store: Store) -> list[str]:
    with store.reading() as connection:
        return [kept.transcript.name for kept in all_transcripts(connection)]


def test_others_write_in_every_pause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite nobody else could write within a transaction; between two there is time for it, after the last none."""
    monkeypatch.setattr(database, "WAIT_MS", 100)
    url = f"sqlite:///{tmp_path / 'tandem.db'}"
    store, other, pauses = open_store(url), open_store(url), list[float]()

    def save(seconds: float) -> None:
        pauses.append(seconds)
        with other.writing() as connection:
            _keep(connection, [f"saved {len(pauses)}"])

    in_small_transactions(store, ["A", "B", "C", "D", "E"], _keep, most=2, pause=save)
    assert _names(store) == ["A", "B", "saved 1", "C", "D", "saved 2", "E"]
    assert min(pauses) > database.LOCK_ASKED_EVERY_S
    other.close()
    store.close()


def test_what_was_kept_before_a_fault_stays(store: Store) -> None:
    """The transaction that fails is undone, those before it are kept."""

    def fails(connection: Connection, names: list[str]) -> None:
        _keep(connection, names)
        if "D" in names:
            raise KeyError

    with pytest.raises(KeyError):
        in_small_transactions(store, ["A", "B", "C", "D", "E"], fails, most=2, pause=lambda _: None)
    assert _names(store) == ["A", "B"]


def test_nothing_to_write_opens_no_transaction(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """So nobody waits for it."""
    monkeypatch.setattr(store, "writing", None)
    in_small_transactions(store, [], _keep)
