"""Finding passages by turn, by code points and by quote."""

from __future__ import annotations

import pytest
from builders import a_transcript
from hypothesis import assume, given
from hypothesis import strategies as st

from annotations.codings.locate import NotFound, Places
from annotations.transcript import Span, SpokenTurn, Transcript, canonical


@pytest.fixture
def places() -> Places:
    """Four turns; the second and the fourth are the participant's."""
    return Places(
        a_transcript(
            "PLP-22",
            "How did it start?",
            "With money. It’s always   money, – and people.",
            "And then?",
            "Money again, and again.",
        )
    )


def _reason(places: Places, how: str, *given: str) -> tuple[str, str]:
    with pytest.raises(NotFound) as caught:
        getattr(places, how)(*given)
    return caught.value.column, str(caught.value)


@pytest.mark.parametrize("given", ["3", "3.0", "+3", "3."])
def test_a_turn_is_found_by_its_number(places: Places, given: str) -> None:
    """Turns count from 0, and a number may be written as spreadsheets do."""
    assert places.turn(given).of(places.transcript.text) == "Money again, and again."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "4",
            'there is no turn 4 (turn 5 as shown to people); "PLP-22" has 4 turns, numbered 0 to 3 (1 to 4 as shown to '
            "people)",
        ),
        ("-1", "there is no turn -1; in this column turns count from 0"),
        ("3.5", '"3.5" is no number'),
        ("three", '"three" is no number'),
        ("9" * 30, "is no number"),
        ("²", "is no number"),
    ],
)
def test_a_turn_that_does_not_exist(places: Places, given: str, said: str) -> None:
    """The reason says how many turns there are, in both counts."""
    column, reason = _reason(places, "turn", given)
    assert column == "turn"
    assert said in reason


@pytest.mark.parametrize("given", ["4", "4.0", "+4"])
def test_a_turn_is_found_by_the_number_that_people_see(places: Places, given: str) -> None:
    """In the column turn_shown turns count from 1; the same turn is one less in the column turn."""
    assert places.turn_shown(given) == places.turn("3")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("0", "turns count from 1"),
        ("-1", '"-1" is no turn'),
        ("five", '"five" is no turn'),
        ("5", 'there is no turn 4 (turn 5 as shown to people); "PLP-22" has 4 turns'),
    ],
)
def test_a_number_that_people_do_not_see(places: Places, given: str, said: str) -> None:
    """The column is named, and how turns count in it."""
    column, reason = _reason(places, "turn_shown", given)
    assert column == "turn_shown"
    assert said in reason


def test_a_transcript_without_turns() -> None:
    """A text without turns says so."""
    empty = Places(Transcript(name="empty", text="x", turns=()))
    assert _reason(empty, "turn", "0")[1].endswith('"empty" has no turns')


@pytest.mark.parametrize(
    ("start", "end", "column", "said"),
    [
        ("0", "", "end", "found nothing"),
        ("", "3", "start", "found nothing"),
        ("x", "3", "start", 'found "x"'),
        ("-2", "3", "start", "counted from 0"),
        ("3", "3", "end", "the passage is empty"),
        ("4", "3", "end", "it starts at 4 and ends at 3"),
        ("0", "99999", "end", "which has"),
    ],
)
def test_a_span_that_is_none(places: Places, start: str, end: str, column: str, said: str) -> None:
    """Half a span, words for numbers, an empty one and one beyond the text are refused."""
    got = _reason(places, "span", start, end)
    assert got[0] == column
    assert said in got[1]


def test_a_span_may_reach_the_end_of_the_text(places: Places) -> None:
    """The whole text is a span."""
    assert places.span("0", str(len(places.transcript.text))) == Span(0, len(places.transcript.text))


def test_a_quote_is_found_whatever_its_white_space(places: Places) -> None:
    """Line breaks and runs of spaces are one space, in the quote and in the text."""
    found = places.quote(" always money,\n– and\tpeople. ")
    assert found.of(places.transcript.text) == "always   money, – and people."


def test_a_quote_found_twice_names_the_turns(places: Places) -> None:
    """Words that stand in several places are ambiguous; all the turns are named."""
    column, reason = _reason(places, "quote", "oney")
    assert column == "quote"
    assert "3 times, in turns 1, 3 (turns 2, 4 as shown to people);" in reason


def test_a_turn_narrows_a_quote(places: Places) -> None:
    """Words that stand in several turns are found in the one that is named, unless they stand there twice."""
    text = places.transcript.text
    third = places.turn("3")
    found = places.quote("oney", within=third)
    assert found == Span(text.index("Money again") + 1, text.index("Money again") + 5)
    with pytest.raises(NotFound, match=r"2 times, in turn 3 \(turn 4 as shown to people\);"):
        places.quote("again", within=third)


def test_a_quote_with_other_capitals_says_so(places: Places) -> None:
    """Other capitals are named as the cause, with the turn."""
    assert (
        "in turn 1 (turn 2 as shown to people) they have other capitals"
        in _reason(places, "quote", "it’s ALWAYS money, - and")[1]
    )


def test_a_quote_that_is_not_there_shows_no_words_of_the_transcript(places: Places) -> None:
    """The reason names the transcript and holds none of its words, since they are confidential."""
    reason = _reason(places, "quote", "Money agan, and agan!")[1]
    assert reason == 'these words do not stand in "PLP-22"'


def test_the_nearest_turn_is_the_one_meant(places: Places) -> None:
    """A misspelt quote is near the turn it was copied from; other words are near none."""
    assert places.nearest_turns("Mony agan, and agian.") == (3,)
    assert places.nearest_turns("qqqq zzzz xxxx") == ()
    assert places.nearest_turns("Money " * 1000) == ()


words = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=("Zs", "Cc", "Cs")), min_size=1, max_size=8),
    min_size=1,
    max_size=8,
)
gaps = st.text(" \t\n\u00a0\u2003", min_size=1, max_size=3)


@given(st.lists(words, min_size=1, max_size=5), st.data())
@pytest.mark.slow
def test_a_quote_found_is_the_quote(turns: list[list[str]], data: st.DataObject) -> None:
    """Any words of a transcript, with any white space, are found where they stand, or are found more than once."""
    text, placed = canonical([SpokenTurn("P", data.draw(gaps).join(turn)) for turn in turns], ())
    places = Places(Transcript(name="t", text=text, turns=placed))
    at = data.draw(st.sampled_from(placed))
    said = at.span.of(text).split()
    assume(said)
    first = data.draw(st.integers(0, len(said) - 1))
    some = said[first : data.draw(st.integers(first + 1, len(said)))]
    quote = data.draw(gaps).join(some)
    try:
        found = places.quote(quote)
    except NotFound as error:
        assert "times" in str(error)  # noqa: PT017 (either outcome is right)
        assert len([n for n in range(len(text)) if " ".join(text[n:].split()).startswith(" ".join(some))]) > 1
    else:
        assert found.of(text).split() == some
        assert places.says(found, quote)
