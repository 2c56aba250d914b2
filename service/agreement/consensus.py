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
from annotations.store.reviews import add_reviews, current_reviews, derived_reviews, retract
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
    """What is to be recorded: the passage by its turn (from 0), the codes (none: nothing applies), and by whom.

    ``segment``: only this segment of the turn; ``present``: who was there; ``changed``: codes whose definition was changed
    by what was agreed.
    """

    transcript: str
    turn: int
    codes: Sequence[str]
    by: str
    memo: str = ""
    moderated: bool = False
    among: Sequence[str] = ()
    segment: UUID | None = None
    present: Sequence[str] = ()
    changed: Sequence[str] = ()


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
    present: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

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
            "present": list(self.present),
            "changed": list(self.changed),
        }


def record(parts: Parts, agreed: Agreed) -> Recorded:
    """Keep a consensus. Its sources are the people's current reviews of the passage (those of ``among``, if given).

    An earlier consensus on the same passage is superseded, not changed. Raises BadInput where fewer than two people
    have reviewed the passage, and for a name that is not known.
    """
    codes = list(dict.fromkeys(parts.codebook.resolve(name).id for name in agreed.codes))
    changed = list(dict.fromkeys(parts.codebook.find(name).id for name in agreed.changed))
    by = person_named(agreed.by, "--by", purpose="Say who records the consensus.")
    cut_new_transcripts(parts.store, parts.segmentation)
    with parts.store.writing() as connection:
        kept = get_transcript(connection, agreed.transcript)
        its = _passage(
            kept.transcript.name, agreed, segments_of(connection, parts.segmentation.version)[kept.id]
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
            origin=_origin(agreed, moment.isoformat(), changed),
            sources=tuple(source.id for source in sources if source.id is not None),
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
        sources=tuple((source.id, source.coder) for source in sources),
        supersedes=review.supersedes,
        present=tuple(review.origin.get("present", ())),
        changed=tuple(parts.codebook.label(code) for code in changed),
    )


def take_back(parts: Parts, transcript: str, segment: UUID, *, by: str) -> UUID:
    """Take back what was agreed on a passage; which review that was. It stays on record and counts no more.

    The passage is open again: an agreement before that one does not stand up in its place. Raises BadInput where nothing is
    agreed on.
    """
    with parts.store.writing() as connection:
        kept = get_transcript(connection, transcript)
        cut = segments_of(connection, parts.segmentation.version, transcript=kept.id)
        its = [own for own in cut.get(kept.id, ()) if own.id == segment]
        agreed = [
            review.id
            for review in derived_reviews(connection)
            if review.transcript == kept.id and review.id is not None and _covers(review, its)
        ]
        if not agreed:
            raise BadInput(
                "nothing is agreed on this passage: somebody may have taken it back. Nothing was changed."
            )
        for review in agreed:
            retract(connection, review, f"taken back by {by}")
    return agreed[-1]


def _origin(agreed: Agreed, recorded: str, changed: Sequence[str]) -> dict[str, Any]:
    said: dict[str, Any] = {"kind": "consensus", "recorded": recorded}
    present = [" ".join(name.split()) for name in agreed.present if name.strip()]
    if present:
        said["present"] = present
    if changed:
        said["changed_definitions"] = list(changed)
    if agreed.memo and not agreed.codes:
        said["memo"] = agreed.memo  # no coding holds it
    return said


def _passage(name: str, agreed: Agreed, cut: Sequence[Segment]) -> list[Segment]:
    turn = agreed.turn
    its = [segment for segment in cut if segment.turn == turn and segment.role.is_coded]
    if agreed.segment is not None:
        its = [segment for segment in its if segment.id == agreed.segment]
    if not its:
        turns = sorted({segment.turn for segment in cut if segment.role.is_coded})
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
    return any(carries(segment.span, review.span) for segment in its)


def _sources(reviews: Sequence[Review], agreed: Agreed, names: CoderNames, *, where: str) -> list[Review]:
    own = [review for review in reviews if not review.condition.derived and review.draw is not Draw.REPEAT]
    wanted = {_resolved(names, name, "--among") for name in agreed.among}
    missing = wanted - {review.coder for review in own}
    if missing:
        raise BadInput(
            f"{where}: {', '.join(sorted(missing))} has not reviewed it. Reviewed by: "
            f"{', '.join(sorted({review.coder for review in own})) or 'nobody'}."
        )
    chosen = [review for review in own if not wanted or review.coder in wanted]
    if len({review.coder for review in chosen}) < 2:
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
