"""tandem serve: status, jobs and health over HTTP."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.options import StudyOption, chosen
from service.cli.output import say

NAME = "serve"
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def command(
    host: Annotated[
        str, typer.Option(help="The address to listen on; others than loopback reach it from outside.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8430,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A further host name by which browsers may call it."),
    ] = None,
    study: StudyOption = None,
) -> None:
    """Serve the study's status and take jobs for a worker ("tandem worker")."""
    import uvicorn

    from service.app import create_app
    from service.free_port import refuse_busy_port
    from service.parts import open_parts
    from service.session_key import session_key

    with open_parts(chosen(study)) as parts:
        refuse_busy_port(host, port)
        key = parts.settings.session_key or session_key(parts.settings.state, parts.study.folder)
        app = create_app(parts, key=key, hosts=(*_LOOPBACK, *(allow_host or ())))
        _ = parts.store
        if parts.settings.session_key is None:
            say(f"Open http://{host}:{port}/?key={key}", "Stop with Ctrl+C.")
        uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, server_header=False)
