"""What coders answer with: a configuration that Label Studio reads, and answers that come back whole."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.codebook.files import shipped_codebook
from annotations.coding import Suggestion
from annotations.errors import BadInput
from annotations.label_studio.screen import (
    answer_of,
    control_names,
    label_config,
    prediction,
)

SHIPPED = shipped_codebook("common-framework")
INFLUENCES = ("plus", "minus", "mixed", "none-stated")
APPLICABLE = [code.id for code in SHIPPED.applicable]
EVIL = '<img src=x onerror="alert(1)"> & <b>"so"</b>'


def _tree(codebook: Codebook) -> Element:
    return fromstring(label_config(codebook))  # noqa: S314 - our own


def _suggestion(code: str, probability: float, *, suggested: bool = True) -> Suggestion:
    return Suggestion(uuid4(), code, probability, 0.5, suggested, "v1")


def test_every_code_that_may_be_applied_is_there_once() -> None:
    """Aliases are the codes' ids; groups that only order others cannot be ticked."""
    choices = list(_tree(SHIPPED).iter("Choice"))
    offered = Counter(choice.get("alias") for choice in choices if choice.get("selectable") != "false")
    assert {code: offered[code] for code in APPLICABLE} == dict.fromkeys(APPLICABLE, 1)
    others = {alias for alias in offered if alias not in set(APPLICABLE)}
    assert others == {"no-code-applies", "concrete-example", *(f"influence-{way}" for way in INFLUENCES)}
    groups = {choice.get("alias") for choice in choices if choice.get("selectable") == "false"}
    assert not groups & set(APPLICABLE)


def test_hotkeys_and_names_are_used_once() -> None:
    """Two controls with one name, or one key for two codes, would lose an answer in silence."""
    tree = _tree(SHIPPED)
    keys = Counter(choice.get("hotkey") for choice in tree.iter("Choice") if choice.get("hotkey"))
    names = Counter(e.get("name") for e in tree.iter() if e.get("toName"))
    assert set(keys.values()) == {1}
    assert set(names.values()) == {1}
    assert keys["n"] == 1


def test_each_assimilation_type_is_a_line_of_its_own() -> None:
    """Four types with their statuses, several of which may apply."""
    controls = [
        choices
        for choices in _tree(SHIPPED).iter("Choices")
        if {"occurring", "at risk", "resisted"} == {(c.get("value") or "").lower() for c in choices}
    ]
    assert len(controls) == 4
    assert {control.get("choice") for control in controls} == {"multiple"}


def test_of_the_phases_one_may_be_chosen() -> None:
    """A framework of which one code applies is a single choice."""
    (phase,) = [
        choices
        for choices in _tree(SHIPPED).iter("Choices")
        if any(c.get("alias") == "phase-adoption" for c in choices)
    ]
    assert phase.get("choice") == "single"


def test_no_code_applies_hides_what_contradicts_it() -> None:
    """Every control for codes goes away when the box is ticked; the box itself and the memo stay."""
    controls = {element.get("name"): element for element in _tree(SHIPPED).iter() if element.get("toName")}
    assert controls.keys() > {"f-elements", "f-phase", "nothing", "memo"}
    hides = ("choice-unselected", "nothing")
    for name, element in controls.items():
        rule = (element.get("visibleWhen"), element.get("whenTagName"))
        assert (rule == hides) == (name not in ("nothing", "memo")), name


def test_a_codebook_with_evil_names_is_still_a_configuration() -> None:
    """Marks of XML in names and definitions are text."""
    book = Codebook(
        name="Evil",
        frameworks=(
            Framework("f", EVIL),
            Framework("p", "P", role="phase", select="one"),
            Framework(EVIL, "I"),
        ),
        codes=(
            Code("a", EVIL, "f", f"F/{EVIL}", definition=EVIL),
            Code("b", "B", "p", "P/B", definition="]]>" + EVIL),
            Code("c", "C", EVIL, "I/C"),
        ),
    )
    assert f"f-{EVIL}" in {control.get("name") for control in _tree(book).iter("Taxonomy")}
    hints = {choice.get("alias"): choice.get("hint") for choice in _tree(book).iter("Choice")}
    assert hints["a"] == EVIL
    assert hints["b"] == "]]>" + EVIL


@given(st.lists(st.sampled_from(APPLICABLE), unique=True, max_size=12))
def test_what_is_suggested_comes_back_as_the_answer(codes: list[str]) -> None:
    """A prediction that a coder accepts as it is says exactly the suggested codes."""
    made = prediction([_suggestion(code, 0.7) for code in codes], SHIPPED, version="v1")
    answer = answer_of(made["result"], SHIPPED)
    assert answer.codes == set(codes)
    assert not answer.nothing_applies
    assert len({region["from_name"] for region in made["result"]}) == len(made["result"])


def test_only_what_is_suggested_is_filled_in() -> None:
    """Codes under their threshold are judged, stored and not shown; the score is the least sure one's."""
    found = [_suggestion(APPLICABLE[0], 0.9), _suggestion(APPLICABLE[1], 0.6)]
    hidden = _suggestion(APPLICABLE[2], 0.2, suggested=False)
    made = prediction([*found, hidden], SHIPPED, version="tandem v7")
    assert answer_of(made["result"], SHIPPED).codes == set(APPLICABLE[:2])
    assert (made["score"], made["model_version"]) == (0.6, "tandem v7")
    assert prediction([hidden], SHIPPED, version="v")["result"] == []


def test_codes_that_the_configuration_does_not_hold_are_refused() -> None:
    """Label Studio would drop them in silence, in either direction."""
    with pytest.raises(BadInput, match="gone"):
        prediction([_suggestion("gone", 0.9)], SHIPPED, version="v")
    name = control_names(SHIPPED)[APPLICABLE[0]]
    region = {"from_name": name, "value": {"taxonomy": [["x", "gone"]]}}
    with pytest.raises(BadInput, match="gone"):
        answer_of([region], SHIPPED)
    with pytest.raises(BadInput, match="no control"):
        answer_of([{"from_name": "elsewhere", "value": {"choices": [APPLICABLE[0]]}}], SHIPPED)


def test_every_region_has_an_id_of_its_own() -> None:
    """Also where controls' names begin alike, as those of the assimilation types do."""
    made = prediction([_suggestion(code, 0.7) for code in APPLICABLE], SHIPPED, version="v1")
    ids = [region["id"] for region in made["result"]]
    assert len(set(ids)) == len(ids)


def test_marks_that_xml_cannot_hold_are_left_out() -> None:
    """A control character from a spreadsheet does not spoil the whole configuration."""
    book = Codebook(
        name="C",
        frameworks=(Framework("f", "F"),),
        codes=(Code("a", "A\x0b", "f", "F/A", definition="x\x01y"),),
    )
    (choice,) = [c for c in _tree(book).iter("Choice") if c.get("alias") == "a"]
    assert (choice.get("value"), choice.get("hint")) == ("A", "xy")


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


def test_influence_and_example_are_offered_once() -> None:
    """One of four, and a tick that can be taken away again; not told apart from codes by any alias."""
    by_name = {element.get("name"): element for element in _tree(SHIPPED).iter("Choices")}
    assert [choice.get("value") for choice in by_name["influence"]] == ["+", "−", "mixed", "none stated"]
    assert {by_name[name].get("choice") for name in ("influence", "example")} == {"single"}
    aliases = [choice.get("alias") for choice in _tree(SHIPPED).iter("Choice")]
    assert len(set(aliases)) == len(aliases)
