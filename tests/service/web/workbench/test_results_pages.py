"""What was coded where, ratings by two people, and timelines, on pages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from accounts import add_person, form_token, signed_in
from builders import a_transcript
from commands_refused import write_lines
from fastapi.testclient import TestClient
from lead_in_browser import Lead, a_study
from results_study import make_results_study

from annotations.store.ratings import all_ratings
from annotations.store.transcripts import add_transcript
from annotations.study.config import read_study
from service.access.viewer import ViewerRole
from service.composition import Parts
from service.settings import read_settings
from service.web.app import create_app

pytestmark = pytest.mark.slow
CELL = "/results/cell?code=money&column=Esk&phase=early"
KEY = "k" * 43


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with two cases, coded."""
    folder = tmp_path_factory.mktemp("results")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_STATE", str(folder / "state"))
        make_results_study(folder)
    return folder


@pytest.fixture
def coded(made: Path, tmp_path: Path) -> Iterator[Parts]:
    """A copy of it."""
    shutil.copytree(made, tmp_path / "copy")
    settings = read_settings({"TANDEM_STATE": str(tmp_path / "copy" / "state")})
    opened = Parts(read_study(tmp_path / "copy" / "study"), settings)
    yield opened
    opened.close()


@pytest.fixture
def raters(coded: Parts, quick_passwords: None) -> tuple[TestClient, TestClient]:
    """Lena and Ada, signed in."""
    add_person(coded, "Lena", ViewerRole.LEAD)
    add_person(coded, "Ada", ViewerRole.CODER)
    app = create_app(coded, key=KEY)
    return signed_in(app, "Lena"), signed_in(app, "Ada")


def _rate(client: TestClient, **fields: str) -> Any:
    token = form_token(client, "/account")
    return client.post(CELL, data={"csrf": token, "phase": "early", **fields}, follow_redirects=False)


def test_a_cell_opens_its_passages(raters: tuple[TestClient, TestClient]) -> None:
    """The table counts; a cell shows every passage, and says which may not be quoted."""
    lead, _ = raters
    table = lead.get("/results").text
    assert "3 codings, 2 participants" in table
    assert "1 coding, 0 " not in table
    assert 'href="/exports/of/cross-case-table"' in table
    page = lead.get(CELL).text
    assert "E-02, the grant was late." in page
    assert "may not be quoted" in page
    assert lead.get("/results?columns=case&and=wave&level=1").status_code == 200
    for wrong in (
        "?columns=weather",
        "?level=many",
        "?columns=case&and=case",
        "/cell?code=money&column=Nowhere",
    ):
        assert lead.get(f"/results{wrong}").status_code == 422, wrong


def test_two_rate_on_their_own_and_then_agree(raters: tuple[TestClient, TestClient], coded: Parts) -> None:
    """Nobody sees another's rating before her own is in; a consensus needs two raters, a reason, and a lead."""
    lead, ada = raters
    assert _rate(ada, value="-2").status_code == 303
    assert "shown once yours is in" in lead.get(CELL).text
    assert "one rater so far" in lead.get("/results").text
    assert _rate(lead, value="-1", consensus="yes", rationale="so").status_code == 422
    assert _rate(lead, value="5").status_code == 422
    assert _rate(lead).status_code == 422
    phase = re.findall(r'name="phase" value="([^"]*)"', lead.get(CELL).text)[0]
    rated = _rate(lead, value="-1", phase=phase)
    assert rated.status_code == 303
    page = lead.get(CELL).text
    assert "Ada: −2" in page
    # the browser forgets what was typed under the name that it was kept by
    assert f'data-keep="{rated.headers["location"].rpartition("taken=")[2]}"' in page
    assert _rate(ada, value="-2", consensus="yes", rationale="so").status_code == 403
    assert _rate(lead, value="-2", consensus="yes").status_code == 422
    assert (
        _rate(lead, value="-2", consensus="yes", rationale="Two informants give examples.").status_code == 303
    )
    page = lead.get("/results/ratings").text
    assert "Two informants give examples." in page
    assert "weighted kappa" in page
    with coded.store.reading() as connection:
        kept = all_ratings(connection)
    assert [(one.rater, one.value, one.consensus) for one in kept] == [
        ("Ada", "-2", False),
        ("Lena", "-1", False),
        ("Lena", "-2", True),
    ]


def test_events_are_tried_then_kept_and_drawn(raters: tuple[TestClient, TestClient], tmp_path: Path) -> None:
    """A table says first what would change; a bad one is refused by row, and keeps nothing."""
    lead, _ = raters
    good = write_lines(tmp_path / "events.csv", ["case,date,event", "Esk,March 2017,The grant was asked for"])
    bad = write_lines(tmp_path / "bad.csv", ["case,date,event", "Esk,soon,It began"])
    token = form_token(lead, "/account")

    def send(file: Path, **fields: str) -> Any:
        with file.open("rb") as given:
            return lead.post(
                "/results/timeline",
                data={"csrf": token, **fields},
                files={"events": (file.name, given, "text/csv")},
            )

    assert "1 new event" in send(good).text
    assert "No events are kept yet" in lead.get("/results/timeline").text
    refused = send(bad, really="yes")
    assert refused.status_code == 422
    assert "bad.csv" in refused.text
    assert "soon" in refused.text
    assert send(good, really="yes").status_code == 200
    assert "The grant was asked for" in lead.get("/results/timeline").text
    drawn = lead.get("/results/timeline.svg?case=Esk")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert b"March 2017" in drawn.content


def test_an_empty_study_says_where_to_begin(tmp_path: Path) -> None:
    """The first tab of Results stands in an empty study as the others do, and is no page of a fault."""
    lead = Lead(a_study(tmp_path))
    empty = lead.get("/results").text
    assert "<h1>What was coded where</h1>" in empty
    assert "Begin on the page Bring in" in empty
    lead.parts.close()


def test_what_nobody_has_coded_says_what_is_next(tmp_path: Path) -> None:
    """Transcripts without codings lead on to bringing codings in and to handing out."""
    lead = Lead(a_study(tmp_path))
    with lead.parts.store.writing() as connection:
        add_transcript(connection, a_transcript("JKG-01", "How?", "We lacked rooms."))
    page = lead.get("/results").text
    assert "Nothing has been coded yet." in page
    assert '<a href="/hand-out">hand out interviews</a>' in page
    lead.parts.close()
