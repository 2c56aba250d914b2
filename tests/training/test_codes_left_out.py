"""Whoever trains is told which codings no model learns from, and why."""

from __future__ import annotations

from annotations.codebook.codes import Code, Codebook, Framework
from training.fit_and_measure import codes_left_out

BOOK = Codebook(
    "B",
    (Framework("f", "F"),),
    (Code("a", "Leaders", "f", "F/Leaders", applicable=False), Code("b", "Cost", "f", "F/Cost")),
)


def test_a_retired_code_is_told_by_its_name_and_apart_from_one_that_is_gone() -> None:
    """The codebook still holds it, so nobody is told that it is gone."""
    retired, gone = codes_left_out({"a": 38, "old": 2}, BOOK)
    assert retired == (
        "codings with codes that may not be applied (applicable: false in codebook.yaml) were not learnt from: "
        "Leaders (38)."
    )
    assert gone == "codings with codes that codebook.yaml no longer holds were not learnt from: old (2)."
    assert codes_left_out({}, BOOK) == []
