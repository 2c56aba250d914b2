"""Cutting transcripts into segments. The only importer of spaCy, which is loaded when sentences are asked for."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from annotations.errors import BadInput
from annotations.lots import slices
from annotations.segment import Segment, Segmentation
from annotations.transcript import Span, Transcript, Turn

PASSAGE_WORDS = 120
# spaCy's rules keep these together with what follows; others end a sentence
_ABBREVIATIONS = frozenset({"dr", "mr", "mrs", "ms", "prof", "st", "e.g", "i.e", "approx", "vs", "no"})


def segment(transcript: Transcript, segmentation: Segmentation) -> tuple[Segment, ...]:
    """Cut a transcript. Segments never cross turns, begin and end with a word, and together hold every word.

    ``turn``: each turn, cut at sentence ends where it has more than ``max_words``; ``passage``: sentences of one
    paragraph together, up to ``max_words`` (120 unless given); ``sentence``: each sentence, and a longer one cut
    between words. Raises BadInput if the configured pipeline is not installed.
    """
    segments: list[Segment] = []
    for turn in transcript.turns:
        for span in _spans(transcript.text, turn, segmentation):
            segments.append(Segment(len(segments), turn.index, turn.speaker, turn.role, span))
    return tuple(segments)


def sentences_in(text: str, pipeline: str) -> tuple[Span, ...]:
    """The sentences of a text, as spans that begin and end with a word. Raises BadInput as ``segment`` does."""
    whole = _trimmed(text, 0, len(text))
    return () if whole is None else tuple(_sentences(text, whole, pipeline))


def _spans(text: str, turn: Turn, segmentation: Segmentation) -> Iterator[Span]:
    whole = _trimmed(text, turn.span.start, turn.span.end)
    if whole is None:
        return
    most = segmentation.max_words
    if segmentation.unit == "turn" and (most is None or _words(text, whole) <= most):
        yield whole
        return
    if segmentation.unit == "sentence":
        for sentence in _sentences(text, whole, segmentation.pipeline):
            yield from _no_longer(text, sentence, most)
        return
    for paragraph in _paragraphs(text, whole) if segmentation.unit == "passage" else (whole,):
        yield from _together(text, paragraph, segmentation.pipeline, most or PASSAGE_WORDS)


def _together(text: str, within: Span, pipeline: str, most: int) -> Iterator[Span]:
    """Whole sentences, as many at a time as stay within the limit."""
    start: int | None = None
    end = within.start
    count = 0
    for sentence in _sentences(text, within, pipeline):
        words = _words(text, sentence)
        if start is not None and count + words > most:
            yield from _no_longer(text, Span(start, end), most)
            start, count = None, 0
        start = sentence.start if start is None else start
        end, count = sentence.end, count + words
    if start is not None:
        yield from _no_longer(text, Span(start, end), most)


def _no_longer(text: str, span: Span, most: int | None) -> Iterator[Span]:
    """The span, or, if it has too many words (a sentence without an end), pieces cut between words."""
    if most is None or _words(text, span) <= most:
        yield span
        return
    start = end = span.start
    count = 0
    at = span.start
    for word in span.of(text).split():
        at = text.index(word, at)
        if count == most:
            yield Span(start, end)
            start, count = at, 0
        at = end = at + len(word)
        count += 1
    yield Span(start, end)


def _paragraphs(text: str, span: Span) -> Iterator[Span]:
    start = span.start
    while start < span.end:
        blank = text.find("\n\n", start, span.end)
        end = span.end if blank < 0 else blank
        paragraph = _trimmed(text, start, end)
        if paragraph is not None:
            yield paragraph
        start = end + 2


def _sentences(text: str, span: Span, pipeline: str) -> Iterator[Span]:
    words = span.of(text)
    start = 0
    for end in _ends(words, pipeline):
        sentence = _trimmed(text, span.start + start, span.start + end)
        if sentence is not None:
            yield sentence
        start = end


def _ends(words: str, pipeline: str) -> list[int]:
    """Where sentences end, in code points; the last is the end of the words."""
    language = _pipeline(pipeline)
    ends: list[int] = []
    # a pipeline reads at most max_length characters at a time; only one without any paragraph gets there
    for piece in slices(len(words), language.max_length - 1):
        document = language(words[piece])
        for sentence in document.sents:
            last = sentence[-1]
            before = sentence[-2].lower_.strip(".") if len(sentence) > 1 else ""
            if last.text == "." and before in _ABBREVIATIONS:
                continue
            ends.append(piece.start + last.idx + len(last.text))
    if not ends or ends[-1] < len(words):
        ends.append(len(words))
    return ends


@lru_cache(maxsize=4)
def _pipeline(name: str) -> Any:
    import spacy

    if name.startswith("rules"):
        return _rules(name.partition(":")[2] or "xx")
    # spaCy would also load any folder of this name, and import any package that is installed
    installed = spacy.util.get_installed_models()
    if name not in installed:
        raise BadInput(
            f'segmentation.pipeline "{name}" is not installed (installed: {", ".join(installed) or "none"}). Install '
            f'it, or set "pipeline: rules" in study.yaml.'
        )
    with warnings.catch_warnings():
        # a pipeline of another minor version warns at every load; doctor says it once
        warnings.simplefilter("ignore", UserWarning)
        loaded = spacy.load(name, exclude=["ner", "lemmatizer"])
    if not any(loaded.has_pipe(pipe) for pipe in ("parser", "senter", "sentencizer")):
        loaded.add_pipe("sentencizer")
    return loaded


def _rules(language: str) -> Any:
    import spacy

    try:
        pipeline = spacy.blank(language)
    except ImportError:
        # a language without rules of its own: those that hold for most
        pipeline = spacy.blank("xx")
    pipeline.add_pipe("sentencizer")
    return pipeline


def _trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _words(text: str, span: Span) -> int:
    return len(span.of(text).split())
