"""Passwords: how they are kept (argon2id), and which are refused because somebody would guess them.

The rules are those of NIST SP 800-63B (2025), 3.1.1.2: long ones, of any characters; no common ones, none made of the
name; nothing is asked of their kinds of characters, and nobody has to change one on a date.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

from annotations.errors import BadInput, Busy
from annotations.names import folded
from annotations.numbers_shown import counted

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 200
# of a password, so many characters have to be something else than a known word, name or pattern
OWN_CHARACTERS = 8
# each verification fills 64 MiB; more at once than this would only wait for each other
_AT_ONCE = threading.Semaphore(2)
_PATIENCE_S = 20.0
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_ALIKE = str.maketrans("013457@$!", "oleastasi")


def hashed(password: str) -> str:
    """What is kept of a password: argon2id, with RFC 9106's second recommended parameters (3 passes of 64 MiB)."""
    with _a_place():
        return str(_hasher().hash(_one_form(password)))


def is_password(password: str, kept: str | None) -> bool:
    """Is it the one that was kept? Takes as long where none was, so that nobody learns which accounts there are."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _a_place():
        try:
            right = _hasher().verify(kept or _nobodys(), _one_form(password)[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return bool(right) and kept is not None


def is_dated(kept: str) -> bool:
    """Was it kept with weaker parameters than today's?"""
    return bool(_hasher().check_needs_rehash(kept))


def refuse_guessable(password: str, names: Iterable[str] = ()) -> None:
    """Raises BadInput, with what to do, for a password that is short, common, or made of one of the ``names``."""
    if fault := fault_of_password(password, names):
        raise BadInput(
            f"This password {fault}. Choose at least {SHORTEST} characters: three or four words that have nothing to do "
            f"with each other are easy to remember and hard to guess. Nothing was changed."
        )


def fault_of_password(password: str, names: Iterable[str] = ()) -> str | None:
    """Why somebody would guess it, as the end of a sentence; None where it may be used."""
    plain = _one_form(password)
    if len(plain) < SHORTEST:
        return f"has {counted(len(plain), 'character')}, and {SHORTEST} are the fewest"
    if len(plain) > LONGEST:
        return f"has {counted(len(plain), 'character')}, and {LONGEST} are the most"
    small = plain.casefold()
    if len(set(small)) < 5:
        return "is made of fewer than five different characters"
    if _is_repeated(small):
        return "says the same thing again and again"
    if _steps(small) > len(small) - OWN_CHARACTERS // 2:
        return "is made of characters that follow each other"
    if _is_common(small) or _is_common(small.translate(_ALIKE)):
        return "is one of those that are tried first"
    left = small
    for name in sorted(_parts(names), key=len, reverse=True):
        left = left.replace(name, "")
    if left != small and len(re.sub(r"[\W\d_]", "", left)) < OWN_CHARACTERS:
        return "is made of a name that everybody here knows"
    return None


@contextmanager
def _a_place() -> Iterator[None]:
    """One of the few places to compute in. Raises Busy where somebody keeps all of them, so that pages go on."""
    if not _AT_ONCE.acquire(timeout=_PATIENCE_S):
        raise Busy("Too many people sign in at this moment. Wait a minute, then try again.")
    try:
        yield
    finally:
        _AT_ONCE.release()


def _is_common(small: str) -> bool:
    middle = _EDGES.sub("", small)
    return small in _common() or (middle in _common() and len(small) - len(middle) < OWN_CHARACTERS)


def _is_repeated(small: str) -> bool:
    return any(small == (small[:width] * len(small))[: len(small)] for width in range(1, len(small) // 2 + 1))


def _steps(small: str) -> int:
    """How many characters are the one after, the one before, or the same as their neighbour."""
    return sum(abs(ord(letter) - ord(next_one)) <= 1 for letter, next_one in pairwise(small))


def _parts(names: Iterable[str]) -> list[str]:
    words = {
        word for name in names for word in (folded(name).replace(" ", ""), *re.split(r"[\W_]+", folded(name)))
    }
    return [word for word in words if len(word) >= 4]


def _one_form(password: str) -> str:
    # a Mac composes letters otherwise than other machines do
    return unicodedata.normalize("NFC", password)


@cache
def _common() -> frozenset[str]:
    return frozenset(
        (files("service") / "accounts" / "common_passwords.txt").read_text("utf-8").split("\n")
    ) - {""}


@cache
def _nobodys() -> str:
    """A hash that no password has, but for one chance in 2^128."""
    import secrets

    return str(_hasher().hash(secrets.token_hex(16)))


@cache
def _hasher() -> PasswordHasher:
    # imported here: most commands need none
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
