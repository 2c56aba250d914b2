"""Codings into a study: the work behind "tandem import-codings"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

from annotations.codebook.codes import Codebook
from annotations.codings.codings_file import CodingsFile, Fault, Placed, place_codings, read_codings
from annotations.codings.keep_codings import Complete, Kept, keep_codings
from annotations.errors import BadInput, nearest
from annotations.names import folded
from annotations.store.coders import coder_names
from annotations.store.segments import segments_of
from annotations.store.transcripts import (
    all_transcripts,
)
from models.corpus import cut_new_transcripts
from service.composition import Parts

_MOST_ALIKE = 5


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
            "before_codes": kept.before_codes,
            "unchanged": kept.unchanged,
            "on_interviewer": kept.on_interviewer,
            "on_no_segment": kept.on_no_segment,
            "coders": sorted(kept.coders),
            "transcripts": len(kept.transcripts),
            "notes": list(self.notes),
            "skipped": list(self.faults),
        }


def import_codings(
    parts: Parts,
    file: Path,
    *,
    complete: str | None,
    only: Sequence[str] = (),
    skip_bad_rows: bool = False,
    coder: str = "",
) -> ImportedCodings:
    """Read, place and keep a file of codings in one transaction.

    ``only``: the codes that the coders looked for, by name or path, where it was not the whole codebook. ``coder``:
    who coded, where no column says so. Raises BadInput that lists every row that cannot be placed; nothing is kept
    then, unless ``skip_bad_rows``.
    """
    read = read_codings(file, coder=coder)
    chosen = _complete(complete, read)
    unnamed = "" if read.names_coders else _coder_where_none_is_named(parts, file, chosen)
    read = read if read.names_coders else read_codings(file, coder=unnamed)
    asked = _only(parts.codebook, only, chosen)
    placed = _place(parts, read)
    faults = tuple(str(fault) for fault in placed.faults)
    others = _asked_alone(placed, asked)
    if not placed.codings and not (faults and not skip_bad_rows):
        raise BadInput(
            "\n".join([*_grouped(placed.faults), f"{file}: no row could be placed, so nothing was imported."])
        )
    if faults and not skip_bad_rows:
        raise BadInput(
            "\n".join(_grouped(placed.faults))
            + f"\n{len(faults)} of {len(read.rows)} rows cannot be placed, so nothing was imported. Correct "
            f"them, or give --skip-bad-rows to import the others."
        )
    notes = _notes(placed, chosen, complete)
    if unnamed:
        notes = (
            *notes,
            f'the file does not say who coded; its codings are kept as "{unnamed}". Say so with --coder NAME.',
        )
    if faults and chosen == "all":
        # a passage whose row was left out is coded, so it must not become "looked, nothing applies"
        chosen = "listed"
        notes = (
            *notes,
            "rows were left out, so what is uncoded says nothing (--complete listed). " + _CORRECT,
        )
    cut_new_transcripts(parts.store, parts.segmentation)
    with parts.store.writing() as connection:
        kept = keep_codings(
            connection,
            placed.codings,
            complete=chosen,
            ids={one.transcript.name: one.id for one in all_transcripts(connection)},
            segments=segments_of(connection, parts.segmentation.version),
            codebook=parts.codebook,
            only=asked,
            file=file.name,
        )
    if kept.superseded:
        notes = (
            *notes,
            f"{kept.superseded} passages were coded before by the same coder; what this file says of them holds now. "
            f"If it holds the codes of another framework, put all codes of a passage into one file; if it holds codes "
            f"that the coders looked for later, name these with --only.",
        )
    if others:
        notes = (*notes, f"{others} rows carry other codes than --only names; of these nothing was kept.")
    if kept.before_codes:
        notes = (
            *notes,
            f"{kept.before_codes} passages that were there already were judged before the codebook held all of its "
            f"codes, so of the newer ones nothing is known there. If the coders have looked for a newer code since, say "
            f"so: import with --only CODE --complete all.",
        )
    return ImportedCodings(len(read.rows), chosen, kept, notes, faults)


_NOBODY = "coder not named"


def _coder_where_none_is_named(parts: Parts, file: Path, chosen: Complete) -> str:
    """The study's only coder, or nobody's name where the codings enter no figure; raises BadInput else."""
    people = parts.study.config.people
    if len(people) == 1:
        return people[0].name
    if chosen == "none":
        return _NOBODY
    raise BadInput(
        f"{file} does not say who coded, and agreement between coders needs it. Give --coder NAME, or a column coder."
    )


_CORRECT = "Correct the rows and import the file again with --complete all."


def _grouped(faults: Sequence[Fault]) -> list[str]:
    """The faults, those that many rows share once, with the first row: nobody reads a thousand lines."""
    rows: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        rows.setdefault((fault.column, fault.reason), []).append(fault)
    said: list[tuple[int, str]] = []
    for its in rows.values():
        if len(its) <= _MOST_ALIKE:
            said.extend((fault.row, str(fault)) for fault in its)
        else:
            more = f" ({len(its) - 1:,} more rows have the same fault)"
            said.append((its[0].row, f"{its[0]}{more}"))
    return [sentence for _, sentence in sorted(said, key=lambda one: one[0])]


def _place(parts: Parts, read: CodingsFile) -> Placed:
    with parts.store.reading() as connection:
        transcripts = {folded(kept.transcript.name): kept.transcript for kept in all_transcripts(connection)}
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


def _only(codebook: Codebook, names: Sequence[str], chosen: Complete) -> frozenset[str] | None:
    if not names:
        return None
    if chosen == "none":
        raise BadInput(
            "--only says for which codes the coders read, and --complete none that nobody knows what they read. Leave "
            "one of them out, or say --complete all or listed."
        )
    return frozenset(codebook.resolve(name).id for name in names)


def _asked_alone(placed: Placed, only: frozenset[str] | None) -> int:
    """What was said of other codes says of those that were looked for that they do not apply; how often so."""
    if only is None:
        return 0
    other = [one.code is not None and one.code not in only for one in placed.codings]
    placed.codings[:] = [
        replace(one, code=None) if is_other else one
        for one, is_other in zip(placed.codings, other, strict=True)
    ]
    return sum(other)


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
