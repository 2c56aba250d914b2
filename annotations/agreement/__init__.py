"""How far judges agree: coefficients, intervals that know how few groups there are, and what is compared."""

from annotations.agreement.intervals import (
    FEWEST_GROUPS,
    Interval,
    Statistic,
    interval_over_groups,
    is_few,
    value_by_group,
)
from annotations.agreement.two_judges import (
    BOTH,
    SECOND_ONLY,
    Tables,
    counts,
    frequent,
    kappa,
    mean_kappa,
    mean_over_pairs,
    positive_agreement,
    tables_of,
    weighted_mean,
    why_undefined,
)
from annotations.agreement.undefined import or_none

__all__ = [
    "BOTH",
    "FEWEST_GROUPS",
    "SECOND_ONLY",
    "Interval",
    "Statistic",
    "Tables",
    "counts",
    "frequent",
    "interval_over_groups",
    "is_few",
    "kappa",
    "mean_kappa",
    "mean_over_pairs",
    "or_none",
    "positive_agreement",
    "tables_of",
    "value_by_group",
    "weighted_mean",
    "why_undefined",
]
