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
from annotations.codings.keep_codings import Complete, Kept, keep_codings
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
    ReadCodings,
    Reading,
    read_codings_of,
)
from service.importing.project_file import ProjectRead, read_project_file
from service.importing.project_notes import about_speakers, count_sources, of_participants, tell
from service.importing.project_outcome import ProjectOutcome
from service.importing.project_sidecar import Looked, keep_looked, looked_note
from service.importing.project_transcripts import Arrived, keep_source, other_transcripts

_MOST_REFUSED = 40


class _NothingKept(Exception):
    """Ends the transaction of a dry run, or of a project that cannot come in."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for. ``coders``: as "Theirs=Ours". ``complete``: what the coders read, as for codings files."""

    map_file: Path | None = None
    coders: tuple[str, ...] = ()
    complete: str = "none"
    add_codes: bool = False
    dry_run: bool = False


def import_project(parts: Parts, file: Path, wishes: Wishes, progress: Progress) -> ProjectOutcome:
    """Read a project and keep it, all or nothing.

    The outcome's ``refused`` says why nothing was kept, where that is so. Raises BadInput for a file that is no project.
    """
    complete = _complete(wishes.complete)
    names = _names(wishes)
    read = read_project_file(file, parts.study.config, names, progress)
    project = read.project
    outcome = ProjectOutcome(file, project.name, project.origin, dry_run=wishes.dry_run)
    theirs = _theirs(project)
    outcome.refused += [*names.faults(theirs), *_unknown_coders(wishes, theirs["coder"]), *read.faults]
    outcome.understood = read.belonging.understood
    codes = ProjectCodes(parts, read, names, outcome, add=wishes.add_codes)
    with suppress(_NothingKept), parts.store.writing() as connection:
        found = _codings(connection, parts, read, names, codes, complete)
        others = other_transcripts(connection, read.sources)
        arrived = [keep_source(connection, str(file), one, others) for one in read.sources]
        outcome.refused += [one.refused for one in arrived if one.refused] + found.faults
        tell(outcome, read, found, arrived)
        outcome.notes += about_speakers(arrived, parts.study.config)
        placed = _moved(found.placed, arrived, outcome)
        outcome.kept = _keep(connection, parts, placed, codes, complete, file)
        _keep_looked(connection, read, found, arrived, codes, outcome)
        count_sources(outcome, read, arrived, placed)
        more = of_participants(read, arrived, outcome)
        outcome.attributes = len(_changed(connection, [*read.belonging.attributes, *more]))
        outcome.memos = sum(bool(one.memo) for one in placed)
        if outcome.refused or wishes.dry_run:
            raise _NothingKept
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
    found = read_codings_of(
        read.project,
        read.sources,
        Reading(
            codes=codes.ids,
            coders=partial(CoderNames, people, tuple(coder_names(connection).values())),
            names=names,
            time_zone=ZoneInfo(parts.study.config.time_zone),
            nobody=alone,
            beside=read.beside.codings,
        ),
    )
    if complete != "none" and NOBODY in found.coders.values():
        found.faults.append(
            "codings name nobody who coded, and agreement between coders needs it. Leave --complete out, or say who: "
            '--coder "(nobody named)=NAME".'
        )
    return found


def _keep(
    connection: Connection,
    parts: Parts,
    placed: Sequence[PlacedCoding],
    codes: ProjectCodes,
    complete: Complete,
    file: Path,
) -> Kept:
    cut_within(connection, parts.segmentation)
    ids = {kept.transcript.name: kept.id for kept in all_texts(connection)}
    new, known = list(placed), 0
    if complete == "none":
        there = _there(connection, {ids[one.transcript] for one in placed})
        new = [one for one in placed if (ids[one.transcript], one.coder, one.code, one.span) not in there]
        known = len(placed) - len(new)
    kept = keep_codings(
        connection,
        new,
        complete=complete,
        ids=ids,
        segments=segments_of(connection, parts.segmentation.version),
        codebook=codes.codebook,
        file=file.name,
    )
    kept.unchanged += known
    kept.coders |= {one.coder for one in placed}
    return kept


def _keep_looked(
    connection: Connection,
    read: ProjectRead,
    found: ReadCodings,
    arrived: Sequence[Arrived],
    codes: ProjectCodes,
    outcome: ProjectOutcome,
) -> None:
    """The reviews without a code that stand beside the project."""
    kept = {one.transcript.name: one.id for one in all_texts(connection)}
    here = {
        one.source.guid: came
        for one, came in zip(read.sources, arrived, strict=True)
        if came.kept is not None and one.transcript is not None
    }

    def place(one: Looked) -> tuple[UUID, Span] | None:
        came = here.get(one.source)
        if came is None or came.kept is None or one.span.end > len(came.text or came.kept.text):
            return None
        span = came.place(one.span)
        return None if span is None else (kept[came.kept.name], span)

    new = keep_looked(
        connection,
        read.beside.looked,
        place=place,
        coder=found.resolve,
        codes=codes.every,
        codebook=codes.codebook,
        file=read.file.name,
    )
    outcome.kept.reviews += new
    outcome.kept.empty_reviews += new
    outcome.notes += looked_note(new)


def _there(connection: Connection, transcripts: set[UUID]) -> set[tuple[object, ...]]:
    """What the same people have coded already, under whatever condition: a project that comes back doubles nothing."""
    found: set[tuple[object, ...]] = {
        (one.transcript, one.coder, one.coding.code, one.coding.span)
        for one in loose_codings(connection)
        if one.transcript in transcripts
    }
    for review in current_reviews(connection):
        if review.transcript in transcripts:
            found |= {(review.transcript, review.coder, c.code, c.span) for c in review.codings}
    return found


def _moved(
    placed: Sequence[PlacedCoding], arrived: Sequence[Arrived], outcome: ProjectOutcome
) -> list[PlacedCoding]:
    """Codings on the transcripts as they are kept here, which may have other names, or the same words laid out otherwise."""
    by_name = {one.name: one for one in arrived if one.kept is not None}
    found = []
    for one in placed:
        at = by_name.get(one.transcript)
        if at is None or at.kept is None:
            continue
        span = at.place(one.span)
        if span is None:
            outcome.leave(
                "its words are not found once in the transcript that is here",
                [f'transcript "{at.kept.name}"'],
            )
        else:
            found.append(replace(one, transcript=at.kept.name, span=span))
    return found


def _changed(connection: Connection, given: Sequence[Attribute]) -> list[Attribute]:
    """Attributes that are new or changed; where the project says several things of one, all are kept."""
    values: dict[tuple[str, str, str], list[Attribute]] = {}
    for one in given:
        its = values.setdefault((one.of, folded(one.owner), folded(one.name)), [])
        if folded(one.value) not in {folded(other.value) for other in its}:
            its.append(one)
    joined = [replace(its[0], value="; ".join(one.value for one in its)) for its in values.values()]
    changes = keep_attributes(connection, joined)
    return [*changes.new, *(one for one, _ in changes.changed)]


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
    known = {folded(one) for one in users}
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
        "coder": [*(one.name or one.id for one in project.users), "(nobody named)"],
        "source": [name for one in project.sources for name in (one.name, stem(one.name), one.guid)],
        "case": [one.name for one in project.cases],
        "variable": list(project.variables.values()),
        "set": [one.name for one in project.sets],
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
