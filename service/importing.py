"""Codings into a study: the work behind "tandem import-codings"."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

from annotations.codings_file import CodingsFile, Placed, place_codings, read_codings
from annotations.errors import BadInput, nearest
from annotations.keep_codings import Complete, Kept, keep_codings
from annotations.store.reviews import coder_names, keep_codebook
from annotations.store.segments import segments_of
from annotations.store.transcripts import (
    all_transcripts,
    key_of,
)
from models.corpus import cut_new_transcripts
from service.parts import Parts


@dataclass(frozen=True)
class ImportedCodings:
    """What came of a codings file: what was kept, sentences to know, and the rows that could not be placed."""

    rows: int
    complete: str
    kept: Kept
    notes: tuple[str, ...]
    faults: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        kept = self.kept
        return {
            "rows": self.rows,
            "complete": self.complete,
            "codings": kept.codings,
            "reviews": kept.reviews,
            "empty_reviews": kept.empty_reviews,
            "superseded": kept.superseded,
            "unchanged": kept.unchanged,
            "on_interviewer": kept.on_interviewer,
            "on_no_segment": kept.on_no_segment,
            "coders": sorted(kept.coders),
            "transcripts": len(kept.transcripts),
            "notes": list(self.notes),
            "skipped": list(self.faults),
        }


def import_codings(parts: Parts, file: Path, *, complete: str | None, skip_bad_rows: bool) -> ImportedCodings:
    """Read, place and keep a file of codings in one transaction.

    Raises BadInput that lists every row that cannot be placed; nothing is kept then, unless
    ``skip_bad_rows``.
    """
    read = read_codings(file)
    chosen = _complete(complete, read)
    placed = _place(parts, read)
    faults = tuple(str(fault) for fault in placed.faults)
    if not placed.codings and not (faults and not skip_bad_rows):
        raise BadInput("\n".join([*faults, f"{file}: no row could be placed, so nothing was imported."]))
    if faults and not skip_bad_rows:
        raise BadInput(
            "\n".join(faults)
            + f"\n{len(faults)} of {len(read.rows)} rows cannot be placed, so nothing was imported. Correct "
            f"them, or give --skip-bad-rows to import the others."
        )
    notes = _notes(placed, chosen, complete)
    if faults and chosen == "all":
        # a passage whose row was left out is coded, so it must not become "looked, nothing applies"
        chosen = "listed"
        notes = (
            *notes,
            "rows were left out, so what is uncoded says nothing (--complete listed). " + _CORRECT,
        )
    cut_new_transcripts(parts.store, parts.segmentation)
    with parts.store.writing() as connection:
        version = keep_codebook(connection, parts.codebook)
        kept = keep_codings(
            connection,
            placed.codings,
            complete=chosen,
            ids={one.transcript.name: one.id for one in all_transcripts(connection)},
            segments=segments_of(connection, parts.segmentation.version),
            codebook_version=version,
            file=file.name,
        )
    if kept.superseded:
        notes = (
            *notes,
            f"{kept.superseded} passages were coded before by the same coder; what this file says of them holds now. "
            f"If it holds the codes of another framework, put all codes of a passage into one file.",
        )
    return ImportedCodings(len(read.rows), chosen, kept, notes, faults)


_CORRECT = "Correct the rows and import the file again with --complete all."


def _place(parts: Parts, read: CodingsFile) -> Placed:
    with parts.store.reading() as connection:
        transcripts = {key_of(kept.transcript.name): kept.transcript for kept in all_transcripts(connection)}
        known = list(coder_names(connection).values())
    return place_codings(
        read,
        codebook=parts.codebook,
        transcripts=transcripts,
        coders=parts.study.config.people,
        known_coders=known,
        time_zone=ZoneInfo(parts.study.config.time_zone),
    )


def _complete(given: str | None, read: CodingsFile) -> Complete:
    if given is None:
        return read.complete
    for value in get_args(Complete):
        if given.strip().casefold() == value:
            return value  # type: ignore[no-any-return]
    close = nearest(given, get_args(Complete))
    raise BadInput(
        f'--complete "{given}" is not known; it is all, listed or none.'
        + (f' Did you mean "{close}"?' if close else "")
    )


def _notes(placed: Placed, chosen: Complete, given: str | None) -> tuple[str, ...]:
    notes = list(placed.notes)
    if placed.missing_condition:
        notes.append(
            f"{placed.missing_condition} rows do not say under which condition they were made; they are taken as "
            f"independent, that is, coded without seeing suggestions."
        )
    if chosen == "none":
        notes.append(
            "nobody knows what else the coders read, so these codings teach no model where a code does not apply, and "
            "no agreement can be computed from them. If the coders read every transcript in the file to its end, import "
            "it again with --complete all."
        )
    elif given is None:
        notes.append(
            "the file has rows with an empty code, so only the listed passages count as judged (--complete listed)."
        )
    return tuple(notes)
