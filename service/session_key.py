"""The key that the server asks for: made once per study, kept where only its owner can read it."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path


def session_key(state: Path, study: Path) -> str:
    """The study's key, from a 0600 file in a 0700 folder outside the study; made if it is not there."""
    folder = state / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / hashlib.sha256(str(study).encode()).hexdigest()[:24]
    if file.is_file():
        return file.read_text("ascii").strip()
    key = secrets.token_urlsafe(32)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(key)
    return key
