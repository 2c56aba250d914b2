"""The passage that the columns of one row name together: turn, start and end, quote."""

from __future__ import annotations

from annotations.codings.locate import NotFound, Places
from annotations.sheets.sheet import SheetRow
from annotations.transcript import Span


def as_given(places: Places, row: SheetRow) -> Span | None:
    """The passage at the characters that another program gives, where its words are the quote's; else None."""
    try:
        span = places.span(row["at_start"], row["at_end"]) if row["at_start"] and row["quote"] else None
    except NotFound:
        return None
    return span if span is not None and places.says(span, row["quote"]) else None


def passage_of_row(places: Places, row: SheetRow, given: Span | None = None) -> Span:
    """The narrowest passage that the row's columns name; raises NotFound where they name different ones.

    ``given``: what start and end mean, where they count otherwise than ours.
    """
    turn = _turn(places, row)
    if given is None and (row["start"] or row["end"]):
        given = places.span(row["start"], row["end"])
    if given is not None and turn is not None and not given.overlap(turn):
        raise NotFound(
            "start", "start and end lie outside the turn that the row names; leave one of them empty"
        )
    if row["quote"] and given is not None:
        if not places.says(given, row["quote"]):
            raise NotFound(
                "quote",
                "these are not the words from start to end, so one of them is wrong (offsets count code points "
                'of the text that "tandem show ID --text" prints); correct them, or leave start and end empty',
            )
    elif row["quote"]:
        quoted = places.quote(row["quote"], within=turn)
        if turn is not None and not quoted.overlap(turn):
            raise NotFound(
                "quote", "these words stand outside the turn that the row names; correct one of them"
            )
        return quoted
    span_given = given or turn
    if span_given is None:
        raise NotFound("turn", "nothing says where the passage is; give turn, or start and end, or quote")
    return span_given


def _turn(places: Places, row: SheetRow) -> Span | None:
    """The turn that the row names in either count, or None."""
    turn = places.turn(row["turn"]) if row["turn"] else None
    shown = places.turn_shown(row["turn_shown"]) if row["turn_shown"] else None
    if turn is not None and shown is not None and turn != shown:
        raise NotFound(
            "turn_shown",
            "turn (from 0) and turn_shown (from 1) name different turns; correct one, or leave it empty",
        )
    return turn or shown
