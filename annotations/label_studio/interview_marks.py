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
from annotations.label_studio.interview_screen import STATE, TEXT, Mark
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
    found: Iterable[SuggestedWords],
    text: InterviewText,
    codebook: Codebook,
    *,
    version: str,
    least_sure: float,
) -> Prediction:
    """What is marked before a coder opens an interview. ``least_sure``: the probability of the least sure code."""
    regions = suggested_regions(found, text, codebook)
    return Prediction(version, least_sure, tuple(regions))


def suggested_regions(
    found: Iterable[SuggestedWords], text: InterviewText, codebook: Codebook
) -> list[Region]:
    """The marks of what is suggested; each name says for which passage it stands."""
    regions: list[Region] = []
    numbers: dict[UUID, int] = {}
    for one in found:
        at = numbers[one.segment] = numbers.get(one.segment, 0) + 1
        label = Mark.SURE if one.sure else Mark.DOUBTFUL
        earlier = EarlierWords(one.span, one.codes)
        regions += _mark(f"{OURS}{one.segment.hex}-{at}", label, earlier, text, codebook)
    return regions


def earlier_regions(
    found: Sequence[EarlierWords], upto: Span | None, text: InterviewText, codebook: Codebook
) -> list[Region]:
    """The marks of what a coder has said before; ``upto``: the words after which they have read nothing yet."""
    regions: list[Region] = []
    for one in found:
        plain = f"{one.span.start}/{one.span.end}/{one.codes}/{one.memo}"
        name = f"{KEPT}{hashlib.sha256(plain.encode()).hexdigest()[:20]}"
        regions += _mark(name, Mark.MINE if one.codes else Mark.NOTHING, one, text, codebook)
    if upto is not None:
        regions += _mark(f"{KEPT}read", Mark.READ, EarlierWords(upto), text, codebook)
    return regions


def _mark(
    name: str, label: Mark, said: EarlierWords, text: InterviewText, codebook: Codebook
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
    found = [region(STATE, "hypertextlabels", {"hypertextlabels": [label.value], **whole})]
    by_control: dict[str, list[str]] = {}
    for code in said.codes:
        by_control.setdefault(_control(code, codebook), []).append(code)
    found += [region(control, "choices", {"choices": its}) for control, its in sorted(by_control.items())]
    if said.influence is not None:
        alias = next(alias for _, alias, meant, _ in INFLUENCES if meant == said.influence)
        found.append(region(INFLUENCE, "choices", {"choices": [alias]}))
    if said.concrete_example:
        found.append(region(EXAMPLE, "choices", {"choices": [EXAMPLE_ALIAS]}))
    if said.memo:
        found.append(region(MEMO, "textarea", {"text": [said.memo]}))
    return found


def _control(code: str, codebook: Codebook) -> str:
    if is_listed(code, codebook):
        return LIKELY if all_in_boxes(codebook) else OTHERS
    one = codebook[code]
    return control_of(one, codebook.framework(one.framework))
