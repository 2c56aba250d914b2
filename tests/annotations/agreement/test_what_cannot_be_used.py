"""What of reviews cannot be used is said in clauses, which whoever prints them ends."""

from __future__ import annotations

from uuid import UUID

from annotations.agreement.current_reviews import notes_on
from annotations.codebook.codes import Code, Codebook, Framework
from annotations.coding import Coding, Condition, Review
from annotations.transcript import Span

BOOK = Codebook("B", (Framework("f", "F"),), (Code("a", "A", "f", "F/A"),))


def test_codes_that_are_gone_and_reviews_without_sources_are_told_in_one_clause_each() -> None:
    """No clause ends with a full stop, or two would stand in `tandem agreement`."""
    gone = Review(UUID(int=1), "Ines Falk", Span(0, 9), (Coding("gone", Span(0, 9)),))
    derived = Review(UUID(int=1), "Team", Span(0, 9), condition=Condition.CONSENSUS)
    codes, sources = notes_on([gone, derived], BOOK)
    assert (
        codes
        == '1 coding carries a code that the codebook does not hold, and so counts as not coded: "gone" (1)'
    )
    assert sources.startswith("1 derived review names no sources")
    assert not sources.endswith(".")
