"""When the last good backup is too old: after 36 hours where one is made each night, after a week elsewhere."""

from __future__ import annotations

from datetime import timedelta

# one night and some hours: a machine may have been off at the time
AFTER_A_NIGHT = timedelta(hours=36)
AFTER_A_WEEK = timedelta(days=7)


def is_old(age: timedelta, *, nightly: bool) -> bool:
    """Should there be a newer one by now? ``nightly``: does study.yaml ask for one each night?

    >>> is_old(timedelta(days=2), nightly=True), is_old(timedelta(days=2), nightly=False)
    (True, False)
    """
    return age > (AFTER_A_NIGHT if nightly else AFTER_A_WEEK)
