"""Quotes are found as people copy them, and the same passage is found however they were copied."""

from __future__ import annotations

import pytest
from builders import a_transcript

from annotations.codings.locate import NotFound, Places

WARD = Places(
    a_transcript(
        "P-01",
        "What changed in the ward after the summer, would you say?",
        "We lost the two best nurses – it’s true – and nobody replaced them until the autumn came.",
        "And then?",
        "Then it was better, the ﬁrst well-known relief.",
    )
)


def _found(quote: str, places: Places = WARD) -> str:
    return places.quote(quote).of(places.transcript.text)


@pytest.mark.parametrize(
    "quote",
    [
        "it's true - and nobody replaced them",
        "it’s true—and nobody replaced them",
        "it's true -- and nobody replaced them",
        '"it\'s true – and nobody replaced them"',
        "„it’s true – and nobody replaced them“",
        "« it’s true – and nobody replaced them »",
        "»it’s true – and nobody replaced them«",
        "「it’s true – and nobody replaced them」",
        "it’s true – and nobody replaced them…",
        "... it’s true – and nobody replaced them ...",
        "[...] it’s true – and nobody replaced them [...]",
        "it’s […] replaced them",
        "it’s true (...) replaced them",
        "P-01: it’s true – and nobody replaced them",
        "[P-01] it’s true – and nobody replaced them",
        "[00:01:02] P1: it’s true – and nobody replaced them",
        "Anna Berg 00:01:02\nit’s true – and nobody replaced them",
        "#00:01:02-0# P1: “it’s true – and nobody replaced them…”",
        "it’s true – and nobody replaced them (P-01, 00:01:02)",
        "it’s\u00a0true\u202f–\u2003and nobody replaced\nthem",
        "it’s true – and no\u00adbody repl\u200baced \ufeffthem",
        "it’s true – and nobody re-\nplaced them",
        "it’s true – and nobody re- placed them",
    ],
)
def test_one_passage_copied_in_many_ways(quote: str) -> None:
    """Marks, ellipses, labels, white space and hyphens around and within a quote do not hide it."""
    assert _found(quote) == "it’s true – and nobody replaced them"


@pytest.mark.parametrize(
    "head",
    [
        "Interviewer: ",
        "\nInterviewer: ",
        "\n00:01:02 Anna\n",
        "\nAnna\n",
        "\n\nAnna Berg\n00:01:02\n",
        " Anna: ",
        "\n[00:00:10.210 --> 00:00:14.120] SPEAKER_00: ",
        "\n12\n00:00:10,210 --> 00:00:14,120\nAnna: ",
        "\n[T001] Moderator: ",
        "\n#00:00:10-0#\nI: ",
        "\n<v Anna>",
        "\n**Anna:** ",
        " (0:33) ",
        " Anna Berg (01:02): ",
        " ",
    ],
)
def test_heads_of_other_programs_between_turns(head: str) -> None:
    """A quote over turns holds the heads that the other program printed, in whatever layout."""
    quote = f"until the autumn came.{head}And then?{head.replace('Anna', 'Berta')}Then it was better"
    found = _found(quote)
    assert found.startswith("until the autumn")
    assert found.endswith("it was better")


@pytest.mark.parametrize(
    "quote",
    [
        "We lost the two best doctors",
        "We lost two best nurses",
        "We lost the two very best nurses",
        "until the autumn came. but And then?",
        "He told me: we lost the two best nurses",
        "[...] nobody […] We lost",
        "first well known rel",
    ],
)
def test_other_words_are_not_found(quote: str) -> None:
    """A word more, a word less, another word or another order is another quote."""
    with pytest.raises(NotFound):
        WARD.quote(quote)


@pytest.mark.parametrize(
    "quote", ["the first well-known relief.", "the ﬁrst well‑known relief.", "the first wellknown relief."]
)
def test_ligatures_and_hyphens_within_words(quote: str) -> None:
    """A ligature is its letters, and a hyphen within a word may be of any sort."""
    assert _found(quote) == "the ﬁrst well-known relief."


def test_the_text_may_hold_what_the_quote_lacks() -> None:
    """A text taken from a PDF holds hyphens at the ends of lines and soft hyphens; a quote has none."""
    places = Places(a_transcript("P-02", "So?", "We re-\nplaced no\u00adbody in U\u0308bersee."))
    assert _found("replaced nobody in Übersee", places) == "re-\nplaced no\u00adbody in U\u0308bersee"


def test_a_word_cut_by_an_ellipsis_is_found_whole() -> None:
    """An ellipsis directly on a word may cut it."""
    assert _found("“We lost the two best nur…”") == "We lost the two best nurses"


def test_an_ellipsis_leaves_out_a_bounded_stretch() -> None:
    """Parts that stand far from each other are two quotes."""
    places = Places(a_transcript("P-03", "alpha beta", *["and so on it went"] * 200, "gamma delta"))
    with pytest.raises(NotFound):
        places.quote("alpha beta [...] gamma delta")


def test_an_ellipsis_with_two_ends_is_refused() -> None:
    """If the part behind an ellipsis stands there twice, nobody knows how far the quote reaches."""
    places = Places(a_transcript("P-04", "So?", "alpha beta one two gamma three", "And?", "then gamma again"))
    with pytest.raises(NotFound, match="2 times, in turn"):
        places.quote("alpha beta … gamma")


@pytest.mark.parametrize("said", ["First we asked, they refused.", "First we asked and they, they refused."])
@pytest.mark.parametrize("dots", [" … ", " [...] ", "... "])
def test_words_in_a_row_are_not_preferred_to_words_left_out(said: str, dots: str) -> None:
    """Two places fit a quote with an ellipsis; that the words stand in a row at one of them does not decide it."""
    turns = ("So?", said, "And?", "Then we asked for beds and again they refused.")
    with pytest.raises(NotFound, match="times, in turns 1, 3"):
        Places(a_transcript("P-05", *turns)).quote(f"we asked{dots}they refused")


@pytest.mark.parametrize("head", ["", "\nAnna Lind: "])
def test_an_ellipsis_that_the_text_has_as_well_is_a_mark(head: str) -> None:
    """A pause was copied, with other dots: no words are left out, however often the last of them come again."""
    said = (
        "So?",
        "First we asked... they refused.",
        "And?",
        "Then we asked for beds and again they refused and?",
    )
    places = Places(a_transcript("P-06", *said))
    assert _found("we asked … they refused", places) == "we asked... they refused"
    assert (
        _found(f"we asked … they refused. {head}And", places) == "we asked... they refused.\nInterviewer: And"
    )


def test_an_ellipsis_for_a_comma_is_found_where_one_place_fits() -> None:
    """A quote need not leave out words where its ellipsis stands."""
    assert _found("Then it was better … the first") == "Then it was better, the ﬁrst"


def test_a_label_copied_along_is_no_part_of_the_passage() -> None:
    """The passage begins with the words of the turn."""
    assert _found("P-01: We lost the two") == _found("We lost the two")


def test_start_and_end_with_a_copied_quote() -> None:
    """A quote beside start and end may hold marks and heads as well."""
    span = WARD.quote("the autumn came. And then?")
    assert WARD.says(span, "“… the autumn came.\nAnna: And then?”")
    assert not WARD.says(span, "“the autumn came.”")


@pytest.mark.parametrize(
    ("quote", "turns"),
    [
        ("We lost the two best nurses and somebody replaced", (1,)),
        ("P1: We lost two of the best nurses and nobody replaced", (1,)),
        ("What changed in that ward after the summers", (0,)),
        ("nobody replaced them until autumn camee. And them? Then it was", (1, 2, 3)),
    ],
)
def test_the_turns_near_a_quote(quote: str, turns: tuple[int, ...]) -> None:
    """The turn that holds the words is named, not the one before; several where several hold parts."""
    assert set(WARD.nearest_turns(quote)) <= set(turns)
    assert WARD.nearest_turns(quote)[0] == turns[0]
