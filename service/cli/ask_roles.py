"""Asking a person at the terminal which speakers ask and which answer, once for all files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from service.cli.output import say

if TYPE_CHECKING:
    from annotations.study.config import Study
    from service.importing.import_outcome import UnknownSpeaker

_ASKED = 30


def ask_roles(study: Study, unknown: Sequence[UnknownSpeaker]) -> Study:
    """Ask about each speaker and write the answers to study.yaml; the study as it is afterwards."""
    from annotations.study.list_in_file import add_to_list

    asked = [speaker for speaker in unknown if not (speaker.counted and len(speaker.files) > 1)][:_ASKED]
    if not asked:
        return study
    say(
        "",
        "Of these speakers study.yaml does not say whether they ask or answer. Interviewers' turns are not coded.",
    )
    answers: dict[str, list[str]] = {"interviewers": [], "participant_speakers": []}
    for speaker in asked:
        key = _answer(speaker)
        if key:
            answers[key].append(speaker.label)
    for key, labels in answers.items():
        if labels:
            study = add_to_list(study, key, labels)
            say(
                f"Written to {study.folder / 'study.yaml'}: {key}: {', '.join(labels)}. It holds for all files."
            )
    return study


def _answer(speaker: UnknownSpeaker) -> str | None:
    """The key of study.yaml that the label belongs to, or None to decide later."""
    say(
        f'"{speaker.label}" speaks {_turns(speaker.turns)} in {_files(speaker.files)}; '
        f"{speaker.questions or 'none'} of them {'is a question' if speaker.questions == 1 else 'are questions'}. "
        f"It looks like somebody who {'asks' if speaker.asks else 'answers'}."
    )
    while True:
        given = typer.prompt(
            f'Is "{speaker.label}" an interviewer? y, n, or Enter to decide later',
            default="",
            show_default=False,
        )
        word = str(given).strip().casefold()
        if word in ("y", "yes"):
            return "interviewers"
        if word in ("n", "no"):
            return "participant_speakers"
        if not word:
            return None
        say("Type y for an interviewer, n for somebody who answers, or only Enter.")


def _turns(count: int) -> str:
    return "1 turn" if count == 1 else f"{count} turns"


def _files(files: Sequence[str]) -> str:
    from pathlib import Path

    names = [Path(file).name for file in files]
    return (
        names[0]
        if len(names) == 1
        else f"{len(names)} files ({', '.join(names[:3])}{' …' if len(names) > 3 else ''})"
    )
