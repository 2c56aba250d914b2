"""The labelling screen: a configuration that Label Studio reads, every code once."""

from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import Element, fromstring

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.codebook.files import shipped_codebook
from annotations.label_studio.screen import label_config

SHIPPED = shipped_codebook("common-framework")
INFLUENCES = ("plus", "minus", "mixed", "none-stated")
APPLICABLE = [code.id for code in SHIPPED.applicable]
EVIL = '<img src=x onerror="alert(1)"> & <b>"so"</b>'


def _tree(codebook: Codebook) -> Element:
    return fromstring(label_config(codebook))  # noqa: S314 - our own


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


def test_marks_that_xml_cannot_hold_are_left_out() -> None:
    """A control character from a spreadsheet does not spoil the whole configuration."""
    book = Codebook(
        name="C",
        frameworks=(Framework("f", "F"),),
        codes=(Code("a", "A\x0b", "f", "F/A", definition="x\x01y"),),
    )
    (choice,) = [c for c in _tree(book).iter("Choice") if c.get("alias") == "a"]
    assert (choice.get("value"), choice.get("hint")) == ("A", "xy")


def test_influence_and_example_are_offered_once() -> None:
    """One of four, and a tick that can be taken away again; not told apart from codes by any alias."""
    by_name = {element.get("name"): element for element in _tree(SHIPPED).iter("Choices")}
    assert [choice.get("value") for choice in by_name["influence"]] == ["+", "−", "mixed", "none stated"]
    assert {by_name[name].get("choice") for name in ("influence", "example")} == {"single"}
    aliases = [choice.get("alias") for choice in _tree(SHIPPED).iter("Choice")]
    assert len(set(aliases)) == len(aliases)
