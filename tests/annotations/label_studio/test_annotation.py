"""An annotation is read once, and what is kept of it gives the same again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.errors import BadInput
from annotations.label_studio.annotation import Arrival, arrival_of

MADE = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def _arrival(*result: dict[str, Any], **more: Any) -> Arrival:
    said = {"skipped": False, "user": 1, "saved_by": 1, "made": MADE, "changed": MADE, "lead_time": 10.0}
    return Arrival(1, 1, None, tuple(result), **(said | more))


def test_when_the_task_was_opened() -> None:
    """The first save tells how long it took; a later one tells the sum of all passes, so only the draft counts."""
    assert _arrival().opened == MADE - timedelta(seconds=10)
    assert _arrival(changed=MADE + timedelta(hours=1)).opened == MADE
    assert _arrival(drafted=MADE - timedelta(hours=1)).opened == MADE - timedelta(hours=1)


@given(
    lead=st.none() | st.floats(0, 1e6),
    drafted=st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC)),
    skipped=st.booleans(),
    origin=st.sampled_from(["manual", "prediction", "prediction-changed"]),
)
def test_an_arrival_survives_being_kept(
    lead: float | None, drafted: datetime | None, skipped: bool, origin: str
) -> None:
    """What is stored of a webhook gives the same arrival again."""
    region = {"from_name": "f-topics", "value": {"taxonomy": [["money"]]}, "origin": origin}
    first = _arrival(region, lead_time=lead, drafted=drafted, skipped=skipped)
    assert arrival_of(first.to_json()) == first
    assert first.opened <= first.made


@pytest.mark.parametrize(
    "plain", [{}, {"id": "x"}, {"id": 1, "created_at": "yesterday"}, {"id": 1, "result": [3]}]
)
def test_what_is_no_annotation_is_refused(plain: dict[str, Any]) -> None:
    """Label Studio may send anything; what cannot be read is said to be so."""
    with pytest.raises(BadInput, match="cannot be read"):
        arrival_of(plain)
