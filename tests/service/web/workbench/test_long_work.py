"""Backups, the preview of a withdrawal, and what stands in the audit log of previews and jobs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lead_in_browser import INTERVIEW, Lead, a_study

from annotations.progress import quiet
from annotations.store.audit_log import rows_of
from annotations.store.jobs import ask_for
from service.composition import Parts
from service.importing.import_transcripts import import_transcripts
from service.jobs.worker import do_waiting_jobs
from service.withdrawal import foreseen

pytestmark = pytest.mark.slow


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """An empty study."""
    made = a_study(tmp_path)
    yield made
    made.close()


@pytest.fixture
def lead(parts: Parts) -> Lead:
    """A lead's browser."""
    return Lead(parts)


def _told(parts: Parts, did: str) -> list[tuple[str, dict[str, object]]]:
    with parts.store.reading() as connection:
        return [(row.about, dict(row.detail)) for row in rows_of(connection, did=did)]


def test_a_backup_is_made_by_a_worker(lead: Lead, parts: Parts) -> None:
    """The page says that there is none, takes the wish, and lists what was made; the study's page leads there."""
    assert "No backup has been made on this machine" in lead.get("/backups").text
    assert lead.post("/backups").url.path == "/backups"
    assert "a backup of the study" in lead.get("/backups").text.casefold()
    assert "Make a backup now" not in lead.get("/backups").text
    assert do_waiting_jobs(parts) == 1
    page = lead.get("/backups").text
    assert "1 backup" in page
    assert "The last good one was made on" in page
    assert "Make a backup now" in page
    assert _told(parts, "made a backup")
    assert lead.get("/backups?take=xlsx").content[:2] == b"PK"


def test_what_a_withdrawal_would_erase_is_tried_by_a_worker_in_a_large_study(
    lead: Lead, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is erased until the code is typed on the page that shows it."""
    where = "file,wave,participant\nJKG-01.txt,1,JKG-01\n"
    lead.post(f"{lead.send(('JKG-01.txt', INTERVIEW), ('w.csv', where)).url.path}/bring")
    monkeypatch.setattr(foreseen, "MOST_ROWS", -1)
    page = lead.get("/participants/withdraw?who=JKG-01").text
    assert "Show what would be erased" in page
    assert "for good" not in page
    assert "Look again" in lead.post("/participants/foresee", {"who": "JKG-01"}).text
    assert do_waiting_jobs(parts) == 1
    page = lead.get("/participants/withdraw?who=JKG-01").text
    assert "Erase JKG-01 for good" in page
    assert lead.get("/participants/withdraw?who=NOBODY").status_code == 422
    assert lead.post("/participants/foresee", {"who": "NOBODY"}).status_code == 422
    assert lead.post("/participants/withdraw", {"who": "JKG-01", "again": "jkg"}).status_code == 422


def test_who_saw_a_file_before_it_came_in_is_written_down(lead: Lead, parts: Parts) -> None:
    """Its first turns stand on the page, so it is as if the transcript was seen."""
    here = lead.send(("JKG-01.txt", INTERVIEW)).url.path
    assert "The board helped" in lead.get(f"{here}/file/1").text
    assert _told(parts, "saw a transcript") == [("JKG-01", {"before": "it came in"})]


def test_cancelling_and_trying_again_are_written_down(lead: Lead, parts: Parts) -> None:
    """By whom, and which work."""
    with parts.store.writing() as connection:
        job = ask_for(connection, "train", {})
    lead.post(f"/jobs/{job}/cancel")
    lead.post(f"/jobs/{job}/retry")
    assert _told(parts, "cancelled a job") == [("training", {"job": str(job)})]
    assert _told(parts, "had a job tried again") == [("training", {"job": str(job)})]
    # what cannot be is not written down
    lead.post(f"/jobs/{job}/retry")
    assert len(_told(parts, "had a job tried again")) == 1


def test_a_coding_whose_words_were_corrected_is_settled(lead: Lead, parts: Parts, tmp_path: Path) -> None:
    """The study's page leads there; before and now stand beside each other; it holds, or it does not."""
    where = "file,wave,participant\nJKG-01.txt,1,JKG-01\n"
    lead.post(f"{lead.send(('JKG-01.txt', INTERVIEW), ('w.csv', where)).url.path}/bring")
    code = parts.codebook.applicable[0].path
    rows = f"transcript,coder,code,quote\nJKG-01,Ada,{code},The board helped\nJKG-01,Ada,{code},The ward sister did\n"
    here = lead.send(("codings.csv", rows)).url.path
    lead.post(f"{here}/table/1", {"complete": "none", "coder": ""})
    lead.post(f"{here}/bring")
    assert "Nothing waits" in lead.get("/settle").text
    corrected = INTERVIEW.replace("board helped", "boards helped").replace("sister did", "sisters did")
    file = tmp_path / "JKG-01.txt"
    file.write_text(corrected, "utf-8")
    import_transcripts(parts, [file], manifest=None, described={}, replace=True, progress=quiet)
    lead.client.app.state.study_now.warm_up()  # type: ignore[attr-defined]
    assert 'href="/settle"' in lead.get("/").text
    page = lead.get("/settle").text
    assert "The board helped" in page
    assert "The boards helped" in page
    numbers = re.findall(r'name="number" value="(\d+)"', page)
    assert len(numbers) == 2
    given = {"transcript": "JKG-01", "number": numbers[0]}
    assert lead.post("/settle", {**given, "does": "keep", "turn": "99"}).status_code == 422
    assert lead.post("/settle", {**given, "does": "perhaps"}).status_code == 422
    assert lead.post("/settle", {**given, "number": "77", "does": "keep"}).status_code == 422
    assert lead.post("/settle", {**given, "does": "keep"}).status_code == 200
    assert lead.post("/settle", {**given, "number": numbers[1], "does": "drop"}).status_code == 200
    assert "Nothing waits" in lead.get("/settle").text
    assert [about for about, _ in _told(parts, "decided on codes")] == ["JKG-01", "JKG-01"]
