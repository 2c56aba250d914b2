"""Backups of the study that still hold somebody who withdrew: what killed ones have left goes, whole ones are named."""

from __future__ import annotations

from datetime import datetime

from annotations.numbers_shown import counted
from service.backup.kept import kept_for
from service.backup.workplace import killed_backups
from service.composition import Parts
from service.withdrawal.receipt import Gone
from service.withdrawal.withdrawn import Withdrawn

_NAMED = 8


def look_at_backups(parts: Parts, participant: str, since: datetime, found: Withdrawn) -> None:
    """Delete what killed backups have left, and name each whole one that was made before ``since``."""
    for file in killed_backups(parts.settings, parts.study):
        try:
            file.unlink(missing_ok=True)
            found.gone.append(
                Gone("an unfinished backup, which nobody could open", str(file), "looked for: not there")
            )
        except OSError as error:
            found.still_there.append(
                f"{file}, an unfinished backup, could not be deleted ({error.strerror}). Delete it yourself."
            )
    good = kept_for(parts.settings, parts.study).good
    # within the second in which both were made, a backup may be of either side
    holding = [one for one in good if one.is_there and one.moment <= since]
    if holding:
        names = ", ".join(one.file for one in holding[:_NAMED])
        more = f" and {len(holding) - _NAMED} more" if len(holding) > _NAMED else ""
        found.notes.append(
            f"{counted(len(holding), 'backup')} made before still {'holds' if len(holding) == 1 else 'hold'} {participant}: "
            f"{names}{more}. Delete what you need no longer. Whoever restores one on this machine gets it without "
            f"{participant}; elsewhere only with the tombstones."
        )
