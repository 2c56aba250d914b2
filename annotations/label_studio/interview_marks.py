"""Marks in a whole interview as Label Studio takes them: what is suggested, and a coder's own earlier words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotations.codebook.codes import Codebook
from annotations.coding import Influence
from annotations.label_studio.annotation import KEPT, OURS
from annotations.label_studio.controls import (
    EXAMPLE,
    INFLUENCE,
    INFLUENCES,
    LIKELY,
    MEMO,
    OTHERS,
    all_in_boxes,
    control_of,
    is_listed,
)
from annotations.label_studio.interview_screen import STATE, TEXT, InterviewMark
from annotations.label_studio.interview_text import InterviewText
from annotations.label_studio.predicted_answer import Prediction
from annotations.label_studio.screen import EXAMPLE_ALIAS
from annotations.transcript import Span

Region = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SuggestedWords:
    """Codes suggested for words of a passage. ``sure``: they come as "suggested", and count unless they are deleted."""

    segment: UUID
    span: Span
    codes: tuple[str, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class EarlierWords:
    """What a coder has said of some words before; without codes: that none applies."""

    span: Span
    codes: tuple[str, ...] = ()
    memo: str = ""
    influence: Influence | None = None
    concrete_example: bool = False


def interview_prediction(
    suggested: Iterable[SuggestedWords],
    text: InterviewText,
    codebook: Codebook,
    *,
    version: str,
    least_sure: float,
) -> Prediction:
    """What is marked before a coder opens an interview. ``least_sure``: the probability of the least sure code."""
    regions = suggested_regions(suggested, text, codebook)
    return Prediction(version, least_sure, tuple(regions))


def suggested_regions(
    suggested: Iterable[SuggestedWords], text: InterviewText, codebook: Codebook
) -> list[Region]:
    """The marks of what is suggested; each name says for which passage it stands."""
    regions: list[Region] = []
    numbers: dict[UUID, int] = {}
    for words in suggested:
        at = numbers[words.segment] = numbers.get(words.segment, 0) + 1
        label = InterviewMark.SURE if words.sure else InterviewMark.DOUBTFUL
        earlier = EarlierWords(words.span, words.codes)
        regions += _mark(f"{OURS}{words.segment.hex}-{at}", label, earlier, text, codebook)
    return regions


def earlier_regions(
    earlier: Sequence[EarlierWords], upto: Span | None, text: InterviewText, codebook: Codebook
) -> list[Region]:
    """The marks of what a coder has said before; ``upto``: the words after which they have read nothing yet."""
    regions: list[Region] = []
    for words in earlier:
        plain = f"{words.span.start}/{words.span.end}/{words.codes}/{words.memo}"
        name = f"{KEPT}{hashlib.sha256(plain.encode()).hexdigest()[:20]}"
        regions += _mark(
            name, InterviewMark.MINE if words.codes else InterviewMark.NOTHING, words, text, codebook
        )
    if upto is not None:
        regions += _mark(f"{KEPT}read", InterviewMark.READ, EarlierWords(upto), text, codebook)
    return regions


def _mark(
    name: str, label: InterviewMark, said: EarlierWords, text: InterviewText, codebook: Codebook
) -> list[Region]:
    place = text.place(said.span).to_json()
    del place["words"]

    def region(control: str, kind: str, value: Mapping[str, Any]) -> Region:
        return {
            "id": name,
            "from_name": control,
            "to_name": TEXT,
            "type": kind,
            "origin": "prediction" if name.startswith(OURS) else "manual",
            "value": {**place, **value},
        }

    whole = {"text": text.words(said.span)}
    words_before = [region(STATE, "hypertextlabels", {"hypertextlabels": [label.value], **whole})]
    by_control: dict[str, list[str]] = {}
    for code in said.codes:
        by_control.setdefault(_control(code, codebook), []).append(code)
    words_before += [
        region(control, "choices", {"choices": its}) for control, its in sorted(by_control.items())
    ]
    if said.influence is not None:
        alias = next(alias for _, alias, meant, _ in INFLUENCES if meant == said.influence)
        words_before.append(region(INFLUENCE, "choices", {"choices": [alias]}))
    if said.concrete_example:
        words_before.append(region(EXAMPLE, "choices", {"choices": [EXAMPLE_ALIAS]}))
    if said.memo:
        words_before.append(region(MEMO, "textarea", {"text": [said.memo]}))
    return words_before


def _control(code: str, codebook: Codebook) -> str:
    if is_listed(code, codebook):
        return LIKELY if all_in_boxes(codebook) else OTHERS
    its_code = codebook[code]
    return control_of(its_code, codebook.framework(its_code.framework))
