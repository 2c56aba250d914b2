"""What "tandem import" says of single files: why their lines are taken as they are, the page, and what would change."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotations.problems import in_few_lines
from annotations.turn_numbers import shown_number
from service.cli.output import as_json, progress, say, table, warn

if TYPE_CHECKING:
    from service.composition import Parts
    from service.importing.import_outcome import Imported, ImportedTranscript

_SHOWN = 40


def explain(imported: Imported) -> None:
    """Print, for each file, how speakers were found, what nearly was a label, what is left out, and the words."""
    for read in imported.read:
        _explain(read)
    warn(*in_few_lines(imported.refused))


def _explain(read: ImportedTranscript) -> None:
    account, name = read.account, Path(read.file).name
    say("", f"{name}: {account.layout or read.reader}, {_count(len(read.as_read.turns), 'turn')}")
    roles = {speaker.label: speaker for speaker in read.speakers if speaker.label}
    if roles:
        rows = [
            (label, _role(speaker), account.speakers.get(label, ""), speaker.turns)
            for label, speaker in roles.items()
        ]
        table("", ("speaker", "", "taken for one because", "turns"), rows, numbers=1)
    if account.near:
        say("", "Lines that look like a label and were not taken:")
        for near in account.near[:_SHOWN]:
            say(f'  line {near.line}: "{near.begins}": {near.why}')
        _more(len(account.near))
    if account.left_out:
        say("", "Left out, because nobody says it:")
        for out in account.left_out[:_SHOWN]:
            say(f'  {out.where}: "{out.begins}": {out.why} ({_count(out.words, "word")})')
        _more(len(account.left_out))
    say(
        "",
        f"Words: {account.words_in:,} in the file = {account.kept:,} in turns + {account.marks:,} in labels, times and "
        f"numbers + {account.words_left_out:,} left out.",
    )
    for sentence in _look(read):
        say(f"Look at: {sentence}.")
    warn(*read.warnings, *_remedies(read))


def _look(read: ImportedTranscript) -> list[str]:
    """What to look at that is not said above, with the turns' numbers."""
    look = read.suspicion
    said = [f"{speaker} speaks once" for speaker in look.once]
    said.extend(
        f"turn {shown_number(long.turn)} of {long.speaker or 'no name'} has {long.words} words"
        for long in look.long
    )
    if look.missing:
        said.append(f"{look.missing} words of the file that this account does not find")
    return said


def _remedies(read: ImportedTranscript) -> list[str]:
    said = []
    if read.account.near:
        said.append(
            "if one of these lines does name a speaker, add the name to participant_speakers or interviewers of study.yaml "
            "and import again."
        )
    if any(speaker.label for speaker in read.speakers):
        said.append("if the file has no speakers, give --no-speakers, or --kind 'field note'.")
    if read.account.unlabelled:
        said.append(
            "only those who ask are labelled, or study.yaml says so: lines without a label are taken as the participant's."
        )
    return said


def open_preview(parts: Parts, imported: Imported, *, browser: bool) -> Path:
    """Write the page into the study's folder, and open it where somebody sits at a terminal."""
    from service.importing.preview_page import write_preview

    page = parts.study.import_preview
    write_preview(imported, page)
    if browser and sys.stdout.isatty():
        import webbrowser

        webbrowser.open(page.as_uri())
    return page


def show_reread(parts: Parts, files: Sequence[Path], described: Mapping[str, str], *, json: bool) -> None:
    """Print which transcripts would be read otherwise now."""
    from service.importing.reread import reread

    with progress("Reading again") as step:
        compared = reread(parts, files, described=described, progress=step)
    otherwise = [transcript for transcript in compared.compared if transcript.first is not None]
    if json:
        as_json(
            {
                "compared": [transcript.to_json() for transcript in compared.compared],
                "refused": [str(fault) for fault in compared.refused],
                "without_file": list(compared.without_file),
            }
        )
        return
    rows: list[Sequence[Any]] = [
        (
            transcript.transcript,
            ", ".join(transcript.speakers_before) or "none",
            ", ".join(transcript.speakers_after) or "none",
            shown_number(transcript.first or 0),
            transcript.before,
            transcript.after,
        )
        for transcript in otherwise
    ]
    if rows:
        columns = ("transcript", "speakers", "speakers now", "first other turn", "turns", "turns now")
        table("", columns, rows, numbers=3)
    say(
        "",
        f"{len(otherwise)} of {len(compared.compared)} would be read otherwise now. They stay as they are; to have one read "
        f"anew while nobody has coded it, import its file with --replace."
        if compared.compared
        else "No transcript was compared.",
    )
    if compared.without_file:
        warn(
            f"{_count(len(compared.without_file), 'transcript')} can only be compared with the file: give files or folders "
            f"after --reread."
        )
    warn(*in_few_lines(compared.refused))


def _role(speaker: Any) -> str:
    if speaker.known:
        return "answers" if speaker.role.is_coded else "asks"
    return "asks?" if speaker.asks else "answers?"


def _count(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


def _more(count: int) -> None:
    if count > _SHOWN:
        say(f"  … and {count - _SHOWN} more")
