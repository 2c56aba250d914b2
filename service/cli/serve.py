"""tandem serve: status, jobs, webhooks and Label Studio's backend over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.options import StudyOption, chosen
from service.cli.output import say, warn

if TYPE_CHECKING:
    from service.composition import Parts

NAME = "serve"


def command(
    host: Annotated[
        str, typer.Option(help="The address to listen on; others than loopback reach it from outside.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8430,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A further host name by which browsers may call it."),
    ] = None,
    reconcile: Annotated[
        float,
        typer.Option(
            min=0, metavar="SECONDS", help="How often Label Studio is read for what webhooks lost; 0: never."
        ),
    ] = 60.0,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Do jobs too, in a process of its own.")
    ] = True,
    study: StudyOption = None,
) -> None:
    """Serve the study: status page, API, Label Studio's backend and webhooks, and a worker for jobs."""
    from service.access.keys import has_key
    from service.composition import open_parts
    from service.process.free_port import refuse_busy_port
    from service.trust.reach import not_confirmed
    from service.web.server import key_of, serve

    with open_parts(chosen(study)) as parts:
        refuse_busy_port(host, port)
        known = has_key(parts.settings, parts.study.folder)
        key = key_of(parts)
        warn(*not_confirmed(parts.study, parts.settings))
        if not known:
            warn(*_accounts_from_elsewhere(parts))
        _ = parts.store
        if parts.settings.session_key is None:
            say(f"Open http://{host}:{port}/?key={key}", "Stop with Ctrl+C.")
        else:
            say(f"Serving on http://{host}:{port} with the key in TANDEM_SESSION_KEY. Stop with Ctrl+C.")
        serve(
            parts,
            host=host,
            port=port,
            hosts=tuple(allow_host or ()),
            reconcile_every=reconcile or None,
            with_worker=worker,
        )


def _accounts_from_elsewhere(parts: Parts) -> list[str]:
    """A study that came with accounts lets in whoever chose their passwords, wherever that was."""
    from annotations.store.accounts import all_accounts

    with parts.store.reading() as connection:
        names = [account.name for account in all_accounts(connection) if account.password]
    if not names:
        return []
    return [
        f"this study comes with accounts, whose passwords were chosen elsewhere: {', '.join(names)}. If you do not know "
        f'them all, stop, and close theirs: tandem people remove "NAME".'
    ]
