"""The written rule of promotion."""

from __future__ import annotations

import numpy as np
import pytest

from training.promote import incomparable, judge


def _tables(groups: int, right: float) -> np.ndarray:
    """Tables in which a share of a coder's 40 positives in each of two codes is found, differently by group."""
    tables = []
    for group in range(groups):
        # not the same everywhere, nor the same for two models: an interval needs something that varies
        both = min(40, round(40 * right) + (group * round(10 * right)) % 4 - 1)
        tables.append([[both, 40 - both, 40 - both, 120 + both]] * 2)
    return np.array(tables, dtype=float)


CODES = ("money", "people")


@pytest.mark.parametrize(
    ("new", "old", "groups", "new_recipe", "verdict", "promoted"),
    [
        (0.8, 0.5, 25, True, "better", True),
        (0.7, 0.7, 25, True, "not worse", True),
        (0.5, 0.8, 25, False, "worse", False),
        (0.8, 0.5, 3, False, "cannot tell", True),
        (0.8, 0.5, 3, True, "cannot tell", False),
        (0.5, 0.8, 3, False, "cannot tell", False),
    ],
)
def test_the_rule(
    new: float, old: float, groups: int, new_recipe: bool, verdict: str, promoted: bool
) -> None:
    """The same recipe serves unless it is shown to be worse; a new one only if it is shown not to be."""
    ruling = judge(_tables(groups, new), _tables(groups, old), codes=CODES, new_recipe=new_recipe)
    assert (ruling.verdict, ruling.promoted) == (verdict, promoted)
    assert ruling.reason
    assert ruling.figures["groups"] == groups
    assert (ruling.figures["interval"] is None) == (groups < 5 or ruling.figures["difference"] == 0)
    # a document that nobody wrote judges too, and is no participant
    assert ruling.reason.count("participants") == ruling.reason.count("participants or documents")


GONE = "the files of v1 cannot be read"


@pytest.mark.parametrize(
    ("new", "old", "groups", "verdict", "promoted"),
    [(0.8, 0.5, 3, "cannot tell", True), (0.5, 0.8, 25, "worse", False), (0.5, 0.8, 3, "cannot tell", False)],
)
def test_a_champion_that_cannot_be_read_is_not_kept_for_want_of_proof(
    new: float, old: float, groups: int, verdict: str, promoted: bool
) -> None:
    """A new recipe serves in its place where nothing shows that it is worse; where something does, it does not."""
    tables = _tables(groups, new), _tables(groups, old)
    ruling = judge(*tables, codes=CODES, new_recipe=True, unreadable=GONE)
    assert (ruling.verdict, ruling.promoted) == (verdict, promoted)
    assert (GONE in ruling.reason) == promoted
    nothing = incomparable("nothing is known", new_recipe=True, unreadable=GONE)
    assert (nothing.verdict, nothing.promoted) == ("cannot tell", True)
    assert (
        nothing.reason
        == f"nothing is known; {GONE}, and nothing shows that the new one is worse, so it serves"
    )


def test_too_few_for_an_interval_and_not_worse_for_all() -> None:
    """Without an interval more of the same serves if one participant at least does not get worse."""
    champion, challenger = _tables(3, 0.8), _tables(3, 0.5)
    challenger[1] = champion[1]
    ruling = judge(challenger, champion, codes=CODES, new_recipe=False)
    assert (ruling.verdict, ruling.promoted) == ("cannot tell", True)


def test_an_interval_around_zero_separates_the_two_rules() -> None:
    """Where the interval reaches from below −0.02 to above 0, more of the same serves and a new recipe does not."""
    random = np.random.default_rng(3)
    champion = _tables(8, 0.6)
    challenger = champion + random.integers(-3, 4, (8, 2, 1)) * np.array([1, -1, -1, 1])
    challenger = np.maximum(challenger, 0)
    same, new = (judge(challenger, champion, codes=CODES, new_recipe=recipe) for recipe in (False, True))
    low, high = same.figures["interval"]
    assert low < -0.02 < 0 < high
    assert same.figures["few_transcripts"]
    assert [same.verdict, new.verdict] == ["cannot tell", "cannot tell"]
    assert [same.promoted, new.promoted] == [True, False]


@pytest.mark.parametrize("new_recipe", [False, True])
def test_an_interval_wholly_below_zero_is_worse_however_near(new_recipe: bool) -> None:
    """A loss that is certain and smaller than the margin is a loss: neither more of the same nor a new recipe serves."""
    champion = _tables(25, 0.7)
    challenger = champion.copy()
    challenger[::2] += np.array([-0.5, 0, 0.5, 0])
    ruling = judge(challenger, champion, codes=CODES, new_recipe=new_recipe)
    low, high = ruling.figures["interval"]
    assert -0.02 < low < high < 0
    assert (ruling.verdict, ruling.promoted) == ("worse", False)


def test_dropping_a_hard_code_is_no_improvement() -> None:
    """A code that the new model no longer suggests counts as not found; it does not leave the mean."""
    champion = _tables(25, 0.6)
    challenger = champion.copy()
    challenger[:, 1] = _dropped(champion[:, 1])
    ruling = judge(challenger, champion, codes=CODES, new_recipe=False)
    assert (ruling.verdict, ruling.promoted) == ("worse", False)


def _dropped(tables: np.ndarray) -> np.ndarray:
    """Both, model only, coder only, neither of one code, once the model no longer suggests it."""
    none = np.zeros(len(tables))
    return np.stack([none, none, tables[:, 0] + tables[:, 2], tables[:, 1] + tables[:, 3]], axis=-1)


def test_a_code_that_gets_clearly_worse_is_a_veto() -> None:
    """Better on the whole does not help a model that loses a code of many examples; one with few has no veto."""
    better, worse = _tables(25, 0.95), _tables(25, 0.5)
    champion = np.concatenate([worse, worse, worse, worse[:, :1]], axis=1)
    challenger = np.concatenate([better, better, better, _dropped(worse[:, 0])[:, None]], axis=1)
    codes = tuple("abcdefg")
    vetoed = judge(challenger, champion, codes=codes, new_recipe=False)
    assert [veto["code"] for veto in vetoed.figures["vetoes"]] == ["g"]
    assert (vetoed.verdict, vetoed.promoted) == ("worse", False)
    assert "g (" in vetoed.reason
    rare = [champion.copy(), challenger.copy()]
    for tables in rare:
        tables[4:, 6, :3] = 0  # positives of four participants only
    allowed = judge(rare[1], rare[0], codes=codes, new_recipe=False)
    assert not allowed.figures["vetoes"]
    assert allowed.promoted


def test_a_code_worse_by_chance_is_no_veto() -> None:
    """Among forty codes that differ by chance alone, the correction leaves none to veto."""
    random = np.random.default_rng(5)
    champion = np.concatenate([_tables(20, 0.6)] * 20, axis=1)
    noise = random.integers(-2, 3, champion.shape[:2])[:, :, None] * np.array([1, -1, -1, 1])
    challenger = np.maximum(champion + noise, 0)
    assert not judge(challenger, champion, codes=[str(at) for at in range(40)], new_recipe=False).figures[
        "vetoes"
    ]
