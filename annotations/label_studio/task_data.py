"""What a task shows in Label Studio: a passage, what was said around it, and why codes are suggested for it."""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NOTHING_SUGGESTED = "Nothing is suggested here."
KEY = "segment_id"
REASONS = "why"
# stands in the place of reasons while a push brings new ones
REASONS_COME = (
    "<div>Another version of the model suggests this since a moment ago. Its reasons are on their way: open the "
    "passage again in a few minutes.</div>"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A turn or segment around the one in question: who said what."""

    speaker: str
    words: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage that people coded so: the words, and whose they are."""

    words: str
    participant: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a code is suggested: what it means, the sentence that carries it (if known), what people coded so.

    ``sure``: how sure the model is, in words.
    """

    code: str
    sure: str = ""
    definition: str = ""
    sentence: str = ""
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownSegment:
    """A segment as a coder sees it. ``key``: what the task is called (see ``task_key``)."""

    key: str
    transcript: str
    words: str
    speaker: str
    position: str
    participant: str = ""
    role: str = ""
    case: str = ""
    site: str = ""
    wave: str = ""
    time: str = ""
    before: tuple[Said, ...] = ()
    after: tuple[Said, ...] = ()


def task_data(shown: ShownSegment, reasons: Sequence[Reason], note: str) -> dict[str, str]:
    """The data of a task. All words are escaped: nothing that somebody said is ever read as HTML."""
    where = [shown.participant or shown.transcript, shown.role, shown.case, shown.site]
    header = " · ".join(
        filter(None, [*where, f"wave {shown.wave}" if shown.wave else "", shown.time, shown.position])
    )
    return {
        KEY: shown.key,
        "transcript": shown.transcript,
        "header": header,
        "before": _context(shown.before),
        "words": words_shown(shown.speaker, shown.words),
        "after": _context(shown.after),
        REASONS: _why(reasons, note),
    }


def words_shown(speaker: str, words: str) -> str:
    """A passage and who said it, as a task shows them."""
    return f"<b>{_text(speaker)}</b> {_text(words)}" if speaker else _text(words)


def hash_of(data: Mapping[str, str]) -> str:
    """A hash of what a task shows, to tell whether it has changed."""
    plain = json.dumps(dict(data), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _why(reasons: Sequence[Reason], note: str) -> str:
    rows = "".join(map(_reason, reasons))
    return rows + (f"<div>{_text(note)}</div>" if note else "") or f"<div>{NOTHING_SUGGESTED}</div>"


def _reason(reason: Reason) -> str:
    """A code and how sure the model is; below it what it means, the sentence, and what people coded so."""
    sure = f" <i>{_text(reason.sure)}</i>" if reason.sure else ""
    lines = [f"<b>{_text(reason.code)}</b>{sure}"]
    if reason.definition:
        lines.append(_text(_short(reason.definition, 300)))
    if reason.sentence:
        lines.append(f"Carried by: “{_text(_short(reason.sentence, 300))}”")
    lines += [
        f"Coded so: “{_text(_short(quote.words, 300))}” <i>{_text(quote.participant)}</i>"
        for quote in reason.quotes
    ]
    inner = "".join(f"<div style='margin-left:12px'>{line}</div>" for line in lines[1:])
    return f"<div style='margin-bottom:6px'>{lines[0]}{inner}</div>"


def _context(said: Sequence[Said]) -> str:
    return "".join(
        f"<div><b>{_text(one.speaker)}</b> {_text(_short(one.words))}</div>"
        if one.speaker
        else f"<div>{_text(_short(one.words))}</div>"
        for one in said
    )


def _short(words: str, most: int = 420) -> str:
    """Long words without their middle, cut between words."""
    if len(words) <= most:
        return words
    begin = words[: most // 2].rsplit(None, 1)[0]
    end = words[-most // 2 :].split(None, 1)[-1]
    return f"{begin} […] {end}"


def _text(words: str) -> str:
    return html.escape(words, quote=True).replace("\n", "<br>")
