"""From the store to a data set: who found which codes on which units, and what may be learnt from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from annotations.coding import Condition, Review
from annotations.groups import GroupBy, groups_of
from annotations.labels import Labels, Loose, labels_of
from annotations.store.database import Store
from annotations.store.reviews import current_reviews, loose_codings
from models.corpus import Corpus
from training.dataset import Dataset, Judgement

# assisted reviews lean towards what was suggested, so they count half
WEIGHTS = {
    Condition.INDEPENDENT: 1.0,
    Condition.ASSISTED: 0.5,
    Condition.CONSENSUS: 1.0,
    Condition.MODERATED: 1.0,
}


@dataclass(frozen=True)
class Collected:
    """Everything to learn from, and how it came about.

    ``learnable``: the units that may train and that somebody judged, as positions in the corpus. ``items``: the
    ids of the reviews and loose codings that they come from; ``reviews_hash``: SHA-256 over these and their
    content, so that two trainings can be told to have learnt from the same. ``withheld``: transcripts that
    may not train. ``foreign``: codes in reviews that the codebook does not hold, with how often they occur.
    """

    corpus: Corpus
    learnable: tuple[int, ...]
    labels: tuple[Labels, ...]
    items: tuple[UUID, ...]
    reviews: int
    reviews_hash: str
    withheld: tuple[str, ...]
    foreign: dict[str, int]

    def dataset(
        self, codes: tuple[str, ...], embeddings: NDArray[np.float32], group_by: GroupBy = "participant"
    ) -> Dataset:
        """The data set for some codes. ``embeddings``: one row for each of ``learnable``."""
        row_of = {unit: row for row, unit in enumerate(self.learnable)}
        groups = groups_of([kept.transcript for kept in self.corpus.transcripts], group_by)
        return Dataset(
            units=tuple(self.corpus.units[unit] for unit in self.learnable),
            embeddings=embeddings,
            groups=tuple(groups[self.corpus.at[unit][0]] for unit in self.learnable),
            quotable=np.array(
                [self.corpus.transcript(unit).consents.may_quote for unit in self.learnable], dtype=bool
            ),
            codes=codes,
            judgements=self._judgements(codes, row_of),
        )

    def _judgements(self, codes: tuple[str, ...], row_of: dict[int, int]) -> tuple[Judgement, ...]:
        column = {code: at for at, code in enumerate(codes)}
        passes: dict[tuple[str, Condition, bool], list[tuple[int, frozenset[str]]]] = {}
        for labels in self.labels:
            places = self.corpus.positions_in.get(labels.transcript, {})
            found = passes.setdefault((labels.coder, labels.condition, labels.complete), [])
            for position in labels.judged:
                row = row_of.get(places.get(position, -1))
                if row is not None:
                    found.append((row, labels.codes.get(position, frozenset())))
        return tuple(
            _judgement(coder, condition, complete, sorted(found, key=lambda one: one[0]), column)
            for (coder, condition, complete), found in passes.items()
            if found
        )


def collect(store: Store, corpus: Corpus, known: Sequence[str]) -> Collected:
    """Read what people have found on the corpus. ``known``: the codes of the codebook."""
    with store.reading() as connection:
        reviews = current_reviews(connection)
        loose = loose_codings(connection)
    withheld = {kept.id for kept in corpus.transcripts if not kept.transcript.consents.may_train}
    reviews = tuple(review for review in reviews if review.transcript not in withheld)
    loose = tuple(one for one in loose if one[2] not in withheld)
    segments = {kept.id: cut for kept, cut in zip(corpus.transcripts, corpus.segments, strict=True)}
    labels = labels_of(segments, reviews, loose)
    judged = {
        unit
        for one in labels
        for position in one.judged
        if (unit := corpus.positions_in[one.transcript].get(position)) is not None
    }
    return Collected(
        corpus=corpus,
        learnable=tuple(sorted(judged)),
        labels=labels,
        items=tuple(_id(review) for review in reviews) + tuple(one[0] for one in loose),
        reviews=len(reviews),
        reviews_hash=_hash(reviews, loose),
        withheld=tuple(kept.transcript.name for kept in corpus.transcripts if kept.id in withheld),
        foreign=_foreign(reviews, loose, set(known)),
    )


def _judgement(
    coder: str,
    condition: Condition,
    complete: bool,
    found: Sequence[tuple[int, frozenset[str]]],
    column: dict[str, int],
) -> Judgement:
    labels = np.zeros((len(found), len(column)))
    if not complete:
        labels[:] = np.nan
    for at, (_, codes) in enumerate(found):
        for code in codes:
            if code in column:
                labels[at, column[code]] = 1.0
    return Judgement(
        coder=coder,
        rows=np.array([row for row, _ in found], dtype=np.intp),
        labels=labels,
        weight=WEIGHTS[condition],
        gold=complete and condition is Condition.INDEPENDENT,
    )


def _hash(reviews: Sequence[Review], loose: Sequence[Loose]) -> str:
    digest = hashlib.sha256()
    for review in sorted(reviews, key=lambda one: str(one.id)):
        codes = sorted((c.code, c.span.start, c.span.end) for c in review.codings)
        plain = (str(review.id), review.span.start, review.span.end, review.condition.value, codes)
        digest.update(repr(plain).encode())
    for found in sorted(loose, key=lambda one: str(one[0])):
        coding = found[4]
        digest.update(repr((str(found[0]), coding.code, coding.span.start, coding.span.end)).encode())
    return digest.hexdigest()


def _foreign(reviews: Sequence[Review], loose: Sequence[Loose], known: set[str]) -> dict[str, int]:
    counted: dict[str, int] = {}
    applied = [coding.code for review in reviews for coding in review.codings] + [
        one[4].code for one in loose
    ]
    for code in applied:
        if code not in known:
            counted[code] = counted.get(code, 0) + 1
    return counted


def _id(review: Review) -> UUID:
    if review.id is None:
        raise ValueError("a review from the store has its id")
    return review.id
