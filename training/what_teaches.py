"""Is enough coded to learn from, or must the codebook's words do; and which of its lacks a person is told."""

from __future__ import annotations

from annotations.numbers_shown import counted
from training.collect import Collected

# from here on what is learnt orders passages better than the codebook alone (docs/experiments.md)
LEAST_PASSAGES = 2


def teaches(collected: Collected) -> bool:
    """Has somebody said of two passages or more which codes they carry?"""
    return _anything(collected) and len(collected.learnable) >= LEAST_PASSAGES


def why_nothing_is_learnt(collected: Collected) -> str:
    """Why a model knows only the codebook's words, as a half sentence."""
    if not collected.reviews:
        return "no review says what people found"
    so_far = f"({counted(collected.reviews, 'review')} so far)"
    if _anything(collected) and not teaches(collected):
        return f"one coded passage teaches nothing yet {so_far}"
    if _everywhere(collected):
        return (
            f"each code that somebody gave stands on every passage that was looked at {so_far}, and nothing shows where "
            f"it does not apply"
        )
    return f"no code has enough examples yet, and passages without it {so_far}"


def _anything(collected: Collected) -> bool:
    return any(labels.complete for labels in collected.labels) and bool(collected.learnable)


def _everywhere(collected: Collected) -> bool:
    """Has somebody given codes, and does every passage that was looked at carry all of these?"""
    carried = [
        labels.codes.get(position, frozenset())
        for labels in collected.labels
        if labels.complete
        for position in labels.judged
    ]
    given = frozenset[str]().union(*carried)
    return bool(given) and all(codes == given for codes in carried)
