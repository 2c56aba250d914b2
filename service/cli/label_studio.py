"""tandem label-studio: the local Label Studio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.options import JsonOption
from service.cli.output import as_json, say

if TYPE_CHECKING:
    from service.label_studio.local import LocalLabelStudio

app = typer.Typer(help="Start, stop and look at the Label Studio on this machine.", no_args_is_help=True)


@app.command()
def start(port: Annotated[int, typer.Option(min=1024, max=65535)] = 8431, json: JsonOption = False) -> None:
    """Start Label Studio on this machine (the first time takes up to a minute)."""
    from rich.console import Console

    from service.process.stop_signals import stop_when_told

    stop_when_told()
    local = _local()
    with Console(stderr=True).status("Starting Label Studio …"):
        access = local.start(port=port)
    if json:
        as_json({"url": access.url, "username": access.username, "password": access.password})
        return
    say(
        f"Label Studio runs at {access.url}",
        f"  log in as {access.username}  with the password  {access.password}",
    )


@app.command()
def stop(json: JsonOption = False) -> None:
    """Stop it."""
    ran = _local().stop()
    if json:
        as_json({"stopped": ran})
        return
    say("Label Studio has stopped." if ran else "Label Studio was not running.")


@app.command()
def status(json: JsonOption = False) -> None:
    """Does it run, and where."""
    local = _local()
    state = local.status()
    access = local.access()
    if json:
        as_json(state)
        return
    if access is None:
        remedy = "tandem label-studio start" if state["installed"] else "make install"
        say(f"Label Studio is not running. Next: {remedy}")
        return
    answers = "runs" if state["answers"] else "was started but does not answer"
    say(f"Label Studio {answers} at {access.url}  (its data: {state['data']})")
    say(f"  log in as {access.username}  with the password  {access.password}")


def _local() -> LocalLabelStudio:
    from service.label_studio.local import LocalLabelStudio
    from service.settings import read_settings

    settings = read_settings()
    return LocalLabelStudio(settings.state, settings.label_studio_env)
