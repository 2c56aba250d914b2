"""JSON as whisper, WhisperX, AssemblyAI, Fireflies and others write it: a list of segments with text, times, speakers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from annotations.decoding import decode_text
from annotations.errors import BadInput
from annotations.readers.clock import seconds
from annotations.readers.cues import Cue, turns_of_cues
from annotations.readers.document import Document, turns_of_document
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules
from annotations.readers.milliseconds import in_seconds
from annotations.readers.spoken import ReadTranscript, finished, label_of, one_line
from annotations.readers.words import count_words
from annotations.transcript import SpokenTurn

MOST = 40_000_000
_CLOSES = re.compile("[.,;:?!…]+")
_DEEPEST = 6
_TEXT = ("text", "sentence", "content", "transcript", "utterance", "value", "words")
# a turn's words in a list of their own, and what a word is called there
_WORDS = ("words", "elements", "items", "tokens")
_WORD = ("punctuated_word", "text", "value", "word", "content")
_SPEAKER = (
    "speaker_name",
    "speakerName",
    "speaker",
    "speaker_label",
    "speakerLabel",
    "speaker_id",
    "speakerDisplayName",
    "speaker_display_name",
    "displayName",
    "participantName",
    "name",
    "role",
    "voice",
)
_BEGIN = (
    "start",
    "startTime",
    "start_time",
    "begin",
    "from",
    "start_ms",
    "startMs",
    "startOffset",
    "start_offset",
)
_END = ("end", "endTime", "end_time", "stop", "to", "end_ms", "endMs", "endOffset", "end_offset")
_LAYOUT = 'It needs a list of segments, each with a "text", as whisper writes it.'


def read_json(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[ReadTranscript, ...]:
    """A .json file: one transcript; segments of one speaker in a row are one turn."""
    text, warnings = decode_text(content, file)
    if len(text) > MOST:
        raise BadInput(f"{file} has {len(text):,} characters; at most {MOST:,} are read. Split it.")
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{file} is no JSON, or a damaged file of it. Export it again.") from error
    segments = _chosen(list(_lists(plain)))
    if segments:
        names_of = _names_by_id(plain)
        spoken = in_seconds([_turn(segment, names_of) for segment in segments])
        cues = [
            Cue(t.begins or 0.0, t.ends or t.begins or 0.0, (t.words,), t.speaker) for t in spoken if t.words
        ]
        turns, account = turns_of_cues(cues, interviewers, rules)
        names = sum(count_words(cue.voice) for cue in cues)
        account = replace(account, words_in=account.words_in + names, marks=account.marks + names)
    elif isinstance(plain, dict) and isinstance(plain.get("text"), str):
        turns, account = turns_of_document(Document(tuple(plain["text"].split("\n"))), interviewers, rules)
    else:
        raise BadInput(f"{file} holds no transcript. {_LAYOUT}")
    return finished(
        turns,
        name=name,
        file=file,
        reader="json",
        interviewers=interviewers,
        warnings=warnings,
        account=account,
    )


def _lists(plain: Any, depth: int = 0) -> Iterator[Sequence[Mapping[str, Any]]]:
    """The lists of objects with a text, wherever they stand; the longest is the transcript."""
    if isinstance(plain, list):
        turns_there = [element for element in plain if isinstance(element, dict) and _text(element)]
        if turns_there and 2 * len(turns_there) >= len(plain):
            yield turns_there
            return
    below = plain.values() if isinstance(plain, dict) else plain if isinstance(plain, list) else ()
    if depth < _DEEPEST:
        for child in below:
            yield from _lists(child, depth + 1)


def _chosen(lists: Sequence[Sequence[Mapping[str, Any]]]) -> Sequence[Mapping[str, Any]]:
    """The list that is the transcript: of those with most of the words, one that names speakers, and not of single words."""
    words = [[count_words(_text(entry)) for entry in its] for its in lists]
    most = max(map(sum, words), default=0)

    def rank(at: int) -> tuple[bool, bool, int]:
        named = any(_speaker(entry) for entry in lists[at])
        return named, sum(words[at]) > 1.5 * len(words[at]), len(words[at])

    full = [at for at, its in enumerate(words) if sum(its) >= 0.9 * most]
    return lists[max(full, key=rank)] if full else ()


def _text(plain: Mapping[str, Any]) -> str:
    said = next(
        (one_line(plain[key]) for key in _TEXT if isinstance(plain.get(key), str) and plain[key].strip()), ""
    )
    return said or one_line(_of_words(plain))


def _of_words(plain: Mapping[str, Any]) -> str:
    """What a turn says whose words stand in a list of their own, as Rev and Happy Scribe write it."""
    for key in _WORDS:
        words = plain.get(key)
        if isinstance(words, list):
            parts = [_word(word) for word in words]
            spaced = any(part != part.strip() for part in parts)
            if any(part.strip() for part in parts):
                return "".join(parts) if spaced else "".join(map(_after_a_space, parts)).strip()
    return ""


def _after_a_space(part: str) -> str:
    """A word with the space before it, which a full stop or comma has none of."""
    return part if _CLOSES.fullmatch(part) else f" {part}"


def _word(plain: Any) -> str:
    if isinstance(plain, str):
        return plain
    values = (plain.get(key) for key in _WORD) if isinstance(plain, dict) else ()
    return next((value for value in values if isinstance(value, str)), "")


def _names_by_id(plain: Any) -> Mapping[str, str]:
    """The names of a list "speakers", by the ids that the segments give."""
    listed = plain.get("speakers") if isinstance(plain, dict) else None
    names: dict[str, str] = {}
    for entry in listed if isinstance(listed, list) else ():
        name, key = (entry.get("name"), entry.get("id")) if isinstance(entry, dict) else (None, None)
        if isinstance(name, str) and name.strip() and isinstance(key, str | int):
            names[str(key)] = label_of(name)
    return names


def _turn(plain: Mapping[str, Any], names: Mapping[str, str]) -> SpokenTurn:
    times = plain.get("offsets") if isinstance(plain.get("offsets"), dict) else plain
    speaker = _speaker(plain)
    speaker = names.get(speaker) or names.get(speaker.removeprefix("Speaker ")) or speaker
    return SpokenTurn(speaker, _text(plain), _time(times, _BEGIN), _time(times, _END))


def _speaker(plain: Mapping[str, Any]) -> str:
    for key in _SPEAKER:
        value = plain.get(key)
        if isinstance(value, dict):
            value = next(
                (value[name] for name in ("name", "label", "id") if isinstance(value.get(name), str)), None
            )
        if isinstance(value, int) and not isinstance(value, bool):
            return f"Speaker {value}"
        if isinstance(value, str) and value.strip():
            return label_of(value)
    return ""


def _time(plain: Any, keys: Sequence[str]) -> float | None:
    for key in keys:
        value = plain.get(key) if isinstance(plain, dict) else None
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e10:
            return float(value)
        if isinstance(value, str):
            return seconds(value)
    return None
