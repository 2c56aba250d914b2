"""The store keeps reviews and codings, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from builders import a_transcript

from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Condition, Review
from annotations.errors import BadInput
from annotations.store.codebook_versions import keep_codebook
from annotations.store.coders import coder_names
from annotations.store.database import Store
from annotations.store.loose_codings import add_loose_codings, adopt_loose_codings, loose_codings
from annotations.store.reviews import add_reviews, current_reviews
from annotations.store.transcripts import (
    add_transcript,
    get_transcript,
    replace_transcript,
)
from annotations.transcript import Span


def test_a_transcript_is_replaced_only_while_nobody_has_coded_it(store: Store, codebook: Codebook) -> None:
    """Codings point at words, so a coded text stays."""
    with store.writing() as connection:
        old = add_transcript(connection, a_transcript("A", "a", "b"))
        replace_transcript(connection, old, a_transcript("A", "a", "another answer"))
        assert get_transcript(connection, "A").transcript.turns[1].span == Span(18, 32)
        add_reviews(connection, [_review(connection_codebook(connection, codebook), old, Span(18, 25))])
        with pytest.raises(BadInput, match="people have coded it"):
            replace_transcript(connection, old, a_transcript("A", "a", "c"))


def connection_codebook(connection: object, codebook: Codebook) -> str:
    """Keep the codebook and give its version."""
    return keep_codebook(connection, codebook)  # type: ignore[arg-type]


def _review(version: str, transcript: UUID, span: Span, *codes: str, **other: object) -> Review:
    codings = tuple(
        Coding(code, span, memo="m", influence="-", created=datetime(2026, 1, 1, tzinfo=UTC))
        for code in codes
    )
    plain: dict[str, object] = {"coder": "Ines", "id": uuid4(), "codebook_version": version, **other}
    return Review(transcript=transcript, span=span, codings=codings, **plain)  # type: ignore[arg-type]


def test_reviews_come_back_and_a_superseded_one_is_not_current(store: Store, codebook: Codebook) -> None:
    """The last word of a coder on a span is current; the first is kept."""
    with store.writing() as connection:
        version = keep_codebook(connection, codebook)
        a = add_transcript(connection, a_transcript("A", "a", "b"))
        first = _review(version, a, Span(0, 3), "money")
        second = _review(version, a, Span(0, 3), "people", supersedes=first.id)
        derived = _review(
            version,
            a,
            Span(0, 3),
            "people",
            condition=Condition.CONSENSUS,
            coder="Ines & Tom",
            sources=(second.id,),
        )
        add_reviews(connection, [first, second, derived])
    with store.reading() as connection:
        found = current_reviews(connection)
        assert list(coder_names(connection).values()) == ["Ines", "Ines & Tom"]
    assert [r.id for r in found] == [second.id, derived.id]
    assert found[0].codings == second.codings
    assert found[1].sources == (second.id,)


def test_loose_codings_are_taken_into_a_review_once_it_is_known(store: Store, codebook: Codebook) -> None:
    """A coding without a review moves into the review of the same passage; nothing is doubled."""
    with store.writing() as connection:
        version = keep_codebook(connection, codebook)
        a = add_transcript(connection, a_transcript("A", "a", "b"))
        review = _review(version, a, Span(0, 3), "money", "people")
        add_loose_codings(connection, a, "Ines", Condition.INDEPENDENT, review.codings[:1])
        add_reviews(connection, [_review(version, a, Span(0, 3), id=review.id)])
        assert [coding.code for coding in adopt_loose_codings(connection, review)] == ["people"]
        assert loose_codings(connection) == ()
        assert [c.code for r in current_reviews(connection) for c in r.codings] == ["money"]
