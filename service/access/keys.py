"""The key that the server asks for: made once per study, kept where only its owner can read it.

Label Studio and a browser keep what they are given where others can read it: every account of a Label Studio sees its
webhooks, and a browser sends a cookie to every port of this machine. So they are given keys of one door each, made
from the session key, from which nobody gets back to it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Literal

from annotations.errors import BadInput
from service.settings import Settings

SHORTEST = 16
Door = Literal["account", "form", "backend", "webhook", "proof", "link"]


def key_for(settings: Settings, study: Path) -> str:
    """The study's session key: the environment's, else the one in this machine's state folder. Raises BadInput."""
    given = settings.session_key
    if given is None:
        return session_key(settings.state, study)
    if len(given) < SHORTEST:
        raise BadInput(
            f"TANDEM_SESSION_KEY has {len(given)} characters; it needs {SHORTEST} at least, so that nobody guesses it. "
            f"Leave it out, and Tandem makes one."
        )
    return given


def has_key(settings: Settings, study: Path) -> bool:
    """Has this study been served on this machine before, or does the environment give its key?"""
    return settings.session_key is not None or _read(_place(settings.state, study)) is not None


def door_key(key: str, door: Door) -> str:
    """What opens this door and no other."""
    return hmac.new(key.encode(), f"tandem door {door}".encode(), hashlib.sha256).hexdigest()


def session_key(state: Path, study: Path) -> str:
    """The study's key, from a 0600 file in a 0700 folder outside the study; made if it is not there whole."""
    folder = state / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    file = _place(state, study)
    return _read(file) or _made(file)


def renew_key(settings: Settings, study: Path) -> str:
    """Another session key instead of the study's: what was made from the old one opens nothing any more.

    Raises BadInput where the environment gives the key: it is changed there.
    """
    if settings.session_key is not None:
        raise BadInput(
            "The study's key is the one in TANDEM_SESSION_KEY. Put another one there, and start everything that has it "
            "again. Nothing was changed."
        )
    session_key(settings.state, study)
    file = _place(settings.state, study)
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    _write(fresh, key := secrets.token_urlsafe(32))
    fresh.replace(file)
    return key


def _place(state: Path, study: Path) -> Path:
    return state / "keys" / hashlib.sha256(str(study).encode()).hexdigest()[:24]


def _write(file: Path, key: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(key)


def _read(file: Path) -> str | None:
    """None for what a crash or a full disk left half written: an empty key would let everybody in."""
    try:
        key = file.read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return key if len(key) >= SHORTEST else None


def _made(file: Path) -> str:
    key = secrets.token_urlsafe(32)
    whole = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    _write(whole, key)
    try:
        with suppress(OSError):
            os.link(whole, file)
            return key
        # another process was quicker, what stands there is none, or this disk knows no links
        if (other := _read(file)) is not None:
            return other
        whole.replace(file)
        return key
    finally:
        whole.unlink(missing_ok=True)
