"""The labelling screen: the configuration (XML) that Label Studio shows a codebook with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from string import Template, digits
from typing import Any
from xml.sax.saxutils import quoteattr

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.label_studio.controls import (
    EXAMPLE,
    INFLUENCE,
    INFLUENCES,
    NOTHING,
    SEGMENT,
    control_name,
    control_of,
    frameworks_shown,
    is_taxonomy,
)

_EXAMPLE_ALIAS = "concrete-example"
_EXAMPLE_HINT = "It is told with something that happened, not only in general."
_MOST_HINT = 600
# on the control itself: there it also drops what is chosen when "no code applies" is ticked
_HIDDEN = (
    f'visibleWhen="choice-unselected" whenTagName="{NOTHING}" whenChoiceValue="Reviewed: no code applies"'
)
_LETTERS = "qwertyuiopasdfghjklzxcvb"  # n is taken by "no code applies"


def label_config(codebook: Codebook) -> str:
    """The labelling configuration (XML) for a codebook. Code ids are the aliases, so names are free to change."""
    hotkeys = iter(digits[1:] + _LETTERS)
    controls = [_control(framework, codebook, hotkeys) for framework in frameworks_shown(codebook)]
    wide = [part for part, is_narrow in controls if not is_narrow]
    narrow = [part for part, is_narrow in controls if is_narrow]
    skeleton = (files("annotations") / "label_studio" / "label_config.xml").read_text("utf-8")
    made = Template(skeleton).substitute(wide="".join(wide), narrow="".join(narrow), manner=_manner(hotkeys))
    # what XML cannot hold, even as an entity
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", made)


def _control(framework: Framework, codebook: Codebook, hotkeys: Any) -> tuple[str, bool]:
    """The control's XML, and whether it is narrow enough to stand beside others."""
    title = f'<View className="tandem-name"><Header value={quoteattr(framework.name)} size="6"/></View>'
    if is_taxonomy(framework):
        nodes = "".join(_node(code, codebook) for code in codebook.children(None, framework.id))
        placeholder = quoteattr(f"{framework.name}: type to search, arrows and Enter to choose")
        return (
            f'<Taxonomy {_HIDDEN} name={quoteattr(control_name(framework))} toName="{SEGMENT}" showFullPath="true" '
            f'pathSeparator=" › " minWidth="520px" maxWidth="900px" dropdownWidth="640px" '
            f"placeholder={placeholder}>{nodes}</Taxonomy>\n"
        ), False
    by_control: dict[str, list[Code]] = {}
    for code in codebook.of_framework(framework.id):
        if code.applicable:
            by_control.setdefault(control_of(code, framework), []).append(code)
    select = "single" if framework.select == "one" else "multiple"
    parts = [_choices(name, its, select, codebook, hotkeys) for name, its in by_control.items()]
    return f"<View>{title}{''.join(parts)}</View>", True


def _choices(name: str, codes: Sequence[Code], select: str, codebook: Codebook, hotkeys: Any) -> str:
    parent = codes[0].parent if select == "multiple" else None
    caption = ""
    if parent:
        caption = f'<View className="tandem-name"><Header value={quoteattr(codebook[parent].name)} size="6"/></View>'
    rows = "".join(
        f"<Choice value={quoteattr(code.name)} alias={quoteattr(code.id)} hint={quoteattr(_hint(code))}{_key(hotkeys)}/>"
        for code in codes
    )
    control = f'<Choices name={quoteattr(name)} toName="{SEGMENT}" choice="{select}" showInline="true"'
    return f'<View className="tandem-type">{caption}{control} {_HIDDEN}>{rows}</Choices></View>'


def _manner(hotkeys: Any) -> str:
    """How what is coded was told: its influence, and whether by a concrete example."""
    influences = "".join(
        f"<Choice value={quoteattr(shown)} alias={quoteattr(alias)} hint={quoteattr(hint)}{_key(hotkeys)}/>"
        for shown, alias, _, hint in INFLUENCES
    )
    example = f'<Choice value="concrete example" alias="{_EXAMPLE_ALIAS}" hint={quoteattr(_EXAMPLE_HINT)}{_key(hotkeys)}/>'
    return (
        f'<Choices name="{INFLUENCE}" toName="{SEGMENT}" choice="single" showInline="true" {_HIDDEN}>{influences}</Choices>'
        f'<Choices name="{EXAMPLE}" toName="{SEGMENT}" choice="single" showInline="true" {_HIDDEN}>{example}</Choices>'
    )


def _key(hotkeys: Any) -> str:
    key = next(hotkeys, None)
    return f' hotkey="{key}"' if key else ""


def _node(code: Code, codebook: Codebook) -> str:
    below = "".join(_node(child, codebook) for child in codebook.children(code.id, code.framework))
    hint = quoteattr(_hint(code))
    # a group that only orders its codes cannot be ticked
    fixed = "" if code.applicable else ' selectable="false"'
    opening = f"<Choice value={quoteattr(code.name)} alias={quoteattr(code.id)} hint={hint}{fixed}"
    return f"{opening}>{below}</Choice>" if below else f"{opening}/>"


def _hint(code: Code) -> str:
    parts = [code.definition]
    if code.use_when:
        parts.append(f"Use when: {code.use_when}")
    if code.do_not_use_when:
        parts.append(f"Not when: {code.do_not_use_when}")
    text = " ".join(filter(None, parts)) or code.name
    return text if len(text) <= _MOST_HINT else text[: _MOST_HINT - 2] + " …"
