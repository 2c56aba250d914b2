"""What goes into a log: sentences of ours and of the libraries, never the message or the traceback of an exception.

A traceback quotes what was being read, and so what participants said; whoever runs a server keeps its log for years.
"""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

from annotations.errors import said_of

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LogLines(logging.Formatter):
    """Formats a record with the kind and place of an exception in place of its message and traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One line for the message, one for an exception."""
        plain = logging.makeLogRecord(record.__dict__)
        plain.exc_text = plain.stack_info = None
        if isinstance(plain.args, tuple):
            plain.args = tuple(said_of(arg) if isinstance(arg, BaseException) else arg for arg in plain.args)
        if isinstance(plain.msg, BaseException):
            plain.msg, plain.args = said_of(plain.msg), ()
        return super().format(plain)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 (logging's name)
        """Kind and place."""
        return said_of(ei[1]) if ei[1] is not None else ""


def keep_words_out() -> None:
    """Let every log line of this process, and every thread that fails, be written so."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(LogLines())
    for handler in logging.getLogger().handlers:
        handler.setFormatter(LogLines())

    def failed(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            sys.stderr.write(f"a thread ended: {said_of(args.exc_value)}\n")

    threading.excepthook = failed
