"""What a task shows in Label Studio: a passage, what was said around it, and why codes are suggested for it."""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NOTHING_SUGGESTED = "Nothing is suggested here."
KEY = "segment_id"
REASONS = "why"
BOXES = "candidates"
# what the list of passages shows of each: plain text, without marks
INTERVIEW, TURN, PASSAGE = "interview", "turn", "passage"
_LONGEST_IN_LIST = 160
# stands in the place of reasons while a push brings new ones
REASONS_COME = (
    "<div>Another version of the model suggests this since a moment ago. Its reasons are on their way: open the "
    "passage again in a few minutes.</div>"
)


@dataclass(frozen=True, slots=True)
class SpokenNear:
    """A turn or segment around the one in question: who said what."""

    speaker: str
    words: str


@dataclass(frozen=True, slots=True)
class EvidenceQuote:
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
    quotes: tuple[EvidenceQuote, ...] = ()


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of Tandem's own pages: the interview at this passage, and the definitions.

    What is done is not said here: a task is the same for everybody and stays as it was pushed, so a count would be old,
    and somebody else's. My work counts each coder's own.
    """

    interview: str
    definitions: str


@dataclass(frozen=True, slots=True)
class ShownSegment:
    """A segment as a coder sees it. ``key``: what the task is called (see ``task_key``).

    ``position``: its turn among those of the interview; ``passage``: the same among the passages to code.
    """

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
    before: tuple[SpokenNear, ...] = ()
    after: tuple[SpokenNear, ...] = ()
    date: str = ""
    passage: str = ""
    links: Links | None = None


def task_data(
    shown: ShownSegment, reasons: Sequence[Reason], note: str, boxes: Sequence[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """The data of a task. All words are escaped: nothing that somebody said is ever read as HTML.

    ``boxes``: the most likely codes (see ``candidates``); Label Studio needs the key even where there are none.
    """
    return {
        KEY: shown.key,
        INTERVIEW: shown.transcript,
        TURN: shown.position,
        "header": _header(shown),
        "before": _context(shown.before),
        **passage_fields(shown.speaker, shown.words),
        "after": _context(shown.after),
        REASONS: _why(reasons, note),
        BOXES: [dict(box) for box in boxes],
    }


def _header(shown: ShownSegment) -> str:
    """Who speaks, in which of their interviews, where in it, and the way to all of it."""
    who = shown.participant or shown.transcript
    # one person may have given several interviews
    which = shown.transcript if shown.participant and shown.participant != shown.transcript else ""
    wave = f"wave {shown.wave}" if shown.wave else ""
    parts = [which, shown.date, shown.role, shown.case, shown.site, wave, shown.time]
    where = [shown.position, shown.passage]
    return header_of(who, [*parts, *where], shown.links, opens="whole interview")


def header_of(who: str, rest: Sequence[str], links: Links | None, *, opens: str = "read it in Tandem") -> str:
    """The line above a text: whose it is, what else is known of it, and links. ``opens``: what the first one says."""
    said = " · ".join([f"<b>{_text(who)}</b>", *(_text(part) for part in rest if part)])
    if links is None:
        return said
    there = f"<a href='{_text(links.interview)}' target='_blank' rel='noopener'>{_text(opens)}</a>"
    means = f"<a href='{_text(links.definitions)}' target='_blank' rel='noopener'>definitions</a>"
    return f"{said} · {there} · {means}"


def _in_list(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= _LONGEST_IN_LIST else f"{plain[:_LONGEST_IN_LIST].rsplit(None, 1)[0]} …"


def passage_fields(speaker: str, words: str) -> dict[str, str]:
    """What of a task's data holds the passage: as it is shown with who said it, and in the list of passages."""
    shown = f"<b>{_text(speaker)}</b> {_text(words)}" if speaker else _text(words)
    return {PASSAGE: _in_list(words), "words": shown}


def hash_of(data: Mapping[str, Any]) -> str:
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


def _context(said: Sequence[SpokenNear]) -> str:
    return "".join(
        f"<div><b>{_text(turn.speaker)}</b> {_text(_short(turn.words))}</div>"
        if turn.speaker
        else f"<div>{_text(_short(turn.words))}</div>"
        for turn in said
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
