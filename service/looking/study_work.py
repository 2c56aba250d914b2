"""Who has to code what, and how far it is: a row for each interview and coder, counted in the database.

A passage is done once a person's own review of it stands; what a model ticked beforehand is not done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from statistics import mean
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, case, func, literal, select

from annotations.segment import judged
from annotations.store.label_studio_projects import in_the_other_view, projects_in_view
from annotations.store.many_values import in_lots
from annotations.store.tables import (
    annotation_reviews,
    coders,
    label_studio_projects,
    label_studio_tasks,
    retractions,
    reviews,
    segments,
    transcripts,
)
from annotations.store.transcript_versions import words_stand
from annotations.store.wave_views import TaskView
from annotations.transcript import Role, Span
from service.label_studio.addresses import list_address
from service.looking.coder_pace import LONGEST_S
from service.looking.judged_elsewhere import left_though_judged
from service.looking.skipped_passages import skipped_passages
from service.settings import Settings

SHARED = ""


@dataclass(frozen=True, slots=True)
class CoderWork:
    """An interview in the hands of one coder (``coder`` "" where all share it and nobody has begun).

    ``passages``: put before them; ``seconds``: for a passage (``whole``: for the interview, which is shown as one task),
    None where nobody measured it; ``elsewhere``:
    coded in another program and brought in: of how many passages is not said, and nothing is left.
    ``project``: its address in Label Studio; ``before``: how many of those left this coder has judged in another program.
    """

    transcript: UUID
    name: str
    wave: str
    case: str
    site: str
    coder: str
    passages: int
    done: int
    skipped: int
    left: int
    seconds: float | None
    elsewhere: bool = False
    project: str | None = None
    whole: bool = False
    before: int = 0

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1."""
        return min(1.0, self.done / self.passages) if self.passages else None


@dataclass(frozen=True, slots=True)
class WaveWork:
    """All interviews of a wave in the hands of one coder; ``open``: those of which something is left.

    ``done``: of the ``passages`` that were put before them; ``elsewhere``: passages of other interviews, judged in another
    program, of how many is not said; ``before``: of those left, passages that this coder has judged in another program.
    """

    wave: str
    coder: str
    interviews: int
    passages: int
    done: int
    skipped: int
    left: int
    seconds: float | None
    open: int = 0
    whole: bool = False
    elsewhere: int = 0
    before: int = 0

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1."""
        return min(1.0, self.done / self.passages) if self.passages else None

    @property
    def hours_left(self) -> float | None:
        """How long the rest takes at the pace so far, in hours; None where no pace is known."""
        if self.seconds is None:
            return None
        return (self.open if self.whole else self.left) * self.seconds / 3600


def study_work(connection: Connection, settings: Settings, segmentation: str) -> tuple[CoderWork, ...]:
    """A row for each interview and coder, in the order of waves, interviews and coders.

    ``segmentation``: the version in whose passages is counted what was judged in another program.
    """
    places = {row.id: row for row in connection.execute(_PLACES)}
    put = _handed_out(connection, settings)
    done, skipped, interviews = _done(connection), _skipped(connection), _whole_interviews(connection)
    rows = []
    for (project, transcript), (coder, address, passages) in put.items():
        its = done.get((project, transcript), {})
        left_out = skipped.get((project, transcript), {})
        people = {coder} if coder else {*its, *left_out} or {SHARED}
        # what one of several has done is left for none of them
        left = max(0, passages - sum(done_here[0] for done_here in its.values()) - sum(left_out.values()))
        for who in sorted(people, key=str.casefold):
            count, seconds = its.get(who, (0, None))
            row = _row(places[transcript], who, passages, count, left_out.get(who, 0), left, seconds, address)
            if project in interviews:
                row = replace(row, whole=True, seconds=interviews[project].get((transcript, who)))
            rows.append(row)
    there = {(row.transcript, row.coder) for row in rows}
    elsewhere = _elsewhere(connection, segmentation)
    rows = _with_before(
        connection, rows, {name for transcript, name in elsewhere if (transcript, name) in there}
    )
    for (transcript, name), count in elsewhere.items():
        if (transcript, name) not in there:
            rows.append(_row(places[transcript], name, 0, count, 0, 0, None, None, elsewhere=True))
    return tuple(sorted(rows, key=lambda row: (row.wave, row.name.casefold(), row.coder.casefold())))


def _with_before(connection: Connection, rows: list[CoderWork], names: Iterable[str]) -> list[CoderWork]:
    """The same rows, with how much of what is left these coders have judged in another program."""
    there = projects_in_view(connection)
    before: dict[tuple[UUID, str], int] = {}
    for name in names:
        hers = [project for project in there if project.coder in (None, name)]
        for transcript, count in left_though_judged(connection, hers, name).items():
            before[transcript, name] = count
    return [replace(row, before=min(row.left, before.get((row.transcript, row.coder), 0))) for row in rows]


def by_wave(rows: Iterable[CoderWork], pace: Mapping[str, float]) -> tuple[WaveWork, ...]:
    """The same for whole waves, in the order of waves and coders. ``pace``: each coder's seconds for a passage."""
    grouped: dict[tuple[str, str], list[CoderWork]] = {}
    for row in rows:
        grouped.setdefault((row.wave, row.coder), []).append(row)
    return tuple(_wave(wave, coder, its, pace.get(coder)) for (wave, coder), its in sorted(grouped.items()))


def _wave(wave: str, coder: str, its: list[CoderWork], pace: float | None) -> WaveWork:
    whole = any(row.whole for row in its) and all(row.whole for row in its if not row.elsewhere)
    if whole:
        timed = [row.seconds for row in its if row.seconds is not None and row.done]
        pace = mean(timed) if timed else None
    return WaveWork(
        wave,
        coder,
        len({row.transcript for row in its}),
        sum(row.passages for row in its),
        sum(row.done for row in its if not row.elsewhere),
        sum(row.skipped for row in its),
        sum(row.left for row in its),
        pace,
        sum(row.left > 0 for row in its),
        whole,
        sum(row.done for row in its if row.elsewhere),
        sum(row.before for row in its),
    )


def _row(
    place: Any,
    coder: str,
    passages: int,
    done: int,
    skipped: int,
    left: int,
    seconds: float | None,
    project: str | None,
    *,
    elsewhere: bool = False,
) -> CoderWork:
    where = (place.id, place.name, place.wave, place.case, place.site)
    return CoderWork(*where, coder, passages, done, skipped, left, seconds, elsewhere, project)


_CODED = tuple(role.value for role in Role if role.is_coded)
_t, _s, _p = label_studio_tasks, segments, label_studio_projects
_PLACES = select(
    transcripts.c.id, transcripts.c.name, transcripts.c.wave, transcripts.c.case, transcripts.c.site
)
_ELSEWHERE = (
    select(reviews.c.transcript_id, coders.c.name, reviews.c.start, reviews.c.end)
    .join(coders, coders.c.id == reviews.c.coder_id)
    .where(
        coders.c.kind == "person",
        reviews.c.condition.in_(("independent", "assisted")),
        ~select(annotation_reviews.c.sequence).where(annotation_reviews.c.review_id == reviews.c.id).exists(),
        reviews.c.id.not_in(select(retractions.c.review_id)),
        reviews.c.id.not_in(select(reviews.c.supersedes).where(reviews.c.supersedes.is_not(None))),
    )
    .order_by(reviews.c.transcript_id, coders.c.name)
)


def _elsewhere(connection: Connection, segmentation: str) -> dict[tuple[UUID, str], int]:
    """For each transcript and coder, how many of its passages they judged in another program.

    Passages and not reviews: codings of one passage, and a coding of several, each made a review of their own.
    """
    its = {
        key: [Span(row.start, row.end) for row in rows]
        for key, rows in groupby(
            connection.execute(_ELSEWHERE), key=lambda row: (row.transcript_id, row.name)
        )
    }
    spans: dict[UUID, list[Span]] = {}
    for some in in_lots({transcript for transcript, _ in its}):
        wanted = select(_s.c.transcript_id, _s.c.start, _s.c.end).order_by(_s.c.transcript_id, _s.c.index)
        wanted = wanted.where(_s.c.segmentation == segmentation, _s.c.role.in_(_CODED))
        for row in connection.execute(wanted.where(_s.c.transcript_id.in_(some))):
            spans.setdefault(row.transcript_id, []).append(Span(row.start, row.end))
    return {key: len(judged(spans.get(key[0], []), said)) for key, said in its.items()}


def _handed_out(connection: Connection, settings: Settings) -> dict[tuple[UUID, UUID], tuple[str, str, int]]:
    """For each project in use and transcript: whose it is ("" for all), its address, how many passages."""
    wanted = (
        select(_t.c.project_id, _s.c.transcript_id, _p.c.coder, _p.c.url, _p.c.project_id, func.count())
        .join(_s, _s.c.id == _t.c.segment_id)
        .join(_p, and_(_p.c.id == _t.c.project_id, _p.c.retired.is_(False)))
        .where(words_stand())
        .group_by(_t.c.project_id, _s.c.transcript_id, _p.c.coder, _p.c.url, _p.c.project_id)
    )
    in_force = {project.id for project in projects_in_view(connection)}
    return {
        (project, transcript): (coder or SHARED, list_address(settings, url, number), count)
        for project, transcript, coder, url, number, count in connection.execute(wanted)
        if project in in_force
    }


def _done(connection: Connection) -> dict[tuple[UUID, UUID], dict[str, tuple[int, float | None]]]:
    """For each project and transcript: by coder how many passages are done, and the seconds that one took."""
    w = annotation_reviews
    where = _where_it_counts(connection, w.c.project_id)
    lead = case((reviews.c.lead_time > LONGEST_S, LONGEST_S), else_=reviews.c.lead_time)
    wanted = (
        select(where, reviews.c.transcript_id, w.c.coder, func.count(w.c.key.distinct()), func.avg(lead))
        .join(reviews, reviews.c.id == w.c.review_id)
        .where(w.c.review_id.not_in(select(retractions.c.review_id)))
        .group_by(where, reviews.c.transcript_id, w.c.coder)
    )
    done: dict[tuple[UUID, UUID], dict[str, tuple[int, float | None]]] = {}
    for project, transcript, coder, count, seconds in connection.execute(wanted):
        done.setdefault((project, transcript), {})[coder] = (count, seconds)
    return done


def _where_it_counts(connection: Connection, project: Any) -> Any:
    """The project for which a word counts: what was said in a view that its wave has left stands in the other one."""
    moved = in_the_other_view(connection)
    if not moved:
        return project
    return case(
        *((project == old, literal(new, type_=project.type)) for old, new in moved.items()), else_=project
    )


def _whole_interviews(connection: Connection) -> dict[UUID, dict[tuple[UUID, str], float]]:
    """The projects in which an interview is one task: by transcript and coder the seconds that it took."""
    whole = connection.execute(select(_p.c.id).where(_p.c.view == TaskView.INTERVIEW.value)).scalars()
    seconds_of: dict[UUID, dict[tuple[UUID, str], float]] = {project_id: {} for project_id in whole}
    if not seconds_of:
        return {}
    w, took = annotation_reviews, reviews.c.origin["interview_lead_time"].as_float()
    wanted = (
        select(w.c.project_id, reviews.c.transcript_id, w.c.coder, func.max(took))
        .join(reviews, reviews.c.id == w.c.review_id)
        .where(w.c.project_id.in_(list(seconds_of)))
        .group_by(w.c.project_id, reviews.c.transcript_id, w.c.coder)
    )
    for project, transcript, coder, seconds in connection.execute(wanted):
        if seconds is not None:
            seconds_of[project][transcript, coder] = seconds
    return seconds_of


def _skipped(connection: Connection) -> dict[tuple[UUID, UUID], dict[str, int]]:
    a = skipped_passages([project.id for project in projects_in_view(connection)]).c
    wanted = (
        select(a.project_id, _s.c.transcript_id, a.coder, func.count(a.key.distinct()))
        .join(_t, and_(_t.c.project_id == a.project_id, _t.c.key == a.key))
        .join(_s, _s.c.id == _t.c.segment_id)
        .where(words_stand())
        .group_by(a.project_id, _s.c.transcript_id, a.coder)
    )
    skipped: dict[tuple[UUID, UUID], dict[str, int]] = {}
    for project, transcript, coder, count in connection.execute(wanted):
        skipped.setdefault((project, transcript), {})[coder] = count
    return skipped
