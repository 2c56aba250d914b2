"""A suggestion is traced to the sentence that carries it, as it is on record."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from made_up_study import MadeUp, fill

from annotations.store.model_versions import serving_model
from annotations.store.segments import segments_of
from annotations.store.suggestions import keep_sentences, suggestions_of
from annotations.store.transcripts import all_transcripts
from annotations.transcript import Span
from service.composition import Parts
from service.looking.trace import trace_suggestion
from service.looking.trace_results import Sentence
from service.new_study import make_study
from service.settings import read_settings


def test_a_trace_shows_the_sentence_that_is_on_record(tmp_path: Path) -> None:
    """The span and its words; None before anybody has looked for it."""
    study, _ = make_study(tmp_path / "study", codebook="common-framework", config={"name": "Made up"})
    parts = Parts(study, read_settings({}))
    fill(parts, MadeUp(transcripts=3, turns=8))
    with parts.store.writing() as connection:
        model = serving_model(connection)
        found = suggestions_of(connection, model)
        names = {kept.id: kept.transcript for kept in all_transcripts(connection)}
        cut = segments_of(connection, model.segmentation)
        transcript, segment = next(
            (names[kept], one)
            for kept, its in cut.items()
            for one in its
            if one.id in found and found[one.id].suggested
        )
        assert segment.id is not None
        code = found[segment.id].suggested[0]
        span = Span(segment.span.start, segment.span.start + 8)
        before = trace_suggestion(parts, f"{segment.id}:{code}", version=None)
        keep_sentences(connection, model.id, {segment.id: (found[segment.id].suggested, {code: span})})
    after = trace_suggestion(parts, f"{segment.id}:{code}", version=None)
    parts.close()
    plain_before, plain_after = before.suggestion, after.suggestion
    assert plain_before.sentence is None
    sentence = Sentence(span.start, span.end, span.of(transcript.text))
    assert plain_after == replace(plain_before, sentence=sentence)
