"""What a name may be, and when two spellings are the same name: of a person, a transcript, a code, a site, a speaker.

Only names are judged and compared so. The words of a transcript are never changed.
"""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """The form in which two spellings of a name are the same: in any case, any white space, composed or not.

    A Mac writes "Jönköping" in the names of its files with the dots as characters of their own, others write one
    character; both are the same to a reader, and here (canonical caseless matching, The Unicode Standard, D145).
    Characters that only look or mean alike stay apart: "CO₂" is not "CO2".

    >>> folded("  Jönköping ") == folded("JO\u0308NKO\u0308PING")
    True
    """
    apart = unicodedata.normalize("NFD", " ".join(name.split()))
    return unicodedata.normalize("NFC", apart.casefold())


def folded_for_id(name: str) -> str:
    """A name as the ids of codes are made of it: small, and with "№", "２" or "²" as the characters that people type.

    A rule of its own, since ids are typed and permanent: it goes further than ``folded`` (NFKC), and it may not
    change, or a codebook without ids would give its codes other ones than their codings have.
    """
    return unicodedata.normalize("NFKC", name).casefold()


LONGEST_NAME = 200
# they join letters in Persian and in scripts of India: without them names are spelt wrongly
_JOINERS = "\u200c\u200d"
_WORDS = {
    "Cc": "a control character or line end",
    "Cf": "a character that nobody sees",
    "Cs": "half a character",
}
_WORDS |= {"Zl": "a line end", "Zp": "a line end", "Co": "a character without a meaning of its own"}


def fault_of_name(name: str) -> str | None:
    """Why this may be no name, as the end of a sentence about it; None if it may.

    A name is one line of 1 to 200 characters that can be seen: no control characters, and none that turn the direction
    of writing or hide, since two such names look alike to whoever reads them.

    >>> fault_of_name("JKG-01") is None, fault_of_name("JKG\\n01")
    (True, 'holds a control character or line end (U+000A); take it out')
    """
    if not name.strip():
        return "is empty"
    if len(name) > LONGEST_NAME:
        return f"has {len(name):,} characters; a name has at most {LONGEST_NAME}"
    for character in name:
        what = None if character in _JOINERS else _WORDS.get(unicodedata.category(character))
        if what:
            return f"holds {what} (U+{ord(character):04X}); take it out"
    return None


def name_in_short(name: str) -> str:
    """A name that may be none, as a message may show it: its first 40 characters, those that nobody sees replaced."""
    seen = "".join(" " if unicodedata.category(c) in _WORDS else c for c in name[:40])
    return f"{' '.join(seen.split())}{'…' if len(name) > 40 else ''}"
