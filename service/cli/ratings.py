"""tandem ratings: how strongly each code helps or hinders a case or site, decided by people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table, warn

if TYPE_CHECKING:
    from service.results.rate import KeptRatings
    from service.results.rated_study import RatedStudy

NAME = "ratings"
_SHOWN = 40


def command(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="A .csv, .xlsx or .jsonl table: code, case or site, rater, rating, and phase, wave, rationale, consensus. "
            "Without a file, what was rated is shown.",
        ),
    ] = None,
    rater: Annotated[
        str, typer.Option("--rater", metavar="NAME", help="Who rates, where the file does not say.")
    ] = "",
    form: Annotated[
        Path | None,
        typer.Option(
            "--form",
            metavar="FILE",
            help="Write a table for --rater to fill in: every cell with what the rule proposes, without others' ratings.",
        ),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--columns", metavar="NAME", help="With --form: case (the default) or site, and wave."),
    ] = None,
    level: Annotated[
        int | None,
        typer.Option("--level", metavar="N", help="With --form: rows at this level; 1 is the top."),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the ratings as CSV, to be read back.")
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Show every rating that was ever given, not only the newest.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With a file: show what would change, and keep nothing.")
    ] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Keep ratings from −2 to +2 of codes by case or site, or show them, what the rule proposes, and how raters agree.

    Two people rate independently, each with a table of their own; then a row with "yes" under consensus and a rationale
    says what they agreed on.
    """
    from annotations.errors import BadInput
    from service.audit import Did
    from service.composition import open_parts
    from service.results.rated_study import rated_study
    from service.results.ratings_out import write_csv, write_form
    from service.results.study_table import WantedTable

    if form is not None and not rater.strip():
        raise BadInput("a form is one person's: give --rater NAME.")
    with open_parts(chosen(study)) as parts:
        if file is not None:
            from service.results.rate import import_ratings

            with parts.alone("ratings"):
                kept = import_ratings(parts, file, rater=rater, dry_run=dry_run)
                if not dry_run:
                    note(parts, Did.IMPORTED, file.name, kind="ratings")
            as_json(_kept_json(kept)) if json else _tell(kept)
            return
        if form is not None:
            cells = write_form(
                parts, form, rater=rater, wanted=WantedTable(tuple(columns or ("case",)), level)
            )
            note(parts, Did.EXPORTED, form.name, kind="form for ratings")
            if json:
                as_json({"file": str(form), "rater": rater, "cells": cells})
                return
            say(
                f"Written: {form}, with {cells:,} cells for {rater}. Fill in the column rating, then: tandem ratings {form}"
            )
            return
        rated = rated_study(parts)
        if csv is not None:
            write_csv(parts, csv)
            note(parts, Did.EXPORTED, csv.name, kind="ratings")
    if json:
        as_json(rated.to_json())
        return
    _show(rated, history=history)
    if csv is not None:
        say("", f"Written: {csv}.")


def _kept_json(kept: KeptRatings) -> dict[str, Any]:
    return {
        "kept": len(kept.kept),
        "unchanged": kept.unchanged,
        "not_rated": kept.empty,
        "notes": list(kept.notes),
        "dry_run": kept.dry_run,
    }


def _tell(kept: KeptRatings) -> None:
    from annotations.numbers_shown import counted

    if kept.dry_run:
        say("This is what would change; nothing was kept.", "")
    agreed = sum(rating.consensus for rating in kept.kept)
    say(
        f"{counted(len(kept.kept) - agreed, 'rating')} and {counted(agreed, 'consensus', 'consensuses')} kept, "
        f"{kept.unchanged} as before, {counted(kept.empty, 'row')} not rated."
    )
    warn(*kept.notes)
    say("", f"Next: {'the same command without --dry-run' if kept.dry_run else 'tandem ratings'}")


def _show(rated: RatedStudy, *, history: bool) -> None:
    from annotations.matrix.rating_scale import rating_shown
    from service.results.raters_in_words import agreement_of_raters_in_words

    if not rated.cells:
        say(
            "Nothing has been rated yet. Each of two raters gets a form: tandem ratings --form FILE.csv --rater NAME",
        )
        return
    rows = []
    for cell in rated.cells:
        place = (cell.phase or "–", cell.code, cell.column)
        its = cell.rated.history if history else cell.rated.newest
        said = "\n".join(
            f"{'agreed, ' if rating.consensus else ''}{rating.rater}: {rating_shown(rating.value) or 'taken back'}"
            for rating in its
        )
        value = cell.rated.value
        standing = f"{rating_shown(value)} ({cell.rated.status})" if value else cell.rated.status
        rule = cell.proposal.value
        rows.append((*place, said, standing, rating_shown(rule) if rule else "–"))
    table("", ("phase", "code", "case or site", "ratings", "stands", "the rule proposes"), rows[:_SHOWN])
    if len(rows) > _SHOWN:
        say(f"… and {len(rows) - _SHOWN} more: see them with --csv FILE or --json.")
    say("")
    for agreement in rated.agreement:
        say(agreement_of_raters_in_words(agreement))
    if not rated.agreement:
        say("No two people have rated the same cell independently yet, so there is nothing to compare.")
