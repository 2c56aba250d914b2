"""What a coder has to do: her interviews, how far each is, and where she goes on.

What a model ticked beforehand is not done: a passage is done once her own review of it is in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, and_, case, func, null, select, union

from annotations.label_studio.arrivals import ArrivalState
from annotations.names import folded
from annotations.store.accounts import all_accounts
from annotations.store.label_studio_projects import ProjectRow, projects_in_view
from annotations.store.label_studio_users import users
from annotations.store.seen_annotations import answered_tasks
from annotations.store.tables import (
    annotation_reviews,
    label_studio_tasks,
    passage_answers,
    retractions,
    segments,
)
from annotations.store.transcript_versions import words_stand
from annotations.store.transcripts import KeptTranscript, texts_by_id
from annotations.store.wave_views import TaskView
from annotations.transcript import Kind
from service.access.policy import Action, may
from service.access.transcript_access import about
from service.access.viewer import Viewer
from service.composition import Parts
from service.label_studio.addresses import stream_address, task_address
from service.looking.judged_elsewhere import left_though_judged, read_elsewhere
from service.looking.skipped_passages import skipped_keys, skipped_of, spellings_of
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Assigned:
    """An interview of hers, or another transcript. ``passages``: those she is asked about; ``by_others``: done by
    colleagues in a project that all share. ``next``: the address in Label Studio of the next passage to code, None where
    nothing is left there; ``streams``: does Label Studio go on from there by itself? ``own``: is that a part handed to her
    alone? ``whole``: is the interview one task, which Label Studio does not bring again once a part of it is submitted?
    ``left_alone``: how many passages wait in parts handed to her alone; ``elsewhere``: was it coded outside Label Studio?
    ``before``: how many of those left she has judged outside it; ``skipped_at``: the address in Label Studio of the first
    passage that she skipped, to which nothing there leads back.
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
    whole: bool = False
    left_alone: int = 0
    elsewhere: bool = False
    before: int = 0
    skipped_at: str | None = None

    @property
    def begun(self) -> bool:
        """Has she answered or skipped a part of it?"""
        return bool(self.done or self.skipped)

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
    def left_before(self) -> int:
        """How many of these she has judged outside Label Studio, which asks for them all the same."""
        return sum(interview.before for interview in self.interviews)

    @property
    def goes_on_at(self) -> Assigned | None:
        """An interview from which Label Studio leads through all that waits, None where there is none.

        What was handed to her alone comes before what all share, since nobody else will do it; of each one that she has
        begun comes first, also a whole interview of which she submitted a part, after which Label Studio leads no further.
        """
        open_ones = [
            its for its in self.interviews if its.next and (its.streams or (its.whole and its.begun))
        ]
        return min(open_ones, key=lambda its: (not its.own, not its.begun), default=None)


def work_of(parts: Parts, viewer: Viewer, coder: str) -> MyWork:
    """The work of this coder, as far as the viewer may know of the interviews."""
    with parts.store.reading() as connection:
        mine = [
            project
            for project in projects_in_view(connection)
            if project.coder is None or folded(project.coder) == folded(coder)
        ]
        counted = _tasks(connection, mine, coder, parts.settings) if mine else {}
        read = read_elsewhere(connection, parts.segmentation.version, coder, counted.keys())
        before = left_though_judged(connection, mine, coder)
        texts = texts_by_id(connection, counted.keys() | read.keys())
        accounts = [account for account in all_accounts(connection) if folded(account.name) == folded(coder)]
        address = accounts[0].email if accounts else ""
        saved = (
            _saved_in_skipped(connection, mine, coder) if any(its.skipped for its in counted.values()) else 0
        )
        there = {folded(mail) for project in mine for mail in users(connection, project.url).values()}
    interviews = [
        _assigned(kept, counted.get(kept.id), read.get(kept.id), before.get(kept.id, 0))
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
        .where(words_stand())
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
    whole: bool = False
    left_alone: int = 0
    skipped_at: str | None = None


def _address(settings: Settings, project: ProjectRow, task: int) -> str:
    return task_address(settings, project.url, project.project_id, task)


def _assigned(
    kept: KeptTranscript, count: _Count | None, read: tuple[int, int] | None, before: int
) -> Assigned:
    t = kept.transcript
    where = (kept.id, t.name, t.kind, t.participant, t.case, t.site, t.wave)
    if count is None:
        passages, done = read or (0, 0)
        return Assigned(*where, passages, done, elsewhere=True)
    counts = (count.passages, count.done, count.skipped, count.by_others)
    return Assigned(
        *where,
        *counts,
        count.next,
        count.streams,
        count.own,
        count.whole,
        count.left_alone,
        before=before,
        skipped_at=count.skipped_at,
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
    here = [project.id for project in mine]
    in_parts = select(answers.key).where(
        answers.coder.in_(names),
        answers.state == ArrivalState.SKIPPED.value,
        answers.key.is_not(None),
        answers.project_id.in_(here),
    )
    skips = union(skipped_keys(names, here), in_parts).subquery()
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
    answered = answered_tasks([project.id for project in mine], names)
    source = source.outerjoin(
        answered, and_(answered.c.project_id == t.c.project_id, answered.c.task_id == t.c.task_id)
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
            func.min(case((and_(is_open, answered.c.task_id.is_(None)), t.c.task_id))).label("next"),
            func.min(case((is_open, t.c.task_id))).label("first_open"),
            func.min(case((is_skipped, t.c.task_id))).label("first_skipped"),
        )
        .select_from(source)
        .where(t.c.project_id.in_([project.id for project in mine]), words_stand())
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
        if row.first_open is not None and count.next is None:
            project = by_id[row.project_id]
            count.streams = row.next is not None and row.next == heads[row.project_id]
            count.own, count.whole = project.coder is not None, project.view is TaskView.INTERVIEW
            # the first that is open is where the stream of the whole project begins
            count.next = (
                stream_address(settings, project.url, project.project_id)
                if count.streams
                else _address(settings, project, row.next or row.first_open)
            )
    return counts


def _saved_in_skipped(connection: Connection, mine: Sequence[ProjectRow], coder: str) -> int:
    t = label_studio_tasks
    here = [project.id for project in mine]
    keys = connection.execute(select(t.c.key).where(t.c.project_id.in_(here))).scalars().all()
    return sum(skipped_of(connection, spellings_of(connection, coder), keys, here).values())
