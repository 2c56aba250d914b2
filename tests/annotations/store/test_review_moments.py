"""When things were said, and what a model version had learnt, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from uuid import uuid4

from builders import a_transcript

from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Condition, Review
from annotations.segment import Segment, Segmentation
from annotations.store.codebook_versions import keep_codebook
from annotations.store.coders import coder_names
from annotations.store.database import Store
from annotations.store.loose_codings import add_loose_codings, loose_codings
from annotations.store.model_versions import ModelVersion, add_model
from annotations.store.review_moments import (
    learnt_transcripts,
    review_coders,
    review_moments,
    suggestions_made,
)
from annotations.store.reviews import add_reviews
from annotations.store.segments import add_segments, keep_segmentation, segment_id
from annotations.store.suggestions import Suggested, add_suggestions
from annotations.store.transcripts import add_transcript


def test_a_version_has_learnt_from_reviews_and_loose_codings(store: Store, codebook: Codebook) -> None:
    """The transcripts of both count, those that only judged do not, and a suggestion after a review is later than it."""
    cut = Segmentation()
    with store.writing() as connection:
        one, other, third = (
            add_transcript(connection, a_transcript(name, "Why?", "Because.")) for name in ("A", "B", "C")
        )
        version = keep_codebook(connection, codebook)
        span = a_transcript("A", "Why?", "Because.").turns[1].span
        review = Review(one, "Ada", span, (Coding("money", span),), codebook_version=version, id=uuid4())
        add_reviews(connection, [review])
        add_loose_codings(connection, other, "Ben", Condition.INDEPENDENT, [Coding("people", span)])
        keep_segmentation(connection, cut)
        turn = a_transcript("A", "Why?", "Because.").turns[1]
        add_segments(connection, third, cut.version, [Segment(0, 1, turn.speaker, turn.role, span)])
        loose = loose_codings(connection)[0][0]
        judging = Review(third, "Ada", span, codebook_version=version, id=uuid4())
        add_reviews(connection, [judging])
        model = ModelVersion(
            id=uuid4(), version="v1", kind="trained", folder="v1", sha256="0" * 64, codebook_version=version,
            segmentation=cut.version, embedder="words", reviews_hash="0" * 64, reviews=1, codes=("money",),
            thresholds={"money": 0.5},
        )  # fmt: skip
        add_model(connection, model, [review.id or uuid4(), loose], [judging.id or uuid4()])
    segment = segment_id(third, cut.version, span)
    with store.writing() as connection:
        add_suggestions(connection, model.id, [Suggested(segment, [0.7], ("money",))])
    with store.reading() as connection:
        assert learnt_transcripts(connection) == {model.id: {one, other}}
        (made,) = suggestions_made(connection, {segment})[segment]
        assert made[1] == model.id
        assert suggestions_made(connection, set()) == {}
        assert review.id is not None
        assert review_moments(connection)[review.id] <= made[0]
        assert coder_names(connection)[review_coders(connection)[review.id]] == "Ada"
