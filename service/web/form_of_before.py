"""A form that was opened before something was changed elsewhere: saved as it is, it would put the old back in silence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

SEEN = "seen"


def changed_meanwhile(what: str) -> str:
    """What is said above the form. ``what``: a subject and its verb, such as "The settings were"."""
    return (
        f"{what} changed elsewhere since you opened this page, so nothing was saved. What you typed stands here, and "
        f"beside each field what stands there by now, where it is another. Correct it where needed, and save again."
    )


def shows_anew(what: str) -> str:
    """The same for a form of boxes, which shows what holds by now."""
    return (
        f"{what} changed elsewhere since you opened this page, so nothing was saved. The form shows what holds by now: "
        f"choose again, and save."
    )


def mark_of(shown: object) -> str:
    """What a form was made from, as a field that it sends along. ``shown``: plain values, as JSON holds them."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]


def is_of_before(sent: str, shown: object) -> bool:
    """Was the form made from something else than what stands there now? A program that sends no mark is believed."""
    return sent not in ("", mark_of(shown))


def otherwise_now(now: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """What stands there by now, as a sentence for each field in which something else was typed."""
    return {
        name: f"By now it stands there so: {' / '.join(value.splitlines()) or '(empty)'}"
        for name, value in now.items()
        if value.split() != typed.get(name, "").split()
    }
