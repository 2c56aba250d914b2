"""Text in cells that no spreadsheet program runs, whatever it takes for the separator; and back.

A file with commas is split at semicolons where Excel's language does so, and at tabs when it is pasted. So a mark that
begins a formula is made harmless not only at the start of a cell, but after each usual separator within it. One
apostrophe is put before it, also where there are some already: so it can be told what was there before.
"""

from __future__ import annotations

import re

# the wide forms are the same to Excel in some languages
_MARK = "[=+\\-@＝＋－＠]"
# quotes may stand between: where a cell is split within, a program drops them
_BEGINS = re.compile(f"(?:^|(?<=[;,\t\r\n|]))(\"*)('*)(?={_MARK})")
_BEGAN = re.compile(f"(?:^|(?<=[;,\t\r\n|]))(\"*)('*)'(?={_MARK})")
_WHITE = re.compile("'*[\t\r\n]")
# what a workbook cannot hold
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def safe_text(text: str) -> str:
    """The text as it may stand in a cell of a CSV file or workbook."""
    plain = _BEGINS.sub(r"\1\2'", _UNFIT.sub("", text))
    return f"'{plain}" if _WHITE.match(plain) else plain


def text_of_safe(cell: str) -> str:
    """What ``safe_text`` was given; a cell that it did not make stays as it is, unless it looks like one."""
    plain = cell[1:] if cell.startswith("'") and _WHITE.match(cell) else cell
    return _BEGAN.sub(r"\1\2", plain)
