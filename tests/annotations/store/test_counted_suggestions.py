"""How many passages a model has spoken of is counted anew where something changed, and only there."""

from __future__ import annotations

import pytest
from sqlalchemy import delete
from stored_model import with_model

from annotations.codebook.codes import Codebook
from annotations.store import suggestions
from annotations.store.database import Store
from annotations.store.suggestions import CountedSuggestions, Suggested, add_suggestions, count_suggestions
from annotations.store.tables import suggestions as table


def test_what_is_kept_follows_what_is_there(
    store: Store, codebook: Codebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked at twice it is counted once; after a suggestion came or went it is counted again."""
    counted = CountedSuggestions()
    asked = []

    def count(*given: object) -> object:
        asked.append(given)
        return count_suggestions(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(suggestions, "count_suggestions", count)
    with with_model(store, codebook) as (connection, model, segment):
        connection.execute(delete(table))
        add_suggestions(connection, model.id, [Suggested(segment, [0.5] * len(model.codes), ())])
        first = counted.now(connection, model.id, model.segmentation)
        assert list(first.values()) == [1]
        assert counted.now(connection, model.id, model.segmentation) is first
        assert len(asked) == 1
        connection.execute(delete(table))
        assert counted.now(connection, model.id, model.segmentation) == {}
