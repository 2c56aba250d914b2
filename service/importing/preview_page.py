"""One page that shows how files would come in: the first turns of each, and what to look at. It holds participants'
words, so it is written for this user alone and loads nothing.
"""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from annotations.numbers_shown import counted
from annotations.problems import in_few_lines
from annotations.transcript import Role
from annotations.turn_numbers import shown_number
from service.importing.import_outcome import Imported, ImportedTranscript

FIRST_TURNS = 8
_LONGEST = 600


def write_preview(imported: Imported, page: Path) -> None:
    """Write the page, readable by its owner alone."""
    unfinished = page.with_name(f".{page.name}.new")
    unfinished.unlink(missing_ok=True)  # no link that somebody laid there
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(preview_page(imported))
    unfinished.replace(page)


def preview_page(imported: Imported) -> str:
    """The page as HTML. All words of the files are escaped."""
    template = (files("service") / "importing" / "import_preview.html").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["counted"] = counted
    return environment.from_string(template).render(
        files=[shown_file(at, read) for at, read in enumerate(imported.read)],
        refused=in_few_lines(imported.refused),
        not_read=imported.not_read,
        first_turns=FIRST_TURNS,
    )


def shown_file(at: int, read: ImportedTranscript) -> dict[str, object]:
    """What a preview shows of a file: its first turns with who speaks, and what to look at."""
    transcript, account = read.as_read, read.account
    roles = {speaker.label: speaker for speaker in read.speakers}
    return {
        "id": f"file-{at}",
        "name": Path(read.file).name,
        "reader": read.reader,
        "state": read.state,
        "layout": account.layout,
        "turns": len(transcript.turns),
        "speakers": [
            (speaker.label or "no label", _role(speaker.role, speaker.known, speaker.asks), speaker.turns)
            for speaker in read.speakers
        ],
        "look": read.suspicion.sentences,
        "warnings": read.warnings,
        "shown": [
            {
                "number": shown_number(turn.index),
                "speaker": turn.speaker,
                "asks": not turn.role.is_coded,
                "sure": turn.speaker not in roles or roles[turn.speaker].known,
                "words": _short(turn.span.of(transcript.text)),
            }
            for turn in transcript.turns[:FIRST_TURNS]
        ],
        "near": account.near,
        "left_out": account.left_out,
        "account": account,
    }


def _role(role: Role, known: bool, asks: bool) -> str:
    if known:
        return "answers" if role.is_coded else "asks"
    return "asks?" if asks else "answers?"


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rstrip()} …"
