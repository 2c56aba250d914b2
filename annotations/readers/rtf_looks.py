"""How words of rich text look: signs put among them that stay when the rest is made into plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from annotations.readers.looks import HIDDEN, PLAIN, STRUCK, Looks, Paragraph

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,9})? ?|(?P<hex>\\'[0-9a-fA-F]{2})|(?P<sign>\\[^a-zA-Z])|(?P<brace>[{}])"
    r"|(?P<text>[^\\{}]+)",
    re.DOTALL,
)
# private letters of Unicode that no program writes
_FIRST_SIGN = 0xF0000
_MOST_LOOKS = 4000
_SIGNS = re.compile(f"[{chr(_FIRST_SIGN)}-{chr(_FIRST_SIGN + _MOST_LOOKS)}]")
_DEEPEST = 1000
_SWITCHES = {"b": "bold", "i": "italic", "v": HIDDEN, "strike": STRUCK, "striked": STRUCK}


@dataclass(frozen=True, slots=True)
class _State:
    marks: Looks = PLAIN
    color: int = 0
    style: int = 0
    indent: int = 0

    @property
    def looks(self) -> Looks:
        more = [("color", self.color), ("style", self.style), ("indent", self.indent)]
        return self.marks | {f"{what} {which}" for what, which in more if which}


@dataclass(frozen=True, slots=True)
class SignedText:
    """Rich text with signs among its words, and what each of them says."""

    source: str
    said: tuple[Looks, ...]

    def paragraphs(self, lines: list[str]) -> Iterator[Paragraph]:
        """Lines that were made of it, without the signs, and with their looks."""
        looks = PLAIN
        for line in lines:
            parts: list[tuple[str, Looks]] = []
            at = 0
            for m in _SIGNS.finditer(line):
                parts.append((line[at : m.start()], looks))
                looks = self.said[ord(m[0]) - _FIRST_SIGN]
                at = m.end()
            parts.append((line[at:], looks))
            yield Paragraph.of(parts)


def without_signs(text: str) -> str:
    """Words without the signs."""
    return _SIGNS.sub("", text)


def signed(source: str) -> SignedText:
    """Rich text with a sign wherever words may look other than those before."""
    source = without_signs(source)
    stack: list[_State] = []
    state, said, out = _State(), {PLAIN: 0}, []
    before = ""
    at = 0
    for m in _TOKEN.finditer(source):
        kind = m.lastgroup if m["word"] is None else "word"
        if m["brace"] == "{":
            stack.append(state)
            if len(stack) > _DEEPEST:
                return SignedText(source, (PLAIN,))
        elif m["brace"] == "}":
            state = stack.pop() if stack else _State()
        elif kind == "word" and m["word"] != "u":
            state = _changed(state, m["word"], m["number"])
        # what follows a character of Unicode stands for it in old programs, and bytes may be halves of a character
        elif (
            kind != "sign"
            and before not in ("u", kind)
            and said.setdefault(state.looks, len(said)) < _MOST_LOOKS
        ):
            out += [source[at : m.start()], chr(_FIRST_SIGN + said[state.looks])]
            at = m.start()
        before = "u" if m["word"] == "u" else str(kind)
    return SignedText("".join([*out, source[at:]]), tuple(said)[:_MOST_LOOKS])


def _changed(state: _State, word: str, number: str | None) -> _State:
    which = int(number or 0)
    if word in _SWITCHES or word.startswith("ul"):
        look = _SWITCHES.get(word, "underlined")
        off = number == "0" or word == "ulnone"
        return replace(state, marks=state.marks - {look} if off else state.marks | {look})
    if word == "plain":
        return replace(state, marks=PLAIN, color=0)
    if word == "pard":
        return replace(state, style=0, indent=0)
    if word == "cf":
        return replace(state, color=which)
    if word == "s":
        return replace(state, style=which)
    return replace(state, indent=which) if word == "li" else state
