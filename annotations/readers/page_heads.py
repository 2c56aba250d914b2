"""Heads and feet of pages that stand among the lines of a text, as copying a document leaves them."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise

from annotations.names import folded
from annotations.readers.text_lines import TextLines

# "Page 2 of 3" always; "Page 2" only if such lines count up
_OF = r"(?:of|von|av|de|van|di|sur|/|из)"
_PAGE = re.compile(
    rf"[\W_]{{0,3}}(?:page|seite|sida|página|pagina|pág\.|p\.|s\.|стр\.)\s*(?P<number>\d{{1,4}})(?P<all>\s*{_OF}\s*\d{{1,4}})?[\W_]{{0,3}}",
    re.IGNORECASE,
)
_LONGEST = 40
_LONGEST_HEAD = 120


def page_heads(lines: TextLines) -> frozenset[int]:
    """The lines that number pages, and those beside them that come on page after page with the same words."""
    filled = lines.filled
    headings = [
        (place, m)
        for place, at in enumerate(filled)
        if len(plain := lines.texts[at].strip()) <= _LONGEST and (m := _PAGE.fullmatch(plain))
    ]
    numbers = [int(m["number"]) for _, m in headings]
    count_up = len(headings) > 1 and all(a < b for a, b in pairwise(numbers))
    places = {place for place, m in headings if m["all"] or count_up}
    beside: dict[str, set[int]] = defaultdict(set)
    for place in places:
        for near in (place - 1, place + 1):
            if 0 <= near < len(filled) and near not in places:
                text = lines.texts[filled[near]].strip()
                if len(text) <= _LONGEST_HEAD:
                    beside[folded(text)].add(near)
    # what stands beside one page number alone, or also elsewhere, is somebody's words
    everywhere = [folded(lines.texts[at].strip()) for at in filled]
    heads = {
        place
        for text, its in beside.items()
        if len(its) > 1 and everywhere.count(text) == len(its)
        for place in its
    }
    return frozenset(filled[place] for place in places | heads)
