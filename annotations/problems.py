"""What is wrong with many files or rows, each by its place, and said in few lines however many they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from annotations.errors import BadInput

MOST_LINES = 30
_PLACES = 3
_PLACE = re.compile(
    r'(?:, (?:row|line) (?P<row>\d+))?(?:, column "(?P<column>[^"]*)")?(?P<joined>: | )', re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file, or a row of it, cannot be used, or what is to be known of it.

    ``row``: None where the whole file is meant. ``joined``: what stands between place and reason in a sentence.

    >>> str(Problem("codings.csv", 'there is no code "Mony"', row=7, column="code"))
    'codings.csv, row 7, column "code": there is no code "Mony".'
    """

    file: str
    reason: str
    row: int | None = None
    column: str = ""
    joined: str = ": "

    def __str__(self) -> str:
        row = "" if self.row is None else f", row {self.row}"
        column = f', column "{self.column}"' if self.column else ""
        return f"{self.file}{row}{column}{self.joined}{_ended(self.reason)}"


class Problems(BadInput):
    """Many things are wrong with what was given; the message says each kind once, and ``more`` at its end."""

    def __init__(self, problems: Sequence[Problem], *more: str) -> None:
        super().__init__("\n".join([*in_few_lines(problems), *more]))
        self.problems = tuple(problems)
        self.more = more


def problem_of(file: Path | str, sentence: str) -> Problem:
    """The problem that a sentence tells of a file; most sentences begin with the file's place."""
    name = str(file)
    match = _PLACE.match(sentence, len(name)) if sentence.startswith(name) else None
    if match is None:
        return Problem(name, sentence)
    row = match["row"]
    return Problem(
        name,
        sentence[match.end() :],
        None if row is None else int(row),
        match["column"] or "",
        match["joined"],
    )


def in_few_lines(problems: Sequence[Problem]) -> tuple[str, ...]:
    """A line for each kind, the most frequent first: how often it is found, and its first three places.

    A kind is a column and a reason, whatever the file that it names. Beyond 30 kinds the rest is counted.
    """
    kinds: dict[tuple[str, str, str, str], list[Problem]] = {}
    for problem in problems:
        # rows of several files stay apart: a row's number says nothing without its file
        file = "" if problem.row is None else problem.file
        kinds.setdefault((file, problem.column, _of_any_file(problem), problem.joined), []).append(problem)
    several = [alike for alike in kinds.values() if len(alike) > 1]
    # one of each kind stay in their order, after those that explain many
    ordered = sorted(several, key=len, reverse=True) + [alike for alike in kinds.values() if len(alike) == 1]
    lines = [_line(alike) for alike in ordered[:MOST_LINES]]
    rest = ordered[MOST_LINES:]
    if rest:
        lines.append(f"… and {sum(map(len, rest)):,} more, of {len(rest):,} further kinds.")
    return tuple(lines)


def _of_any_file(problem: Problem) -> str:
    """The reason, with "…" for the name of the file itself where it is quoted: every file has another one."""
    if problem.row is not None:
        return problem.reason
    path = Path(problem.file)
    reason = problem.reason
    for own in (problem.file, path.name, path.stem):
        reason = reason.replace(f'"{own}"', '"…"') if own else reason
    return reason


def _line(alike: Sequence[Problem]) -> str:
    first = alike[0]
    if len(alike) == 1:
        return str(first)
    column = f', column "{first.column}"' if first.column else ""
    more = " …" if len(alike) > _PLACES else ""
    if first.row is not None:
        rows = ", ".join(str(problem.row) for problem in alike[:_PLACES])
        return f"{first.file}, rows {rows}{more} ({len(alike):,} ×){column}: {_ended(first.reason)}"
    files = ", ".join(problem.file for problem in alike[:_PLACES])
    reason = _of_any_file(first)
    said = f"each {reason}" if first.joined == " " else reason
    return f"{files}{more} ({len(alike):,} ×){column}: {_ended(said)}"


def _ended(reason: str) -> str:
    return reason if reason.endswith((".", "?", "…")) else f"{reason}."
