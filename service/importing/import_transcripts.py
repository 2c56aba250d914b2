"""Transcripts into a study: the work behind "tandem import"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from annotations.errors import BadInput, unknown
from annotations.names import folded
from annotations.problems import problem_of
from annotations.progress import Progress
from annotations.readers.description import Description
from annotations.readers.spoken import ReadTranscript
from annotations.store.attributes import keep_attributes
from annotations.store.transcripts import (
    KeptTranscript,
    add_transcript,
    redescribe_transcript,
    replace_transcript,
    same_name,
    same_text,
    transcript_names,
)
from annotations.store.withdrawals import withdrawal_of
from annotations.study.config import StudyConfig
from annotations.study.speakers import speakers_of
from annotations.transcript import Kind, Span, Transcript
from service.composition import Parts
from service.importing.import_outcome import Imported, ImportedTranscript
from service.importing.new_versions import Replaced, put_in_its_place
from service.importing.shared_codes import of_shared_codes
from service.importing.transcript_files import OpenedFile, opened_files


class _PreviewOver(Exception):
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
    imported = Imported()
    parts.study.import_preview.unlink(missing_ok=True)  # it holds participants' words, and has been looked at
    for opened in _opened(parts, files, manifest, described, progress, imported):
        try:
            with parts.store.writing() as connection:
                kept = [
                    _keep(parts, connection, opened, *parts_of_file, replace, imported)
                    for parts_of_file in opened.found
                ]
        except BadInput as error:
            imported.refused.append(problem_of(opened.file, str(error)))
        else:
            imported.take(kept)
    with parts.store.reading() as connection:
        _look_at_codes(connection, imported)
    return imported.with_guesses()


def preview_transcripts(
    parts: Parts,
    files: Sequence[Path],
    *,
    manifest: Path | None,
    described: Mapping[str, str],
    replace: bool,
    progress: Progress,
    then: Callable[[Connection, Imported], None] | None = None,
) -> Imported:
    """What ``import_transcripts`` would do, by doing it and taking it back: nothing is changed. Raises as it does.

    ``then`` looks at the study as it would be, before all is taken back.
    """
    imported = Imported()
    opened = list(_opened(parts, files, manifest, described, progress, imported))
    try:
        with parts.store.writing() as connection:
            for file_opened in opened:
                try:
                    with connection.begin_nested():
                        kept = [
                            _keep(parts, connection, file_opened, *each, replace, imported)
                            for each in file_opened.found
                        ]
                except BadInput as error:
                    imported.refused.append(problem_of(file_opened.file, str(error)))
                else:
                    imported.take(kept)
            _look_at_codes(connection, imported)
            if then is not None:
                then(connection, imported)
            raise _PreviewOver
    except _PreviewOver:
        return imported.with_guesses()


def _opened(
    parts: Parts,
    files: Sequence[Path],
    manifest: Path | None,
    described: Mapping[str, str],
    progress: Progress,
    imported: Imported,
) -> Iterator[OpenedFile]:
    return opened_files(
        parts.study.config,
        files,
        manifest=manifest,
        described=described,
        progress=progress,
        refused=imported.refused,
        not_read=imported.not_read,
    )


def _keep(
    parts: Parts,
    connection: Connection,
    opened: OpenedFile,
    read: ReadTranscript,
    transcript: Transcript,
    said: Description,
    replacing: bool,
    earlier: Imported,
) -> ImportedTranscript:
    file = opened.file
    twin = earlier.by_key.get(folded(transcript.name))
    if twin is not None and twin.file != str(file) and twin.transcript.text_hash != transcript.text_hash:
        raise BadInput(
            f'{file}: its id would be "{transcript.name}", as that of {Path(twin.file).name} is, and they hold other '
            f"words. Rename one of them."
        )
    _refuse_withdrawn(connection, file, transcript)
    anew = replacing or opened.chosen
    put = _put(parts, connection, file, transcript, said, replacing=replacing, anew=anew)
    kept, state, more = put.transcript, put.state, put.warnings
    keep_attributes(connection, earlier.attributes.of_manifest(kept.participant, opened.attributes))
    warnings = (*read.warnings, *more, *_about_description(kept, said, parts.study.config))
    speakers = speakers_of(kept, parts.study.config)
    return ImportedTranscript(
        str(file), read.reader, kept, state, speakers, warnings, read.account, transcript, put.replaced
    )


def _look_at_codes(connection: Connection, imported: Imported) -> None:
    codes = {read.transcript.participant for read in imported.read}
    imported.shared_codes = of_shared_codes(connection, codes)


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
            "only interviewers speak in it, so nothing of it is coded. If its unlabelled lines are the participant's, give "
            "--unlabelled-participant; if it is no interview, --no-speakers."
        )
    elif config.participant_pattern and not kept.participant:
        yield (
            "no participant is known: its name does not fit participant_pattern of study.yaml. Correct one of them, or give "
            "--participant or a manifest."
        )


@dataclass(frozen=True, slots=True)
class _Put:
    """A transcript as it is kept now, what became of it, what to warn of, and what a corrected text did."""

    transcript: Transcript
    state: str
    warnings: tuple[str, ...] = ()
    replaced: Replaced | None = None


def _put(
    parts: Parts,
    connection: Connection,
    file: Path,
    transcript: Transcript,
    said: Description,
    *,
    replacing: bool,
    anew: bool,
) -> _Put:
    """Keep a transcript as far as it is new.

    Where the same words are read in other turns than before, what is kept stays, unless ``anew``: somebody has said
    how its lines are to be taken.
    """
    before = same_name(connection, transcript.name)
    if before is None:
        if replacing:
            raise unknown(
                "transcript",
                transcript.name,
                transcript_names(connection),
                where=str(file),
                remedy="--replace corrects what is in the study; leave it out to import a new transcript.",
            )
        twins = same_text(connection, transcript.text_hash)
        add_transcript(connection, transcript)
        twin = f'the same words are there already as transcript "{twins[0]}"' if twins else ""
        return _Put(transcript, "new", (twin,) if twin else ())
    merged = _merged(before.transcript, transcript, said)
    corrected = replace(merged, text=transcript.text, turns=transcript.turns, source=transcript.source)
    if before.transcript.text_hash != transcript.text_hash:
        if not replacing:
            raise BadInput(
                f'{file}: a transcript "{before.transcript.name}" with other words is there already. Rename the file, '
                f"or give --replace to put these words in its place: what is coded on words that stay moves along. If the "
                f"file is the same as before, Tandem reads it otherwise now: --reread shows how."
            )
        return _replaced(parts, connection, file, before, corrected)
    if _places(before.transcript) != _places(transcript):
        if replacing:
            return _replaced(parts, connection, file, before, corrected)
        if anew:
            return _read_anew(connection, before, corrected)
        return _described(connection, before, merged, (_OTHERWISE,))
    if [turn.role for turn in merged.turns] != [turn.role for turn in transcript.turns]:
        if replacing:
            return _replaced(parts, connection, file, before, corrected)
        return _with_roles(connection, before, corrected)
    return _described(connection, before, merged, (_NOTHING_CHANGED,) if replacing else ())


def _replaced(
    parts: Parts, connection: Connection, file: Path, before: KeptTranscript, corrected: Transcript
) -> _Put:
    try:
        done = put_in_its_place(parts, connection, before, corrected)
    except BadInput as error:
        raise BadInput(f"{file}: {error}") from error
    return _Put(corrected, "replaced", (done.sentence,), done)


def _described(
    connection: Connection, before: KeptTranscript, merged: Transcript, warnings: tuple[str, ...]
) -> _Put:
    if merged == before.transcript:
        return _Put(merged, "already there", warnings)
    redescribe_transcript(connection, before.id, merged)
    return _Put(merged, "described anew", warnings)


_NOTHING_CHANGED = "nothing has changed: these words stand in the study already."
_OTHERWISE = "it would be read in other turns now, and stays as it is: see tandem import --reread."


def _places(transcript: Transcript) -> list[tuple[str, Span]]:
    return [(turn.speaker, turn.span) for turn in transcript.turns]


def _read_anew(connection: Connection, before: KeptTranscript, corrected: Transcript) -> _Put:
    """The same words in the turns that somebody asked for, as long as nobody has coded them."""
    try:
        with connection.begin_nested():
            replace_transcript(connection, before.id, corrected)
    except BadInput:
        said = (
            "people have coded it or have suggestions for it, so its turns stay as they were. Give --replace to take the "
            "new ones: what is coded moves along."
        )
        return _Put(before.transcript, "already there", (said,))
    return _Put(corrected, "read anew")


def _with_roles(connection: Connection, before: KeptTranscript, corrected: Transcript) -> _Put:
    """The same words with other interviewers in study.yaml: the roles follow as long as nobody has coded them."""
    try:
        with connection.begin_nested():
            replace_transcript(connection, before.id, corrected)
    except BadInput:
        said = (
            "the interviewers of study.yaml have changed, but people have coded it or have suggestions for it, so its "
            "roles stay as they were. Give --replace to take the new ones: what is coded moves along."
        )
        return _Put(before.transcript, "already there", (said,))
    return _Put(corrected, "roles corrected")


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
