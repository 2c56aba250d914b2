"""That words were taken out of a transcript, kept outside the study, so that a backup which is put back forgets them too.

It holds no words: the transcript's id, when, by whom, and where in which text they stood (see ``taken_out``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.errors import BadInput
from annotations.store.database import Store
from annotations.store.kept_outside import keep_files, keep_rows, plain_of, read_files, read_rows
from annotations.store.tables import forgettings, transcripts
from annotations.store.tombstones import study_id
from annotations.store.transcript_versions import versions_of
from annotations.store.transcripts import KeptTranscript
from annotations.taken_out import TakenOut, taken_out_of

TABLE = "forgettings"


@dataclass(frozen=True, slots=True)
class ForgottenWords:
    """``texts``: each text of the transcript that held the words. ``id``: the forgetting's."""

    id: UUID
    study: UUID
    transcript: UUID
    texts: tuple[TakenOut, ...]
    by: str
    created: datetime

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "id": str(self.id),
            "study": str(self.study),
            "transcript": str(self.transcript),
            "texts": [text.to_json() for text in self.texts],
            "by": self.by,
            "when": self.created.isoformat(),
        }


def forgotten_of(plain: Any) -> ForgottenWords:
    """From plain data; raises BadInput for what is none."""
    try:
        made = ForgottenWords(
            UUID(plain["id"]),
            UUID(plain["study"]),
            UUID(plain["transcript"]),
            tuple(map(taken_out_of, plain["texts"])),
            str(plain["by"]),
            datetime.fromisoformat(plain["when"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadInput("this says of no transcript where words were taken out.") from None
    if made.created.tzinfo is None:
        raise BadInput("this says of no transcript where words were taken out: its time needs a zone.")
    return made


def forgotten_from(file: Path) -> tuple[ForgottenWords, ...]:
    """Those in a receipt, or in a file that "tandem withdraw --save-tombstones" wrote; none where it names none.

    Raises BadInput for a file whose word of them cannot be read.
    """
    try:
        plain = plain_of(file.read_text("utf-8"))
        given = plain.get("forgotten", []) if isinstance(plain, Mapping) else []
        return tuple(map(forgotten_of, given))
    except (OSError, ValueError, TypeError):
        raise BadInput(
            f"{file} cannot be read as JSON. Give the .json of a receipt, or a file of tombstones."
        ) from None
    except BadInput as error:
        raise BadInput(f"{file}: {error}") from None


def words_to_forget(
    connection: Connection,
    kept: KeptTranscript,
    new: UUID,
    *,
    by: str,
    created: datetime,
    before: Sequence[ForgottenWords],
) -> ForgottenWords:
    """What is about to be forgotten of a transcript: asked before the texts go.

    ``before``: what was forgotten earlier; of the texts that held those words, what has gone since is known by place.
    """
    now = kept.transcript.text
    earlier = [version.text for version in versions_of(connection, kept.id) if version.text is not None]
    texts = [TakenOut.between(text, now) for text in earlier]
    own = sorted(
        (forgotten for forgotten in before if forgotten.transcript == kept.id),
        key=lambda forgotten: forgotten.created,
    )
    if own and earlier:
        # the oldest text that is left is the one that the earlier forgetting had made
        texts += [text.and_then(earlier[0], now) for text in own[-1].texts]
    return ForgottenWords(new, study_id(connection), kept.id, tuple(texts), by, created)


def kept_forgotten(store: Store, folder: Path) -> tuple[ForgottenWords, ...]:
    """Those of every study in the state folder, and those beside the study's schema. Raises TandemError."""
    return (*read_files(folder, forgotten_of, _unreadable), *read_rows(store, TABLE, forgotten_of, _ROW))


def keep_forgotten(store: Store, folder: Path, forgotten: Iterable[ForgottenWords]) -> None:
    """Keep them in both. Raises OSError and TandemError."""
    plain = {words.id: words.to_json() for words in forgotten}
    keep_files(folder, plain)
    keep_rows(store, TABLE, plain)


def unknown_here(connection: Connection, forgotten: Iterable[ForgottenWords]) -> list[ForgottenWords]:
    """Those of transcripts of this study of which its database does not know, oldest first."""
    given = list({words.id: words for words in forgotten}.values())
    if not given:
        return []
    known = set(connection.execute(select(forgettings.c.id)).scalars())
    there = set(connection.execute(select(transcripts.c.id)).scalars())
    mine = [words for words in given if words.id not in known and words.transcript in there]
    return sorted(mine, key=lambda words: words.created)


_ROW = (
    "says where words were taken out of a transcript, and cannot be read, so that nobody can tell whether this study still "
    'holds them. Put the schema back from a backup, or delete the row and run "tandem withdraw --tombstones RECEIPT" with '
    "the receipt of that correction."
)


def _unreadable(file: Path) -> str:
    return (
        f"{file} says where words were taken out of a transcript, and cannot be read, so that nobody can tell whether this "
        f"study still holds them. Put the file back from a copy, or take the receipt of that correction, delete the file "
        f'and run "tandem withdraw --tombstones RECEIPT".'
    )
