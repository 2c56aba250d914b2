"""Backups of the study that still hold who withdrew, or words that were taken out: unfinished ones go, others are named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from annotations.numbers_shown import counted
from service.backup.kept import kept_for
from service.backup.workplace import killed_backups
from service.composition import Parts
from service.withdrawal.receipt import ErasedThing
from service.withdrawal.withdrawn import Withdrawn

_NAMED = 8


def look_at_backups(parts: Parts, participant: str, since: datetime, withdrawn: Withdrawn) -> None:
    """Delete what killed backups have left, and name each whole one that was made before ``since``."""
    _delete_unfinished(parts, withdrawn)
    said = _holding(parts, participant, since)
    if said:
        withdrawn.notes.append(
            f"{said} Whoever restores one on this machine gets it without {participant}; elsewhere only with the tombstones."
        )


def look_at_backups_of_words(
    parts: Parts, transcripts: Sequence[str], since: datetime, withdrawn: Withdrawn
) -> None:
    """The same for words that were taken out of transcripts."""
    _delete_unfinished(parts, withdrawn)
    words = f"the words that were taken out of {', '.join(dict.fromkeys(transcripts))}"
    said = _holding(parts, words, since)
    if said:
        withdrawn.notes.append(
            f"{said} Whoever restores one on this machine gets it without these words; elsewhere only with the receipt."
        )


def _delete_unfinished(parts: Parts, withdrawn: Withdrawn) -> None:
    for file in killed_backups(parts.settings, parts.study):
        try:
            file.unlink(missing_ok=True)
            withdrawn.gone.append(
                ErasedThing(
                    "an unfinished backup, which nobody could open", str(file), "looked for: not there"
                )
            )
        except OSError as error:
            withdrawn.still_there.append(
                f"{file}, an unfinished backup, could not be deleted ({error.strerror}). Delete it yourself."
            )


def _holding(parts: Parts, what: str, since: datetime) -> str:
    good = kept_for(parts.settings, parts.study).good
    # within the second in which both were made, a backup may be of either side
    holding = [backup for backup in good if backup.is_there and backup.moment <= since]
    if not holding:
        return ""
    names = ", ".join(backup.file for backup in holding[:_NAMED])
    more = f" and {len(holding) - _NAMED} more" if len(holding) > _NAMED else ""
    return (
        f"{counted(len(holding), 'backup')} made before still {'holds' if len(holding) == 1 else 'hold'} {what}: "
        f"{names}{more}. Delete what you need no longer."
    )
