"""What the model that serves suggests in the turns of an interview, for the margin: only where the reader may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.lots import lots
from annotations.store.model_versions import champion
from annotations.store.segments import segments_of
from annotations.store.suggestions import Suggested, suggestions_on
from annotations.store.transcripts import KeptTranscript
from service.looking.seen_passages import SeenPassages


@dataclass(frozen=True, slots=True)
class MarginSuggestion:
    """A code that a model version suggests in a turn. ``percent``: how probable it is there; ``label``: its name."""

    version: str
    code: str
    label: str
    percent: int


def suggestions_by_turn(
    connection: Connection, kept: KeptTranscript, seen: SeenPassages, codebook: Codebook
) -> Mapping[int, tuple[MarginSuggestion, ...]]:
    """By turn (from 0), the most probable first. Empty where no model serves, or it has not said anything yet.

    A turn of several passages shows a code once, as probable as in the passage where it is most.
    """
    serving = champion(connection)
    if serving is None:
        return {}
    model = serving.model
    cut = segments_of(connection, model.segmentation, transcript=kept.id).get(kept.id, ())
    turns = {
        segment.id: segment.turn
        for segment in cut
        if segment.id is not None and seen.shows_suggestion(segment.span)
    }
    suggested: dict[UUID, Suggested] = {}
    for some in lots(list(turns), 400):
        suggested |= suggestions_on(connection, model, some)
    highest: dict[int, dict[str, float]] = {}
    for segment, said in suggested.items():
        of_turn = highest.setdefault(turns[segment], {})
        for code, probability in zip(model.codes, said.probabilities, strict=True):
            if code in said.suggested:
                of_turn[code] = max(probability, of_turn.get(code, 0.0))
    return {
        turn: tuple(
            MarginSuggestion(
                model.version,
                code,
                codebook.label(code) if code in codebook.by_id else code,
                round(100 * probability),
            )
            for code, probability in sorted(its.items(), key=lambda item: (-item[1], item[0]))
        )
        for turn, its in highest.items()
    }
