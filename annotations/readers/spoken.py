"""What a reader gives back, and the speaker label that all of them know."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from annotations.transcript import Turn

# DESIGN of the format: a label begins with a letter and has at most 40 characters; a colon and white space end
# it. "https://…" has no white space after its colon; "10:30 Meeting:" does not begin with a letter.
LABEL = re.compile(r"(?P<label>[^\W\d_][^:\n\t]{0,39}?)[ \u00a0]*:(?=\s|$)")


@dataclass(frozen=True, slots=True)
class ReadTranscript:
    """A transcript as its file gives it; where it belongs is said elsewhere (``describe``).

    ``described``: what columns of the file say of it (participant, case, site, wave …).
    """

    name: str
    text: str
    turns: tuple[Turn, ...]
    source: str
    reader: str
    described: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[str, ...] = ()


class Reader(Protocol):
    """Reads one format. Raises BadInput with a sentence that names the file."""

    def __call__(
        self, content: bytes, *, name: str, file: str, interviewers: Sequence[str]
    ) -> tuple[ReadTranscript, ...]:
        """The transcripts in ``content``; ``name`` is the id where the file gives none."""
        ...
