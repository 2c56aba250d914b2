"""The findings of a study: the codings that count, with whose words they are and what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from uuid import UUID

from sqlalchemy import Connection

from annotations.attributes import Attributes, filters_of
from annotations.codebook.codes import Codebook
from annotations.errors import BadInput
from annotations.matrix.columns import MatrixColumns, columns_named, shown_columns
from annotations.matrix.counted_codings import CountedPassage, counted_codings
from annotations.matrix.orders import columns_in_order, phases_in_order, rows_in_order
from annotations.matrix.tables import codes_below, informant_of, rows_at
from annotations.names import folded
from annotations.patterns.co_occurrence import Voice
from annotations.store.applied_codings import applied_codings, read_transcripts
from annotations.store.member_checks import MemberCheck, current_member_checks
from annotations.store.reviews import derived_reviews
from annotations.store.tables import now
from annotations.store.transcripts import KeptTranscript, all_texts
from service.access.transcript_access import sees
from service.access.viewer import Viewer
from service.agreement.report import ReportScope, chosen_transcripts
from service.composition import Parts
from service.looking.attribute_filter import seen_attributes
from service.looking.seen_in_many import SeenInMany
from service.results.seen_codings import seen_coding, sees_whole_tables, waits_for_own

NOT_STATED = "(not stated)"


@dataclass(frozen=True)
class WantedFindings:
    """Of which part of the study: ``columns``, what stands for a case; ``level``: 1 the top of each framework, None codes
    as applied; ``role``: the attribute that says who somebody is, None: "role" where the study has it.
    """

    columns: Sequence[str] = ("case",)
    level: int | None = None
    among: ReportScope = field(default_factory=ReportScope)
    where: Sequence[str] = ()
    role: str | None = None


@dataclass(frozen=True)
class StudyFindings:
    """``found``: the codings that count, each under its row; ``transcripts``: those asked about; ``read``: those of them
    that somebody has read.
    """

    study: str
    codebook: Codebook
    wanted: WantedFindings
    columns: MatrixColumns
    found: tuple[CountedPassage, ...]
    transcripts: tuple[KeptTranscript, ...]
    read: tuple[KeptTranscript, ...]
    attributes: Attributes
    role: str | None
    listed: Mapping[str, Sequence[str]]
    checks: tuple[MemberCheck, ...]
    made: datetime

    def label(self, code: str) -> str:
        """How a code or phase is called; one that has left the codebook by its id."""
        return self.codebook.label(code) if code in self.codebook.by_id else code

    def phase_label(self, phase: str) -> str:
        """How a phase is called, or that none is stated."""
        return self.label(phase) if phase else NOT_STATED

    @property
    def corner(self) -> str:
        """What the columns stand for, in words."""
        return " × ".join(self.columns.names)

    @cached_property
    def column_of(self) -> Mapping[UUID, str]:
        """The column of each transcript, as it is called; "" where it is not known."""
        of = {kept.id: self.columns.of(kept.transcript) for kept in self.transcripts}
        shown = shown_columns(self._ordered)
        return {transcript_id: shown[column] for transcript_id, column in of.items()}

    @cached_property
    def _ordered(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        return columns_in_order({self.columns.of(kept.transcript) for kept in self.transcripts}, self.listed)

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The columns in the order of the study."""
        return tuple(shown_columns(self._ordered).values())

    @cached_property
    def phases(self) -> tuple[str, ...]:
        """The phases that codings have, in the order of the codebook."""
        return phases_in_order((passage.phase for passage in self.found), self.codebook)

    @cached_property
    def rows(self) -> tuple[str, ...]:
        """The codes that were applied, in the order of the codebook."""
        return rows_in_order((passage.code for passage in self.found), self.codebook)

    def answers(
        self, phase: str, code: str, column: str, informants: Sequence[str]
    ) -> tuple[MemberCheck, ...]:
        """What was answered in member checking that concerns a finding."""
        if not self.checks:
            return ()
        at = next(own for own, name in shown_columns(self._ordered).items() if name == column)
        # a row of a level stands for the codes below it
        codes = codes_below(self.codebook, code) if self.wanted.level else {code}
        return tuple(check for check in self.checks if check.concerns(phase, codes, informants, at))

    @property
    def waves(self) -> tuple[str, ...]:
        """The waves of the transcripts that were read and say theirs, in the order of the study."""
        there = {(("wave", kept.transcript.wave),) for kept in self.read if kept.transcript.wave}
        return tuple(column[0][1] for column in columns_in_order(there, self.listed))

    @cached_property
    def voices(self) -> Mapping[UUID, Voice]:
        """Whose words each transcript holds: an informant's, or those of a document of nobody."""
        return {
            kept.id: Voice(who, True)
            if (who := informant_of(kept.transcript))
            else Voice(kept.transcript.name, False)
            for kept in self.transcripts
        }

    @cached_property
    def role_of(self) -> Mapping[UUID, str]:
        """Who speaks in each transcript, as far as the study knows."""
        if self.role is None:
            return {}
        return {
            kept.id: self.attributes.of(
                participant=kept.transcript.participant, case=kept.transcript.case
            ).get(self.role, "")
            for kept in self.transcripts
            if kept.transcript.participant
        }


def study_findings(parts: Parts, wanted: WantedFindings, viewer: Viewer | None = None) -> StudyFindings:
    """The findings as they stand now; with ``viewer``: those that this person may see. Raises BadInput for unknown names."""
    with parts.store.reading() as connection:
        return study_findings_in(connection, parts, wanted, viewer)


def study_findings_in(
    connection: Connection, parts: Parts, wanted: WantedFindings, viewer: Viewer | None = None
) -> StudyFindings:
    """As ``study_findings``, within a transaction."""
    if wanted.level is not None and wanted.level < 1:
        raise BadInput("a level counts from 1, the top of each framework.")
    book, config = parts.codebook, parts.study.config
    everything = _texts(connection, viewer)
    attributes = seen_attributes(connection, viewer, [kept.transcript for kept in everything])
    columns = columns_named(wanted.columns, attributes)
    chosen = chosen_of(everything, wanted.among, wanted.where, attributes)
    passages, _ = findings_in(connection, book, chosen)
    read = read_transcripts(connection) | {passage.transcript for passage in passages}
    # no answer of a participant belongs to one site alone
    checks = current_member_checks(connection) if viewer is None or sees_whole_tables(viewer) else ()
    if viewer is not None and waits_for_own(viewer):
        shown = {kept.id: kept for kept in chosen}
        seen = SeenInMany(connection, parts.segmentation.version, viewer, shown)
        its = (seen_coding(passage, shown[passage.transcript], shown, seen) for passage in passages)
        passages, read = (
            tuple(passages_seen for passages_seen in its if passages_seen is not None),
            frozenset(seen.read),
        )
    row_of = rows_at(book, wanted.level)
    return StudyFindings(
        study=config.name,
        codebook=book,
        wanted=wanted,
        columns=columns,
        found=tuple(replace(passage, code=row_of(passage.code)) for passage in passages)
        if wanted.level
        else passages,
        transcripts=tuple(chosen),
        read=tuple(kept for kept in chosen if kept.id in read),
        attributes=attributes,
        role=_role(wanted.role, attributes),
        listed=listed_places(parts),
        checks=checks,
        made=now(),
    )


def _texts(connection: Connection, viewer: Viewer | None) -> Sequence[KeptTranscript]:
    everything = all_texts(connection)
    if viewer is None or viewer.sites is None:
        return everything
    seen = [text for text in everything if sees(viewer, text.transcript)]
    if everything and not seen:
        raise BadInput("there is no transcript of your sites yet.")
    return seen


def listed_places(parts: Parts) -> Mapping[str, Sequence[str]]:
    """The cases, sites and waves in the order in which study.yaml lists them."""
    config = parts.study.config
    return {
        "case": tuple(config.cases),
        "site": tuple(site for sites in config.cases.values() for site in sites),
        "wave": config.waves,
    }


def _role(given: str | None, attributes: Attributes) -> str | None:
    if given is not None:
        return attributes.resolve(given)
    return next((name for name in attributes.names if folded(name) == "role"), None)


def phase_ids(codebook: Codebook) -> tuple[str, ...]:
    """The codes that say in which phase something was."""
    roles = {framework.id for framework in codebook.frameworks if framework.role == "phase"}
    return tuple(code.id for code in codebook.codes if code.framework in roles)


def chosen_of(
    everything: Sequence[KeptTranscript], among: ReportScope, where: Sequence[str], attributes: Attributes
) -> list[KeptTranscript]:
    """The transcripts that are asked about. Raises BadInput for unknown names, and where none is left."""
    filters = filters_of(where, attributes)
    chosen = []
    for transcript in chosen_transcripts(everything, among):
        known = attributes.of(participant=transcript.transcript.participant, case=transcript.transcript.case)
        if all(it.keeps(known) for it in filters):
            chosen.append(transcript)
    if not chosen:
        raise BadInput("no transcript is left by these filters together. Leave one of them out.")
    return chosen


def findings_in(
    connection: Connection, codebook: Codebook, chosen: Sequence[KeptTranscript]
) -> tuple[tuple[CountedPassage, ...], int]:
    """The codings that count, and how many phases stand on passages without another code."""
    here = {kept.id for kept in chosen}
    phases = frozenset(phase_ids(codebook))
    applied = [coding for coding in applied_codings(connection) if coding.transcript in here]
    agreed = [review for review in derived_reviews(connection) if review.transcript in here]
    passages = counted_codings(applied, agreed, phases)
    coded: dict[UUID, list[CountedPassage]] = {}
    for passage in passages:
        coded.setdefault(passage.transcript, []).append(passage)
    marks = {(coding.transcript, coding.coding.span) for coding in applied if coding.coding.code in phases}
    alone = sum(not any(it.span.overlap(span) for it in coded.get(where, ())) for where, span in marks)
    return passages, alone
