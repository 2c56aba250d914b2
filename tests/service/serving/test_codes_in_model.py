"""A code that does not come ticked says why, and counts nothing that is not there."""

from __future__ import annotations

from typing import Any

import pytest
from stored_model import a_measured_model

from annotations.codebook.codes import Code, Codebook, Framework
from service.serving.model_codes import codes_in_model


def _why_not(ticked: int, right: int) -> str:
    row: dict[str, Any] = {"code_id": "cost", "n": 9, "ticked": ticked, "ticked_right": right}
    model = a_measured_model([row], {"cost": 0.2})
    book = Codebook(
        "Book", (Framework("topics", "Topics"),), (Code("cost", "Cost", "topics", "Topics/Cost"),)
    )
    (code,) = codes_in_model(model, book, 0.3, {})
    return code.why_not


@pytest.mark.parametrize(
    ("ticked", "right", "said"),
    [
        (
            0,
            0,
            "it would have come ticked on no held-out passage, so nothing shows that 30 % of ticks are right",
        ),
        (1, 1, "1 of 1 held-out tick was right, and fewer than 5 show nothing"),
        (9, 3, "3 of 9 held-out ticks were right, which does not show that 30 % of them are"),
    ],
)
def test_why_a_code_comes_not_ticked(ticked: int, right: int, said: str) -> None:
    """No "0 of 0", and a tick that was right is not told as a failure."""
    assert _why_not(ticked, right) == said
