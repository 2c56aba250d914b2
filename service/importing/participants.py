"""Attributes of participants and cases into a study, and what is kept: the work behind "tandem participants"."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from annotations.attributes import Attribute, Owner
from annotations.names import folded
from annotations.problems import Problems
from annotations.store.attributes import Changes, all_attributes, keep_attributes
from annotations.store.described_transcripts import DescribedTranscript, described_transcripts
from annotations.store.withdrawals import all_withdrawals
from service.composition import Parts
from service.importing.participants_file import KnownParticipants, read_people


@dataclass(frozen=True)
class ImportedAttributes:
    """What became of a table: rows read, changes made (or, on a dry run, that would be made), and sentences to know."""

    rows: int
    changes: Changes
    notes: tuple[str, ...]
    dry_run: bool

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "rows": self.rows,
            "new": [_plain(attribute) for attribute in self.changes.new],
            "changed": [
                {**_plain(attribute), "before": before} for attribute, before in self.changes.changed
            ],
            "removed": [_plain(attribute) for attribute in self.changes.removed],
            "unchanged": self.changes.unchanged,
            "notes": list(self.notes),
            "dry_run": self.dry_run,
        }


@dataclass
class KnownPerson:
    """A participant or case as the study knows them: where they belong, how many transcripts (of these: how many may be
    learnt from and quoted), and their attributes.
    """

    name: str
    case: str = ""
    sites: list[str] = field(default_factory=list)
    waves: list[str] = field(default_factory=list)
    transcripts: int = 0
    may_train: int = 0
    may_quote: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StudyPeople:
    """Who is in the study. ``names``: the attributes that any of them has."""

    participants: tuple[KnownPerson, ...]
    cases: tuple[KnownPerson, ...]
    names: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        keys = ("case", "sites", "waves", "transcripts")
        return {
            "attributes": list(self.names),
            "participants": [
                {
                    "participant": p.name,
                    **{key: getattr(p, key) for key in keys},
                    "attributes": dict(p.attributes),
                }
                for p in self.participants
            ],
            "cases": [
                {"case": c.name, "transcripts": c.transcripts, "attributes": dict(c.attributes)}
                for c in self.cases
            ],
        }


class _ParticipantsOnlyTried(Exception):
    """Ends the transaction of a dry run."""


def import_attributes(parts: Parts, file: Path, *, dry_run: bool = False) -> ImportedAttributes:
    """Read a table of participants or cases and keep what it says, all or nothing.

    Raises BadInput that says in few lines which rows cannot be used; nothing is kept then.
    """
    changes, read = Changes(), None
    with suppress(_ParticipantsOnlyTried), parts.store.writing() as connection:
        read = read_people(file, _known(connection, parts))
        if read.faults:
            bad = len({fault.row for fault in read.faults})
            raise Problems(
                [fault.problem for fault in read.faults],
                f"{bad:,} of {read.rows:,} rows cannot be used, so nothing was kept. Correct them and try again.",
            )
        changes = keep_attributes(connection, read.attributes)
        if dry_run:
            raise _ParticipantsOnlyTried
    return ImportedAttributes(read.rows if read else 0, changes, tuple(read.notes) if read else (), dry_run)


def people_of(connection: Connection) -> StudyPeople:
    """Everybody who has a transcript or an attribute, with what is known of them."""
    attributes = all_attributes(connection)
    participants: dict[str, KnownPerson] = {}
    cases: dict[str, KnownPerson] = {}
    for t in described_transcripts(connection):
        if t.participant:
            _count(participants.setdefault(folded(t.participant), KnownPerson(t.participant)), t)
        if t.case:
            _count(cases.setdefault(folded(t.case), KnownPerson(t.case)), t)
    for attribute in attributes.all:
        group = participants if attribute.of is Owner.PARTICIPANT else cases
        group.setdefault(folded(attribute.owner), KnownPerson(attribute.owner))
    for person in participants.values():
        person.attributes = attributes.of(participant=person.name, case="")
    for case in cases.values():
        case.attributes = attributes.of(participant="", case=case.name)
    return StudyPeople(tuple(participants.values()), tuple(cases.values()), attributes.names)


def _count(person: KnownPerson, t: DescribedTranscript) -> None:
    person.transcripts += 1
    person.may_train += t.consents.may_train
    person.may_quote += t.consents.may_quote
    person.case = person.case or t.case
    for value, listed in ((t.site, person.sites), (t.wave, person.waves)):
        if value and value not in listed:
            listed.append(value)


def _known(connection: Connection, parts: Parts) -> KnownParticipants:
    config = parts.study.config
    participants: dict[str, tuple[str, frozenset[tuple[str, str]]]] = {}
    cases = {folded(name): name for name in config.cases}
    for t in described_transcripts(connection):
        if t.participant:
            name, places = participants.get(folded(t.participant), (t.participant, frozenset()))
            participants[folded(t.participant)] = (name, places | {(t.case, t.site)})
        if t.case and not config.cases:
            cases.setdefault(folded(t.case), t.case)
    withdrawn = {
        folded(withdrawal.participant): withdrawal.participant for withdrawal in all_withdrawals(connection)
    }
    return KnownParticipants(participants, cases, withdrawn, bool(config.cases))


def _plain(attribute: Attribute) -> dict[str, str]:
    return {attribute.of.value: attribute.owner, "attribute": attribute.name, "value": attribute.value}
