"""Names as they are compared: of transcripts, speakers, participants, coders and codes. Texts are never changed."""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """The form in which two spellings of a name are the same: any case and spacing, and letters with their marks
    in one piece or in two, as a Mac writes them.
    """
    return unicodedata.normalize("NFC", " ".join(name.split()).casefold())
