"""What runs by itself in a database of Tandem's: the triggers that keep the audit log from being changed.

A database may come from a stranger, so whatever else would run in one is refused (``sqlite_file``); of these the words
are known, and all that they can do is to refuse.
"""

from __future__ import annotations

import re

_REFUSES = (
    "CREATE TRIGGER audit_log_is_not_{done} BEFORE {what} ON audit_log "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is not changed'); END"
)
TRIGGERS = (
    _REFUSES.format(done="changed", what="UPDATE"),
    _REFUSES.format(done="deleted", what="DELETE"),
)
# as sqlite_master keeps them, white space folded
OURS = "|".join(re.escape(name) for name in TRIGGERS)
