"""Change over waves: the same table for each wave side by side, and what is new, gone or turned round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from matplotlib.figure import Figure

from annotations.errors import BadInput
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.patterns.change import ABSENT, GONE, NEW, NOT_READ, STAYS, TURNED, Change, WaveCell, changes
from service.results.grid_figure import GridHead, GridMark, grid_figures
from service.results.patterns import in_order
from service.results.result_parts import ResultFigure, ResultParts, ResultTable
from service.results.study_findings import NOT_STATED, StudyFindings

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
            "changes": [_change_json(one, self) for one in self.found],
            "participants": list(self.participants),
            "by_participant": [_change_json(one, self) for one in self.again],
            "notes": list(self.notes),
        }


class OneWave(BadInput):
    """There is nothing to compare yet: fewer than two waves were read."""


def change_of(found: StudyFindings) -> ChangeOverWaves:
    """The change in these findings. Raises OneWave with fewer than two waves."""
    if len(found.waves) < 2:
        said = f'only wave "{found.waves[0]}" was read' if found.waves else "nothing was read yet"
        raise OneWave(f"change takes two waves or more, and {said}. Import and code another wave first.")
    waves_of: dict[str, set[str]] = {}
    for kept in found.read:
        if kept.transcript.participant:
            waves_of.setdefault(folded(kept.transcript.participant), set()).update(
                filter(None, (kept.transcript.wave,))
            )
    again = {who for who, waves in waves_of.items() if len(waves) > 1}
    theirs = [kept for kept in found.read if folded(kept.transcript.participant) in again]
    name_of = {kept.id: kept.transcript.participant for kept in theirs}
    spelt = {folded(name): name for name in name_of.values()}
    column_of = {one: spelt[folded(name)] for one, name in name_of.items()}
    own = changes([one for one in found.found if one.transcript in column_of], theirs, column_of, found.waves)
    people = tuple(sorted(spelt.values()))
    return ChangeOverWaves(
        found,
        found.waves,
        tuple(
            sorted(
                changes(found.found, found.read, found.column_of, found.waves),
                key=lambda it: in_order(found, it.phase, it.code, it.column),
            )
        ),
        people,
        tuple(
            sorted(
                own,
                key=lambda it: (
                    people.index(it.column),
                    found.phases.index(it.phase),
                    found.rows.index(it.code),
                ),
            )
        ),
    )


def change_parts(found: ChangeOverWaves) -> ResultParts:
    """As tables and pictures."""
    corner = found.findings.corner
    people = (_table(found, found.again, "By participant", "Participant"),) if found.participants else ()
    drawn = [_figure(found, found.found, found.findings.column_names, "change", corner, "Wave by wave")]
    if found.participants:
        drawn.append(
            _figure(found, found.again, found.participants, "participants", "participant", "By participant")
        )
    return ResultParts(
        title=f"{found.findings.study}: change over waves",
        tables=(
            _summary(found),
            _table(found, found.found, "Wave by wave", corner.capitalize()),
            *people,
        ),
        figures=tuple(drawn),
        notes=found.notes,
    )


def _summary(found: ChangeOverWaves) -> ResultTable:
    rows = []
    for column in found.findings.column_names:
        for at, (a, b) in enumerate(pairwise(found.waves)):
            counts = Counter(one.steps[at] for one in found.found if one.column == column)
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
        columns=(found.findings.corner.capitalize(), "Waves", "New", "Gone", "Turned round", "Stay"),
        rows=tuple(rows),
        widths=(3, 4, 1.5, 1.5, 2, 1.5),
    )


def _table(found: ChangeOverWaves, its: Sequence[Change], name: str, corner: str) -> ResultTable:
    f = found.findings
    steps = [f"{_wave(a)} → {_wave(b)}" for a, b in pairwise(found.waves)]
    return ResultTable(
        name=name,
        subject=f"{name}: what was coded, by how many informants, and what changed",
        columns=("Phase", "Code", corner, *map(_wave, found.waves), *steps),
        rows=tuple(
            (
                f.phase_label(one.phase),
                f.label(one.code),
                one.column or NOT_STATED,
                *map(_cell, one.cells),
                *one.steps,
            )
            for one in its
        ),
        widths=(2, 3.4, 2, *[2.4] * len(found.waves), *[2.0] * len(steps)),
    )


def _wave(name: str) -> str:
    return f"Wave {name}"


def _cell(cell: WaveCell) -> str:
    if not cell.read:
        return NOT_READ
    if not cell.codings:
        return "0"
    said = _STANCES[cell.stance] if cell.stance else ""
    people = f", {counted(cell.informants, 'informant')}" if cell.informants else ""
    return f"{counted(cell.codings, 'coding')}{people}{f', {said}' if said else ''}"


def _figure(
    found: ChangeOverWaves, its: Sequence[Change], names: Sequence[str], name: str, corner: str, of: str
) -> ResultFigure:
    return ResultFigure(
        name=name,
        subject=f"What was coded in each wave, by {corner}, and what is new, gone or turned round",
        describes="Signs for each code, column and wave, and what changed since the wave before; the table lists them.",
        of=of,
        draw=lambda tallest: _draw(found, its, names, tallest),
    )


def _draw(
    found: ChangeOverWaves, its: Sequence[Change], names: Sequence[str], tallest: float
) -> Iterator[Figure]:
    f = found.findings
    by_place = {(one.phase, one.code, one.column): one for one in its}
    rows = list(dict.fromkeys((one.phase, one.code) for one in its))
    rows.sort(key=lambda it: (f.phases.index(it[0]), f.rows.index(it[1])))
    there = {one.column for one in its}
    columns = [(name, at) for name in names if name in there for at in range(len(found.waves))]

    def mark(row: int, column: int) -> GridMark | None:
        name, at = columns[column]
        one = by_place.get((*rows[row], name))
        if one is None:
            return None
        cell, step = one.cells[at], one.steps[at - 1] if at else ""
        if not cell.read:
            return GridMark(words="?")
        if not cell.codings:
            return GridMark(words=_SIGNS[GONE]) if step == GONE else None
        shape, filled = _SHAPES[cell.stance or "no direction"]
        return GridMark(shape, filled, words=f"{cell.codings}{_SIGNS.get(step, '')}")

    several = len(f.phases) > 1
    return grid_figures(
        [GridHead(f.label(code), f.phase_label(phase) if several else "") for phase, code in rows],
        [GridHead(found.waves[at], name or NOT_STATED) for name, at in columns],
        mark,
        _KEY,
        tallest=tallest,
    )


def _change_json(one: Change, found: ChangeOverWaves) -> dict[str, Any]:
    label = found.findings.label
    return {
        "phase": label(one.phase) if one.phase else "",
        "code": label(one.code),
        "column": one.column,
        "waves": {
            wave: {
                "codings": cell.codings,
                "informants": cell.informants,
                "direction": cell.stance,
                "sources_read": cell.read,
            }
            for wave, cell in zip(found.waves, one.cells, strict=True)
        },
        "changes": [
            {"from": a, "to": b, "change": None if step == ABSENT else step}
            for (a, b), step in zip(pairwise(found.waves), one.steps, strict=True)
        ],
    }
