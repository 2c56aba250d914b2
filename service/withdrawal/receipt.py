"""The receipt of an erasure, for the participant or the board: what, where, when, by whom, and how it was verified.

It holds no content, and no other participant's code.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from annotations.store.forgettings import Forgetting
from annotations.store.forgotten_outside import ForgottenWords
from annotations.store.tombstones import Tombstone
from service.exported_file import whole

FOLDER = "receipts"


@dataclass(frozen=True, slots=True)
class ErasedThing:
    """One kind of thing that was erased: what, where, and how somebody looked whether it is gone."""

    what: str
    where: str
    verified: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom or what a receipt is about, and how it speaks of it. ``plain``: what its JSON says of it besides.

    ``whole``: said where everything is gone; ``learnt``: before the models' names; ``kept``: what is kept and why.
    """

    id: UUID
    file: str
    title: str
    heading: str
    rows: tuple[tuple[str, str], ...]
    whole: str
    learnt: str
    kept: str
    created: datetime
    plain: Mapping[str, Any]


def of_person(tombstone: Tombstone) -> Subject:
    """A participant who withdrew; "tandem withdraw --tombstones" reads the tombstone of it."""
    return Subject(
        tombstone.id,
        "withdrawal",
        "Withdrawal of a participant from a study kept with Tandem",
        "Receipt of a withdrawal",
        (
            ("Participant", tombstone.participant),
            ("Withdrawn", f"{tombstone.created:%Y-%m-%d %H:%M} UTC, by {tombstone.by}"),
        ),
        "Everything that Tandem kept of this person is erased.",
        "These models had learnt from this person and are erased",
        "What is kept: this code, the date, and who erased; so that nobody imports it again.",
        tombstone.created,
        {"tombstone": tombstone.to_json()},
    )


def of_words(
    transcripts: Sequence[str], first: Forgetting, outside: Sequence[ForgottenWords] = ()
) -> Subject:
    """Words that were taken out of transcripts; "tandem withdraw --tombstones" reads where they stood."""
    names = ", ".join(transcripts)
    return Subject(
        first.id,
        "correction",
        "Words taken out of transcripts of a study kept with Tandem",
        "Receipt of a correction",
        (("Transcripts", names), ("Erased", f"{first.created:%Y-%m-%d %H:%M} UTC, by {first.by}")),
        "Everything that Tandem kept of the words that were taken out is erased.",
        "These models had learnt from the text with these words and are erased",
        "What is kept: that these transcripts were corrected, where the words stood (not what they were), the date, and who "
        "erased; so that no backup brings them back.",
        first.created,
        {
            "transcripts": list(transcripts),
            "by": first.by,
            "when": first.created.isoformat(),
            "forgotten": [forgotten.to_json() for forgotten in outside],
        },
    )


@dataclass(frozen=True)
class Receipt:
    """``still_there``: what Tandem could not erase. ``for_people``: what it cannot reach, and people have to."""

    study: str
    subject: Subject
    gone: tuple[ErasedThing, ...]
    still_there: tuple[str, ...]
    for_people: tuple[str, ...]
    models: tuple[str, ...]
    serves: str
    written: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def complete(self) -> bool:
        """Is everything gone that Tandem keeps?"""
        return not self.still_there

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "receipt": self.subject.title,
            "study": self.study,
            "tandem": version("tandem-coding"),
            "written": self.written.isoformat(timespec="seconds"),
            "complete": self.complete,
            **self.subject.plain,
            "erased": [asdict(thing) for thing in self.gone],
            "models_that_learnt": list(self.models),
            "what_serves_now": self.serves,
            "still_there": list(self.still_there),
            "for_people_to_erase": list(self.for_people),
        }

    def to_text(self) -> str:
        """As a page to print."""
        written = f"{self.written:%Y-%m-%d %H:%M} UTC, by Tandem {version('tandem-coding')}"
        rows = (("Study", self.study), *self.subject.rows, ("Written", written))
        lines = [
            self.subject.heading,
            "",
            *(f"{label}: {value}" for label, value in rows),
            "",
            self.subject.whole
            if self.complete
            else "NOT everything is erased yet: see below what is still there.",
            "",
            "What was erased, where, and how it was verified:",
        ]
        for thing in self.gone:
            lines += [f"- {thing.what}", f"    where: {thing.where}", f"    verified: {thing.verified}"]
        if self.models:
            lines += [
                "",
                f"{self.subject.learnt}: {', '.join(self.models)}.",
            ]
        lines += ["", self.serves]
        lines += _listed("Still there:", self.still_there)
        lines += _listed("What Tandem cannot reach, and people have to erase:", self.for_people)
        lines += [
            "",
            self.subject.kept,
            "",
        ]
        return "\n".join(lines)


def without_codes(text: str, others: Iterable[str]) -> str:
    """A sentence without the codes of other participants and the names of their transcripts."""
    for code in sorted(
        {code_of_other for code_of_other in others if code_of_other.strip()}, key=len, reverse=True
    ):
        text = re.sub(rf"(?<!\w){re.escape(code)}(?!\w)", "…", text, flags=re.IGNORECASE)
    return text


def write_receipt(receipt: Receipt, folder: Path) -> tuple[Path, Path]:
    """Write it into ``folder`` as text and as JSON, under a name without the participant's code. Raises BadInput."""
    folder.mkdir(mode=0o700, exist_ok=True)
    subject = receipt.subject
    own = f"{subject.file}-{subject.created:%Y-%m-%d}-{str(subject.id)[:8]}"
    # an earlier one stays: it says how was verified what is gone since
    name = next(free_name for free_name in _names(own) if not os.path.lexists(folder / f"{free_name}.txt"))
    text, plain = folder / f"{name}.txt", folder / f"{name}.json"
    whole(text, receipt.to_text().encode())
    whole(plain, (json.dumps(receipt.to_json(), ensure_ascii=False, indent=2) + "\n").encode())
    return text, plain


def _names(own: str) -> Iterator[str]:
    yield own
    yield from (f"{own}-{number}" for number in count(2))


def _listed(title: str, lines: tuple[str, ...]) -> list[str]:
    return ["", title, *(f"- {line}" for line in lines)] if lines else []
