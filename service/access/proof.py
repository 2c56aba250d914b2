"""Who holds this study's key, without either side telling it: asked before anything is attached or given.

Whatever listens at the service's address first could be any program on this machine. So it is asked to sign a fresh
number with a key that only the service has; it signs the port on which it listens too, or a program at another port
could hand the question on to the service and its answer back.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from service.access.keys import door_key

PATH = "/proof"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def fresh_nonce() -> str:
    """A number that nobody has seen before."""
    return secrets.token_hex(32)


def proof_of(key: str, nonce: str, port: int) -> str:
    """The signature of whoever holds the session key and listens on this port."""
    said = f"{nonce} at port {port}"
    return hmac.new(door_key(key, "proof").encode(), said.encode(), hashlib.sha256).hexdigest()


def proves(answer: Mapping[str, object], *, key: str, nonce: str) -> bool:
    """Does the answer come from somebody who holds the key?"""
    port, proof = answer.get("port"), answer.get("proof")
    if not isinstance(port, int) or not isinstance(proof, str) or not proof.isascii():
        return False
    return hmac.compare_digest(proof.encode(), proof_of(key, nonce, port).encode())


def is_handed_on(answer: Mapping[str, object], url: str) -> bool:
    """Does an address of this machine answer for a service that listens on another port?"""
    asked = urlsplit(url)
    return asked.hostname in _LOOPBACK and answer.get("port") != (asked.port or _usual(asked.scheme))


def _usual(scheme: str) -> int:
    return 443 if scheme == "https" else 80
