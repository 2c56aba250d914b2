"""The next step of a study as a command."""

from __future__ import annotations

from service.looking.next_step import NextStep, next_step
from service.looking.wave_progress import StudyProgress


def next_command(study: StudyProgress) -> str:
    """What to do next: a command, or the review in Label Studio."""
    return command_of(next_step(study))


def command_of(step: NextStep) -> str:
    """The command that does a step."""
    if step.doing in ("precode", "push"):
        return f"tandem {step.doing} --wave {step.wave}" if step.wave else f"tandem {step.doing}"
    return {
        "import": "tandem import FILES…",
        "wait": f"wait for the worker ({step.work}); tandem jobs list says how far it is",
        "start worker": "tandem worker --once, unless tandem serve runs: its worker does what waits",
        "import codings": "tandem import-codings FILE (or tandem train, to start without codings)",
        "train": "tandem train",
        "review": "review the suggestions in Label Studio",
        "agree": "tandem agreement, then tandem matrix (what did people code alike, and what where?)",
    }[step.doing]
