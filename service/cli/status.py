"""tandem status: how far each wave is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from typing import TYPE_CHECKING

from service.cli.options import JsonOption, StudyOption, WhereOption, chosen
from service.cli.output import as_json, say, table

if TYPE_CHECKING:
    from service.looking.wave_progress import ModelInService

NAME = "status"


def command(where: WhereOption = None, study: StudyOption = None, json: JsonOption = False) -> None:
    """Show how far each wave is, and what comes next."""
    from annotations.numbers_shown import counted
    from service.composition import open_parts
    from service.looking.next_command import next_command
    from service.looking.wave_progress import progress_of

    with open_parts(chosen(study)) as parts:
        progress = progress_of(parts, where or ())
    if json:
        as_json(progress.to_json())
        return
    say(f"{progress.study}  ({progress.folder})", "")
    if not progress.waves:
        say(f"There are no transcripts yet. Next: {next_command(progress)}")
        return
    rows = [(name or "(none)", *astuple(wave)) for name, wave in progress.waves.items()]
    if where:
        say(f"Only of those with {' and '.join(where)}:")
    table(
        "",
        ("wave", "transcripts", "segments", "reviewed", "with suggestions", "in Label Studio"),
        rows,
        numbers=5,
    )
    say(
        "",
        f"{counted(progress.codings, 'coding')} in {counted(progress.reviews, 'review')} by "
        f"{counted(len(progress.coders), 'coder')}",
    )
    if progress.attributes:
        say(f"Attributes: {', '.join(_known_of(name, its) for name, its in progress.attributes.items())}")
    for begun in progress.begun:
        say(begun.in_words)
    if progress.set_aside:
        are = counted(progress.set_aside, "annotation is", "annotations are")
        say(f"{are} set aside: tandem pull says why and what to do.")
    if progress.to_settle:
        wait = counted(progress.to_settle, "review or coding waits", "reviews and codings wait")
        say(f"{wait} for a person, since the words were corrected: tandem settle lists them.")
    if progress.not_forgotten:
        say(
            f"The words that were taken out of {', '.join(progress.not_forgotten)} are not erased everywhere yet: "
            f"tandem doctor says what to do."
        )
    say(_about_model(progress.model, progress.no_model))
    if progress.not_learnt:
        say(f"{counted(progress.not_learnt, 'new review')} that no model has learnt yet.")
    for job in progress.jobs:
        if job.under_way:
            say(job.in_words)
    say("", f"Next: {next_command(progress)}")


def _known_of(name: str, counts: Mapping[str, int]) -> str:
    from annotations.numbers_shown import counted

    of = [counted(counts[what], what.removesuffix("s")) for what in ("participants", "cases") if counts[what]]
    return f"{name} ({', '.join(of)})"


def _about_model(model: ModelInService | None, why_none: str | None) -> str:
    from annotations.numbers_shown import counted

    if model is None:
        return f"{(why_none or 'no model.')[:1].upper()}{(why_none or 'no model.')[1:]}"
    not_yet = f", and {counted(model.codes_too_few, 'other')} not yet" if model.codes_too_few else ""
    said = f"Model {model.version} serves: it can suggest {counted(model.codes_judged, 'code')}{not_yet}."
    if model.kind == "cold start":
        said = (
            f"Model {model.version} serves: it knows only the codebook's own words, for no codings taught it."
        )
    if not model.up_to_date:
        said += " The codebook or the segmentation has changed since: train again."
    if model.waiting:
        said += f" {model.waiting} waits for a person: tandem models show {model.waiting} says why."
    return said
