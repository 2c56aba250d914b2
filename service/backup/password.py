"""The password of a backup: from a file that nobody else reads."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from annotations.errors import BadInput


def password_in(file: Path, study: Path | None = None) -> str:
    """The first line of a file. Raises BadInput if others may read it, or if it lies in the study's folder."""
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            password = opened.readline(4096).decode("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"{file}: the password's file cannot be read. Give a text file with one line."
        ) from error
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise BadInput(
            f'{file}: others may read the password. Run "chmod 600 {file}" first. Nothing was done.'
        )
    if study is not None and file.resolve().is_relative_to(study):
        raise BadInput(f"{file} lies in the study's folder, which is handed on. Keep the password elsewhere.")
    if not password:
        raise BadInput(f"{file} is empty. Its first line is the password.")
    return password
