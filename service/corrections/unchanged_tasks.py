"""Which tasks of a project need not be read again: they look as they did when they were read, and mean the same.

Label Studio moves a task's time whenever one of its annotations is made, changed or deleted, so a task that looks as it
did holds the annotations that were read then. What an annotation means follows from other things too: the codebook, who
is who, what was pushed. All of that goes into one hash; where it is another one, everything is read anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import Connection, func, select

from annotations.label_studio.read_answers import ListedTask
from annotations.store.label_studio_projects import ProjectRow
from annotations.store.label_studio_reads import last_read, task_marks
from annotations.store.label_studio_users import users
from annotations.store.tables import (
    label_studio_interviews,
    label_studio_tasks,
    shown_models,
    transcript_versions,
)
from service.live_config import InForce

# raised where the rules by which annotations become reviews change, so that what is there is read once more
RULES = 1


def meaning_now(connection: Connection, project: ProjectRow, in_force: InForce, own_account: str) -> str:
    """A hash of all besides the annotations of a project that decides what they mean."""
    meaning = {
        "rules": RULES,
        "codebook": in_force.codebook.version,
        "people": [
            [person.name, person.email, *person.aliases] for person in in_force.coders(connection).people
        ],
        "users": sorted(users(connection, project.url).items()),
        "own": own_account,
        "texts": connection.execute(select(func.max(transcript_versions.c.sequence))).scalar(),
        "pushed": _pushed(connection, project.id),
    }
    return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()


def _pushed(connection: Connection, project: UUID) -> list[object]:
    """What tells whether something was pushed into the project since: its tasks, and what stands on them."""
    t, s, i = label_studio_tasks.c, shown_models.c, label_studio_interviews.c
    tasks = select(func.count()).where(t.project_id == project)
    shown = select(func.max(s.sequence)).where(s.project_id == project)
    whole = select(i.key, i.text_hash, i.data_hash, i.marks_hash).where(i.project_id == project)
    interviews = sorted([str(row.key), *row[1:]] for row in connection.execute(whole))
    return [connection.execute(tasks).scalar(), connection.execute(shown).scalar(), interviews]


def known_marks(connection: Connection, project: UUID, meaning: str) -> dict[int, str]:
    """How each task looked when it was read, as far as what was read would mean the same today."""
    before = last_read(connection, project)
    return task_marks(connection, project) if before is not None and before.under == meaning else {}


def changed_tasks(listed: Collection[ListedTask], known: Mapping[int, str]) -> set[int]:
    """The numbers of the tasks that look otherwise than when they were read, or that were never read."""
    return {task.id for task in listed if known.get(task.id) != task.mark}
