"""The users of each Label Studio: their numbers and e-mail addresses, as last heard."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from annotations.store.tables import label_studio_users


def users(connection: Connection, url: str) -> Mapping[int, str]:
    """The e-mail addresses of a Label Studio's users, as last heard."""
    u = label_studio_users
    rows = connection.execute(select(u.c.user_id, u.c.email).where(u.c.url == url))
    return {row.user_id: row.email for row in rows}


def keep_users(connection: Connection, url: str, emails: Mapping[int, str]) -> None:
    """Keep users' addresses; nobody is forgotten, since their annotations stay."""
    u = label_studio_users
    known = users(connection, url)
    for user, email in emails.items():
        if user not in known:
            connection.execute(u.insert().values(url=url, user_id=user, email=email))
        elif known[user] != email:
            connection.execute(u.update().where(u.c.url == url, u.c.user_id == user).values(email=email))
