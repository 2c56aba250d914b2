"""Names of files that strangers gave, as names that are ours: nothing of them leads anywhere."""

from __future__ import annotations

import re
import unicodedata

MOST_PARTS = 12
LONGEST = 120
# of a name letters, digits, marks of letters and these signs are left; all else becomes "_"
_ALLOWED = frozenset(" -_.,()[]+&'@#=")
_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def safe_parts(given: str) -> tuple[str, ...]:
    """The folders and the name of a file as they may be made below a folder of ours; at least one, none of them special.

    >>> safe_parts("wave 1/../../etc/passwd")
    ('wave 1', 'etc', 'passwd')
    >>> safe_parts("C:\\\\Users\\\\Ada\\\\JKG-01.docx")
    ('C_', 'Users', 'Ada', 'JKG-01.docx')
    """
    plain = unicodedata.normalize("NFC", given.encode("utf-8", "replace").decode("utf-8"))
    parts = [_safe(part) for part in re.split(r"[/\\]+", plain)]
    kept = [part for part in parts if part][-MOST_PARTS:]
    return tuple(kept) or ("file",)


def _safe(part: str) -> str:
    """One name without what a system reads a meaning into."""
    signs = [
        sign if sign in _ALLOWED or unicodedata.category(sign)[0] in "LNM" else "_" for sign in part.strip()
    ]
    # no hidden file, no option, no folder above
    name = "".join(signs).lstrip(".-~ ").rstrip(". ")
    if _WINDOWS.fullmatch(name):
        name = f"_{name}"
    return _short(name)


def _short(name: str) -> str:
    """At most so many bytes as every file system takes, the ending kept."""
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 12:
        stem, ending = name, ""
    end = f".{ending}" if ending else ""
    while len(f"{stem}{end}".encode()) > LONGEST and stem:
        stem = stem[:-1]
    return f"{stem}{end}" if stem else name[:12]
