"""What a Word document shows once its tracked changes are taken as they are, and without its hidden text."""

from __future__ import annotations

import re
from typing import Any

from annotations.readers.ooxml import W

_OFF = ("0", "false", "off", "none")
_HEADING = re.compile(r"(?:heading \d|title|subtitle)", re.IGNORECASE)
_DEEPEST = 20


def settle(body: Any) -> str:
    """Take away rows and cells that were deleted while changes were tracked, join paragraphs whose break was, and take
    out hidden text. Returns its words.
    """
    for mark in (f"{W}trPr/{W}del", f"{W}trPr/{W}moveFrom", f"{W}tcPr/{W}cellDel"):
        for deleted in list(body.iterfind(f".//{mark}")):
            gone = deleted.getparent().getparent()
            if gone.getparent() is not None:
                gone.getparent().remove(gone)
    for paragraph in list(body.iter(f"{W}p")):
        _join_with_next(paragraph)
    hidden = []
    for run in list(body.iter(f"{W}r")):
        mark = run.find(f"{W}rPr/{W}vanish")
        if mark is not None and str(mark.get(f"{W}val")) not in _OFF:
            hidden.append("".join(text.text or "" for text in run.iter(f"{W}t")))
            run.getparent().remove(run)
    return " ".join(words for words in map(str.strip, hidden) if words)


def struck_through(body: Any) -> str:
    """The words of a document that are struck through and stay."""
    struck = []
    for paragraph in body.iter(f"{W}p"):
        runs = [
            "".join(text.text or "" for text in run.iterchildren(f"{W}t")) if _is_struck(run) else " "
            for run in paragraph.iter(f"{W}r")
            if not any(above.tag in (f"{W}del", f"{W}moveFrom") for above in run.iterancestors())
        ]
        struck.append("".join(runs))
    return " ".join(" ".join(struck).split())


def _is_struck(run: Any) -> bool:
    marks = [run.find(f"{W}rPr/{W}{name}") for name in ("strike", "dstrike")]
    return any(mark is not None and str(mark.get(f"{W}val")) not in _OFF for mark in marks)


def _join_with_next(paragraph: Any) -> None:
    """A paragraph whose end was deleted goes on with the next one."""
    marks = paragraph.find(f"{W}pPr/{W}rPr")
    following = paragraph.getnext()
    if marks is None or following is None or following.tag != f"{W}p":
        return
    if marks.find(f"{W}del") is None and marks.find(f"{W}moveFrom") is None:
        return
    its = [node for node in paragraph if node.tag != f"{W}pPr"]
    own = following.find(f"{W}pPr")
    at = 0 if own is None else following.index(own) + 1
    for place, node in enumerate(its):
        following.insert(at + place, node)
    paragraph.getparent().remove(paragraph)


def heading_styles(document: Any) -> frozenset[str]:
    """The ids of the styles that are headings: Word calls them so inside in every language, whatever people see."""
    names: dict[str, str] = {}
    parents: dict[str, str] = {}
    for style in document.styles.element.iterfind(f"{W}style"):
        which = str(style.get(f"{W}styleId"))
        name, parent = style.find(f"{W}name"), style.find(f"{W}basedOn")
        names[which] = "" if name is None else str(name.get(f"{W}val"))
        parents[which] = "" if parent is None else str(parent.get(f"{W}val"))
    return frozenset(which for which in names if _is_heading(which, names, parents))


def _is_heading(which: str, names: dict[str, str], parents: dict[str, str]) -> bool:
    for _ in range(_DEEPEST):
        if _HEADING.fullmatch(names.get(which, "")):
            return True
        which = parents.get(which, "")
    return False
