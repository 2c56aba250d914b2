"""The scale, and the published rule on examples worked by hand."""

from __future__ import annotations

import pytest

from annotations.coding import Influence
from annotations.matrix.proposed_rating import Heard, proposed
from annotations.matrix.rating_scale import as_number, in_json, rating_in, rating_shown

PLAIN = False
EXAMPLE = True


def _heard(*said: tuple[str | None, Influence | None, bool]) -> str | None:
    return proposed(
        Heard(who, who or f"report {at}", way, example) for at, (who, way, example) in enumerate(said)
    ).value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ([], "missing"),
        # two informants with concrete examples, and nobody against
        ([("A", "-", EXAMPLE), ("B", "-", EXAMPLE)], "-2"),
        ([("A", "+", EXAMPLE), ("B", "+", EXAMPLE), ("C", "+", PLAIN)], "2"),
        # two examples of one informant are one informant's
        ([("A", "+", EXAMPLE), ("A", "+", EXAMPLE)], "1"),
        # general statements, however many
        ([("A", "+", PLAIN), ("B", "+", PLAIN), ("C", "+", PLAIN)], "1"),
        ([("A", "-", PLAIN)], "-1"),
        # more say so than the opposite: never the outermost value
        ([("A", "+", EXAMPLE), ("B", "+", EXAMPLE), ("C", "-", PLAIN)], "1"),
        ([("A", "+", EXAMPLE), ("B", "-", EXAMPLE), ("C", "-", EXAMPLE)], "-1"),
        # as many say the one as the other
        ([("A", "+", EXAMPLE), ("B", "-", EXAMPLE)], "mixed"),
        ([("A", "mixed", PLAIN)], "mixed"),
        ([("A", "mixed", PLAIN), ("B", "+", PLAIN)], "1"),
        # spoken of, and neither helps nor hinders
        ([("A", "none stated", PLAIN), ("B", None, PLAIN)], "0"),
        ([("A", "none stated", EXAMPLE), ("B", "+", EXAMPLE), ("C", "+", EXAMPLE)], "2"),
        # nobody was asked for the influence
        ([("A", None, PLAIN)], None),
        # documents say a direction, and are no informants
        ([(None, "+", EXAMPLE), (None, "+", EXAMPLE)], "1"),
        ([(None, "+", EXAMPLE), ("A", "-", PLAIN)], "mixed"),
        ([(None, "+", EXAMPLE), ("A", "+", EXAMPLE), ("B", "+", EXAMPLE)], "2"),
    ],
)
def test_the_published_rule(said: list[tuple[str | None, Influence | None, bool]], value: str | None) -> None:
    """Each line of the rule, by hand."""
    assert _heard(*said) == value


@pytest.mark.parametrize(
    ("given", "value"),
    [("+2", "2"), ("2.0", "2"), ("−1", "-1"), ("–2", "-2"), ("0", "0"), ("0 (Mixed)", "mixed"), ("MISSING", "missing"),
     ("X", "not applicable"), ("n/a", "not applicable")],
)  # fmt: skip
def test_values_as_people_write_them(given: str, value: str) -> None:
    """With signs of every sort, in any case."""
    assert rating_in(given) == value


@pytest.mark.parametrize("given", ["3", "-3", "1.5", "good", "", "++", "1 or 2"])
def test_what_is_not_on_the_scale_is_refused(given: str) -> None:
    """With the scale in the reason."""
    with pytest.raises(ValueError, match="not on the scale, which is −2"):
        rating_in(given)


def test_missing_is_not_nought() -> None:
    """Neither is what does not apply; mixed stands in the middle."""
    assert [as_number(one) for one in ("-2", "mixed", "missing", "not applicable", "")] == [
        -2,
        0,
        None,
        None,
        None,
    ]
    assert [in_json(one) for one in ("-2", "mixed", None)] == [-2, "mixed", None]
    assert [rating_shown(one) for one in ("-2", "0", "1", "missing")] == ["−2", "0", "+1", "missing"]
