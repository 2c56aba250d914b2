"""Which codings an export is asked for: by wave, case, coder, code, condition, and attributes of participants."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from annotations.attributes import Attributes, Filter, filters_of
from annotations.codebook.codes import Codebook
from annotations.coding import Condition
from annotations.errors import BadInput, nearest, unknown
from annotations.names import folded
from annotations.store.attributes import all_attributes
from annotations.store.coders import coder_names
from annotations.store.transcripts import all_transcripts
from annotations.transcript import Transcript
from service.composition import Parts


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What somebody asked for, in their words; nothing of a kind asks for all."""

    waves: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WantedCodings:
    """The same as the study knows it; None asks for all.

    ``codes``: with those below them. ``attributes``: all that the study knows of participants and cases.
    """

    waves: frozenset[str] | None = None
    cases: frozenset[str] | None = None
    coders: frozenset[str] | None = None
    codes: frozenset[str] | None = None
    conditions: frozenset[Condition] | None = None
    filters: tuple[Filter, ...] = ()
    attributes: Attributes = field(default_factory=lambda: Attributes(()))

    def why_not_transcript(self, transcript: Transcript) -> str | None:
        """Why a transcript is not asked for, None where it is."""
        if self.waves is not None and transcript.wave not in self.waves:
            return "of another wave"
        if self.cases is not None and transcript.case not in self.cases:
            return "of another case"
        known = self.known_of(transcript)
        return None if all(wish.keeps(known) for wish in self.filters) else "of others than --where asks for"

    def known_of(self, transcript: Transcript) -> Mapping[str, str]:
        """The attributes of a transcript's participant and case."""
        return self.attributes.of(participant=transcript.participant, case=transcript.case)

    def why_not(self, coder: str, condition: Condition, code: str | None) -> str | None:
        """Why a coding or an empty review is not asked for, None where it is."""
        if self.coders is not None and coder not in self.coders:
            return "by another coder"
        if self.conditions is not None and condition not in self.conditions:
            return "made under another condition"
        return "of another code" if self.codes is not None and code not in self.codes else None


def wanted_of(parts: Parts, connection: Connection, asked: ExportRequest) -> WantedCodings:
    """What is asked for. Raises BadInput for a wave, case, coder, code or condition that the study does not have."""
    transcripts = [kept.transcript for kept in all_transcripts(connection)]
    coders = {
        **{p.name: p.name for p in parts.study.config.people},
        **dict.fromkeys(coder_names(connection).values()),
    }
    aliases = {alias: person.name for person in parts.study.config.people for alias in person.aliases}
    attributes = all_attributes(connection)
    return WantedCodings(
        filters=filters_of(asked.where, attributes),
        attributes=attributes,
        waves=_names("wave", asked.waves, {t.wave for t in transcripts}),
        cases=_names("case", asked.cases, {t.case for t in transcripts}),
        coders=_names("coder", asked.coders, coders, aliases),
        codes=_codes(parts.codebook, asked.codes),
        conditions=_conditions(asked.conditions),
    )


def _names(
    kind: str, asked: Sequence[str], known: Iterable[str], aliases: Mapping[str, str] | None = None
) -> frozenset[str] | None:
    if not asked:
        return None
    spelt = {folded(name): name for name in known} | {folded(a): name for a, name in (aliases or {}).items()}
    names_there = set()
    for name in asked:
        if folded(name) not in spelt:
            raise unknown(kind, name, (spelling for spelling in spelt.values() if spelling))
        names_there.add(spelt[folded(name)])
    return frozenset(names_there)


def _codes(codebook: Codebook, asked: Sequence[str]) -> frozenset[str] | None:
    if not asked:
        return None
    ids = {codebook.find(name).id for name in asked}
    for code in codebook:  # parents stand before children
        if code.parent in ids:
            ids.add(code.id)
    return frozenset(ids)


def _conditions(asked: Collection[str]) -> frozenset[Condition] | None:
    known = {condition.value: condition for condition in Condition}
    for name in asked:
        if name.casefold() not in known:
            close = nearest(name, known)
            guess = f'Did you mean "{close}"?' if close else f"It is one of {', '.join(known)}."
            raise BadInput(f'--condition "{name}" is not known. {guess}')
    return frozenset(known[name.casefold()] for name in asked) or None
