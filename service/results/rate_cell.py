"""One rating, or one consensus, from a page: kept by the rules of a file of ratings (``rate``)."""

from __future__ import annotations

from annotations.errors import BadInput
from annotations.matrix.rated_cells import RatedCell, rated_cells
from annotations.matrix.rating_scale import rating_in
from annotations.store.cell_place import CellPlace, Column
from annotations.store.ratings import Rating, add_ratings, all_ratings
from service.composition import Parts
from service.results.named_places import named_places
from service.results.rate import lonely_consensus, says_so

NO_RATIONALE = "a consensus says why the raters agreed on this value"
TAKEN_BACK = "-"


def rate_cell(
    parts: Parts,
    *,
    phase: str,
    code: str,
    column: Column,
    rater: str,
    value: str,
    rationale: str = "",
    consensus: bool = False,
) -> Rating | None:
    """Keep what a person says of a cell; "-" takes their rating back. None where it says what stood there.

    Raises BadInput for a value outside the scale, a name that is not known, a consensus without a rationale or without
    two raters.
    """
    with parts.store.writing() as connection:
        places = named_places(parts, connection)
        try:
            place = CellPlace(
                places.phase(phase),
                places.code(code),
                tuple((name, places.place(name, given)) for name, given in column),
            )
            said = "" if value.strip() == TAKEN_BACK else rating_in(value)
            rating = Rating(place, places.person(rater), said, rationale.strip(), consensus)
        except ValueError as error:
            raise BadInput(f"{error}. Nothing was kept.") from error
        before = rated_cells(all_ratings(connection)).get(place.key)
        if consensus and said:
            _refuse_consensus(rating, before)
        if says_so(before, rating):
            return None
        add_ratings(connection, [rating])
        return rating


def _refuse_consensus(rating: Rating, before: RatedCell | None) -> None:
    if not rating.rationale:
        raise BadInput(f"the reason is empty; {NO_RATIONALE}. Nothing was kept.")
    raters = {it.rater for it in before.newest} if before else set()
    why = lonely_consensus(raters)
    if why is not None:
        raise BadInput(f"{why}. Nothing was kept.")
