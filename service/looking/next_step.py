"""What somebody who runs a study does next, and why: the one place that says so. Pages and commands word it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from annotations.numbers_shown import counted
from service.looking.wave_progress import JOBS_IN_WORDS, StudyProgress

Doing = Literal[
    "import", "wait", "start worker", "import codings", "train", "precode", "push", "review", "agree"
]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do, of which wave ("" for the only one), and why. ``work``: what a worker is at, where one is."""

    doing: Doing
    why: str
    wave: str = ""
    work: str = ""


def next_step(study: StudyProgress) -> NextStep:
    """The next step. What a job does or is about to do is nobody's next step."""
    if not study.waves:
        return NextStep("import", "No interviews are in the study yet.")
    at_it = {job.kind: job for job in reversed(study.jobs) if job.under_way}
    for job in at_it.values():
        if job.state == "running":
            what = JOBS_IN_WORDS.get(job.kind, job.kind)
            return NextStep("wait", f"A worker is at it: {what}.", work=what)
    if at_it:
        return NextStep("start worker", "A job waits for a worker.")
    if study.model is None:
        if study.codings or study.reviews:
            return NextStep("train", "People have coded, and no model has learnt from it yet.")
        return NextStep(
            "import codings", "The model learns from what people have coded, and nothing is coded yet."
        )
    if not study.model.up_to_date:
        return NextStep(
            "train", "The codebook or the way passages are cut has changed since the model was trained."
        )
    return _with_model(study)


def _with_model(study: StudyProgress) -> NextStep:
    for name, wave in study.waves.items():
        if wave.reviewed < wave.segments and wave.suggested < wave.segments:
            without = counted(wave.segments - wave.suggested, "passage has", "passages have")
            return NextStep("precode", f"{without} no suggestions yet{_of(name)}.", name)
    for name, wave in study.waves.items():
        if wave.reviewed < wave.segments and wave.pushed < wave.segments:
            without = counted(wave.segments - wave.pushed, "passage is", "passages are")
            return NextStep("push", f"{without} not handed out yet{_of(name)}.", name)
    if study.not_learnt and all(wave.reviewed >= wave.segments for wave in study.waves.values()):
        return NextStep(
            "train", f"{counted(study.not_learnt, 'review')} came in that no model has learnt yet."
        )
    left = sum(wave.segments - wave.reviewed for wave in study.waves.values())
    if not left:
        return NextStep("agree", "All passages are reviewed.")
    return NextStep("review", f"{counted(left, 'passage waits', 'passages wait')} for a person.")


def _of(wave: str) -> str:
    return f" in wave {wave}" if wave else ""
