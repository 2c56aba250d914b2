"""What is handed out to sign in with: random, shown once, and kept only as what it hashes to under the study's key.

So a copy of the database opens nothing, wherever it comes from, and a new key ends every session, invitation and token.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from service.access.keys import door_key

TOKEN_BEGINS = "tandem_"  # noqa: S105 (the beginning of every token, by which people and scanners know one)


def fresh() -> str:
    """Nobody guesses it: 256 bits."""
    return secrets.token_urlsafe(32)


def fresh_token() -> str:
    """The same for a program."""
    return f"{TOKEN_BEGINS}{fresh()}"


def hash_of(key: str, given: str) -> str:
    """What is kept of it. ``key``: the study's session key."""
    return hmac.new(door_key(key, "account").encode(), given.encode(), hashlib.sha256).hexdigest()


def form_token(key: str, token_hash: str) -> str:
    """What the forms of a session carry, so that no other site can send one in somebody's name."""
    return hmac.new(door_key(key, "form").encode(), token_hash.encode(), hashlib.sha256).hexdigest()
