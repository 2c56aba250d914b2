"""What a single line would say if it started a turn: its label, its times, and where its words begin.

Whether it does start one is decided elsewhere (``speaker_labels``), from the whole file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from annotations.names import folded
from annotations.readers.clock import CLEAR, CLOCK, MARKED, RANGE, begin_and_end, seconds
from annotations.readers.label_times import timed_label, without_strays
from annotations.readers.spoken import INVISIBLE, label_of

LONGEST = 100
_LONGEST_ABOVE = 160  # a line with a name and a time is not longer
_SPACE = rf"[ \u00a0\t{INVISIBLE}]"
_BODY = rf"(?:[^\W_]|[+\[({{<【])[^:：\n\t]{{0,{LONGEST - 1}}}?"
_BULLET = re.compile(r"(?:[-*•]|>{1,3}|#{1,6})[ \t]+")
# a label track of Audacity begins with two times in seconds
_TIME = re.compile(rf"(?:{RANGE}|{CLEAR}|\d{{1,5}}\.\d{{1,6}}\t\d{{1,5}}\.\d{{1,6}}(?=\t))")
# a chat: [03/03/2026, 10:14:03] or 03.03.26, 10:14 -
_DATED = re.compile(
    r"\[?(?:\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}),?[ \u00a0T]+"
    rf"(?P<clock>{CLOCK})\]?(?=\s)"
)
_BARE_TIME = re.compile(rf"{CLOCK}(?=[ \t\u00a0])")
_CODE = re.compile(r"\[[A-Z]{1,2}\d{1,6}\](?=\s)")
_NUMBER = re.compile(r"(?:\[#?\d{1,6}\]|\(\d{1,6}\)|#\d{1,6}|\d{1,6}[.)])(?=\s)")
_LOOSE_NUMBER = re.compile(r"(?P<number>\d{1,6})[ \t\u00a0]+(?=[^\W_]|[(*+]|\[(?!\d))")
_AFTER = re.compile(rf"{_SPACE}*(?:[-–—|·,:]{_SPACE}+|[,;|](?=[^\W\d_]))?")
_BOLD = re.compile(
    rf"(?P<mark>\*{{1,3}}|__?)(?P<label>(?:(?<=\*)[^*\n]|(?<=_)[^_\n])(?:[^*\n]){{0,{LONGEST - 1}}}?)(?P<colon>[:：]?)"
    rf"(?P=mark)(?P<after>(?:{_SPACE}*(?P<time>{MARKED}|{RANGE}|{CLOCK}))?{_SPACE}*[:：](?=\s|$|[^\W\d]))?"
)
_COLON = re.compile(
    rf"(?P<label>\?{{1,3}}|{_BODY})(?:{_SPACE}{{0,20}}:(?=[\s{INVISIBLE}]|$)|{_SPACE}{{0,20}}：)[{INVISIBLE}]*"
)
_TIMED_COLON = re.compile(
    rf"(?P<label>{_BODY})[\s,;/|·@–—-]{{0,20}}(?P<time>{MARKED}|{RANGE}|(?<=[\s@])(?P<bare>{CLOCK}))\s?[-–/|]?\s*[:：](?=\s|$)"
)
# "[Anna Lind 00:00:03]: words"
_TIMED_IN_BRACKETS = re.compile(
    rf"\[(?P<label>[^\W_][^\[\]:\n]{{0,59}}?)[\s,–-]{{1,20}}(?P<time>{CLOCK})\]\s?[:：](?=\s)"
)
# "[Anna Lind 00:00:03] words"
_TIMED_ALL_IN_BRACKETS = re.compile(
    rf"\[(?P<label>[^\W_][^\[\]:\n]{{0,59}}?)[\s,/|–-]{{1,20}}(?P<time>{CLOCK}|{RANGE})\]\s+(?=\S)"
)
_TIME_BELOW = re.compile(rf"\s*(?P<time>{MARKED}|{RANGE}|{CLOCK})\s*$")
_TIGHT = re.compile(r"(?P<label>[^\W_][\w .-]{0,29}):(?=[^\W\d_])")
_IN_BRACKETS = re.compile(
    r"(?:\[(?P<a>[^\[\]:\n]{1,60})\]|\((?P<b>[^():\n]{1,60})\)|<(?P<c>[^<>:/\n]{1,60})>|\{(?P<d>[^{}:\n]{1,60})\})\s+(?=\S)|【(?P<e>[^】\n]{1,60})】\s*(?=\S)"
)
_DASH = re.compile(r"(?P<label>(?:[^\W_]|[+\[])[^:：\n\t–—|→=]{0,59}?)\s+(?:[-–—|→⇒=»]|[-=]>)\s+(?=\S)")
# a tab, the spaces that stand for one, or the wide space of Chinese and Japanese
_TAB = re.compile(r"(?P<label>(?:[^\W_]|[+\[])[^:：\n\t]{0,59}?)[:：]?(?:[ ]*\t+|[ ]{2,}|\u3000+)\s*(?=\S)")
_SEMICOLON = re.compile(r"(?P<label>(?:[^\W_]|[+\[])[^:：;\n\t]{0,59}?)\s?;\s+(?=\S)")
_TIMED = re.compile(
    rf"(?P<label>(?:[^\W_]|[+\[(])[^:：\n\t]{{0,59}}?)"
    rf"(?:[\s,|–—-]{{0,20}}(?P<time>{MARKED}|{RANGE})|[\s,|–—-]{{1,20}}(?P<clock>{CLOCK}))\s*[:：|–—-]?\s+(?=\S)"
)
_ROLE_ALONE = re.compile(r"(?P<label>[^\W\d_]{3,30}(?:[ -]?\d{1,3})?)[ \u00a0]+(?=[^\W_])")
# "From Anna to Everyone:" in a chat
_FROM_TO = re.compile(r"From\s+(?P<name>\S.{0,99}?)\s+to\s+\S.*")
_LETTER = re.compile(r"(?P<label>[QAIPRFMBEV]\d{0,2})[.)]\s+(?=\S)")
_NAME = r"(?P<label>(?:[^\W_]|[+(\[])[^:：\n\t]{0,99}?)"
_ABOVE = (
    re.compile(rf"{_NAME}[\s,–-]{{0,20}}(?P<time>{MARKED}|[\[(]{CLOCK}\s*[-–]\s*{CLOCK}[\])])\s*[:：]?"),
    re.compile(
        rf"{_NAME}(?:\s{{2,}}|\t|\s+[-–—|·•]\s+|,\s+)(?P<time>{CLOCK}(?:\s*(?:-->|[-–—])\s*{CLOCK})?)\s*[:：]?"
    ),
    re.compile(rf"(?P<label>\[(?:[^\W_]|\+)[^\]:\n]{{0,99}}\])\s+(?P<time>{CLOCK})"),
)
_ABOVE_ONE_SPACE = re.compile(rf"{_NAME}\s(?P<time>{CLOCK}(?:\s*(?:-->|[-–—])\s*{CLOCK})?)\s*[:：]?")
_TIME_FIRST = (
    re.compile(
        rf"(?P<time>{RANGE}|{CLEAR})[\s|·,–—-]+(?P<label>(?:[^\W_]|[+(\[])[^:：?!\n\t]{{0,99}}?)\s*[:：]?"
    ),
    re.compile(
        rf"(?P<time>{CLOCK})(?:\s{{2,}}|\t|\s+[-–—|·•]\s+)(?P<label>(?:[^\W_]|[+(\[])[^:：?!\n\t]{{0,99}}?)\s*[:：]?"
    ),
)
_HAS_CLOCK = re.compile(r"\d:\d|\d[ \u00a0]?[hm'’′]", re.IGNORECASE)
_EDGES = re.compile(r"^(?:#{1,6}\s+)?(?:\*\*|__)?(?P<inner>.*?)(?:\*\*|__)?\s*$")


class LabelMark(StrEnum):
    """By what a line shows who speaks."""

    COLON = "a label and a colon"
    TIGHT = "a label and a colon without a space"
    BRACKET = "a label in brackets"
    DASH = "a label and a dash"
    TAB = "a label and a tab"
    LETTER = "a letter such as Q. and A."
    SEMICOLON = "a label and a semicolon"
    TIMED = "a label and a time before the words"
    ROLE = "a word for who speaks, and nothing after it"
    ABOVE = "a name and a time above the words"
    ALONE = "a name on a line of its own"
    BOLD = "bold type, italics or a colour"
    LOOK = "how the lines look"
    TIME = "a time before the words"
    NONE = "no label"


@dataclass(frozen=True, slots=True)
class Form:
    """A line as it would start a turn. ``width``: where its words begin. ``weak``: other lines must bear it out.

    ``number``: a number before the label, which is one of its own (``1001``) unless the lines are numbered. ``end``:
    where the words end, if not with the line.
    """

    line: int
    mark: LabelMark
    label: str
    width: int
    at: float | None = None
    ends: float | None = None
    weak: bool = False
    number: int | None = None
    time_first: bool = False
    end: int | None = None

    @property
    def key(self) -> str:
        """The label as it is compared."""
        return folded(without_brackets(self.label))


@dataclass(frozen=True, slots=True)
class Prefix:
    """Numbers and times before a label: where they end, and what they say."""

    end: int
    at: float | None = None
    ends: float | None = None
    bare: bool = False
    number: int | None = None


def without_brackets(label: str) -> str:
    """A label that stands in brackets as a whole, without them."""
    plain = label.strip()
    for opens, closes in ("[]", "()", "<>", "{}", "【】"):
        if plain.startswith(opens) and plain.endswith(closes) and plain.count(opens) == 1:
            return plain[1:-1].strip()
    return plain


def prefix_of(line: str, *, numbers: bool) -> Prefix:
    """What stands before a label; ``numbers``: does a number or a code such as [T001] before a name count the lines?"""
    at = len(line) - len(line.lstrip(f" \t\u00a0{INVISIBLE_CHARACTERS}"))
    prefix = Prefix(at)
    for _ in range(4):
        here = prefix.end
        if m := _TIME.match(line, here):
            begins, ends = begin_and_end(m[0])
            if begins is None:
                break
            prefix = Prefix(_after(line, m.end()), begins, ends, prefix.bare, prefix.number)
        elif (m := _DATED.match(line, here)) and (begins := seconds(m["clock"])) is not None:
            prefix = Prefix(_after(line, m.end()), begins, None, prefix.bare, prefix.number)
        elif m := _BARE_TIME.match(line, here):
            if (begins := seconds(m[0])) is None:
                break
            prefix = Prefix(_after(line, m.end()), begins, None, True, prefix.number)
        elif (
            m := (numbers and _CODE.match(line, here))
            or _NUMBER.match(line, here)
            or _BULLET.match(line, here)
        ):
            prefix = replace(prefix, end=_after(line, m.end()))
        elif numbers and (m := _LOOSE_NUMBER.match(line, here)):
            prefix = replace(prefix, end=m.end(), number=int(m["number"]))
        else:
            break
    return prefix


INVISIBLE_CHARACTERS = (
    "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


def _after(line: str, at: int) -> int:
    m = _AFTER.match(line, at)
    return m.end() if m else at


def colon_form(number: int, line: str, *, numbers: bool) -> Form | None:
    """``Anna: words``, also in bold, with a number or a time before it, or with a time before its colon."""
    before = prefix_of(line, numbers=numbers)
    rest = line[before.end :]
    bold = _BOLD.match(rest)
    if bold is not None and (bold["colon"] or bold["after"]):
        begins, ends = begin_and_end(bold["time"] or "")
        before = before if begins is None or before.at is not None else replace(before, at=begins, ends=ends)
        return _form(number, LabelMark.COLON, bold["label"], line, before, bold.end())
    if (m := _TIMED_COLON.match(rest) or _TIMED_IN_BRACKETS.match(rest)) is not None:
        begins, ends = begin_and_end(m["time"])
        bare = before.bare or bool(m.groupdict().get("bare"))
        timed = replace(
            before, at=begins if before.at is None else before.at, ends=ends or before.ends, bare=bare
        )
        label = without_strays(m["label"].strip(), timed=True)
        return _form(number, LabelMark.COLON, label, line, timed, m.end()) if begins is not None else None
    if (m := _COLON.match(rest)) is not None:
        if (below := _TIME_BELOW.match(rest, m.end())) is not None:
            begins, ends = begin_and_end(below["time"])
            before = replace(before, at=begins if before.at is None else before.at, ends=ends or before.ends)
            return _form(number, LabelMark.COLON, m["label"], line, before, len(rest))
        return _form(number, LabelMark.COLON, m["label"], line, before, m.end())
    if (m := _TIGHT.match(rest)) is not None:
        return _form(number, LabelMark.TIGHT, m["label"], line, before, m.end())
    return None


_OTHERS = {
    LabelMark.DASH: _DASH,
    LabelMark.TAB: _TAB,
    LabelMark.LETTER: _LETTER,
    LabelMark.SEMICOLON: _SEMICOLON,
    LabelMark.ROLE: _ROLE_ALONE,
}


def other_forms(number: int, line: str, *, numbers: bool = False) -> list[Form]:
    """What the line would be by brackets without a colon, a dash, a tab, a letter with a point, or Markdown's bold."""
    before = prefix_of(line, numbers=numbers)
    rest = line[before.end :]
    forms = []
    if (m := _IN_BRACKETS.match(rest)) is not None:
        label = next(label for label in m.groups() if label)
        forms.append(_form(number, LabelMark.BRACKET, f"[{label}]", line, before, m.end()))
    if (m := _TIMED_ALL_IN_BRACKETS.match(rest)) is not None:
        label, (begins, ends) = without_strays(m["label"], timed=True), begin_and_end(m["time"])
        timed = replace(before, at=begins if before.at is None else before.at, ends=ends or before.ends)
        forms.append(_form(number, LabelMark.BRACKET, f"[{label}]", line, timed, m.end()))
    if (m := _BOLD.match(rest)) is not None and rest[m.end() :].strip():
        forms.append(_form(number, LabelMark.BOLD, m["label"], line, before, m.end()))
    if (m := _TIMED.match(rest)) is not None:
        begins, ends = begin_and_end(m["time"] or m["clock"])
        timed = replace(before, at=begins if before.at is None else before.at, ends=ends or before.ends)
        if begins is not None:
            forms.append(_form(number, LabelMark.TIMED, m["label"], line, timed, m.end()))
    for mark, pattern in _OTHERS.items():
        if (m := pattern.match(rest)) is not None:
            forms.append(_form(number, mark, m["label"], line, before, m.end()))
    return [form for form in forms if form is not None]


def above_form(number: int, line: str) -> Form | None:
    """A name and a time on a line of their own, in either order."""
    plain = line.strip()
    if len(plain) > _LONGEST_ABOVE or not _HAS_CLOCK.search(plain):
        return None
    inner = _EDGES.match(plain)
    plain = re.sub(r"\*\*|__", "", inner["inner"] if inner else plain).strip()
    for patterns, weak, first in (
        (_ABOVE, False, False),
        ((_ABOVE_ONE_SPACE,), True, False),
        (_TIME_FIRST, False, True),
    ):
        for pattern in patterns:
            m = pattern.fullmatch(plain)
            if m is not None and (times := begin_and_end(m["time"]))[0] is not None:
                label = label_of(without_strays(m["label"].strip(), timed=True))
                return (
                    Form(number, LabelMark.ABOVE, label, len(line), *times, weak, None, first)
                    if label
                    else None
                )
    return None


def name_alone(line: str) -> str:
    """The name that a line would be if it held nothing else; "" if it cannot be one."""
    plain = line.strip()
    if not plain or len(plain) > LONGEST:
        return ""
    inner = _EDGES.match(plain)
    name = label_of(inner["inner"] if inner else plain)
    if not re.match(r"[^\W_]|[+\[(]", name) or len(name.split()) > _MOST_WORDS_ALONE or ends_sentence(name):
        return ""
    return "" if re.search(r"[:：;!?]|\d:\d|://", name) else name


_MOST_WORDS_ALONE = 6
_ENDED = re.compile(r"[.?!…:;。？！；：؟۔।][\"'”’»)\]]*$")


def ends_sentence(text: str) -> bool:
    """Does a text end where a sentence does? Nothing before counts as an end."""
    plain = text.rstrip()
    return not plain or _ENDED.search(plain) is not None


_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")


def asks_something(text: str) -> bool:
    """Does a text end in a question? In Greek the mark looks like a semicolon."""
    plain = text.rstrip(" \"'”’»)")
    return plain.endswith(("?", "？", "؟", "\u037e")) or (
        plain.endswith(";") and _GREEK.search(plain[-40:]) is not None
    )


def _form(number: int, mark: LabelMark, label: str, line: str, before: Prefix, width: int) -> Form | None:
    timed = timed_label(label.strip("*_ \u00a0\t"))
    if before.at is None and timed.at is not None:
        before = replace(before, at=timed.at, ends=timed.ends)
    plain = label_of(timed.label)
    if before.at is not None and (m := _FROM_TO.fullmatch(plain)) is not None:
        plain = label_of(m["name"])
    if not plain:
        return None
    end = before.end + width
    end += len(line[end:]) - len(line[end:].lstrip(f" \t\u00a0{INVISIBLE_CHARACTERS}"))
    return Form(number, mark, plain, min(end, len(line)), before.at, before.ends, before.bare, before.number)
