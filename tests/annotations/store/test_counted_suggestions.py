"""How many passages a model has spoken of is counted anew where something changed, and only there."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import pytest
from sqlalchemy import Connection, delete
from stored_model import with_model

from annotations.codebook.codes import Codebook
from annotations.store import counted_suggestions
from annotations.store.counted_suggestions import (
    CountedSuggestions,
    SpokenOf,
    count_spoken,
    keep_spoken,
    spoken_of,
)
from annotations.store.database import Store
from annotations.store.kept_figures import forget_figures
from annotations.store.model_versions import ModelVersion
from annotations.store.suggestions import Suggested, add_suggestions
from annotations.store.tables import suggestions as table


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The models whose suggestions were counted, one by one."""
    models: list[UUID] = []

    def count(connection: Connection, model: UUID, segmentation: str) -> Mapping[UUID, SpokenOf]:
        models.append(model)
        return count_spoken(connection, model, segmentation)

    monkeypatch.setattr(counted_suggestions, "count_spoken", count)
    return models


def _suggested(store: Store, codebook: Codebook) -> ModelVersion:
    with with_model(store, codebook) as (connection, model, segment):
        connection.execute(delete(table))
        add_suggestions(
            connection, model.id, [Suggested(segment, [0.5] * len(model.codes), tuple(model.codes[:2]))]
        )
        return model


def test_what_is_kept_follows_what_is_there(store: Store, codebook: Codebook, asked: list[UUID]) -> None:
    """Looked at twice it is counted once; after a suggestion came or went it is counted again."""
    model, counted = _suggested(store, codebook), CountedSuggestions()
    with store.writing() as connection:
        first = counted.now(connection, model.id, model.segmentation)
        assert list(first.values()) == [1]
        assert counted.now(connection, model.id, model.segmentation) is first
        assert len(asked) == 1
        connection.execute(delete(table))
        assert counted.now(connection, model.id, model.segmentation) == {}


def test_what_pre_coding_kept_is_not_counted_again(
    store: Store, codebook: Codebook, asked: list[UUID]
) -> None:
    """Neither by a command nor by a server, until something changed or an erasure took all figures away."""
    model = _suggested(store, codebook)
    keep_spoken(store, model.id, model.segmentation)
    keep_spoken(store, model.id, model.segmentation)
    assert len(asked) == 1
    with store.writing() as connection:
        assert list(spoken_of(connection, model.id, model.segmentation).values()) == [SpokenOf(1, 2)]
        assert list(CountedSuggestions().now(connection, model.id, model.segmentation).values()) == [1]
        assert len(asked) == 1
        forget_figures(connection)
        assert list(spoken_of(connection, model.id, model.segmentation).values()) == [SpokenOf(1, 2)]
        assert len(asked) == 2
    keep_spoken(store, model.id, model.segmentation)
    with store.writing() as connection:
        connection.execute(delete(table))
        assert spoken_of(connection, model.id, model.segmentation) == {}
