"""Suggestions change what coders choose, code by code: found where it is so, and not where it is chance."""

from __future__ import annotations

import numpy as np

from annotations.agreement.columns import DecisionColumn
from annotations.agreement.effect_by_code import effects_by_code
from annotations.agreement.suggestion_effect import Arm, Stratum

COLUMNS = [
    DecisionColumn("code", frozenset({one}), "T", one.title(), one)
    for one in ("swayed", "same", "rare", "never")
]
GROUPS = 30


def _arm(random: np.random.Generator, chances: list[float]) -> Arm:
    member = np.repeat(np.arange(GROUPS), 20)
    applied = random.random((len(member), len(chances))) < chances
    return Arm(np.zeros_like(applied), applied, member, np.full(len(member), np.nan))


def test_a_code_that_is_chosen_twice_as_often_has_changed() -> None:
    """Holm's p over 30 participants; a code that nobody chose is not listed, a rare one cannot be told."""
    random = np.random.default_rng(1)
    strata = [Stratum("Ada", "v1", _arm(random, [0.4, 0.3, 0.002, 0]), _arm(random, [0.2, 0.3, 0.002, 0]))]
    found = {one.code_id: one for one in effects_by_code(strata, COLUMNS, GROUPS)}
    assert "never" not in found
    swayed = found["swayed"]
    assert swayed.changed is True
    assert swayed.difference is not None
    assert abs(swayed.difference - 0.2) < 0.06
    assert found["same"].changed is False
    if "rare" in found:
        assert found["rare"].changed is None
        assert "fewer than 5" in str(found["rare"].reason)


def test_chance_alone_changes_few_codes() -> None:
    """Of 200 studies in which nothing differs, about one in twenty says that some code has changed, no more."""
    random = np.random.default_rng(2)
    chances = [0.3, 0.2, 0.1, 0.05]
    wrong = 0
    for _ in range(200):
        strata = [Stratum("Ada", "v1", _small(random, chances), _small(random, chances))]
        wrong += any(one.changed for one in effects_by_code(strata, COLUMNS, 12))
    assert wrong <= 20


def _small(random: np.random.Generator, chances: list[float]) -> Arm:
    member = np.repeat(np.arange(12), 10)
    applied = random.random((len(member), len(chances))) < chances
    return Arm(np.zeros_like(applied), applied, member, np.full(len(member), np.nan))


def test_without_enough_reviews_there_is_nothing_to_say() -> None:
    """Both arms need ten reviews, and five participants."""
    random = np.random.default_rng(3)
    whole = _arm(random, [0.3, 0.3, 0.3, 0.3])
    few = Arm(whole.suggested[:5], whole.applied[:5], whole.member[:5], whole.seconds[:5])
    assert effects_by_code([Stratum("Ada", "v1", whole, few)], COLUMNS, GROUPS) == ()
    lone = Arm(whole.suggested[:20], whole.applied[:20], whole.member[:20], whole.seconds[:20])
    found = effects_by_code([Stratum("Ada", "v1", lone, lone)], COLUMNS, GROUPS)
    assert all(one.changed is None for one in found)
