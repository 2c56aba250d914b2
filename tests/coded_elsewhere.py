"""What was coded in another program, for tests: two transcripts, a codebook and how codings are placed."""

from __future__ import annotations

from builders import a_transcript
from other_programs import (
    Coded,
)

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.codings.codings_file import PlacedRows, place_codings
from annotations.codings.read_codings import CodingsFile
from annotations.transcript import Transcript

SESSION = a_transcript(
    "JKG-01",
    "How did it start?",
    "With money, and with people.",
    "And then?",
    "Money again, always money. Yes.",
    "So?",
    "Yes.",
)
OTHER = a_transcript("PLP-22", "Tell me.", "Nobody asked us.", source="notes/PLP 22 (clean).docx")
BOOK = Codebook(
    "Small",
    (Framework("topics", "Topics"), Framework("phase", "Phase", role="phase")),
    (
        Code("money", "Money", "topics", "Topics/Money"),
        Code("cost", "Cost", "topics", "Topics/Money/Cost", parent="money"),
        Code("people", "People", "topics", "Topics/People"),
        Code("time-and-place", "Time, and place", "topics", "Topics/Time, and place"),
        Code("early", "Early", "phase", "Phase/Early"),
        Code("people-early", "Early", "topics", "Topics/People/Early", parent="people"),
    ),
)
CODED = (
    Coded("JKG-01", ("Money", "Cost"), "With money, and with people.", memo="why?", weight=3, paragraph=2),
    Coded("JKG-01", ("People",), "With money, and with people.", memo="why?", paragraph=2),
    Coded("JKG-01", ("Money", "Cost"), "always money", paragraph=4),
    Coded("PLP-22.docx", ("People",), "Nobody asked us.", coder="Tom", paragraph=2),
)


def placed_here(read: CodingsFile, *transcripts: Transcript) -> PlacedRows:
    """Rows on the two transcripts, or on those given."""
    by_name = {one.name.casefold(): one for one in transcripts or (SESSION, OTHER)}
    return place_codings(read, codebook=BOOK, transcripts=by_name, coders=())


def said_of(placed: PlacedRows) -> set[tuple[str, str | None, str]]:
    """Transcript, code and words of each coding."""
    texts = {SESSION.name: SESSION.text, OTHER.name: OTHER.text}
    return {(one.transcript, one.code, one.span.of(texts[one.transcript])) for one in placed.codings}
