"""tandem trust: which addresses of a study may be called from this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table

if TYPE_CHECKING:
    from annotations.study.config import Study
    from service.settings import Settings

NAME = "trust"


def command(
    address: Annotated[
        str | None,
        typer.Argument(
            metavar="ADDRESS",
            help="Confirm this address of study.yaml, or of a Ray cluster (ray://HOST:PORT).",
        ),
    ] = None,
    remove: Annotated[
        str | None, typer.Option("--remove", metavar="ADDRESS", help="Call this address no more.")
    ] = None,
    plain_http: Annotated[
        bool,
        typer.Option("--plain-http", help="Confirm it although whoever is on the way can read everything."),
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the addresses that the study names.")] = False,
    json: JsonOption = False,
    study: StudyOption = None,
) -> None:
    """Confirm an address that study.yaml names: before that, nothing of the study goes there."""
    from annotations.errors import BadInput
    from annotations.study.config import find_study
    from service.settings import read_settings
    from service.trust.confirmations import confirm_address, remove_address

    if sum((address is not None, remove is not None, listed)) > 1 or (plain_http and address is None):
        raise BadInput("give one address to confirm, or --remove ADDRESS, or --list.")
    study_there, settings = find_study(chosen(study)), read_settings()
    if address is not None:
        sentence = confirm_address(study_there, settings, address, plain_http=plain_http)
    elif remove is not None:
        sentence = remove_address(study_there, settings, remove)
    else:
        sentence = ""
    rows = _rows(study_there, settings)
    if json:
        as_json({"addresses": rows})
        return
    if sentence:
        say(sentence)
        return
    _show(rows)


def _rows(study: Study, settings: Settings) -> list[dict[str, Any]]:
    from service.trust.confirmations import standing

    return [
        {
            "address": str(address_standing.address),
            "key": address_standing.key,
            "goes_there": address_standing.goes_there,
            "state": address_standing.state,
        }
        for address_standing in standing(study, settings)
    ]


def _show(rows: list[dict[str, Any]]) -> None:
    if not rows:
        say("This study names no address.")
        return
    columns = ("address", "named by", "what goes there", "state")
    table("", columns, [tuple(row.values()) for row in rows])
