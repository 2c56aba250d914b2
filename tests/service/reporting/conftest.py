"""A study whose results are shown."""

from __future__ import annotations

from results_fixtures import results_template, study, tandem

__all__ = ("results_template", "study", "tandem")
