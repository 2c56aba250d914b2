"""The labelling screen: the configuration (XML) that Label Studio shows a codebook with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from importlib.resources import files
from string import Template
from xml.sax.saxutils import quoteattr

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.label_studio.controls import (
    CODES,
    EXAMPLE,
    INFLUENCE,
    INFLUENCES,
    LIKELY,
    NOTHING,
    SEGMENT,
    all_in_boxes,
    control_name,
    control_of,
    frameworks_shown,
    is_taxonomy,
    listed_codes,
    listed_frameworks,
)
from annotations.label_studio.listed_names import hint_of, in_list_order, listed_name
from annotations.label_studio.task_data import BOXES

EXAMPLE_ALIAS = "concrete-example"
NO_CODE_ALIAS = "no-code-applies"  # as in label_config.xml
EXAMPLE_HINT = "It is told with something that happened, not only in general."
_WHEN = f'whenTagName="{NOTHING}" whenChoiceValue="Reviewed: no code applies"'
# on the control itself: there it also drops what is chosen when "no code applies" is ticked
_HIDDEN = f'visibleWhen="choice-unselected" {_WHEN}'
# with the list open Enter acts on the list: Ctrl+Enter would take away what was chosen last
_CLOSE = "Click beside the list to close it; then Ctrl+Enter submits."
_OPEN = f'<View className="tandem-open"><Header value="{_CLOSE}" size="6"/></View>'
# the digits are those of the likely codes; n is taken by "no code applies"
_LETTERS = "qwertyuiopasdfghjklzxcvb"


def label_config(codebook: Codebook, kept: Collection[str] = ()) -> str:
    """The labelling configuration (XML) for a codebook. Code ids are the aliases, so names are free to change.

    ``kept``: the names of controls in which coders of an open project have answered. Those that the screen has no
    longer stay on it where they hold an answer, so that it is read, shown with its names, and can be taken back.
    """
    keys = iter(_LETTERS)
    rows = "".join(
        row_of(framework, codebook, keys, around=_HIDDEN, answers=f'toName="{SEGMENT}" {_HIDDEN}')
        for framework in frameworks_shown(codebook)
        if not is_taxonomy(framework)
    )
    asks_influence = codebook.influence or bool({INFLUENCE, EXAMPLE} & set(kept))
    skeleton = (files("annotations") / "label_studio" / "label_config.xml").read_text("utf-8")
    made = Template(skeleton).substitute(
        likely=_likely(codebook),
        listed=_list(codebook),
        earlier="".join(_earlier(framework, codebook, kept) for framework in listed_frameworks(codebook)),
        rows=rows,
        manner=_manner(keys) if asks_influence else "",
    )
    # what XML cannot hold, even as an entity
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", made)


def _likely(codebook: Codebook) -> str:
    if not listed_codes(codebook):
        return ""
    said = "" if all_in_boxes(codebook) else caption("Most likely codes")
    manner = f'choice="multiple" value="${BOXES}" layout="vertical"'
    boxes = f'<Choices name="{LIKELY}" toName="{SEGMENT}" {manner} {_HIDDEN}/>'
    # of a view of its own: Label Studio's own check refuses it beside other choices
    return f'<View className="tandem-likely" {_HIDDEN}>{said}<View>{boxes}</View></View>'


def _list(codebook: Codebook) -> str:
    """One list without levels: in a tree the search finds groups first, and Enter would take them."""
    if all_in_boxes(codebook):
        return ""
    choices = "".join(choice(code, listed_name(code.id, codebook)) for code in in_list_order(codebook))
    return (
        f'<View className="tandem-other" {_HIDDEN}>{caption("Any other code")}{_OPEN}</View>'
        f'<Taxonomy {_HIDDEN} name="{CODES}" toName="{SEGMENT}" minWidth="380px" maxWidth="500px" dropdownWidth="500" '
        f'placeholder="Type a part of its name, wait, ↓, Enter">{choices}</Taxonomy>\n'
    )


def _earlier(framework: Framework, codebook: Codebook, kept: Collection[str]) -> str:
    """The tree in which coders of an open project have answered; it is seen only where it holds an answer."""
    name = control_name(framework)
    if name not in kept:
        return ""
    nodes = "".join(_node(code, codebook) for code in codebook.children(None, framework.id))
    return (
        f'<View className="tandem-earlier"><Taxonomy {_HIDDEN} name={quoteattr(name)} toName="{SEGMENT}" '
        f'showFullPath="true" pathSeparator=" › " minWidth="380px" maxWidth="500px" dropdownWidth="500" '
        f'placeholder="Chosen before">{nodes}</Taxonomy></View>\n'
    )


def row_of(
    framework: Framework, codebook: Codebook, keys: Iterator[str], *, around: str, answers: str
) -> str:
    """A framework with a row of boxes, or with a row for each of its types.

    ``around``: the attributes of the views; ``answers``: those of the controls, which say what they answer about.
    """
    by_control: dict[str, list[Code]] = {}
    for code in codebook.of_framework(framework.id):
        if code.applicable:
            by_control.setdefault(control_of(code, framework), []).append(code)
    select = "single" if framework.select == "one" else "multiple"
    parts = [f"<View {around}>{caption(framework.name)}</View>"]
    for name, codes in by_control.items():
        parent = codes[0].parent if select == "multiple" else None
        said = "" if parent is None else beside(codebook[parent].name)
        boxes = "".join(choice(code, code.name, keys) for code in codes)
        control = f'<Choices name={quoteattr(name)} {answers} choice="{select}" showInline="true">'
        parts.append(
            f'<View className="tandem-row" {around}>{said}<View>{control}{boxes}</Choices></View></View>\n'
        )
    return "".join(parts)


def _manner(keys: Iterator[str]) -> str:
    """How what is coded was told: its influence, and whether by a concrete example."""
    influences = "".join(
        f"<Choice value={quoteattr(shown)} alias={quoteattr(alias)} hint={quoteattr(hint)}{_key(keys)}/>"
        for shown, alias, _, hint in INFLUENCES
    )
    example = f'<Choice value="concrete example" alias="{EXAMPLE_ALIAS}" hint={quoteattr(EXAMPLE_HINT)}{_key(keys)}/>'
    kind = f'toName="{SEGMENT}" choice="single" showInline="true" {_HIDDEN}'
    return (
        f'<View className="tandem-row" {_HIDDEN}>'
        f"{beside('Influence')}"
        f'<View><Choices name="{INFLUENCE}" {kind}>{influences}</Choices></View>'
        f'<View><Choices name="{EXAMPLE}" {kind}>{example}</Choices></View></View>'
    )


def caption(said: str) -> str:
    """A name above what belongs to it."""
    return f'<View className="tandem-name"><Header value={quoteattr(said)} size="6"/></View>'


def beside(said: str) -> str:
    """A name beside what belongs to it."""
    return f'<View className="tandem-type"><Header value={quoteattr(said)} size="6"/></View>'


def choice(code: Code, name: str, keys: Iterator[str] | None = None) -> str:
    """A code to choose; ``keys``: where its key comes from."""
    key = "" if keys is None else _key(keys)
    return (
        f"<Choice value={quoteattr(name)} alias={quoteattr(code.id)} hint={quoteattr(hint_of(code))}{key}/>"
    )


def _key(keys: Iterator[str]) -> str:
    key = next(keys, None)
    return f' hotkey="{key}"' if key else ""


def _node(code: Code, codebook: Codebook) -> str:
    below = "".join(_node(child, codebook) for child in codebook.children(code.id, code.framework))
    # a group that only orders its codes cannot be ticked
    fixed = "" if code.applicable else ' selectable="false"'
    opening = f"<Choice value={quoteattr(code.name)} alias={quoteattr(code.id)} hint={quoteattr(hint_of(code))}{fixed}"
    return f"{opening}>{below}</Choice>" if below else f"{opening}/>"
