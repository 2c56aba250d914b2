"""Labels without a colon: in brackets, before a dash or a tab, by a letter, in bold type; and times before words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from annotations.readers.colon_labels import ColonLabels, KnownLabels
from annotations.readers.label_forms import Form, LabelMark, other_forms, prefix_of
from annotations.readers.label_shapes import Shape, asks_by_word, is_noise, is_role, shape_of
from annotations.readers.text_lines import TextLines

# of the lines with words, at least this share bears the mark; a dash or a tab stands in running text too
_LEAST = {
    LabelMark.BRACKET: 0.3,
    LabelMark.TIMED: 0.3,
    LabelMark.BOLD: 0.2,
    LabelMark.DASH: 0.6,
    LabelMark.TAB: 0.5,
    LabelMark.LETTER: 0.4,
    LabelMark.SEMICOLON: 0.6,
    LabelMark.ROLE: 0.6,
}
# where so many lines bear it, a label that comes once is one as well
_SURE = {
    LabelMark.BRACKET: 0.3,
    LabelMark.TIMED: 0.3,
    LabelMark.BOLD: 0.3,
    LabelMark.DASH: 0.6,
    LabelMark.TAB: 0.5,
    LabelMark.LETTER: 2.0,
    LabelMark.SEMICOLON: 0.6,
    LabelMark.ROLE: 2.0,
}
_LEAST_TIMES = 0.5
_COUNTS = re.compile(r"\[[A-Z]{1,2}\d{1,6}\]")


def other_labels(lines: TextLines, beside: Mapping[int, object], known: KnownLabels) -> ColonLabels:
    """The labels by the one of these marks that most lines bear; none if too few do, or nobody comes again."""
    filled = [at for at in lines.filled if at not in beside]
    forms = [form for at in filled for form in (*other_forms(at, lines.texts[at]), *_set_apart(at, lines))]
    codes = {form.label for form in forms if form.mark is LabelMark.BRACKET and _COUNTS.fullmatch(form.label)}
    if len(codes) > 1 and len(codes) >= 0.8 * len(filled):  # [T001], [T002] … count the turns
        forms = [form for at in filled for form in other_forms(at, lines.texts[at], numbers=True)]
    best = ColonLabels()
    for mark, least in _LEAST.items():
        its = [form for form in forms if form.mark is mark]
        if (
            mark is LabelMark.ROLE
        ):  # "Interviewer So how was it?": without any sign only a word for a role is one
            its = [form for form in its if is_role(form.label)]
            if not any(asks_by_word(form.label) or known.asks(form.label) for form in its):
                continue
        labels = _by_mark(its, len(filled), least, known)
        if len(labels.starts) > len(best.starts):
            best = labels
    return best


def _set_apart(at: int, lines: TextLines) -> list[Form]:
    """A line that begins with a few words in bold, italics or a colour and goes on without."""
    text = lines.texts[at]
    width = lines.marked.get(at, 0)
    label = text[:width].strip()
    before = prefix_of(text, numbers=False)
    label = text[before.end : width].strip(" \t\u00a0:：-–—") if before.end < width else label
    if not label or not text[width:].strip() or len(label) > 60:
        return []
    end = width + len(text[width:]) - len(text[width:].lstrip(" \t\u00a0:：-–—"))
    return [Form(at, LabelMark.BOLD, label, end, before.at, before.ends)]


def _by_mark(forms: Sequence[Form], filled: int, least: float, known: KnownLabels) -> ColonLabels:
    fit = [
        form
        for form in forms
        if known.lists(form.label)
        or (
            shape_of(form.label) is not Shape.HEADING
            and not is_noise(form.label)
            and len(form.label.split()) <= 8
        )
    ]
    counted = Counter(form.key for form in fit)
    fit = [form for form in fit if counted[form.key] > 1 or _is_name(form.label)]
    keys = {
        form.key for form in fit if counted[form.key] > 1 or is_role(form.label) or known.lists(form.label)
    }
    sure = sum(form.key in keys for form in fit) / max(1, filled)
    if len(keys) > 1 and sure >= _SURE[forms[0].mark]:
        keys |= {form.key for form in fit}
    starts = tuple(form for form in fit if form.key in keys)
    few = len(starts) < 2 or len(starts) < least * filled
    if few or len(keys) < 2:
        return ColonLabels()
    why = {
        form.key: f"it stands before the words, {form.mark.value}, {counted[form.key]} times"
        for form in starts
    }
    return ColonLabels(starts, why)


def _is_name(label: str) -> bool:
    return shape_of(label) in (Shape.ROLE, Shape.NAME) or any(map(str.isdigit, label))


def timed_lines(lines: TextLines, beside: Mapping[int, object]) -> ColonLabels:
    """Lines that begin with a time, as a program prints them that knows no speakers: each is a turn of nobody's."""
    filled = [at for at in lines.filled if at not in beside]
    starts = []
    for at in filled:
        before = prefix_of(lines.texts[at], numbers=False)
        if before.at is not None and not before.bare and lines.texts[at][before.end :].strip():
            starts.append(Form(at, LabelMark.TIME, "", before.end, before.at, before.ends))
    if len(starts) < 2 or len(starts) < _LEAST_TIMES * len(filled):
        return ColonLabels()
    return ColonLabels(tuple(starts), {})
