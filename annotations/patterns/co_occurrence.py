"""Codes that meet on the same passage: how often, in how many informants, and how that differs from chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

import numpy as np

from annotations.arrays import Floats
from annotations.lots import lots
from annotations.patterns.chance import adjusted, exact_p, large_enough, mantel_haenszel_p
from annotations.patterns.coded_passages import PassageCodes

EXACT, APPROXIMATE = "exact", "Mantel–Haenszel"
_AT_A_TIME = 500  # pairs


@dataclass(frozen=True, slots=True)
class Voice:
    """Whose words a transcript holds; ``person``: an informant, else a document of nobody."""

    name: str
    person: bool


@dataclass(frozen=True, slots=True)
class CodePair:
    """Two codes. ``passages``: those that carry both; ``with_a``, ``with_b``: those that carry either.

    ``informants``: who says both on one passage; ``documents``: how many documents of nobody do. ``expected``: how many
    passages would carry both by chance. ``p``: how likely as many, or as few, are by chance; ``p_adjusted``: the same for
    as many pairs as were looked at; None with a ``reason`` where chance leaves nothing open.
    """

    a: str
    b: str
    passages: int
    with_a: int
    with_b: int
    informants: tuple[str, ...]
    documents: int
    expected: float
    p: float | None
    p_adjusted: float | None
    method: str | None
    reason: str | None

    @property
    def ratio(self) -> float | None:
        """How many times as often as by chance; None where chance would never let them meet."""
        return self.passages / self.expected if self.expected > 0 else None

    @property
    def jaccard(self) -> float:
        """The share of the passages with either code that carry both."""
        either = self.with_a + self.with_b - self.passages
        return self.passages / either if either else 0.0


def co_occurrences(
    passages: Sequence[PassageCodes], voices: Mapping[UUID, Voice], pairs: Iterable[tuple[str, str]]
) -> tuple[CodePair, ...]:
    """Each of these pairs of codes, in the order given, of which both are used.

    ``voices``: whose words each transcript holds.
    """
    if not passages:
        return ()
    counts = _Counts(passages, voices)
    candidates = [
        (a, b, counts.at[a], counts.at[b]) for a, b in pairs if a in counts.at and b in counts.at and a != b
    ]
    judged = counts.judged([(i, j) for _, _, i, j in candidates])
    known = [at for at, (p, _, _) in enumerate(judged) if p is not None]
    values = adjusted(np.array([judged[at][0] for at in known], dtype=float))
    by_place = dict(zip(known, values.tolist(), strict=True))
    return tuple(
        CodePair(
            a=a,
            b=b,
            passages=int(counts.both[i, j]),
            with_a=int(counts.total[i]),
            with_b=int(counts.total[j]),
            informants=counts.people_with(i, j),
            documents=counts.documents_with(i, j),
            expected=float(counts.expected[i, j]),
            p=judged[at][0],
            p_adjusted=by_place.get(at),
            method=judged[at][1],
            reason=judged[at][2],
        )
        for at, (a, b, i, j) in enumerate(candidates)
    )


class _Counts:
    """Passages by informant and code as arrays; i and j are codes, s informants."""

    def __init__(self, passages: Sequence[PassageCodes], voices: Mapping[UUID, Voice]) -> None:
        self.at: dict[str, int] = {}
        for passage in passages:
            for code in sorted(passage.codes):
                self.at.setdefault(code, len(self.at))
        self.voices = list(dict.fromkeys(voices[passage.transcript] for passage in passages))
        number = {voice: s for s, voice in enumerate(self.voices)}
        of_transcript = {
            transcript: number[voices[transcript]]
            for transcript in dict.fromkeys(p.transcript for p in passages)
        }
        own = [of_transcript[passage.transcript] for passage in passages]
        # float: sums of thousands of passages are exact in it, and products of matrices fast
        self.n = np.bincount(own, minlength=len(self.voices)).astype(float)
        self.by_voice = np.zeros((len(self.voices), len(self.at)))
        self.both = np.zeros((len(self.at), len(self.at)))
        self.met: dict[tuple[int, int], set[int]] = {}
        for s, passage in zip(own, passages, strict=True):
            codes = sorted(self.at[code] for code in passage.codes)
            self.by_voice[s, codes] += 1
            for i, j in combinations(codes, 2):
                self.both[i, j] += 1
                self.met.setdefault((i, j), set()).add(s)
        self.both += self.both.T
        self.total = self.by_voice.sum(axis=0)
        self._chance()

    def _chance(self) -> None:
        n, a = self.n[:, None], self.by_voice
        self.expected = (a / n).T @ a
        spread = np.where(n > 1, a * (n - a) / (n * np.sqrt(np.maximum(n - 1, 1))), 0.0)
        self.variance = spread.T @ spread
        self.most = np.zeros_like(self.both)
        self.least = np.zeros_like(self.both)
        for s in range(len(self.n)):
            own = a[s]
            self.most += np.minimum.outer(own, own)
            self.least += np.maximum(0.0, np.add.outer(own, own) - self.n[s])

    def judged(self, pairs: Sequence[tuple[int, int]]) -> list[tuple[float | None, str | None, str | None]]:
        """Of each pair the probability, by which method, or why there is none."""
        probabilities: list[tuple[float | None, str | None, str | None]] = []
        exact = []
        for at, (i, j) in enumerate(pairs):
            least, most = float(self.least[i, j]), float(self.most[i, j])
            expected = float(self.expected[i, j])
            if most <= least:
                probabilities.append((None, None, self._why_closed(i, j)))
            elif large_enough(expected, least, most):
                p = mantel_haenszel_p(expected, float(self.variance[i, j]), int(self.both[i, j]))
                probabilities.append((p, APPROXIMATE, None))
            else:
                probabilities.append((None, EXACT, None))
                exact.append(at)
        for some in lots(sorted(exact, key=lambda at: self.most[pairs[at]]), _AT_A_TIME):
            a, b = [pairs[at][0] for at in some], [pairs[at][1] for at in some]
            values = exact_p(self.n, self.by_voice[:, a], self.by_voice[:, b], self.both[a, b])
            for at, p in zip(some, values.tolist(), strict=True):
                probabilities[at] = (p, EXACT, None)
        return probabilities

    def _why_closed(self, i: int, j: int) -> str:
        if not np.any((self.by_voice[:, i] > 0) & (self.by_voice[:, j] > 0)):
            return "nobody's passages carry both codes, so they could not meet"
        return (
            "in everybody who has both codes, one of them is on every passage, so nothing is left to chance"
        )

    def people_with(self, i: int, j: int) -> tuple[str, ...]:
        """The informants with a passage that carries both."""
        voices_of_both = self.met.get((min(i, j), max(i, j)), ())
        return tuple(sorted(self.voices[s].name for s in voices_of_both if self.voices[s].person))

    def documents_with(self, i: int, j: int) -> int:
        """How many documents of nobody have such a passage."""
        voices_of_both = self.met.get((min(i, j), max(i, j)), ())
        return sum(not self.voices[s].person for s in voices_of_both)


def jaccard_of(passages: Sequence[PassageCodes], codes: Sequence[str]) -> Floats:
    """Of each two codes the share of the passages with either that carry both; shape (codes, codes), 1 on the diagonal."""
    at = {code: number for number, code in enumerate(codes)}
    both: Floats = np.zeros((len(codes), len(codes)))
    for passage in passages:
        its = sorted(at[code] for code in passage.codes if code in at)
        for place, i in enumerate(its):
            both[i, its[place:]] += 1
    both = np.maximum(both, both.T)
    own = np.diag(both)
    either = own[:, None] + own[None, :] - both
    shares = np.divide(both, either, out=np.zeros_like(both), where=either > 0)
    np.fill_diagonal(shares, 1.0)
    return np.asarray(shares)
