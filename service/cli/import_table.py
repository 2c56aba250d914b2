"""The table that "tandem import" prints: what was read, who speaks, and what to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotations.problems import Problem, in_few_lines
from service.cli.output import say, table, warn
from service.cli.settle import show_waiting

if TYPE_CHECKING:
    from service.importing.import_outcome import Imported

_SHOWN = 60
_TRANSCRIPT = 1
_BELONGS = (3, 4, 5, 6)  # the columns of the table that say where a transcript belongs
_LOOK = 8
_ROLES = {"interviewer": "asks", "participant": "answers"}


def show(imported: Imported) -> None:
    """Print the table of what was read, and what each file has to be told."""
    rows = [
        (
            Path(read.file).name,
            read.transcript.name,
            read.reader,
            read.transcript.participant or "–",
            read.transcript.case or "–",
            read.transcript.site or "–",
            read.transcript.wave or "–",
            _speakers(read.speakers),
            "\n".join(read.suspicion.sentences) or "–",
            read.state,
            len(read.transcript.turns),
        )
        for read in imported.read
    ]
    belongs = ("participant", "case", "site", "wave")
    columns = ("file", "transcript", "reader", *belongs, "speakers", "to look at", "", "turns")
    unsaid = [at for at in _BELONGS if all(row[at] == "–" for row in rows)]
    left = {*unsaid, *([_LOOK] if all(row[_LOOK] == "–" for row in rows) else [])}
    if len({read.file for read in imported.read}) == len(rows):
        left.add(_TRANSCRIPT)  # it is called as its file is
    shown = [at for at in range(len(columns)) if at not in left]
    if rows:
        table(
            "", [columns[at] for at in shown], [[row[at] for at in shown] for row in rows[:_SHOWN]], numbers=1
        )
    if len(rows) > _SHOWN:
        say(f"… and {len(rows) - _SHOWN} more")
    waiting = [passage for read in imported.read if read.replaced for passage in read.replaced.waiting]
    if waiting:
        say("", "The words of these changed, so they count no more until a person says whether they hold:")
        show_waiting(waiting[:_SHOWN])
        if len(waiting) > _SHOWN:
            say(f'… and {len(waiting) - _SHOWN} more: "tandem settle" lists all')
    warn(
        *in_few_lines(
            [Problem(Path(read.file).name, said) for read in imported.read for said in read.warnings]
        )
    )
    unknown = f"; no {_one_of([columns[at] for at in unsaid])} is said of any" if rows and unsaid else ""
    say("", (counts(imported) or "no transcript was read") + unknown)
    suspicious = [read for read in imported.read if read.suspicion.sentences]
    if suspicious:
        name = Path(suspicious[0].file).name
        say(
            f"{len(suspicious)} of {len(imported.read)} {'has' if len(suspicious) == 1 else 'have'} something to look at: "
            f'"tandem import --explain {name}" says where and why, "tandem import --preview" shows the first turns.'
        )


def _one_of(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]


def counts(imported: Imported) -> str:
    """How many transcripts are new, how many were there already, and so on."""
    return ", ".join(f"{count} {state}" for state, count in imported.states.items())


def _speakers(speakers: Any) -> str:
    """Who asks and who answers, a line each; "?" where study.yaml does not say so and it is only a guess."""
    shown = [speaker for speaker in speakers if speaker.label]
    if not shown:
        return "none (paragraphs)"
    lines = []
    for speaker in shown[:4]:
        guess = "asks?" if speaker.asks else "answers?"
        lines.append(f"{speaker.label} {_ROLES[speaker.role.value] if speaker.known else guess}")
    return "\n".join(lines + ([f"… {len(shown) - 4} more"] if len(shown) > 4 else []))
