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
    FIND,
    INFLUENCE,
    INFLUENCES,
    LIKELY,
    NOT_SUBMITTED,
    NOTHING,
    OTHERS,
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
# In the search Ctrl+Enter is Enter to Label Studio; without words there Enter takes what stands first, which is no code
_CLOSE = "Enter takes the first one found. To submit, click beside the search first."
_OPEN = f'<View className="tandem-open"><Header value="{_CLOSE}" size="6"/></View>'
_NONE = f'<Choice value="⏎" alias="{NOT_SUBMITTED}" hotkey="{{key}}"/>'
# every choice has a key, or Label Studio gives it a letter; one that no keyboard has stands for none
_NO_KEY = "ctrl+alt+shift+f19"
# the digits are those of the likely codes; n is taken by "no code applies", m by the search
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
        listed=_list(codebook, kept),
        earlier="".join(_earlier(framework, codebook, kept) for framework in listed_frameworks(codebook))
        + _earlier_list(codebook, kept),
        rows=rows,
        manner=_manner(keys) if asks_influence else "",
    )
    # what XML cannot hold, even as an entity
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", made)


def _likely(codebook: Codebook) -> str:
    if not listed_codes(codebook):
        return ""
    said = "" if all_in_boxes(codebook) else caption("Most likely codes, where any are suggested")
    manner = f'choice="multiple" value="${BOXES}" layout="vertical"'
    boxes = f'<Choices name="{LIKELY}" toName="{SEGMENT}" {manner} {_HIDDEN}/>'
    # of a view of its own: Label Studio's own check refuses it beside other choices
    return f'<View className="tandem-likely" {_HIDDEN}>{said}<View>{boxes}</View></View>'


def _list(codebook: Codebook, kept: Collection[str]) -> str:
    """All other codes behind a search that filters them at once; what is ticked stays in sight.

    A list of Label Studio's own (``Taxonomy``) searches a third of a second late, and Ctrl+Enter takes away there what
    was chosen last.
    """
    if not listed_codes(codebook) or (all_in_boxes(codebook) and OTHERS not in kept):
        return ""
    return (
        f'<View className="tandem-any" {_HIDDEN}><View className="tandem-other">{caption("Any other code")}{_OPEN}</View>'
        f"{search(codebook, answers=f'toName={quoteattr(SEGMENT)} {_HIDDEN}')}</View>\n"
    )


def search(codebook: Codebook, *, answers: str) -> str:
    """The search and the codes behind it. ``answers``: the attributes of what holds the codes."""
    choices = "".join(
        choice(code, listed_name(code.id, codebook), iter([_NO_KEY])) for code in in_list_order(codebook)
    )
    return (
        f'<Filter name="{FIND}" toName="{OTHERS}" minlength="1" hotkey="m" placeholder="m, a part of its name, Enter"/>'
        f'<View><Choices name="{OTHERS}" {answers} choice="multiple" layout="vertical">'
        f"{_NONE.format(key=_NO_KEY)}{choices}</Choices></View>"
    )


def _earlier_list(codebook: Codebook, kept: Collection[str]) -> str:
    """The list in which coders of an open project have answered; it is seen only where it holds an answer."""
    if CODES not in kept:
        return ""
    choices = "".join(choice(code, listed_name(code.id, codebook)) for code in in_list_order(codebook))
    return (
        f'<View className="tandem-earlier"><Taxonomy {_HIDDEN} name="{CODES}" toName="{SEGMENT}" minWidth="380px" '
        f'maxWidth="500px" dropdownWidth="500" placeholder="Chosen before">{choices}</Taxonomy></View>\n'
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
