"""Doors for machines: Label Studio's calls to its backend and its webhooks, each with a key of its own.

People and programs come in elsewhere: ``service/web/signed_in.py``.
"""

from __future__ import annotations

import base64
import binascii
import secrets

from fastapi import HTTPException, Request, status

from service.access.keys import Door, door_key

HOOK_HEADER = "X-Tandem-Key"
ML_USER = "tandem"


async def label_studio(request: Request) -> None:
    """Let in Label Studio's calls to its backend: HTTP Basic, user "tandem", this door's key as password."""
    user, _, given = _basic(request).partition(":")
    if not (_opens(request, "backend", given) and secrets.compare_digest(user.encode(), ML_USER.encode())):
        said = f'This needs HTTP Basic: the user "{ML_USER}" and the key that "tandem push" gave as password.'
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, said, {"WWW-Authenticate": 'Basic realm="tandem"'})


async def hook(request: Request) -> None:
    """Let in webhooks that carry this door's key in a header of their own."""
    if not _opens(request, "webhook", request.headers.get(HOOK_HEADER, "")):
        said = f'This needs the key that "tandem push" gave to Label Studio, in the header "{HOOK_HEADER}".'
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, said)


def holds_key(request: Request, given: str) -> bool:
    """Is this the study's key? Compared in constant time."""
    return secrets.compare_digest(given.encode(), request.app.state.key.encode())


def bearer(request: Request) -> str:
    """The bearer token that a program sends, empty where there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _opens(request: Request, door: Door, given: str) -> bool:
    return secrets.compare_digest(given.encode(), door_key(request.app.state.key, door).encode())


def _basic(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(token.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
