"""How results are printed: tables and sentences for people, JSON for programs, progress on the error stream."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from textwrap import indent
from typing import TYPE_CHECKING, Any

from annotations.progress import Progress

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

# a column of text is folded to this many places before figures go into a table below
_FOLDED = 16
_GAP = 2
# control characters but tab and line end, and those that turn the direction of writing
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def as_json(result: Any) -> None:
    """Print one JSON document on standard output."""
    sys.stdout.write(json.dumps(result, ensure_ascii=not takes_any_sign(), indent=2, default=str) + "\n")


def takes_any_sign() -> bool:
    """Does the output take every letter there is? A terminal or pipe of an older encoding does not."""
    return (sys.stdout.encoding or "utf-8").lower().replace("-", "").replace("_", "").startswith("utf")


def as_json_with_rows(name: str, rows: Iterable[Any], rest: Mapping[str, Any]) -> None:
    """Print one JSON document whose first part is a long list, row by row, so that it need not be in memory."""
    write, plain = sys.stdout.write, not takes_any_sign()
    write(f"{{\n  {json.dumps(name)}: [")
    between = "\n"
    for row in rows:
        write(between + indent(json.dumps(row, ensure_ascii=plain, indent=2, default=str), "    "))
        between = ",\n"
    write("\n  ]")
    for key, value in rest.items():
        write(f",\n  {json.dumps(key)}: {json.dumps(value, ensure_ascii=plain, default=str)}")
    write("\n}\n")


def console() -> Console:
    """Where people read results."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


def say(*lines: str) -> None:
    """Print sentences on standard output, exactly as they are."""
    for line in lines:
        console().print(shown(line), markup=False)


def warn(*lines: str) -> None:
    """Print sentences on the error stream, so that they never end up in a file of results."""
    from rich.console import Console

    out = Console(stderr=True, highlight=False, soft_wrap=True)
    for line in lines:
        out.print(f"[yellow]note:[/] {_escaped(line)}")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], numbers: int = 0) -> None:
    """Print a table; the last ``numbers`` columns are figures, set to the right.

    A figure is never cut, for half of one is another figure: text is folded, and where the figures still do not fit
    into the width, they stand in several tables one below the other, each with the columns of text.
    """
    from rich.console import Console

    cells = [tuple("–" if cell is None else shown(str(cell)) for cell in row) for row in rows]
    room = Console().width
    widths = [_width(at, columns, cells) for at in range(len(columns))]
    texts = range(len(columns) - numbers)
    for at, figures in enumerate(_parts(widths, len(texts), room)):
        kept = [*texts, *figures]
        part = _table(
            title if not at else "",
            [columns[place] for place in kept],
            [[row[place] for place in kept] for row in cells],
            len(figures),
        )
        out = Console(highlight=False, width=max(room, _least(widths, kept, len(texts))))
        if at:
            out.print()
        out.print(part)


def _width(at: int, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    from rich.cells import cell_len

    lines = (line for text in (columns[at], *(row[at] for row in cells)) for line in text.splitlines())
    return max(map(cell_len, lines), default=0)


def _least(widths: Sequence[int], kept: Sequence[int], texts: int) -> int:
    """The least width of a table of these columns: figures whole, text folded."""
    return sum(min(widths[at], _FOLDED) if at < texts else widths[at] for at in kept) + _GAP * len(kept)


def _parts(widths: Sequence[int], texts: int, width: int) -> list[list[int]]:
    """Which columns of figures stand beside each other: as many as fit beside the columns of text."""
    parts: list[list[int]] = [[]]
    for at in range(texts, len(widths)):
        if parts[-1] and _least(widths, [*range(texts), *parts[-1], at], texts) > width:
            parts.append([])
        parts[-1].append(at)
    return parts


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: int) -> Table:
    from rich.markup import escape
    from rich.table import Table

    made: Table = Table(
        title=_escaped(title) or None, title_justify="left", header_style="bold", box=None, pad_edge=False
    )
    for at, column in enumerate(columns):
        figure = at >= len(columns) - numbers
        made.add_column(
            _escaped(column), justify="right" if figure else "left", overflow="fold", no_wrap=figure
        )
    for row in rows:
        made.add_row(*map(escape, row))
    return made


def shown(text: str) -> str:
    """Text as a terminal may have it: what would steer it, such as in a file from somebody else, is made visible."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """A progress bar on the error stream: call with what is done and the total. Silent where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = sys.stderr.isatty()
    # the steps of a tuned encoder are minutes apart, and its first ones say little of the rest
    pace = 600
    with Bar(
        *columns, speed_estimate_period=pace, console=Console(stderr=True), transient=True, disable=not shown
    ) as bar:
        task = bar.add_task(what, total=None)

        def step(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield step


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(shown(text))
