"""What somebody who runs a study does next."""

from __future__ import annotations

from service.looking.wave_progress import JOBS_IN_WORDS, StudyProgress


def next_command(study: StudyProgress) -> str:
    """What to do next: a command, or the review in Label Studio. The one place that says so.

    What a job does or is about to do is nobody's next step.
    """
    if not study.waves:
        return "tandem import FILES…"
    at_it = {job.kind: job for job in reversed(study.jobs) if job.under_way}
    for job in at_it.values():
        if job.state == "running":
            return f"wait for the worker ({JOBS_IN_WORDS.get(job.kind, job.kind)}); tandem jobs list says how far it is"
    if at_it:
        return "tandem worker --once, unless tandem serve runs: its worker does what waits"
    if study.model is None:
        has = study.codings or study.reviews
        return (
            "tandem train"
            if has
            else "tandem import-codings FILE (or tandem train, to start without codings)"
        )
    if not study.model.up_to_date:
        return "tandem train"
    for command, done in (("precode", "suggested"), ("push", "pushed")):
        for name, wave in study.waves.items():
            if wave.reviewed < wave.segments and getattr(wave, done) < wave.segments:
                return f"tandem {command} --wave {name}" if name else f"tandem {command}"
    if study.not_learnt and all(wave.reviewed >= wave.segments for wave in study.waves.values()):
        return "tandem train"
    return "review the suggestions in Label Studio"
