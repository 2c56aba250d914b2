"""Transcripts into a study: the work behind "tandem import"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from annotations.errors import BadInput
from annotations.names import folded
from annotations.progress import Progress
from annotations.readers.description import Description, Manifest, describe, read_manifest, said_of
from annotations.readers.reading import ENDINGS, read_transcripts
from annotations.readers.spoken import ReadTranscript
from annotations.store.transcripts import (
    Kept,
    add_transcript,
    redescribe_transcript,
    replace_transcript,
    same_name,
    same_text,
)
from annotations.store.withdrawals import withdrawal_of
from annotations.study.config import StudyConfig
from annotations.study.speakers import speakers_of
from annotations.transcript import Kind, Transcript
from service.composition import Parts
from service.importing.import_outcome import Imported, Read

# what lies beside transcripts and is expected not to be read
_RECORDINGS = (".mp3", ".m4a", ".wav", ".mp4", ".mov", ".wma", ".aac", ".ogg", ".flac", ".avi", ".webm")


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file as it was read and described, before anything is kept."""

    file: Path
    found: tuple[tuple[ReadTranscript, Transcript, Description], ...]


class _NothingKept(Exception):
    """A preview ends by taking back what it did."""


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
    found = Imported()
    for opened in _opened(parts, files, manifest, described, progress, found):
        try:
            with parts.store.writing() as connection:
                kept = [_keep(parts, connection, opened.file, *one, replace, found) for one in opened.found]
        except BadInput as error:
            found.refused.append(str(error))
        else:
            found.take(kept)
    return found


def preview_transcripts(
    parts: Parts,
    files: Sequence[Path],
    *,
    manifest: Path | None,
    described: Mapping[str, str],
    replace: bool,
    progress: Progress,
) -> Imported:
    """What ``import_transcripts`` would do, by doing it and taking it back: nothing is changed. Raises as it does."""
    found = Imported()
    opened = list(_opened(parts, files, manifest, described, progress, found))
    try:
        with parts.store.writing() as connection:
            for one in opened:
                try:
                    with connection.begin_nested():
                        kept = [
                            _keep(parts, connection, one.file, *each, replace, found) for each in one.found
                        ]
                except BadInput as error:
                    found.refused.append(str(error))
                else:
                    found.take(kept)
            raise _NothingKept
    except _NothingKept:
        return found


def _opened(
    parts: Parts,
    files: Sequence[Path],
    manifest: Path | None,
    described: Mapping[str, str],
    progress: Progress,
    found: Imported,
) -> Iterator[_Opened]:
    """Each file, read and described; what cannot be is refused in ``found``."""
    listed = read_manifest(manifest) if manifest else None
    todo = (
        list(_files(files, found.not_read))
        if files
        else [(file, "", None) for file in (listed.files if listed else ())]
    )
    if not todo:
        raise BadInput(
            "there is nothing to import: give files or folders"
            + (f" (no file with the ending {', '.join(ENDINGS)} was found)." if files else ", or a manifest.")
        )
    options = Description.from_options(described)
    for done, (file, place, folder) in enumerate(todo, start=1):
        try:
            if folder is not None and not file.resolve().is_relative_to(folder.resolve()):
                raise BadInput(f"{file} is a link that leads out of {folder}. Put the file itself there.")
            yield _open(parts, file, place, options, listed)
        except BadInput as error:
            found.refused.append(str(error))
        progress(done, len(todo))


def _files(given: Sequence[Path], others: Counter[str]) -> Iterator[tuple[Path, str, Path | None]]:
    """The files that are given or lie in folders that are given, where below these they lie, and the folder."""
    for path in given:
        if not path.is_dir():
            yield path, path.name, None
            continue
        inside = [file for file in path.rglob("*") if not file.name.startswith((".", "~$"))]
        for file in sorted(file for file in inside if file.is_file()):
            if file.suffix.lower() in ENDINGS:
                yield file, file.relative_to(path).as_posix(), path
            elif file.suffix.lower() in (".doc", ".pages", *_RECORDINGS):
                others[file.suffix.lower()] += 1


def _open(parts: Parts, file: Path, place: str, options: Description, manifest: Manifest | None) -> _Opened:
    config = parts.study.config
    found = []
    for one in read_transcripts(file, interviewers=config.interviewers):
        one = replace(one, place=place)
        said = said_of(one, options=options, manifest=manifest, config=config)
        found.append((one, describe(one, options=options, manifest=manifest, config=config), said))
    return _Opened(file, tuple(found))


def _keep(
    parts: Parts,
    connection: Connection,
    file: Path,
    read: ReadTranscript,
    transcript: Transcript,
    said: Description,
    replacing: bool,
    earlier: Imported,
) -> Read:
    twin = earlier.by_key.get(folded(transcript.name))
    if twin is not None and twin.file != str(file) and twin.transcript.text_hash != transcript.text_hash:
        raise BadInput(
            f'{file}: its id would be "{transcript.name}", as that of {Path(twin.file).name} is, and they hold other '
            f"words. Rename one of them."
        )
    _refuse_withdrawn(connection, file, transcript)
    kept, state, more = _put(connection, file, transcript, said, replacing)
    warnings = (*read.warnings, *more, *_about_description(kept, said, parts.study.config))
    return Read(str(file), read.reader, kept, state, speakers_of(kept, parts.study.config), warnings)


def _refuse_withdrawn(connection: Connection, file: Path, transcript: Transcript) -> None:
    gone = withdrawal_of(connection, transcript.participant) if transcript.participant else None
    if gone is not None:
        raise BadInput(
            f"{file}: participant {gone.participant} withdrew on {gone.created:%Y-%m-%d} ({gone.by} erased them), so "
            f"nothing of theirs is imported. If this is somebody else, give them another code."
        )


def _about_description(kept: Transcript, said: Description, config: StudyConfig) -> Iterator[str]:
    """What nobody has said of a transcript and should."""
    if not any(turn.speaker for turn in kept.turns):
        if said.kind is None and kept.kind is Kind.INTERVIEW:
            yield (
                "it names no speakers, so each of its paragraphs is coded. Give --kind document or --kind 'field note' if "
                "it is one; if it is an interview, write the speakers' names before their words."
            )
    elif not kept.participants_turns:
        yield (
            "only interviewers speak in it, so nothing of it is coded. If it is no interview, see that no line of it begins "
            "with one of the interviewers of study.yaml and a colon."
        )
    elif config.participant_pattern and not kept.participant:
        yield (
            "no participant is known: its name does not fit participant_pattern of study.yaml. Correct one of them, or give "
            "--participant or a manifest."
        )


def _put(
    connection: Connection, file: Path, transcript: Transcript, said: Description, replacing: bool
) -> tuple[Transcript, str, tuple[str, ...]]:
    """Keep a transcript as far as it is new: as it is kept now, what became of it, and what to warn of."""
    before = same_name(connection, transcript.name)
    if before is None:
        twins = same_text(connection, transcript.text_hash)
        add_transcript(connection, transcript)
        twin = f'the same words are there already as transcript "{twins[0]}"' if twins else ""
        return transcript, "new", (twin,) if twin else ()
    if before.transcript.text_hash == transcript.text_hash:
        merged = _merged(before.transcript, transcript, said)
        if [turn.role for turn in merged.turns] != [turn.role for turn in transcript.turns]:
            return _with_roles(connection, before, replace(merged, turns=transcript.turns))
        if merged == before.transcript:
            return before.transcript, "already there", ()
        redescribe_transcript(connection, before.id, merged)
        return merged, "described anew", ()
    if not replacing:
        raise BadInput(
            f'{file}: a transcript "{before.transcript.name}" with other words is there already. Rename the file, '
            f"or give --replace to put these words in its place (possible while nobody has coded it)."
        )
    replace_transcript(connection, before.id, transcript)
    return transcript, "replaced", ()


def _with_roles(
    connection: Connection, before: Kept, merged: Transcript
) -> tuple[Transcript, str, tuple[str, ...]]:
    """The same words with other interviewers in study.yaml: the roles follow as long as nobody has coded them."""
    try:
        with connection.begin_nested():
            replace_transcript(connection, before.id, merged)
    except BadInput:
        return (
            before.transcript,
            "already there",
            (
                "the interviewers of study.yaml have changed, but people have coded it or have suggestions for it, so its "
                "roles stay as they were.",
            ),
        )
    return merged, "roles corrected", ()


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
