"""A study whose reviews and suggestions are made up in the store, so that every part of the agreement report shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import numpy as np

from annotations.codebook.files import read_codebook
from annotations.coding import Coding, Condition, Draw, Review
from annotations.segment import Segment
from annotations.store.codebook_versions import keep_codebook
from annotations.store.model_versions import ModelVersion, add_model, promote
from annotations.store.reviews import add_reviews
from annotations.store.segments import segments_of
from annotations.store.suggestions import Suggested, add_suggestions
from annotations.store.transcripts import add_transcript
from annotations.transcript import Consents, Role, SpokenTurn, Transcript, canonical
from models.corpus import cut_new_transcripts
from service.composition import Parts

CODES = ("money", "people", "time", "place")
CHANCE = np.array([0.3, 0.2, 0.12, 0.06])
BOOK = """name: Made up
frameworks:
  - id: topics
    name: Topics
    codes:
      - {id: money, code: Money, definition: What it costs.}
      - {id: people, code: People, definition: Who does it.}
      - {id: time, code: Time, definition: When and how long.}
      - {id: place, code: Place}
      - {id: never, code: Never used}
"""


@dataclass
class MadeUp:
    """What goes into the study: how many transcripts, segments of each, and which parts."""

    transcripts: int = 24
    turns: int = 20
    coders: tuple[str, ...] = ("Ada", "Ben")
    model: bool = True
    assisted: bool = True
    repeats: bool = True
    pull: float = 0.4
    seed: int = 1
    learnt_from: int = 0
    ids: list[UUID] = field(default_factory=list)


def fill(parts: Parts, made: MadeUp) -> None:
    """Transcripts, their independent reviews, a model's suggestions, blind and assisted reviews, and repeats."""
    random = np.random.default_rng(made.seed)
    parts.study.codebook_file.write_text(BOOK, "utf-8")
    book = read_codebook(parts.study.codebook_file)
    with parts.store.writing() as connection:
        made.ids = [add_transcript(connection, _transcript(at, made.turns)) for at in range(made.transcripts)]
        keep_codebook(connection, book)
    cut_new_transcripts(parts.store, parts.segmentation)
    with parts.store.reading() as connection:
        cut = segments_of(connection, parts.segmentation.version)
    work = _Filling(made, book.version, random)
    units = [(t, s) for t in made.ids for s in cut[t] if s.role is Role.PARTICIPANT]
    work.truth = random.random((len(units), len(CODES))) < CHANCE
    first = work.reviews(
        units[: made.learnt_from * made.turns // 2], next(iter(made.coders), ""), Draw.ORDINARY
    )
    with parts.store.writing() as connection:
        add_reviews(connection, first)
    if made.model:
        _suggest(parts, work, units, [r.id for r in first if r.id])
    with parts.store.writing() as connection:
        add_reviews(connection, work.all_reviews(units))


@dataclass
class _Filling:
    made: MadeUp
    codebook: str
    random: np.random.Generator
    truth: np.ndarray = field(default_factory=lambda: np.zeros(0))
    suggested: np.ndarray | None = None
    model: UUID | None = None

    def judged(self) -> np.ndarray:
        """What somebody sees: nine in ten of what is there, and a little that is not."""
        seen = self.random.random(self.truth.shape)
        return np.where(self.truth, seen < 0.88, seen < 0.02)

    def reviews(
        self,
        units: list[tuple[UUID, Segment]],
        coder: str,
        draw: Draw,
        decided: np.ndarray | None = None,
        condition: Condition = Condition.INDEPENDENT,
    ) -> list[Review]:
        """One review a segment."""
        decided = self.judged() if decided is None else decided
        shown = self.model if condition is Condition.ASSISTED else None
        found = []
        for row, (transcript, segment) in enumerate(units):
            codings = tuple(
                Coding(code, segment.span, memo="not sure" if row % 9 == 0 else "")
                for code, yes in zip(CODES, decided[row], strict=True)
                if yes
            )
            found.append(
                Review(transcript, coder, segment.span, codings, condition, draw, self.codebook,
                       shown_version=shown, lead_time=float(20 + self.random.integers(0, 30)), id=uuid4())
            )  # fmt: skip
        return found

    def all_reviews(self, units: list[tuple[UUID, Segment]]) -> list[Review]:
        """Two thirds are doubly coded; of the rest the first coder sees suggestions on four fifths."""
        made = self.made
        rows = range(made.learnt_from * made.turns // 2, len(units))
        double = [row for row in rows if row % 3 or not made.assisted]
        found = []
        for coder in made.coders:
            found += self._some(units, double, coder, Draw.DOUBLE, self.judged())
        if made.assisted and self.suggested is not None:
            rest = [row for row in rows if row % 3 == 0]
            blind = [row for row in rest if self.random.random() < 0.3]
            shown = [row for row in rest if row not in set(blind)]
            alone = self.judged()
            taken = np.where(self.random.random(alone.shape) < made.pull, self.suggested, alone)
            found += self._some(units, blind, made.coders[0], Draw.BLIND, alone)
            found += self._some(units, shown, made.coders[0], Draw.ORDINARY, taken, Condition.ASSISTED)
        if made.repeats:
            found += self._some(units, double[::7], made.coders[0], Draw.REPEAT, self.judged())
        return found

    def _some(
        self, units: list[tuple[UUID, Segment]], rows: list[int], coder: str, draw: Draw, decided: np.ndarray,
        condition: Condition = Condition.INDEPENDENT,
    ) -> list[Review]:  # fmt: skip
        return self.reviews([units[row] for row in rows], coder, draw, decided[rows], condition)


def _suggest(parts: Parts, work: _Filling, units: list[tuple[UUID, Segment]], learnt: list[UUID]) -> None:
    work.suggested = work.judged()
    probability = np.where(work.suggested, 0.5, 0.02) + work.random.random(work.suggested.shape) * 0.45
    codes = [
        {"framework": "Topics", "code": code.capitalize(), "code_id": code, "n": 40, "f1": 0.6, "kappa": 0.6,
         "kappa_interval": [0.5, 0.7], "reason": None}
        for code in CODES
    ]  # fmt: skip
    for version, less in (("v1", 0.2), ("v2", 0.0)):
        figures = {
            "codes": [
                row | {"kappa": 0.6 - less, "kappa_interval": [0.5 - less, 0.7 - less]} for row in codes
            ]
        }
        model = ModelVersion(
            id=uuid4(), version=version, kind="trained", folder=version, sha256="0" * 64,
            codebook_version=work.codebook, segmentation=parts.segmentation.version, embedder="words",
            reviews_hash="0" * 64, reviews=200 if less else 400, codes=CODES, thresholds=dict.fromkeys(CODES, 0.5),
            figures=figures,
        )  # fmt: skip
        with parts.store.writing() as connection:
            add_model(connection, model, learnt)
            promote(connection, model.id, verdict="better", reason="made up")
    work.model = model.id
    with parts.store.writing() as connection:
        add_suggestions(
            connection,
            model.id,
            [
                Suggested(
                    segment.id,
                    probability[row].tolist(),
                    tuple(np.array(CODES)[work.suggested[row]].tolist()),
                )
                for row, (_, segment) in enumerate(units)
                if segment.id
            ],
        )


def _transcript(at: int, turns: int) -> Transcript:
    name = f"JKG-{at:02d}"
    spoken = [
        SpokenTurn(("Interviewer", name)[turn % 2], f"Invented words number {turn} of {name}.")
        for turn in range(turns)
    ]
    text, its = canonical(spoken, ("Interviewer",))
    return Transcript(
        name=name, text=text, turns=its, participant=name, case=("ESTHER", "MRR")[at % 2], wave=("1", "2")[at % 3 == 0],
        consents=Consents(may_train=True, may_quote=at % 2 == 0),
    )  # fmt: skip
