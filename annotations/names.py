"""When two spellings of a name are the same name: of a person, a transcript, a code, a site, a speaker.

Only names are compared so. The words of a transcript are never changed.
"""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """The form in which two spellings of a name are the same: in any case, any white space, composed or not.

    A Mac writes "Jönköping" in the names of its files with the dots as characters of their own, others write one
    character; both are the same to a reader, and here (canonical caseless matching, The Unicode Standard, D145).
    Characters that only look or mean alike stay apart: "CO₂" is not "CO2".
    """
    apart = unicodedata.normalize("NFD", " ".join(name.split()))
    return unicodedata.normalize("NFC", apart.casefold())


def folded_for_id(name: str) -> str:
    """A name as the ids of codes are made of it: small, and with "№", "２" or "²" as the characters that people type.

    A rule of its own, since ids are typed and permanent: it goes further than ``folded`` (NFKC), and it may not
    change, or a codebook without ids would give its codes other ones than their codings have.
    """
    return unicodedata.normalize("NFKC", name).casefold()
