"""What an annotation means: one outcome for each case, and whose it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from annotations.codebook.codes import Codebook
from annotations.coding import Coder
from annotations.errors import BadInput
from annotations.label_studio.annotation import Arrival
from annotations.label_studio.arrivals import (
    ArrivalState,
    CoderDecision,
    KnownCoders,
    judge,
    judged_annotation,
)

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
        (_arrival(_topic("money")), ArrivalState.REVIEW),
        (_arrival(NOTHING), ArrivalState.REVIEW),
        (_arrival(), ArrivalState.INCOMPLETE),
        (_arrival(skipped=True), ArrivalState.SKIPPED),
        (_arrival(skipped=True, lead_time=None, saved_by=None), ArrivalState.SKIPPED),
        (_arrival(NOTHING, _topic("money")), ArrivalState.SET_ASIDE),
        (_arrival(_topic("gone")), ArrivalState.SET_ASIDE),
        (_arrival({"from_name": "other", "value": {}}), ArrivalState.SET_ASIDE),
        (_arrival(_topic("money"), lead_time=None, saved_by=None), ArrivalState.SET_ASIDE),
        (_arrival(_topic("money"), saved_by=2, changed=MADE + timedelta(hours=1)), ArrivalState.SET_ASIDE),
        (_arrival(_topic("money"), saved_by=2), ArrivalState.REVIEW),
    ],
)
def test_each_case_has_one_outcome(arrival: Arrival, state: ArrivalState, codebook: Codebook) -> None:
    """As the table at the top of the module says."""
    verdict = judge(arrival, codebook, coder="Ada", unmatched="")
    assert verdict.state is state
    assert bool(verdict.why) == (state is ArrivalState.SET_ASIDE)


def test_a_stranger_is_set_aside_with_the_remedy(codebook: Codebook) -> None:
    """Who is no coder is told which lines of study.yaml would make them one."""
    coder, why = KnownCoders([Coder("Ada", email="ada@example.org")]).coder_of("x@example.org", OWN)
    verdict = judge(_arrival(_topic("money")), codebook, coder=coder, unmatched=why)
    assert verdict.state is ArrivalState.SET_ASIDE
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
    found, why = KnownCoders(people).coder_of(email, OWN)
    assert found == name
    assert bool(why) == (name is None)


def test_what_earlier_versions_kept_is_still_read() -> None:
    """The form in which annotations stand in studies' databases."""
    kept = {
        "id": 12,
        "task": 3,
        "key": "7d444840-9dc0-11d1-b245-5ffdce74fad2",
        "result": [{"from_name": "f-topics", "value": {"taxonomy": [["money"]]}, "origin": "manual"}],
        "was_cancelled": False,
        "completed_by": 1,
        "updated_by": 1,
        "created_at": "2026-03-01T09:00:00+00:00",
        "updated_at": "2026-03-01T09:00:00+00:00",
        "draft_created_at": None,
        "lead_time": 10.0,
        "parent_prediction": None,
        "said": {"codes": ["money"], "memo": "hm", "influence": "-", "concrete_example": True},
    }
    found = judged_annotation(kept)
    assert found.decision == CoderDecision(("money",), "hm", "-", concrete_example=True)
    assert (found.arrival.annotation, found.arrival.opened) == (12, MADE - timedelta(seconds=10))
    assert found.to_json() == kept
    # stands in the table beside it: another hash would make every review anew
    assert found.decision.content == "4cbfc26da44353fd71c2d3a91005f9ec46e8cc6529dd09bd37008779a292594b"


def test_what_was_kept_and_is_damaged_is_refused() -> None:
    """The sentence names what is missing."""
    with pytest.raises(BadInput, match="said"):
        judged_annotation(_arrival().to_json())
