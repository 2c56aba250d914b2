"""What a browser sent at one time: its files in a folder of ours, what people have said of them, and what a look found."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Literal, get_args
from uuid import UUID

from annotations.errors import BadInput
from annotations.numbers_shown import counted
from service.bringing_in.safe_names import safe_parts
from service.composition import Parts
from service.passing_files.folders import (
    folder_of,
    folders,
    make_private,
    new_folder,
    read_plain,
    remove,
    write_plain,
)

MOST_FILES = 1000
MOST_BYTES_OF_ONE = 100_000_000
MOST_BYTES = 200_000_000
_CHUNK = 1 << 20
Kind = Literal["transcript", "manifest", "codings", "participants", "codebook", "project", "beside"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_SAID, SEEN = "said.json", "seen.json"


class UploadGone(BadInput):
    """An upload that is not here any more: brought in, left, or swept."""

    def __init__(self) -> None:
        super().__init__(
            "These files are not here any more: they were brought in or left, or nobody touched them for a day. "
            "Send them again."
        )


@dataclass
class SentFile:
    """A file. ``name``: with its folders, as it was sent; ``place``: where it lies below the upload's folder."""

    number: int
    name: str
    place: str
    kind: Kind
    bytes: int

    @property
    def short(self) -> str:
        """Its name without folders."""
        return self.name.rpartition("/")[2]


@dataclass
class UploadAnswers:
    """What people have said. Numbers of files are keys as words, "all" stands for all transcripts alike.

    ``described``: what a manifest's columns say; ``attributes``: of a file's participant; ``roles``: "interviewer" or
    "participant" by speaker; ``lines``: "no_speakers" or "unlabelled_participant" by file; ``asked``: what is asked of a
    table or a project besides (``complete``, ``coder`` …); ``same``: a speaker whose label is misspelt to the one meant.
    """

    described: dict[str, dict[str, str]] = field(default_factory=dict)
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    replace: bool = False
    same: dict[str, str] = field(default_factory=dict)


@dataclass
class Upload:
    """All of it. ``job``: the one that looks or brings in, where a worker does it; ``version``: raised by each change;
    ``brought``: the record under which its files came in, "" while they wait.
    """

    id: UUID
    folder: Path
    by: str
    created: datetime
    files: list[SentFile] = field(default_factory=list)
    said: UploadAnswers = field(default_factory=UploadAnswers)
    job: str = ""
    version: int = 1
    brought: str = ""

    def file(self, number: int) -> SentFile:
        """The file with this number. Raises BadInput."""
        for file in self.files:
            if file.number == number:
                return file
        raise BadInput("these files hold none of this number.")

    def path(self, sent: SentFile) -> Path:
        """Where a file lies."""
        return self.folder / sent.place

    def of_kind(self, *kinds: Kind) -> list[SentFile]:
        """The files of these kinds, in the order in which they were sent."""
        return [file for file in self.files if file.kind in kinds]

    @property
    def bytes(self) -> int:
        """How large all files are."""
        return sum(file.bytes for file in self.files)

    def save(self) -> None:
        """Keep what is known of it; what a look found before does not hold any more."""
        self.version += 1
        write_plain(
            self.folder / _SAID,
            {
                "by": self.by,
                "created": self.created.isoformat(),
                "files": [asdict(file) for file in self.files],
                "said": asdict(self.said),
                "job": self.job,
                "version": self.version,
                "brought": self.brought,
            },
        )

    def keep_job(self, job: str) -> None:
        """Note which job is at it."""
        self.job = job
        self.version -= 1
        self.save()

    def keep_seen(self, seen: Mapping[str, Any]) -> None:
        """Keep what a look found."""
        write_plain(self.folder / SEEN, {"version": self.version, **seen})

    @property
    def seen(self) -> dict[str, Any] | None:
        """What the newest look found, None where nobody has looked since the last change."""
        seen_before = read_plain(self.folder / SEEN)
        return seen_before if seen_before is not None and seen_before.get("version") == self.version else None

    def leave_out(self, sent: SentFile) -> None:
        """Delete a file: it is not to come in."""
        self.path(sent).unlink(missing_ok=True)
        self.files.remove(sent)

    def change_kind(self, sent: SentFile, kind: Kind) -> None:
        """Take a file for something else."""
        if kind not in KINDS:
            raise BadInput(f'"{kind}" is no kind of file.')
        place = _place(self.folder, sent.name, sent.number, kind)
        target = self.folder / place
        make_private(target.parent, self.folder)
        self.path(sent).replace(target)
        sent.place, sent.kind = place, kind

    def remove(self) -> None:
        """Delete all of it."""
        remove(self.folder)


def receive(parts: Parts, sent: Iterable[tuple[str, IO[bytes]]], *, by: str, kind_of: Any) -> Upload:
    """Put files into a folder of ours, each for its owner alone. ``kind_of``: guesses what a file is, from its path.

    Raises BadInput for too many, too large, or no files; nothing is left of them then.
    """
    upload_id, folder = new_folder(parts, "in")
    upload = Upload(upload_id, folder, by, datetime.now(UTC))
    try:
        for number, (name, content) in enumerate(sent, start=1):
            if number > MOST_FILES:
                raise BadInput(
                    f"these are more than {MOST_FILES:,} files. Send them in several parts; nothing was taken."
                )
            shown = "/".join(safe_parts(name))
            if shown.rpartition("/")[2].lower() in ("thumbs.db", "desktop.ini", "ds_store"):
                continue
            upload.files.append(_receive_one(upload, number, shown, content, upload.bytes))
        if not upload.files:
            raise BadInput("no file was sent. Choose files or a folder, or drop them into the field.")
        for file in upload.files:
            upload.change_kind(file, kind_of(upload.path(file)))
        upload.save()
    except BaseException:
        remove(folder)
        raise
    return upload


def put_instead(
    upload: Upload, sent: SentFile, name: str, content: IO[bytes], kind_of: Callable[[Path], Kind]
) -> None:
    """Take another file in the place of one; what is said of it stays. Raises BadInput as ``receive`` does."""
    others = sum(file.bytes for file in upload.files if file is not sent)
    arrived = _receive_one(upload, sent.number, "/".join(safe_parts(name)), content, others)
    upload.path(sent).unlink(missing_ok=True)
    sent.name, sent.place, sent.bytes = arrived.name, arrived.place, arrived.bytes
    upload.change_kind(sent, kind_of(upload.path(sent)))


def _receive_one(upload: Upload, number: int, shown: str, content: IO[bytes], others: int) -> SentFile:
    place = f"arriving/{number}/{shown.rpartition('/')[2]}"
    path = upload.folder / place
    make_private(path.parent, upload.folder)
    size = 0
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > MOST_BYTES_OF_ONE or others + size > MOST_BYTES:
                most = MOST_BYTES_OF_ONE if size > MOST_BYTES_OF_ONE else MOST_BYTES
                what = "this file is" if size > MOST_BYTES_OF_ONE else "with this file all are"
                raise BadInput(
                    f"{shown}: {what} larger than {most // 1_000_000} MB. Is it a recording? Transcripts are small; send "
                    f"others in several parts. Nothing was taken."
                )
            out.write(chunk)
    return SentFile(number, shown, place, "transcript", size)


def _place(folder: Path, name: str, number: int, kind: Kind) -> str:
    """Where a file of this kind lies: transcripts in the folders in which they were sent, others each alone."""
    parts = safe_parts(name)
    if kind != "transcript":
        return f"others/{number}/{parts[-1]}"
    place = "/".join(("transcripts", *parts))
    target = folder / place
    # two names that are one here, or a file where another needs a folder: a folder of its own
    return f"transcripts/{number}/{parts[-1]}" if target.exists() or _is_file_above(folder, target) else place


def _is_file_above(folder: Path, target: Path) -> bool:
    return any(parent.is_file() for parent in target.parents if parent.is_relative_to(folder))


def open_upload(parts: Parts, upload_id: UUID) -> Upload:
    """The upload with this id. Raises UploadGone, also for one whose files came in."""
    folder = folder_of(parts, "in", upload_id)
    upload_read = None if folder is None else _read(upload_id, folder)
    if upload_read is None or upload_read.brought:
        raise UploadGone
    return upload_read


def all_uploads(parts: Parts) -> list[Upload]:
    """Those that wait, the newest first."""
    waiting = (upload for upload in uploads_there(parts) if not upload.brought)
    return sorted(waiting, key=lambda upload: upload.created, reverse=True)


def uploads_there(parts: Parts) -> list[Upload]:
    """All that lie here, also those whose files came in and that are kept for an undo."""
    uploads = [_read(upload_id, folder) for upload_id, folder in folders(parts, "in")]
    return [upload for upload in uploads if upload is not None]


def in_words(upload: Upload) -> str:
    """What it is, for a list."""
    kinds = {kind: len(upload.of_kind(kind)) for kind in KINDS}
    nouns = {
        "participants": "table of participants",
        "codings": "file of codings",
        "beside": "file beside a project",
    }
    said = []
    for kind, count in kinds.items():
        if count:
            noun = nouns.get(kind, kind)
            several = noun.replace("table", "tables").replace("file", "files") if noun != kind else None
            said.append(counted(count, noun, several or f"{noun}s"))
    return ", ".join(said)


def _read(upload_id: UUID, folder: Path) -> Upload | None:
    plain = read_plain(folder / _SAID)
    if plain is None:
        return None
    return Upload(
        upload_id,
        folder,
        plain["by"],
        datetime.fromisoformat(plain["created"]),
        [SentFile(**file) for file in plain["files"]],
        UploadAnswers(**plain["said"]),
        plain["job"],
        plain["version"],
        plain.get("brought", ""),
    )
