"""What an import of another program's project did, or would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from annotations.codings.keep_codings import KeptCodings
from annotations.numbers_shown import counted
from annotations.refi.belonging import UnderstoodName
from annotations.refi.match_codes import CodeMatch
from annotations.refi.unit_decision import UnitDecision

_PLACES = 3


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """A source: what it is called here, what became of it, whom it is of, and how its positions were counted."""

    source: str
    transcript: str
    state: str
    participant: str = ""
    case: str = ""
    site: str = ""
    wave: str = ""
    passages: int = 0
    codings: int = 0
    unit: str = ""
    evidence: str = ""


@dataclass
class ProjectOutcome:
    """All that is to be told. ``refused``: sentences for which nothing was imported; ``remedies``: what to do.

    ``left``: what was not taken, by reason, with the places. ``codebook``: what became of it: "matched", "made of the
    project's" or "codes added". ``beside``: how much the file beside the project adds, by what it is.
    """

    file: Path
    project: str
    origin: str
    sources: list[SourceOutcome] = field(default_factory=list)
    codes: list[CodeMatch] = field(default_factory=list)
    understood: list[UnderstoodName] = field(default_factory=list)
    coders: dict[str, str] = field(default_factory=dict)
    codebook: str = "matched"
    labels: Mapping[str, str] = field(default_factory=dict)
    unused_codes: int = 0
    kept: KeptCodings = field(default_factory=KeptCodings)
    attributes: int = 0
    memos: int = 0
    notes: list[str] = field(default_factory=list)
    left: dict[str, list[str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    remedies: list[str] = field(default_factory=list)
    dry_run: bool = False
    beside: dict[str, int] = field(default_factory=dict)

    def leave(self, reason: str, places: Sequence[str]) -> None:
        """More that was not taken for one reason."""
        if places:
            self.left.setdefault(reason, []).extend(places)

    @property
    def left_in_words(self) -> list[str]:
        """A line for each reason: how many, and the first places."""
        lines = []
        for reason, places in sorted(self.left.items(), key=lambda item: -len(item[1])):
            named = [place for place in dict.fromkeys(places) if place][:_PLACES]
            more = " …" if len(set(places)) > _PLACES else ""
            where = f" ({'; '.join(named)}{more})" if named else ""
            lines.append(f"{len(places):,} × {reason}{where}")
        return lines

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "file": str(self.file),
            "project": self.project,
            "origin": self.origin,
            "dry_run": self.dry_run,
            "sources": [asdict(source) for source in self.sources],
            "codes": [
                {**asdict(code), "ours": self.labels.get(code.ours or "", code.ours)} for code in self.codes
            ],
            "codebook": self.codebook,
            "unused_codes": self.unused_codes,
            "understood": [asdict(understood) for understood in self.understood],
            "coders": self.coders,
            "codings": self.kept.codings,
            "unchanged": self.kept.unchanged,
            "reviews": self.kept.reviews,
            "empty_reviews": self.kept.empty_reviews,
            "superseded": self.kept.superseded,
            "on_interviewer": self.kept.on_interviewer,
            "on_no_segment": self.kept.on_no_segment,
            "memos": self.memos,
            "attributes": self.attributes,
            "beside": self.beside,
            "notes": self.notes,
            "left_out": {reason: len(places) for reason, places in self.left.items()},
            "left_out_places": self.left,
            "refused": [*self.refused, *self.remedies],
        }


def unit_in_words(decision: UnitDecision) -> tuple[str, str]:
    """How the positions of a source were counted, "" where every way comes to the same, and the evidence for it."""
    if not decision.passages or decision.counting is None:
        return "", ""
    how = decision.counting.in_words if decision.differ else ""
    sentence = f"{decision.whole} of its {counted(decision.passages, 'passage')} begin and end between words"
    if decision.recorded[1]:
        sentence += f", the recorded words of {decision.recorded[0]} of {decision.recorded[1]} stand there"
    if decision.next_best is not None:
        sentence += f"; counted {decision.next_best[0].in_words}: {decision.next_best[1]}"
    if not decision.sure:
        sentence += "; NOT CERTAIN, look at a few of them"
    return how, sentence
