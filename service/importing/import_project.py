"""A project of another program into a study: the work behind "tandem import-project".

Everything is read and judged first; then transcripts, attributes, codebook and codings are kept in one transaction, or
nothing is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from annotations.attributes import Attribute
from annotations.codings.codings_file import PlacedCoding
from annotations.codings.keep_codings import Complete, KeptCodings, keep_codings
from annotations.errors import BadInput, nearest
from annotations.names import folded
from annotations.progress import Progress
from annotations.refi.map_file import NameMap, read_map
from annotations.refi.project import RefiProject
from annotations.store.attributes import keep_attributes
from annotations.store.coders import coder_names
from annotations.store.loose_codings import loose_codings
from annotations.store.reviews import current_reviews
from annotations.store.segments import segments_of
from annotations.store.transcripts import all_texts
from annotations.study.coder_names import CoderNames
from annotations.transcript import Span
from models.corpus import cut_within
from service.composition import Parts
from service.importing.project_codes import ProjectCodes
from service.importing.project_codings import (
    NOBODY,
    CodingsReading,
    ReadCodings,
    read_codings_of,
)
from service.importing.project_file import ProjectRead, read_project_file
from service.importing.project_notes import about_speakers, count_sources, of_participants, tell
from service.importing.project_outcome import ProjectOutcome
from service.importing.project_reviews import KeptReviews, ReviewsHere, keep_beside_reviews
from service.importing.project_sidecar import Said, beside_counts, stays_note
from service.importing.project_transcripts import Arrived, keep_source, other_transcripts

_MOST_REFUSED = 40


class _ProjectNotKept(Exception):
    """Ends the transaction of a dry run, or of a project that cannot come in."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for. ``coders``: as "Theirs=Ours". ``complete``: what the coders read, as for codings files.

    ``beside``: the file NAME.tandem.json, where it does not lie beside the project.
    """

    map_file: Path | None = None
    coders: tuple[str, ...] = ()
    complete: str = "none"
    add_codes: bool = False
    dry_run: bool = False
    beside: Path | None = None


def import_project(parts: Parts, file: Path, wishes: Wishes, progress: Progress) -> ProjectOutcome:
    """Read a project and keep it, all or nothing.

    The outcome's ``refused`` says why nothing was kept, where that is so. Raises BadInput for a file that is no project.
    """
    complete = _complete(wishes.complete)
    names = _names(wishes)
    read = read_project_file(file, parts.study.config, names, progress, beside=wishes.beside)
    project = read.project
    outcome = ProjectOutcome(file, project.name, project.origin, dry_run=wishes.dry_run)
    theirs = _theirs(project)
    outcome.refused += [*names.faults(theirs), *_unknown_coders(wishes, theirs["coder"]), *read.faults]
    outcome.understood = read.belonging.understood
    codes = ProjectCodes(parts, read, names, outcome, add=wishes.add_codes)
    with suppress(_ProjectNotKept), parts.store.writing() as connection:
        codings_read = _codings(connection, parts, read, names, codes, complete)
        others = other_transcripts(connection, read.sources)
        arrived = [keep_source(connection, str(file), source, others) for source in read.sources]
        outcome.refused += [came.refused for came in arrived if came.refused] + codings_read.faults
        tell(outcome, read, codings_read, arrived)
        outcome.notes += about_speakers(arrived, parts.study.config)
        placed = _moved(codings_read.placed, arrived, outcome)
        there = _there(connection, placed) if complete == "none" else {}
        new = [coding for coding in placed if _key(coding) not in there]
        known = [coding for coding in placed if _key(coding) in there]
        outcome.kept = _keep(connection, parts, new, codes, complete, file)
        outcome.kept.unchanged += len(known)
        outcome.kept.coders |= {coding.coder for coding in known}
        reviews = _keep_reviews(connection, read, codings_read, arrived, codes, new, outcome)
        outcome.notes += read.beside.notes
        outcome.notes += stays_note(read.beside, known, [there[_key(coding)] for coding in known])
        outcome.beside = beside_counts(read.beside, new, _new_sources(read, arrived), reviews)
        count_sources(outcome, read, arrived, placed)
        more = of_participants(read, arrived, outcome)
        outcome.attributes = len(_changed(connection, [*read.belonging.attributes, *more]))
        outcome.memos = sum(bool(coding.memo) for coding in placed)
        if outcome.refused or wishes.dry_run:
            raise _ProjectNotKept
        codes.write()
    return outcome


def _codings(
    connection: Connection,
    parts: Parts,
    read: ProjectRead,
    names: NameMap,
    codes: ProjectCodes,
    complete: Complete,
) -> ReadCodings:
    people = parts.study.config.people
    alone = people[0].name if len(people) == 1 else NOBODY
    codings_read = read_codings_of(
        read.project,
        read.sources,
        CodingsReading(
            codes=codes.ids,
            coders=partial(CoderNames, people, tuple(coder_names(connection).values())),
            names=names,
            time_zone=ZoneInfo(parts.study.config.time_zone),
            nobody=alone,
            beside=read.beside.codings,
        ),
    )
    if complete != "none" and NOBODY in codings_read.coders.values():
        codings_read.faults.append(
            "codings name nobody who coded, and agreement between coders needs it. Leave --complete out, or say who: "
            '--coder "(nobody named)=NAME".'
        )
    return codings_read


def _keep(
    connection: Connection,
    parts: Parts,
    placed: Sequence[PlacedCoding],
    codes: ProjectCodes,
    complete: Complete,
    file: Path,
) -> KeptCodings:
    cut_within(connection, parts.segmentation)
    kept = keep_codings(
        connection,
        placed,
        complete=complete,
        ids={kept.transcript.name: kept.id for kept in all_texts(connection)},
        segments=segments_of(connection, parts.segmentation.version),
        codebook=codes.codebook,
        file=file.name,
    )
    kept.coders |= {coding.coder for coding in placed}
    return kept


def _keep_reviews(
    connection: Connection,
    read: ProjectRead,
    codings_read: ReadCodings,
    arrived: Sequence[Arrived],
    codes: ProjectCodes,
    new: Sequence[PlacedCoding],
    outcome: ProjectOutcome,
) -> KeptReviews:
    """The reviews that stand beside the project; returns how many are new."""
    ids = {text_kept.transcript.name: text_kept.id for text_kept in all_texts(connection)}
    by_guid = {
        source.source.guid: came
        for source, came in zip(read.sources, arrived, strict=True)
        if came.kept is not None and source.transcript is not None
    }

    def place(source: str, given: Span) -> tuple[UUID, Span] | None:
        came = by_guid.get(source)
        if came is None or came.kept is None or given.end > len(came.text or came.kept.text):
            return None
        span = came.place(given)
        return None if span is None else (ids[came.kept.name], span)

    here = ReviewsHere(
        place=place,
        coder=codings_read.resolve,
        codes=codes.every,
        new={
            (ids[coding.transcript], (coding.coder, coding.code, coding.span, coding.condition))
            for coding in new
            if coding.code is not None and read.beside.says_codings
        },
        codebook=codes.codebook,
        file=read.file.name,
    )
    kept = keep_beside_reviews(connection, read.beside.reviews, here)
    outcome.kept.reviews += kept.with_codes + kept.empty
    outcome.kept.empty_reviews += kept.empty
    outcome.notes += kept.notes
    return kept


def _new_sources(read: ProjectRead, arrived: Sequence[Arrived]) -> list[str]:
    """The GUIDs of the sources that became transcripts."""
    pairs = zip(read.sources, arrived, strict=True)
    return [source.source.guid for source, came in pairs if came.state == "new"]


def _key(coding: PlacedCoding) -> tuple[object, ...]:
    return (coding.transcript, coding.coder, coding.code, coding.span)


def _there(connection: Connection, placed: Sequence[PlacedCoding]) -> dict[tuple[object, ...], Said]:
    """What the same people have coded already, under whatever condition, and what they said of it.

    A project that comes back doubles nothing.
    """
    wanted = {coding.transcript for coding in placed}
    names = {
        kept.id: kept.transcript.name for kept in all_texts(connection) if kept.transcript.name in wanted
    }
    there: dict[tuple[object, ...], Said] = {}
    coded = [(loose.transcript, loose.coder, loose.coding) for loose in loose_codings(connection)]
    coded += [(r.transcript, r.coder, coding) for r in current_reviews(connection) for coding in r.codings]
    for transcript, coder, coding in coded:
        if transcript in names:
            key = (names[transcript], coder, coding.code, coding.span)
            there[key] = (coding.influence, coding.concrete_example)
    return there


def _moved(
    placed: Sequence[PlacedCoding], arrived: Sequence[Arrived], outcome: ProjectOutcome
) -> list[PlacedCoding]:
    """Codings on the transcripts as they are kept here, which may have other names, or the same words laid out otherwise."""
    by_name = {came.name: came for came in arrived if came.kept is not None}
    moved = []
    for coding in placed:
        at = by_name.get(coding.transcript)
        if at is None or at.kept is None:
            continue
        span = at.place(coding.span)
        if span is None:
            outcome.leave(
                "its words are not found once in the transcript that is here",
                [f'transcript "{at.kept.name}"'],
            )
        else:
            moved.append(replace(coding, transcript=at.kept.name, span=span))
    return moved


def _changed(connection: Connection, given: Sequence[Attribute]) -> list[Attribute]:
    """Attributes that are new or changed; where the project says several things of one, all are kept."""
    values: dict[tuple[str, str, str], list[Attribute]] = {}
    for attribute in given:
        its = values.setdefault((attribute.of, folded(attribute.owner), folded(attribute.name)), [])
        if folded(attribute.value) not in {folded(other.value) for other in its}:
            its.append(attribute)
    joined = [
        replace(its[0], value="; ".join(attribute.value for attribute in its)) for its in values.values()
    ]
    changes = keep_attributes(connection, joined)
    return [*changes.new, *(attribute for attribute, _ in changes.changed)]


def _names(wishes: Wishes) -> NameMap:
    names = read_map(wishes.map_file) if wishes.map_file else NameMap()
    entries = dict(names.entries)
    for given in wishes.coders:
        theirs, sign, ours = given.partition("=")
        if not sign or not theirs.strip() or not ours.strip():
            raise BadInput(
                f'--coder "{given}": write whom the project names and who that is here, as "Theirs=Ours".'
            )
        entries[("coder", folded(theirs))] = ours.strip()
    return replace(names, entries=entries)


def _unknown_coders(wishes: Wishes, users: Sequence[str]) -> Iterator[str]:
    known = {folded(user) for user in users}
    for given in wishes.coders:
        name = given.partition("=")[0].strip()
        if folded(name) not in known:
            close = nearest(name, users)
            guess = f' Did you mean "{close}"?' if close else f" Its users: {', '.join(users[:12])}."
            yield f'--coder "{given}": the project has no user "{name}".{guess}'


def _theirs(project: RefiProject) -> Mapping[str, Sequence[str]]:
    """What the project calls its things, for a map that names something else."""
    paths = [name for code in project.codes for name in ("/".join(code.path), code.name, code.guid)]
    paths += [path.replace("::", "/") for path in paths]
    from service.importing.project_file import stem

    return {
        "code": paths,
        "coder": [*(user.name or user.id for user in project.users), "(nobody named)"],
        "source": [
            name for source in project.sources for name in (source.name, stem(source.name), source.guid)
        ],
        "case": [case.name for case in project.cases],
        "variable": list(project.variables.values()),
        "set": [set_of_sources.name for set_of_sources in project.sets],
    }


def _complete(given: str) -> Complete:
    word = given.strip().casefold()
    for value in get_args(Complete):
        if word == value:
            return value  # type: ignore[no-any-return]
    close = nearest(given, get_args(Complete))
    raise BadInput(
        f'--complete "{given}" is not known; it is all, listed or none.'
        + (f' Did you mean "{close}"?' if close else "")
    )
