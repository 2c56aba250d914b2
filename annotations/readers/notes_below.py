"""Notes of whoever asked or typed, below an interview or between its turns: "Notes: she seemed tired" is said by nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from annotations.readers.colon_labels import KnownLabels
from annotations.readers.label_forms import Form, ends_sentence
from annotations.readers.label_words import is_notes_label
from annotations.readers.text_lines import TextLines

_LABEL = re.compile(r"[\s#*_\[(]{0,8}(?P<label>[^\W_][^:：\n]{0,59}?)[\s*_]{0,4}(?:[:：]|[\s*_\])]*$)")
_END = re.compile(r"\W{0,4}(?:the )?(?:end|ende|fin|einde|fine)\W{0,4}", re.IGNORECASE)


def without_notes_as_speakers(
    starts: Sequence[Form], known: KnownLabels
) -> tuple[tuple[Form, ...], tuple[Form, ...]]:
    """The starts of turns without those of notes ("Interviewer's notes: …"), and these; a label that study.yaml lists is
    a speaker.
    """
    notes = {form.line for form in starts if is_notes_label(form.label) and not _is_listed(form.label, known)}
    return (
        tuple(form for form in starts if form.line not in notes),
        tuple(form for form in starts if form.line in notes),
    )


def lines_of_notes(lines: TextLines, starts: Sequence[Form], notes: Sequence[Form]) -> frozenset[int]:
    """The lines of notes: from each label of notes to the end of its paragraph; below the last turn from a line that says
    "Notes" all that stands there.
    """
    if not starts:
        return frozenset()
    begins = sorted(form.line for form in starts)
    return frozenset(_between(lines, begins, notes)) | frozenset(_below(lines, begins[-1]))


def _between(lines: TextLines, begins: Sequence[int], notes: Sequence[Form]) -> Iterator[int]:
    for form in notes:
        until = next((line for line in begins if line > form.line), len(lines.texts))
        behind = (at for at in lines.filled if form.line < at < until)
        yield form.line
        yield from takewhile(lambda at: not _after_a_blank(lines, at), behind)


def _below(lines: TextLines, last: int) -> Iterator[int]:
    tail = [at for at in lines.filled if at > last]
    for place, at in enumerate(tail):
        text = lines.texts[at]
        m = _LABEL.match(text)
        if m is not None and is_notes_label(m["label"]) and _begins_anew(lines, at):
            yield from tail[place:]
            return
    if tail and _END.fullmatch(lines.texts[tail[-1]]) and _after_a_blank(lines, tail[-1]):
        yield tail[-1]


def _begins_anew(lines: TextLines, at: int) -> bool:
    return _after_a_blank(lines, at) or ends_sentence(lines.texts[at - 1])


def _after_a_blank(lines: TextLines, at: int) -> bool:
    return at in lines.opens or at == 0 or not any(map(str.isalnum, lines.texts[at - 1]))


def _is_listed(label: str, known: KnownLabels) -> bool:
    """Does study.yaml list just this label? One that it lists with "notes" behind it is none."""
    wanted = label.casefold().strip()
    return any(wanted == name.casefold().strip() for name in (*known.interviewers, *known.participants))
