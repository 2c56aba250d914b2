"""How good the suggestions are on participants the model has not seen, beside how far people agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from annotations.agreement import (
    Interval,
    frequent,
    interval_over_groups,
    is_few,
    mean_over_pairs,
    or_none,
    positive_agreement,
    value_by_group,
    why_undefined,
)
from annotations.agreement.pairs import TOO_RARE, stacked
from annotations.arrays import Bools, Floats
from annotations.codebook.codes import Codebook
from models.classifier import TooFew
from models.ticking import LEAST_PRECISION
from training.dataset import Dataset, Judgement, OutOfFold
from training.dataset_comparisons import (
    Compared,
    any_code,
    coders_with_each_other,
    model_with_both,
    model_with_coders,
)
from training.evaluation_results import (
    BesidePeople,
    CodeFigures,
    Figures,
    Kappa,
    Labelling,
    Lacking,
    Measured,
    NotMeasured,
    Overall,
    PairsSide,
    Spotting,
)
from training.probability_figures import CodeProbabilities, probability_figures
from training.ticks import Ticks, ticks_of

NEVER_VARIES = "one side never varies, which makes kappa 0 whatever the other side does"


def evaluate(
    dataset: Dataset,
    out_of_fold: OutOfFold | None,
    *,
    codebook: Codebook,
    lacking: Mapping[str, TooFew],
    reason: str | None,
    least_precision: float = LEAST_PRECISION,
) -> Figures:
    """The figures of ``tandem evaluate``; only independent reviews enter.

    Overall: the model against each coder on every segment that coder judged; in pooled figures (F1, average
    precision) a segment that several judged counts once, each coder's word by 1/coders. A code that the model
    does not judge counts as not suggested; it has no average precision. Spotting: is the segment coded at all.
    Labelling: which codes, on the segments that the coder coded. People: every pair of coders, and the model against
    each of them, on the segments that both judged. ``lacking``: the codes with too few examples. ``reason``: why
    there are no held-out predictions, if so. ``least_precision``: see ``models.ticking``.
    """
    gold = [judgement for judgement in dataset.judgements if judgement.gold]
    if out_of_fold is not None and not out_of_fold.judges_anything:
        out_of_fold, reason = None, reason or _why_no_code(lacking)
    people, people_reason = _people(dataset, gold, out_of_fold)
    pairs = [] if out_of_fold is None else model_with_coders(dataset, gold, out_of_fold)
    too_few = tuple(Lacking(codebook.label(code), code, w.examples, w.reason) for code, w in lacking.items())
    if out_of_fold is None or not pairs:
        groups = len({dataset.groups[row] for judgement in gold for row in judgement.rows})
        nothing = NotMeasured(groups, reason or "there are no independent reviews to compare with")
        return Figures(nothing, people, people_reason, too_few)
    probabilities, of_codes = probability_figures(dataset, out_of_fold, pairs)
    ticks = ticks_of(dataset, out_of_fold, least_precision, codebook)
    measured = Measured(
        _side(pairs, [any_code(pair.pair.other.values) for pair in pairs]),
        probabilities,
        tuple(_codes(dataset, pairs, of_codes, codebook, lacking, ticks)),
        ticks.effort,
        least_precision,
    )
    return Figures(measured, people, people_reason, too_few)


def _why_no_code(lacking: Mapping[str, TooFew]) -> str:
    """Why the model judges no code, in the words of the codes where one reason holds for all."""
    reasons = {code_too_few.reason for code_too_few in lacking.values()}
    if len(reasons) == 1:
        return f"the model can judge no code ({reasons.pop()})"
    return "no code has enough examples for the model to judge it"


def _people(
    dataset: Dataset, gold: Sequence[Judgement], held_out: OutOfFold | None
) -> tuple[BesidePeople | None, str | None]:
    """Person against person and model against the same persons, on the same segments."""
    if len({judgement.coder for judgement in gold}) < 2:
        return None, "one person coded, or nobody: there is no second independent coder to compare with"
    everywhere = np.ones(len(dataset), dtype=np.bool_)
    person = coders_with_each_other(dataset, gold, everywhere if held_out is None else held_out.scored)
    if not person:
        if held_out is not None and coders_with_each_other(dataset, gold, everywhere):
            return None, "none of the segments that two independent coders judged belongs to a test fold"
        return (
            None,
            "no segment was judged by two independent coders, so there is nothing to compare people on",
        )
    both = [any_code(pair.pair.one.values) & any_code(pair.pair.other.values) for pair in person]
    model = (
        []
        if held_out is None
        else [both_judged for pair in person for both_judged in model_with_both(pair, held_out)]
    )
    coded = [rows for rows in both for _ in range(2)]
    return BesidePeople(_side(person, both), _side(model, coded) if model else None), None


def _side(pairs: Sequence[Compared], coded: Sequence[Bools]) -> PairsSide:
    """``coded``: of each pair the segments on which it is asked which codes apply."""
    labelled = [pair.only(rows) for pair, rows in zip(pairs, coded, strict=True)]
    return PairsSide(_overall(pairs), _spotting(pairs), _labelling(labelled))


def _overall(pairs: Sequence[Compared]) -> Overall:
    """Macro F1 is over the codes that a person applied, so that models compare."""
    total, applied = _pooled(pairs), _applied(pairs)
    tables, names = _stacked(pairs)
    f1 = np.nan_to_num(positive_agreement(total))[applied > 0]
    return Overall(
        n_segments=_segments(pairs),
        groups=len(names),
        micro_f1=or_none(positive_agreement(total.sum(axis=0))),
        macro_f1=float(f1.mean()) if len(f1) else None,
        kappa=_kappa(tables, names),
        prevalence=float(applied.sum() / total.sum()) if total.sum() else None,
    )


def _kappa(tables: Floats, names: Sequence[str]) -> Kappa:
    """Mean kappa of tables (groups, pairs, codes, 4), over the codes that are frequent in the whole."""
    whole = tables.sum(axis=0)
    statistic = partial(mean_over_pairs, codes=frequent(whole))
    value = or_none(statistic(whole))
    interval, why = (None, TOO_RARE) if value is None else interval_over_groups(tables, statistic)
    return Kappa(value, interval, why, is_few(len(names), interval), value_by_group(tables, names, statistic))


def _spotting(pairs: Sequence[Compared]) -> Spotting:
    coded = [pair.coded_at_all() for pair in pairs]
    whole = _stacked(coded)[0].sum(axis=0)
    kappa = or_none(mean_over_pairs(whole, frequent(whole)))
    return Spotting(
        f1=or_none(positive_agreement(_pooled(coded).sum(axis=0))),
        kappa=kappa,
        reason=None if kappa is None or _varies(whole.sum(axis=(0, 1))) else NEVER_VARIES,
    )


def _labelling(pairs: Sequence[Compared]) -> Labelling:
    return Labelling(or_none(positive_agreement(_pooled(pairs).sum(axis=0))), _segments(pairs))


def _codes(
    dataset: Dataset,
    pairs: Sequence[Compared],
    probabilities: Sequence[CodeProbabilities],
    codebook: Codebook,
    lacking: Mapping[str, TooFew],
    ticks: Ticks,
) -> list[CodeFigures]:
    """A row for each code that a person or the model applied, or that has too few examples."""
    tables, _ = _stacked(pairs)
    total, applied = _pooled(pairs), _applied(pairs)
    labels, weights = dataset.targets(gold=True)
    majority = ((labels >= 0.5) & (weights > 0)).sum(axis=0)
    rows = []
    for at, code in enumerate(dataset.codes):
        both, model, person, _ = total[at].tolist()
        if not both + model + person and code not in lacking:
            continue
        # a code that came later was judged in fewer groups, and only these are drawn
        judged = tables[:, :, at].any(axis=(1, 2))
        value, interval, why = _kappa_of_code(tables[judged, :, at])
        rows.append(
            CodeFigures(
                framework=codebook.framework(codebook[code].framework).name,
                code=codebook.label(code),
                code_id=code,
                n=int(majority[at]),
                precision=both / (both + model) if both + model else None,
                recall=both / (both + person) if both + person else None,
                f1=or_none(positive_agreement(total[at])),
                average_precision=probabilities[at].average_precision,
                prevalence=float(applied[at] / total[at].sum()) if total[at].sum() else None,
                kappa=value,
                kappa_interval=interval,
                few_transcripts=is_few(int(judged.sum()), interval),
                reason=lacking[code].reason if code in lacking else why,
                ticked=int(ticks.ticked[at]),
                ticked_right=int(ticks.right[at]),
                comes_ticked=ticks.comes_ticked(at),
                recall_at_5=ticks.recall(at),
                carried=int(ticks.carried[at]),
                curve=ticks.curves[at],
                brier=probabilities[at].brier,
                brier_skill=probabilities[at].brier_skill,
                calibration_error=probabilities[at].calibration_error,
            )
        )
    return rows


def _kappa_of_code(tables: Floats) -> tuple[float | None, Interval | None, str | None]:
    """Kappa of one code however rare, pairs weighted by units; tables (groups, pairs, 4). Value, interval, reason."""
    statistic = partial(mean_over_pairs, codes=np.array([True]))
    single = tables[:, :, None, :]
    whole = single.sum(axis=0)
    value = or_none(statistic(whole))
    if value is None:
        return None, None, why_undefined(whole.sum(axis=(0, 1)))
    if not _varies(whole.sum(axis=(0, 1))):
        return value, None, NEVER_VARIES
    return value, *interval_over_groups(single, statistic)


def _varies(total: Floats) -> bool:
    both, first, second, neither = total.tolist()
    return bool(min(both + first, second + neither, both + second, first + neither) > 0)


def _stacked(pairs: Sequence[Compared]) -> tuple[Floats, tuple[str, ...]]:
    return stacked([pair.pair for pair in pairs])


def _pooled(pairs: Sequence[Compared]) -> Floats:
    return np.asarray(sum(pair.pooled() for pair in pairs))


def _applied(pairs: Sequence[Compared]) -> Floats:
    return np.asarray(sum(pair.applied() for pair in pairs))


def _segments(pairs: Sequence[Compared]) -> int:
    return len(np.unique(np.concatenate([pair.rows for pair in pairs])))
