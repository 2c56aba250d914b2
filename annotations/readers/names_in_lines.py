"""A name on a line of its own above the words, with a time or without one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from annotations.names import folded
from annotations.readers.colon_labels import ColonLabels, KnownLabels
from annotations.readers.label_forms import Form, LabelMark, above_form, asks_something, name_alone
from annotations.readers.label_shapes import Shape, is_head, is_noise, is_role, shape_of
from annotations.readers.label_words import listed
from annotations.readers.text_lines import TextLines
from annotations.readers.words import count_words

_MOST_BEFORE = 0.3
_MOST_EMPTY = 0.4  # of a speaker's turns this share may have no words
_MOST_WORDS_NEAR = 3


def names_above(lines: TextLines, beside: Mapping[int, object], known: KnownLabels) -> ColonLabels:
    """``Anna Lind  0:03`` above the words. One space before the time is enough for a name that comes again:
    "We met at 10:30" is a sentence.
    """
    filled = [at for at in lines.filled if at not in beside]
    forms = [form for at in filled if (form := above_form(at, lines.texts[at])) is not None]
    forms = [form for form in forms if _may_speak(form, known)]
    if sum(form.time_first for form in forms) > len(forms) / 2:
        forms = _with_words_below(forms, filled)
    strong = [form for form in forms if not form.weak]
    keys = {form.key for form in strong if len(strong) > 1}
    counted = Counter(form.key for form in forms)
    keys |= {form.key for form in forms if counted[form.key] > 1}
    if len(keys) > 1:
        keys |= {form.key for form in forms if _after_a_blank(form.line, lines) and _is_name(form.label)}
    keys |= {form.key for form in forms if _said_above(form, lines, beside)}
    forms_above = [form for form in forms if form.key in keys]
    near = [
        (form, "a name and a time stand alone on a line, but the name does not come again") for form in forms
    ]
    if len(forms_above) < 2 or not _take_turns(forms_above, known):
        return ColonLabels(near=tuple(near))
    taken = {form.line for form in forms_above}
    why = {form.key: f"it stands with a time above words {counted[form.key]} times" for form in forms_above}
    return ColonLabels(
        tuple(forms_above), why, tuple(form_near for form_near in near if form_near[0].line not in taken)
    )


def _said_above(form: Form, lines: TextLines, beside: Mapping[int, object]) -> bool:
    """Does the name stand above times already, as what is copied from Teams has it?"""
    above = range(max(0, form.line - 3), form.line)
    return any(at in beside and folded(lines.texts[at]) == form.key for at in above)


def _may_speak(form: Form, known: KnownLabels) -> bool:
    return known.lists(form.label) or (
        shape_of(form.label) not in (Shape.HEADING,) and not is_noise(form.label) and not is_head(form.label)
    )


def _after_a_blank(at: int, lines: TextLines) -> bool:
    return at == 0 or at in lines.opens or not lines.texts[at - 1].strip()


def _is_name(label: str) -> bool:
    return shape_of(label) in (Shape.ROLE, Shape.NAME) or any(map(str.isdigit, label))


def _take_turns(forms: Sequence[Form], known: KnownLabels) -> bool:
    keys = Counter(form.key for form in forms)
    sure = any(known.lists(form.label) or is_role(form.label) for form in forms)
    return len(keys) < len(forms) or len(keys) == 2 or sure


def _with_words_below(forms: Sequence[Form], filled: Sequence[int]) -> list[Form]:
    """``00:00:03 Anna Lind`` only where words stand below nearly every such line, and names come again."""
    lines = {form.line for form in forms}
    following = dict(pairwise(filled))
    above = [form for form in forms if form.line in following and following[form.line] not in lines]
    counted = Counter(form.key for form in above)
    again = sum(count for count in counted.values() if count > 1) + sum(is_role(form.label) for form in above)
    return list(above) if len(above) >= 0.8 * len(forms) and again else []


def names_alone(lines: TextLines, beside: Mapping[int, object], known: KnownLabels) -> ColonLabels:
    """A name and nothing else above the words: names that come again, take turns and stand above words.

    Somebody of them asks, or they are roles: headings that come again ("Morning", "Evening") are no speakers.
    """
    filled = [at for at in lines.filled if at not in beside]
    names = {
        at: name for at in filled if (name := name_alone(lines.texts[at])) and _may_stand_alone(name, known)
    }
    keys = {at: folded(name) for at, name in names.items()}
    counted = Counter(keys.values())
    chosen = {
        keys[at]
        for at, name in names.items()
        if counted[keys[at]] > 1 and (_is_name(name) or known.lists(name) or any(_set_off(at, lines, beside)))
    }
    chosen = _above_words(chosen, keys, filled)
    starts = [at for at in filled if keys.get(at) in chosen]
    if len(chosen) < 2 or not _is_conversation(starts, keys, lines, filled, known):
        return ColonLabels()
    once = _once_in_the_same_way(starts, names, lines, beside, filled)
    starts = sorted({*starts, *once})
    chosen = chosen | {keys[at] for at in once}
    why = {key: f"it stands alone on a line above words {counted[key]} times" for key in chosen}
    taken = set(starts)
    near = tuple(
        (_alone(at, name, lines), "it may be a name on a line of its own, but it does not come again as one")
        for at, name in names.items()
        if at not in taken and len(name.split()) <= _MOST_WORDS_NEAR and _is_name(name)
    )
    return ColonLabels(tuple(_alone(at, names[at], lines) for at in starts), why, near)


def _once_in_the_same_way(
    starts: Sequence[int],
    names: Mapping[int, str],
    lines: TextLines,
    beside: Mapping[int, object],
    filled: Sequence[int],
) -> list[int]:
    """Names that come once and stand as the others do: set off by a blank line, a time or bold type."""
    ways = {_set_off(at, lines, beside) for at in starts[1:]}
    following = dict(pairwise(filled))
    if len(ways) != 1 or not any(next(iter(ways))):
        return []
    taken = set(starts)
    return [
        at
        for at in names
        if at not in taken
        and _set_off(at, lines, beside) in ways
        and following.get(at, at) not in {at, *names}
    ]


def _set_off(at: int, lines: TextLines, beside: Mapping[int, object]) -> tuple[bool, bool, bool, bool]:
    """How a line stands apart: a blank line only above it, a time above or below it, or bold type."""
    texts = lines.texts
    above, below = at > 0 and not texts[at - 1].strip(), at + 1 < len(texts) and not texts[at + 1].strip()
    plain = texts[at].strip()
    bold = plain.startswith(("**", "__", "#")) or 0 < len(plain) <= lines.marked.get(at, 0)
    return above and not below, at - 1 in beside, at + 1 in beside, bold


def _alone(at: int, name: str, lines: TextLines) -> Form:
    return Form(at, LabelMark.ALONE, name, len(lines.texts[at]))


def _may_stand_alone(name: str, known: KnownLabels) -> bool:
    key = folded(name)
    if key in listed("backchannel") or is_noise(name) or is_head(name):
        return False
    return known.lists(name) or shape_of(name) is not Shape.HEADING


def _above_words(chosen: set[str], keys: Mapping[int, str], filled: Sequence[int]) -> set[str]:
    """Without those that mostly stand above another name or at the end: they are words."""
    while True:
        places = [at for at, line in enumerate(filled) if keys.get(line) in chosen]
        bad: Counter[str] = Counter()
        for at in places:
            if at + 1 < len(filled) and keys.get(filled[at + 1]) in chosen:
                bad[keys[filled[at]]] += 1
        if not bad:
            return chosen
        total = Counter(keys[filled[at]] for at in places)
        worst = max(bad, key=lambda key: (bad[key] / total[key], bad[key]))
        if bad[worst] / total[worst] < _MOST_EMPTY:
            return chosen
        chosen = chosen - {worst}


def _is_conversation(
    starts: Sequence[int],
    keys: Mapping[int, str],
    lines: TextLines,
    filled: Sequence[int],
    known: KnownLabels,
) -> bool:
    words = [count_words(lines.texts[at]) for at in filled]
    before = sum(words[: filled.index(starts[0])]) if starts else 0
    if not starts or (before > 20 and before > _MOST_BEFORE * sum(words)):
        return False
    sequence = [keys[at] for at in starts]
    changes = sum(a != b for a, b in pairwise(sequence))
    if 2 * changes < len(sequence) - 1:
        return False
    role = any(known.lists(key) or is_role(key) for key in set(sequence))
    return role or any(2 * asked >= said for asked, said in _questions(starts, keys, lines, filled))


def _questions(
    starts: Sequence[int], keys: Mapping[int, str], lines: TextLines, filled: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Of each name how many of its turns end in a question, and how many it has."""
    asked: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for at, end in zip(starts, [*starts[1:], len(lines.texts)], strict=True):
        last = next((lines.texts[n].rstrip() for n in reversed(filled) if at < n < end), "")
        said[keys[at]] += 1
        asked[keys[at]] += asks_something(last)
    return iter([(asked[key], said[key]) for key in said])
