"""Another order of new passages, and titles that tell projects apart."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest

from annotations.coding import Draw
from annotations.deal_and_draw import DealtSegment
from annotations.errors import TandemError
from service.pushing.open_project import title_of
from service.pushing.waves import in_order

SEGMENTS = [UUID(int=n) for n in range(4)]


def test_an_order_moves_passages_and_says_why() -> None:
    """Those that come again stay at the end."""
    placed = [*(DealtSegment(one, Draw.ORDINARY) for one in SEGMENTS), DealtSegment(SEGMENTS[0], Draw.REPEAT)]

    def backwards(segments: Sequence[UUID]) -> list[tuple[UUID, str]]:
        return [(one, "the model is unsure") for one in reversed(segments)]

    found, note = in_order(placed, backwards)
    assert [one.segment for one in found] == [*reversed(SEGMENTS), SEGMENTS[0]]
    assert found[-1].draw is Draw.REPEAT
    assert "the model is unsure" in note


def test_an_order_that_loses_passages_is_refused() -> None:
    """Every passage has to come once."""
    placed = [DealtSegment(one, Draw.ORDINARY) for one in SEGMENTS]
    with pytest.raises(TandemError, match="every passage once"):
        in_order(placed, lambda segments: [(segments[0], "")])


@pytest.mark.parametrize(
    "study", ["A study", "A study whose name goes on and on, for more than fifty letters"]
)
def test_a_title_keeps_what_tells_it_apart(study: str) -> None:
    """Of a long name the end goes, not the wave and the coder; Label Studio takes 50 characters."""
    titles = {title_of(study, wave, coder) for wave in "23" for coder in (None, "Ines Falk", "Tom Okafor")}
    assert len(titles) == 6
    assert all(len(title) <= 50 for title in titles)
