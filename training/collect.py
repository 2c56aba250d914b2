"""From the store to a data set: who found which codes on which units, and what may be learnt from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import numpy as np
from sqlalchemy import Connection

from annotations.arrays import Bools, Floats32
from annotations.coding import Condition, Draw, Review
from annotations.groups import GroupBy, groups_of
from annotations.labels import Labels, Loose, labels_of
from annotations.segment import Segment, judged
from annotations.store.coders import coders_of
from annotations.store.database import Store
from annotations.store.loose_codings import loose_codings
from annotations.store.reviews import current_reviews
from annotations.transcript import Span
from models.corpus import Corpus
from training.dataset import Dataset, Judgement

# what a coder's word weighs in training: where a consensus was found it stands alone in the place of what its sources
# said; elsewhere all coders together are soft labels. Assisted reviews lean towards what was suggested: they count half
WEIGHTS = {
    Condition.INDEPENDENT: 1.0,
    Condition.ASSISTED: 0.5,
    Condition.CONSENSUS: 1.0,
    Condition.MODERATED: 1.0,
}


@dataclass(frozen=True)
class Collected:
    """Everything to learn from, and how it came about. Repeats are none of it.

    ``learnable``: the units that may train and that somebody judged, as positions in the corpus. ``items``: the
    ids of the reviews and loose codings that they come from; ``reviews_hash``: SHA-256 over these and their
    content, so that two trainings can be told to have learnt from the same. ``withheld``: transcripts that
    may not train. ``foreign``: codes in reviews that the codebook does not hold, with how often they occur.
    ``overruled``: for a transcript and coder, the positions on which a consensus stands in their place.
    ``transcript_of``: the transcript of each item; ``last_review``: the sequence of the newest review.
    """

    corpus: Corpus
    learnable: tuple[int, ...]
    labels: tuple[Labels, ...]
    items: tuple[UUID, ...]
    reviews: int
    reviews_hash: str
    withheld: tuple[str, ...]
    foreign: dict[str, int]
    overruled: Mapping[tuple[UUID, str], frozenset[int]]
    transcript_of: Mapping[UUID, UUID]
    last_review: int = 0

    def dataset(
        self, codes: tuple[str, ...], embeddings: Floats32, group_by: GroupBy = "participant"
    ) -> Dataset:
        """The data set for some codes. ``embeddings``: one row for each of ``learnable``."""
        row_of = {unit: row for row, unit in enumerate(self.learnable)}
        groups = groups_of([kept.transcript for kept in self.corpus.transcripts], group_by)
        return Dataset(
            units=tuple(self.corpus.units_of(self.learnable)),
            embeddings=embeddings,
            groups=tuple(groups[self.corpus.at[unit][0]] for unit in self.learnable),
            quotable=np.array(
                [self.corpus.transcript(unit).consents.may_quote for unit in self.learnable], dtype=bool
            ),
            codes=codes,
            judgements=self._judgements(codes, row_of),
        )

    @property
    def with_gold(self) -> frozenset[UUID]:
        """The transcripts of which an independent review says something."""
        return frozenset(
            label.transcript
            for label in self.labels
            if label.complete and label.whole and label.condition is Condition.INDEPENDENT and label.judged
        )

    def _judgements(self, codes: tuple[str, ...], row_of: dict[int, int]) -> tuple[Judgement, ...]:
        passes: dict[tuple[str, Condition, _Kind], dict[int, _CoderRow]] = {}
        # whole passes first: what a coder said of some codes alone belongs to what they said of the rest, if they did
        for labels in sorted(self.labels, key=lambda label: not (label.complete and label.whole)):
            places = self.corpus.positions_in.get(labels.transcript, {})
            replaced = self.overruled.get((labels.transcript, labels.coder), frozenset())
            derived = labels.condition.derived
            asked = np.array([labels.complete and labels.decided(code) for code in codes], dtype=np.bool_)
            for position in labels.judged:
                row = row_of.get(places.get(position, -1))
                if row is None:
                    continue
                kind: _Kind = "loose" if not labels.complete else "whole" if labels.whole else "some codes"
                whole = passes.get((labels.coder, labels.condition, "whole"), {})
                if kind == "some codes" and row in whole:
                    kind = "whole"
                its = passes.setdefault((labels.coder, labels.condition, kind), {})
                row_of_coder = its.setdefault(row, _CoderRow(np.zeros(len(codes), dtype=np.bool_), set()))
                row_of_coder.asked = row_of_coder.asked | asked
                row_of_coder.codes |= labels.codes.get(position, frozenset())
                row_of_coder.overruled |= position in replaced and not derived
        return tuple(
            _judgement(coder, condition, kind, its_rows, codes)
            for (coder, condition, kind), its_rows in passes.items()
        )


_Kind = Literal["whole", "some codes", "loose"]


@dataclass(slots=True)
class _CoderRow:
    """What one coder was asked on a row, shape (codes,), which codes they put there, and is it overruled."""

    asked: Bools
    codes: set[str]
    overruled: bool = False


def collect(store: Store, corpus: Corpus, known: Sequence[str]) -> Collected:
    """Read what people have found on the corpus. ``known``: the codes of the codebook."""
    with store.reading() as connection:
        return collected_from(
            connection, corpus, known, current_reviews(connection), loose_codings(connection)
        )


def collected_from(
    connection: Connection,
    corpus: Corpus,
    known: Sequence[str],
    reviews: tuple[Review, ...],
    loose: tuple[Loose, ...],
) -> Collected:
    """What these reviews and loose codings say of the corpus."""
    last = max((review.sequence or 0 for review in reviews), default=0)
    withheld = {kept.id for kept in corpus.transcripts if not kept.transcript.consents.may_train}
    # a second look measures how steady a coder is; as a label it would only blur the first
    reviews = tuple(r for r in reviews if r.transcript not in withheld and r.draw is not Draw.REPEAT)
    loose = tuple(loose_one for loose_one in loose if loose_one[2] not in withheld)
    segments = {kept.id: cut for kept, cut in zip(corpus.transcripts, corpus.segments, strict=True)}
    labels = labels_of(segments, reviews, loose)
    seen = {
        unit
        for label in labels
        for position in label.judged
        if (unit := corpus.positions_in[label.transcript].get(position)) is not None
    }
    return Collected(
        corpus=corpus,
        learnable=tuple(sorted(seen)),
        labels=labels,
        items=tuple(_id(review) for review in reviews) + tuple(loose_one[0] for loose_one in loose),
        reviews=len(reviews),
        reviews_hash=_hash(reviews, loose),
        withheld=tuple(kept.transcript.name for kept in corpus.transcripts if kept.id in withheld),
        foreign=_foreign(reviews, loose, set(known)),
        overruled=_overruled(connection, segments, reviews),
        transcript_of={_id(review): review.transcript for review in reviews}
        | {loose_one[0]: loose_one[2] for loose_one in loose},
        last_review=last,
    )


def _judgement(
    coder: str,
    condition: Condition,
    kind: _Kind,
    judged_rows: Mapping[int, _CoderRow],
    codes: Sequence[str],
) -> Judgement:
    rows = sorted(judged_rows)
    labels = np.where(np.array([judged_rows[row].asked for row in rows]), 0.0, np.nan)
    column = {code: at for at, code in enumerate(codes)}
    for at, row in enumerate(rows):
        labels[at, [column[code] for code in judged_rows[row].codes if code in column]] = 1.0
    return Judgement(
        coder=coder,
        rows=np.array(rows, dtype=np.intp),
        labels=labels,
        weight=WEIGHTS[condition],
        # a pass for some codes alone leaves open whether anything else applies: it teaches, and measures nothing
        gold=kind == "whole" and condition is Condition.INDEPENDENT,
        condition=condition,
        overruled=np.array([judged_rows[row].overruled for row in rows], dtype=np.bool_),
    )


def _overruled(
    connection: Connection, segments: Mapping[UUID, Sequence[Segment]], reviews: Sequence[Review]
) -> dict[tuple[UUID, str], frozenset[int]]:
    """Where a derived review stands in the place of its sources' coders; of every coder, where it names none."""
    derived = [review for review in reviews if review.condition.derived]
    if not derived:
        return {}
    everybody: dict[UUID, set[str]] = {}
    for review in reviews:
        everybody.setdefault(review.transcript, set()).add(review.coder)
    names = coders_of(connection, {source for review in derived for source in review.sources})
    overruled: dict[tuple[UUID, str], frozenset[int]] = {}
    for review in derived:
        spans: list[Span] = [segment.span for segment in segments.get(review.transcript, ())]
        positions = frozenset(judged(spans, [review.span]))
        sources = {names[source] for source in review.sources if source in names}
        for coder in sources or everybody[review.transcript]:
            key = (review.transcript, coder)
            overruled[key] = overruled.get(key, frozenset()) | positions
    return overruled


def _hash(reviews: Sequence[Review], loose: Sequence[Loose]) -> str:
    digest = hashlib.sha256()
    for review in sorted(reviews, key=lambda review: str(review.id)):
        codes = sorted((c.code, c.span.start, c.span.end) for c in review.codings)
        plain = (str(review.id), review.span.start, review.span.end, review.condition.value, codes)
        digest.update(repr(plain).encode())
        if review.only is not None:
            digest.update(repr(sorted(review.only)).encode())
    for loose_one in sorted(loose, key=lambda loose_one: str(loose_one[0])):
        coding = loose_one[4]
        digest.update(repr((str(loose_one[0]), coding.code, coding.span.start, coding.span.end)).encode())
    return digest.hexdigest()


def _foreign(reviews: Sequence[Review], loose: Sequence[Loose], known: set[str]) -> dict[str, int]:
    counted: dict[str, int] = {}
    applied = [coding.code for review in reviews for coding in review.codings] + [
        loose_one[4].code for loose_one in loose
    ]
    for code in applied:
        if code not in known:
            counted[code] = counted.get(code, 0) + 1
    return counted


def _id(review: Review) -> UUID:
    if review.id is None:
        raise ValueError("a review from the store has its id")
    return review.id
