"""The files of an import: which are read, how their lines are taken, and which are named because they are not read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from annotations.errors import BadInput
from annotations.problems import Problem, problem_of
from annotations.progress import Progress
from annotations.readers.description import Description, ImportManifest, describe, read_manifest, said_of
from annotations.readers.line_switches import rules_for
from annotations.readers.reading import (
    ENDINGS,
    OFTEN_OTHERS,
    PACKED,
    PROJECTS,
    SAVE_AS_DOCX,
    read_transcripts,
)
from annotations.readers.same_speakers import with_same_speakers
from annotations.readers.spoken import ReadTranscript
from annotations.study.config import StudyConfig
from annotations.transcript import Transcript

RECORDINGS = (
    ".mp3",
    ".m4a",
    ".wav",
    ".mp4",
    ".mov",
    ".wma",
    ".aac",
    ".ogg",
    ".flac",
    ".avi",
    ".webm",
    ".mkv",
    ".aiff",
)
_NAMED = 3
# what systems leave in folders by themselves
_OF_SYSTEMS = frozenset({"thumbs.db", "desktop.ini", "icon\r"})


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file as it was read and described, before anything is kept; ``chosen``: does the study say how its lines are
    taken? ``attributes``: what the manifest says of its participants besides.
    """

    file: Path
    found: tuple[tuple[ReadTranscript, Transcript, Description], ...]
    chosen: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotRead:
    """A file that lies in a folder and was not read: why, and what to do."""

    file: str
    ending: str
    why: str


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    place: str
    folder: Path | None


def opened_files(
    config: StudyConfig,
    files: Sequence[Path],
    *,
    manifest: Path | None,
    described: Mapping[str, str],
    progress: Progress,
    refused: list[Problem],
    not_read: list[NotRead],
) -> Iterator[OpenedFile]:
    """Each file, read and described; what cannot be is a problem in ``refused``, or is named in ``not_read``.

    Raises BadInput where there is nothing to read, or where the manifest itself is wrong.
    """
    listed = read_manifest(manifest) if manifest else None
    todo = (
        list(_files(files, not_read))
        if files
        else [_File(file, "", None) for file in (listed.files if listed else ())]
    )
    if not todo:
        raise BadInput(_nothing(files, not_read))
    if listed and files:
        _refuse_missing(listed, todo)
    options = Description.from_options(described)
    for done, given_file in enumerate(todo, start=1):
        try:
            if given_file.folder is not None and not given_file.path.resolve().is_relative_to(
                given_file.folder.resolve()
            ):
                raise BadInput(
                    f"{given_file.path} is a link that leads out of {given_file.folder}. Put the file itself there."
                )
            yield _open(config, given_file, options, listed)
        except BadInput as error:
            if given_file.folder is not None and given_file.path.suffix.lower() in OFTEN_OTHERS:
                why = _why_none(str(error).removeprefix(str(given_file.path)).lstrip(":, "))
                not_read.append(NotRead(given_file.place, given_file.path.suffix.lower(), why))
            else:
                refused.append(problem_of(given_file.path, str(error)))
        progress(done, len(todo))


def _nothing(files: Sequence[Path], not_read: Sequence[NotRead]) -> str:
    if not files:
        return "there is nothing to import: give files or folders, or a manifest."
    none = f"no file with the ending {', '.join(ENDINGS)} was found"
    if not not_read:
        return f"there is nothing to import: give files or folders ({none})."
    return f"there is nothing to import: {none}. {' '.join(sentences_of(not_read))}"


def _refuse_missing(manifest: ImportManifest, given: Sequence[_File]) -> None:
    """Refuse a manifest that names files that are not there: what such a row says would be lost without a word."""
    missing = [named for named in manifest.files if not named.is_file()]
    if not missing:
        return
    folder = Path(manifest.file).absolute().parent
    is_not = "a file is not there" if len(missing) == 1 else f"{len(missing)} files are not there"
    raise BadInput(
        f'{manifest.file}, column "file": {is_not} ({_first_names(missing, folder)}). Paths count from the folder of '
        f"the manifest. {_put_right(folder.resolve(), missing, given)} Nothing was imported."
    )


def _first_names(files: Sequence[Path], folder: Path) -> str:
    more = f" and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
    return ", ".join(file.relative_to(folder).as_posix() for file in files[:_NAMED]) + more


def _put_right(folder: Path, missing: Sequence[Path], given: Sequence[_File]) -> str:
    """How to name such a file: as one of its name that is to come in, if that lies below the manifest."""
    names = {named.name for named in missing}
    for file in given:
        if file.path.name in names and file.path.resolve().is_relative_to(folder):
            return f'For example, write "{file.path.resolve().relative_to(folder).as_posix()}".'
    return "Put the manifest beside the files, or correct the paths."


def _why_none(why: str) -> str:
    if why.startswith(("is ", "holds ", "has ", "needs ")):
        return f"It {why}"
    return f"It holds no transcript: {why}"


def _files(given: Sequence[Path], not_read: list[NotRead]) -> Iterator[_File]:
    """The files that are given or lie in folders that are given, where below these they lie, and the folder."""
    for path in (file for name in given for file in matching(name)):
        if not path.is_dir():
            yield _File(path, path.name, None)
            continue
        inside = [file for file in path.rglob("*") if not file.name.startswith((".", "~$"))]
        for file in sorted(file for file in inside if file.is_file()):
            place, ending = file.relative_to(path).as_posix(), file.suffix.lower()
            if ending in ENDINGS:
                yield _File(file, place, path)
            elif file.name.casefold() not in _OF_SYSTEMS:
                not_read.append(NotRead(place, ending, _why_not(ending)))


def matching(name: Path) -> list[Path]:
    """The file of this name, or, where there is none, the files that a pattern such as ``notes/*.txt`` stands for."""
    if name.exists() or not re.search(r"[*?]", str(name)):
        return [name]
    anchor = Path(name.anchor) if name.is_absolute() else Path()
    return sorted(anchor.glob(str(name.relative_to(name.anchor) if name.is_absolute() else name))) or [name]


def _why_not(ending: str) -> str:
    if ending in SAVE_AS_DOCX:
        return "Save them as .docx."
    if ending in PROJECTS:
        return 'Bring them in with "tandem import-project".'
    if ending in RECORDINGS:
        return "Recordings are not transcribed here."
    if ending in PACKED:
        return "Unpack them, and give the files that are in them."
    return "Tandem does not read this ending. If they are transcripts, export them as .docx, .txt or .vtt."


def _open(
    config: StudyConfig, file: _File, options: Description, manifest: ImportManifest | None
) -> OpenedFile:
    above = file.folder.absolute().name if file.folder else file.path.absolute().parent.name
    nothing = ReadTranscript(file.path.stem, "", (), str(file.path), "", place=file.place)
    kind = said_of(nothing, options=options, manifest=manifest, config=config).kind
    rules = rules_for(f"{above}/{file.place or file.path.name}", config, kind)
    described = []
    for read in read_transcripts(file.path, interviewers=config.interviewers, rules=rules):
        turns = with_same_speakers(read.turns, config.same_speakers, config.interviewers)
        placed = replace(read, place=file.place, turns=turns)
        said = said_of(placed, options=options, manifest=manifest, config=config)
        described.append((placed, describe(placed, options=options, manifest=manifest, config=config), said))
    own = manifest.attributes_of_file(file.path) if manifest else {}
    return OpenedFile(file.path, tuple(described), rules_for("", config, None).lines is not rules.lines, own)


def sentences_of(files: Sequence[NotRead]) -> Iterator[str]:
    """What to tell of files that were not read: a sentence for each ending and reason, with the first names."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for file in files:
        by_reason.setdefault((file.ending, file.why), []).append(file.file)
    for (ending, why), names in sorted(by_reason.items()):
        listed = ", ".join(names[:_NAMED]) + (
            f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        )
        kind = f"{ending} file" if ending else "file without an ending"
        kind = f"{kind} was" if len(names) == 1 else f"{kind.replace('file', 'files', 1)} were"
        yield f"{len(names)} {kind} not read ({listed}). {why}"
