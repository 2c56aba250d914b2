"""How long somebody waits after failed attempts to sign in. The rule alone: pure, of numbers.

Three slips cost nothing. Then each further failure doubles the wait: for this account from this address quickly; from
one address, or for one account from everywhere, later. The last is bounded low, so that nobody is locked out for long
by somebody else's guesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from annotations.store.sign_in_attempts import Failed


@dataclass(frozen=True, slots=True)
class Patience:
    """``free``: failures that cost nothing; then a second, doubled with each, at ``longest``."""

    free: int
    longest: timedelta


SAME_ACCOUNT_AND_ADDRESS = Patience(3, timedelta(minutes=15))
SAME_ADDRESS = Patience(10, timedelta(minutes=15))
SAME_ACCOUNT = Patience(10, timedelta(minutes=1))


def wait_after(failed: Failed, patience: Patience) -> timedelta:
    """How long after the last failure the next attempt is taken."""
    over = failed.times - patience.free
    if over < 0:
        return timedelta(0)
    # 2^20 seconds are longer than any wait
    return min(timedelta(seconds=2 ** min(over, 20)), patience.longest)


def waits_until(both: Failed, address: Failed, account: Failed) -> datetime | None:
    """From when on the next attempt is taken; None: at once.

    ``both``: failures for this account from this address, ``address``: from here for any, ``account``: from everywhere.
    """
    asked = ((both, SAME_ACCOUNT_AND_ADDRESS), (address, SAME_ADDRESS), (account, SAME_ACCOUNT))
    ends = [
        failed.last + wait
        for failed, patience in asked
        if failed.last and (wait := wait_after(failed, patience))
    ]
    return max(ends, default=None)
