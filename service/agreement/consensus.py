"""What the team agreed on, recorded as a derived review that names its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from annotations.coding import Coding, Condition, Draw, Review
from annotations.errors import BadInput
from annotations.segment import Segment, carries
from annotations.store.codebook_versions import keep_codebook
from annotations.store.coders import coder_names
from annotations.store.reviews import add_reviews, current_reviews
from annotations.store.segments import segments_of
from annotations.store.tables import now
from annotations.store.transcripts import get_transcript
from annotations.study.coder_names import CoderNames
from annotations.transcript import Span
from annotations.turn_numbers import first_words, shown_number
from models.corpus import cut_new_transcripts
from service.composition import Parts
from service.person_named import person_named


@dataclass(frozen=True)
class Agreed:
    """What is to be recorded: the passage by its turn (from 0), the codes (none: nothing applies), and by whom."""

    transcript: str
    turn: int
    codes: Sequence[str]
    by: str
    memo: str = ""
    moderated: bool = False
    among: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """A consensus as it is kept. ``turn`` counts from 0; ``codes`` by their names; ``sources``: review and coder."""

    review: UUID
    transcript: str
    turn: int
    first_words: str
    condition: Condition
    by: str
    recorded: datetime
    codes: tuple[str, ...]
    sources: tuple[tuple[UUID | None, str], ...]
    supersedes: UUID | None

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "review": str(self.review),
            "transcript": self.transcript,
            "turn": self.turn,
            "first_words": self.first_words,
            "condition": self.condition.value,
            "by": self.by,
            "recorded": self.recorded.isoformat(),
            "codes": list(self.codes),
            "sources": [{"review": str(review), "coder": coder} for review, coder in self.sources],
            "supersedes": None if self.supersedes is None else str(self.supersedes),
        }


def record(parts: Parts, agreed: Agreed) -> Recorded:
    """Keep a consensus. Its sources are the people's current reviews of the passage (those of ``among``, if given).

    An earlier consensus on the same passage is superseded, not changed. Raises BadInput where fewer than two people
    have reviewed the passage, and for a name that is not known.
    """
    codes = list(dict.fromkeys(parts.codebook.resolve(name).id for name in agreed.codes))
    by = person_named(agreed.by, "--by", purpose="Say who records the consensus.")
    cut_new_transcripts(parts.store, parts.segmentation)
    with parts.store.writing() as connection:
        kept = get_transcript(connection, agreed.transcript)
        its = _passage(
            kept.transcript.name, agreed.turn, segments_of(connection, parts.segmentation.version)[kept.id]
        )
        span = Span(its[0].span.start, its[-1].span.end)
        names = CoderNames(parts.study.config.people, coder_names(connection).values())
        reviews = [r for r in current_reviews(connection, transcript=kept.id) if _covers(r, its)]
        sources = _sources(
            reviews,
            agreed,
            names,
            where=f'transcript "{kept.transcript.name}", turn {shown_number(agreed.turn)}',
        )
        before = [r for r in reviews if r.condition.derived and r.span == span]
        moment, new = now(), uuid4()
        review = Review(
            transcript=kept.id,
            coder=_resolved(names, by, "--by"),
            span=span,
            codings=tuple(Coding(code, span, memo=agreed.memo, created=moment) for code in codes),
            condition=Condition.MODERATED if agreed.moderated else Condition.CONSENSUS,
            codebook_version=keep_codebook(connection, parts.codebook),
            origin={"kind": "consensus", "recorded": moment.isoformat()},
            sources=tuple(one.id for one in sources if one.id is not None),
            supersedes=before[-1].id if before else None,
            id=new,
        )
        add_reviews(connection, [review])
    return Recorded(
        review=new,
        transcript=kept.transcript.name,
        turn=agreed.turn,
        first_words=first_words(span.of(kept.transcript.text)),
        condition=review.condition,
        by=review.coder,
        recorded=moment,
        codes=tuple(parts.codebook.label(code) for code in codes),
        sources=tuple((one.id, one.coder) for one in sources),
        supersedes=review.supersedes,
    )


def _passage(name: str, turn: int, cut: Sequence[Segment]) -> list[Segment]:
    its = [one for one in cut if one.turn == turn and one.role.is_coded]
    if not its:
        turns = sorted({one.turn for one in cut if one.role.is_coded})
        known = (
            f"its participants speak in turns {shown_number(turns[0])} to {shown_number(turns[-1])}"
            if turns
            else "no participant speaks in it"
        )
        raise BadInput(
            f'transcript "{name}": turn {shown_number(turn)} is none that a participant speaks in; {known}. See them with '
            f'"tandem show".'
        )
    return its


def _covers(review: Review, its: Sequence[Segment]) -> bool:
    return any(carries(one.span, review.span) for one in its)


def _sources(reviews: Sequence[Review], agreed: Agreed, names: CoderNames, *, where: str) -> list[Review]:
    own = [one for one in reviews if not one.condition.derived and one.draw is not Draw.REPEAT]
    wanted = {_resolved(names, name, "--among") for name in agreed.among}
    missing = wanted - {one.coder for one in own}
    if missing:
        raise BadInput(
            f"{where}: {', '.join(sorted(missing))} has not reviewed it. Reviewed by: "
            f"{', '.join(sorted({one.coder for one in own})) or 'nobody'}."
        )
    chosen = [one for one in own if not wanted or one.coder in wanted]
    if len({one.coder for one in chosen}) < 2:
        raise BadInput(
            f"{where}: a consensus is made of two people's reviews or more, and there is "
            f"{'one, by ' + chosen[0].coder if chosen else 'none'}. Let a second person code it first."
        )
    return chosen


def _resolved(names: CoderNames, name: str, option: str) -> str:
    try:
        return names.resolve(name)
    except ValueError as error:
        raise BadInput(f'{option} "{name}": {error}.') from error
