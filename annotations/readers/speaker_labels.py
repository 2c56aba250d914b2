"""Which words before a colon are speakers. A file says it by repeating them: "Anna:" is one, "The point is:" none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from annotations.names import folded
from annotations.readers.spoken import LABEL, label_of

_ENDED = re.compile(r"[.?!…:;。？！؟۔।][\"'”’»)\]]*$")
_MOST_WORDS = 5
_MOST_WORDS_ONCE = 2
# what stands above an interview, and is said by nobody
_ABOVE = frozenset(
    re.findall(
        r"\w+",
        "audio case code date duration file kind language length location media place project recorded recording "
        "site subject time title topic transcriber transcript transcription version wave",
    )
)


def ends_sentence(text: str) -> bool:
    """Does a text end where a sentence does? Nothing before counts as an end."""
    plain = text.rstrip()
    return not plain or _ENDED.search(plain) is not None


def speakers_among(lines: Sequence[str], interviewers: Sequence[str]) -> frozenset[str]:
    """The keys of the labels that are speakers in these lines; empty for a text without speakers.

    A label is a speaker if the study lists it, or if it comes again. One that comes once is a speaker only
    beside others, where a sentence has ended, and if it does not begin small. One line alone makes no
    conversation: "Researcher: Ada Lind" stands above many field notes.
    """
    found = [
        (label, at)
        for at, line in enumerate(lines)
        if (m := LABEL.match(line.strip())) and (label := label_of(m["label"]))
    ]
    counted = Counter(folded(label) for label, _ in found)
    filled = [at for at, line in enumerate(lines) if line.strip()]
    most = 2 * len(found) >= len(filled)
    listed = {folded(name) for name in interviewers} & set(counted)
    again = {folded(label) for label, _ in found if _comes_again(label, counted)}
    opens = bool(found) and found[0][1] == filled[0] and folded(found[0][0]) in again
    if not (listed or len(again) > 1 or opens or most):
        return frozenset()
    once = {
        folded(label)
        for label, at in found
        if _may_come_once(label) and (most or at == 0 or ends_sentence(lines[at - 1]))
    }
    speakers = listed | again | once
    return frozenset(speakers) if most or sum(counted[key] for key in speakers) > 1 else frozenset()


def _comes_again(label: str, counted: Counter[str]) -> bool:
    key = folded(label)
    return counted[key] > (2 if key in _ABOVE else 1) and len(label.split()) <= _MOST_WORDS


def _may_come_once(label: str) -> bool:
    short = len(label.split()) <= _MOST_WORDS_ONCE or any(map(str.isdigit, label))
    return short and not label[0].islower() and folded(label) not in _ABOVE
