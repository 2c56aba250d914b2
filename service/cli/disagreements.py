"""tandem disagreements: the passages to talk about in the team meeting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from annotations.numbers_shown import counted
from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, WaveOption, WhereOption, chosen
from service.cli.output import as_json, say, table

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "disagreements"
SHOWN = 20


def command(
    code: Annotated[
        str | None, typer.Option("--code", metavar="CODE", help="Only where they differ on it.")
    ] = None,
    pair: Annotated[
        str | None, typer.Option("--pair", metavar="A,B", help="Only between these two coders.")
    ] = None,
    wave: WaveOption = None,
    case: Annotated[
        str | None, typer.Option("--case", metavar="C", help="Only transcripts of this case.")
    ] = None,
    where: WhereOption = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write them as CSV.")] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page to go through.")
    ] = None,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """List where coders differ: the passage in context, who coded what, memos and definitions."""
    from service.agreement.disagreements import Wanted, disagreements, parse_pair
    from service.agreement.disagreements_files import write_csv, write_html
    from service.agreement.report import Asked
    from service.audit import Did
    from service.composition import open_parts

    with open_parts(chosen(study)) as parts:
        found = disagreements(
            parts, Wanted(Asked(wave, case, where=tuple(where or ())), code, parse_pair(pair))
        )
        if csv is not None:
            write_csv(found, parts.codebook, csv)
        if html is not None:
            write_html(found, parts, html)
        plain = [one.to_json(parts.codebook) for one in found]
        for file in (csv, html):
            if file is not None:
                note(parts, Did.EXPORTED, file.name, kind="disagreements")
        note(parts, Did.SAW_PASSAGES, "disagreements", passages=len(plain))
    if json:
        as_json({"disagreements": plain})
        return
    _show(plain)
    for file in (csv, html):
        if file is not None:
            say("", f"Written: {file}. It holds participants' words: keep it where the transcripts are kept.")


def _show(plain: Sequence[dict[str, Any]]) -> None:
    if not plain:
        say(
            "No disagreement: on every segment that two people judged independently their codes are the same."
        )
        return
    open_ones = sum(one["consensus"] is None for one in plain)
    say(
        f"{counted(len(plain), 'passage')} on which coders differ, {open_ones:,} without a consensus yet.", ""
    )
    rows = [
        (
            one["transcript"],
            one["turn_shown"],
            one["words"] if len(one["words"]) < 120 else one["words"][:117] + " …",
            "\n".join(f"{c['coder']}: {', '.join(c['codes']) or 'nothing'}" for c in one["coders"]),
            ", ".join(one["consensus"]["codes"]) or "nothing applies" if one["consensus"] else "",
        )
        for one in plain[:SHOWN]
    ]
    table("", ("transcript", "turn", "words", "coded", "agreed since"), rows)
    if len(plain) > SHOWN:
        say("", f"{len(plain) - SHOWN} more: see them all with --html FILE, --csv FILE or --json.")
    say("", "Record what you agree on: tandem consensus TRANSCRIPT --turn N --code CODE --by NAME")
