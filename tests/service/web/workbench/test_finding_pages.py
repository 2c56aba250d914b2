"""Patterns, saturation, triangulation, change and the report on pages."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from accounts import signed_in
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from results_on_pages import app, coded, lead, made, quick_passwords, send

from annotations.store.audit_log import rows_of
from annotations.store.jobs import latest_of
from annotations.store.member_checks import all_member_checks
from service.composition import Parts
from service.jobs.worker import do_waiting_jobs
from service.results import kept_results
from service.taking_out import asked_exports

__all__ = ["app", "coded", "lead", "made", "quick_passwords"]
pytestmark = pytest.mark.slow
NAMES = ("patterns", "saturation", "triangulation", "change")


def _audit(parts: Parts) -> list[tuple[str, str, str]]:
    with parts.store.reading() as connection:
        return [(row.who, row.did, row.about) for row in rows_of(connection)]


@pytest.mark.parametrize("name", NAMES)
def test_a_result_shows_its_tables_with_their_pictures(lead: TestClient, name: str) -> None:
    """Each picture stands above the table that lists what it shows; each table opens, sorts, and is taken along."""
    page = lead.get(f"/results/{name}").text
    assert "To know" in page
    shown = [part.split('"')[0] for part in page.split('<img class="timeline" src="')[1:]]
    assert shown
    for address in shown:
        drawn = lead.get(address)
        assert drawn.headers["content-type"] == "image/svg+xml", address
        assert b"</svg>" in drawn.content
    assert lead.get(f"/results/{name}/picture/9-9").status_code == 404
    assert lead.get(f"/results/{name}/picture/page").status_code == 404
    one = lead.get(f"/results/{name}?table=0&sort=c0")
    assert 'aria-sort="ascending"' in one.text
    taken = lead.get(f"/results/{name}?table=0&take=xlsx").content
    assert load_workbook(io.BytesIO(taken)).active is not None


def test_what_a_lead_asks_stands_in_the_address(lead: TestClient) -> None:
    """The choices of the commands, kept in every link of the page; what nobody can mean is a sentence there."""
    page = lead.get("/results/saturation?base=1&run=1&threshold=0,5&case=Esk").text
    assert "case=Esk&amp;base=1" in page or "base=1&amp;" in page
    assert "Tay" not in page.split("<main")[1].split("</form>")[1]
    crossed = lead.get("/results/patterns?framework=Topics&with=Phase").text
    assert "Money" in crossed
    for wrong, said in (
        ("saturation?base=0", "1 interview or more"),
        ("saturation?base=many", "a number of interviews"),
        ("saturation?threshold=soon", "is a share"),
        ("patterns?with=Phase", "Name both frameworks"),
        ("patterns?framework=Weather", "no framework"),
        ("triangulation?role=weather", "weather"),
        ("change?level=0", "counts from 1"),
        ("change?columns=weather", "weather"),
        ("patterns?case=Nowhere", "Nowhere"),
    ):
        answer = lead.get(f"/results/{wrong}")
        assert answer.status_code == 422, wrong
        assert 'role="alert"' in answer.text
        assert said in answer.text, wrong
    assert lead.get("/results/weather").status_code == 422


def test_a_coder_counts_what_she_may_see(app: Any) -> None:
    """Ada sees her own codes; Cleo, who has judged nothing, sees none; a reader of one site sees that site alone."""
    own = signed_in(app, "Ada").get("/results/triangulation").text
    assert "Money" in own
    assert "once you have read something of it yourself" in own
    assert "Nothing has been coded yet" in signed_in(app, "Cleo").get("/results/triangulation").text
    hill = signed_in(app, "Hilda").get("/results/triangulation").text
    assert "People" in hill
    for hidden in ("Esk", "E-01", "North", "minutes"):
        assert hidden not in hill.split("<main")[1], hidden
    assert "no site" not in signed_in(app, "Hilda").get("/results/patterns?case=Esk").text
    assert signed_in(app, "Hilda").get("/results/patterns?case=Esk").status_code == 422
    assert "E-01" in signed_in(app, "Rolf").get("/results/saturation").text


def test_files_are_a_leads_and_stand_in_the_audit_log(lead: TestClient, app: Any, coded: Parts) -> None:
    """What was asked on the page goes into the file; others are refused."""
    made_at = send(lead, "/results/patterns/files?case=Esk", ending=".xlsx")
    assert made_at.status_code == 303
    page = lead.get(made_at.headers["location"]).text
    assert "Ready: patterns" in page
    book = load_workbook(io.BytesIO(lead.get(f"{made_at.headers['location']}/0").content))
    cells = [cell.value for row in book["One source alone"].iter_rows() for cell in row]
    assert "Esk" in cells
    assert "Tay" not in cells
    assert send(lead, "/results/patterns/files", ending=".exe").status_code == 422
    rolf = signed_in(app, "Rolf")
    assert "Make the file" not in rolf.get("/results/patterns").text
    assert send(rolf, "/results/patterns/files", ending=".xlsx").status_code == 403
    assert any(who == "Lena" and did == "exported" for who, did, _ in _audit(coded))


def test_a_large_study_is_counted_by_a_worker(
    lead: TestClient, app: Any, coded: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says that it was not worked out yet; afterwards it shows it, and says when something came in since."""
    monkeypatch.setattr(kept_results, "MOST_AT_ONCE", 0)
    assert "Work it out</button>" in lead.get("/results/change").text
    assert send(lead, "/results/change/count").status_code == 303
    assert "/events" in lead.get("/results/change").text
    assert do_waiting_jobs(coded) == 1
    page = lead.get("/results/change").text
    assert "Nothing has come in since" in page
    assert lead.get("/results/change/picture/0-0").content.startswith(b"<?xml")
    # a coder's is another, and she follows it without the page of jobs
    ada = signed_in(app, "Ada")
    assert "Work it out</button>" in ada.get("/results/saturation").text
    assert send(ada, "/results/saturation/count").status_code == 303
    assert ada.get("/results/saturation").headers["refresh"] == "3"
    assert do_waiting_jobs(coded) == 1
    assert "E-01" in ada.get("/results/saturation").text
    assert "Work it out</button>" in lead.get("/results/saturation").text
    # what a worker is asked may be wrong too
    assert send(lead, "/results/patterns/count?with=Phase").status_code == 303
    do_waiting_jobs(coded)
    assert "Name both frameworks" in lead.get("/results/patterns?with=Phase").text


def test_an_answer_makes_what_was_kept_old(
    lead: TestClient, coded: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results tell answers of member checking, so they change with them."""
    monkeypatch.setattr(kept_results, "MOST_AT_ONCE", 0)
    send(lead, "/results/triangulation/count")
    do_waiting_jobs(coded)
    answer = {"for": "E-01", "answer": "agreed"}
    assert send(lead, "/results/report/answer", **answer).status_code == 303
    assert "Something has come in since then" in lead.get("/results/triangulation").text


def test_the_report_is_made_by_a_worker(lead: TestClient, app: Any, coded: Parts) -> None:
    """As a job with what was chosen; the page of the file shows how far it is, and then the file."""
    made_at = send(lead, "/results/report", case="Esk", with_quotes="yes", level="1")
    assert made_at.status_code == 303
    waiting = lead.get(made_at.headers["location"])
    assert "The file is being made" in waiting.text
    assert waiting.headers["refresh"] == "3"
    with coded.store.reading() as connection:
        job = latest_of(connection, "export")
    assert job is not None
    assert job.arguments["narrowed"] == {"case": ["Esk"], "level": ["1"]}
    assert do_waiting_jobs(coded) == 1
    page = lead.get(made_at.headers["location"]).text
    assert "Ready: methods and results" in page
    assert lead.get(f"{made_at.headers['location']}/0").content[:2] == b"PK"
    rows = _audit(coded)
    assert ("Lena", "asked a worker for work", "report") in rows
    assert any(did == "exported" and about.endswith("report.docx") for _, did, about in rows)
    assert signed_in(app, "Ada").get("/results/report").status_code == 403
    assert "/results/report" not in signed_in(app, "Ada").get("/results").text


def test_a_worker_makes_segments_by_codes(
    lead: TestClient, coded: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The maker holds the study itself, while the worker holds it for the job: they are one and wait for nobody."""
    monkeypatch.setattr(asked_exports, "MOST_CODINGS", 0)
    made_at = send(lead, "/exports/of/segments-by-codes", ending=".csv")
    assert do_waiting_jobs(coded) == 1
    page = lead.get(made_at.headers["location"]).text
    assert "Ready: segments by codes" in page
    assert "is at work" not in page


@pytest.mark.parametrize(
    ("result", "ending", "said"),
    [("triangulation", ".docx", "Tables: 2, rows: "), ("saturation", ".png", "Pictures: ")],
)
def test_a_file_of_a_result_is_not_called_empty(
    result: str, ending: str, said: str, lead: TestClient, coded: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what stands in it, as every other file does."""
    monkeypatch.setattr(asked_exports, "MOST_CODINGS", 0)
    made_at = send(lead, f"/results/{result}/files", ending=ending)
    do_waiting_jobs(coded)
    page = lead.get(made_at.headers["location"]).text
    assert said in page
    assert "It is empty" not in page


def test_an_export_that_fails_says_so(
    lead: TestClient, coded: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that cannot make the file says why on the file's page, with a way to ask again."""
    monkeypatch.setattr(asked_exports, "MOST_CODINGS", 0)
    made_at = send(lead, "/exports/of/timeline", ending=".png")
    do_waiting_jobs(coded)
    page = lead.get(made_at.headers["location"]).text
    assert "No events are kept yet" in page
    assert "Ask for it again" in page
    with coded.store.reading() as connection:
        before = latest_of(connection, "export")
    assert send(lead, f"{made_at.headers['location']}/again").status_code == 303
    with coded.store.reading() as connection:
        again = latest_of(connection, "export")
    assert before is not None
    assert again is not None
    assert (again.id, again.state, again.arguments) == (before.id, "waiting", before.arguments)
    assert "the file is being made" in lead.get(made_at.headers["location"]).text.casefold()
    assert send(lead, f"{made_at.headers['location']}/again").status_code == 422
    assert send(lead, f"/exports/made/{uuid4()}/again").status_code == 422
    do_waiting_jobs(coded)
    assert send(lead, f"{made_at.headers['location']}/delete").status_code == 303
    assert lead.get(made_at.headers["location"]).status_code == 404


def test_summaries_and_their_answers(lead: TestClient, coded: Parts) -> None:
    """A summary is a file; an answer is kept in the lead's name; what is missing is said in the form's words."""
    assert send(lead, "/results/report/summary").status_code == 422
    made_at = send(lead, "/results/report/summary", **{"for": "E-01"})
    assert "give it to that person alone" in lead.get(made_at.headers["location"]).text
    refused = send(lead, "/results/report/answer", **{"for": "E-01", "answer": "corrected"})
    assert refused.status_code == 422
    assert "What they said: it is empty" in refused.text
    assert "--what" not in refused.text
    kept = {"for": "Esk", "answer": "corrected", "what": "It was the council.", "answered_by": "E-02"}
    kept["code"] = coded.codebook.applicable[0].path
    assert send(lead, "/results/report/answer", **kept).status_code == 303
    with coded.store.reading() as connection:
        found = all_member_checks(connection)
    assert found[-1].by == "Lena"
    assert "It was the council." in lead.get("/results/report").text
    again = send(lead, "/results/report/answer", **kept)
    assert "1 as before" in again.text


def test_a_table_of_answers_is_tried_first(lead: TestClient, coded: Parts) -> None:
    """Without the tick it says what would be recorded; a bad row is named."""
    from accounts import form_token

    def bring(rows: str, **fields: str) -> Any:
        data = {"csrf": form_token(lead, "/account"), **fields}
        files = {"table": ("answers.csv", f"for,answer\n{rows}", "text/csv")}
        return lead.post("/results/report/answers", data=data, files=files)

    assert "1 new answer" in bring("E-01,agreed\n").text
    with coded.store.reading() as connection:
        assert not all_member_checks(connection)
    bad = bring("E-01,perhaps\n", really="yes")
    assert bad.status_code == 422
    assert "answers.csv" in bad.text
    assert bring("E-01,agreed\n", really="yes").status_code == 200
    with coded.store.reading() as connection:
        assert len(all_member_checks(connection)) == 1
    assert send(lead, "/results/report/answers").status_code == 422
