"""A code that came later is judged of fewer participants: its figures rest on these, and on nobody else."""

from __future__ import annotations

import numpy as np
import pytest

from annotations.agreement.all_coders import figures_of_everybody
from annotations.agreement.coefficient import Agreement
from annotations.agreement.columns import DecisionColumn
from annotations.agreement.judged import JudgeDecisions
from annotations.agreement.pairs import ComparisonHead, JudgePair, figures_of_pairs
from annotations.agreement.second_coder import Trio, verdicts

UNITS = 10
ALL = DecisionColumn("all", frozenset({"old", "new"}))
COLUMNS = (ALL, *(DecisionColumn("code", frozenset({name}), "F", name, name) for name in ("old", "new")))
HEAD = ComparisonHead("person and person", "independent", ("Ada", "Ben"), {})


def _judges(participants: int, with_new: int) -> tuple[list[JudgeDecisions], np.ndarray, tuple[str, ...]]:
    """Three judges of ten segments of each; the new code was looked for in those of the first participants alone."""
    random = np.random.default_rng(3)
    n = participants * UNITS
    member = np.repeat(np.arange(participants), UNITS)
    truth = random.random((n, 2)) < 0.4
    judges = []
    for _ in range(3):
        codes = truth ^ (random.random((n, 2)) < 0.2)
        known = np.ones((n, 3), dtype=np.bool_)
        known[:, 2] = member < with_new
        values = np.column_stack([codes.any(axis=1), codes]) & known
        judges.append(JudgeDecisions(values, known))
    return judges, member, tuple(f"P-{at:02d}" for at in range(participants))


def _kappas(participants: int, with_new: int) -> dict[str, Agreement]:
    (ada, ben, _), member, names = _judges(participants, with_new)
    figures = figures_of_pairs([JudgePair("Ada", "Ben", ada, ben, member, names)], COLUMNS, HEAD)
    return {
        figure.code: figure for figure in figures if figure.coefficient == "kappa" and figure.level == "code"
    }


def test_a_code_of_four_participants_has_no_interval_among_24() -> None:
    """The rule of five holds for each code, and then the values of each stand there."""
    kappas = _kappas(24, 4)
    assert kappas["old"].groups == 24
    assert kappas["old"].interval is not None
    assert (kappas["new"].groups, kappas["new"].units, kappas["new"].interval) == (4, 4 * UNITS, None)
    assert "at least 5 groups" in str(kappas["new"].interval_reason)
    assert list(kappas["new"].by_group) == ["P-00", "P-01", "P-02", "P-03"]


def test_a_code_of_some_participants_is_as_if_there_were_no_others() -> None:
    """Its interval is that of a study of these participants alone, and marked as resting on few."""
    among_others, alone = _kappas(24, 8)["new"], _kappas(8, 8)["new"]
    assert (among_others.groups, among_others.few_transcripts) == (8, True)
    assert alone.interval is not None
    (ada, ben, _), member, names = _judges(24, 8)
    rows = np.flatnonzero(member < 8)
    pair = JudgePair("Ada", "Ben", ada, ben, member, names).over(rows)
    its = {f.code: f for f in figures_of_pairs([pair], COLUMNS, HEAD) if f.coefficient == "kappa"}
    assert among_others.interval == pytest.approx(its["new"].interval)
    assert among_others.value == pytest.approx(its["new"].value)


def test_everybody_together_counts_the_same_participants() -> None:
    """Alpha over three people follows the same rule."""
    judges, member, names = _judges(24, 4)
    stands = np.arange(len(member))
    figures = figures_of_everybody(judges, member, len(names), COLUMNS, stands, HEAD)
    alphas = {f.code: f for f in figures if f.coefficient == "alpha" and f.level == "code"}
    assert (alphas["old"].groups, alphas["new"].groups, alphas["new"].interval) == (24, 4, None)


def test_no_verdict_rests_on_four_participants_among_24() -> None:
    """A second coder is not replaced on the word of participants of whom nobody looked for the code."""
    (ada, ben, model), member, names = _judges(24, 4)
    pairs = [
        JudgePair(a, b, one, other, member, names)
        for a, b, one, other in (
            ("Ada", "Ben", ada, ben),
            ("model", "Ada", model, ada),
            ("model", "Ben", model, ben),
        )
    ]
    by_code = {verdict.column.code: verdict for verdict in verdicts([Trio(*pairs)], COLUMNS, 0.1)}
    assert (by_code["old"].groups, by_code["new"].groups) == (24, 4)
    assert by_code["old"].interval is not None
    assert by_code["new"].interval is None
    assert "at least 5 participants, and there are 4" in str(by_code["new"].reason)
