"""What a coder has to do: her interviews, how far each is, and where she goes on.

What a model ticked beforehand is not done: a passage is done once her own review of it is in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, case, func, null, select, union

from annotations.coding import Condition
from annotations.label_studio.arrivals import ArrivalState
from annotations.names import folded
from annotations.segment import judged
from annotations.store.accounts import all_accounts
from annotations.store.label_studio_projects import ProjectRow, projects_in_view
from annotations.store.label_studio_users import users
from annotations.store.many_values import in_lots
from annotations.store.reviews import past_reviews
from annotations.store.tables import (
    annotation_reviews,
    coders,
    label_studio_tasks,
    passage_answers,
    retractions,
    reviews,
    segments,
)
from annotations.store.transcripts import KeptTranscript, texts_by_id
from annotations.transcript import Kind, Role, Span
from service.access.policy import Action, may
from service.access.transcript_access import about
from service.access.viewer import Viewer
from service.composition import Parts
from service.label_studio.addresses import stream_address, task_address
from service.looking.skipped_passages import skipped_keys, skipped_of, spellings_of
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Assigned:
    """An interview of hers, or another transcript. ``passages``: those she is asked about; ``by_others``: done by
    colleagues in a project that all share. ``next``: the address in Label Studio of the next passage to code, None where
    nothing is left there; ``streams``: does Label Studio go on from there by itself? ``own``: is that a part handed to her
    alone? ``left_alone``: how many passages wait in parts handed to her alone; ``elsewhere``: was it coded outside Label
    Studio? ``skipped_at``: the address in Label Studio of the first passage that she skipped, to which nothing there leads
    back.
    """

    transcript: UUID
    name: str
    kind: Kind
    participant: str
    case: str
    site: str
    wave: str
    passages: int
    done: int
    skipped: int = 0
    by_others: int = 0
    next: str | None = None
    streams: bool = False
    own: bool = False
    left_alone: int = 0
    elsewhere: bool = False
    skipped_at: str | None = None

    @property
    def left(self) -> int:
        """How many passages wait for her."""
        return max(0, self.passages - self.done - self.skipped - self.by_others)

    @property
    def share(self) -> float:
        """How much needs nothing more of her, 0 to 1."""
        return 1.0 if not self.passages else (self.done + self.by_others) / self.passages


@dataclass(frozen=True, slots=True)
class MyWork:
    """All that a coder has: her interviews in the order of the study.

    ``known_as``: the e-mail address of her user in the Label Studio where they stand, "" where none is known;
    ``address``: her own, by which she would be known there. ``saved_in_skipped``: in how many of the passages that she
    skips codes were saved, which do not count.
    """

    coder: str
    interviews: tuple[Assigned, ...]
    known_as: str = ""
    address: str = ""
    saved_in_skipped: int = 0

    @property
    def passages(self) -> int:
        """How many passages she is asked about."""
        return sum(interview.passages for interview in self.interviews)

    @property
    def done(self) -> int:
        """How many of them she has judged."""
        return sum(interview.done for interview in self.interviews)

    @property
    def left(self) -> int:
        """How many wait for her."""
        return sum(interview.left for interview in self.interviews)

    @property
    def skipped(self) -> int:
        """How many she has skipped and not come back to."""
        return sum(interview.skipped for interview in self.interviews)

    @property
    def left_alone(self) -> int:
        """How many of these were handed to her alone; the others a colleague may do."""
        return sum(interview.left_alone for interview in self.interviews)

    @property
    def done_elsewhere(self) -> int:
        """How many she has judged outside Label Studio."""
        return sum(interview.done for interview in self.interviews if interview.elsewhere)

    @property
    def goes_on_at(self) -> Assigned | None:
        """An interview from which Label Studio leads through all that waits, None where there is none.

        What was handed to her alone comes before what all share, since nobody else will do it; of each one that she has
        begun comes first.
        """
        open_ones = [interview for interview in self.interviews if interview.next and interview.streams]
        begun = {interview.transcript for interview in open_ones if interview.done or interview.skipped}
        return min(open_ones, key=lambda its: (not its.own, its.transcript not in begun), default=None)


def work_of(parts: Parts, viewer: Viewer, coder: str) -> MyWork:
    """The work of this coder, as far as the viewer may know of the interviews."""
    with parts.store.reading() as connection:
        mine = [
            project
            for project in projects_in_view(connection)
            if project.coder is None or folded(project.coder) == folded(coder)
        ]
        counted = _tasks(connection, mine, coder, parts.settings) if mine else {}
        read = _read_elsewhere(connection, parts.segmentation.version, coder, counted.keys())
        texts = texts_by_id(connection, counted.keys() | read.keys())
        accounts = [account for account in all_accounts(connection) if folded(account.name) == folded(coder)]
        address = accounts[0].email if accounts else ""
        saved = (
            _saved_in_skipped(connection, mine, coder) if any(its.skipped for its in counted.values()) else 0
        )
        there = {folded(mail) for project in mine for mail in users(connection, project.url).values()}
    interviews = [
        _assigned(kept, counted.get(kept.id), read.get(kept.id))
        for kept in texts
        if may(viewer, Action.SEE_FIGURES, about(viewer, kept.transcript))
    ]
    return MyWork(
        coder, tuple(interviews), address if folded(address or "") in there else "", address or "", saved
    )


def tasks_by_turn(
    connection: Connection, settings: Settings, coder: str, transcript: UUID
) -> Mapping[int, str]:
    """For each turn of a transcript (from 0) where this coder codes its first passage."""
    mine = {
        project.id: project
        for project in projects_in_view(connection)
        if project.coder is None or folded(project.coder) == folded(coder)
    }
    t, s = label_studio_tasks, segments
    wanted = (
        select(t.c.project_id, t.c.task_id, s.c.turn)
        .join(s, s.c.id == t.c.segment_id)
        .where(s.c.transcript_id == transcript, t.c.project_id.in_(list(mine)), t.c.key == t.c.segment_id)
        .order_by(s.c.start.desc())
    )
    return {
        row.turn: _address(settings, mine[row.project_id], row.task_id) for row in connection.execute(wanted)
    }


@dataclass(slots=True)
class _Count:
    passages: int = 0
    done: int = 0
    skipped: int = 0
    by_others: int = 0
    next: str | None = None
    streams: bool = False
    own: bool = False
    left_alone: int = 0
    skipped_at: str | None = None


def _address(settings: Settings, project: ProjectRow, task: int) -> str:
    return task_address(settings, project.url, project.project_id, task)


def _assigned(kept: KeptTranscript, count: _Count | None, read: tuple[int, int] | None) -> Assigned:
    t = kept.transcript
    where = (kept.id, t.name, t.kind, t.participant, t.case, t.site, t.wave)
    if count is None:
        passages, done = read or (0, 0)
        return Assigned(*where, passages, done, elsewhere=True)
    counts = (count.passages, count.done, count.skipped, count.by_others)
    return Assigned(
        *where, *counts, count.next, count.streams, count.own, count.left_alone, skipped_at=count.skipped_at
    )


def _tasks(
    connection: Connection, mine: Sequence[ProjectRow], coder: str, settings: Settings
) -> dict[UUID, _Count]:
    """Her tasks by transcript, counted by the database."""
    t, s, w = label_studio_tasks, segments, annotation_reviews
    names = spellings_of(connection, coder)
    stands = w.c.review_id.not_in(select(retractions.c.review_id))
    asked = select(t.c.key).where(t.c.project_id.in_([project.id for project in mine]))
    # her tasks are few beside everybody's answers, and an index tells whose answer is whose
    own = select(w.c.key).where(w.c.coder.in_(names), stands, w.c.key.in_(asked)).distinct().subquery()
    answers = passage_answers.c
    in_parts = select(answers.key).where(
        answers.coder.in_(names), answers.state == ArrivalState.SKIPPED.value, answers.key.is_not(None)
    )
    skips = union(skipped_keys(names), in_parts).subquery()
    shared = [project.id for project in mine if project.coder is None]
    others = (
        select(w.c.project_id, w.c.key)
        .where(w.c.coder.not_in(names), stands, w.c.project_id.in_(shared))
        .distinct()
        .subquery()
    )
    # where no project is shared, nobody else's answers need be looked at
    by_others = others.c.key if shared else null()
    source = t.join(s, s.c.id == t.c.segment_id).outerjoin(own, own.c.key == t.c.key)
    source = source.outerjoin(skips, skips.c.key == t.c.key)
    if shared:
        source = source.outerjoin(
            others, and_(others.c.key == t.c.key, others.c.project_id == t.c.project_id)
        )
    is_done = own.c.key.is_not(None)
    is_skipped = and_(own.c.key.is_(None), skips.c.key.is_not(None))
    is_others = and_(own.c.key.is_(None), skips.c.key.is_(None), by_others.is_not(None))
    is_open = and_(own.c.key.is_(None), skips.c.key.is_(None), by_others.is_(None))
    wanted = (
        select(
            s.c.transcript_id,
            t.c.project_id,
            func.count().label("passages"),
            func.sum(case((is_done, 1), else_=0)).label("done"),
            func.sum(case((is_skipped, 1), else_=0)).label("skipped"),
            func.sum(case((is_others, 1), else_=0)).label("by_others"),
            # Label Studio numbers tasks in the order in which they were put there, which is that of coding
            func.min(case((is_open, t.c.task_id))).label("next"),
            func.min(case((is_skipped, t.c.task_id))).label("first_skipped"),
        )
        .select_from(source)
        .where(t.c.project_id.in_([project.id for project in mine]))
        .group_by(s.c.transcript_id, t.c.project_id)
    )
    by_id = {project.id: project for project in mine}
    counts: dict[UUID, _Count] = {}
    rows = connection.execute(wanted).all()
    heads: dict[UUID, int] = {}
    for row in rows:
        if row.next is not None:
            heads[row.project_id] = min(row.next, heads.get(row.project_id, row.next))
    # where an interview waits in two, her own part is gone on with
    for row in sorted(rows, key=lambda row: by_id[row.project_id].coder is None):
        count = counts.setdefault(row.transcript_id, _Count())
        count.passages += row.passages
        count.done += row.done
        count.skipped += row.skipped
        count.by_others += row.by_others
        if by_id[row.project_id].coder is not None:
            count.left_alone += row.passages - row.done - row.skipped - row.by_others
        if row.first_skipped is not None and count.skipped_at is None:
            count.skipped_at = _address(settings, by_id[row.project_id], row.first_skipped)
        if row.next is not None and count.next is None:
            project = by_id[row.project_id]
            count.streams = row.next == heads[row.project_id]
            count.own = project.coder is not None
            # the first that is open is where the stream of the whole project begins
            count.next = (
                stream_address(settings, project.url, project.project_id)
                if count.streams
                else _address(settings, project, row.next)
            )
    return counts


def _saved_in_skipped(connection: Connection, mine: Sequence[ProjectRow], coder: str) -> int:
    t = label_studio_tasks
    wanted = select(t.c.key).where(t.c.project_id.in_([project.id for project in mine]))
    keys = connection.execute(wanted).scalars().all()
    return sum(skipped_of(connection, spellings_of(connection, coder), keys).values())


def _read_elsewhere(
    connection: Connection, segmentation: str, coder: str, known: Any
) -> dict[UUID, tuple[int, int]]:
    """Interviews that she coded outside Label Studio: how many passages each has, and how many she has judged."""
    r, s = reviews.c, segments.c
    hers = select(r.transcript_id).distinct().join(coders, coders.c.id == r.coder_id)
    hers = hers.where(coders.c.name_key == folded(coder))
    elsewhere = [transcript for transcript in connection.execute(hers).scalars() if transcript not in known]
    own = (
        select(r.transcript_id, r.start, r.end)
        .join(coders, coders.c.id == r.coder_id)
        .where(
            coders.c.name_key == folded(coder),
            r.only.is_(None),
            # what she recorded for the team is no coding of hers
            r.condition.not_in([condition.value for condition in Condition if condition.derived]),
            r.id.not_in(past_reviews()),
        )
        .order_by(r.transcript_id, r.start)
    )
    coded = [role.value for role in Role if role.is_coded]
    wanted = (
        select(s.transcript_id, s.start, s.end)
        .where(s.segmentation == segmentation, s.role.in_(coded))
        .order_by(s.transcript_id, s.start)
    )
    read = {}
    for some in in_lots(elsewhere):
        spans = _spans(connection, own.where(r.transcript_id.in_(some)))
        for transcript, cut in _spans(connection, wanted.where(s.transcript_id.in_(some))).items():
            if transcript in spans:
                read[transcript] = (len(cut), len(judged(cut, spans[transcript])))
    return read


def _spans(connection: Connection, wanted: Any) -> dict[UUID, list[Span]]:
    """Spans by transcript, as a question for a transcript, a start and an end has them."""
    rows = groupby(connection.execute(wanted), key=lambda row: row.transcript_id)
    return {transcript: [Span(row.start, row.end) for row in its] for transcript, its in rows}
