"""The two switches for files of an import, kept in study.yaml: no speakers here, unlabelled lines are the participant's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from annotations.errors import BadInput
from annotations.study.config import Study
from annotations.study.list_in_file import add_to_list


def entries_for(files: Sequence[Path]) -> list[str]:
    """How study.yaml names these files: a folder with "/" at its end, a pattern as it was given, a file by its name."""
    return [f"{file.absolute().name}/" if file.is_dir() else _pattern_or_name(file) for file in files]


def _pattern_or_name(file: Path) -> str:
    if file.exists() or not any(sign in str(file) for sign in "*?"):
        return file.name
    return "/".join(part for part in file.parts[-2:] if part not in ("..", "/"))


def with_choice(study: Study, key: str, files: Sequence[Path], *, write: bool) -> Study:
    """The study with these files in its list ``key`` (no_speakers or unlabelled_participant); in study.yaml too if
    ``write``. Raises BadInput where no file is named, or where they are in the other list already.
    """
    if not files:
        raise BadInput(f"--{key.replace('_', '-')} is said of files: name them, or their folder.")
    entries = entries_for(files)
    other = "unlabelled_participant" if key == "no_speakers" else "no_speakers"
    both = [entry for entry in entries if entry in getattr(study.config, other)]
    if both:
        raise BadInput(
            f"study.yaml lists {', '.join(both)} under {other} already, and both cannot be. Take it out there first."
        )
    if write:
        return add_to_list(study, key, entries)
    listed = tuple(dict.fromkeys((*getattr(study.config, key), *entries)))
    return Study(study.folder, study.config.model_copy(update={key: listed}))
