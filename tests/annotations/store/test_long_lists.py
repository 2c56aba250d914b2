"""A study may have more interviews and passages than a database takes values in one question."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import event
from stored_model import with_model

from annotations.codebook.codes import Codebook
from annotations.store.database import Store
from annotations.store.suggestions import suggestions_of, suggestions_on
from annotations.store.tables import transcripts
from annotations.store.transcripts import all_transcripts

TOO_MANY = 33_000  # SQLite takes 32,766


def test_suggestions_of_any_number_of_passages(store: Store, codebook: Codebook) -> None:
    """Among so many that are not there, the one that is."""
    with with_model(store, codebook) as (connection, model, segment):
        said = suggestions_on(connection, model, [*(uuid4() for _ in range(TOO_MANY)), segment])
        assert said == suggestions_of(connection, model)


def test_a_wave_is_asked_for_by_its_name(store: Store, codebook: Codebook) -> None:
    """However many interviews it has, no question names them one by one; each comes with its turns."""
    asked: list[int] = []
    with with_model(store, codebook) as (connection, _, _):
        wave = connection.execute(transcripts.select()).first().wave  # type: ignore[union-attr]
        everything = all_transcripts(connection)

        def count(*given: object) -> None:
            asked.append(len(given[3]))  # type: ignore[arg-type]

        event.listen(connection, "before_cursor_execute", count)
        assert all_transcripts(connection, wave=wave) == everything
        event.remove(connection, "before_cursor_execute", count)
    assert max(asked) <= 1
