"""How good the suggestions are on participants the model has not seen, beside how far people agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from annotations.agreement import (
    LEAST_POSITIVES,
    Interval,
    counts,
    frequent,
    interval_over_groups,
    is_few,
    mean_over_pairs,
    or_none,
    positive_agreement,
    value_by_group,
    weighted_mean,
    why_undefined,
)
from annotations.arrays import Bools, Floats
from annotations.codebook.codes import Codebook
from models.classifier import TooFew
from training.dataset import Dataset, Judgement, OutOfFold

Figures = dict[str, Any]

TOO_RARE = f"no code has {LEAST_POSITIVES} positives by either side, so there is no kappa to take the mean of"


@dataclass(frozen=True)
class _Pair:
    """Two judges on the same segments: decisions and whether both are known (m, codes), groups, rows.

    ``people``: the decisions of whoever of the two is a person, one or two arrays; the second judge always is.
    ``member``: the group of each segment, as a position in ``names``. ``share``: what it counts in pooled figures.
    """

    one: Bools
    other: Bools
    people: tuple[Bools, ...]
    known: Bools
    member: NDArray[np.intp]
    names: tuple[str, ...]
    share: Floats
    rows: NDArray[np.intp]

    def only(self, rows: Bools) -> _Pair:
        """The pair on some of its segments."""
        return replace(
            self,
            one=self.one[rows],
            other=self.other[rows],
            people=tuple(side[rows] for side in self.people),
            known=self.known[rows],
            member=self.member[rows],
            share=self.share[rows],
            rows=self.rows[rows],
        )

    def coded_at_all(self) -> _Pair:
        """Is the segment coded at all, by each side: one decision a segment, of the codes that both were asked about.

        Which codes these are differs where the codebook has grown between two readings.
        """
        return replace(
            self,
            one=_any(self.one & self.known)[:, None],
            other=_any(self.other & self.known)[:, None],
            people=tuple(_any(side & self.known)[:, None] for side in self.people),
            known=_any(self.known)[:, None],
        )

    def counts(self) -> Floats:
        """Counts per group, shape (names, codes, 4)."""
        return counts(self.one, self.other, self.member, len(self.names), self.known.astype(float))

    def pooled(self) -> Floats:
        """Counts of all groups, each segment by its share: shape (codes, 4)."""
        nowhere = np.zeros_like(self.member)
        return np.asarray(counts(self.one, self.other, nowhere, 1, self.known * self.share[:, None])[0])

    def applied(self) -> Floats:
        """How often people applied each code, by share and averaged over the people: shape (codes,)."""
        weights = self.known * self.share[:, None]
        found = [(side * weights).sum(axis=0) for side in self.people]
        return np.asarray(sum(found) / len(found))


def evaluate(
    dataset: Dataset,
    out_of_fold: OutOfFold | None,
    *,
    codebook: Codebook,
    lacking: Mapping[str, TooFew],
    reason: str | None,
) -> Figures:
    """The figures of ``tandem evaluate --json``; only independent reviews enter.

    ``overall``: the model against each coder on every segment that coder judged; in pooled figures (F1, average
    precision) a segment that several judged counts once, each coder's word by 1/coders. A code that the model
    does not judge counts as not suggested; it has no average precision, and ``ap_codes`` says how many codes
    have one. ``spotting``: is the segment coded at all. ``labelling``: which codes, on the segments that the coder
    coded. ``people``: every pair of coders, and the model against each of them, on the segments that both judged.
    ``lacking``: the codes with too few examples. ``reason``: why there are no held-out predictions, if so.
    """
    gold = [judgement for judgement in dataset.judgements if judgement.gold]
    if out_of_fold is not None and not out_of_fold.judges_anything:
        out_of_fold, reason = None, reason or "no code has enough examples for the model to judge it"
    people, people_reason = _people(dataset, gold, out_of_fold)
    pairs = [] if out_of_fold is None else _model_pairs(dataset, gold, out_of_fold)
    shared = {
        "people": people,
        "people_reason": people_reason,
        "too_few": _lacking(lacking, codebook),
    }
    if out_of_fold is None or not pairs:
        groups = len({dataset.groups[row] for judgement in gold for row in judgement.rows})
        why = reason or "there are no independent reviews to compare with"
        return _nothing(groups, why) | shared
    precisions = [_average_precision(pairs, out_of_fold, at) for at in range(len(dataset.codes))]
    overall = _side(pairs) | {
        "macro_ap": _mean(precisions),
        "ap_codes": sum(value is not None for value in precisions),
        "calibration_error": _calibration_error(dataset, out_of_fold),
    }
    return {
        "overall": overall,
        "spotting": _spotting(pairs),
        "labelling": _labelling([pair.only(_any(pair.other)) for pair in pairs]),
        "codes": _codes(dataset, pairs, precisions, codebook, lacking),
    } | shared


def _model_pairs(dataset: Dataset, gold: Sequence[Judgement], found: OutOfFold) -> list[_Pair]:
    names, member = np.unique(np.asarray(dataset.groups, dtype=str), return_inverse=True)
    coders = np.zeros(len(dataset))
    for judgement in gold:
        coders[judgement.rows] += 1
    pairs = []
    for judgement in gold:
        kept = found.scored[judgement.rows]
        rows, labels = judgement.rows[kept], judgement.labels[kept]
        if len(rows):
            person: Bools = labels > 0.5
            pairs.append(
                _Pair(
                    one=found.decided[rows],
                    other=person,
                    people=(person,),
                    known=~np.isnan(labels),
                    member=member[rows],
                    names=tuple(names.tolist()),
                    share=1 / coders[rows],
                    rows=rows,
                )
            )
    return pairs


def _person_pairs(dataset: Dataset, gold: Sequence[Judgement], scored: Bools) -> list[_Pair]:
    names, member = np.unique(np.asarray(dataset.groups, dtype=str), return_inverse=True)
    pairs = []
    for a, b in combinations(gold, 2):
        rows = np.intersect1d(a.rows, b.rows)
        rows = rows[scored[rows]]
        if a.coder == b.coder or not len(rows):
            continue
        one, other = (side.labels[np.searchsorted(side.rows, rows)] for side in (a, b))
        pairs.append(
            _Pair(
                one=one > 0.5,
                other=other > 0.5,
                people=(one > 0.5, other > 0.5),
                known=~np.isnan(one) & ~np.isnan(other),
                member=member[rows],
                names=tuple(names.tolist()),
                share=np.ones(len(rows)),
                rows=rows,
            )
        )
    return pairs


def _with_model(pair: _Pair, found: OutOfFold) -> list[_Pair]:
    """The model against each of two people, on their segments."""
    decided = found.decided[pair.rows]
    return [replace(pair, one=decided, other=side, people=(side,)) for side in pair.people]


def _people(
    dataset: Dataset, gold: Sequence[Judgement], found: OutOfFold | None
) -> tuple[Figures | None, str | None]:
    """Person against person and model against the same persons, on the same segments."""
    if len({judgement.coder for judgement in gold}) < 2:
        return None, "one person coded, or nobody: there is no second independent coder to compare with"
    everywhere = np.ones(len(dataset), dtype=np.bool_)
    person = _person_pairs(dataset, gold, everywhere if found is None else found.scored)
    if not person:
        if found is not None and _person_pairs(dataset, gold, everywhere):
            return None, "none of the segments that two independent coders judged belongs to a test fold"
        return (
            None,
            "no segment was judged by two independent coders, so there is nothing to compare people on",
        )
    both = [_any(pair.one) & _any(pair.other) for pair in person]
    model = [] if found is None else [one for pair in person for one in _with_model(pair, found)]
    sides = _three(person, both)
    return {
        "n_segments": sides["overall"]["n_segments"],
        "groups": sides["overall"]["groups"],
        "person": sides,
        "model": _three(model, [rows for rows in both for _ in range(2)]) if model else None,
    }, None


def _three(pairs: Sequence[_Pair], both: Sequence[Bools]) -> Figures:
    """``both``: the segments of each pair that both people coded."""
    return {
        "overall": _side(pairs),
        "spotting": _spotting(pairs),
        "labelling": _labelling([pair.only(rows) for pair, rows in zip(pairs, both, strict=True)]),
    }


def _side(pairs: Sequence[_Pair]) -> Figures:
    """Figures over all codes. Macro F1 is over the codes that a person applied, so that models compare.

    ``prevalence``: the share of segment × code that people applied.
    """
    total, applied = _pooled(pairs), _applied(pairs)
    tables, names = _stacked(pairs)
    rows = np.unique(np.concatenate([pair.rows for pair in pairs]))
    f1 = np.nan_to_num(positive_agreement(total))[applied > 0]
    return {
        "n_segments": len(rows),
        "groups": len(names),
        "micro_f1": or_none(positive_agreement(total.sum(axis=0))),
        "macro_f1": float(f1.mean()) if len(f1) else None,
        **_kappa(tables, names),
        "prevalence": float(applied.sum() / total.sum()) if total.sum() else None,
    }


def _applied(pairs: Sequence[_Pair]) -> Floats:
    return np.asarray(sum(pair.applied() for pair in pairs))


def _kappa(tables: Floats, names: Sequence[str]) -> Figures:
    """Mean kappa of tables (groups, pairs, codes, 4), over the codes that are frequent in the whole."""
    whole = tables.sum(axis=0)
    statistic = partial(mean_over_pairs, codes=frequent(whole))
    value = or_none(statistic(whole))
    interval, why = (None, TOO_RARE) if value is None else interval_over_groups(tables, statistic)
    return {
        "kappa": value,
        "kappa_interval": interval,
        "kappa_interval_reason": why,
        "few_transcripts": is_few(len(names), interval),
        "kappa_by_group": value_by_group(tables, names, statistic),
    }


def _stacked(pairs: Sequence[_Pair]) -> tuple[Floats, tuple[str, ...]]:
    """Counts of all pairs over the groups that they touch: shape (groups, pairs, codes, 4), and the groups' names."""
    tables = np.stack([pair.counts() for pair in pairs], axis=1)
    touched: Bools = np.asarray(tables.any(axis=(1, 2, 3)))
    names = tuple(name for name, kept in zip(pairs[0].names, touched, strict=True) if kept)
    return tables[touched], names


def _pooled(pairs: Sequence[_Pair]) -> Floats:
    return np.asarray(sum(pair.pooled() for pair in pairs))


def _spotting(pairs: Sequence[_Pair]) -> Figures:
    coded = [pair.coded_at_all() for pair in pairs]
    whole = _stacked(coded)[0].sum(axis=0)
    return {
        "f1": or_none(positive_agreement(_pooled(coded).sum(axis=0))),
        "kappa": or_none(mean_over_pairs(whole, frequent(whole))),
    }


def _labelling(pairs: Sequence[_Pair]) -> Figures:
    rows = np.unique(np.concatenate([pair.rows for pair in pairs]))
    return {
        "micro_f1": or_none(positive_agreement(_pooled(pairs).sum(axis=0))),
        "n_segments": len(rows),
    }


def _codes(
    dataset: Dataset,
    pairs: Sequence[_Pair],
    precisions: Sequence[float | None],
    codebook: Codebook,
    lacking: Mapping[str, TooFew],
) -> list[Figures]:
    """A row for each code that a person or the model applied, or that has too few examples."""
    tables, names = _stacked(pairs)
    total, applied = _pooled(pairs), _applied(pairs)
    labels, weights = dataset.targets(gold=True)
    majority = ((labels >= 0.5) & (weights > 0)).sum(axis=0)
    rows = []
    for at, code in enumerate(dataset.codes):
        both, model, person, _ = total[at].tolist()
        if not both + model + person and code not in lacking:
            continue
        row = {
            "framework": codebook.framework(codebook[code].framework).name,
            "code": codebook.label(code),
            "code_id": code,
            "n": int(majority[at]),
            "precision": both / (both + model) if both + model else None,
            "recall": both / (both + person) if both + person else None,
            "f1": or_none(positive_agreement(total[at])),
            "average_precision": precisions[at],
            "prevalence": float(applied[at] / total[at].sum()) if total[at].sum() else None,
            **_kappa_of_code(tables[:, :, at], names),
        }
        rows.append(row | ({"reason": lacking[code].reason} if code in lacking else {}))
    return rows


def _kappa_of_code(tables: Floats, names: Sequence[str]) -> Figures:
    """Kappa of one code however rare, pairs weighted by units; tables (groups, pairs, 4)."""
    statistic = partial(mean_over_pairs, codes=np.array([True]))
    single = tables[:, :, None, :]
    whole = single.sum(axis=0)
    value = or_none(statistic(whole))
    interval: Interval | None = None
    why: str | None
    if value is None:
        why = why_undefined(whole.sum(axis=(0, 1)))
    elif not _varies(whole.sum(axis=(0, 1))):
        why = "one side never varies, which makes kappa 0 whatever the other side does"
    else:
        interval, why = interval_over_groups(single, statistic)
    few = is_few(len(names), interval)
    return {"kappa": value, "kappa_interval": interval, "few_transcripts": few, "reason": why}


def _varies(total: Floats) -> bool:
    both, first, second, neither = total.tolist()
    return bool(min(both + first, second + neither, both + second, first + neither) > 0)


def _average_precision(pairs: Sequence[_Pair], found: OutOfFold, code: int) -> float | None:
    """Average precision against each coder's word, a segment counting once; None without positives."""
    scores = np.concatenate([found.probabilities[pair.rows, code] for pair in pairs])
    applied = np.concatenate([pair.other[:, code] for pair in pairs])
    share = np.concatenate([pair.share for pair in pairs])
    usable = np.concatenate([pair.known[:, code] for pair in pairs]) & ~np.isnan(scores)
    if not applied[usable].any():
        return None
    return float(average_precision_score(applied[usable], scores[usable], sample_weight=share[usable]))


def _mean(values: Sequence[float | None]) -> float | None:
    known = np.array([np.nan if value is None else value for value in values])
    return or_none(weighted_mean(known, np.ones_like(known)))


def _calibration_error(dataset: Dataset, found: OutOfFold, bins: int = 10) -> float | None:
    """Expected calibration error over all codes: mean gap between probability and share, ten bins of equal width."""
    labels, weights = dataset.targets(gold=True)
    usable = (weights > 0) & ~np.isnan(found.probabilities)
    if not usable.any():
        return None
    p, y = found.probabilities[usable], labels[usable]
    at = np.minimum((p * bins).astype(int), bins - 1)
    gaps = np.abs(np.bincount(at, p, bins) - np.bincount(at, y, bins))
    return float(gaps.sum() / len(p))


def _any(decided: Bools) -> Bools:
    return np.asarray(decided.any(axis=1), dtype=np.bool_)


def _lacking(lacking: Mapping[str, TooFew], codebook: Codebook) -> list[Figures]:
    return [
        {"code": codebook.label(code), "code_id": code, "examples": why.examples, "reason": why.reason}
        for code, why in lacking.items()
    ]


def _nothing(groups: int, reason: str) -> Figures:
    keys = ("micro_f1", "macro_f1", "macro_ap", "kappa", "kappa_interval")
    return {
        "overall": {"n_segments": 0, "groups": groups, **dict.fromkeys(keys), "reason": reason},
        "spotting": {"f1": None, "kappa": None},
        "labelling": {"micro_f1": None, "n_segments": 0},
        "codes": [],
    }
