"""How long a sign-in lasts: twelve hours without a click, and seven days at most."""

from __future__ import annotations

from datetime import datetime, timedelta

from annotations.store.sessions import Session

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)


def has_ended(session: Session, moment: datetime) -> bool:
    """Does a new sign-in have to come first at this moment?"""
    return session.expires < moment or session.seen + IDLE < moment
