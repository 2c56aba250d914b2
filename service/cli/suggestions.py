"""tandem suggestions: what the model proposes, as a table, CSV or JSON."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, WaveOption, WhereOption, chosen
from service.cli.output import as_json, as_json_with_rows, say, table, warn

if TYPE_CHECKING:
    from service.looking.suggestions_list import SuggestionsListing

NAME = "suggestions"
_NONE = 'There are no suggestions of the model that serves. Make them with "tandem precode".'
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
    from service.audit import Did
    from service.composition import open_parts
    from service.looking.suggestions_list import SuggestionsListing

    with open_parts(chosen(study)) as parts:
        listing = SuggestionsListing(parts, wave, where or ())
        if csv is not None:
            note(parts, Did.EXPORTED, csv.name, kind="suggestions")
        _say(listing, csv, json=json)


def _say(listing: SuggestionsListing, csv: Path | None, *, json: bool) -> None:
    from annotations.numbers_shown import counted
    from service.looking.hidden_spans import LEFT_OUT
    from service.looking.suggestions_list import write_csv

    if listing.hidden:
        warn(f"{counted(listing.hidden, 'passage is', 'passages are')} {LEFT_OUT}.")
    if csv is not None:
        count = write_csv(listing, csv)
        if json:
            as_json({"file": str(csv), "rows": count, "hidden": listing.hidden})
            return
        if not count:
            warn(f"{csv} holds the names of its columns alone: {_NONE}")
            return
        say(f'Wrote {count:,} probabilities to {csv}. Suggested ones have true in the column "suggested".')
        return
    if json:
        rows = (row.to_json() for row in listing.rows())
        as_json_with_rows("suggestions", rows, {"hidden": listing.hidden})
        return
    shown = list(islice(listing.suggested_rows(), _SHOWN))
    if not shown:
        say(
            f"No code reaches its threshold on the {counted(listing.looked_at, 'passage')} that the model looked at."
            if listing.looked_at
            else _NONE
        )
        return
    columns = ("transcript", "turn", "framework", "code", "rank" if listing.only_ranks else "probability")
    cells = [(row.transcript, row.turn_shown, row.framework, row.code, row.probability) for row in shown]
    table("", columns, cells, numbers=1)
    if listing.only_ranks:
        say(
            "",
            "The model knows only the codebook's words: its numbers rank passages and are no probabilities.",
        )
    if listing.suggested > len(shown):
        say(f"… and {listing.suggested - len(shown)} more. --csv FILE writes all, with every probability.")
