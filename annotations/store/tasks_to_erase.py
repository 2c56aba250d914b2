"""Which tasks a withdrawal, or words taken out of a text, erase in Label Studio, and which are changed there.

``service/withdrawal/erase_tasks`` does it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.lots import lots
from annotations.store.interviews import InterviewTask, interviews_about
from annotations.store.tables import label_studio_projects, label_studio_tasks, segments, transcripts
from annotations.store.transcript_versions import REPLACED
from annotations.store.wave_views import TaskView

AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Pending:
    """What still has to be erased in one Label Studio project: tasks by key, and tasks that quote what is erased.

    ``around``: tasks that stay and show what was said around them, which may be what is erased.
    """

    url: str
    project: int
    keys: tuple[str, ...]
    quoting: tuple[str, ...] = ()
    around: tuple[str, ...] = ()


def pending_in(
    connection: Connection,
    own: Collection[UUID],
    quoting: Collection[UUID],
    around: Collection[UUID] = (),
) -> tuple[Pending, ...]:
    """The tasks in Label Studio of these segments, of those that quote them, and of those beside them."""
    p, t = label_studio_projects, label_studio_tasks
    keys: dict[tuple[str, int], tuple[list[str], list[str], list[str]]] = {}
    for interview in interviews_with(connection, own):
        project = connection.execute(select(p.c.url, p.c.project_id).where(p.c.id == interview.project)).one()
        keys.setdefault((project.url, project.project_id), ([], [], []))[0].append(str(interview.key))
    # a task of a whole interview quotes nobody, and goes as a whole
    wanted = (
        select(p.c.url, p.c.project_id, t.c.key, t.c.segment_id)
        .join(t, t.c.project_id == p.c.id)
        .where(p.c.view == TaskView.PASSAGE.value)
    )
    for url, project, key, segment in connection.execute(wanted):
        kinds = [0] if segment in own else [at for at, some in ((1, quoting), (2, around)) if segment in some]
        for kind in kinds:
            keys.setdefault((url, project), ([], [], []))[kind].append(str(key))
    return tuple(
        Pending(url, number, tuple(a), tuple(b), tuple(c)) for (url, number), (a, b, c) in keys.items()
    )


def interviews_with(connection: Connection, own: Collection[UUID]) -> list[InterviewTask]:
    """The tasks of whole interviews that show one of these segments: of a text as it is now, or of an earlier one."""
    s, t = segments, transcripts
    now: dict[UUID, set[str]] = {}
    for some in lots(list(own), AT_A_TIME):
        wanted = select(s.c.transcript_id, s.c.segmentation).where(s.c.id.in_(some)).distinct()
        for transcript, segmentation in connection.execute(wanted):
            now.setdefault(transcript, set()).add(segmentation)
    texts = connection.execute(select(t.c.id, t.c.text_hash).where(t.c.id.in_(list(now))))
    hashes = {row.id: row.text_hash for row in texts}
    return [
        interview
        for interview in interviews_about(connection, now)
        if interview.text_hash != hashes[interview.transcript]
        or any(not segmentation.startswith(REPLACED) for segmentation in now[interview.transcript])
    ]


def pending_to_json(pending: Pending) -> dict[str, Any]:
    """As plain data, to be kept."""
    return {
        "url": pending.url,
        "project": pending.project,
        "keys": list(pending.keys),
        "quoting": list(pending.quoting),
        "around": list(pending.around),
    }


def pending_of(plain: Mapping[str, Any]) -> Pending:
    """What ``pending_to_json`` kept."""
    return Pending(
        plain["url"],
        plain["project"],
        tuple(plain["keys"]),
        tuple(plain["quoting"]),
        tuple(plain.get("around", ())),
    )
