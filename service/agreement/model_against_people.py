"""Where the model that serves is surest that all who judged a passage are wrong: what to look at, and what to teach it.

How sure it is: how far the probability lies from the code's threshold, in log odds. Rare codes have low thresholds, so a
low probability of a rare code is not taken for surety.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from annotations.labels import Labels, labels_of
from annotations.store.model_versions import ModelVersion, champion, learnt_transcripts
from annotations.store.suggestions import probabilities_on
from annotations.transcript import Span
from service.composition import Parts
from service.looking.hidden_spans import Hidden
from service.looking.kept_by_transcript import KeptByTranscript, OneTranscript

MODEL_ALONE, PEOPLE_ALONE = "the model sees it, people do not", "people see it, the model does not"
OF_EACH = 30
LEAST_APART = 0.5
RULE = (
    "How sure the model is: how far its probability lies from the code's threshold, in log odds. Only passages on which all "
    "who judged them agree are here, and of each interview the surest thirty."
)


@dataclass(frozen=True, slots=True)
class AgainstPeople:
    """One code on one passage. ``apart``: log odds from the threshold; ``learnt``: had the model learnt from this
    interview, so that it knew what people said and still differs?"""

    transcript: UUID
    name: str
    participant: str
    case: str
    site: str
    wave: str
    segment: UUID
    turn: int
    words: str
    code: str
    kind: str
    probability: float
    threshold: float
    apart: float
    coders: tuple[str, ...]
    learnt: bool


class ModelAgainstPeople:
    """What the server keeps of them between two looks."""

    def __init__(self) -> None:
        self._kept = KeptByTranscript(self._work, self._serving)
        self._model: ModelVersion | None = None

    def prepare(self, parts: Parts) -> None:
        """Work them out before anybody asks, beside whoever asks for other things."""
        self._kept.prepare(parts)

    def now(self, connection: Connection, parts: Parts) -> tuple[AgainstPeople, ...]:
        """As things stand, the surest first; nothing where no model serves."""
        by_transcript = self._kept.of(connection, parts)
        hidden = Hidden.now(connection)
        learnt = frozenset[UUID]() if self._model is None else learnt_transcripts(connection, self._model.id)
        against = [
            replace(row, learnt=row.transcript in learnt)
            for its in by_transcript.values()
            for row, span in its
            if not hidden.hides(row.transcript, span)
        ]
        return tuple(sorted(against, key=lambda row: -row.apart))

    def _serving(self, connection: Connection, _parts: Parts) -> UUID | None:
        """The model that serves, which is the one that is worked with from now on."""
        serving = champion(connection)
        self._model = None if serving is None else serving.model
        return None if self._model is None else self._model.id

    def _work(
        self, connection: Connection, parts: Parts, interview: OneTranscript
    ) -> tuple[tuple[AgainstPeople, Span], ...]:
        model = self._model
        if model is None:
            return ()
        people = [review for review in interview.reviews if not review.condition.derived]
        judged = labels_of({interview.kept.id: interview.segments}, people)
        looked_at = sorted({at for labels in judged for at in labels.judged})
        segments = [(at, interview.segments[at]) for at in looked_at if interview.segments[at].role.is_coded]
        ids = [segment.id for _, segment in segments if segment.id is not None]
        said = probabilities_on(connection, model, ids)
        rows: list[tuple[AgainstPeople, Span]] = []
        for at, segment in segments:
            if segment.id is not None and segment.id in said:
                its = [labels for labels in judged if at in labels.judged]
                against = _rows(parts, model, interview, at, segment.id, said[segment.id], its)
                rows += [(row, segment.span) for row in against]
        rows.sort(key=lambda row: -row[0].apart)
        return tuple(rows[:OF_EACH])


def _rows(
    parts: Parts,
    model: ModelVersion,
    interview: OneTranscript,
    at: int,
    segment_id: UUID,
    said: Sequence[float],
    judged: Sequence[Labels],
) -> Iterator[AgainstPeople]:
    segment, its = interview.segments[at], interview.kept.transcript
    by_people = {code for labels in judged for code in labels.codes.get(at, ())}
    for code, probability in zip(model.codes, said, strict=True):
        threshold = model.thresholds.get(code)
        if threshold is None or code not in parts.codebook.by_id:
            continue
        by_model = probability >= threshold
        # most codes are on hardly any passage, for people as for the model
        if by_model is (code in by_people):
            continue
        asked = [labels for labels in judged if labels.decided(code)]
        if not asked:
            continue
        applied = {code in labels.codes.get(at, ()) for labels in asked}
        apart = abs(_log_odds(probability) - _log_odds(threshold))
        if len(applied) > 1 or by_model in applied or apart < LEAST_APART:
            continue
        yield AgainstPeople(
            transcript=interview.kept.id,
            name=its.name,
            participant=its.participant,
            case=its.case,
            site=its.site,
            wave=its.wave,
            segment=segment_id,
            turn=segment.turn,
            words=segment.span.of(its.text),
            code=code,
            kind=MODEL_ALONE if by_model else PEOPLE_ALONE,
            probability=probability,
            threshold=threshold,
            apart=apart,
            coders=tuple(dict.fromkeys(labels.coder for labels in asked)),
            learnt=False,
        )


def _log_odds(probability: float) -> float:
    inside = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(inside / (1 - inside))
