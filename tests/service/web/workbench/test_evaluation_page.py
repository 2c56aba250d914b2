"""A lead has suggestions on the unseen measured from a page; what is shown once it is there is tested where models are."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from annotations.store.jobs import latest_of
from service.composition import Parts


def test_what_was_not_measured_is_asked_for_once_and_shown_when_it_is_there(
    lead: TestClient, post: Any, parts: Parts
) -> None:
    """The page says what it would take; the work is asked for as the same job; nothing else can be kept together."""
    page = lead.get("/models/unseen").text
    assert "This has not been measured yet" in page
    assert 'href="/models/unseen"' in lead.get("/models").text
    assert post("/models/unseen", by="site").headers["location"] == "/models/unseen?by=site"
    with parts.store.reading() as connection:
        job = latest_of(connection, "evaluate")
    assert job is not None
    assert job.arguments["group_by"] == "site"
    page = lead.get("/models/unseen?by=site").text
    assert "Measure now" not in page
    assert "Measure now" in lead.get("/models/unseen?by=case").text
    refused = lead.get("/models/unseen?by=wave")
    assert refused.status_code == 422
    assert "participant, transcript, site, case can" in refused.text
