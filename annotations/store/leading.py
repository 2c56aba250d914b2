"""One of several services on a database does what is to be done once: whoever holds the database's own lock for it.

https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS: a lock of a session, which the server gives
back as soon as the connection ends, whatever has ended it. So no leader has to be declared dead, and no clock decides.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from annotations.store.database import Store


class Leading:
    """Does this process lead in ``what``? Once it does, it goes on to, as long as it and its connection live.

    A SQLite file has one service, which always leads.
    """

    def __init__(self, store: Store, what: str) -> None:
        self._store = store
        # schemas are studies, and each has a leader of its own
        name = f"{store.schema} {what}".encode()
        self._number = int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)
        self._connection: Connection | None = None

    def leads(self) -> bool:
        """Ask. A connection that has ended gave the lock back, so it is asked for anew; False where nobody answers."""
        if self._store.engine.dialect.name != "postgresql":
            return True
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return True
        except DBAPIError:
            self.give_up()
        try:
            # each statement by itself, so that no transaction stays open for hours
            connection = self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except DBAPIError:
            return False
        try:
            asked = text("SELECT pg_try_advisory_lock(:number)")
            if connection.execute(asked, {"number": self._number}).scalar():
                self._connection = connection
                return True
        except DBAPIError:
            connection.invalidate()
        connection.close()
        return False

    def give_up(self) -> None:
        """Let another process lead."""
        connection, self._connection = self._connection, None
        if connection is not None:
            # a connection that went back to the pool would keep the lock
            connection.invalidate()
            connection.close()
