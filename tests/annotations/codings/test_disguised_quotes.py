"""Quotes that programs and people have changed in any way are the same passage, or are refused."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable

import pytest
from builders import a_transcript
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from annotations.codings.locate import NotFound, Places
from annotations.codings.quote_search import QuoteSearch
from annotations.codings.quote_words import words_of
from annotations.transcript import Span, SpokenTurn, Transcript, canonical

letters = st.text("abcdefghijklmnopqrstuvwxyzäöüéßñ", min_size=3, max_size=9)


spoken = st.lists(st.lists(letters, min_size=1, max_size=12), min_size=2, max_size=7)


joins = st.sampled_from([" ", ", ", " – ", "... ", " ’", "” “", "\n", ". "])


@st.composite
def copied(draw: st.DrawFn) -> tuple[Places, Span, list[list[str]]]:
    """A transcript, a span over one to four of its turns, and the pieces of it in each turn, word by word."""
    turns = draw(spoken)
    said = [[word + draw(joins) for word in turn[:-1]] + [turn[-1] + "."] for turn in turns]
    names = ["Interviewer", draw(st.sampled_from(["P-01", "JKG-FL-01", "Dr. Ines", "1001"]))]
    text, placed = canonical(
        [SpokenTurn(names[at % 2], "".join(turn)) for at, turn in enumerate(said)], ["Interviewer"]
    )
    first = draw(st.integers(0, len(said) - 1))
    last = draw(st.integers(first, min(len(said) - 1, first + 3)))
    pieces = [list(turn) for turn in said[first : last + 1]]
    skipped = draw(st.integers(0, len(pieces[0]) - 1))
    pieces[0] = pieces[0][skipped:]
    start = placed[first].span.start + len("".join(said[first][:skipped]))
    kept = draw(st.integers(1, len(pieces[-1])))
    cut = len("".join(pieces[-1][kept:]))
    pieces[-1] = pieces[-1][:kept]
    passage = text[start : placed[last].span.end - cut]
    end = start + len(passage.rstrip())
    assume(end > start)
    return (
        Places(Transcript(name="P-01", text=text, turns=placed, participant="P-01")),
        Span(start, end),
        pieces,
    )


def _a_case(*pieces: list[str]) -> tuple[Places, Span, list[list[str]]]:
    """What ``copied`` draws, with these turns as the last, all of them copied."""
    said = ["aaa.", *("".join(turn) for turn in pieces)]
    names = ["Interviewer", "P-01"]
    text, turns = canonical(
        [SpokenTurn(names[at % 2], words) for at, words in enumerate(said)], ["Interviewer"]
    )
    places = Places(Transcript(name="P-01", text=text, turns=turns, participant="P-01"))
    return places, Span(turns[1].span.start, turns[-1].span.end), [list(turn) for turn in pieces]


def _words(span: Span, places: Places) -> tuple[int, int]:
    """The first and the last letter of a span: marks at its ends are neither here nor there."""
    text = places.transcript.text
    inside = [at for at in range(span.start, span.end) if text[at].isalnum()]
    return inside[0], inside[-1]


def _said(span: Span, places: Places) -> list[str]:
    """The words of a span, without the labels between its turns."""
    spoken = words_of(places.transcript.text, [turn.span for turn in places.transcript.turns])
    return [
        word for word, at in zip(spoken.folded, spoken.starts, strict=True) if span.start <= at < span.end
    ]


def _typed(text: str) -> str:
    return text.translate(str.maketrans({"’": "'", "“": '"', "”": '"', "–": "-"}))


HEADS = [
    "\nInterviewer: ",
    "\n00:01:02 Anna\n",
    "\nAnna\n",
    " Anna: ",
    "\n[00:10] P1: ",
    "\n7\n00:00:10.210 --> 00:00:14.120\n",
    " [Nurse A] ",
]


DISGUISES: dict[str, Callable[[str], str]] = {
    "typed marks": _typed,
    "an ellipsis at both ends": lambda quote: f"[...] {quote} …",
    "marks around": lambda quote: f"« {quote} »",
    "marks and an ellipsis": lambda quote: f"“{quote}...”",
    "the label in front": lambda quote: f"P9: {quote}",
    "label and time in front": lambda quote: f"[P-01] 00:12:33 {quote}",
    "soft hyphens": lambda quote: "\u00ad".join(quote),
    "zero width": lambda quote: "\ufeff" + "\u200b".join(quote),
    "hard spaces": lambda quote: quote.replace(" ", "\u00a0\u202f"),
    "lines broken": lambda quote: quote.replace(" ", "\n"),
    "other dashes": lambda quote: quote.replace("–", "—"),
    "marks apart from letters": lambda quote: unicodedata.normalize("NFD", quote),
}


@pytest.mark.parametrize("disguise", DISGUISES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=copied(), head=st.sampled_from(HEADS))
def test_a_disguised_quote_is_the_same_span(
    disguise: str, case: tuple[Places, Span, list[list[str]]], head: str
) -> None:
    """Whatever the disguise and the heads between turns, the same words are found, or they stand there twice."""
    places, span, pieces = case
    quote = DISGUISES[disguise](head.join("".join(piece) for piece in pieces).strip())
    try:
        found = places.quote(quote)
    except NotFound as error:
        assert "times, in turn" in str(error)  # noqa: PT017 (either outcome is right)
    else:
        # words said again and again may stand there with this very head between them
        word_for_word = found.of(places.transcript.text).split() == quote.split()
        assert word_for_word or _words(found, places) == _words(span, places)


@settings(max_examples=40, deadline=None)
@given(case=copied(), at=st.integers(0, 200), dots=st.sampled_from([" … ", " [...] ", "... "]))
@example(case=_a_case(["aab ", "aaaa ", "aaaaa ", "aaaaaa."], ["aaa ’", "aaa."]), at=3, dots=" … ")
@example(case=_a_case(["we ", "went ", "on ", "on."]), at=1, dots=" [...] ")
@example(case=_a_case(["on, ", "on ", "we ", "went."]), at=0, dots=" … ")
@example(case=_a_case(["we ", "went... ", "on ", "and ", "on."]), at=2, dots="... ")
@pytest.mark.slow
def test_words_left_out_in_the_middle(case: tuple[Places, Span, list[list[str]]], at: int, dots: str) -> None:
    """Both parts are found in their order, from the first word to the last."""
    places, span, pieces = case
    words = [word for piece in pieces for word in "".join(piece).split() if any(map(str.isalnum, word))]
    assume(len(words) > 2)
    gap = 1 + at % (len(words) - 2)
    quote = " ".join(words[:gap]) + dots + " ".join(words[gap + 1 :])
    try:
        found = places.quote(quote)
    except NotFound as error:
        assert "times, in turn" in str(error)  # noqa: PT017 (either outcome is right)
        return
    # where the text has an ellipsis of its own, these may be the very words, or letters, of another place
    said = found.of(places.transcript.text)
    word_for_word = said == quote or ("..." in said and _said(found, places) == words_of(quote).folded)
    assert word_for_word or _words(found, places) == _words(span, places)


@settings(max_examples=40, deadline=None)
@given(
    words=st.lists(letters, min_size=3, max_size=10, unique=True), disguise=st.sampled_from(sorted(DISGUISES))
)
def test_a_disguised_quote_that_stands_twice_names_both_turns(words: list[str], disguise: str) -> None:
    """A quote of words that stand in two turns is refused, however it was copied."""
    said = " – ".join(words)
    places = Places(a_transcript("P-01", "1 2 3", f"4 {said} 5", "6 7", f"8 {said} 9"))
    with pytest.raises(NotFound, match=r"2 times, in turns 1, 3 \(turns 2, 4 as shown to people\)"):
        places.quote(DISGUISES[disguise](said))


@settings(max_examples=40, deadline=None)
@given(
    turns=st.lists(st.lists(letters, min_size=6, max_size=12), min_size=2, max_size=6),
    at=st.integers(0, 100),
    label=st.sampled_from(["", "P1: ", "“"]),
)
@pytest.mark.slow
def test_a_near_miss_names_its_turn(turns: list[list[str]], at: int, label: str) -> None:
    """A quote with one word changed is refused, and the hint names the turn that it was copied from."""
    assume(len({word for turn in turns for word in turn}) == sum(map(len, turns)))
    meant = at % len(turns)
    # most letters are the same: else nobody could say which turn was meant
    assume(len(turns[meant][3].casefold()) * 5 <= len(" ".join(turns[meant]).casefold()))
    places = Places(a_transcript("P-01", *(" ".join(turn) for turn in turns)))
    quote = label + " ".join([*turns[meant][:3], "QQQ", *turns[meant][4:]])
    with pytest.raises(NotFound, match="do not stand"):
        places.quote(quote)
    assert meant in places.nearest_turns(quote)


@pytest.mark.slow
def test_many_quotes_in_a_long_transcript_take_seconds() -> None:
    """A megabyte and many disguised quotes, some of common words alone, need no quadratic time."""
    turns = [
        " ".join(
            f"{['the', 'and', 'of', 'it'][(at * n) % 4]} w{(at * 31 + n * 7) % 5000}x" for n in range(60)
        )
        for at in range(2000)
    ]
    places = Places(a_transcript("long", *turns))
    begun = time.process_time()
    for at in range(0, 1000, 4):
        quote = (
            f"P1: “{' '.join(turns[at].split()[-9:])}\n00:01:02 Anna\n{' '.join(turns[at + 1].split()[:9])}…”"
        )
        try:
            places.quote(quote)
        except NotFound as error:
            assert "times" in str(error)  # noqa: PT017 (either outcome is right)
    for quote in ("“the the the", "… and it", "(" * 20_000, "." * 50_000, "a:" * 20_000, "the [...] " * 300):
        with pytest.raises(NotFound):
            places.quote(quote)
    assert time.process_time() - begun < 20


def _stands(between: str) -> bool:
    """Is the quote found with this put where the one turn ends and the next begins?"""
    said = [SpokenTurn("Interviewer", "How was it?"), SpokenTurn("P-01", "We had no money."),
            SpokenTurn("Interviewer", "Then what came?")]  # fmt: skip
    text, turns = canonical(said, ("Interviewer",))
    search = QuoteSearch(words_of(text, [turn.span for turn in turns]), ["Interviewer", "P-01"])
    return bool(search.matches(f"We had no money. {between}Then what came?"))


@pytest.mark.parametrize("inserted", ["Really? ", "Exactly. ", "Well, ", "Nobody ", "Indeed!\n", "So "])
def test_a_word_that_nobody_said_is_no_head(inserted: str) -> None:
    """A short capitalised word put between two turns makes another quote, which is not found."""
    assert not _stands(inserted)


@pytest.mark.parametrize(
    "head",
    [
        "Interviewer: ",
        "\nAnna Lind\n",
        "Anna Lind  ",
        "00:01:02 ",
        "[JKG-01] ",
        "\nAnna L.\n",
        "\nDr. Lind\n",
        "Anna:\t",
        "",
    ],
)
def test_heads_between_turns_are_passed_over(head: str) -> None:
    """As other programs print them."""
    assert _stands(head)
