"""What was suggested when a review was made, as its coder saw it on the screen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from annotations.coding import Review
from annotations.store.annotation_reviews import words_of_reviews
from annotations.store.hidden_segments import hidden_segments
from annotations.store.many_values import in_lots
from annotations.store.model_versions import ModelVersion, model_by_id
from annotations.store.suggestions import suggestions_on


@dataclass(frozen=True, slots=True)
class SuggestedThen:
    """The codes that a model version had put before the coder. None: what they were is no longer on record."""

    model: str
    codes: frozenset[str] | None


def suggested_then(connection: Connection, reviews: Sequence[Review]) -> Mapping[UUID, SuggestedThen]:
    """For those of these reviews whose coder saw suggestions, which; by review.

    A blind review has none, and what nobody may see yet is not told either.
    """
    assisted = {review.id: review for review in reviews if review.id and review.shown_version}
    whence = words_of_reviews(connection, list(assisted))
    hidden = hidden_segments(connection) if whence else set()
    segments: dict[UUID, set[UUID]] = {}
    for its_id, word in whence.items():
        version = assisted[its_id].shown_version
        if version is not None and word.segment not in hidden:
            segments.setdefault(version, set()).add(word.segment)
    suggested: dict[UUID, SuggestedThen] = {}
    for version, wanted in segments.items():
        model = model_by_id(connection, version)
        if model is None:
            continue
        said = _said(connection, model, wanted)
        for its_id, word in whence.items():
            if assisted[its_id].shown_version == version and word.segment in wanted:
                suggested[its_id] = SuggestedThen(model.version, said.get(word.segment))
    return suggested


def _said(
    connection: Connection, model: ModelVersion, segments: Collection[UUID]
) -> Mapping[UUID, frozenset[str]]:
    return {
        segment: frozenset(suggestion.suggested)
        for some in in_lots(segments)
        for segment, suggestion in suggestions_on(connection, model, some).items()
    }
