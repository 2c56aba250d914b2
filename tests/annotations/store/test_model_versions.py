"""The store keeps model versions and their suggestions, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import struct
from dataclasses import replace
from uuid import uuid4

import pytest
from stored_model import a_model, with_model

from annotations.codebook.codes import Codebook
from annotations.coding import Evidence, Review
from annotations.errors import TandemError
from annotations.store.database import Store
from annotations.store.model_versions import (
    add_model,
    all_models,
    champion,
    mark_mirrored,
    newest_kept,
    next_version,
    promote,
    serving_model,
)
from annotations.store.reviews import add_reviews
from annotations.store.suggestions import (
    Suggested,
    add_suggestions,
    keep_sentences,
    segments_with_suggestions,
    suggestions_of,
    without_sentences,
)
from annotations.store.transcripts import all_transcripts
from annotations.store.withdrawals import erase
from annotations.transcript import Span


def test_the_last_promoted_version_serves(store: Store, codebook: Codebook) -> None:
    """Promotion is a row; the history stays, and a rollback is one more row."""
    with store.reading() as connection, pytest.raises(TandemError, match="tandem train"):
        serving_model(connection)
    with with_model(store, codebook) as (connection, model, _):
        second = a_model(next_version(connection), model.codebook_version, model.segmentation)
        add_model(connection, second, [])
        for one in (model, second, model):
            promote(connection, one.id, verdict="better", reason="because")
        serving = champion(connection)
        assert serving is not None
        assert (serving.model.version, serving.mirrored) == ("v1", False)
        mark_mirrored(connection, serving.sequence)
        assert champion(connection).mirrored
        assert [m.version for m in all_models(connection)] == ["v1", "v2"]


def test_suggestions_are_packed_and_come_back(store: Store, codebook: Codebook) -> None:
    """Probabilities survive to float32; a code that is not judged is no suggestion."""
    with with_model(store, codebook) as (connection, model, segment):
        evidence = {"money": (Evidence(segment, 0.5),)}
        add_suggestions(connection, model.id, [Suggested(segment, (0.7, 0.1), ("money",), evidence)])
        assert segments_with_suggestions(connection, model.id) == {segment}
        found = suggestions_of(connection, model)[segment]
    assert found.probabilities == struct.unpack("<2f", struct.pack("<2f", 0.7, 0.1))
    (only,) = found.one_by_one(model)
    assert (only.code, only.suggested, only.threshold, only.evidence) == (
        "money",
        True,
        0.4,
        evidence["money"],
    )


def test_the_sentence_behind_a_suggestion_comes_back(store: Store, codebook: Codebook) -> None:
    """Its span is kept for each suggested code; "nobody has looked" and "none stands out" are told apart."""
    with with_model(store, codebook) as (connection, model, segment):
        add_suggestions(connection, model.id, [Suggested(segment, (0.7, 0.8), ("money", "people"))])
        assert without_sentences(connection, model.id) == {segment: ("money", "people")}
        assert suggestions_of(connection, model)[segment].sentences is None
        keep_sentences(connection, model.id, {segment: (("money", "people"), {"money": Span(16, 17)})})
        found = suggestions_of(connection, model)[segment]
        assert found.sentences == {"money": Span(16, 17)}
        assert [one.sentence for one in found.one_by_one(model)] == [Span(16, 17)]
        keep_sentences(connection, model.id, {segment: (("money", "people"), {})})
        assert suggestions_of(connection, model)[segment].sentences == {}
        assert without_sentences(connection, model.id) == {}


def test_an_erased_version_has_learnt_nothing(store: Store, codebook: Codebook) -> None:
    """What it alone had learnt waits for a training again: what came in is counted from the newest version that is left."""
    with with_model(store, codebook) as (connection, first, _):
        whose = next(kept.id for kept in all_transcripts(connection))
        review = Review(whose, "Ada", Span(16, 17), codebook_version=first.codebook_version, id=uuid4())
        add_reviews(connection, [review])
        again = replace(a_model("v2", first.codebook_version, first.segmentation), last_review=1)
        add_model(connection, again, [review.id] if review.id else [])
        assert [kept.version for kept in (newest_kept(connection),) if kept] == ["v2"]
        erase(connection, "A", by="the lead")
        assert [kept.version for kept in (newest_kept(connection),) if kept] == ["v1"]
