"""How a new wave differs from what a model learnt on, and which of its segments look like no known code.

Everything here is a notice: groups of segments are candidates for emergent themes, and people look at them and name
them. At most 5,000 segments of each side are compared, drawn at random, so that a large wave costs no more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Floats, Floats32
from annotations.lots import slices

MOST_COMPARED = 5000
MOST_CLUSTERED = 1500
EXPECTED_FAR = 0.05
LEAST_IN_CLUSTER = 5
LEAST_GROUPS = 3
MOST_CLUSTERS = 5
LEAST_WORDS = 4  # "Yes, I think" looks like no code, and like no theme either
APART = 0.6  # cosine distance, on average, beyond which two groups of segments are two themes
# a code counts as shifted where it is this many times as frequent, and that by a hundredth of the segments at least
SHIFT, LEAST_SHIFT = 1.5, 0.01
_WORD = re.compile(r"[^\W\d_]{4,}")
Places = NDArray[np.intp]


@dataclass(frozen=True)
class ComparedSegments:
    """Segments that are compared: their words, embeddings (n, dimensions) of unit length, and groups."""

    texts: Sequence[str]
    embeddings: Floats32
    groups: Sequence[str]

    def only(self, rows: Places) -> ComparedSegments:
        """Some of the segments."""
        at = rows.tolist()
        return ComparedSegments(
            [self.texts[i] for i in at], self.embeddings[rows], [self.groups[i] for i in at]
        )


@dataclass(frozen=True)
class Shift:
    """A code's share of the segments where the model learnt, and the share that it expects in the new ones."""

    code: str
    learnt: float
    now: float


@dataclass(frozen=True)
class Cluster:
    """New segments alike among themselves and like no known code, the most typical first.

    ``words``: what they have in common, each used by at least three participants.
    """

    segments: tuple[int, ...]
    groups: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Novelty:
    """The notice. ``far``: the share of new segments that are less like anything learnt than 95 in 100 segments of
    what was learnt are like other participants' (.05 if nothing is new); None if too little is there to compare."""

    far: float | None
    shifts: tuple[Shift, ...]
    clusters: tuple[Cluster, ...]
    compared: int

    def to_json(self) -> dict[str, Any]:
        """As plain data, without words of anybody but the shared ones."""
        return {
            "compared": self.compared,
            "unlike_what_was_learnt": self.far,
            "expected": EXPECTED_FAR,
            "codes": [{"code": s.code, "learnt": s.learnt, "now": s.now} for s in self.shifts],
            "clusters": [
                {"segments": len(c.segments), "groups": c.groups, "words": list(c.words)}
                for c in self.clusters
            ],
        }


def novelty(
    learnt: ComparedSegments,
    new: ComparedSegments,
    probabilities: Floats,
    thresholds: Floats,
    codes: Sequence[str],
    prevalence: dict[str, float],
    *,
    seed: int = 0,
) -> Novelty:
    """Compare a new wave with what a model learnt on.

    ``probabilities``: of the new segments, shape (n, codes), calibrated. ``prevalence``: each code's share of the
    segments where the model learnt; a code that is missing is not compared.
    """
    random = np.random.default_rng(seed)
    shifts = _shifts(probabilities, codes, prevalence)
    known = learnt.only(_some(len(learnt.texts), random))
    rows = _some(len(new.texts), random)
    seen = new.only(rows)
    limit = _limit(known)
    if limit is None or not len(rows):
        return Novelty(None, shifts, (), len(rows))
    far = _nearest(seen.embeddings, known.embeddings, None) < limit
    # like nothing learnt, or half way to no threshold: either way no known code speaks for it
    below = np.nan_to_num(probabilities[rows], nan=0.0) < np.where(np.isfinite(thresholds), thresholds, 1) / 2
    long_enough = np.array([len(text.split()) >= LEAST_WORDS for text in seen.texts])
    unexplained = np.flatnonzero(far & below.all(axis=1) & long_enough)
    clusters = tuple(
        Cluster(tuple(rows[list(cluster.segments)].tolist()), cluster.groups, cluster.words)
        for cluster in _clusters(seen, unexplained, random)
    )
    return Novelty(float(far.mean()), shifts, clusters, len(rows))


def _shifts(probabilities: Floats, codes: Sequence[str], prevalence: dict[str, float]) -> tuple[Shift, ...]:
    if not len(probabilities):
        return ()
    shifts = []
    for code, now in zip(codes, probabilities.mean(axis=0).tolist(), strict=True):
        before = prevalence.get(code)
        if before is None or np.isnan(now) or abs(now - before) < LEAST_SHIFT:
            continue
        if max(now, before) >= SHIFT * min(now, before):
            shifts.append(Shift(code, before, now))
    return tuple(sorted(shifts, key=lambda shift: -abs(shift.now - shift.learnt)))


def _limit(known: ComparedSegments) -> float | None:
    """How near to another participant's words all but five in a hundred of the known segments are."""
    if len(set(known.groups)) < LEAST_GROUPS or len(known.texts) < 20:
        return None
    near = _nearest(known.embeddings, known.embeddings, known.groups)
    return float(np.quantile(near, EXPECTED_FAR))


def _nearest(vectors: Floats32, known: Floats32, groups: Sequence[str] | None) -> Floats32:
    """For each vector the cosine of the nearest known one; with ``groups``, of another group than its own."""
    names = None if groups is None else np.unique(np.asarray(groups, dtype=str), return_inverse=True)[1]
    likeness = np.zeros(len(vectors), dtype=np.float32)
    for some in slices(len(vectors), 1000):
        similarity = vectors[some] @ known.T
        if names is not None:
            similarity[names[some, None] == names[None, :]] = -1
        likeness[some] = similarity.max(axis=1)
    return likeness


def _clusters(seen: ComparedSegments, rows: Places, random: np.random.Generator) -> list[Cluster]:
    """Groups of at least five segments of three participants, the largest first; positions in ``seen``."""
    rows = rows[_some(len(rows), random, MOST_CLUSTERED)]
    if len(rows) < LEAST_IN_CLUSTER:
        return []
    from sklearn.cluster import AgglomerativeClustering

    made = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=APART
    ).fit_predict(seen.embeddings[rows])
    clusters = []
    for label in range(int(made.max()) + 1):
        members = rows[made == label]
        groups = len({seen.groups[at] for at in members.tolist()})
        if len(members) < LEAST_IN_CLUSTER or groups < LEAST_GROUPS:
            continue
        middle = seen.embeddings[members].mean(axis=0)
        typical = members[np.argsort(-(seen.embeddings[members] @ middle), kind="stable")]
        clusters.append(Cluster(tuple(typical.tolist()), groups, _words(seen, typical)))
    return sorted(clusters, key=lambda cluster: -len(cluster.segments))[:MOST_CLUSTERS]


def _words(seen: ComparedSegments, members: Places, most: int = 6) -> tuple[str, ...]:
    """Words that are far more frequent in these segments than in all, each used by three participants or more."""
    own: dict[str, set[str]] = {}
    uses: dict[str, int] = {}
    for at in members.tolist():
        for word in set(_WORD.findall(seen.texts[at].casefold())):
            own.setdefault(word, set()).add(seen.groups[at])
            uses[word] = uses.get(word, 0) + 1
    everywhere: dict[str, int] = dict.fromkeys(uses, 0)
    for text in seen.texts:
        for word in set(_WORD.findall(text.casefold())) & everywhere.keys():
            everywhere[word] += 1
    lift = {
        word: count / len(members) * np.log(count * len(seen.texts) / (len(members) * everywhere[word]))
        for word, count in uses.items()
        if len(own[word]) >= LEAST_GROUPS
    }
    return tuple(
        word for word in sorted(lift, key=lambda word_there: -lift[word_there])[:most] if lift[word] > 0
    )


def _some(count: int, random: np.random.Generator, most: int = MOST_COMPARED) -> Places:
    if count <= most:
        return np.arange(count, dtype=np.intp)
    return np.sort(random.choice(count, most, replace=False)).astype(np.intp)
