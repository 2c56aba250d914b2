"""The labelling screen of a whole interview: its text, marks in it, and a form for the words that are marked.

The form offers what the screen of a passage offers, under the same names, so that an answer is read in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from enum import StrEnum
from importlib.resources import files
from string import Template
from xml.sax.saxutils import quoteattr

from annotations.codebook.codes import Codebook
from annotations.label_studio.controls import (
    CODES,
    EXAMPLE,
    INFLUENCE,
    INFLUENCES,
    LIKELY,
    OTHERS,
    all_in_boxes,
    frameworks_shown,
    is_taxonomy,
    listed_codes,
)
from annotations.label_studio.listed_names import in_list_order, listed_name
from annotations.label_studio.screen import EXAMPLE_ALIAS, EXAMPLE_HINT, beside, choice, row_of, search

TEXT = "interview-text"
STATE = "state"


class InterviewMark(StrEnum):
    """What a mark in the text says of its words; its name in Label Studio."""

    SURE = "sure"
    DOUBTFUL = "doubtful"
    CONFIRMED = "confirmed"
    MINE = "mine"
    NOTHING = "nothing"
    READ = "read"


# what is shown, the colour, and what the pointer says of it, in the order of the keys
_MARKS = (
    (InterviewMark.MINE, "my coding", "#7b2cbf", "Words that you find a code for."),
    (InterviewMark.CONFIRMED, "confirmed", "#4d7c0f", "A suggestion that you looked at and agree with."),
    (InterviewMark.NOTHING, "nothing here", "#9ca3af", "You read this and no code applies."),
    (
        InterviewMark.READ,
        "read up to here",
        "#111111",
        "What follows has not been read yet. Without it: all is read.",
    ),
    (InterviewMark.SURE, "suggested", "#2a6f97", "It counts when you submit, unless you delete it."),
    (InterviewMark.DOUBTFUL, "doubtful suggestion", "#e09f3e", "It counts only if you confirm or change it."),
)
_SAYS = (
    "Blue counts when you submit; delete it (Backspace) if it is wrong. Orange counts only if you confirm it: click it, "
    "then 2. Submitting says that you have read everything, or all up to the mark; what has no mark has no code."
)
# the digits are those of the marks, m is that of the search
_LETTERS = "qwertyuiopasdfghjklzxcvb"
_SHOWN = 'perRegion="true" visibleWhen="region-selected"'
_CLOSE = "Enter takes the first one found. Click beside the search before you go on."


def interview_config(codebook: Codebook, kept: Collection[str] = ()) -> str:
    """The labelling configuration (XML) for whole interviews. Code ids are the aliases, so names are free to change.

    ``kept``: the names of controls in which coders of an open project have answered; those stay on the screen.
    """
    asks_influence = codebook.influence or bool({INFLUENCE, EXAMPLE} & set(kept))
    keys = iter(_LETTERS)
    rows = "".join(
        row_of(framework, codebook, keys, around=_SHOWN, answers=f'toName="{TEXT}" perRegion="true"')
        for framework in frameworks_shown(codebook)
        if not is_taxonomy(framework)
    )
    skeleton = (files("annotations") / "label_studio" / "interview_config.xml").read_text("utf-8")
    made = Template(skeleton).substitute(
        text=TEXT,
        state=STATE,
        labels="\n".join(_label(*mark, key=at) for at, mark in enumerate(_MARKS, start=1)),
        codes=_boxes(codebook, kept) + _list(codebook, kept) + _earlier_list(codebook, kept),
        rows=rows,
        manner=_manner(keys) if asks_influence else "",
        says=_SAYS,
    )
    # what XML cannot hold, even as an entity
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", made)


def _label(mark: InterviewMark, shown: str, colour: str, hint: str, *, key: int) -> str:
    once = ' maxUsages="1"' if mark is InterviewMark.READ else ""
    return (
        f"<Label value={quoteattr(shown)} alias={quoteattr(mark.value)} background={quoteattr(colour)} "
        f'hint={quoteattr(hint)} hotkey="{key}"{once}/>'
    )


def _boxes(codebook: Codebook, kept: Collection[str]) -> str:
    """Boxes for the codes that have no row of their own, where they are few."""
    listed = listed_codes(codebook)
    if not listed or not (all_in_boxes(codebook) or LIKELY in kept):
        return ""
    boxes = "".join(choice(code, listed_name(code.id, codebook)) for code in listed)
    return (
        f'<View {_SHOWN}><Choices name="{LIKELY}" toName="{TEXT}" perRegion="true" choice="multiple" '
        f'layout="vertical">{boxes}</Choices></View>'
    )


def _list(codebook: Codebook, kept: Collection[str]) -> str:
    """A search of them, as on the screen of a passage, where they are many."""
    if not listed_codes(codebook) or (all_in_boxes(codebook) and OTHERS not in kept):
        return ""
    shown = search(codebook, answers=f'toName="{TEXT}" perRegion="true"')
    return (
        f'<View className="tandem-any" {_SHOWN}><View className="tandem-open"><Header value="{_CLOSE}" size="6"/></View>'
        f"{shown}</View>\n"
    )


def _earlier_list(codebook: Codebook, kept: Collection[str]) -> str:
    """The list in which coders of an open project have chosen codes for their marks."""
    if CODES not in kept:
        return ""
    choices = "".join(choice(code, listed_name(code.id, codebook)) for code in in_list_order(codebook))
    return (
        f'<View {_SHOWN}><Taxonomy name="{CODES}" toName="{TEXT}" perRegion="true" minWidth="380px" maxWidth="500px" '
        f'dropdownWidth="500" placeholder="Chosen before">{choices}</Taxonomy></View>\n'
    )


def _manner(keys: Iterator[str]) -> str:
    """How what is coded was told: its influence, and whether by a concrete example."""
    influences = "".join(
        f"<Choice value={quoteattr(shown)} alias={quoteattr(alias)} hint={quoteattr(hint)}{_key(keys)}/>"
        for shown, alias, _, hint in INFLUENCES
    )
    example = f'<Choice value="concrete example" alias="{EXAMPLE_ALIAS}" hint={quoteattr(EXAMPLE_HINT)}{_key(keys)}/>'
    kind = f'toName="{TEXT}" perRegion="true" choice="single" showInline="true"'
    return (
        f'<View className="tandem-row" {_SHOWN}>{beside("Influence")}'
        f'<View><Choices name="{INFLUENCE}" {kind}>{influences}</Choices></View></View>'
        f'<View className="tandem-row" {_SHOWN}>'
        f'<View><Choices name="{EXAMPLE}" {kind}>{example}</Choices></View></View>'
    )


def _key(keys: Iterator[str]) -> str:
    key = next(keys, None)
    return f' hotkey="{key}"' if key else ""
