"""Change over waves: the same table for each wave side by side, and what is new, gone or turned round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from annotations.errors import BadInput
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.patterns.change import ABSENT, GONE, NEW, NOT_READ, STAYS, TURNED, Change, WaveCell, changes
from service.results.grid_figure import GridHead, GridMark, grid_figures
from service.results.patterns import in_order
from service.results.result_parts import ResultFigure, ResultParts, ResultTable
from service.results.study_findings import NOT_STATED, StudyFindings

if TYPE_CHECKING:
    from matplotlib.figure import Figure


HOW = (
    "New: no coding in the wave before, and some in this one. Gone: the other way round. Turned round: most sources of the "
    "one wave say that it helps, most of the other that it hinders. A wave in which no source of the column was read is "
    "marked so, and nothing is new or gone there. That a code is gone says that it was not found, not why."
)
_STANCES = {"helps": "helps", "hinders": "hinders", "both ways": "helps and hinders", "no direction": ""}
_SIGNS = {NEW: "+", GONE: "−", TURNED: "↔"}
_SHAPES = {
    "helps": ("^", "#111111"),
    "hinders": ("v", "#ffffff"),
    "both ways": ("D", "#999999"),
    "no direction": ("o", "#999999"),
}
_KEY = (
    (GridMark("^", "#111111"), "says that it helps"),
    (GridMark("v", "#ffffff"), "that it hinders"),
    (GridMark("D", "#999999"), "both"),
    (GridMark("o", "#999999"), "no direction"),
    (GridMark(words="3"), "number of codings"),
    (GridMark(words="+"), "new"),
    (GridMark(words="−"), "gone"),
    (GridMark(words="↔"), "turned round"),
    (GridMark(words="?"), "no source read"),
)


@dataclass(frozen=True)
class ChangeOverWaves:
    """Each code and column wave by wave; ``again``: the same for participants who were interviewed in several waves."""

    findings: StudyFindings
    waves: tuple[str, ...]
    found: tuple[Change, ...]
    participants: tuple[str, ...]
    again: tuple[Change, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """How it was counted."""
        people = (
            f"{counted(len(self.participants), 'participant')} took part in several waves: {', '.join(self.participants)}."
            if self.participants
            else "No participant took part in several waves."
        )
        out = sum(not kept.transcript.wave for kept in self.findings.read)
        left = f"{counted(out, 'source')} of no stated wave cannot be compared and {'is' if out == 1 else 'are'} left out."
        return (HOW, people, *((left,) if out else ()))

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "study": self.findings.study,
            "made": self.findings.made.isoformat(timespec="seconds"),
            "waves": list(self.waves),
            "columns_stand_for": list(self.findings.columns.names),
            "changes": [_change_json(change, self) for change in self.found],
            "participants": list(self.participants),
            "by_participant": [_change_json(change, self) for change in self.again],
            "notes": list(self.notes),
        }


class OneWave(BadInput):
    """There is nothing to compare yet: fewer than two waves were read."""


def change_of(findings: StudyFindings) -> ChangeOverWaves:
    """The change in these findings. Raises OneWave with fewer than two waves."""
    if len(findings.waves) < 2:
        said = f'only wave "{findings.waves[0]}" was read' if findings.waves else "nothing was read yet"
        raise OneWave(f"change takes two waves or more, and {said}. Import and code another wave first.")
    waves_of: dict[str, set[str]] = {}
    for kept in findings.read:
        if kept.transcript.participant:
            waves_of.setdefault(folded(kept.transcript.participant), set()).update(
                filter(None, (kept.transcript.wave,))
            )
    again = {who for who, waves in waves_of.items() if len(waves) > 1}
    theirs = [kept for kept in findings.read if folded(kept.transcript.participant) in again]
    name_of = {kept.id: kept.transcript.participant for kept in theirs}
    spelt = {folded(name): name for name in name_of.values()}
    column_of = {transcript_id: spelt[folded(name)] for transcript_id, name in name_of.items()}
    own = changes(
        [passage for passage in findings.found if passage.transcript in column_of],
        theirs,
        column_of,
        findings.waves,
    )
    people = tuple(sorted(spelt.values()))
    return ChangeOverWaves(
        findings,
        findings.waves,
        tuple(
            sorted(
                changes(findings.found, findings.read, findings.column_of, findings.waves),
                key=lambda it: in_order(findings, it.phase, it.code, it.column),
            )
        ),
        people,
        tuple(
            sorted(
                own,
                key=lambda it: (
                    people.index(it.column),
                    findings.phases.index(it.phase),
                    findings.rows.index(it.code),
                ),
            )
        ),
    )


def change_parts(changes: ChangeOverWaves) -> ResultParts:
    """As tables and pictures."""
    corner = changes.findings.corner
    people = (
        (_table(changes, changes.again, "By participant", "Participant"),) if changes.participants else ()
    )
    drawn = [_figure(changes, changes.found, changes.findings.column_names, "change", corner, "Wave by wave")]
    if changes.participants:
        drawn.append(
            _figure(
                changes, changes.again, changes.participants, "participants", "participant", "By participant"
            )
        )
    return ResultParts(
        title=f"{changes.findings.study}: change over waves",
        tables=(
            _summary(changes),
            _table(changes, changes.found, "Wave by wave", corner.capitalize()),
            *people,
        ),
        figures=tuple(drawn),
        notes=changes.notes,
    )


def _summary(changes: ChangeOverWaves) -> ResultTable:
    rows = []
    for column in changes.findings.column_names:
        for at, (a, b) in enumerate(pairwise(changes.waves)):
            counts = Counter(change.steps[at] for change in changes.found if change.column == column)
            rows.append(
                (
                    column or NOT_STATED,
                    f"{_wave(a)} → {_wave(b)}",
                    *(counts[k] for k in (NEW, GONE, TURNED, STAYS)),
                )
            )
    return ResultTable(
        name="Changes",
        subject="How many codes are new, gone, turned round, or stay, from wave to wave",
        columns=(changes.findings.corner.capitalize(), "Waves", "New", "Gone", "Turned round", "Stay"),
        rows=tuple(rows),
        widths=(3, 4, 1.5, 1.5, 2, 1.5),
    )


def _table(changes: ChangeOverWaves, its: Sequence[Change], name: str, corner: str) -> ResultTable:
    f = changes.findings
    steps = [f"{_wave(a)} → {_wave(b)}" for a, b in pairwise(changes.waves)]
    return ResultTable(
        name=name,
        subject=f"{name}: what was coded, by how many participants, and what changed",
        columns=("Phase", "Code", corner, *map(_wave, changes.waves), *steps),
        rows=tuple(
            (
                f.phase_label(change.phase),
                f.label(change.code),
                change.column or NOT_STATED,
                *map(_cell, change.cells),
                *change.steps,
            )
            for change in its
        ),
        widths=(2, 3.4, 2, *[2.4] * len(changes.waves), *[2.0] * len(steps)),
    )


def _wave(name: str) -> str:
    return f"Wave {name}"


def _cell(cell: WaveCell) -> str:
    if not cell.read:
        return NOT_READ
    if not cell.codings:
        return "0"
    said = _STANCES[cell.stance] if cell.stance else ""
    people = f", {counted(cell.informants, 'participant')}" if cell.informants else ""
    return f"{counted(cell.codings, 'coding')}{people}{f', {said}' if said else ''}"


def _figure(
    changes: ChangeOverWaves, its: Sequence[Change], names: Sequence[str], name: str, corner: str, of: str
) -> ResultFigure:
    return ResultFigure(
        name=name,
        subject=f"What was coded in each wave, by {corner}, and what is new, gone or turned round",
        describes="Signs for each code, column and wave, and what changed since the wave before; the table lists them.",
        of=of,
        draw=lambda tallest: _draw(changes, its, names, tallest),
    )


def _draw(
    changes: ChangeOverWaves, its: Sequence[Change], names: Sequence[str], tallest: float
) -> Iterator[Figure]:
    f = changes.findings
    by_place = {(change.phase, change.code, change.column): change for change in its}
    rows = list(dict.fromkeys((change.phase, change.code) for change in its))
    rows.sort(key=lambda it: (f.phases.index(it[0]), f.rows.index(it[1])))
    there = {change.column for change in its}
    columns = [(name, at) for name in names if name in there for at in range(len(changes.waves))]

    def mark(row: int, column: int) -> GridMark | None:
        name, at = columns[column]
        change = by_place.get((*rows[row], name))
        if change is None:
            return None
        cell, step = change.cells[at], change.steps[at - 1] if at else ""
        if not cell.read:
            return GridMark(words="?")
        if not cell.codings:
            return GridMark(words=_SIGNS[GONE]) if step == GONE else None
        shape, filled = _SHAPES[cell.stance or "no direction"]
        return GridMark(shape, filled, words=f"{cell.codings}{_SIGNS.get(step, '')}")

    several = len(f.phases) > 1
    return grid_figures(
        [GridHead(f.label(code), f.phase_label(phase) if several else "") for phase, code in rows],
        [GridHead(changes.waves[at], name or NOT_STATED) for name, at in columns],
        mark,
        _KEY,
        tallest=tallest,
    )


def _change_json(change: Change, changes: ChangeOverWaves) -> dict[str, Any]:
    label = changes.findings.label
    return {
        "phase": label(change.phase) if change.phase else "",
        "code": label(change.code),
        "column": change.column,
        "waves": {
            wave: {
                "codings": cell.codings,
                "informants": cell.informants,
                "direction": cell.stance,
                "sources_read": cell.read,
            }
            for wave, cell in zip(changes.waves, change.cells, strict=True)
        },
        "changes": [
            {"from": a, "to": b, "change": None if step == ABSENT else step}
            for (a, b), step in zip(pairwise(changes.waves), change.steps, strict=True)
        ],
    }
