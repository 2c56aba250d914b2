"""Codings into a study: the work behind "tandem import-codings"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args
from zoneinfo import ZoneInfo

from annotations.codebook.codes import Codebook
from annotations.codings.codings_file import PlacedRows, place_codings
from annotations.codings.faults import Fault
from annotations.codings.keep_codings import Complete, KeptCodings, keep_codings
from annotations.codings.read_codings import CodingsFile, read_codings
from annotations.errors import BadInput, nearest
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.problems import Problems
from annotations.store.coders import coder_names
from annotations.store.segments import segments_of
from annotations.store.transcripts import (
    all_transcripts,
)
from annotations.study.list_in_file import set_mapping
from models.corpus import cut_new_transcripts
from service.composition import Parts
from service.importing.problems_file import write_problems


@dataclass(frozen=True)
class ImportedCodings:
    """What came of a codings file: what was kept, sentences to know, and the rows that could not be placed.

    ``not_to_the_end``: the transcripts of which rows were left out, so that they do not count as read to their end.
    ``dry_run``: it was only tried, and nothing was kept. ``program``: whose layout the file has, "" for Tandem's own.
    """

    rows: int
    complete: str
    kept: KeptCodings
    notes: tuple[str, ...]
    faults: tuple[Fault, ...]
    not_to_the_end: tuple[str, ...] = ()
    dry_run: bool = False
    program: str = ""

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
            "skipped": [str(fault) for fault in self.faults],
            "not_to_the_end": list(self.not_to_the_end),
            "dry_run": self.dry_run,
            "program": self.program or None,
        }


class _CodingsOnlyTried(Exception):
    """Ends the transaction of a dry run."""


def import_codings(
    parts: Parts,
    file: Path,
    *,
    complete: str | None,
    only: Sequence[str] = (),
    skip_bad_rows: bool = False,
    dry_run: bool = False,
    problems: Path | None = None,
    coder: str = "",
    transcript: str = "",
    columns: Mapping[str, str] = MappingProxyType({}),
) -> ImportedCodings:
    """Read, place and keep a file of codings in one transaction; ``dry_run`` keeps nothing.

    The layouts of other programs are recognised. ``columns``: how the file calls the columns of ours, kept in study.yaml
    once the file has been imported. ``coder``, ``transcript``: whose and of what, where no column says so. ``only``: the
    codes that the coders looked for, by name or path, where it was not the whole codebook. ``problems``: a CSV file that
    gets every row that cannot be placed, with its reason. Raises BadInput that says in few lines which rows cannot be
    placed; nothing is kept then, unless ``skip_bad_rows``.
    """
    kept_columns = parts.study.config.codings_columns
    read = read_codings(file, coder=coder, transcript=transcript, columns=columns, kept_columns=kept_columns)
    chosen = _complete(complete, read)
    unnamed = "" if read.names_coders else _coder_where_none_is_named(parts, file, chosen)
    read = read if read.names_coders else read.by(unnamed)
    asked = _only(parts.codebook, only, chosen)
    placed = _place(parts, read)
    faults = tuple(placed.faults)
    if problems is not None:
        write_problems([fault.problem for fault in faults], problems)
    if chosen == "all" and asked is None and any(coding.part for coding in placed.codings):
        raise BadInput(
            f"{file.name} was exported with some codes alone, so of the others it says nothing, and --complete all would "
            f"make it say that they do not apply. Name the codes of the export with --only, or leave --complete out. "
            f"Nothing was kept."
        )
    others = _asked_alone(placed, asked)
    _refuse_faults(placed, len(read.rows), file, skip_bad_rows=skip_bad_rows, problems=problems)
    notes = _notes(placed, chosen, complete)
    if unnamed:
        notes = (
            *notes,
            f'the file does not say who coded; its codings are kept as "{unnamed}". Say so with --coder NAME.',
        )
    names = list(dict.fromkeys(coding.transcript for coding in placed.codings))
    partly = _not_to_the_end(faults, names) if chosen == "all" else ()
    if partly:
        notes = (*notes, _why_not_to_the_end(partly, names))
        # where every transcript is concerned, the file says nothing but what it lists
        chosen = "listed" if len(partly) == len(names) else chosen
    cut_new_transcripts(parts.store, parts.segmentation)
    kept = KeptCodings()
    with suppress(_CodingsOnlyTried), parts.store.writing() as connection:
        kept = keep_codings(
            connection,
            placed.codings,
            complete=chosen,
            ids={transcript.transcript.name: transcript.id for transcript in all_transcripts(connection)},
            segments=segments_of(connection, parts.segmentation.version),
            codebook=parts.codebook,
            only=asked,
            not_to_the_end=frozenset(partly),
            file=file.name,
        )
        if dry_run:
            raise _CodingsOnlyTried
    notes = (*notes, *_after(kept, others))
    if columns and not dry_run and dict(columns) != kept_columns:
        parts.take_up(set_mapping(parts.study, "codings_columns", columns))
        notes = (
            *notes,
            "study.yaml keeps these names of columns; a file that has them is read so from now on.",
        )
    return ImportedCodings(len(read.rows), chosen, kept, notes, faults, partly, dry_run, read.program)


def _after(kept: KeptCodings, others: int) -> Iterator[str]:
    """What the team should know of what was kept; ``others``: rows with other codes than those looked for."""
    if kept.superseded:
        were = counted(kept.superseded, "passage was", "passages were")
        yield (
            f"{were} coded before by the same coder; what this file says of them holds now. If it holds the codes of "
            f"another framework, put all codes of a passage into one file; if it holds codes that the coders looked for "
            f"later, name these with --only."
        )
    if others:
        carry = counted(others, "row carries", "rows carry")
        yield f"{carry} other codes than --only names; of these nothing was kept."
    if kept.before_codes:
        were = counted(
            kept.before_codes, "passage that was there already was", "passages that were there already were"
        )
        yield (
            f"{were} judged before the codebook held all of its codes, so of the newer ones nothing is known there. If the "
            f"coders have looked for a newer code since, say so: import with --only CODE --complete all."
        )


def _refuse_faults(
    placed: PlacedRows, rows: int, file: Path, *, skip_bad_rows: bool, problems: Path | None
) -> None:
    faults = placed.faults
    all_of_them = f"All of them are in {problems}." if problems else "--problems FILE writes all of them."
    told = [fault.problem for fault in faults]
    if not placed.codings and not (faults and not skip_bad_rows):
        raise Problems(told, f"{file}: no row could be placed, so nothing was imported.")
    if faults and not skip_bad_rows:
        bad = len({fault.row for fault in faults})
        raise Problems(
            told,
            f"{bad:,} of {counted(rows, 'row')} cannot be placed, so nothing was imported. Correct them, or give "
            f"--skip-bad-rows to import the others. {all_of_them}",
        )


def _not_to_the_end(faults: Sequence[Fault], names: Sequence[str]) -> tuple[str, ...]:
    """The transcripts of which a row was left out: its passage is coded, and must not become "nothing applies".

    Where a row names no transcript of the study, nobody knows which one it belongs to: it may be any of them.
    """
    if any(fault.names_none for fault in faults):
        return tuple(names)
    concerned = {folded(fault.transcript) for fault in faults}
    return tuple(name for name in names if folded(name) in concerned)


def _why_not_to_the_end(partly: Sequence[str], names: Sequence[str]) -> str:
    if len(partly) == len(names):
        said = "rows were left out of every transcript (or name none), so what is uncoded says nothing (--complete listed)"
    else:
        shown = ", ".join(partly[:8]) + (f" and {len(partly) - 8} more" if len(partly) > 8 else "")
        said = (
            f"rows were left out of {shown}, so these do not count as read to their end: what is uncoded there says "
            f"nothing"
        )
    return f"{said}. Correct the rows and import the file again with --complete all."


_NOBODY = "coder not named"


def _coder_where_none_is_named(parts: Parts, file: Path, chosen: Complete) -> str:
    """The study's only coder, or nobody's name where the codings enter no figure; raises BadInput else."""
    people = parts.study.config.people
    if len(people) == 1:
        return people[0].name
    if chosen == "none":
        return _NOBODY
    raise BadInput(
        f"{file} does not say who coded, or not in every row, and agreement between coders needs it. Give "
        f"--coder NAME, or a column coder."
    )


def _place(parts: Parts, read: CodingsFile) -> PlacedRows:
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


def _asked_alone(placed: PlacedRows, only: frozenset[str] | None) -> int:
    """What was said of other codes says of those that were looked for that they do not apply; how often so."""
    if only is None:
        return 0
    other = [coding.code is not None and coding.code not in only for coding in placed.codings]
    placed.codings[:] = [
        replace(coding, code=None) if is_other else coding
        for coding, is_other in zip(placed.codings, other, strict=True)
    ]
    return sum(other)


def _notes(placed: PlacedRows, chosen: Complete, given: str | None) -> tuple[str, ...]:
    notes = list(placed.notes)
    if placed.missing_condition:
        notes.append(
            f"{counted(placed.missing_condition, 'row does', 'rows do')} not say under which condition the coding was "
            f"made; it is taken as independent, that is, coded without seeing suggestions."
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
