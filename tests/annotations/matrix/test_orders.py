"""Orders of columns, and what ratings say along them."""

from __future__ import annotations

import pytest

from annotations.attributes import Attribute, Attributes, Owner
from annotations.errors import BadInput
from annotations.matrix.columns import columns_named, shown_columns
from annotations.matrix.orders import by_outcome, columns_in_order, pattern_of

CASES = tuple((("case", name),) for name in ("", "B", "A", "Case 10", "Case 9"))


def test_columns_stand_as_the_study_lists_them_then_by_number() -> None:
    """What is not stated stands last."""
    ordered = columns_in_order(CASES, {"case": ("b",)})
    assert [column[0][1] for column in ordered] == ["B", "A", "Case 9", "Case 10", ""]


@pytest.mark.parametrize(
    ("said", "order"),
    [({"a": "high", "b": "Low"}, "BA"), ({"a": "2,5", "b": "10"}, "AB"), ({"a": "strong"}, "AB")],
)
def test_cases_from_the_lowest_outcome_to_the_highest(said: dict[str, str], order: str) -> None:
    """By words or numbers; those without an outcome last."""
    ordered = by_outcome([(("case", "B"),), (("case", "A"),)], said, "outcome")
    assert "".join(column[0][1] for column in ordered) == order


@pytest.mark.parametrize("said", [{"a": "blue"}, {"a": "high", "b": "3"}])
def test_outcomes_without_an_order_are_refused(said: dict[str, str]) -> None:
    """Words that nobody could put in order, and words beside numbers."""
    with pytest.raises(BadInput, match="which has no order"):
        by_outcome([(("case", "A"),)], said, "outcome")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["-2", "0", "2"], "rise with the outcome, differ in direction"),
        (["2", None, "1"], r"fall with the outcome, differ in strength \(\+2, –, \+1\)"),
        (["1", "-1", "2"], "neither rise nor fall"),
        (["1", "missing", "1"], "the same in all"),
        (["1", "missing"], "1 rating on the scale: nothing to compare"),
        ([None, None], "^$"),
    ],
)
def test_what_ratings_say_along_the_outcome(values: list[str | None], said: str) -> None:
    """A description; without an outcome it says no more than that they differ."""
    import re

    assert re.search(said, pattern_of(values, by_outcome=True))
    assert "outcome" not in pattern_of(values, by_outcome=False)


def test_columns_are_named_or_refused() -> None:
    """One or two different ones, attributes in any case; a name that is like one is said."""
    attributes = Attributes([Attribute(Owner.PARTICIPANT, "P", "Role", "leader")])
    assert columns_named(["role", "WAVE"], attributes).names == ("Role", "wave")
    for names in ([], ["case", "case"], ["case", "wave", "site"]):
        with pytest.raises(BadInput, match="one thing or two"):
            columns_named(names, attributes)
    with pytest.raises(BadInput, match='Did you mean "Role"'):
        columns_named(["rolle"], attributes)


def test_crossed_columns_have_a_name_each() -> None:
    """Also where a value holds the sign between them."""
    columns = [
        (("case", "A"), ("wave", "1")),
        (("case", "A × 1"), ("wave", "")),
        (("case", ""), ("wave", "")),
    ]
    assert len(set(shown_columns(columns).values())) == 3
