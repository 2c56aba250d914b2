"""The audit log: who saw, took, brought in and changed what, when, from where. No word of a transcript is in it.

It stands in the study's database, in a table to which rows are only added. It names transcripts and participants by
their codes, as tombstones do, so it stays as it is when somebody withdraws.
"""

from __future__ import annotations

import getpass
import socket
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Connection

from annotations.store.audit_log import AuditRow, add_row, latest
from annotations.store.database import Store
from annotations.store.tables import now

# a page that is loaded again says nothing new
_AGAIN_AFTER = timedelta(minutes=15)
_LONGEST = 200
Plain = str | int | bool | None


class Did(StrEnum):
    """What can be in the log."""

    SIGNED_IN = "signed in"
    NOT_LET_IN = "was not let in"
    SIGNED_OUT = "signed out"
    SAW = "saw a transcript"
    SAW_PASSAGES = "saw passages of transcripts"
    EXPORTED = "exported"
    SENT = "sent files to be looked at"
    IMPORTED = "imported"
    UNDID = "undid an import"
    DESCRIBED = "changed what is known of a participant"
    PLACED = "changed where a transcript belongs"
    HANDED_OUT = "handed out to coders"
    DECIDED = "decided on codes"
    ASKED = "asked a worker for work"
    CANCELLED = "cancelled a job"
    TRIED_AGAIN = "had a job tried again"
    TRAINED = "trained a model"
    PROMOTED = "put a model to serve"
    WITHDREW = "withdrew a participant"
    FORGOT = "erased words"
    INVITED = "invited"
    JOINED = "chose a password"
    CHANGED_RIGHTS = "changed rights"
    CLOSED = "closed an account"
    SIGNED_OTHERS_OUT = "signed somebody out"
    MADE_TOKEN = "made a token"  # noqa: S105 (no password)
    WITHDREW_TOKEN = "withdrew a token"  # noqa: S105 (no password)
    NEW_KEY = "made a new study key"
    BACKED_UP = "made a backup"
    CHANGED_STUDY = "changed the study"
    SAW_AUDIT = "read the audit log"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, how they came in ("session", "token", "key", "command"), and from where."""

    who: str
    how: str
    address: str
    account: UUID | None = None


def this_machines_user(name: str = "") -> Actor:
    """Who runs a command: the name that was given with --by, else the user of this machine."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = "unknown"
    return Actor(name or f"{user} (user of this machine)", "command", socket.gethostname())


def note(connection: Connection, by: Actor, did: Did, about: str = "", **detail: Plain) -> None:
    """Write it down, in the transaction of what is done: both are kept, or neither.

    ``about``: the transcript, participant, account, model or file; ``detail``: plain words and numbers.
    """
    add_row(
        connection,
        account=by.account,
        who=by.who,
        how=by.how,
        did=did,
        about=about[:_LONGEST],
        detail={key: value[:_LONGEST] if isinstance(value, str) else value for key, value in detail.items()},
        address=by.address,
    )


def noted(store: Store, by: Actor, did: Did, about: str = "", **detail: Plain) -> None:
    """The same in a transaction of its own."""
    with store.writing() as connection:
        note(connection, by, did, about, **detail)


def saw(store: Store, by: Actor, transcript: str, **detail: Plain) -> None:
    """Somebody reads a transcript, before it is shown: what cannot be written down is not shown either.

    Whoever loads a page again within a quarter of an hour is not written down again.
    """
    with store.reading() as connection:
        before = latest(connection, by.who, Did.SAW, transcript[:_LONGEST])
    if before is None or before + _AGAIN_AFTER < now():
        noted(store, by, Did.SAW, transcript, **detail)


def saw_passages(store: Store, by: Actor, where: str, transcripts: Iterable[str]) -> None:
    """Somebody sees passages on a page, before they are shown. ``transcripts``: the transcript of each passage.

    Every transcript is named; where their names do not fit into one row, several are written.
    """
    passages = Counter(transcripts)
    rows: list[list[str]] = []
    for name in passages:
        if not rows or len(", ".join([*rows[-1], name])) > _LONGEST:
            rows.append([])
        rows[-1].append(name)
    if not rows:
        return
    with store.writing() as connection:
        for its in rows:
            seen = sum(passages[name] for name in its)
            note(connection, by, Did.SAW_PASSAGES, where, passages=seen, transcripts=", ".join(its))


COLUMNS = ("number", "when", "who", "how", "did", "about", "detail", "from")


def as_cells(row: AuditRow) -> dict[str, str | int]:
    """A row as a table shows it."""
    return {
        "number": row.number,
        "when": f"{row.created:%Y-%m-%d %H:%M:%S} UTC",
        "who": row.who,
        "how": row.how,
        "did": row.did,
        "about": row.about,
        "detail": detail_said(row),
        "from": row.address,
    }


def detail_said(row: AuditRow) -> str:
    """What else is known of it, in a line."""
    return ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in row.detail.items())
