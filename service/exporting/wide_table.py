"""Segments by codes, 0 or 1 for each coder: the table that R, SPSS and others count with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotations.codebook.codes import Code, Codebook
from annotations.coding import Draw
from annotations.labels import Labels, labels_of
from annotations.segment import Segment
from annotations.store.loose_codings import loose_codings
from annotations.store.reviews import current_reviews
from annotations.store.segments import segments_of
from annotations.store.transcripts import KeptTranscript, all_transcripts
from annotations.turn_numbers import shown_number
from models.corpus import cut_new_transcripts
from service.composition import Parts
from service.exporting.wanted import ExportRequest, WantedCodings, wanted_of

DESCRIBING = (
    "transcript",
    "participant",
    "case",
    "site",
    "wave",
    "turn_shown",
    "segment",
    "start",
    "end",
    "coder",
    "condition",
)
# transcripts of one session are one participant's when agreement is counted
SESSION = "session"
_LONGEST_VARIABLE = 60  # SPSS takes 64 bytes


@dataclass(frozen=True)
class WideTable:
    """The table: its columns, its rows, and which column is which code. ``left_out``: rows and why they are missing."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    codes: tuple[Mapping[str, Any], ...]
    left_out: Counter[str]


def wide_table(parts: Parts, asked: ExportRequest) -> WideTable:
    """A row for each segment that a coder has looked at under one condition, a column for each code that may be applied.

    1: applied, 0: looked and not applied; empty: nobody knows, since the code was not asked about then or the coder's
    reading is not known (codings imported with --complete none). A repeat is left out. Raises BadInput.
    """
    cut_new_transcripts(parts.store, parts.segmentation)
    with parts.store.reading() as connection:
        wanted = wanted_of(parts, connection, asked)
        kept = {transcript.id: transcript for transcript in all_transcripts(connection)}
        segments = segments_of(connection, parts.segmentation.version)
        reviews = current_reviews(connection)
        loose = loose_codings(connection)
    own = [review for review in reviews if review.draw is not Draw.REPEAT]
    left_out: Counter[str] = Counter()
    if len(own) < len(reviews):
        left_out["second readings of the same coder (repeats)"] += len(reviews) - len(own)
    codes = [code for code in parts.codebook.applicable if wanted.codes is None or code.id in wanted.codes]
    named = _variables([code.id for code in codes], "c")
    known = _variables(wanted.attributes.names, "a")
    merged: dict[tuple[UUID, str, str, int], dict[str, Any]] = {}
    for labels in labels_of(segments, own, loose):
        if _why_not(kept[labels.transcript], labels, wanted, left_out):
            continue
        for position, cells in _cells(labels, codes, named):
            key = (labels.transcript, labels.coder, labels.condition.value, position)
            described = _described(kept[labels.transcript], segments, labels, position)
            its = wanted.known_of(kept[labels.transcript].transcript)
            row = merged.setdefault(key, described | {known[name]: value for name, value in its.items()})
            # what one pass says of some codes stands beside what another says of the rest
            row.update({name: max(value, row.get(name) or 0) for name, value in cells.items()})
    rows = sorted(
        merged.values(), key=lambda row: (row["transcript"], row["start"], row["coder"], row["condition"])
    )
    explained = [
        *_of_codes(parts.codebook, codes, named),
        *({"column": at, "path": name} for name, at in known.items()),
    ]
    # at the end: scripts that count columns from the left go on
    columns = (*DESCRIBING, *known.values(), *named.values(), SESSION)
    return WideTable(columns, tuple(rows), tuple(explained), left_out)


def _why_not(kept: KeptTranscript, labels: Labels, wanted: WantedCodings, left_out: Counter[str]) -> bool:
    why = wanted.why_not_transcript(kept.transcript)
    if why is None and wanted.coders is not None and labels.coder not in wanted.coders:
        why = "by another coder"
    if why is None and wanted.conditions is not None and labels.condition not in wanted.conditions:
        why = "made under another condition"
    if why is not None:
        left_out[why] += len(labels.judged)
    return why is not None


def _cells(
    labels: Labels, codes: Sequence[Code], named: Mapping[str, str]
) -> Iterator[tuple[int, dict[str, int]]]:
    for position in sorted(labels.judged):
        applied = labels.codes.get(position, frozenset())
        yield (
            position,
            {
                named[code.id]: int(code.id in applied)
                for code in codes
                if code.id in applied or (labels.complete and labels.decided(code.id))
            },
        )


def _described(
    kept: KeptTranscript, segments: Mapping[UUID, Sequence[Segment]], labels: Labels, position: int
) -> dict[str, Any]:
    t, segment = kept.transcript, segments[kept.id][position]
    return {
        "transcript": t.name,
        "participant": t.participant,
        "case": t.case,
        "site": t.site,
        "wave": t.wave,
        "turn_shown": shown_number(segment.turn),
        "segment": position + 1,
        "start": segment.span.start,
        "end": segment.span.end,
        "coder": labels.coder,
        "condition": labels.condition.value,
        SESSION: t.session,
    }


def _variables(names: Sequence[str], first: str) -> dict[str, str]:
    """A name for each that statistics programs take: letters, digits and "_", beginning with ``first``, each once."""
    shown_names: dict[str, str] = {}
    for variable in names:
        plain = re.sub(r"\W+", "_", variable).strip("_")
        name = f"{first}_{plain}".encode()[:_LONGEST_VARIABLE].decode("utf-8", "ignore")
        number = 2
        while name.casefold() in {other.casefold() for other in shown_names.values()}:
            name, number = f"{name[:50]}_{number}", number + 1
        shown_names[variable] = name
    return shown_names


def _of_codes(
    codebook: Codebook, codes: Sequence[Code], named: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    for code in codes:
        framework = codebook.framework(code.framework).name
        yield {"column": named[code.id], "code": code.id, "path": code.path, "framework": framework}
