"""A lead reads how far people agree, in words first."""

from __future__ import annotations

from typing import Any

import pytest
from accounts import signed_in
from fastapi.testclient import TestClient

from annotations.store.jobs import latest_of
from annotations.store.kept_figures import forget_figures
from service.agreement.kept_report import kept_report, measure
from service.agreement.report import ReportScope
from service.composition import Parts
from service.jobs.worker import do_waiting_jobs


@pytest.mark.slow
def test_what_is_not_measured_says_so_and_is_measured_by_a_worker(
    lead: TestClient, post: Any, parts: Parts
) -> None:
    """The page asks for a job, shows it, and has its figures once a worker has done it."""
    assert "This has not been measured yet" in lead.get("/agreement").text
    assert post("/agreement/measure").headers["location"] == "/agreement"
    assert "waits for a worker" in lead.get("/agreement").text
    assert do_waiting_jobs(parts) == 1
    page = lead.get("/agreement").text
    assert "People agree well on" in page
    assert "Nothing has come in since" in page
    figures = lead.get("/agreement/figures").text
    assert "<svg" in figures
    assert "How it was done" in figures
    assert "style=" not in figures


def test_what_is_asked_for_must_be_there(post: Any, parts: Parts) -> None:
    """A wave that no transcript has is refused, and no job is made."""
    answer = post("/agreement/measure", wave="9")
    assert answer.status_code == 422
    assert "ave" in answer.text
    with parts.store.reading() as connection:
        assert latest_of(connection, "measure") is None


@pytest.mark.slow
def test_a_pair_can_be_taken_along(lead: TestClient, parts: Parts) -> None:
    """Every comparison has a list of its figures, which goes into a workbook."""
    measure(parts, {})
    with parts.store.reading() as connection:
        kept = kept_report(connection, parts, ReportScope())
    assert kept is not None
    names = [one.in_words for one in kept.comparisons]
    at = names.index("Ada and Ben")
    page = lead.get(f"/agreement/pairs?who={at}").text
    assert "positive agreement" in page
    taken = lead.get(f"/agreement/pairs?who={at}&take=xlsx")
    assert taken.headers["content-type"].endswith("sheet")
    assert lead.get("/agreement/pairs?who=999").status_code == 200


@pytest.mark.slow
def test_new_reviews_make_figures_old_and_a_withdrawal_takes_them_away(
    lead: TestClient, parts: Parts
) -> None:
    """A page never shows old figures as new ones; what names participants does not outlive them."""
    measure(parts, {})
    with parts.store.writing() as connection:
        from annotations.store.reviews import current_reviews, retract

        first = current_reviews(connection)[0].id
        assert first is not None
        retract(connection, first, "a test")
    assert "Something has come in since then" in lead.get("/agreement").text
    with parts.store.writing() as connection:
        forget_figures(connection)
    assert "This has not been measured yet" in lead.get("/agreement").text


def test_a_reader_reads_and_measures_nothing(app: Any, parts: Parts) -> None:
    """Figures are for everybody; work is asked for by a lead."""
    rolf = signed_in(app, "Rolf")
    page = rolf.get("/agreement")
    assert page.status_code == 200
    assert "Measure now" not in page.text
    assert rolf.get("/disagreements").status_code == 403
    assert rolf.get("/hand-out").status_code == 403
