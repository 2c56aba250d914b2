"""What a passage shows in Label Studio: its words with their surroundings, suggestions, and the reasons for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from annotations.codebook.codes import Codebook
from annotations.coding import Suggestion
from annotations.draws import Placed
from annotations.label_studio.offered_codes import still_offered
from annotations.label_studio.predicted_answer import Prediction, prediction
from annotations.label_studio.task_data import Quote, Reason, Said, ShownSegment, task_data
from annotations.store.model_versions import ModelVersion
from annotations.store.pushed_tasks import task_key
from annotations.store.suggestions import Suggested
from annotations.transcript import Turn
from annotations.turn_numbers import shown_number
from models.corpus import Corpus

CONTEXT = 2
Said_by = tuple[ModelVersion, Mapping[UUID, Suggested]]
# the same for a passage of which the model suggests nothing and for one that hides it: nobody can tell them apart
_HIDDEN_OR_NONE = (
    "No suggestion is shown for this passage: either the model has none, or none is shown on purpose, so that people "
    "and model can be compared. Judge it by its own words."
)
_NONE = "The model suggests no code here. It may be wrong."
_COLD = "These suggestions come from the codebook's own words; nobody's coding stands behind them yet."


class Shown:
    """What passages show under a model version (the ``Faces`` of a plan).

    ``said_by``: a model version with what it suggests, by its id. ``draws``: some passages of this study hide their
    suggestions, so those without any must look like them.
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
    ) -> None:
        self._corpus = corpus
        self._turns = turns
        self._codebook = codebook
        self._said_by = said_by
        self._label = label
        self._draws = draws

    def data(self, placed: Placed, model: UUID | None) -> dict[str, str]:
        """The data of a passage's task."""
        unit = self._corpus.position[placed.segment]
        turns = self._turns[self._corpus.transcripts[self._corpus.at[unit][0]].id]
        key = str(task_key(placed.segment, placed.draw))
        segment = shown_segment(self._corpus, unit, turns, key)
        reasons = self._reasons(unit, model) if model is not None else []
        return task_data(segment, reasons, self._note(model, bool(reasons)))

    def prediction(self, placed: Placed, model: UUID | None) -> Prediction | None:
        """The prediction of a passage's task, or None where it shows none."""
        if model is None:
            return None
        put = self._put(placed.segment, model)
        if self._draws and not put:
            return None
        return prediction(put, self._codebook, version=self._label)

    def _put(self, segment: UUID, model: UUID) -> list[Suggestion]:
        """What the model version suggests for a segment, of the codes that the screen offers."""
        version, found = self._said_by(model)
        said = (one for one in found[segment].one_by_one(version) if one.suggested)
        return still_offered(said, self._codebook)

    def _reasons(self, unit: int, model: UUID) -> list[Reason]:
        version, found = self._said_by(model)
        said, transcript = found[self._corpus.ids[unit]], self._corpus.transcript(unit)
        return [
            Reason(
                self._codebook.label(one.code),
                "" if version.kind == "cold start" else in_words(one.probability),
                self._codebook.by_id[one.code].definition,
                one.sentence.of(transcript.text) if one.sentence is not None else "",
                quotes=tuple(self._quotes(said, one.code, transcript.site)),
            )
            for one in self._put(self._corpus.ids[unit], model)
        ]

    def _quotes(self, said: Suggested, code: str, site: str) -> list[Quote]:
        """The nearest passage that people coded so, of transcripts that may be quoted now, to people of this site."""
        for one in said.evidence.get(code, ()):
            source = self._corpus.position.get(one.segment)
            if source is None or not self._corpus.transcript(source).consents.may_quote_at(site):
                continue
            transcript = self._corpus.transcript(source)
            return [Quote(self._corpus.text(source), transcript.participant or transcript.name)]
        return []

    def _note(self, model: UUID | None, suggested: bool) -> str:
        if not suggested:
            return _HIDDEN_OR_NONE if self._draws or model is None else _NONE
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

    def said(places: Sequence[int]) -> tuple[Said, ...]:
        return tuple(Said(cut[at].speaker, cut[at].span.of(transcript.text)) for at in places)

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
    )


def _time(turns: Sequence[Turn], turn: int) -> str:
    begins = next((one.begins for one in turns if one.index == turn), None)
    if begins is None:
        return ""
    minutes, seconds = divmod(int(begins), 60)
    return f"{minutes // 60:d}:{minutes % 60:02d}:{seconds:02d}"
