"""What the rows of a table that people fill in mean: the code, the phase, the column of a cell, passages, who wrote it.

Each function raises ValueError with the reason, as the end of "file, row, column: …".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from annotations.attributes import Attributes
from annotations.codebook.codes import Codebook
from annotations.errors import BadInput, nearest
from annotations.names import folded
from annotations.store.attributes import all_attributes
from annotations.store.cell_place import CellPlace, Column, RestingPassage
from annotations.store.coders import coder_names
from annotations.store.transcripts import KeptTranscript, all_transcripts
from annotations.store.withdrawals import all_withdrawals
from annotations.study.coder_names import CoderNames
from service.composition import Parts
from service.looking.history import passage_typed
from service.results.study_findings import phase_ids

PLACES = ("case", "site", "wave", "participant")
NO_PHASE = ("-", "–", "—", "none", "not stated")


@dataclass
class NamedPlaces:
    """The study as the rows of a file may name it."""

    connection: Connection
    codebook: Codebook
    transcripts: tuple[KeptTranscript, ...]
    attributes: Attributes
    people: CoderNames
    listed: Mapping[str, Sequence[str]]
    withdrawn: Mapping[str, str]
    zone: ZoneInfo
    _passages: dict[str, RestingPassage] = field(default_factory=dict)

    def code(self, given: str) -> str:
        """A code's id; one that only groups others will do."""
        if not given:
            raise ValueError("it is empty; every row names a code")
        try:
            return self.codebook.find(given).id
        except BadInput as error:
            raise ValueError(str(error)) from error

    @cached_property
    def _phases(self) -> Mapping[str, str]:
        phases: dict[str, str] = {}
        for phase_id in phase_ids(self.codebook):
            code = self.codebook[phase_id]
            phases |= {folded(name): phase_id for name in (code.path, code.id, code.name)}
        return phases

    def phase(self, given: str) -> str:
        """The id of a phase, "" where none is stated."""
        if not given or folded(given) in NO_PHASE:
            return ""
        phase_id = self._phases.get(folded(given))
        if phase_id is None:
            names = [self.codebook.label(phase_id) for phase_id in phase_ids(self.codebook)]
            close = nearest(given, names)
            if not names:
                raise ValueError(f'"{given}" is no phase: the codebook has none; leave the cell empty')
            guess = f'did you mean "{close}"?' if close else f"it is one of {', '.join(names)}, or empty"
            raise ValueError(f'there is no phase "{given}"; {guess}')
        return phase_id

    @cached_property
    def _known(self) -> Mapping[str, Mapping[str, str]]:
        known_places: dict[str, dict[str, str]] = {}
        for name in PLACES:
            known = {folded(value): value for value in self.listed.get(name, ())}
            for kept in self.transcripts:
                value = str(getattr(kept.transcript, name))
                if value:
                    known.setdefault(folded(value), value)
            known_places[name] = known
        return known_places

    def place(self, name: str, given: str) -> str:
        """A case, site, wave, participant or an attribute's value, as the study spells it."""
        if name not in PLACES:
            values = {folded(attribute): attribute for attribute in self.attributes.values(name)}
            if folded(given) not in values:
                raise ValueError(f'no participant or case has the value "{given}" of "{name}"')
            return values[folded(given)]
        if name == "participant" and folded(given) in self.withdrawn:
            raise ValueError(self._gone(given))
        known = self._known[name]
        if folded(given) not in known:
            close = nearest(given, known.values())
            guess = f'did you mean "{close}"?' if close else f"known: {', '.join(known.values()) or 'none'}"
            raise ValueError(f'there is no {name} "{given}"; {guess}')
        return known[folded(given)]

    def cell(self, phase: str, code: str, column: Column) -> CellPlace:
        """The place of these."""
        return CellPlace(phase, code, column)

    def person(self, given: str) -> str:
        """Who writes; a name not met before is taken as new."""
        return self.people.resolve(given)

    def passages(self, given: str, *, whole_transcripts: bool = False) -> tuple[RestingPassage, ...]:
        """Passages with ";" between, such as "JKG-01:4; JKG-02:7"; a whole transcript by its name where that may be."""
        return tuple(
            self._passage(passage.strip(), whole_transcripts)
            for passage in given.split(";")
            if passage.strip()
        )

    def transcript_of(self, passage: RestingPassage) -> KeptTranscript:
        """The transcript that a passage stands in."""
        return next(kept for kept in self.transcripts if kept.id == passage.transcript)

    def is_transcript(self, given: str) -> bool:
        """Does a transcript of the study go by this name?"""
        return folded(given) in self._by_name

    @cached_property
    def _by_name(self) -> Mapping[str, KeptTranscript]:
        return {folded(kept.transcript.name): kept for kept in self.transcripts}

    def _passage(self, given: str, whole: bool) -> RestingPassage:
        if given not in self._passages:
            if whole and (kept := self._by_name.get(folded(given))):
                return RestingPassage(kept.id, None, kept.transcript.text_hash)
            try:
                kept, span = passage_typed(self.connection, given)
            except BadInput as error:
                raise ValueError(self._withdrawn_or(given, str(error))) from error
            self._passages[given] = RestingPassage(kept.id, span, kept.transcript.text_hash)
        return self._passages[given]

    def _withdrawn_or(self, given: str, reason: str) -> str:
        """Does the passage look like one of somebody who withdrew?"""
        name = folded(given.rpartition(":")[0] or given)
        for key, participant in self.withdrawn.items():
            if re.match(rf"{re.escape(key)}(?![\w])", name) and name not in self._by_name:
                return self._gone(participant)
        return reason

    def _gone(self, given: str) -> str:
        who = self.withdrawn[folded(given)]
        return f"participant {who} withdrew, so nothing may rest on what they said; take it out"


def named_places(parts: Parts, connection: Connection) -> NamedPlaces:
    """The study as it stands in this transaction."""
    config = parts.study.config
    return NamedPlaces(
        connection=connection,
        codebook=parts.codebook,
        transcripts=all_transcripts(connection),
        attributes=all_attributes(connection),
        people=CoderNames(config.people, coder_names(connection).values()),
        listed={
            "case": tuple(config.cases),
            "site": tuple(site for sites in config.cases.values() for site in sites),
            "wave": config.waves,
        },
        withdrawn={
            folded(withdrawal.participant): withdrawal.participant
            for withdrawal in all_withdrawals(connection)
        },
        zone=ZoneInfo(config.time_zone),
    )
