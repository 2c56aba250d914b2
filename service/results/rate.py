"""Ratings into the study: two raters independently, then a consensus with its rationale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from annotations.codings.coding_cells import yes_in
from annotations.matrix.rated_cells import RatedCell, rated_cells
from annotations.matrix.rating_scale import rating_in
from annotations.store.cell_place import CellPlace, Column
from annotations.store.ratings import Rating, add_ratings, all_ratings
from service.composition import Parts
from service.results.named_places import NamedPlaces, named_places
from service.results.rows_in import FilledTable, RowReader, RowsOnlyTried, filled_table, keep_or_take_back

COLUMNS = ("phase", "code", "case", "site", "wave", "rater", "rating", "rationale", "consensus", "given")
_TAKEN_BACK = ("-", "–", "—")
# what a form and an export say besides, and what a reader need not know
_ALSO_THERE = ("given", "codings", "participants", "informants", "proposed", "proposed_why", "framework")


@dataclass(frozen=True)
class KeptRatings:
    """What became of a file of ratings. ``kept``: new or changed; ``unchanged``: said so before; ``empty``: not rated."""

    kept: tuple[Rating, ...]
    unchanged: int
    empty: int
    notes: tuple[str, ...]
    dry_run: bool


def import_ratings(parts: Parts, file: Path, *, rater: str = "", dry_run: bool = False) -> KeptRatings:
    """Keep the ratings of a table, all or nothing. ``rater``: whose they are where no column says so.

    Raises BadInput that says in few lines which rows cannot be used: a value outside the scale, an unknown code, case or
    site, two values for one cell, a consensus without a rationale or without two raters.
    """
    read = filled_table(
        file, required=("code", "rating"), optional=(*COLUMNS[:1], *COLUMNS[2:6], *COLUMNS[7:9], *_ALSO_THERE)
    )
    kept: list[Rating] = []
    unchanged = empty = 0
    with suppress(RowsOnlyTried), parts.store.writing() as connection:
        places = named_places(parts, connection)
        ratings, empty = _read(read, places, rater)
        before = rated_cells(all_ratings(connection))
        _refuse_lonely_consensus(ratings, before)
        read.refuse_faults()
        kept = [rating for _, rating in ratings if not says_so(before.get(rating.place.key), rating)]
        unchanged = len(ratings) - len(kept)
        add_ratings(connection, kept)
        keep_or_take_back(dry_run)
    notes = _notes(kept, before)
    return KeptRatings(tuple(kept), unchanged, empty, notes, dry_run)


def _read(read: FilledTable, places: NamedPlaces, rater: str) -> tuple[list[tuple[RowReader, Rating]], int]:
    ratings: list[tuple[RowReader, Rating]] = []
    seen: dict[tuple[str, str, bool], tuple[int, str]] = {}
    empty = 0
    for row in read.rows():
        if not row["rating"]:
            # a form need not be filled in to its end
            empty += 1
            continue
        rating = _rating(row, places, rater)
        if rating is None:
            continue
        key = (rating.place.key, rating.rater, rating.consensus)
        number, value = seen.setdefault(key, (row.row.number, rating.value))
        if number != row.row.number:
            same = "repeats" if value == rating.value else "contradicts"
            row.fault(
                "rating", f"it {same} row {number}, which rates the same cell for {rating.rater}; keep one"
            )
            continue
        ratings.append((row, rating))
    return ratings, empty


def _rating(row: RowReader, places: NamedPlaces, rater: str) -> Rating | None:
    code = row.read("code", places.code)
    phase = row.read("phase", places.phase)
    consensus = row.read("consensus", yes_in)
    value = row.read("rating", lambda given: "" if given in _TAKEN_BACK else rating_in(given))
    who = row.read("rater", lambda given: places.person(given or rater) if given or rater else _nobody())
    column = _column(row, places)
    if consensus and value and not row["rationale"]:
        row.fault("rationale", "it is empty; a consensus says why the raters agreed on this value")
    if row.wrong or code is None or phase is None or value is None or who is None or column is None:
        return None
    return Rating(CellPlace(phase, code, column), who, value, row["rationale"], bool(consensus))


def _nobody() -> str:
    raise ValueError("it is empty; say who rates, in this column or with --rater NAME")


def _column(row: RowReader, places: NamedPlaces) -> Column | None:
    """A case or a site, and a wave if one is named."""
    named = [name for name in ("case", "site") if row[name]]
    if not named:
        row.fault("case", "neither a case nor a site is named; every row rates one of them")
        return None
    # a row that names both is about the site: cases hold several
    wanted = [named[-1], *(("wave",) if row["wave"] else ())]
    places_read = [(name, row.read(name, partial(places.place, name))) for name in wanted]
    if any(value is None for _, value in places_read):
        return None
    return tuple((name, value) for name, value in places_read if value is not None)


def _refuse_lonely_consensus(
    ratings: Sequence[tuple[RowReader, Rating]], before: Mapping[str, RatedCell]
) -> None:
    """A consensus needs two people's ratings, kept before or in the same file."""
    raters: dict[str, set[str]] = {
        key: {rating.rater for rating in cell.newest} for key, cell in before.items()
    }
    for _, rating in ratings:
        if not rating.consensus and rating.value:
            raters.setdefault(rating.place.key, set()).add(rating.rater)
    for row, rating in ratings:
        why = lonely_consensus(raters.get(rating.place.key, set()))
        if rating.consensus and rating.value and why is not None:
            row.fault("consensus", why)


def lonely_consensus(raters: Set[str]) -> str | None:
    """Why these people's ratings of a cell make no consensus; None where they may."""
    if len(raters) >= 2:
        return None
    return (
        f"a consensus is made of two raters' own ratings or more, and this cell was rated by "
        f"{', '.join(sorted(raters)) or 'nobody'}; let a second person rate it first"
    )


def says_so(before: RatedCell | None, rating: Rating) -> bool:
    """Did the same person say the same of this cell already?"""
    history = before.history if before else ()
    own = [
        it
        for it in history
        if it.consensus == rating.consensus and (it.consensus or it.rater == rating.rater)
    ]
    if not own:
        return not rating.value
    return (own[-1].value, own[-1].rationale, own[-1].rater) == (rating.value, rating.rationale, rating.rater)


def _notes(kept: Iterable[Rating], before: Mapping[str, RatedCell]) -> tuple[str, ...]:
    late = sum(
        not rating.consensus
        and (cell := before.get(rating.place.key)) is not None
        and cell.consensus is not None
        for rating in kept
    )
    if not late:
        return ()
    were = "1 rating was" if late == 1 else f"{late} ratings were"
    return (
        f"{were} given after a consensus on the same cell: kept on record, but the consensus stands, and they do not "
        f"count in the agreement of the raters, since they are no longer independent.",
    )
