"""tandem push: segments and suggestions into Label Studio."""

from __future__ import annotations

from service.cli.options import JsonOption, StudyOption, WaveOption, chosen
from service.cli.output import as_json, progress, say, warn

NAME = "push"


def command(wave: WaveOption = None, study: StudyOption = None, json: JsonOption = False) -> None:
    """Put a wave before the coders in Label Studio, suggestions filled in. Pushing again doubles nothing."""
    from service.parts import open_parts
    from service.pushing import push

    with open_parts(chosen(study)) as parts, parts.alone("push"), progress("Pushing to Label Studio") as step:
        found = push(parts, wave=wave, progress=step)
    if json:
        as_json({"projects": [one.to_json() for one in found]})
        return
    for one in found:
        say(
            f"{one.project.title}: {one.created} tasks new, {one.updated} brought up to date, {one.unchanged} unchanged, "
            f"{one.reviewed} left alone because a coder has begun on them.",
            f"  {one.project.url}",
        )
        warn(*one.notes)
    say("", "Coders open the address above, log in, and choose Label All Tasks.")
