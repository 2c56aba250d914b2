"""What a job that failed says to whoever asked for it: a sentence with what to do, and nobody's words."""

from __future__ import annotations

import logging
from pathlib import Path

from annotations.disk_faults import disk_fault_of
from annotations.errors import TandemError, said_of

log = logging.getLogger("tandem")
_UPDATED = (
    'If Tandem was updated since "tandem serve" was started, stop it and start it again, and try again. '
)
_ONCE_MORE = (
    "If it fails once more, give this line to whoever runs Tandem: it stands among the messages of tandem serve too, and "
    "tandem doctor looks at the machine."
)


def why_it_failed(error: Exception, folder: Path) -> str:
    """The sentence for this error. ``folder``: the study's, which its disk may have refused to take.

    A fault that nobody foresaw is logged too. Where a part of the program cannot be loaded, what runs is older than what
    is installed, and trying again alone does not help.
    """
    if isinstance(error, TandemError):
        return said_of(error)
    if (of_disk := disk_fault_of(error, folder)) is not None:
        return said_of(of_disk)
    log.error("a job failed: %s", said_of(error))
    first = _UPDATED if isinstance(error, ImportError | AttributeError) else f"Try it again. {_UPDATED}"
    return f"{said_of(error)}. {first}{_ONCE_MORE}"
