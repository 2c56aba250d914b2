"""WebVTT: Teams names the voice in tags, Zoom before the words; cues of one speaker in a row are one turn."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Any

from annotations.errors import BadInput
from annotations.readers.clock import seconds
from annotations.readers.cues import Cue, turns_of_cues
from annotations.readers.decoding import decode_text
from annotations.readers.spoken import ReadTranscript, finished, label_of

_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:[ \t]+([^<>]*))?>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:[a-zA-Z][^<>]*|\d[\d:.]*)?>")
_LAYOUT = (
    "A .vtt file begins with WEBVTT and has cues such as 00:00:01.000 --> 00:00:04.000 with words below."
)
MOST = 10_000_000


def read_vtt(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str]
) -> tuple[ReadTranscript, ...]:
    """A .vtt file: one transcript."""
    return read_cues(content, "vtt", _LAYOUT, name=name, file=file, interviewers=interviewers)


def read_cues(
    content: bytes, kind: str, layout: str, *, name: str, file: str, interviewers: Sequence[str]
) -> tuple[ReadTranscript, ...]:
    """A file of cues in the layout ``kind`` (vtt or srt): one transcript, and a warning for cues left out."""
    text, warnings = decode_text(content, file)
    if len(text) > MOST:
        raise BadInput(
            f"{file} has {len(text):,} characters; at most {MOST:,} of subtitles are read. Split it."
        )
    cues = list(_cues(text, kind, file, layout))
    left_out = sum("-->" in line for line in text.split("\n") if not line.startswith("NOTE")) - len(
        {(cue.begins, cue.ends, at) for at, cue in cues}
    )
    if not cues:
        raise BadInput(f"{file} holds no cues that can be read. {layout}")
    if left_out > 0:
        warnings = (
            *warnings,
            f"{left_out} of its cues have times that cannot be read, or no words, and were left out.",
        )
    spoken = turns_of_cues([cue for _, cue in cues], interviewers)
    return finished(spoken, name=name, file=file, reader=kind, interviewers=interviewers, warnings=warnings)


def _cues(text: str, kind: str, file: str, layout: str) -> Iterator[tuple[int, Cue]]:
    # here, for most transcripts are text
    import io

    from webvtt import WebVTT
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", " ")
    try:
        captions: list[Any] = WebVTT.from_buffer(io.StringIO(lines), format=kind).captions
    except (MalformedFileError, MalformedCaptionError, ValueError) as error:
        raise BadInput(f"{file} holds no cues that can be read. {layout}") from error
    for at, caption in enumerate(captions):
        begins, ends = seconds(caption.start) or 0.0, seconds(caption.end) or 0.0
        for voice, words in _voices("\n".join(caption.lines)):
            yield at, Cue(begins, max(begins, ends), tuple(words.split("\n")), voice)


def _voices(payload: str) -> Iterator[tuple[str, str]]:
    """The voices of a cue and their words, without tags and with entities as the characters they stand for."""
    pieces = _VOICE.split(payload.replace("</v>", ""))
    for at in range(0, len(pieces), 2):
        voice = label_of(html.unescape(pieces[at - 1] or "")) if at else ""
        words = html.unescape(_TAG.sub("", pieces[at]))
        if words.strip():
            yield voice, words.strip("\n")
