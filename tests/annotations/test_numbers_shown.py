"""Numbers as people read them."""

from __future__ import annotations

from annotations.numbers_shown import counted, number, ranging


def test_one_thing_is_no_plural() -> None:
    """The noun follows its number."""
    assert counted(1, "transcript") == "1 transcript"
    assert counted(0, "transcript") == "0 transcripts"
    assert counted(1200, "passage is", "passages are") == "1,200 passages are"


def test_no_interval_is_read_as_a_minus() -> None:
    """Its ends stand apart, and nothing is minus nought."""
    assert ranging((-0.11, -0.001)) == "−0.11 to 0.00"
    assert number(None) == "–"
