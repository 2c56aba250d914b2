"""ELAN: tiers of timed annotations. A tier is a speaker; annotations of one speaker in a row are one turn.

Read with defusedxml: the library made for ELAN opens only paths, parses entities, and refuses files that ELAN opens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from annotations.errors import BadInput
from annotations.readers.account import LeftOut
from annotations.readers.cues import Cue, turns_of_cues
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules
from annotations.readers.spoken import ReadTranscript, finished, label_of
from annotations.readers.words import count_words, first_words

MOST = 20_000_000


def read_eaf(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[ReadTranscript, ...]:
    """An .eaf file: one transcript, its tiers with times of their own in the order of time.

    Tiers that refer to others (translations, glosses, codes) and tiers without words are left out.
    """
    root = _parsed(content, file)
    slots = {
        slot.get("TIME_SLOT_ID"): int(value) / 1000
        for slot in root.iter("TIME_SLOT")
        if (value := slot.get("TIME_VALUE") or "").isdecimal() and len(value) < 12
    }
    cues: list[Cue] = []
    left_out: list[LeftOut] = []
    for tier in root.iter("TIER"):
        cues_there = list(_cues(tier, slots))
        words = _words(tier)
        if tier.get("PARENT_REF") is not None or not cues_there:
            what = label_of(tier.get("TIER_ID") or "?")
            why = "a tier that refers to another, or has no times" if words else "a tier without words"
            left_out.append(LeftOut(f"tier {what}", why, count_words(words), first_words(words)))
        else:
            cues.extend(cues_there)
    if not cues:
        raise BadInput(
            f"{file} has no tier with words and times. Check in ELAN that the speech is in tiers of its own."
        )
    spoken, account = turns_of_cues(sorted(cues, key=lambda cue: (cue.begins, cue.ends)), interviewers, rules)
    account = replace(
        account,
        words_in=count_words(_words(root)),
        left_out=(*account.left_out, *left_out),
    )
    return finished(spoken, name=name, file=file, reader="eaf", interviewers=interviewers, account=account)


def _words(element: Any) -> str:
    return "\n".join("".join(value.itertext()) for value in element.iter("ANNOTATION_VALUE"))


def _parsed(content: bytes, file: str) -> Any:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(content) > MOST:
        raise BadInput(
            f"{file} has {len(content) / 1e6:.0f} MB; at most {MOST // 1_000_000} MB are read. Split it."
        )
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise BadInput(
            f"{file} declares XML entities, which no real ELAN file does. It was not opened."
        ) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise BadInput(
            f"{file} is no ELAN file, or a damaged one. Open it in ELAN and save it again."
        ) from error
    if root.tag != "ANNOTATION_DOCUMENT":
        raise BadInput(f"{file} is no ELAN file: it holds no ANNOTATION_DOCUMENT. Save it from ELAN as .eaf.")
    return root


def _cues(tier: Any, slots: dict[str | None, float]) -> Iterator[Cue]:
    speaker = label_of(tier.get("PARTICIPANT") or "") or label_of(tier.get("TIER_ID") or "")
    at = 0.0
    for annotation in tier.iter("ALIGNABLE_ANNOTATION"):
        words = "".join(annotation.itertext()).strip()
        # a time in the middle of an annotation that was divided is not written down: it is the one before
        at = slots.get(annotation.get("TIME_SLOT_REF1"), at)
        if words:
            yield Cue(
                at,
                max(at, slots.get(annotation.get("TIME_SLOT_REF2"), at)),
                (" ".join(words.split()),),
                speaker,
            )
