"""The table of codings and the table of memos: one row a quote, or one a memo, for people and to be read back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from annotations.codebook.codes import Codebook
from annotations.sheets.safe_cells import safe_text, text_of_safe
from annotations.turn_numbers import shown_number
from service.exporting.coded_passages import CodedPassage
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


def coding_rows(passages: Sequence[CodedPassage], codebook: Codebook, zone: ZoneInfo) -> list[dict[str, Any]]:
    """A row for each coding, and for each review in which nothing applied one without a code."""
    return [
        _place(one)
        | {
            "quote": _quote(one),
            "code": one.code or "",
            "path_of_code": path_of(codebook, one.code),
            "coder": one.coder,
            "condition": one.condition.value,
            "draw": "" if one.draw is None else one.draw.value,
            "part_of_review": "yes" if one.part else "",
            "influence": "" if one.coding is None else one.coding.influence or "",
            "concrete_example": "yes" if one.coding and one.coding.concrete_example else "",
            "memo": one.coding.memo if one.coding else "",
            "memo_of_review": one.review_memo,
            "created": _moment(one.made, zone),
            "shown_model": one.then.model if one.then else "",
            "suggested_then": _listed(codebook, one.then.codes if one.then else None),
            "decision": one.decision,
            "rejected_then": _listed(codebook, one.rejected),
        }
        | {f"{OF_ATTRIBUTES}{name}": value for name, value in one.known.items()}
        for one in passages
    ]


def memo_rows(passages: Sequence[CodedPassage], codebook: Codebook, zone: ZoneInfo) -> list[dict[str, Any]]:
    """A row for each memo: those on codings, and those on whole reviews, each once."""
    rows: list[dict[str, Any]] = []
    seen: set[tuple[object, ...]] = set()
    for one in passages:
        said = _place(one) | {
            "coder": one.coder,
            "condition": one.condition.value,
            "created": _moment(one.made, zone),
        }
        if one.coding and one.coding.memo:
            path = path_of(codebook, one.code)
            rows.append(said | {"about": "coding", "path_of_code": path, "memo": one.coding.memo})
        whole = (one.transcript.name, one.coder, one.condition, one.made, one.review_memo)
        if one.review_memo and whole not in seen:
            seen.add(whole)
            rows.append(said | {"about": "review", "path_of_code": "", "memo": one.review_memo})
    return rows


def path_of(codebook: Codebook, code: str | None) -> str:
    """The code's path; its id where the codebook holds it no longer."""
    if code is None:
        return ""
    return codebook[code].path if code in codebook.by_id else code


def _place(one: CodedPassage) -> dict[str, Any]:
    t = one.transcript
    return {
        "transcript": t.name,
        "participant": t.participant,
        "case": t.case,
        "site": t.site,
        "wave": t.wave,
        "turn_shown": "" if one.turn is None else shown_number(one.turn.index),
        "start": one.span.start,
        "end": one.span.end,
    }


def _quote(one: CodedPassage) -> str:
    """The words, where they may be quoted and a cell can hold them as they are: a part of them would be another quote."""
    words = one.quote or ""
    plain = " ".join(words.split())
    fits = len(safe_text(words)) <= LONGEST_CELL and " ".join(text_of_safe(safe_text(words)).split()) == plain
    return words if fits else ""


def _listed(codebook: Codebook, codes: frozenset[str] | None) -> str:
    return "; ".join(sorted(path_of(codebook, code) for code in codes or ()))


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")
