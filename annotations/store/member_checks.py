"""What participants and cases answered when they were shown what was coded, in the store. Rows are only ever added.

An answer is somebody's words, and is no passage of a transcript: a withdrawal finds it by the participant, see
``forget_writings``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import Connection, select

from annotations.attributes import Owner
from annotations.coding import Coder
from annotations.names import folded
from annotations.store.cell_place import Column
from annotations.store.coders import coder_names, keep_coder
from annotations.store.tables import member_checks, now

Answer = Literal["agreed", "corrected"]


@dataclass(frozen=True, slots=True)
class MemberCheck:
    """An answer. ``of``, ``owner``: whose summary it was, a participant's or a case's; ``answered_by``: who answered.

    ``words``: what is corrected, or what else was said; ``given``: when they answered; ``by``: who of the team recorded it.
    ``phase``, ``code``: the finding that it is about, "" all of the summary.
    """

    of: Owner
    owner: str
    answered_by: str
    answer: Answer
    words: str
    given: date
    by: str
    phase: str = ""
    code: str = ""
    created: datetime | None = None
    id: UUID | None = None

    @property
    def place(self) -> tuple[str, ...]:
        """What it is about, and who says so: the newest answer of these holds."""
        return (self.of.value, folded(self.owner), folded(self.answered_by), self.phase, self.code)

    def said(self) -> tuple[object, ...]:
        """All that it says, but when it was recorded."""
        return (*self.place, self.answer, self.words, self.given)

    def concerns(self, phase: str, codes: Collection[str], informants: Iterable[str], column: Column) -> bool:
        """Is it about the finding of these codes, in this phase and column, which rests on these informants?"""
        if self.code and (self.code not in codes or self.phase not in ("", phase)):
            return False
        if self.of is Owner.PARTICIPANT:
            return folded(self.owner) in {folded(informant) for informant in informants}
        return any(name == "case" and folded(value) == folded(self.owner) for name, value in column)


def add_member_checks(connection: Connection, checks: Sequence[MemberCheck]) -> None:
    """Keep answers, in the order given."""
    rows = [
        {
            "id": uuid4(),
            "of": check.of.value,
            "owner": check.owner,
            "owner_key": folded(check.owner),
            "answered_by": check.answered_by,
            "answer": check.answer,
            "words": check.words,
            "given": check.given,
            "phase": check.phase,
            "code": check.code,
            "by_id": keep_coder(connection, Coder(check.by)),
            "created": check.created or now(),
        }
        for check in checks
    ]
    if rows:
        connection.execute(member_checks.insert(), rows)


def all_member_checks(connection: Connection) -> tuple[MemberCheck, ...]:
    """Every answer that was ever recorded, in the order in which they came."""
    names = coder_names(connection)
    return tuple(
        MemberCheck(
            of=Owner(row.of),
            owner=row.owner,
            answered_by=row.answered_by,
            answer=row.answer,
            words=row.words,
            given=row.given,
            by=names[row.by_id],
            phase=row.phase,
            code=row.code,
            created=row.created,
            id=row.id,
        )
        for row in connection.execute(select(member_checks).order_by(member_checks.c.sequence))
    )


def current_member_checks(connection: Connection) -> tuple[MemberCheck, ...]:
    """The newest answer of each person on each thing, in the order in which they came."""
    newest: dict[tuple[str, ...], MemberCheck] = {}
    for check in all_member_checks(connection):
        newest.pop(check.place, None)
        newest[check.place] = check
    return tuple(newest.values())
