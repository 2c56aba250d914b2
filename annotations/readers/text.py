"""Plain text: lines ``SPEAKER: words``. The decoded file is itself the canonical text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotations.errors import BadInput
from annotations.readers.spoken import LABEL, ReadTranscript
from annotations.transcript import Role, Span, Turn, roles_of

MOST_CHARACTERS = 20_000_000


@dataclass(slots=True)
class _Found:
    speaker: str
    start: int
    end: int


def read_text(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str]
) -> tuple[ReadTranscript, ...]:
    """A .txt or .md file: one transcript.

    Every labelled line is a turn; a line without a label goes on with the turn; blank lines are ignored. A
    file without any label is a document: each paragraph is a turn without a speaker.
    """
    text, warnings = decode_text(content, file)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    turns, more = in_place(text, interviewers)
    if not turns:
        raise BadInput(f"{file} holds no words to code: no line has any after its label. Check the file.")
    return (ReadTranscript(name, text, turns, file, "text", warnings=(*warnings, *more)),)


def in_place(text: str, interviewers: Sequence[str]) -> tuple[tuple[Turn, ...], tuple[str, ...]]:
    """The turns of a text in this layout, where they stand, and what to warn of."""
    warnings: list[str] = []
    found = list(_labelled(text, warnings)) or list(_paragraphs(text))
    roles = roles_of([one.speaker for one in found], interviewers)
    turns = [
        Turn(
            index,
            one.speaker,
            roles[one.speaker] if one.speaker else Role.PARTICIPANT,
            Span(one.start, one.end),
        )
        for index, one in enumerate(found)
        if one.end > one.start
    ]
    return tuple(turns), tuple(warnings)


def _labelled(text: str, warnings: list[str]) -> Iterator[_Found]:
    """Turns of labelled lines. One without words keeps its number, so that turns count as people count them."""
    current: _Found | None = None
    before: list[int] = []
    at = 0
    for number, line in enumerate(text.split("\n"), start=1):
        label = LABEL.match(line.lstrip()) if line.strip() else None
        indent = len(line) - len(line.lstrip())
        if label is not None:
            if current is not None:
                yield current
            words = line[indent + label.end() :]
            start = at + indent + label.end() + len(words) - len(words.lstrip())
            current = _Found(" ".join(label["label"].split()), start, start + len(words.strip()))
            if not words.strip():
                # its words may follow on the next lines
                current.start = current.end = -1
        elif line.strip():
            if current is None:
                before.append(number)
            else:
                start = at + indent
                current.start = start if current.start < 0 else current.start
                current.end = at + len(line.rstrip())
        at += len(line) + 1
    if current is None:
        return
    yield current
    if before:
        warnings.append(f"{_lines(before)} before the first speaker, and are no part of any turn.")


def _paragraphs(text: str) -> Iterator[_Found]:
    for paragraph in re.finditer(r"\S(?:.*\S)?(?:\n[^\S\n]*\S.*)*", text):
        yield _Found("", paragraph.start(), paragraph.start() + len(paragraph.group().rstrip()))


def _lines(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"the words in line {numbers[0]} stand"
    return f"the words in lines {numbers[0]} to {numbers[-1]} stand"


def decode_text(content: bytes, file: str) -> tuple[str, tuple[str, ...]]:
    """Text from UTF-8, UTF-16 with a byte order mark, or else Windows-1252 with a warning.

    Raises BadInput for what is no text.
    """
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        _refuse_binary(text, file)
        if encoding == "cp1252":
            return text, ("it is not UTF-8 and was read as Windows-1252; check letters such as å, é and “.",)
        return text, ()
    raise BadInput(f"{file} is no text that can be read. Save it as UTF-8 text, or give the .docx file.")


def _refuse_binary(text: str, file: str) -> None:
    odd = sum(ord(c) < 32 and c not in "\t\n\r\f\v" for c in text[:100_000])
    if "\x00" in text or odd > len(text[:100_000]) / 100:
        raise BadInput(
            f"{file} is no text but a program's own format. Give a .txt, .md, .docx, .csv or .jsonl file."
        )
    if len(text) > MOST_CHARACTERS:
        raise BadInput(
            f"{file} has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read. Split it."
        )
