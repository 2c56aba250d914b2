"""Transcripts and codings into a study: the work behind "tandem import" and "tandem import-codings"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from annotations.codings_file import CodingsFile, Placed, place_codings, read_codings
from annotations.describe import Description, Manifest, describe, read_manifest, said_of
from annotations.errors import BadInput, nearest
from annotations.keep_codings import Complete, Kept, keep_codings
from annotations.readers.reading import ENDINGS, read_transcripts
from annotations.readers.spoken import ReadTranscript
from annotations.store.reviews import coder_names, keep_codebook
from annotations.store.segments import segments_of
from annotations.store.transcripts import (
    add_transcript,
    all_transcripts,
    key_of,
    redescribe_transcript,
    replace_transcript,
    same_name,
    same_text,
)
from annotations.transcript import Role, Transcript
from models.corpus import cut_new_transcripts
from service.parts import Parts

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Read:
    """A transcript that was read: from which file, what became of it, who speaks, and what to look at."""

    file: str
    transcript: Transcript
    state: str
    warnings: tuple[str, ...] = ()

    @property
    def interviewers(self) -> list[str]:
        """The speakers whose turns are context."""
        return self._speakers(Role.INTERVIEWER)

    @property
    def participants(self) -> list[str]:
        """The speakers whose turns are coded."""
        return self._speakers(Role.PARTICIPANT)

    def _speakers(self, role: Role) -> list[str]:
        return list(dict.fromkeys(turn.speaker for turn in self.transcript.turns if turn.role is role))


@dataclass
class Imported:
    """What an import read, and the sentences for what it refused."""

    read: list[Read] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def import_transcripts(
    parts: Parts,
    files: Sequence[Path],
    *,
    manifest: Path | None,
    described: Mapping[str, str],
    replace: bool,
    progress: Progress,
) -> Imported:
    """Read files and keep their transcripts, each file in a transaction of its own.

    A file that cannot be read is refused by itself and spoils no other. Raises BadInput where there is nothing
    to read, or where the manifest itself is wrong.
    """
    listed = read_manifest(manifest) if manifest else None
    todo = list(_files(files)) if files else list(listed.files if listed else ())
    if not todo:
        raise BadInput(
            "there is nothing to import: give files or folders"
            + (f" (no file with the ending {', '.join(ENDINGS)} was found)." if files else ", or a manifest.")
        )
    options = Description.from_options(described)
    found = Imported()
    for done, file in enumerate(todo, start=1):
        try:
            _import_file(parts, file, options, listed, replace, found)
        except BadInput as error:
            found.refused.append(str(error))
        progress(done, len(todo))
    return found


def _files(given: Sequence[Path]) -> Iterator[Path]:
    for path in given:
        if path.is_dir():
            inside = (file for file in path.rglob("*") if file.suffix.lower() in ENDINGS and file.is_file())
            yield from sorted(file for file in inside if not file.name.startswith((".", "~$")))
        else:
            yield path


def _import_file(
    parts: Parts, file: Path, options: Description, manifest: Manifest | None, replace: bool, found: Imported
) -> None:
    config = parts.study.config
    read = read_transcripts(file, interviewers=config.interviewers)
    described = [
        (
            one,
            describe(one, options=options, manifest=manifest, config=config),
            said_of(one, options=options, manifest=manifest, config=config),
        )
        for one in read
    ]
    with parts.store.writing() as connection:
        kept = [
            _keep(connection, file, one, transcript, said, replace) for one, transcript, said in described
        ]
    found.read.extend(kept)


def _keep(
    connection: Connection,
    file: Path,
    read: ReadTranscript,
    transcript: Transcript,
    said: Description,
    replacing: bool,
) -> Read:
    before = same_name(connection, transcript.name)
    warnings = read.warnings
    if before is None:
        twins = same_text(connection, transcript.text_hash)
        if twins:
            warnings = (*warnings, f'the same words are there already as transcript "{twins[0]}"')
        add_transcript(connection, transcript)
        return Read(str(file), transcript, "new", warnings)
    if before.transcript.text_hash == transcript.text_hash:
        merged = _merged(before.transcript, transcript, said)
        if merged == before.transcript:
            return Read(str(file), before.transcript, "already there", warnings)
        redescribe_transcript(connection, before.id, merged)
        return Read(str(file), merged, "described anew", warnings)
    if not replacing:
        raise BadInput(
            f'{file}: a transcript "{before.transcript.name}" with other words is there already. Rename the file, '
            f"or give --replace to put these words in its place (possible while nobody has coded it)."
        )
    replace_transcript(connection, before.id, transcript)
    return Read(str(file), transcript, "replaced", warnings)


def _merged(before: Transcript, after: Transcript, said: Description) -> Transcript:
    """The transcript that is there, with what the second import says of it; what it does not say stays."""
    texts = ("case", "site", "wave", "participant", "session")
    changes: dict[str, Any] = {key: getattr(after, key) for key in texts if getattr(after, key)}
    for key in ("kind", "language", "date"):
        if getattr(said, key) is not None:
            changes[key] = getattr(after, key)
    consents = {
        key: getattr(said, key)
        for key in ("may_train", "may_quote", "visible_to")
        if getattr(said, key) is not None
    }
    return replace(before, consents=replace(before.consents, **consents), **changes)


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
