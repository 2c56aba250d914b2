"""The written rule of promotion."""

from __future__ import annotations

import numpy as np
import pytest

from training.promote import judge


def _tables(groups: int, right: float) -> np.ndarray:
    """Tables in which a share of a coder's 40 positives in each of two codes is found, differently by group."""
    found = []
    for group in range(groups):
        # not the same everywhere, nor the same for two models: an interval needs something that varies
        both = min(40, round(40 * right) + (group * round(10 * right)) % 4 - 1)
        found.append([[both, 40 - both, 40 - both, 120 + both]] * 2)
    return np.array(found, dtype=float)


@pytest.mark.parametrize(
    ("new", "old", "groups", "more", "verdict", "promoted"),
    [
        (0.8, 0.5, 25, False, "better", True),
        (0.7, 0.7, 25, False, "not worse", True),
        (0.5, 0.8, 25, True, "worse", False),
        (0.8, 0.5, 3, True, "cannot tell", True),
        (0.8, 0.5, 3, False, "cannot tell", False),
        (0.5, 0.8, 3, True, "cannot tell", False),
    ],
)
def test_the_rule(new: float, old: float, groups: int, more: bool, verdict: str, promoted: bool) -> None:
    """Clearly better and not worse serve; worse does not; too few participants cannot tell."""
    found = judge(_tables(groups, new), _tables(groups, old), more_to_learn_from=more)
    assert (found.verdict, found.promoted) == (verdict, promoted)
    assert found.reason


def test_dropping_a_hard_code_is_no_improvement() -> None:
    """A code that the new model no longer suggests counts as not found; it does not leave the mean."""
    champion = _tables(25, 0.6)
    challenger = champion.copy()
    dropped = champion[:, 1]  # both, model only, coder only, neither: the coder's decisions stay as they are
    challenger[:, 1] = np.stack(
        [np.zeros(25), np.zeros(25), dropped[:, 0] + dropped[:, 2], dropped[:, 1] + dropped[:, 3]], axis=-1
    )
    found = judge(challenger, champion, more_to_learn_from=True)
    assert (found.verdict, found.promoted) == ("worse", False)
