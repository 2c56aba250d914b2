"""Which words before a colon are speakers. A file says it by repeating them: "Anna:" is one, "The point is:" none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

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


def key_of_label(label: str) -> str:
    """A label as it is compared: in any case and spacing."""
    return " ".join(label.split()).casefold()


def speakers_among(lines: Sequence[str], interviewers: Sequence[str]) -> frozenset[str]:
    """The keys of the labels that are speakers in these lines; empty for a text without speakers.

    A label is a speaker if the study lists it, or if it comes again. One that comes once is a speaker only
    beside others, where a sentence has ended, and if it does not begin small.
    """
    listed = {key_of_label(name) for name in interviewers}
    found = [(label_of(m["label"]), at) for at, line in enumerate(lines) if (m := LABEL.match(line.strip()))]
    found = [(label, at) for label, at in found if label]
    counted = Counter(key_of_label(label) for label, _ in found)
    sure = {key for key in counted if key in listed}
    repeated = {
        key_of_label(label)
        for label, _ in found
        if counted[key_of_label(label)] > 1
        and len(label.split()) <= _MOST_WORDS
        and key_of_label(label) not in _ABOVE
    }
    most = 2 * len(found) >= sum(1 for line in lines if line.strip())
    first = next((at for at, line in enumerate(lines) if line.strip()), None)
    opens = any(at == first and key_of_label(label) in repeated for label, at in found)
    if not (sure or len(repeated) > 1 or opens or most):
        return frozenset()
    once = {
        key_of_label(label)
        for label, at in found
        if label[0].islower() is False
        and (len(label.split()) <= _MOST_WORDS_ONCE or any(map(str.isdigit, label)))
        and key_of_label(label) not in _ABOVE
        and (most or at == 0 or ends_sentence(lines[at - 1]))
    }
    return frozenset(sure | repeated | once)
