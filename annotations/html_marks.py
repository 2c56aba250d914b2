"""Marks of HTML in text that is none: "&amp;", "&#39;", "<br>" in the cells of a table, as programs of surveys export it.

A text may also speak of such marks ("he typed <b> by hand"). So they are read as what they mean only where everything
in the file shows that a program wrote them; else they stay and are told.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from html.entities import html5

from annotations.numbers_shown import counted

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|(?P<name>[A-Za-z][A-Za-z0-9]{1,30}));")
_TAG = re.compile(
    r"<(?P<closes>/?)(?P<tag>p|br|b|i|u|em|strong|span|div|font|ul|ol|li|sub|sup|s|a)"
    r"(?P<rest>\s[^<>]{0,300})?\s?/?>",
    re.IGNORECASE,
)
_BREAKS = frozenset({"p", "br", "div", "li", "ul", "ol"})
_ALONE = frozenset({"br", "p", "li"})
_BARE = re.compile(r"&(?=[\s\w])")
# "=E2=80=99" is a letter as mail programs send it
_SENT = re.compile(r"(?:=[0-9A-F]{2}){2,4}|=[0-9A-F]{2}(?=[a-z])")
_SENT_ENDS = re.compile(r"=(?=\n)")
_LEAST_SENT = 2


def without_html(words: str) -> str:
    """Words with what the marks of HTML mean: a space for a break, a sign for an entity."""
    plain = _TAG.sub(lambda m: " " if m["tag"].lower() in _BREAKS else "", words)
    return _ENTITY.sub(lambda m: _meant(m) or m[0], plain).replace("\u00a0", " ")


def html_that_a_program_wrote(cells: Sequence[str]) -> int:
    """How many marks of HTML stand in the cells of a column, where a program wrote them; 0 where nobody can tell.

    A program writes every "&" as "&amp;", and ends each tag that it begins.
    """
    entities = sum(len(_entities(cell)) for cell in cells)
    tags = [(cell, list(_TAG.finditer(cell))) for cell in cells if "<" in cell]
    count = sum(len(marks) for _, marks in tags)
    if entities and any(_BARE.search(_ENTITY.sub("", cell)) for cell in cells if "&" in cell):
        return 0
    if count and not all(_are_whole(marks) for _, marks in tags):
        return 0
    return entities + count


def said_of_marks(text: str) -> tuple[str, ...]:
    """Sentences about marks of HTML and of mail among the words of a transcript; none where there are none."""
    marks = [m[0] for m in _entities(text)] + [m[0] for m in _TAG.finditer(text)]
    said = []
    if marks:
        first = ", ".join(f'"{mark}"' for mark, _ in Counter(marks).most_common(2))
        said.append(
            f"{counted(len(marks), 'mark', 'marks')} of HTML ({first}) "
            f"{'stands' if len(marks) == 1 else 'stand'} among the words, and {'was' if len(marks) == 1 else 'were'} left "
            f"there. If a program wrote them, export the text again without them, or save it as .html."
        )
    sent = [m[0] for m in _SENT.finditer(text)]
    ends = len(_SENT_ENDS.findall(text))
    if len(sent) >= _LEAST_SENT or (sent and ends):
        said.append(
            f"{counted(len(sent), 'letter', 'letters')} stand as a mail program sends them ({sent[0]}), and were left so. "
            f"Open the mail, save its text as UTF-8, and give that."
        )
    return tuple(said)


def _entities(text: str) -> list[re.Match[str]]:
    return [m for m in _ENTITY.finditer(text) if _meant(m) is not None] if "&" in text else []


def _meant(m: re.Match[str]) -> str | None:
    if m["name"] is not None and f"{m['name']};" not in html5:
        return None
    meant = html.unescape(m[0])
    return meant if meant != m[0] else None


def _are_whole(marks: Sequence[re.Match[str]]) -> bool:
    """Does every tag of a cell that has to end have an end, and is there one that somebody hardly writes?"""
    opened = Counter(m["tag"].lower() for m in marks if not m["closes"])
    closed = Counter(m["tag"].lower() for m in marks if m["closes"])
    return all(tag in _ALONE or opened[tag] == closed[tag] for tag in opened | closed) and bool(
        closed or opened["br"]
    )
