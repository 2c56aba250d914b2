"""Whatever is said, and in the layout of whatever program: the turns that come in are those that were said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from program_layouts import ALL
from written import read_as

PEOPLE = (
    "Ines Falk", "Orla Brun", "JKG-01", "S00", "SPEAKER_01", "Speaker 2", "1001", "2nd nurse", "14155550100",
    "Nurse", "Participant 3", "Maria de la Cruz", "O'Brien, Sean", "Dr. Weiß", "Sjuksköterska", "Enquêtée", "Entrevistada",
    "Geïnterviewde", "Befragte", "护士", "受访者", "باحث", "Head nurse of ward nine (North)", "P1",
)  # fmt: skip
ASKING = (
    "Interviewer",
    "Moderator 2",
    "I",
    "INT1",
    "Anna Lind",
    "Intervjuare",
    "访谈者",
    "Interviewer (Ines)",
    "Enquêtrice",
)
WORDS = (
    "the ward", "nobody", "budget", "we", "lacked", "money", "a plan", "då", "vi", "ändå", "das Formular", "niemand", "gut",
    "l'hôpital", "on", "voulait", "el presupuesto", "nunca", "het geld", "niet", "预算", "很少", "at 10:30", "(laughs)",
    "[name]", "and she said: stop", "three of them", "mm-hmm", "https://example.org", "“no”", "1999",
)  # fmt: skip


# what these layouts cannot tell from a number that counts, or from words: a number alone, a phrase on its own line
NO_NUMBERS = ("names in identifiers (.vtt)", "Vibe text (.txt)", "Vibe (.srt)")
NO_PHRASES = ("names on lines of their own (.txt)",)


@st.composite
def conversations(draw: st.DrawFn, name: str) -> list[tuple[str, str]]:
    """Somebody who asks and one to three who answer, each at least twice."""
    asks = draw(st.sampled_from(ASKING))
    people = [
        who
        for who in PEOPLE
        if not (name in NO_NUMBERS and who.isdecimal()) and not (name in NO_PHRASES and " nurse " in who)
    ]
    answer = draw(st.lists(st.sampled_from(people), min_size=1, max_size=3, unique=True))
    said = []
    for who in [*answer, *answer, *draw(st.lists(st.sampled_from(answer), max_size=4))]:
        said.append((asks, _sentence(draw, "?")))
        said.append((who, _sentence(draw, ".")))
    return said


def _sentence(draw: st.DrawFn, end: str) -> str:
    words = draw(st.lists(st.sampled_from(WORDS), min_size=2, max_size=6))
    return f"So {' '.join(words)} there{end}"


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
@pytest.mark.slow
def test_what_was_said_comes_in_as_it_was_said(name: str, data: st.DataObject) -> None:
    """Speakers, words and their order; every word of the file is kept, a mark, or told as left out."""
    said = data.draw(conversations(name))
    ending, made = ALL[name]
    (found,) = read_as(ending, made(said))
    assert [(turn.speaker, " ".join(turn.span.of(found.text).split())) for turn in found.turns] == said
    assert found.account.missing == 0


ODD = ("Porter", "2nd nurse", "[Nurse A]", "+46 70 555 01 00")


@pytest.mark.parametrize("name", [name for name in ALL if "names on lines" not in name])
def test_somebody_who_speaks_once_is_a_speaker_too(name: str) -> None:
    """Beside others, in the same layout."""
    said = [("Ines Falk", "How was it?"), ("JKG-01", "Slow."), ("Ines Falk", "And then?"), ("Porter", "Better."),
            ("Ines Falk", "So?"), ("JKG-01", "We lacked money.")]  # fmt: skip
    ending, made = ALL[name]
    (found,) = read_as(ending, made(said))
    assert [(turn.speaker, turn.span.of(found.text)) for turn in found.turns] == said


@pytest.mark.parametrize("who", ODD)
@pytest.mark.parametrize(
    "name", ["by hand (.txt)", "Teams, copied (.txt)", "Zoom (.vtt)", "Teams (.docx) ", "tabs (.txt)"]
)
def test_a_label_may_begin_with_a_digit_a_plus_or_a_bracket(name: str, who: str) -> None:
    """Phone numbers, "2nd nurse", and a name that was blanked."""
    said = [("Interviewer", "How was it?"), (who, "Slow."), ("Interviewer", "And then?"), (who, "Better.")]
    ending, made = ALL[name]
    (found,) = read_as(ending, made(said))
    assert [(turn.speaker, turn.span.of(found.text)) for turn in found.turns] == said
