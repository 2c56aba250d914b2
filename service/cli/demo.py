"""tandem demo: the whole flow on the invented sample study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.output import say

if TYPE_CHECKING:
    from service.composition import Parts

NAME = "demo"


def command(
    folder: Annotated[Path, typer.Option(metavar="DIR", help="Where the sample study is made.")] = Path(
        "demo"
    ),
    port: Annotated[int, typer.Option(min=1024, max=65535, help="Tandem's own port.")] = 8430,
    label_studio_port: Annotated[int, typer.Option(min=1024, max=65535)] = 8431,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve until stopped, or stop at the end.")
    ] = True,
) -> None:
    """Run everything on the invented sample study, Label Studio included, and show where to click."""
    from service.access.service_address import note_address
    from service.demo import into_label_studio, learn_and_suggest, make_sample
    from service.label_studio.in_use import end_using, how_it_stops
    from service.label_studio.local import LocalLabelStudio
    from service.process.free_port import refuse_busy_port
    from service.process.stop_signals import finish_undisturbed, stop_when_told
    from service.settings import read_settings

    stop_when_told()
    settings = read_settings()
    if serve:
        refuse_busy_port("127.0.0.1", port)
    say("Tandem on the sample study. Everything and everybody in it is invented.", "")
    local = LocalLabelStudio(settings.state, settings.label_studio_env)
    parts = make_sample(folder.resolve(), settings, say)
    try:
        learn_and_suggest(parts, say)
        if serve:
            # what is put into Label Studio leads to where Tandem will answer
            note_address(parts, "127.0.0.1", port)
        access, pushed = into_label_studio(parts, port=label_studio_port, tell=say)
        say("", "Where to click:")
        for pushed_project in pushed:
            say(f"  Label Studio    {pushed_project.project.url}/data?labeling=1")
        say(
            f"                  log in as {access.username} with the password {access.password}",
            "                  The first passage of wave 2 opens. Correct what is ticked, then Submit; the next one comes.",
        )
        try:
            if serve:
                _serve(parts, port, how_it_stops(local))
        finally:  # Ctrl+C is how a demonstration ends
            say(
                "",
                f"The study stays in {folder}. Look around in it: cd {folder}, then for example tandem status, "
                f"tandem evaluate, tandem show CRK-01; tandem serve and tandem label-studio start bring its pages and "
                f"Label Studio back.",
            )
    finally:
        finish_undisturbed()
        parts.close()
        end_using(local)


def _serve(parts: Parts, port: int, how_to_stop: str) -> None:
    from service.web.server import key_of, serve

    say(
        f"  Tandem          http://127.0.0.1:{port}/?key={key_of(parts)}",
        "                  How far each wave is; what you submit is counted here a moment later (reload the page).",
        "",
        how_to_stop,
    )
    serve(parts, host="127.0.0.1", port=port)
