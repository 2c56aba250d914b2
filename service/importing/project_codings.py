"""The codings of a project as the study keeps them: whose they are, which code, the memos that hang on them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from annotations.coding import Condition
from annotations.codings.coding_cells import condition_in, influence_in
from annotations.codings.codings_file import PlacedCoding
from annotations.names import fault_of_name, folded
from annotations.refi.map_file import LEFT_OUT, NameMap
from annotations.refi.project import RefiCoding, RefiProject, RefiSelection, RefiUser
from annotations.refi.unit_decision import OWN, plain_words
from annotations.study.coder_names import CoderNames
from annotations.transcript import Span
from service.importing.project_file import SourceRead

# how Tandem's own export names the users that are models
MODEL_ID = "tandem-model:"
_MODEL = re.compile(r"Tandem model \S+")
NOBODY = "coder not named"


@dataclass
class ReadCodings:
    """Codings ready to be kept, why others are not (reason → places), and who is who.

    ``faults``: sentences for which nothing may be imported. ``memos``: how many codings have one.
    """

    placed: list[PlacedCoding] = field(default_factory=list)
    left: dict[str, list[str]] = field(default_factory=dict)
    coders: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    on_whole: int = 0
    of_models: int = 0
    on_cases: int = 0
    memos: int = 0
    notes_used: set[str] = field(default_factory=set)
    resolve: Callable[[str], str | None] = lambda name: name

    def leave(self, reason: str, place: str) -> None:
        """One more that is not kept."""
        self.left.setdefault(reason, []).append(place)


@dataclass(frozen=True)
class CodingsReading:
    """What codings are read with: the study's people, the codes' ids by GUID, the map, and what a sidecar adds.

    ``coders``: those of study.yaml and those who coded before. ``codes``: the id here by the GUID there; None: to be
    left out. ``nobody``: who coded where nobody is named.
    """

    codes: Mapping[str, str | None]
    coders: Callable[[], CoderNames]
    names: NameMap
    time_zone: ZoneInfo
    nobody: str = NOBODY
    beside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_codings_of(
    project: RefiProject, sources: Sequence[SourceRead], reading: CodingsReading
) -> ReadCodings:
    """Every coding of the sources that are taken."""
    codings_read = ReadCodings()
    people = _ProjectCoders(project, reading, codings_read)
    codings_read.resolve = people.named
    cases = {case.guid for case in project.cases}
    for source in sources:
        if source.transcript is None or source.placed is None:
            continue
        for passage, span in source.placed.passages:
            for coding in passage.codings:
                if coding.target in cases:
                    codings_read.on_cases += 1
                else:
                    _take(codings_read, project, reading, people, source, (passage, span, coding))
        whole = Span(0, len(source.transcript.text))
        for coding in source.source.codings:
            if coding.target not in cases:
                codings_read.on_whole += coding.target in reading.codes
                nothing = RefiSelection("", None, None)
                _take(codings_read, project, reading, people, source, (nothing, whole, coding))
        _leave_passages(codings_read, source)
    codings_read.placed = list(_merged(codings_read.placed))
    codings_read.memos = sum(bool(coding.memo) for coding in codings_read.placed)
    return codings_read


class _ProjectCoders:
    """Who coded, by user; a model's codings are no person's."""

    def __init__(self, project: RefiProject, reading: CodingsReading, codings_read: ReadCodings) -> None:
        self._users = {user.guid: user for user in project.users}
        self._reading, self._found = reading, codings_read
        self._known: dict[str, str | None] = {}
        self._first = project.user

    def of(self, coding: RefiCoding, passage: RefiSelection) -> str | None:
        """The coder's name; None for a model, and for one of whom a sentence stands among the faults."""
        guid = coding.user or passage.user or self._first or ""
        if guid not in self._known:
            self._known[guid] = self._resolved(self._users.get(guid), guid)
        return self._known[guid]

    def named(self, name: str) -> str | None:
        """Who a name that stands beside the project is here; None for one that is left out."""
        guid = next((user.guid for user in self._users.values() if user.name == name), "")
        if guid in self._known:
            return self._known[guid]
        return self._resolved(RefiUser(guid, name), guid)

    def is_model(self, coding: RefiCoding) -> bool:
        user = self._users.get(coding.user or "")
        return user is not None and (user.id.startswith(MODEL_ID) or _MODEL.match(user.name) is not None)

    def _resolved(self, user: RefiUser | None, guid: str) -> str | None:
        theirs = (user.name or user.id or f"user {guid[:8]}") if user else ""
        told = self._reading.names.get("coder", theirs) if theirs else None
        if told is not None and told in LEFT_OUT:
            return None
        name = told or theirs or self._reading.nobody
        try:
            # users of one project are different people, however much alike their names are
            ours = self._reading.coders().resolve(name) if name != NOBODY else NOBODY
        except ValueError as error:
            if told is not None and fault_of_name(told) is None:
                self._found.coders[theirs] = told
                return told
            self._found.faults.append(f'user "{theirs}": {error}. Or say who it is: --coder "{theirs}=NAME".')
            return None
        self._found.coders[theirs or "(nobody named)"] = ours
        return ours


def _take(
    codings_read: ReadCodings,
    project: RefiProject,
    reading: CodingsReading,
    people: _ProjectCoders,
    source: SourceRead,
    at: tuple[RefiSelection, Span, RefiCoding],
) -> None:
    passage, span, coding = at
    place = _place(source, passage)
    if people.is_model(coding):
        codings_read.of_models += 1
        return
    if coding.target not in reading.codes:
        codings_read.leave("the code that it names is not in the project", place)
        return
    code = reading.codes[coding.target]
    if code is None:
        codings_read.leave("its code has none here, or is left out", place)
        return
    coder = people.of(coding, passage)
    if coder is None:
        codings_read.leave("its coder is left out", place)
        return
    notes = tuple(dict.fromkeys((*coding.notes, *passage.notes)))
    codings_read.notes_used |= set(notes)
    memos = [project.notes[guid].text for guid in notes if guid in project.notes]
    described = passage.description.strip() and plain_words(passage.description) != plain_words(passage.words)
    # what hangs on a coding as a note may stand on its passage once more, for programs that read it there
    if described and passage.description.strip() not in [memo.strip() for memo in memos]:
        memos.append(passage.description)
    # white space alone is a memo only to whoever kept it as one
    memos = memos if project.origin == OWN else [memo for memo in memos if memo.strip()]
    beside = reading.beside.get(coding.guid, {})
    codings_read.placed.append(
        PlacedCoding(
            row=0,
            transcript=source.name,
            coder=coder,
            code=code,
            span=span,
            condition=_condition(beside),
            memo="\n\n".join(filter(None, memos)),
            created=_moment(coding.created or passage.created, reading.time_zone),
            influence=_influence(beside),
            concrete_example=beside.get("concrete_example") is True,
        )
    )


def _condition(beside: Mapping[str, Any]) -> Condition:
    try:
        return condition_in(str(beside.get("condition", "")))
    except ValueError:
        return Condition.INDEPENDENT


def _influence(beside: Mapping[str, Any]) -> Any:
    try:
        return influence_in(str(beside.get("influence") or ""))
    except ValueError:
        return None


def _leave_passages(codings_read: ReadCodings, source: SourceRead) -> None:
    if source.placed is None:
        return
    for passages, reason in (
        (source.placed.empty, "the passage has no length"),
        (source.placed.beyond, "its position lies beyond the end of the text, or ends before it begins"),
        (
            source.placed.nowhere,
            "no position in the text is known for it, and its words do not stand there once",
        ),
    ):
        for passage in passages:
            for _ in passage.codings:
                codings_read.leave(reason, _place(source, passage))


def _place(source: SourceRead, passage: RefiSelection) -> str:
    at = "" if passage.start is None else f", position {passage.start} to {passage.end}"
    return f'source "{source.source.name}"{at}'


def _merged(placed: Sequence[PlacedCoding]) -> Iterator[PlacedCoding]:
    """A code that the same coder put on the same passage twice is one coding, with the memos of both."""
    by_key: dict[tuple[object, ...], PlacedCoding] = {}
    for coding in placed:
        key = (folded(coding.transcript), coding.coder, coding.code, coding.span, coding.condition)
        before = by_key.get(key)
        if before is None:
            by_key[key] = coding
        elif coding.memo and coding.memo not in before.memo.split("\n\n"):
            by_key[key] = replace(before, memo="\n\n".join(filter(None, (before.memo, coding.memo))))
    yield from by_key.values()


def _moment(given: datetime | None, time_zone: ZoneInfo) -> datetime | None:
    # a program without a time writes the year 1
    if given is None or given.year < 1900:
        return None
    return given.replace(tzinfo=time_zone) if given.tzinfo is None else given


def counts_of(placed: Sequence[PlacedCoding]) -> Counter[str]:
    """How many codings each transcript gets."""
    return Counter(coding.transcript for coding in placed)
