"""A study as a REFI-QDA project: people and model versions as users, passages with their codings, memos as notes.

GUIDs are made of ids that the study keeps, so that another export of the same study names the same things alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from annotations.attributes import Attribute, Attributes, Owner
from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Condition, Draw, Review
from annotations.names import folded
from annotations.refi.belonging import CASE_TYPE
from annotations.refi.guids import stable
from annotations.refi.project import (
    RefiCase,
    RefiCoding,
    RefiNote,
    RefiProject,
    RefiSelection,
    RefiSource,
    RefiUser,
)
from annotations.refi.unit_decision import OWN
from annotations.store.attributes import all_attributes
from annotations.store.coders import coder_names
from annotations.store.loose_codings import loose_codings
from annotations.store.model_versions import ModelVersion, all_models
from annotations.store.reviews import current_reviews
from annotations.store.segments import segments_of
from annotations.store.suggestions import each_suggestion
from annotations.store.tombstones import study_id
from annotations.store.transcripts import KeptTranscript, all_texts
from annotations.transcript import Span
from service.exporting.refi_codes import RefiCodes
from service.looking.hidden_spans import Hidden

MODEL_ID = "tandem-model:"
_WORDS_RECORDED = 80
_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
_OF_SOURCES = ("participant", "case", "site", "wave", "session", "kind", "language", "date")


@dataclass
class MadeProject:
    """The project, its texts by GUID, what goes into the sidecar, and counts of what was written and what was not."""

    project: RefiProject
    texts: dict[str, str]
    codings: int = 0
    suggestions: int = 0
    memos: int = 0
    hidden: int = 0
    beside: dict[str, dict[str, Any]] = field(default_factory=dict)
    empty_reviews: list[dict[str, Any]] = field(default_factory=list)
    coded_reviews: list[dict[str, Any]] = field(default_factory=list)
    repeats: int = 0
    conditions: int = 0
    influences: int = 0
    consents: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone_codes: int = 0


@dataclass(frozen=True, slots=True)
class _Applied:
    """A code that a person or a model version put on a passage."""

    transcript: UUID
    user: str
    coder: str
    condition: Condition
    coding: Coding
    beside: Mapping[str, Any] = field(default_factory=dict)


def refi_project(connection: Connection, name: str, codebook: Codebook, *, suggestions: bool) -> MadeProject:
    """The study as things stand. ``suggestions``: with those of every model version, but for what is hidden yet."""
    return _ProjectMaker(connection, name, codebook).made(suggestions=suggestions)


class _ProjectMaker:
    def __init__(self, connection: Connection, name: str, codebook: Codebook) -> None:
        self._connection = connection
        self._study = study_id(connection)
        self._codes = RefiCodes(self._study, codebook)
        self._kept = all_texts(connection)
        self._users: dict[str, RefiUser] = {}
        self._people = {name: str(guid) for guid, name in coder_names(connection).items()}
        self._notes: dict[str, RefiNote] = {}
        self._made = MadeProject(RefiProject(name=name, origin=OWN), {})

    def made(self, *, suggestions: bool) -> MadeProject:
        made = self._made
        applied: dict[UUID, list[_Applied]] = {}
        for person in self._of_people():
            applied.setdefault(person.transcript, []).append(person)
            made.codings += 1
        for person in self._of_models() if suggestions else ():
            applied.setdefault(person.transcript, []).append(person)
            made.suggestions += 1
        attributes = all_attributes(self._connection)
        variables = _Variables(self._study)
        sources = tuple(self._source(kept, applied.get(kept.id, ()), variables) for kept in self._kept)
        cases = tuple(self._cases(attributes, variables))
        made.gone_codes = self._codes.gone
        made.memos = len(self._notes)
        made.project = replace(
            made.project,
            users=tuple(self._users.values()),
            codes=self._codes.all(),
            variables=variables.names,
            cases=cases,
            sources=sources,
            notes=self._notes,
        )
        return made

    def _of_people(self) -> Iterator[_Applied]:
        for review in current_reviews(self._connection):
            if review.draw is Draw.REPEAT:
                self._made.repeats += 1
                continue
            if review.codings:
                self._made.coded_reviews.append(self._reviewed(review) | self._its_codings(review))
            else:
                self._made.empty_reviews.append(self._reviewed(review))
            for coding in review.codings:
                yield self._applied(review.transcript, review.coder, review.condition, coding)
        for loose_coding in loose_codings(self._connection):
            yield self._applied(
                loose_coding.transcript, loose_coding.coder, loose_coding.condition, loose_coding.coding
            )

    def _its_codings(self, review: Review) -> dict[str, Any]:
        return {
            "codings": [
                {"code": self._codes.guid(coding.code), "start": coding.span.start, "end": coding.span.end}
                for coding in review.codings
            ]
        }

    def _reviewed(self, review: Review) -> dict[str, Any]:
        """A review but for its codings; ``decides`` and ``only``: the GUIDs of the codes that it says something of.

        ``reached``: codes of wide codings that the review of an earlier passage holds.
        """

        def guids(codes: Iterable[str] | None) -> list[str] | None:
            known = self._codes.known
            return (
                None if codes is None else sorted(self._codes.guid(code) for code in codes if code in known)
            )

        return {
            "id": str(review.id),
            "source": str(review.transcript),
            "coder": review.coder,
            "start": review.span.start,
            "end": review.span.end,
            "condition": review.condition.value,
            "codebook_version": review.codebook_version,
            "only": guids(review.only),
            "decides": guids(review.decides),
            "reached": guids(map(str, review.origin.get("reached", ()))),
            "sources": sorted(map(str, review.sources)),
        }

    def _applied(self, transcript: UUID, coder: str, condition: Condition, coding: Coding) -> _Applied:
        guid = self._people.get(coder) or stable(self._study, "coder", folded(coder))
        self._users.setdefault(guid, RefiUser(guid, coder))
        beside: dict[str, Any] = {}
        if condition is not Condition.INDEPENDENT:
            beside["condition"] = condition.value
            self._made.conditions += 1
        if coding.influence or coding.concrete_example:
            beside |= {"influence": coding.influence, "concrete_example": coding.concrete_example}
            self._made.influences += 1
        return _Applied(transcript, guid, coder, condition, coding, beside)

    def _of_models(self) -> Iterator[_Applied]:
        hidden = Hidden.now(self._connection)
        for model in all_models(self._connection):
            places = {
                segment.id: (transcript, segment.span)
                for transcript, cut in segments_of(self._connection, model.segmentation).items()
                for segment in cut
            }
            for suggestions in each_suggestion(self._connection, model):
                transcript, span = places.get(suggestions.segment, (None, None))
                if transcript is None or span is None or not suggestions.suggested:
                    continue
                if hidden.hides(transcript, span):
                    self._made.hidden += len(suggestions.suggested)
                    continue
                for code_suggestion in suggestions.one_by_one(model):
                    if code_suggestion.suggested:
                        said = {
                            "probability": round(code_suggestion.probability, 4),
                            "threshold": code_suggestion.threshold,
                        }
                        yield self._suggested(model, transcript, Coding(code_suggestion.code, span), said)

    def _suggested(
        self, model: ModelVersion, transcript: UUID, coding: Coding, said: dict[str, Any]
    ) -> _Applied:
        guid = str(model.id)
        self._users.setdefault(
            guid, RefiUser(guid, f"Tandem model {model.version}", f"{MODEL_ID}{model.version}")
        )
        beside = {**said, "model_version": model.version}
        return _Applied(transcript, guid, model.version, Condition.INDEPENDENT, coding, beside)

    def _source(self, kept: KeptTranscript, applied: Iterable[_Applied], variables: _Variables) -> RefiSource:
        t, guid = kept.transcript, str(kept.id)
        self._made.texts[guid] = t.text
        self._made.consents[guid] = {
            "may_train": t.consents.may_train,
            "may_quote": t.consents.may_quote,
            "visible_to": None if t.consents.visible_to is None else list(t.consents.visible_to),
        }
        said = {key: str(getattr(t, key) or "") for key in _OF_SOURCES if key != "kind"} | {
            "kind": t.kind.value
        }
        by_passage: dict[_WrittenPassage, dict[str, RefiCoding]] = {}
        for one_applied in applied:
            coding = self._coding(kept, one_applied)
            by_passage.setdefault(_passage(one_applied), {}).setdefault(coding.guid, coding)
        return RefiSource(
            guid=guid,
            name=t.name,
            selections=tuple(
                RefiSelection(
                    guid=stable(kept.id, "passage", at.span.start, at.span.end, at.user, at.code),
                    start=at.span.start,
                    end=at.span.end,
                    words=_beginning(at.span.of(t.text)),
                    description=at.memo,
                    codings=tuple(codings.values()),
                    user=at.user,
                    created=min((c.created for c in codings.values() if c.created), default=None),
                )
                for at, codings in sorted(by_passage.items())
            ),
            variables={variables.guid(_shown(key)): said[key] for key in _OF_SOURCES if said[key]},
        )

    def _coding(self, kept: KeptTranscript, applied_here: _Applied) -> RefiCoding:
        coding = applied_here.coding
        span = coding.span
        guid = stable(
            kept.id,
            "coding",
            applied_here.user,
            coding.code,
            span.start,
            span.end,
            applied_here.condition.value,
        )
        if applied_here.beside:
            self._made.beside[guid] = dict(applied_here.beside)
        notes: tuple[str, ...] = ()
        if coding.memo:
            notes = (stable(kept.id, "memo", guid),)
            # QualCoder stops at a note without a time
            when = coding.created or _UNDATED
            self._notes[notes[0]] = RefiNote(notes[0], coding.memo, "Memo", applied_here.user, when)
        return RefiCoding(guid, self._codes.of_coding(coding.code), applied_here.user, coding.created, notes)

    def _cases(self, attributes: Attributes, variables: _Variables) -> Iterator[RefiCase]:
        """Participants and cases: those of transcripts, and others of which an attribute is known."""
        groups: dict[tuple[Owner, str], tuple[str, list[str]]] = {}
        for kept in self._kept:
            t = kept.transcript
            for of, name in ((Owner.PARTICIPANT, t.participant), (Owner.CASE, t.case)):
                if name:
                    groups.setdefault((of, folded(name)), (name, []))[1].append(str(kept.id))
        known: dict[tuple[Owner, str], list[Attribute]] = {}
        for attribute in attributes.all:
            groups.setdefault((attribute.of, folded(attribute.owner)), (attribute.owner, []))
            known.setdefault((attribute.of, folded(attribute.owner)), []).append(attribute)
        for (of, key), (name, sources) in groups.items():
            values = {variables.guid(CASE_TYPE.capitalize()): of.value}
            values |= {
                variables.guid(attribute.name): attribute.value for attribute in known.get((of, key), ())
            }
            yield RefiCase(stable(self._study, of.value, key), name, values, tuple(sources))


class _WrittenPassage(NamedTuple):
    """What is written as one passage: a program may read the coder and the memo of the passage alone.

    ``code``: "" but for a coding with a memo, which has a passage of its own.
    """

    span: Span
    user: str
    code: str
    memo: str


def _passage(applied: _Applied) -> _WrittenPassage:
    memo = applied.coding.memo
    return _WrittenPassage(applied.coding.span, applied.user, applied.coding.code if memo else "", memo)


class _Variables:
    """Variables, made as they are needed."""

    def __init__(self, study: UUID) -> None:
        self._study = study
        self.names: dict[str, str] = {}

    def guid(self, name: str) -> str:
        guid = stable(self._study, "variable", folded(name))
        self.names.setdefault(guid, name)
        return guid


def _shown(key: str) -> str:
    return {"kind": "Kind of source", "date": "Date"}.get(key, key.capitalize())


def _beginning(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= _WORDS_RECORDED else f"{plain[:_WORDS_RECORDED]}…"
