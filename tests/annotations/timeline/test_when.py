"""Dates as people write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.timeline.when import when_of


@pytest.mark.parametrize(
    ("given", "first", "last", "how"),
    [
        ("2017-03-14", "2017-03-14", "2017-03-14", ""),
        ("14 March 2017", "2017-03-14", "2017-03-14", ""),
        ("March 14, 2017", "2017-03-14", "2017-03-14", ""),
        ("14.3.2017", "2017-03-14", "2017-03-14", ""),
        ("Feb. 2016", "2016-02-01", "2016-02-29", ""),
        ("2016-02", "2016-02-01", "2016-02-29", ""),
        ("2017", "2017-01-01", "2017-12-31", "uncertain"),
        ("early 2017", "2017-01-01", "2017-04-30", "uncertain"),
        ("mid-2017", "2017-05-01", "2017-08-31", "uncertain"),
        ("end of 2017", "2017-10-01", "2017-12-31", "uncertain"),
        ("Spring 2017", "2017-03-01", "2017-05-31", "uncertain"),
        ("winter 2016/17", "2016-12-01", "2017-02-28", "uncertain"),
        ("Q4 2017", "2017-10-01", "2017-12-31", "uncertain"),
        ("the 1990s", "1990-01-01", "1999-12-31", "uncertain"),
        ("late 1990s", "1997-01-01", "1999-12-31", "uncertain"),
        ("2006–2016", "2006-01-01", "2016-12-31", "lasted"),
        ("2006 - 2016", "2006-01-01", "2016-12-31", "lasted"),
        ("from 2006 to 2016", "2006-01-01", "2016-12-31", "lasted"),
        ("2012/13", "2012-01-01", "2013-12-31", "lasted"),
        ("March–June 2017", "2017-03-01", "2017-06-30", "lasted"),
        ("early 2017 to late 2018", "2017-01-01", "2018-12-31", "lasted"),
        ("2017-03-14 to 2017-05-01", "2017-03-14", "2017-05-01", "lasted"),
        ("around 2010 to 2012", "2010-01-01", "2012-12-31", "lasted about uncertain"),
        ("between 2012 and 2014", "2012-01-01", "2014-12-31", "uncertain"),
        ("by 2016", "2016-12-31", "2016-12-31", "no_start uncertain"),
        ("before 2016", "2015-12-31", "2015-12-31", "no_start uncertain"),
        ("since March 2018", "2018-03-01", "2018-03-01", "lasted no_end uncertain"),
        ("after 2018", "2019-01-01", "2019-01-01", "lasted no_end uncertain"),
        ("2016–present", "2016-01-01", "2016-01-01", "lasted no_end uncertain"),
        ("2016 onwards", "2016-01-01", "2016-01-01", "lasted no_end uncertain"),
        ("c. 2010", "2010-01-01", "2010-12-31", "about uncertain"),
        ("2010?", "2010-01-01", "2010-12-31", "about uncertain"),
    ],
)
def test_what_words_mean(given: str, first: str, last: str, how: str) -> None:
    """Days from and to, and what is not known of them."""
    found = when_of(given)
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)
    flags = ("lasted", "about", "no_start", "no_end", "uncertain")
    assert [flag for flag in flags if getattr(found, flag)] == [flag for flag in flags if flag in how.split()]


@pytest.mark.parametrize(
    "given",
    [
        "soon",
        "17",
        "2017-13-01",
        "2017-02-30",
        "Smarch 2017",
        "99999",
        "3/4/2017",
        "20170314",
        "early",
        "2010s-ish",
        "by",
        "–2016",
    ],
)
def test_what_cannot_be_read_is_refused(given: str) -> None:
    """With ways in which it could be written; a date that could be two is one of these."""
    with pytest.raises(ValueError, match="is no date that can be read; write it as 2017-03-14"):
        when_of(given)


@pytest.mark.parametrize("given", ["2016–2006", "2017-05-01 to 2017-03-14", "June–March 2017"])
def test_an_end_before_its_start_is_refused(given: str) -> None:
    """As what it is."""
    with pytest.raises(ValueError, match="ends before it starts; correct one of the two dates"):
        when_of(given)


def test_no_date_is_said_to_be_none() -> None:
    """Every event has one."""
    with pytest.raises(ValueError, match="every event has a date"):
        when_of(" ")


@settings(max_examples=60, deadline=None)
@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)), st.integers(0, 4000))
def test_days_and_spans_of_days_come_back(day: date, more: int) -> None:
    """As ISO dates, alone or two with a word between."""
    last = min(day + timedelta(days=more), date(2999, 12, 31))
    assert when_of(day.isoformat()).first == day
    found = when_of(f"{day.isoformat()} to {last.isoformat()}")
    assert (found.first, found.last, found.uncertain) == (day, last, False)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="0123456789 -–/.earlybmidtoMch", max_size=14))
def test_anything_is_read_or_refused(given: str) -> None:
    """Never a fault of another kind, never an end before a start."""
    try:
        found = when_of(given)
    except ValueError:
        return
    assert found.first <= found.last
