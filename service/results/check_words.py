"""An answer of member checking, as plain data and as words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from annotations.store.member_checks import MemberCheck


def check_json(check: MemberCheck, *, words: bool, label: Callable[[str], str]) -> dict[str, Any]:
    """As plain data; ``words``: with what was said, which is somebody's words."""
    return {
        check.of.value: check.owner,
        "answered_by": check.answered_by,
        "answer": check.answer,
        "what": check.words if words else None,
        "date": check.given.isoformat(),
        "recorded_by": check.by,
        "phase": label(check.phase) if check.phase else "",
        "code": label(check.code) if check.code else "",
    }


def check_in_words(check: MemberCheck, *, words: bool) -> str:
    """ "JKG-01 corrected it on 2026-11-20: …"; whose answer it is where somebody answered for a case."""
    who = (
        check.answered_by if check.answered_by == check.owner else f"{check.answered_by}, for {check.owner},"
    )
    what = "this" if check.code else "the summary"
    said = (
        f": “{check.words}”"
        if words and check.words
        else " (what was said may not be told)"
        if check.words
        else ""
    )
    return f"{who} {check.answer} {what if check.answer == 'corrected' else f'to {what}'} on {check.given.isoformat()}{said}"
