"""Codes that were ticked, offered or sought are counted apart."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from annotations.agreement.box_fates import BoxFates, box_fates, ticked_in
from annotations.coding import Coding, Review
from annotations.transcript import Span


def _review(*codes: str, **origin: Any) -> Review:
    span = Span(0, 5)
    codings = tuple(Coding(code, span) for code in codes)
    return Review(uuid4(), "Ada", span, codings, origin=origin, id=uuid4())


def test_each_code_has_one_fate() -> None:
    """A review that stands on several rows counts once; one of which nothing was kept does not count."""
    seen = _review("a", "c", "e", offered=["a", "b", "c", "d"], ticked=["a", "b"])
    old = _review("a", "b")
    (found,) = box_fates({"Ada": [seen, seen, old], "Bo": [old]})
    assert found == BoxFates(
        "Ada", 1, accepted=1, rejected=1, offered_and_taken=1, offered_not_taken=1, sought=1
    )
    assert (ticked_in(seen), ticked_in(old)) == ({"a", "b"}, None)
    assert found.to_json()["sought"] == 1
