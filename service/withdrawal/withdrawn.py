"""What a withdrawal did: what was erased and how that was verified, and what is left."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from service.withdrawal.receipt import ErasedThing


@dataclass
class Withdrawn:
    """What was erased and how that was verified, what could not be yet, and what a person must look at.

    ``still_there``: what Tandem could not erase, each with its place. ``waits``: what stands in Label Studio still, and
    why, a sentence each. ``again``: an earlier run had
    erased the words already.
    """

    participant: str
    transcripts: int = 0
    reviews: int = 0
    codings: int = 0
    tasks: int = 0
    models: tuple[str, ...] = ()
    new_model: str | None = None
    serves: str = ""
    done: bool = False
    gone: list[ErasedThing] = field(default_factory=list)
    still_there: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    receipt: tuple[Path, ...] = ()
    again: bool = False

    @property
    def left_in_words(self) -> str:
        """What is not erased yet, why, and what to do; "" where everything is."""
        if self.done:
            return ""
        there = f" Still there: {'; '.join(self.still_there)}." if self.still_there else ""
        once = " once Label Studio answers" if self.waits else ""
        return (
            f"Not everything of {self.participant} is erased yet; what was erased stays so.{there}"
            f"{''.join(f' {waiting}' for waiting in self.waits)} It does not go on by itself: try this job again{once}."
        )

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "participant": self.participant,
            "transcripts": self.transcripts,
            "reviews": self.reviews,
            "codings": self.codings,
            "label_studio_tasks": self.tasks,
            "models_that_learnt": list(self.models),
            "new_model": self.new_model,
            "what_serves_now": self.serves,
            "done": self.done,
            "erased": [asdict(thing) for thing in self.gone],
            "still_there": self.still_there,
            "waits_in_label_studio": self.waits,
            "notes": self.notes,
            "erased_earlier": self.again,
            "receipt": [str(file) for file in self.receipt],
        }
