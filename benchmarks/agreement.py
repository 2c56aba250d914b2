"""How long the intervals of a whole study take, beside plain loops and beside the krippendorff package.

5,000 units, 60 codes, 3 coders, 40 participants. Everything: kappa, alpha, AC1, percent, positive and negative agreement
of every code for all pairs, and alpha, Fleiss' kappa, AC1 and percent of the three together, with 2,000 draws (twice
what is asked for). The peers do less: alpha alone, a few codes and draws, on the same resampled units, and are
multiplied up. The ratio is of both to the same number of values.
"""

from __future__ import annotations

import json
import time

import krippendorff
import numpy as np

from annotations.agreement.all_coders import many_coefficients, sums_by_group
from annotations.agreement.columns import DecisionColumn
from annotations.agreement.intervals import RESAMPLES, intervals_over_groups
from annotations.agreement.judged import JudgeDecisions
from annotations.agreement.many_judges import ac1, alpha, fleiss, percent_of, sums_of
from annotations.agreement.pairs import ComparisonHead, JudgePair, figures_of_pairs

UNITS, CODES, CODERS, GROUPS = 5000, 60, 3, 40
PEER_DRAWS, PEER_CODES = 20, 3

if __name__ == "__main__":
    random = np.random.default_rng(1)
    truth = random.random((UNITS, CODES)) < 0.1
    member = np.sort(random.integers(0, GROUPS, UNITS))
    judges = [
        JudgeDecisions(truth ^ (random.random(truth.shape) < 0.05), np.ones_like(truth))
        for _ in range(CODERS)
    ]
    columns = [DecisionColumn("code", frozenset({str(at)}), "F", str(at), str(at)) for at in range(CODES)]
    names = tuple(f"g{at}" for at in range(GROUPS))

    start = time.perf_counter()
    pairs = [
        JudgePair(str(a), str(b), judges[a], judges[b], member, names)
        for a in range(CODERS)
        for b in range(a + 1, CODERS)
    ]
    figures = figures_of_pairs(
        pairs, columns, ComparisonHead("people", "independent", ("people", "people"), {})
    )
    sums = sums_by_group(judges, member, GROUPS)
    many = intervals_over_groups(sums, lambda s: many_coefficients(s).reshape(*s.shape[:-2], -1))
    ours = time.perf_counter() - start
    ours_values = (len(figures) * CODERS + len(many)) * RESAMPLES

    rows_of = [np.flatnonzero(member == group) for group in range(GROUPS)]
    table = np.stack([judge.values for judge in judges]).astype(float)
    times = {"krippendorff": 0.0, "plain_loop": 0.0}
    for _ in range(PEER_DRAWS):
        rows = np.concatenate([rows_of[group] for group in random.integers(0, GROUPS, GROUPS)])
        for code in range(PEER_CODES):
            start = time.perf_counter()
            krippendorff.alpha(table[:, rows, code], level_of_measurement="nominal")
            times["krippendorff"] += time.perf_counter() - start
            start = time.perf_counter()
            applied = table[:, rows, code].sum(axis=0)
            sums = sums_of(np.stack([CODERS - applied, applied], axis=-1)).sum(axis=0)
            for coefficient in (percent_of, fleiss, alpha, ac1):
                coefficient(sums)
            times["plain_loop"] += time.perf_counter() - start
    per_value = ours / ours_values
    peers = {name: seconds / (PEER_DRAWS * PEER_CODES) for name, seconds in times.items()}
    print(
        json.dumps(
            {
                "tandem_s": round(ours, 2),
                "figures": len(figures) + len(many),
                "draws": RESAMPLES,
                "krippendorff_s_for_the_same_alphas": round(peers["krippendorff"] * CODES * RESAMPLES, 1),
                "plain_loop_s_for_the_same_codes": round(peers["plain_loop"] * CODES * RESAMPLES, 1),
                "times_faster_than_krippendorff": round(peers["krippendorff"] / per_value, 1),
                "times_faster_than_plain_loop": round(peers["plain_loop"] / (4 * per_value), 1),
                "target_s": 5.0,
            }
        )
    )
