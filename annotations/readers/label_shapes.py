"""What words before a colon look like by themselves: a name, a role or a code, a phrase, or no speaker at all."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache, lru_cache

from annotations.names import folded
from annotations.readers.label_forms import LONGEST, without_brackets
from annotations.readers.label_words import listed
from annotations.transcript import without_doubt

_MOST_WORDS = 16
_CODE = re.compile(r"[^\W\d_]{1,6}(?:[-_.][^\W\d_]{1,4})?[-_.]?\d{1,4}[a-z]?|SPEAKER_\d+")
_NOBODY_KNOWS = re.compile(r"\?{1,3}")
# 2026-03-01, 1/3/2026, March 1, 2026
_DATE = re.compile(
    r"(?<![\w-])(?:(?:19|20)\d\d([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2(?:19|20)?\d\d)(?![\w-])"
    r"|(?=.*(?<![\w-])(?:19|20)\d\d(?![\w-]))(?=.*(?<![\w-])\d{1,2}(?![\w-])).*"
)
_IN_PARENTHESES = re.compile(r"[\[(][^\])]*[\])]")
_CONNECTS = frozenset(
    [
        "of",
        "the",
        "de",
        "la",
        "del",
        "di",
        "da",
        "du",
        "van",
        "von",
        "der",
        "den",
        "dos",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "och",
        "and",
        "und",
        "et",
        "y",
        "en",
        "no",
        "nr",
    ]
)
_SENTENCE = re.compile(r"(?<!\b\w)(?<!\b\w\w)(?<!\b\w\w\w)(?<!\b\w\w\w\w)[.!?;]\s|[?!]|…|\.\.\.")
_SHORTENED = re.compile(r"\b\w+(?:'m|'re|'ve|'ll|n't|’m|’re|’ve|’ll|n’t)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"://|www\.|@\w|\b[ei]\.\s?[eg]\b|\bz\.\s?B\b")
# "he said:", "as follows:"
_SAYS_IN_CHINESE = re.compile(r"(?:说|說|问|問|道|想|是|为|為|如下|包括|觉得|覺得|认为|認為|例如|比如)$")
_SUFFIX = r"(?:[ _\-#./]*(?:n[or]\.? ?)?\d{1,4}[a-z]?|[ _\-#./]+[a-z])?(?:\s*[\[(].{1,60}[\])])?"


class Shape(StrEnum):
    """What a label looks like."""

    ROLE = "a role or a code"
    NAME = "a name"
    PHRASE = "a phrase"
    HEADING = "a heading or a phrase of running text"


@lru_cache(maxsize=10_000)
def shape_of(label: str) -> Shape:
    """What a label looks like; the file may still show that it is something else."""
    plain = without_brackets(label)
    key = folded(plain)
    if is_role(plain):
        return Shape.ROLE
    if _NOBODY_KNOWS.fullmatch(plain):
        return Shape.NAME
    words = _IN_PARENTHESES.sub(" ", plain).split()
    name = bool(words) and all(_begins_as_a_name(word) for word in words)
    if len(plain) > LONGEST or len(plain.split()) > _MOST_WORDS or not words:
        return Shape.HEADING
    if key in listed("self"):
        return Shape.PHRASE
    if key in listed("never") or key in listed("opens") or _is_sentence(plain):
        return Shape.HEADING
    if any(plain.count(opens) != plain.count(closes) for opens, closes in ("[]", "()", "{}")):
        return Shape.HEADING
    if _SAYS_IN_CHINESE.search(plain) or _DATE.match(plain):
        return Shape.HEADING
    first = folded(words[0])
    if not name and (first in listed("opens") or (first in ("i", "a", "me") and len(words) > 1)):
        return Shape.HEADING
    return Shape.NAME if name or len(words) == 1 else Shape.PHRASE


def is_role(label: str) -> bool:
    """Is it a word for who asks or answers, also numbered, or a code such as JKG-01 or S00?"""
    plain = without_doubt(without_brackets(label))
    return _roles().fullmatch(folded(plain)) is not None or _CODE.fullmatch(plain) is not None


def asks_by_word(label: str) -> bool:
    """Is it a word for who asks, in one of the languages known?"""
    return _askers().fullmatch(folded(without_brackets(label))) is not None


def is_head(label: str) -> bool:
    """Is it what stands above an interview: Date, Duration, Place?"""
    words = re.findall(r"[^\W\d_]+", folded(label))
    return bool(words) and (words[0] in listed("head") or words[-1] in listed("head"))


def is_noise(label: str) -> bool:
    """Is it what a transcriber notes in brackets: laughs, inaudible?"""
    key = folded(without_brackets(label)).strip(" .…")
    return key in listed("noise") or key.split(" ")[0] in listed("noise")


@cache
def _roles() -> re.Pattern[str]:
    words = sorted(listed("asks") | listed("speaks"), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, words))}){_SUFFIX}")


@cache
def _askers() -> re.Pattern[str]:
    words = sorted(listed("asks"), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, words))}){_SUFFIX}")


def _is_sentence(plain: str) -> bool:
    return (
        _SENTENCE.search(plain) is not None
        or _SHORTENED.search(plain) is not None
        or _ADDRESS.search(plain) is not None
        or plain[0] in "\"'“”„«»‘’"
    )


def _begins_as_a_name(word: str) -> bool:
    plain = word.strip(",.-–/&'’\"")
    return not plain or not plain[0].islower() or plain.casefold() in _CONNECTS
