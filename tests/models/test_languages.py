"""Which language a transcript is in, and which transcripts an encoder was not taught the language of."""

from __future__ import annotations

import pytest
from builders import a_transcript

from annotations.segment import Segmentation
from annotations.store.database import Store
from annotations.store.transcripts import add_transcript
from models.corpus import read_corpus
from models.languages import LEAST_WORDS, in_other_languages, language_of, plain_language

# the first model takes a second to load
pytestmark = pytest.mark.slow
SWEDISH = "Vi har inte tid att skriva allt detta en gång till, och de andra på avdelningen vet inte varför vi gör det."
ENGLISH = (
    "We have no time to write all of this once more, and the others on the ward do not know why we do it."
)


@pytest.mark.parametrize(
    ("words", "described", "language"),
    [
        (SWEDISH, "en", "sv"),
        (ENGLISH, "sv", "en"),
        ("Vi har inte tid.", "en-GB", "en"),
        ("", "sv-SE", "sv"),
        ("Ja, ja. " * LEAST_WORDS + SWEDISH, "sv", "sv"),
        ("... !!! ??? — – " * LEAST_WORDS, "en", "en"),
        ("12 400 3,5 " * LEAST_WORDS, "en", "en"),
        ("Mm. Yeah. Ok. No. Right. Yes. " * LEAST_WORDS, "en", "en"),
        (
            "Vi har ikke tid til å skrive alt dette en gang til, og de andre vet ikke hvorfor vi gjør det.",
            "nb",
            "no",
        ),
    ],
)
def test_the_words_decide_where_there_are_enough(words: str, described: str, language: str) -> None:
    """Else what the manifest says; a region and Norwegian's two spellings make no difference."""
    assert language_of(words, described) == language


def test_only_what_participants_say_tells_the_language(store: Store) -> None:
    """An English form of questions around Swedish answers is a Swedish interview; its description does not hide that."""
    with store.writing() as connection:
        add_transcript(connection, a_transcript("P-1", ENGLISH, SWEDISH, ENGLISH, SWEDISH))
        add_transcript(connection, a_transcript("P-2", "And?", ENGLISH))
        add_transcript(connection, a_transcript("P-3", "And?", SWEDISH, language="sv-SE"))
    corpus = read_corpus(store, Segmentation())
    texts = [kept.transcript for kept in corpus.transcripts]
    found = {str(one) for one in in_other_languages(texts, corpus.languages, {"en"})}
    assert found == {'P-1 ("sv", described as "en")', 'P-3 ("sv")'}
    assert in_other_languages(texts, corpus.languages, {"en", "sv"}) == ()
    assert plain_language("pt-BR") == "pt"
