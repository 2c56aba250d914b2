"""Figures apart, where some passages are in a language that the encoder was not taught."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.cli.output import say, table


def show_languages(figures: Mapping[str, Any] | None) -> None:
    """``languages`` of the figures: a row for the languages that the encoder was taught, and one for each other.

    Nothing where no language has a figure, and no row for one of which nothing was coded.
    """
    if not figures:
        return
    taught, others = figures["taught"], figures["others"]
    if all(its["micro_f1"] is None and its["kappa"] is None for its in (taught, *others)):
        return
    rows = (
        [_row(f"{', '.join(taught['languages'])} (the encoder was taught)", taught)]
        if taught["languages"]
        else []
    )
    rows += [_row(f"{', '.join(other['languages'])} (it was not)", other) for other in others]
    say("", "The figures above are of all passages. Apart, by the language they are in:")
    table("", ("language", "passages", "F1 over all codes", "kappa, mean of codes"), rows, numbers=3)


def _row(name: str, figures: Mapping[str, Any]) -> tuple[str, ...]:
    from annotations.numbers_shown import number

    return name, f"{figures['n_segments']:,}", number(figures["micro_f1"]), number(figures["kappa"])
