"""WebVTT: Teams names the voice in tags, Zoom before the words, Webex above the times; cues of one speaker are one turn."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from annotations.decoding import decode_text
from annotations.errors import BadInput
from annotations.names import folded
from annotations.readers.account import LeftOut, NearLabel, WordAccount
from annotations.readers.clock import seconds
from annotations.readers.cues import Cue, turns_of_cues, with_names_above
from annotations.readers.label_forms import name_alone
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules
from annotations.readers.spoken import ReadTranscript, finished, label_of
from annotations.readers.words import count_words, first_words

_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:[ \t]+([^<>]*))?>", re.IGNORECASE)
# the tags of the format; "<doctor>" is what somebody wrote for a name
_TAG = re.compile(
    r"</?(?:[ibuc]|ruby|rt|lang|v|font|s|strong|em|br)(?:[.\s][^<>]*)?/?>|<\d[\d:.]*>|\{\\an?\d{1,2}\}",
    re.IGNORECASE,
)
_WEBEX = re.compile(r"(?:\d+\s+)?\"(?P<name>[^\"]+)\"(?:\s*\(\d+\))?")
_NUMBERED = re.compile(r"\d+\s*[-–.:|]?\s+(?=[^\W\d])")
_IDENTITY = re.compile(r"[0-9a-fA-F-]{16,}|\d+|.*[0-9a-f]{8}-[0-9a-f]{4}.*")
_BLOCKS = ("NOTE", "STYLE", "REGION")
_LAYOUT = (
    "A .vtt file begins with WEBVTT and has cues such as 00:00:01.000 --> 00:00:04.000 with words below."
)
MOST = 10_000_000


@dataclass(slots=True)
class _BesideCues:
    """What of a file is no words of a cue: its notes, how many words of names stand in tags or above the times."""

    notes: list[str] = field(default_factory=list)
    names: int = 0
    above: int = 0
    cues: int = 0


def read_vtt(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[ReadTranscript, ...]:
    """A .vtt file: one transcript."""
    return read_cues(content, "vtt", _LAYOUT, name=name, file=file, interviewers=interviewers, rules=rules)


def read_cues(
    content: bytes,
    kind: str,
    layout: str,
    *,
    name: str,
    file: str,
    interviewers: Sequence[str],
    rules: LabelRules = USUAL,
) -> tuple[ReadTranscript, ...]:
    """A file of cues in the layout ``kind`` (vtt or srt): one transcript, and a warning for cues left out."""
    text, warnings = decode_text(content, file)
    if len(text) > MOST:
        raise BadInput(
            f"{file} has {len(text):,} characters; at most {MOST:,} of subtitles are read. Split it."
        )
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", " ")
    beside = _BesideCues()
    joined = _without_blank_lines(lines, beside)
    cues = list(_cues(joined, kind, file, layout, beside))
    if not cues:
        raise BadInput(f"{file} holds no cues that can be read. {layout}")
    left_out = sum("-->" in line for line in joined.split("\n")) - beside.cues
    if left_out > 0:
        warnings = (
            *warnings,
            f"{left_out} of its cues have times that cannot be read, or no words, and were left out.",
        )
    named, names = with_names_above(cues)
    spoken, account = turns_of_cues(named, interviewers, rules)
    account = replace(
        account, marks=account.marks + names + beside.names, near=_by_line(account.near, text.splitlines())
    )
    return finished(
        spoken,
        name=name,
        file=file,
        reader=kind,
        interviewers=interviewers,
        warnings=warnings,
        account=_with_the_rest(account, joined, beside, left_out),
    )


def _by_line(near: Sequence[NearLabel], lines: Sequence[str]) -> tuple[NearLabel, ...]:
    """What nearly was a label, by the number of its line in the file instead of among the lines of cues."""
    by_line, at = [], 0
    for label in near:
        begins = label.begins.removesuffix(" …")
        at = next((n for n in range(at, len(lines)) if begins in html.unescape(lines[n])), at)
        by_line.append(replace(label, line=at + 1))
    return tuple(by_line)


def _with_the_rest(account: WordAccount, joined: str, beside: _BesideCues, unread: int) -> WordAccount:
    """The account with the words of notes, and of cues that could not be read."""
    payload = _payload_words(joined) + beside.above
    notes = " ".join(beside.notes)
    rest = payload - account.kept - account.marks - account.words_left_out
    more = (
        [("notes", "a note of the file, or its head", count_words(notes), first_words(notes))]
        if notes
        else []
    )
    if unread > 0 and rest > 0:
        more.append(("cues", "their times cannot be read", rest, ""))
    return replace(
        account,
        words_in=payload + count_words(notes),
        left_out=(*account.left_out, *(LeftOut(*left) for left in more)),
    )


def _payload_words(joined: str) -> int:
    """How many words stand below the times of cues, names in tags included."""
    words = 0
    for block in joined.split("\n\n"):
        _, _, payload = block.partition("-->")
        _, _, payload = payload.partition("\n")
        plain = html.unescape(
            _TAG.sub("", _VOICE.sub(lambda m: f" {m[1] or ''}: ", payload.replace("</v>", "")))
        )
        words += count_words("\n".join(line for line in plain.split("\n") if not _is_timing(line)))
    return words


def _is_timing(line: str) -> bool:
    return "-->" in line


def _without_blank_lines(text: str, beside: _BesideCues) -> str:
    """The text with each cue in one block: a blank line within a cue does not end its words. Notes are taken out."""
    kept: list[str] = []
    blocks = re.split(r"\n[ \t]*\n+", text.strip("\n"))
    for at, block in enumerate(blocks):
        first = block.lstrip().split("\n", 1)[0].strip()
        following = blocks[at + 1].lstrip() if at + 1 < len(blocks) else ""
        counts = block.strip().isdecimal() and "-->" in following.split("\n", 1)[0]
        if "-->" not in block and (
            first.split(" ")[0] in _BLOCKS or not any("-->" in line_kept for line_kept in kept)
        ):
            beside.notes.append(block.replace("WEBVTT", "", 1) if at == 0 else block)
            kept.extend([first] if at == 0 else [])
        elif "-->" not in block and not counts and kept:
            kept[-1] = f"{kept[-1]}\n{block}"
        else:
            kept.append(block)
    return "\n\n".join(kept) + "\n"


def _cues(text: str, kind: str, file: str, layout: str, beside: _BesideCues) -> Iterator[Cue]:
    # here, for most transcripts are text
    import io

    from webvtt import WebVTT
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    try:
        captions: list[Any] = WebVTT.from_buffer(io.StringIO(text), format=kind).captions
    except (MalformedFileError, MalformedCaptionError, ValueError) as error:
        raise BadInput(f"{file} holds no cues that can be read. {layout}") from error
    named = _names_above_times(captions) if kind == "vtt" else {}
    for at, caption in enumerate(captions):
        begins, ends = seconds(caption.start) or 0.0, seconds(caption.end) or 0.0
        above = count_words(named.get(at, ""))
        beside.names, beside.above = beside.names + above, beside.above + above
        voices = list(_voices("\n".join(caption.lines), beside))
        beside.cues += bool(voices)
        for voice, words in voices:
            yield Cue(begins, max(begins, ends), tuple(words.split("\n")), voice or named.get(at, ""))


def _names_above_times(captions: Sequence[Any]) -> dict[int, str]:
    """The speakers that stand in the cues' identifiers, as Webex writes them: if they come again."""
    names: dict[int, str] = {}
    for at, caption in enumerate(captions):
        identifier = label_of(str(caption.identifier or ""))
        webex = _WEBEX.fullmatch(identifier)
        plain = webex["name"] if webex else _NUMBERED.sub("", identifier)
        if webex or (plain and not _IDENTITY.fullmatch(plain) and name_alone(plain)):
            names[at] = label_of(plain)
    different = {folded(name) for name in names.values()}
    return names if 2 * len(names) >= len(captions) and len(different) <= max(2, len(names) / 2) else {}


def _voices(payload: str, beside: _BesideCues) -> Iterator[tuple[str, str]]:
    """The voices of a cue and their words, without tags and with entities as the characters they stand for."""
    pieces = _VOICE.split(payload.replace("</v>", ""))
    for at in range(0, len(pieces), 2):
        voice = label_of(html.unescape(pieces[at - 1] or "")) if at else ""
        words = html.unescape(_TAG.sub("", pieces[at]))
        beside.names += count_words(voice)
        if words.strip():
            yield voice, words.strip("\n")
