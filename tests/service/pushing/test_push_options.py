"""What the options of a push come to, with what was asked before and with who codes."""

from __future__ import annotations

from uuid import uuid4

import pytest

from annotations.coding import Coder
from annotations.deal_and_draw import DrawPlan, Fractions
from annotations.errors import BadInput
from service.pushing.push_options import PushOptions, plan_for

INES, TOM = Coder("Ines Falk", aliases=("IF",), email="ines@example.org"), Coder("Tom Okafor")
BEFORE = DrawPlan(Fractions(0.15, 0.2, 0.03), 7, ("Ines Falk", "Tom Okafor"), uuid4())


def test_nothing_asked_is_as_before() -> None:
    """And at first it is one shared project."""
    assert plan_for(PushOptions(), None, [INES, TOM]) is None
    assert plan_for(PushOptions(), BEFORE, []) == BEFORE
    assert plan_for(PushOptions(blind=0.0), None, [INES]) is None


def test_the_same_again_is_no_new_plan() -> None:
    """Nor are parts of it."""
    assert plan_for(PushOptions(0.15, 0.2, 0.03), BEFORE, [INES, TOM]) is BEFORE
    assert plan_for(PushOptions(blind=0.15), BEFORE, [INES, TOM]) is BEFORE


def test_what_is_not_asked_anew_stays() -> None:
    """Another part alone leaves the others, the coders and the seed."""
    found = plan_for(PushOptions(blind=0.3), BEFORE, [INES, TOM])
    assert found == DrawPlan(Fractions(0.3, 0.2, 0.03), 7, BEFORE.coders)


def test_a_seed_is_made_where_none_is_given() -> None:
    """It is recorded, so the draw can be repeated."""
    one, other = (plan_for(PushOptions(blind=0.5), None, []) for _ in range(2))
    assert one is not None
    assert other is not None
    assert one.seed != other.seed
    assert plan_for(PushOptions(blind=0.5, seed=9), None, []) == DrawPlan(Fractions(0.5), 9)


def test_who_gets_projects() -> None:
    """Doubling takes all of study.yaml, and so do repeats where several code; blind alone shares; names are resolved."""
    people = [INES, TOM]
    both = ("Ines Falk", "Tom Okafor")
    assert plan_for(PushOptions(double=0.2), None, people).coders == both
    assert plan_for(PushOptions(repeat=0.1), None, people).coders == both
    assert plan_for(PushOptions(repeat=0.1), None, [INES]).coders == ()
    assert plan_for(PushOptions(blind=0.2), None, people).coders == ()
    assert (
        plan_for(PushOptions(coders=("tom okafor", "IF", "ines@example.org")), None, people).coders
        == both[::-1]
    )


@pytest.mark.parametrize(
    ("asked", "people", "words"),
    [
        (PushOptions(double=0.2), [], "there is none"),
        (PushOptions(double=0.2), [INES], "there is only Ines Falk"),
        (PushOptions(double=0.2, coders=("Tom Okafor",)), [INES, TOM], "there is only Tom Okafor"),
        (PushOptions(coders=("Ines Fals",)), [INES, TOM], 'Did you mean "Ines Falk"'),
        (PushOptions(blind=0.9, repeat=0.2), [], "together are 1.1"),
    ],
)
def test_what_cannot_be_done_is_said(asked: PushOptions, people: list[Coder], words: str) -> None:
    """With what to do."""
    with pytest.raises(BadInput, match=words):
        plan_for(asked, None, people)
