"""Which language a transcript is in: as it is identified by its words, or as it is described where they are few.

py3langid tells English from 53 other languages without a fault in passages of 15 words and takes no English comment,
interview or lesson for anything else; counting stop words was right in .994 (docs/experiments.md). Its only importer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from annotations.codebook.codes import Code
from annotations.transcript import Transcript

LEAST_WORDS = 15
LEAST_DIFFERENT = 8  # "Mm. Yes. No. Ok." over and over is in no language
LONGEST = 2000  # characters that are looked at: more add nothing but time
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi"}  # two names of one language


@dataclass(frozen=True, slots=True)
class InOtherLanguage:
    """A transcript in a language that the encoder was not taught; ``described``: as which one, if as another."""

    transcript: str
    language: str
    described: str | None = None

    def __str__(self) -> str:
        """As a note names it."""
        otherwise = "" if self.described is None else f', described as "{self.described}"'
        return f'{self.transcript} ("{self.language}"{otherwise})'


def plain_language(name: str) -> str:
    """The language alone, in one spelling: "sv" of "sv-SE"."""
    language = name.casefold().split("-")[0]
    return _SAME.get(language, language)


def language_of(words: str, described: str) -> str:
    """The language of somebody's words, in two letters."""
    said = _with_a_letter(words)
    if len(said) < LEAST_WORDS or len(set(said)) < LEAST_DIFFERENT:
        return plain_language(described)
    # its model takes a second to load, and most commands need none
    from py3langid import classify

    return plain_language(str(classify(words[:LONGEST])[0]))


def _with_a_letter(words: str) -> list[str]:
    """Dashes, dots and figures are in no language."""
    return [word for word in words.casefold().split() if any(letter.isalpha() for letter in word)]


def in_other_languages(
    transcripts: Sequence[Transcript], languages: Sequence[str], taught: Collection[str]
) -> tuple[InOtherLanguage, ...]:
    """The transcripts that are in none of the languages ``taught``; ``languages``: of each transcript."""
    return tuple(
        InOtherLanguage(
            transcript.name,
            language,
            None if plain_language(transcript.language) == language else transcript.language,
        )
        for transcript, language in zip(transcripts, languages, strict=True)
        if language not in taught
    )


def described_in_other_languages(
    codes: Sequence[Code], taught: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """The codes that are described in none of the languages ``taught``: each one's name, and its language.

    Of a description with too few words nothing is said: a name alone may be a term of any language.
    """
    said = [(code.name, language_of(f"{code.definition} {code.use_when}", "")) for code in codes]
    return tuple((name, language) for name, language in said if language and language not in taught)
