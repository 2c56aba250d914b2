"""How the styles of an OpenDocument text look, with those that they are made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotations.readers.looks import HIDDEN, PLAIN, STRUCK, Looks

_DEEPEST = 20
_PLAIN_COLOURS = ("", "#000000", "transparent")


def looks_of_styles(opened: Any) -> Mapping[str, Looks]:
    """The looks by a style's name. A style that people chose is a look itself; those that the program makes for single
    paragraphs are only what they change.
    """
    own: dict[str, Looks] = {}
    parents: dict[str, str] = {}
    for part in ("styles.xml", "content.xml"):
        if part not in opened.parts:
            continue
        for style in opened.get_part(part).get_elements("//style:style"):
            name = str(style.get_attribute("style:name"))
            automatic = style.parent is not None and style.parent.tag == "office:automatic-styles"
            own[name] = _own(style) | (PLAIN if automatic else {f"style {name}"})
            parents[name] = str(style.get_attribute("style:parent-style-name"))
    return {name: _with_parents(name, own, parents) for name in own}


def _with_parents(name: str, own: Mapping[str, Looks], parents: Mapping[str, str]) -> Looks:
    looks, depth = PLAIN, 0
    while name in own and depth < _DEEPEST:
        looks |= own[name]
        name, depth = parents[name], depth + 1
    return looks


def _own(style: Any) -> Looks:
    looks = set()
    for properties in style.children:
        given = properties.get_attribute
        if properties.tag == "style:text-properties":
            weight = str(given("fo:font-weight") or "")
            if weight == "bold" or weight in ("600", "700", "800", "900"):
                looks.add("bold")
            if given("fo:font-style") in ("italic", "oblique"):
                looks.add("italic")
            if (given("style:text-underline-style") or "none") != "none":
                looks.add("underlined")
            if (
                given("style:text-line-through-style") or given("style:text-line-through-type") or "none"
            ) != "none":
                looks.add(STRUCK)
            if given("text:display") == "none":
                looks.add(HIDDEN)
            looks |= {
                f"color {value}"
                for key in ("fo:color", "fo:background-color")
                if (value := str(given(key) or "")) not in _PLAIN_COLOURS
            }
        elif properties.tag == "style:paragraph-properties":
            left = str(given("fo:margin-left") or "")
            if left.strip("0.") not in ("", "in", "cm", "mm", "pt"):
                looks.add(f"indent {left}")
    return frozenset(looks)
