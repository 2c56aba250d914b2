"""What an annotation means: one outcome for each case, and whose it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.codebook.codes import Codebook
from annotations.coding import Coder
from annotations.errors import BadInput
from annotations.label_studio.arrivals import Arrival, State, arrival_of, coder_of, judge

MADE = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
OWN = "tandem@localhost.local"


def _arrival(*result: dict[str, Any], **more: Any) -> Arrival:
    said = {"skipped": False, "user": 1, "saved_by": 1, "made": MADE, "changed": MADE, "lead_time": 10.0}
    return Arrival(1, 1, None, tuple(result), **(said | more))


def _topic(code: str) -> dict[str, Any]:
    return {"from_name": "f-topics", "value": {"taxonomy": [[code]]}}


NOTHING = {"from_name": "nothing", "value": {"choices": ["no-code-applies"]}}


@pytest.mark.parametrize(
    ("arrival", "state"),
    [
        (_arrival(_topic("money")), State.REVIEW),
        (_arrival(NOTHING), State.REVIEW),
        (_arrival(), State.INCOMPLETE),
        (_arrival(skipped=True), State.SKIPPED),
        (_arrival(skipped=True, lead_time=None, saved_by=None), State.SKIPPED),
        (_arrival(NOTHING, _topic("money")), State.SET_ASIDE),
        (_arrival(_topic("gone")), State.SET_ASIDE),
        (_arrival({"from_name": "other", "value": {}}), State.SET_ASIDE),
        (_arrival(_topic("money"), lead_time=None, saved_by=None), State.SET_ASIDE),
        (_arrival(_topic("money"), saved_by=2, changed=MADE + timedelta(hours=1)), State.SET_ASIDE),
        (_arrival(_topic("money"), saved_by=2), State.REVIEW),
    ],
)
def test_each_case_has_one_outcome(arrival: Arrival, state: State, codebook: Codebook) -> None:
    """As the table at the top of the module says."""
    verdict = judge(arrival, codebook, coder="Ada", unmatched="")
    assert verdict.state is state
    assert bool(verdict.why) == (state is State.SET_ASIDE)


def test_a_stranger_is_set_aside_with_the_remedy(codebook: Codebook) -> None:
    """Who is no coder is told which lines of study.yaml would make them one."""
    coder, why = coder_of("x@example.org", [Coder("Ada", email="ada@example.org")], OWN)
    verdict = judge(_arrival(_topic("money")), codebook, coder=coder, unmatched=why)
    assert verdict.state is State.SET_ASIDE
    assert "email: x@example.org" in verdict.why


@pytest.mark.parametrize(
    ("email", "people", "name"),
    [
        ("ADA@example.org", [Coder("Ada", email="ada@example.org"), Coder("Bo")], "Ada"),
        ("a@x.org", [Coder("Ada", aliases=("a@x.org",))], "Ada"),
        (OWN, [], OWN),
        (OWN, [Coder("Ada")], "Ada"),
        (OWN, [Coder("Ada", email="ada@example.org")], None),
        (OWN, [Coder("Ada"), Coder("Bo")], None),
        (OWN, [Coder("Ada"), Coder("Bo", email=OWN)], "Bo"),
        ("x@example.org", [], None),
        (None, [Coder("Ada")], None),
    ],
)
def test_whose_it_is(email: str | None, people: list[Coder], name: str | None) -> None:
    """By address; Tandem's own account is whoever works alone."""
    found, why = coder_of(email, people, OWN)
    assert found == name
    assert bool(why) == (name is None)


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
