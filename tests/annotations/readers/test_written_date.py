"""Dates as people write them: read where they have one meaning, refused with an example elsewhere."""

from __future__ import annotations

import datetime

import pytest

from annotations.errors import BadInput
from annotations.readers.written_date import written_date

FIRST_OF_MARCH = datetime.date(2026, 3, 1)


@pytest.mark.parametrize(
    "given",
    ["2026-03-01", "20260301", "2026-03-01T10:00", "1 March 2026", "1st of March 2026", "March 1, 2026", "mar 1 2026",
     "1 mars 2026", "1. März 2026", "1.3.2026", "01.03.2026", "1-Mar-2026", " 1  march 2026 "],
)  # fmt: skip
def test_what_means_one_day_is_read(given: str) -> None:
    """In English, Swedish or German, with the month as a word or in an order that cannot be another."""
    assert written_date(given) == FIRST_OF_MARCH


def test_a_day_past_the_twelfth_tells_the_order() -> None:
    """No month has the number 13."""
    assert written_date("13/03/2026") == written_date("03/13/2026") == datetime.date(2026, 3, 13)


def test_two_meanings_are_both_named() -> None:
    """Whoever wrote it knows which is meant."""
    with pytest.raises(BadInput, match=r'"01/03/2026" may be 1 March or 3 January; write it as 2026-03-01'):
        written_date("01/03/2026")


@pytest.mark.parametrize(
    "given",
    [
        "yesterday",
        "31 February 2026",
        "1 ma 2026",
        "1 ju 2026",
        "1 jul",
        "26.03.01",
        "99/99/2026",
        "1 mai maj 2026",
    ],
)
def test_no_date_is_refused_with_an_example(given: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(BadInput, match="is no date; write it as 2026-03-01 or 1 March 2026"):
        written_date(given)
