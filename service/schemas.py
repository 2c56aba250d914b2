"""What goes in and out over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Health(BaseModel):
    """UP or DOWN, and for each thing the server stands on "ok" or a sentence."""

    status: Literal["UP", "DOWN"]
    parts: dict[str, str]


class JobAsked(BaseModel):
    """A piece of work for a worker."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["train", "precode"]
    wave: str | None = Field(default=None, max_length=80)


class JobShown(BaseModel):
    """A piece of work and what became of it."""

    id: UUID
    kind: str
    state: str
    created: datetime
    started: datetime | None
    finished: datetime | None
    result: dict[str, Any] | None
    error: str | None
