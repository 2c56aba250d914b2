"""After a withdrawal: is anything of theirs left, in the database or in a file of the study?"""

from __future__ import annotations

import re
from pathlib import Path

from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.store.forget_copies import rows_holding
from annotations.store.withdrawals import Withdrawal, rows_left
from annotations.study.config import FILE
from service.composition import Parts
from service.withdrawal.receipt import ErasedThing
from service.withdrawal.withdrawn import Withdrawn
from service.withdrawal.word_search import search


def look_afterwards(
    parts: Parts, tombstone: Withdrawal, passages: tuple[str, ...], withdrawn: Withdrawn
) -> None:
    """Look for what was erased: rows of the database, and their words in every file of the study."""
    with parts.store.reading() as connection:
        left = rows_left(connection, tombstone.transcript_ids, tombstone.participant)
    withdrawn.still_there += [
        f"{counted(count, 'row')} of table {name} in {parts.store.place}" for name, count in left.items()
    ]
    if not left:
        theirs = counted(tombstone.transcripts, "transcript")
        what = f"{theirs} with all words, passages, reviews, codings, memos and suggestions"
        withdrawn.gone.append(
            ErasedThing(what, parts.store.place, "every table read again: no row of theirs is there")
        )
    withdrawn.notes += _still_named(parts, tombstone.participant)
    look_for_words(parts, f"words of {tombstone.participant}", passages, withdrawn)


def look_for_words(parts: Parts, words: str, passages: tuple[str, ...], withdrawn: Withdrawn) -> None:
    """Look for words that were erased in every file of the study; ``words``: which they are."""
    if not passages:
        return
    with parts.store.reading() as connection:
        rows = rows_holding(connection, passages)
    withdrawn.still_there += [
        f"{counted(count, 'row')} of table {name} in {parts.store.place}, with words of theirs"
        for name, count in rows.items()
    ]
    seen = search(parts.study.folder, passages)
    unread = f"; {counted(len(seen.unread), 'file')} could not be read" if seen.unread else ""
    how = f"{counted(seen.passages, 'passage')} of theirs looked for in {counted(seen.files, 'file')}{unread}"
    ours = [file for file in seen.holding if _is_kept(parts, file)]
    withdrawn.still_there += [f"{file} still holds words of theirs" for file in ours]
    for file in seen.holding:
        if file in (parts.study.codebook_file, parts.study.folder / FILE):
            withdrawn.notes.append(f"{file} holds {words}, as an example, say. Take them out of it yourself.")
        elif file not in ours:
            withdrawn.notes.append(
                f"{file} holds {words}. Tandem does not keep this file: delete it yourself."
            )
    if not ours:
        none = "in none of those that Tandem keeps" if seen.holding else "in none"
        withdrawn.gone.append(
            ErasedThing("their words in the study's files", str(parts.study.folder), f"{how}: {none}")
        )


def _still_named(parts: Parts, participant: str) -> list[str]:
    """Lines of the files that people write by hand, in which Tandem changes nothing, that name the code."""
    name = re.compile(rf"(?<!\w){re.escape(folded(participant))}(?!\w)")
    named = []
    for file in (parts.study.folder / FILE, parts.study.codebook_file):
        try:
            lines = file.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            continue
        at = [number for number, line in enumerate(lines, 1) if name.search(folded(line))]
        if at:
            where = ", ".join(map(str, at))
            named.append(
                f"{file} still names {participant} (line {where}). Take it out yourself: Tandem leaves it as it is."
            )
    return named


def _is_kept(parts: Parts, file: Path) -> bool:
    """Is this one of the files in which Tandem keeps what it knows? Others were put into the study's folder by people."""
    study = parts.study
    kept = {study.database_file, study.embeddings_file, study.tracking_file, parts.database_file}
    return any(
        file.name.startswith(path.name) and file.parent == path.parent for path in kept if path
    ) or any(file.is_relative_to(folder) for folder in (study.models_folder, study.runs_folder))
