"""Words taken out of a text are known by their place alone, and can be taken out of it a second time."""

from __future__ import annotations

import json

import pytest
from builders import a_transcript
from hypothesis import given
from hypothesis import strategies as st

from annotations.errors import BadInput
from annotations.taken_out import BLANKED, TakenOut, blanked, taken_out_of
from annotations.transcript import SpokenTurn, Transcript, canonical

_WORDS = st.lists(
    st.sampled_from(["Anna", "said", "it", "costs", "Bo", "日本", "é", "Anna's", "…"]), min_size=1, max_size=9
)


def _talk(*lines: list[str], speaker: str = "P-01") -> Transcript:
    return a_transcript("P-01", *(" ".join(words) for words in lines), speaker=speaker)


@given(st.lists(_WORDS, min_size=1, max_size=5))
def test_the_words_go_and_the_others_stay(lines: list[list[str]]) -> None:
    """Every turn keeps its number, speaker and other words; the names are gone; what is kept holds no word."""
    before = _talk(*lines)
    clean = [["X" if word.startswith("Anna") else word for word in words] for words in lines]
    after = _talk(*clean)
    taken = TakenOut.between(before.text, after.text)
    assert taken.is_of(before.text)
    kept = json.dumps(taken.to_json())
    assert "Anna" not in kept
    again = taken_out_of(json.loads(kept))
    assert again == taken
    found = blanked(before, again)
    if any(word.startswith("Anna") for words in lines for word in words):
        assert "Anna" not in found.text
    else:
        assert found.text == before.text
    assert [turn.speaker for turn in found.turns] == [turn.speaker for turn in before.turns]
    for turn, old, words in zip(found.turns, before.turns, lines, strict=True):
        said = turn.span.of(found.text)
        assert (turn.index, turn.role) == (old.index, old.role)
        assert said == said.strip() != ""
        assert said.replace(BLANKED, "").split() == [
            word for word in " ".join(words).split() if not word.startswith("Anna")
        ] or "Anna" in old.span.of(before.text)


def test_a_label_that_was_blanked_is_blanked() -> None:
    """Where the name stood as the speaker, the speaker is […], and the words stay."""
    before = _talk(["How", "is", "it?"], ["Fine."], speaker="Anna Lind")
    after = _talk(["How", "is", "it?"], ["Fine."], speaker="P-01")
    found = blanked(before, TakenOut.between(before.text, after.text))
    assert [turn.speaker for turn in found.turns] == ["Interviewer", BLANKED]
    assert [turn.span.of(found.text) for turn in found.turns] == ["How is it?", "Fine."]


def test_two_corrections_one_after_the_other() -> None:
    """The oldest text loses both names, though it was gone when the second was taken out."""
    first = _talk(["Anna", "and", "Bo", "came."])
    second = _talk(["[A]", "and", "Bo", "came."])
    third = _talk(["[A]", "and", "[B]", "came."])
    taken = TakenOut.between(first.text, second.text).and_then(second.text, third.text)
    assert taken.is_of(first.text)
    assert blanked(first, taken).text == f"Interviewer: {BLANKED} and {BLANKED} came.\n"


def test_another_text_is_not_taken_for_it() -> None:
    """One with other words around, or of another length, is left as it is."""
    text, turns = canonical([SpokenTurn("I", "Anna came.")], ("I",))
    taken = TakenOut.between(text, text.replace("Anna", "X"))
    assert not taken.is_of(text.replace("came", "went"))
    assert not taken.is_of(text.replace("Anna", "X"))
    assert taken.is_of(text)
    assert len(turns) == 1


@pytest.mark.parametrize(
    "plain",
    [
        None,
        {},
        {"length": 3, "known": [[0, 0, 9]], "rest": "x", "stays": []},
        {"length": 9, "known": [[4, 0, 2], [1, 0, 2]], "rest": "x", "stays": []},
        {"length": 9, "known": [["a", 0, 2]], "rest": "x", "stays": []},
        {"length": 9, "known": [[-1, 0, 2]], "rest": "x", "stays": []},
        {"length": 9, "known": [[0, 0]], "rest": "x", "stays": []},
    ],
)
def test_nonsense_is_refused(plain: object) -> None:
    """In a sentence."""
    with pytest.raises(BadInput, match="taken out"):
        taken_out_of(plain)
