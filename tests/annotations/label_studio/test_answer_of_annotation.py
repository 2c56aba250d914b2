"""What an annotation's result says: answers that come back whole, and what is refused."""

from __future__ import annotations

import pytest

from annotations.codebook.files import shipped_codebook
from annotations.errors import BadInput
from annotations.label_studio.answer_of_annotation import answer_of
from annotations.label_studio.controls import controls_that_carry, is_listed

SHIPPED = shipped_codebook("common-framework")
APPLICABLE = [code.id for code in SHIPPED.applicable]


def test_codes_and_controls_that_the_screen_does_not_hold_are_refused() -> None:
    """They may come from an older codebook."""
    name = "f-elements"
    region = {"from_name": name, "value": {"taxonomy": [["x", "gone"]]}}
    with pytest.raises(BadInput, match="gone"):
        answer_of([region], SHIPPED)
    with pytest.raises(BadInput, match="no control"):
        answer_of([{"from_name": "elsewhere", "value": {"choices": [APPLICABLE[0]]}}], SHIPPED)


def test_a_code_is_read_from_today_s_controls_and_from_earlier_ones() -> None:
    """Answers made in the tree of an older screen, in the list and in the boxes come to the same: their union."""
    tree, listed, boxed = [code for code in APPLICABLE if is_listed(code, SHIPPED) and SHIPPED[code].parent][
        :3
    ]
    answer = answer_of(
        [
            {"from_name": "f-elements", "value": {"taxonomy": [[SHIPPED[tree].parent, tree]]}},
            {"from_name": "codes", "value": {"taxonomy": [[listed], [boxed]]}},
            {"from_name": "likely", "value": {"choices": [boxed]}},
            {"from_name": "f-phase", "value": {"choices": ["phase-adoption"]}},
        ],
        SHIPPED,
    )
    assert answer.codes == {tree, listed, boxed, "phase-adoption"}


def test_a_code_with_a_row_of_its_own_is_in_no_list() -> None:
    """Then it was not chosen there by anybody."""
    assert controls_that_carry("phase-adoption", SHIPPED) == {"f-phase"}
    with pytest.raises(BadInput, match="phase-adoption"):
        answer_of([{"from_name": "likely", "value": {"choices": ["phase-adoption"]}}], SHIPPED)


def test_memo_and_the_tick_come_back() -> None:
    """What a coder writes and the explicit "no code applies"."""
    answer = answer_of(
        [
            {"from_name": "memo", "value": {"text": [" a doubt "]}},
            {"from_name": "nothing", "value": {"choices": ["no-code-applies"]}},
        ],
        SHIPPED,
    )
    assert (answer.memo, answer.nothing_applies, answer.codes) == ("a doubt", True, frozenset())


@pytest.mark.parametrize(
    ("alias", "meant"),
    [
        ("influence-plus", "+"),
        ("influence-minus", "-"),
        ("influence-mixed", "mixed"),
        ("influence-none-stated", "none stated"),
    ],
)
def test_influence_and_concrete_example_come_back(alias: str, meant: str) -> None:
    """As a coding keeps them; what is not said is not there."""
    answer = answer_of(
        [
            {"from_name": "influence", "value": {"choices": [alias]}},
            {"from_name": "example", "value": {"choices": ["concrete-example"]}},
        ],
        SHIPPED,
    )
    assert (answer.influence, answer.concrete_example) == (meant, True)
    silent = answer_of([{"from_name": "influence", "value": {"choices": []}}], SHIPPED)
    assert (silent.influence, silent.concrete_example) == (None, False)


def test_an_unknown_influence_is_refused() -> None:
    """It is named, with what is allowed."""
    with pytest.raises(BadInput, match="influence-great"):
        answer_of([{"from_name": "influence", "value": {"choices": ["influence-great"]}}], SHIPPED)
