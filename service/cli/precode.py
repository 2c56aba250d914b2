"""tandem precode: suggestions."""

from __future__ import annotations

from service.cli.options import JsonOption, StudyOption, WaveOption, chosen
from service.cli.output import as_json, progress, say, table, warn

NAME = "precode"


def command(wave: WaveOption = None, study: StudyOption = None, json: JsonOption = False) -> None:
    """Suggest codes for every segment of a wave. An interrupted run goes on where it stopped."""
    from service.parts import open_parts
    from service.suggesting import precode

    with open_parts(chosen(study)) as parts:
        with parts.alone("precode"), progress("Suggesting") as step:
            made = precode(parts, wave=wave, progress=step, tell=warn)
        codebook = parts.codebook
    plain = made.to_json()
    plain["codes"] = {codebook.label(code): count for code, count in plain["codes"].items()}
    plain["too_few"] = [
        one | {"code": codebook.label(one["code"]), "code_id": one["code"]} for one in plain["too_few"]
    ]
    if json:
        as_json(plain)
        return
    if made.already == made.segments:
        say(f"All {made.segments} segments have suggestions of model {made.model.version} already.")
        return
    say(
        f"Model {made.model.version} looked at {made.segments - made.already} segments in {made.seconds:.1f} s and suggests "
        f"something on {made.with_suggestion} of them.",
        "",
    )
    rows = sorted(plain["codes"].items(), key=lambda one: -one[1])
    table("", ("code", "segments"), rows, numbers=1)
    if plain["too_few"]:
        say(
            "",
            f"Not suggested for want of examples: {', '.join(one['code'] for one in plain['too_few'][:12])}"
            + (" …" if len(plain["too_few"]) > 12 else ""),
        )
    if made.model.kind == "cold start":
        warn("these suggestions know only the codebook's words; their numbers are no probabilities.")
    elif not made.quotable:
        warn(
            "no passage is shown as evidence, because no coded transcript may be quoted. Where the consent allows it, "
            'say so (may_quote in a manifest, or "consents: {may_quote: true}" in study.yaml).'
        )
    say("", f"Next: tandem push{'' if wave is None else f' --wave {wave}'}")
