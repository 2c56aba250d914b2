"""An answer of member checking, as plain data and as words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from annotations.store.member_checks import MemberCheck


def check_json(one: MemberCheck, *, words: bool, label: Callable[[str], str]) -> dict[str, Any]:
    """As plain data; ``words``: with what was said, which is somebody's words."""
    return {
        one.of.value: one.owner,
        "answered_by": one.answered_by,
        "answer": one.answer,
        "what": one.words if words else None,
        "date": one.given.isoformat(),
        "recorded_by": one.by,
        "phase": label(one.phase) if one.phase else "",
        "code": label(one.code) if one.code else "",
    }


def check_in_words(one: MemberCheck, *, words: bool) -> str:
    """ "JKG-01 corrected it on 2026-11-20: …"; whose answer it is where somebody answered for a case."""
    who = one.answered_by if one.answered_by == one.owner else f"{one.answered_by}, for {one.owner},"
    what = "this" if one.code else "the summary"
    said = (
        f": “{one.words}”" if words and one.words else " (what was said may not be told)" if one.words else ""
    )
    return f"{who} {one.answer} {what if one.answer == 'corrected' else f'to {what}'} on {one.given.isoformat()}{said}"
