"""A screen keeps the choices that somebody has made on it."""

from __future__ import annotations

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.label_studio.controls import OTHERS, controls_that_carry
from annotations.label_studio.kept_answers import with_answers

SCREEN = (
    '<View><Choices name="likely" value="$boxes"/><Choices name="others" toName="s">'
    '<Choice value="Cost" alias="cost"/></Choices></View>'
)


def test_a_code_that_was_chosen_and_retired_keeps_a_choice() -> None:
    """What is there is not doubled; boxes of a task's data and controls that are gone need none."""
    kept = with_answers(SCREEN, {"others": {"cost", "old"}, "likely": {"rare"}, "lost": {"rare"}})
    assert kept == SCREEN.replace(
        "</Choices></View>", '<Choice value="old (no longer offered)" alias="old"/></Choices></View>'
    )
    assert with_answers(SCREEN, {"others": {"cost"}}) == SCREEN
    assert with_answers(SCREEN, {}) == SCREEN


def test_a_retired_code_is_still_what_a_coder_has_said() -> None:
    """An answer that is read again after the code was retired stands; headings were never to be chosen."""
    codes = [Code(f"c{at}", f"C{at}", "f", f"F/C{at}", applicable=at > 1) for at in range(20)]
    codes[2] = Code("c2", "C2", "f", "F/C0/C2", parent="c0")
    book = Codebook("B", (Framework("f", "F"),), tuple(codes))
    assert OTHERS in controls_that_carry("c1", book)
    assert controls_that_carry("c0", book) == frozenset()
    assert controls_that_carry("lost", book) == frozenset()
