"""Which backups of a study were made on this machine, and where they go: kept in the state folder, outside every study.

A study may come from anybody, so a folder that only study.yaml names gets no backup before this machine's user has made
one there by hand; and only files that are known to be backups of this study are ever removed.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from annotations.errors import BadInput
from annotations.study.config import Study
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Good:
    """A backup that was verified when it was made."""

    file: str
    made: str
    bytes: int

    @property
    def is_there(self) -> bool:
        """Does the file still lie there, as large as it was?"""
        place = Path(self.file)
        return place.is_file() and not place.is_symlink() and place.stat().st_size == self.bytes

    @property
    def moment(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.made)


def size_said(count: int) -> str:
    """How large a file of so many bytes is."""
    return f"{count / 1e6:,.1f} MB" if count >= 1e5 else f"{max(1, round(count / 1e3)):,} KB"


@dataclass(frozen=True, slots=True)
class KeptBackups:
    """``good``: oldest first. ``folders``: those to which the user has let backups go by hand."""

    good: tuple[Good, ...] = ()
    folders: tuple[str, ...] = ()


def kept_for(settings: Settings, study: Study) -> KeptBackups:
    """What is known of this study's backups on this machine. What cannot be read counts as nothing."""
    if settings.state.resolve().is_relative_to(study.folder):
        return KeptBackups()
    try:
        plain = json.loads(_file(settings, study).read_text("utf-8"))
        good = tuple(
            Good(str(entry["file"]), str(entry["made"]), int(entry["bytes"])) for entry in plain["good"]
        )
        _ = [backup.moment for backup in good]
        return KeptBackups(good, tuple(str(folder) for folder in plain["folders"]))
    except (OSError, ValueError, KeyError, TypeError):
        return KeptBackups()


def last_good(settings: Settings, study: Study) -> Good | None:
    """The newest backup that was verified."""
    good = kept_for(settings, study).good
    return good[-1] if good else None


def note_good(settings: Settings, study: Study, new: Good, *, by_hand_to: Path | None) -> None:
    """Keep that this backup was verified, and which folder the user has named."""
    before = kept_for(settings, study)
    folders = list(before.folders)
    if by_hand_to is not None and str(by_hand_to) not in folders:
        folders.append(str(by_hand_to))
    others = [backup for backup in before.good if backup.file != new.file and Path(backup.file).exists()]
    _write(settings, study, KeptBackups((*others, new), tuple(folders)))


def remove_older(settings: Settings, study: Study, new: Good, keep: int) -> list[Path]:
    """Remove older good backups of this study beside the new one, so that ``keep`` remain; returns those removed."""
    known = kept_for(settings, study)
    beside = [
        backup
        for backup in known.good
        if Path(backup.file).parent == Path(new.file).parent and backup.file != new.file and backup.is_there
    ]
    removed = []
    for backup in _older(beside, keep):
        Path(backup.file).unlink()
        removed.append(Path(backup.file))
    left = tuple(backup for backup in known.good if Path(backup.file) not in removed)
    _write(settings, study, KeptBackups(left, known.folders))
    return removed


def _older(others: Sequence[Good], keep: int) -> list[Good]:
    """Those of ``others`` that go if the new one and ``keep`` - 1 of them stay."""
    newest_first = list(reversed(others))  # they are noted in the order in which they were made
    return newest_first[max(0, keep - 1) :]


def destination(settings: Settings, study: Study, given: Path | None) -> tuple[Path, bool]:
    """The folder for a backup, and whether it is the usual one. Raises BadInput for a place that cannot be used.

    The user's word, else study.yaml's where the user has confirmed it, else a folder beside the study's, else (where
    nothing can be written there) one in the state folder.
    """
    if given is not None:
        return _outside(study, given.expanduser().absolute()), False
    named = study.config.backup.to
    if named is not None:
        folder = _outside(study, (study.folder / Path(named).expanduser()).resolve())
        if str(folder) not in kept_for(settings, study).folders:
            raise BadInput(
                f'study.yaml: "backup.to" names {folder}, and nobody has confirmed this folder on this machine, so nothing '
                f'was written. If you want backups there, run "tandem backup --to {folder}" once.'
            )
        return folder, False
    return usual_folder(settings, study), True


def usual_folder(settings: Settings, study: Study) -> Path:
    """Beside the study's folder, where its owner finds it; in the state folder where nothing can be written there."""
    beside = study.folder.with_name(f"{study.folder.name}-backups")
    parent = beside if beside.exists() else beside.parent
    if study.folder.name and os.access(parent, os.W_OK) and not beside.is_symlink():
        return beside
    return settings.state / "backups" / study.folder.name


def _outside(study: Study, folder: Path) -> Path:
    if folder.resolve().is_relative_to(study.folder):
        raise BadInput(
            f"{folder} lies in the study's own folder: whoever loses the study would lose its backups too. Name a folder "
            f"elsewhere, best on another disk. Nothing was written."
        )
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file. Name a folder for the backups. Nothing was written.")
    return folder


def _write(settings: Settings, study: Study, kept: KeptBackups) -> None:
    file = _file(settings, study)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    whole = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump({"study": str(study.folder), **asdict(kept)}, out)
    whole.replace(file)


def _file(settings: Settings, study: Study) -> Path:
    return settings.state / "made-backups" / f"{token(study)}.json"


def token(study: Study) -> str:
    """A study's folder as a short name that says nothing of it."""
    return hashlib.sha256(str(study.folder).encode()).hexdigest()[:24]
