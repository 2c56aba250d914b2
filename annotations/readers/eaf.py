"""ELAN: tiers of timed annotations. A tier is a speaker; annotations of one speaker in a row are one turn.

Read with defusedxml: the library made for ELAN opens only paths, parses entities, and refuses files that ELAN opens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from annotations.errors import BadInput
from annotations.readers.cues import Cue, turns_of_cues
from annotations.readers.spoken import ReadTranscript, finished, label_of

MOST = 20_000_000


def read_eaf(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str]
) -> tuple[ReadTranscript, ...]:
    """An .eaf file: one transcript, its tiers with times of their own in the order of time.

    Tiers that refer to others (translations, glosses, codes) and tiers without words are left out, with a
    warning.
    """
    root = _parsed(content, file)
    slots = {
        slot.get("TIME_SLOT_ID"): int(value) / 1000
        for slot in root.iter("TIME_SLOT")
        if (value := slot.get("TIME_VALUE") or "").isdecimal() and len(value) < 12
    }
    cues, left_out = [], []
    for tier in root.iter("TIER"):
        found = list(_cues(tier, slots))
        if tier.get("PARENT_REF") is not None or not found:
            left_out.append(label_of(tier.get("TIER_ID") or "?"))
        else:
            cues.extend(found)
    if not cues:
        raise BadInput(
            f"{file} has no tier with words and times. Check in ELAN that the speech is in tiers of its own."
        )
    spoken = turns_of_cues(sorted(cues, key=lambda cue: (cue.begins, cue.ends)), interviewers)
    warnings = (
        (
            f"the tiers {', '.join(left_out[:8])}{' …' if len(left_out) > 8 else ''} refer to others or hold no words, and "
            f"were left out.",
        )
        if left_out
        else ()
    )
    return finished(spoken, name=name, file=file, reader="eaf", interviewers=interviewers, warnings=warnings)


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
