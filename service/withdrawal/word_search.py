"""Looking into every file below a study for passages that were erased: what is promised is looked at, not assumed."""

from __future__ import annotations

import json
import mmap
import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

LENGTH = 32
SHORTEST = 12
MOST_PASSAGES = 120
_WAYS = ("utf-8", "utf-16-le")


@dataclass(frozen=True, slots=True)
class WordSearch:
    """How many passages were looked for in how many files, and the files that hold one or could not be read."""

    passages: int
    files: int
    holding: tuple[Path, ...] = ()
    unread: tuple[Path, ...] = ()


def distinctive(texts: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """Runs of 32 characters from all over these texts that stand in none of the others, 120 at most.

    A text that is shorter is taken whole, if it has twelve characters at least.
    """
    lines: dict[str, None] = {}
    for line in (line.strip() for text in texts for line in text.splitlines()):
        if len(line) < LENGTH:
            lines.setdefault(line)
        else:
            lines.update(
                dict.fromkeys(line[at : at + LENGTH] for at in range(0, len(line) - LENGTH + 1, LENGTH))
            )
    long_enough = [line for line in lines if len(line) >= SHORTEST]
    # from all over, and more than are wanted: some may stand elsewhere too
    some = long_enough[:: max(1, len(long_enough) // (4 * MOST_PASSAGES))]
    usable = [line for line in some if not any(line in other for other in others)]
    return tuple(usable[:: max(1, -(-len(usable) // MOST_PASSAGES))])


def search(folder: Path, passages: Collection[str]) -> WordSearch:
    """Look for these passages in every file below ``folder``, as UTF-8, as UTF-16 and as JSON writes them."""
    forms = {form for passage in passages for form in _written(passage)}
    if not forms:
        return WordSearch(0, 0)
    wanted = re.compile(b"|".join(re.escape(form) for form in sorted(forms)))
    files, holding, unread = 0, [], []
    for file in _files(folder):
        files += 1
        try:
            if _holds(file, wanted):
                holding.append(file)
        except OSError:
            unread.append(file)
    return WordSearch(len(passages), files, tuple(holding), tuple(unread))


def _written(passage: str) -> Iterator[bytes]:
    for way in _WAYS:
        yield passage.encode(way, "surrogatepass")
    yield json.dumps(passage)[1:-1].encode()


def _files(folder: Path) -> Iterator[Path]:
    for here, _, names in os.walk(folder, followlinks=False):
        for file in (Path(here) / name for name in sorted(names)):
            if file.is_file() and not file.is_symlink():
                yield file


def _holds(file: Path, wanted: re.Pattern[bytes]) -> bool:
    with file.open("rb") as opened:
        if not file.stat().st_size:
            return False
        with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return wanted.search(content) is not None
