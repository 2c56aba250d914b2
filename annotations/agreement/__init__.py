"""How far judges agree: coefficients, intervals that know how few groups there are, and what is compared."""

from annotations.agreement.coefficient import Agreement
from annotations.agreement.intervals import (
    FEW_GROUPS,
    FEWEST_GROUPS,
    Interval,
    Statistic,
    interval_over_groups,
    is_few,
    value_by_group,
)
from annotations.agreement.two_judges import (
    LEAST_POSITIVES,
    Tables,
    counts,
    frequent,
    kappa,
    mean_kappa,
    mean_over_pairs,
    negative_agreement,
    percent_agreement,
    positive_agreement,
    prevalence,
    tables_of,
    weighted_mean,
    why_undefined,
)
from annotations.agreement.undefined import or_none

__all__ = [
    "FEWEST_GROUPS",
    "FEW_GROUPS",
    "LEAST_POSITIVES",
    "Agreement",
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
    "negative_agreement",
    "or_none",
    "percent_agreement",
    "positive_agreement",
    "prevalence",
    "tables_of",
    "value_by_group",
    "weighted_mean",
    "why_undefined",
]
