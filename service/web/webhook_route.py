"""Our own webhook: what a coder saves is stored before Label Studio is answered, and worked off afterwards."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, status
from starlette.concurrency import run_in_threadpool

from annotations.errors import BadInput
from annotations.label_studio.webhook import webhook_of
from service.access.doors import hook
from service.web.dependencies import Taken

PATH = "/hooks/label-studio"
router = APIRouter(include_in_schema=False)


@router.post(PATH, dependencies=[Depends(hook)])
async def taken(request: Request, inbox: Taken) -> dict[str, Any]:
    """Keep the webhook and say its place in the order. 422 for one that is none; a pull mends what it meant."""
    try:
        plain = json.loads(await request.body())
        told = webhook_of(plain if isinstance(plain, dict) else {})
    except (ValueError, RecursionError) as error:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, "This is no JSON.") from error
    except BadInput as error:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, str(error)) from error
    place = await run_in_threadpool(inbox.store, told)
    request.app.state.arrived.set()
    return {"stored": place}
