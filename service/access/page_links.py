"""Links from Label Studio to Tandem's own pages: an interview as a whole, and what the codes mean.

Coders have no session key. So a link carries a key that opens this one page and no other: whoever reads it in Label
Studio reads the same words there.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from uuid import UUID

from annotations.label_studio.task_data import Links
from annotations.store.transcripts import KeptTranscript
from annotations.turn_numbers import shown_number
from service.access.keys import door_key

INTERVIEWS, CODEBOOK = "/interviews", "/codebook"


def page_key(key: str, path: str) -> str:
    """What opens the page at this path and no other."""
    return hmac.new(door_key(key, "link").encode(), path.encode(), hashlib.sha256).hexdigest()[:32]


def interview_path(transcript: UUID) -> str:
    """Where an interview is shown as a whole."""
    return f"{INTERVIEWS}/{transcript}"


def anchor(turn: int) -> str:
    """The place of a turn (counted from 0) in that page."""
    return f"turn-{shown_number(turn)}"


def links_to(service: str, key: str) -> Callable[[KeptTranscript, int], Links]:
    """The links for a turn of a transcript. ``service``: the address; ``key``: the study's session key."""
    base = service.rstrip("/")

    def links(kept: KeptTranscript, turn: int) -> Links:
        path = interview_path(kept.id)
        opens = f"{base}{path}?key={page_key(key, path)}"
        means = f"{base}{CODEBOOK}?key={page_key(key, CODEBOOK)}"
        return Links(f"{opens}#{anchor(turn)}", means)

    return links
