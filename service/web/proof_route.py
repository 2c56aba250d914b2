"""The service proves that it holds this study's key: it signs the number that a push asks it to sign."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from service.access.proof import PATH, proof_of

router = APIRouter(include_in_schema=False)


@router.get(PATH)
def prove(request: Request, nonce: Annotated[str, Query(pattern="^[0-9a-f]{64}$")]) -> dict[str, int | str]:
    """Sign a number. It needs no key: what is signed opens no door."""
    port = int((request.scope.get("server") or ("", 0))[1] or 0)
    return {"port": port, "proof": proof_of(request.app.state.key, nonce, port)}
