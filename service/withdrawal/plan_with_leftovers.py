"""What a withdrawal would erase, with what lies in the study's folder for nobody: only MLflow's own store knows that."""

from __future__ import annotations

from service.composition import Parts
from service.withdrawal.erasure_dry_run import ErasurePlan, plan
from training.sweep_leftovers import leftovers


def plan_with_leftovers(parts: Parts, participant: str) -> ErasurePlan:
    """As ``plan``. Raises as it does, and TandemError where MLflow's file cannot be read."""
    around = leftovers(parts.store, parts.study)
    return plan(parts, participant, dead=around.dead, unknown=around.unknown)
