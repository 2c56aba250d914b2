"""tandem disagreements: the passages to talk about in the team meeting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotations.numbers_shown import counted
from annotations.turn_numbers import shown_number
from service.cli.noted import note, note_passages
from service.cli.options import JsonOption, StudyOption, WaveOption, WhereOption, chosen
from service.cli.output import as_json, say, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotations.codebook.codes import Codebook
    from service.agreement.disagreements import Disagreement

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
    from service.agreement.disagreements import WantedDisagreements, disagreements, parse_pair
    from service.agreement.disagreements_files import write_csv, write_html
    from service.agreement.report import ReportScope
    from service.audit import Did
    from service.composition import open_parts

    with open_parts(chosen(study)) as parts:
        differing = disagreements(
            parts,
            WantedDisagreements(ReportScope(wave, case, where=tuple(where or ())), code, parse_pair(pair)),
        )
        if csv is not None:
            write_csv(differing, parts.codebook, csv)
        if html is not None:
            write_html(differing, parts, html)
        codebook = parts.codebook
        for file in (csv, html):
            if file is not None:
                note(parts, Did.EXPORTED, file.name, kind="disagreements")
        note_passages(parts, "disagreements", (difference.transcript for difference in differing))
    if json:
        as_json({"disagreements": [difference.to_json(codebook) for difference in differing]})
        return
    _show(differing, codebook)
    for file in (csv, html):
        if file is not None:
            say("", f"Written: {file}. It holds participants' words: keep it where the transcripts are kept.")


def _show(differing: Sequence[Disagreement], codebook: Codebook) -> None:
    if not differing:
        say(
            "No disagreement: on every segment that two people judged independently their codes are the same."
        )
        return
    open_ones = sum(difference.consensus is None for difference in differing)
    say(
        f"{counted(len(differing), 'passage')} on which coders differ, {open_ones:,} without a consensus yet.",
        "",
    )

    def named(codes: frozenset[str], none: str) -> str:
        return ", ".join(sorted(codebook.label(code) for code in codes if code in codebook.by_id)) or none

    rows = [
        (
            difference.transcript,
            shown_number(difference.turn),
            difference.words if len(difference.words) < 120 else difference.words[:117] + " …",
            "\n".join(f"{its.coder}: {its.in_words(codebook)}" for its in difference.said),
            named(difference.consensus.codes, "nothing applies") if difference.consensus else "",
        )
        for difference in differing[:SHOWN]
    ]
    table("", ("transcript", "turn", "words", "coded", "agreed since"), rows)
    if len(differing) > SHOWN:
        say("", f"{len(differing) - SHOWN} more: see them all with --html FILE, --csv FILE or --json.")
    say("", "Record what you agree on: tandem consensus TRANSCRIPT --turn N --code CODE --by NAME")
