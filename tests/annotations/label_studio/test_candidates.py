"""Boxes for the most likely codes: which, in what order, which of them ticked."""

from __future__ import annotations

from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.codebook.files import shipped_codebook
from annotations.coding import Suggestion
from annotations.label_studio.answer_of_annotation import answer_of
from annotations.label_studio.candidates import (
    Candidates,
    boxes_in_task,
    candidates,
    codes_in_boxes,
    no_candidates,
)
from annotations.label_studio.controls import is_listed
from annotations.label_studio.predicted_answer import prediction

SHIPPED = shipped_codebook("common-framework")
LISTED = [code.id for code in SHIPPED.applicable if is_listed(code.id, SHIPPED)]
ALL = dict.fromkeys((code.id for code in SHIPPED.applicable), 0.3)


def small_codebook() -> Codebook:
    """Eight codes in three frameworks."""
    frameworks = tuple(Framework(f"f{at}", f"Topic {at}") for at in range(3))
    codes = tuple(Code(f"c{at}", f"Code {at}", f"f{at % 3}", f"Topic {at % 3}/Code {at}") for at in range(8))
    return Codebook("Small", frameworks, tuple(sorted(codes, key=lambda code: code.framework)))


def _said(code: str, probability: float, *, suggested: bool = True) -> Suggestion:
    return Suggestion(uuid4(), code, probability, 0.2, suggested, "v1")


def _of(*said: Suggestion, codebook: Codebook = SHIPPED, **more: object) -> Candidates:
    cuts = more.get("cuts", ALL)
    assert isinstance(cuts, dict)
    return candidates(said, codebook, cuts, with_odds=bool(more.get("with_odds", True)))


def test_sure_ones_are_ticked_and_doubtful_ones_offered_in_order() -> None:
    """What is suggested comes first, then what comes next, five boxes in all, each with its odds."""
    found = _of(
        _said(LISTED[0], 0.25),
        _said(LISTED[1], 0.92),
        *(_said(code, 0.2 - at / 50, suggested=False) for at, code in enumerate(LISTED[2:8])),
    )
    assert [one.code for one in found.boxes] == [LISTED[1], LISTED[0], *LISTED[2:5]]
    assert [one.ticked for one in found.boxes] == [True, False, False, False, False]
    assert [one.odds for one in found.boxes][:3] == ["9 in 10", "2 in 10", "2 in 10"]
    assert found.offered == tuple(one.code for one in found.boxes)
    assert found.ticked == (LISTED[1],)


def test_a_code_that_has_not_shown_to_be_right_is_never_ticked() -> None:
    """However sure the model is."""
    found = _of(_said(LISTED[0], 0.99), cuts={})
    assert (found.ticked, found.offered) == ((), (LISTED[0],))


def test_what_is_hardly_possible_gets_no_box() -> None:
    """It would only be one more thing to read."""
    assert _of(_said(LISTED[0], 0.04, suggested=False)).nothing


def test_a_model_of_words_alone_offers_what_it_suggests_without_odds() -> None:
    """Its numbers are no probabilities, so nothing follows from one that is not suggested."""
    found = _of(_said(LISTED[0], 0.8), _said(LISTED[1], 0.7, suggested=False), cuts={}, with_odds=False)
    assert [(one.code, one.odds) for one in found.boxes] == [(LISTED[0], "")]


def test_codes_with_rows_of_their_own_are_ticked_there() -> None:
    """A phase has its box already; a second one could contradict it."""
    found = _of(_said("phase-adoption", 0.9), _said("phase-assimilation", 0.4, suggested=False))
    assert (found.boxes, found.in_rows) == ((), ("phase-adoption",))
    made = prediction(found, SHIPPED, version="v")
    assert [region["from_name"] for region in made.regions] == ["f-phase"]


def test_a_small_codebook_has_a_box_for_every_code_in_one_order() -> None:
    """Fingers learn the keys; a passage without likely codes and a blind one look alike."""
    book = small_codebook()
    order = [code.id for code in book.applicable]
    cuts = dict.fromkeys(order, 0.3)
    found = candidates([_said("c7", 0.9), _said("c2", 0.1, suggested=False)], book, cuts, with_odds=True)
    assert [one.code for one in found.boxes] == order
    assert found.offered == ("c7", "c2")
    nothing = candidates([_said("c7", 0.01, suggested=False)], book, cuts, with_odds=True)
    assert boxes_in_task(nothing, book) == boxes_in_task(no_candidates(book), book)
    assert nothing.nothing
    assert no_candidates(SHIPPED) == Candidates()


def test_every_box_has_a_key_a_name_and_its_meaning() -> None:
    """As Label Studio takes them; the key is the box's place."""
    boxes = boxes_in_task(_of(_said(LISTED[1], 0.9), _said(LISTED[2], 0.8)), SHIPPED)
    assert [box["hotkey"] for box in boxes] == ["1", "2"]
    assert [box["alias"] for box in boxes] == LISTED[1:3]
    assert boxes[0]["value"].startswith(SHIPPED[LISTED[1]].name)
    assert SHIPPED[LISTED[1]].definition in boxes[0]["hint"]
    assert codes_in_boxes(boxes) == set(LISTED[1:3])
    assert codes_in_boxes("[]") == codes_in_boxes(None) == frozenset()


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from([*ALL, "gone"]), st.floats(0, 1), st.booleans()),
        unique_by=lambda one: one[0],
        max_size=30,
    )
)
def test_what_is_ticked_has_a_box_or_a_row_and_comes_back_as_the_answer(
    said: list[tuple[str, float, bool]],
) -> None:
    """At most nine boxes, what is ticked is suggested, and a coder who accepts says just that."""
    found = _of(*(_said(code, chance, suggested=yes) for code, chance, yes in said))
    assert len(found.boxes) <= 9
    assert set(found.ticked) <= {code for code, chance, yes in said if yes and chance >= 0.3}
    made = prediction(found, SHIPPED, version="v", among=codes_in_boxes(boxes_in_task(found, SHIPPED)))
    assert answer_of(made.regions, SHIPPED).codes == set(found.ticked)
    assert len({region["id"] for region in made.regions}) == len(made.regions)
