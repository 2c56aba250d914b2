"""What a passage shows in Label Studio: its words with their surroundings, suggestions, and the reasons for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from annotations.codebook.codes import Codebook
from annotations.coding import Suggestion
from annotations.deal_and_draw import DealtSegment
from annotations.label_studio.candidates import Candidates, boxes_in_task, candidates, no_candidates
from annotations.label_studio.predicted_answer import Prediction, prediction
from annotations.label_studio.task_data import (
    EvidenceQuote,
    Links,
    Reason,
    ShownSegment,
    SpokenNear,
    task_data,
)
from annotations.segment import Segment
from annotations.store.chosen_cuts import ChosenCut
from annotations.store.model_versions import ModelVersion
from annotations.store.pushed_tasks import task_key
from annotations.store.suggestions import Suggested
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Turn
from annotations.turn_numbers import shown_number
from models.corpus import Corpus
from models.ticking import LEAST_PRECISION, tick_cuts

CONTEXT = 2
Said_by = tuple[ModelVersion, Mapping[UUID, Suggested]]
# the same for a passage of which the model suggests nothing and for one that hides it: nobody can tell them apart
_HIDDEN_OR_NONE = (
    "No suggestion is shown for this passage: either the model has none, or none is shown on purpose, so that people "
    "and model can be compared. Judge it by its own words."
)
_NONE = "The model suggests no code here. It may be wrong."
_ONLY_OFFERED = (
    "None of the codes in the boxes is likely enough to be suggested. They are the likeliest ones all the same, and what "
    "stands beside them says how often such a guess is right."
)
_COLD = "These suggestions come from the codebook's own words; nobody's coding stands behind them yet."


class ShownPassages:
    """What passages show under a model version (the ``Faces`` of a plan).

    ``said_by``: a model version with what it suggests, by its id. ``draws``: some passages of this study hide their
    suggestions, so those without any must look like them. ``least_precision``: see ``models.ticking``. ``links``: where a
    turn of a transcript is found in Tandem's own pages. ``chosen``: what a lead chose to come ticked, by version.
    """

    def __init__(
        self,
        corpus: Corpus,
        turns: Mapping[UUID, Sequence[Turn]],
        codebook: Codebook,
        said_by: Callable[[UUID], Said_by],
        *,
        label: str,
        draws: bool,
        least_precision: float = LEAST_PRECISION,
        links: Callable[[KeptTranscript, int], Links] | None = None,
        chosen: Callable[[UUID], Mapping[str, ChosenCut]] | None = None,
    ) -> None:
        self._corpus = corpus
        self._turns = turns
        self._codebook = codebook
        self._said_by = said_by
        self._label = label
        self._draws = draws
        self._links = links
        cuts_of = chosen or (lambda _model: {})
        self._cuts = cache(lambda model: tick_cuts(said_by(model)[0], least_precision, cuts_of(model)))
        # a passage's boxes are asked for several times in a push
        self._found = lru_cache(maxsize=20_000)(self._put)
        self._none = no_candidates(codebook)

    def data(self, placed: DealtSegment, model: UUID | None) -> dict[str, Any]:
        """The data of a passage's task."""
        unit = self._corpus.position[placed.segment]
        kept = self._corpus.transcripts[self._corpus.at[unit][0]]
        turns = self._turns[kept.id]
        key = str(task_key(placed.segment, placed.draw))
        segment = shown_segment(self._corpus, unit, turns, key)
        if self._links is not None:
            segment = replace(segment, links=self._links(kept, self._corpus.segment(unit).turn))
        boxes = self.candidates(placed, model) or self._none
        reasons = self._reasons(unit, model, boxes) if model is not None else []
        note = self._note(model, bool(reasons), boxes)
        return task_data(segment, reasons, note, boxes_in_task(boxes, self._codebook))

    def candidates(self, placed: DealtSegment, model: UUID | None) -> Candidates | None:
        """What is put before the coder of a passage, or None where nothing is."""
        if model is None:
            return None
        boxes = self._found(placed.segment, model)
        return None if self._draws and boxes.nothing else boxes

    def suggestions(self, segment: UUID, model: UUID) -> dict[str, Suggestion]:
        """What a model version suggests for a passage, by code, with the sentence that carries it where that is known."""
        version, suggestions_there = self._said_by(model)
        return {
            suggestion.code: suggestion
            for suggestion in suggestions_there[segment].one_by_one(version)
            if suggestion.suggested
        }

    def prediction(
        self, placed: DealtSegment, model: UUID | None, among: Collection[str] | None = None
    ) -> Prediction | None:
        """The prediction of a passage's task, or None where it shows none."""
        boxes = self.candidates(placed, model)
        return None if boxes is None else prediction(boxes, self._codebook, version=self._label, among=among)

    def _put(self, segment: UUID, model: UUID) -> Candidates:
        """What the model version says of a segment, of the codes that the screen offers."""
        version, suggestions_there = self._said_by(model)
        said = suggestions_there[segment].one_by_one(version)
        has_odds = version.kind != "cold start"
        return candidates(said, self._codebook, self._cuts(model), with_odds=has_odds)

    def _reasons(self, unit: int, model: UUID, shown: Candidates) -> list[Reason]:
        """For what is suggested or ticked; what only fills the boxes up has no reasons on record."""
        version, suggestions_there = self._said_by(model)
        said, transcript = suggestions_there[self._corpus.ids[unit]], self._corpus.transcript(unit)
        by_code = {
            suggestion.code: suggestion for suggestion in said.one_by_one(version) if suggestion.suggested
        }
        rows = [code for code in by_code if code in self._codebook.by_id and self._codebook[code].applicable]
        order = {code: at for at, code in enumerate((*shown.likely, *shown.in_rows))}
        return [
            Reason(
                self._codebook.label(suggestion.code),
                "" if version.kind == "cold start" else in_words(suggestion.probability),
                self._codebook.by_id[suggestion.code].definition,
                suggestion.sentence.of(transcript.text) if suggestion.sentence is not None else "",
                quotes=tuple(self._quotes(said, suggestion.code, transcript.site)),
            )
            for suggestion in (
                by_code[code] for code in sorted(rows, key=lambda code: order.get(code, len(order)))
            )
        ]

    def _quotes(self, said: Suggested, code: str, site: str) -> list[EvidenceQuote]:
        """The nearest passage that people coded so, of transcripts that may be quoted now, to people of this site."""
        for precedent in said.evidence.get(code, ()):
            source = self._corpus.position.get(precedent.segment)
            if source is None or not self._corpus.transcript(source).consents.may_quote_at(site):
                continue
            transcript = self._corpus.transcript(source)
            return [EvidenceQuote(self._corpus.text(source), transcript.participant or transcript.name)]
        return []

    def _note(self, model: UUID | None, suggested: bool, boxes: Candidates) -> str:
        if not suggested and boxes.nothing:
            return _HIDDEN_OR_NONE if self._draws or model is None else _NONE
        if not suggested:
            return _ONLY_OFFERED
        return _COLD if model is not None and self._said_by(model)[0].kind == "cold start" else ""


def in_words(probability: float) -> str:
    """A chance to the nearest tenth: no retraining makes it finer, and few change it."""
    tenths = round(10 * probability)
    return f"right about {tenths} times in 10" if tenths else "right less than once in 10 times"


def shown_segment(corpus: Corpus, unit: int, turns: Sequence[Turn], key: str) -> ShownSegment:
    """A unit as a coder sees it, with two segments of context on each side."""
    t, s = corpus.at[unit]
    transcript, cut = corpus.transcripts[t].transcript, corpus.segments[t]
    own = cut[s]

    def said(places: Sequence[int]) -> tuple[SpokenNear, ...]:
        return tuple(SpokenNear(cut[at].speaker, cut[at].span.of(transcript.text)) for at in places)

    return ShownSegment(
        key=key,
        transcript=transcript.name,
        words=corpus.text(unit),
        speaker=own.speaker,
        position=f"turn {shown_number(own.turn)} of {shown_number(turns[-1].index)}",
        participant=transcript.participant,
        role=own.role.value,
        case=transcript.case,
        site=transcript.site,
        wave=transcript.wave,
        time=_time(turns, own.turn),
        before=said(range(max(0, s - CONTEXT), s)),
        after=said(range(s + 1, min(len(cut), s + 1 + CONTEXT))),
        date="" if transcript.date is None else transcript.date.isoformat(),
        passage=_passage(cut, s),
    )


def _passage(cut: Sequence[Segment], place: int) -> str:
    """Which of the passages to code it is."""
    coded = [at for at, segment in enumerate(cut) if segment.role.is_coded]
    return f"passage {coded.index(place) + 1} of {len(coded)}" if place in coded else ""


def _time(turns: Sequence[Turn], turn: int) -> str:
    begins = next((turn_there.begins for turn_there in turns if turn_there.index == turn), None)
    if begins is None:
        return ""
    minutes, seconds = divmod(int(begins), 60)
    return f"{minutes // 60:d}:{minutes % 60:02d}:{seconds:02d}"
