"""What stands above an interview and is said by nobody: "Date: …", a title, and who takes part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from annotations.names import folded
from annotations.readers.label_forms import Form, ends_sentence
from annotations.readers.label_shapes import is_head, is_role
from annotations.readers.text_lines import TextLines
from annotations.readers.words import count_words

_LONGEST_HEAD = 12
_TITLE_ENDS = frozenset(
    [
        "transcript",
        "transkript",
        "transcription",
        "transkription",
        "transcripción",
        "transcriptie",
        "transkribering",
    ]
)


def head_of(lines: TextLines, forms: Sequence[Form], filled: Sequence[int]) -> frozenset[int]:
    """The lines above an interview: what is asked for there ("Date: …"), and who takes part in it."""
    by_line = {form.line: form for form in forms}
    counted = Counter(form.key for form in forms)
    listed: list[int] = []
    for place, at in enumerate(filled):
        form = by_line.get(at)
        if at in listed:
            continue
        if form is None:
            if ends_sentence(lines.texts[at]) or count_words(lines.texts[at]) > _LONGEST_HEAD:
                break
        elif _is_of_head(form, counted) or _is_title(lines.texts[at]):
            listed.append(at)
        elif of_list := _list_of_names(filled[place:], by_line, lines, counted, bool(listed)):
            listed.extend(of_list)
        else:
            break
    return frozenset(listed)


def _is_of_head(form: Form, counted: Counter[str]) -> bool:
    return is_head(form.label) and counted[form.key] < 3


def _is_title(line: str) -> bool:
    words = line.split()
    return (
        len(words) > 2 and folded(words[-1].strip("*_")) in _TITLE_ENDS and words[-2] in ("-", "–", "—", "|")
    )


def _names_somebody(said: str) -> bool:
    words = said.split()
    return 0 < len(words) <= 5 and not ends_sentence(said)


def _list_of_names(
    filled: Sequence[int],
    by_line: Mapping[int, Form],
    lines: TextLines,
    counted: Counter[str],
    below_head: bool,
) -> list[int]:
    """The lines from here that say who takes part: beside one that is sure to be of the head, or several that name
    persons whose labels come again below.
    """
    listed: list[Form] = []
    sure = False
    for at in filled:
        form = by_line.get(at)
        if form is None or not _names_somebody(lines.texts[at][form.width :]):
            break
        listed.append(form)
        sure = sure or _is_of_head(form, counted)
        if at + 1 < len(lines.texts) and not lines.texts[at + 1].strip():
            break
    persons = [
        form for form in listed if counted[form.key] > 1 and _is_person(lines.texts[form.line][form.width :])
    ]
    if sure or (below_head and listed and persons == listed) or (len(listed) > 1 and persons == listed):
        return [form.line for form in listed]
    return []


def _is_person(said: str) -> bool:
    """Two to four words with capitals, or a code: who takes part, and no words of theirs."""
    words = said.split()
    named = 1 < len(words) < 5 and all(word[0].isupper() or word[0].isdigit() for word in words)
    return not ends_sentence(said) and (named or (len(words) == 1 and said[:1].isupper() and is_role(said)))
