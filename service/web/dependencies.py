"""What a request works with: the study that this server serves, and where its webhooks go."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from service.composition import Parts
from service.corrections.inbox import Inbox


async def parts_of(request: Request) -> Parts:
    """The study that this server serves."""
    parts: Parts = request.app.state.parts
    return parts


async def inbox_of(request: Request) -> Inbox:
    """Where its webhooks go."""
    inbox: Inbox = request.app.state.inbox
    return inbox


Served = Annotated[Parts, Depends(parts_of)]
Taken = Annotated[Inbox, Depends(inbox_of)]
