"""tandem suggestions: what the model proposes, as a table, CSV or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, WaveOption, WhereOption, chosen
from service.cli.output import as_json, say, table, warn

NAME = "suggestions"
_SHOWN = 30


def command(
    wave: WaveOption = None,
    where: WhereOption = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write all probabilities as CSV.")
    ] = None,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """List the suggestions of the model that serves.

    Passages that a coder is still to judge without a suggestion are left out, and counted.
    """
    from annotations.numbers_shown import counted
    from service.audit import Did
    from service.composition import open_parts
    from service.looking.hidden_spans import LEFT_OUT
    from service.looking.suggestions_list import SuggestionsListing, write_csv

    with open_parts(chosen(study)) as parts:
        listing = SuggestionsListing(parts, wave, where or ())
        if csv is not None:
            note(parts, Did.EXPORTED, csv.name, kind="suggestions")
    if listing.hidden:
        warn(f"{counted(listing.hidden, 'passage is', 'passages are')} {LEFT_OUT}.")
    if csv is not None:
        count = write_csv(listing, csv)
        if json:
            as_json({"file": str(csv), "rows": count, "hidden": listing.hidden})
            return
        say(f'Wrote {count} probabilities to {csv}. Suggested ones have true in the column "suggested".')
        return
    rows = list(listing.rows())
    if json:
        as_json({"suggestions": [row.to_json() for row in rows], "hidden": listing.hidden})
        return
    shown = [row for row in rows if row.suggested]
    if not shown:
        say(
            f"No code reaches its threshold on the {counted(listing.looked_at, 'passage')} that the model looked at."
            if listing.looked_at
            else 'There are no suggestions. Make them with "tandem precode".'
        )
        return
    columns = ("transcript", "turn", "framework", "code", "rank" if listing.only_ranks else "probability")
    table(
        "",
        columns,
        [
            (row.transcript, row.turn_shown, row.framework, row.code, row.probability)
            for row in shown[:_SHOWN]
        ],
        numbers=1,
    )
    if listing.only_ranks:
        say(
            "",
            "The model knows only the codebook's words: its numbers rank passages and are no probabilities.",
        )
    if len(shown) > _SHOWN:
        say(f"… and {len(shown) - _SHOWN} more. --csv FILE writes all, with every probability.")
