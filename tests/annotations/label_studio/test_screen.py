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
NO_KEY = "ctrl+alt+shift+f19"
EVIL = '<img src=x onerror="alert(1)"> & <b>"so"</b>'


def _tree(codebook: Codebook) -> Element:
    return fromstring(label_config(codebook))  # noqa: S314 - our own


def test_every_code_that_may_be_applied_is_there_once() -> None:
    """Aliases are the codes' ids; groups that only order others are not there."""
    choices = list(_tree(SHIPPED).iter("Choice"))
    offered = Counter(choice.get("alias") for choice in choices)
    assert {code: offered[code] for code in APPLICABLE} == dict.fromkeys(APPLICABLE, 1)
    others = {alias for alias in offered if alias not in set(APPLICABLE)}
    assert others == {
        "no-code-applies",
        "concrete-example",
        "not-submitted",
        *(f"influence-{way}" for way in INFLUENCES),
    }


def test_a_memo_says_when_it_is_kept() -> None:
    """Label Studio puts what is typed there into no draft: it is gone if the page is left before it is submitted."""
    (memo,) = _tree(SHIPPED).iter("TextArea")
    assert "kept when you submit" in memo.get("placeholder", "")


def test_hotkeys_and_names_are_used_once() -> None:
    """Two controls with one name, or one key for two codes, would lose an answer in silence."""
    tree = _tree(SHIPPED)
    # the codes behind the search have a key that no keyboard has, or Label Studio would give them letters
    keys = Counter(
        one.get("hotkey") for one in tree.iter() if one.get("hotkey") and one.get("hotkey") != NO_KEY
    )
    names = Counter(e.get("name") for e in tree.iter() if e.get("toName"))
    assert set(keys.values()) == {1}
    assert not set(keys) & set("123456789")  # those of the likely codes
    assert set(names.values()) == {1}
    assert keys["n"] == keys["m"] == 1
    (behind,) = [one for one in tree.iter("Choices") if one.get("name") == "others"]
    assert {choice.get("hotkey") for choice in behind} == {NO_KEY}


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
    tree = _tree(SHIPPED)
    controls = {one.get("name"): one for one in tree.iter() if one.get("toName") and one.tag != "Filter"}
    assert controls.keys() > {"likely", "others", "f-phase", "nothing", "memo"}
    hides = ("choice-unselected", "nothing")
    for name, element in controls.items():
        rule = (element.get("visibleWhen"), element.get("whenTagName"))
        assert (rule == hides) == (name not in ("nothing", "memo")), name


def test_no_caption_stays_without_its_codes() -> None:
    """Each stands in a view that goes with them."""
    captions = [
        view for view in _tree(SHIPPED).iter("View") if view.get("visibleWhen") and list(view.iter("Header"))
    ]
    said = {header.get("value") for view in captions for header in view.iter("Header")}
    assert said == {
        *(
            "Most likely codes, where any are suggested",
            "Any other code",
            "Phase",
            "Assimilation",
            "Influence",
        ),
        "Enter takes the first one found. To submit, click beside the search first.",
        *(code.name for code in SHIPPED.of_framework("assimilation") if not code.applicable),
    }


def test_the_search_finds_codes_by_their_names_and_groups() -> None:
    """One list without levels: in a tree a search finds the group first, and Enter would take it. What stands first is no
    code: Enter, and Ctrl+Enter, take it in a search without words.
    """
    tree = _tree(SHIPPED)
    (find,) = tree.iter("Filter")
    (listed,) = [one for one in tree.iter("Choices") if one.get("name") == find.get("toName")]
    assert not list(tree.iter("Taxonomy"))
    assert all(not list(choice) for choice in listed)
    assert listed[0].get("alias") == "not-submitted"
    shown = {choice.get("alias"): choice.get("value") for choice in listed}
    assert (
        shown["internal-context-readiness-and-climate"]
        == "Readiness and climate for change · Internal context"
    )


def test_a_small_codebook_needs_no_list_and_no_influence() -> None:
    """Its codes are all boxes, named by the task; nobody is asked for what the codebook does not ask."""
    frameworks = tuple(Framework(f"f{at}", f"Topic {at}") for at in range(3))
    codes = tuple(Code(f"c{at}", f"Code {at}", f"f{at % 3}", f"Topic/Code {at}") for at in range(8))
    tree = _tree(Codebook("Small", frameworks, codes))
    assert not list(tree.iter("Filter"))
    names = [control.get("name") for control in tree.iter("Choices")]
    assert names == ["likely", "nothing"]
    assert next(tree.iter("Choices")).get("value") == "$candidates"


def test_what_coders_of_an_open_project_have_answered_keeps_its_control() -> None:
    """The tree of an earlier screen stays where it was used, with its names and paths, and so does influence."""
    book = Codebook(
        "B",
        (Framework("f", "F"), Framework("g", "G")),
        (
            Code("top", "Top", "f", "F/Top"),
            Code("low", "Low", "f", "F/Top/Low", parent="top"),
            Code("x", "X", "g", "G/X"),
        ),
    )
    plain = {element.get("name") for element in _tree(book).iter() if element.get("toName")}
    used = fromstring(label_config(book, {"f-f", "influence", "memo", "f-gone"}))  # noqa: S314 - our own
    kept = {element.get("name"): element for element in used.iter() if element.get("toName")}
    assert kept.keys() - plain == {"f-f", "influence", "example"}
    (top,) = kept["f-f"]
    assert [(top.get("alias"), top.get("value")), *((c.get("alias"), c.get("value")) for c in top)] == [
        ("top", "Top"),
        ("low", "Low"),
    ]


def test_the_list_of_an_earlier_screen_stays_where_it_was_used() -> None:
    """Its answers are shown with their names; others are chosen by the search."""
    used = fromstring(label_config(SHIPPED, {"codes"}))  # noqa: S314 - our own
    (earlier,) = used.iter("Taxonomy")
    assert earlier.get("name") == "codes"
    assert len(list(used.iter("Filter"))) == 1
    codebook = Codebook("Small", (Framework("f", "F"),), (Code("a", "A", "f", "F/A"),))
    small = fromstring(label_config(codebook, {"others"}))  # noqa: S314 - our own
    assert "others" in {one.get("name") for one in small.iter("Choices")}


def _many(codes: list[Code], frameworks: tuple[Framework, ...]) -> Codebook:
    """With so many others that there is a list."""
    more = [Code(f"more-{at}", f"More {at}", "f", f"F/More {at}") for at in range(10)]
    return Codebook(name="Evil", frameworks=frameworks, codes=(*codes, *more))


def test_a_codebook_with_evil_names_is_still_a_configuration() -> None:
    """Marks of XML in names and definitions are text."""
    book = _many(
        [
            Code("a", EVIL, "f", f"F/{EVIL}", definition=EVIL),
            Code("b", "B", EVIL, "P/B", definition="]]>" + EVIL),
        ],
        (Framework("f", EVIL), Framework(EVIL, "P", role="phase", select="one")),
    )
    assert f"f-{EVIL}" in {control.get("name") for control in _tree(book).iter("Choices")}
    hints = {choice.get("alias"): choice.get("hint") for choice in _tree(book).iter("Choice")}
    assert hints["a"] == EVIL
    assert hints["b"] == "]]>" + EVIL


def test_marks_that_xml_cannot_hold_are_left_out() -> None:
    """A control character from a spreadsheet does not spoil the whole configuration."""
    book = _many([Code("a", "A\x0b", "f", "F/A", definition="x\x01y")], (Framework("f", "F"),))
    (choice,) = [c for c in _tree(book).iter("Choice") if c.get("alias") == "a"]
    assert (choice.get("value"), choice.get("hint")) == ("A", "xy")


def test_influence_and_example_are_offered_once() -> None:
    """One of four, and a tick that can be taken away again; not told apart from codes by any alias."""
    by_name = {element.get("name"): element for element in _tree(SHIPPED).iter("Choices")}
    assert [choice.get("value") for choice in by_name["influence"]] == ["+", "−", "mixed", "none stated"]
    assert {by_name[name].get("choice") for name in ("influence", "example")} == {"single"}
    aliases = [choice.get("alias") for choice in _tree(SHIPPED).iter("Choice")]
    assert len(set(aliases)) == len(aliases)
