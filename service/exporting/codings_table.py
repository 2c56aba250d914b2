"""The table of codings and the table of memos: one row a quote, or one a memo, for people and to be read back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from annotations.codebook.codes import Codebook
from annotations.sheets.safe_cells import safe_text, text_of_safe
from annotations.turn_numbers import shown_number
from service.exporting.coded_passages import ExportedCoding
from service.exporting.tables_out import LONGEST_CELL

# the names that import-codings reads, and between them those for people (annotations/codings/read_codings.py)
COLUMNS = (
    "transcript",
    "participant",
    "case",
    "site",
    "wave",
    "turn_shown",
    "start",
    "end",
    "quote",
    "code",
    "path_of_code",
    "coder",
    "condition",
    "draw",
    "part_of_review",
    "influence",
    "concrete_example",
    "memo",
    "memo_of_review",
    "created",
    "shown_model",
    "suggested_then",
    "decision",
    "rejected_then",
)
MEMO_COLUMNS = (
    "transcript",
    "participant",
    "case",
    "site",
    "wave",
    "turn_shown",
    "start",
    "end",
    "about",
    "path_of_code",
    "coder",
    "condition",
    "created",
    "memo",
)


OF_ATTRIBUTES = "attribute: "


def columns_with(attributes: Sequence[str]) -> tuple[str, ...]:
    """The columns of the table of codings, with one for each attribute of the study."""
    return (*COLUMNS, *(f"{OF_ATTRIBUTES}{name}" for name in attributes))


def coding_rows(
    passages: Sequence[ExportedCoding], codebook: Codebook, zone: ZoneInfo
) -> list[dict[str, Any]]:
    """A row for each coding, and for each review in which nothing applied one without a code."""
    return [
        _place(passage)
        | {
            "quote": _quote(passage),
            "code": passage.code or "",
            "path_of_code": path_of(codebook, passage.code),
            "coder": passage.coder,
            "condition": passage.condition.value,
            "draw": "" if passage.draw is None else passage.draw.value,
            "part_of_review": "yes" if passage.part_of_review else "",
            "influence": "" if passage.coding is None else passage.coding.influence or "",
            "concrete_example": "yes" if passage.coding and passage.coding.concrete_example else "",
            "memo": passage.coding.memo if passage.coding else "",
            "memo_of_review": passage.review_memo,
            "created": _moment(passage.made, zone),
            "shown_model": passage.then.model if passage.then else "",
            "suggested_then": _listed(codebook, passage.then.codes if passage.then else None),
            "decision": passage.decision,
            "rejected_then": _listed(codebook, passage.rejected),
        }
        | {f"{OF_ATTRIBUTES}{name}": value for name, value in passage.known.items()}
        for passage in passages
    ]


def memo_rows(passages: Sequence[ExportedCoding], codebook: Codebook, zone: ZoneInfo) -> list[dict[str, Any]]:
    """A row for each memo: those on codings, and those on whole reviews, each once."""
    rows: list[dict[str, Any]] = []
    seen: set[tuple[object, ...]] = set()
    for passage in passages:
        said = _place(passage) | {
            "coder": passage.coder,
            "condition": passage.condition.value,
            "created": _moment(passage.made, zone),
        }
        if passage.coding and passage.coding.memo:
            path = path_of(codebook, passage.code)
            rows.append(said | {"about": "coding", "path_of_code": path, "memo": passage.coding.memo})
        whole = (passage.transcript.name, passage.coder, passage.condition, passage.made, passage.review_memo)
        if passage.review_memo and whole not in seen:
            seen.add(whole)
            rows.append(said | {"about": "review", "path_of_code": "", "memo": passage.review_memo})
    return rows


def path_of(codebook: Codebook, code: str | None) -> str:
    """The code's path; its id where the codebook holds it no longer."""
    if code is None:
        return ""
    return codebook[code].path if code in codebook.by_id else code


def _place(coding: ExportedCoding) -> dict[str, Any]:
    t = coding.transcript
    return {
        "transcript": t.name,
        "participant": t.participant,
        "case": t.case,
        "site": t.site,
        "wave": t.wave,
        "turn_shown": "" if coding.turn is None else shown_number(coding.turn.index),
        "start": coding.span.start,
        "end": coding.span.end,
    }


def _quote(coding: ExportedCoding) -> str:
    """The words, where they may be quoted and a cell can hold them as they are: a part of them would be another quote."""
    words = coding.quote or ""
    plain = " ".join(words.split())
    fits = len(safe_text(words)) <= LONGEST_CELL and " ".join(text_of_safe(safe_text(words)).split()) == plain
    return words if fits else ""


def _listed(codebook: Codebook, codes: frozenset[str] | None) -> str:
    return "; ".join(sorted(path_of(codebook, code) for code in codes or ()))


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")
