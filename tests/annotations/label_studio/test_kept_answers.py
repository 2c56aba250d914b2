"""A screen keeps the choices that somebody has made on it."""

from __future__ import annotations

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.label_studio.controls import (
    LIKELY,
    OTHERS,
    can_be_marked,
    can_be_shown,
    control_of_retired,
    controls_that_carry,
)
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
    named = with_answers(SCREEN, {"others": {"old"}}, {"old": "Old habits · Culture"})
    assert '<Choice value="Old habits · Culture (no longer offered)" alias="old"/>' in named
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


def _book(listed: int, *, statuses: int = 2) -> Codebook:
    """Codes in a list, the first of them retired, and a type with statuses, the first of them retired too."""
    codes = [Code(f"c{at}", f"C{at}", "f", f"F/C{at}", applicable=at > 0) for at in range(listed)]
    type_of = Code("type", "Type", "a", "A/Type", applicable=False)
    its = [
        Code(f"s{at}", f"S{at}", "a", f"A/Type/S{at}", parent="type", applicable=at > 0)
        for at in range(statuses)
    ]
    frameworks = (Framework("f", "F"), Framework("a", "A", role="assimilation"))
    return Codebook("B", frameworks, (*codes, type_of, *its))


def test_an_answer_with_a_retired_code_has_a_place_on_the_screen() -> None:
    """In the list or in its row, so that a coder's work is carried to the other view; else all of it would be missing."""
    book = _book(20)
    assert control_of_retired("c0", book) == OTHERS
    assert control_of_retired("s0", book) == "f-a-type"
    assert [control_of_retired(code, book) for code in ("c1", "type", "lost")] == [None] * 3
    for said in (["c0", "c1"], ["s0"], []):
        assert can_be_marked(said, book)
        assert can_be_shown(said, book)
    for said in (["lost"], ["c1", "type"]):
        assert not can_be_marked(said, book)
        assert not can_be_shown(said, book)


def test_a_row_or_box_that_is_gone_is_no_place() -> None:
    """The last status of a type; and where few codes are boxes of each task's data, on the screen of passages."""
    assert control_of_retired("s0", _book(20, statuses=1)) is None
    few = _book(5)
    assert control_of_retired("c0", few) == LIKELY
    assert can_be_marked(["c0"], few)
    assert not can_be_shown(["c0"], few)
    assert can_be_shown(["c1", "s0"], few)
