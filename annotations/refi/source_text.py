"""The text of a source: its plain text, else what the readers make of its Word or PDF file; and its passages in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import PurePosixPath

from annotations.decoding import MOST_CHARACTERS, decode_text
from annotations.errors import BadInput
from annotations.readers.labels_in_study_yaml import LabelRules
from annotations.readers.reading import READERS
from annotations.readers.spoken import ReadTranscript
from annotations.readers.text import in_place
from annotations.refi.counting import BOM, Counting, RawText
from annotations.refi.project import RefiSelection, RefiSource
from annotations.refi.unit_decision import UnitDecision, UnitEvidence, decide, plain_words, span_of
from annotations.transcript import Span

Fetch = Callable[[str], bytes | None]
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_FEWEST = 12


@dataclass(frozen=True, slots=True)
class SourceText:
    """A source as read. ``how``: "plain", or the reader of its rich file. ``missing``: why it has no text.

    ``named``: the path that the project gives for a file that is missing.
    """

    read: ReadTranscript | None
    raw: RawText | None = None
    how: str = "plain"
    missing: str = ""
    named: str = ""


@dataclass
class PlacedPassages:
    """The passages of a source in its text: by place, and why others have none."""

    decision: UnitDecision
    passages: list[tuple[RefiSelection, Span]] = field(default_factory=list)
    by_words: int = 0
    empty: list[RefiSelection] = field(default_factory=list)
    beyond: list[RefiSelection] = field(default_factory=list)
    nowhere: list[RefiSelection] = field(default_factory=list)


def read_source(
    source: RefiSource, fetch: Fetch, *, name: str, file: str, interviewers: Sequence[str], rules: LabelRules
) -> SourceText:
    """The text of a source with its turns. What cannot be read is said in ``missing``."""
    where = f'{file}, source "{source.name}"'
    try:
        raw, warnings = _plain(source, fetch, where)
        if raw is not None:
            if not raw.text.strip():
                return SourceText(None, missing="its text is empty")
            turns, account = in_place(raw.text, interviewers, rules)
            if not turns:
                return SourceText(None, missing="it holds no words to code")
            read = ReadTranscript(
                name, raw.text, turns, source.name, "REFI-QDA", warnings=warnings, account=account
            )
            return SourceText(read, raw)
        return _rich(source, fetch, where, name=name, interviewers=interviewers, rules=rules)
    except BadInput as error:
        return SourceText(None, missing=str(error).removeprefix(where).lstrip(":, ").rstrip("."))


def evidence_of(text: SourceText, source: RefiSource, origin: str) -> UnitEvidence | None:
    """What the passages of a source say of how its positions were counted; None where it has no text."""
    # those without a code are evidence too: people selected them in the same way
    return None if text.raw is None else UnitEvidence(text.raw, source.selections, origin)


def place_passages(
    text: SourceText, source: RefiSource, evidence: UnitEvidence | None, habit: Mapping[Counting, float]
) -> PlacedPassages:
    """Every coded passage of a source in its text: by its positions, else by its words where these stand there once.

    ``habit``: what the other sources of the project say, see ``habit_of``.
    """
    coded = [selection for selection in source.selections if selection.codings]
    if text.raw is None or evidence is None:
        return PlacedPassages(UnitDecision(None), nowhere=coded)
    decision = decide(evidence, habit)
    placed = PlacedPassages(decision)
    if text.how != "plain" and not decision.sure:
        # what a reader makes of a Word file need not be the text in which the positions were counted
        decision = replace(decision, counting=None)
        placed.decision = decision
    positions = None if decision.counting is None else text.raw.positions(decision.counting)
    for selection in coded:
        if selection.start is not None and selection.start == selection.end:
            placed.empty.append(selection)
            continue
        span = None if positions is None else span_of(positions, selection)
        if span is None and (positions is None or selection.start is None):
            span = _by_words(text.raw.text, selection.words)
            placed.by_words += span is not None
        if span is not None:
            placed.passages.append((selection, span))
        elif selection.start is None or positions is None:
            placed.nowhere.append(selection)
        else:
            placed.beyond.append(selection)
    return placed


def _plain(source: RefiSource, fetch: Fetch, where: str) -> tuple[RawText | None, tuple[str, ...]]:
    content = fetch(source.plain) if source.plain else None
    if content is not None:
        text, warnings = decode_text(content, where)
        return RawText(BOM + text if content.startswith(_MARKS) else text), warnings
    if source.content is None:
        return None, ()
    if len(source.content) > MOST_CHARACTERS:
        raise BadInput(
            f"{where} has {len(source.content):,} characters; at most {MOST_CHARACTERS:,} are read."
        )
    return RawText(source.content), ()


def _rich(
    source: RefiSource, fetch: Fetch, where: str, *, name: str, interviewers: Sequence[str], rules: LabelRules
) -> SourceText:
    content = fetch(source.rich) if source.rich else None
    if content is None:
        named = source.plain or source.rich
        missing = "its file is not in the project" if named else "it has no text"
        return SourceText(None, missing=missing, named=named)
    ending = PurePosixPath(source.rich).suffix.lower()
    if ending not in READERS:
        return SourceText(
            None, missing=f'its text stands in a file of the kind "{ending}", which is not read'
        )
    (read,) = READERS[ending](content, name=name, file=where, interviewers=interviewers, rules=rules)
    return SourceText(read, RawText(read.text), how=ending.removeprefix("."))


def _by_words(text: str, words: str) -> Span | None:
    """The one place at which recorded words stand, white space aside; None for none, several, or too few words."""
    return None if words.rstrip().endswith(("…", "...")) else found_once(text, words)


def found_once(text: str, words: str, *, fewest: int = _FEWEST) -> Span | None:
    """Where words stand in a text, white space aside; None if nowhere, in several places, or if they are too few.

    ``fewest``: how many characters, white space aside, are enough.
    """
    wanted = plain_words(words)
    if len(wanted) < fewest:
        return None
    plain, kept = _squeezed(text)
    at = plain.find(wanted)
    if at < 0 or plain.find(wanted, at + 1) >= 0:
        return None
    return Span(kept[at], kept[at + len(wanted) - 1] + 1)


@lru_cache(maxsize=2)
def _squeezed(text: str) -> tuple[str, list[int]]:
    """A text without white space, and where each of its characters stands."""
    kept = [at for at, character in enumerate(text) if not character.isspace()]
    return "".join(text[at] for at in kept), kept
