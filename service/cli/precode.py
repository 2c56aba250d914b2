"""tandem precode: suggestions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from annotations.numbers_shown import counted
from service.cli.options import JsonOption, StudyOption, WaveOption, chosen
from service.cli.output import as_json, progress, say, table, warn

if TYPE_CHECKING:
    from annotations.codebook.codes import Codebook
    from models.wave_notice import Notice

NAME = "precode"
_MANY_FAR = 0.15
_SHORT = 160


def command(
    wave: WaveOption = None,
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine",
            metavar="local|ray",
            help="Who does the work: this process (local), or workers of Ray, one for each processor or GPU.",
        ),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(
            "--address",
            metavar="HOST:PORT",
            help="With --engine ray: a Ray cluster that runs already (else one is started here for the run).",
        ),
    ] = None,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Suggest codes for every segment of a wave. An interrupted run goes on where it stopped."""
    from service.composition import open_parts
    from service.looking.code_labels import counts_labelled, labelled
    from service.looking.next_command import next_command
    from service.looking.wave_progress import progress_of
    from service.serving.precode import precode

    with open_parts(chosen(study)) as parts:
        with parts.alone("precode"), progress("Suggesting") as step:
            made = precode(parts, wave=wave, engine=engine, address=address, progress=step, tell=warn)
        warn(*parts.cache.notes)
        codebook = parts.codebook
        following = next_command(progress_of(parts))
    plain = made.to_json()
    plain["codes"] = counts_labelled(plain["codes"], codebook)
    plain["too_few"] = labelled(plain["too_few"], codebook)
    if plain["novelty"]:
        plain["novelty"]["codes"] = labelled(plain["novelty"]["codes"], codebook)
    if json:
        as_json(plain)
        return
    if made.already == made.segments:
        had = "The 1 segment has" if made.segments == 1 else f"All {made.segments:,} segments have"
        say(f"{had} suggestions of model {made.model.version} already.")
        return
    looked = counted(made.segments - made.already, "segment")
    say(
        f"Model {made.model.version} looked at {looked} in {made.seconds:.1f} s and suggests "
        f"something on {made.with_suggestion} of them.",
        "",
    )
    if made.notice is not None:
        _tell(made.notice, codebook)
    rows = sorted(plain["codes"].items(), key=lambda item: -item[1])
    if rows:
        table("", ("code", "segments"), rows, numbers=1)
    if plain["too_few"]:
        say(
            "",
            f"Not suggested yet (tandem train says why): {', '.join(code['code'] for code in plain['too_few'][:12])}"
            + (" …" if len(plain["too_few"]) > 12 else ""),
        )
    if made.model.kind == "cold start":
        warn("these suggestions know only the codebook's words; their numbers are no probabilities.")
    elif not made.quotable:
        warn(
            "no passage is shown as evidence, because no coded transcript may be quoted. Where the consent allows it, "
            'say so (may_quote in a manifest, or "consents: {may_quote: true}" in study.yaml).'
        )
    say("", f"Next: {following}")


def _tell(notice: Notice, codebook: Codebook) -> None:
    """How these segments differ from what the model learnt on."""
    novelty = notice.novelty
    if novelty.far is not None:
        say(
            f"Unlike what the model learnt on: {100 * novelty.far:.0f} in 100 segments (5 in 100 would be usual).",
            *(["Read its suggestions here with more care."] if novelty.far > _MANY_FAR else []),
        )
    if novelty.shifts:
        rows = [
            (codebook.label(s.code), f"{100 * s.learnt:.1f}", f"{100 * s.now:.1f}") for s in novelty.shifts
        ]
        table("", ("in 100 segments", "where it learnt", "expected here"), rows[:8], numbers=2)
    if novelty.clusters:
        say("", "Like no known code, and like each other: perhaps a new theme, which people would name.")
    for cluster, quotes in zip(novelty.clusters, notice.quotes, strict=True):
        shared = ", ".join(cluster.words) or "no word in common"
        say(
            f"  {counted(len(cluster.segments), 'segment')} of {counted(cluster.groups, 'participant')}: {shared}"
        )
        for quote in quotes:
            words = quote.words if len(quote.words) <= _SHORT else f"{quote.words[:_SHORT].rstrip()}…"
            say(f"    {quote.participant}: “{words}”")
    say("")
