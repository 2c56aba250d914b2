"""Study, participants, exports and settings: each page, and each bad input."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from accounts import browser
from lead_in_browser import INTERVIEW, KEY, SECOND, Lead, a_study, settings_form

from annotations.attributes import Attribute, Owner
from annotations.store.accounts import add_account
from annotations.store.attributes import all_attributes, keep_attributes
from annotations.store.described_transcripts import described_transcripts
from annotations.store.jobs import all_jobs
from annotations.store.judged_passages import counted_passages
from annotations.study.config import read_study
from service.access.viewer import ViewerRole
from service.composition import Parts
from service.corrections.list_set_aside import SetAside
from service.jobs.worker import do_waiting_jobs
from service.looking.study_work import study_work
from service.taking_out.all_exports import KINDS
from service.web.workbench import study_page


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """A study with two interviews."""
    made = a_study(tmp_path, cases={"North": ["Ward"], "South": []}, coders=[{"name": "Ada Lind"}])
    yield made
    made.close()


@pytest.fixture
def lead(parts: Parts) -> Lead:
    """A lead's browser."""
    return Lead(parts)


@pytest.fixture
def filled(lead: Lead) -> Lead:
    """Two interviews of wave 1 and what Ada coded in one of them."""
    _ada_codes(lead, "The board helped")
    return lead


def _ada_codes(lead: Lead, *quotes: str) -> None:
    """Two interviews of wave 1 come in, and a table in which Ada gives one code to these words of JKG-01."""
    lead.post(
        f"{lead.send(('JKG-01.txt', INTERVIEW), ('DND-03.txt', SECOND), ('w.csv', _WHERE)).url.path}/bring"
    )
    code = next(code.path for code in lead.parts.codebook if code.applicable)
    rows = "".join(f"JKG-01,Ada,{code},{quote}\n" for quote in quotes)
    here = lead.send(("codings.csv", f"transcript,coder,code,quote\n{rows}")).url.path
    lead.post(f"{here}/table/1", {"complete": "all", "coder": ""})
    lead.post(f"{here}/bring")


_WHERE = "file,wave,case,participant\nJKG-01.txt,1,North,JKG-01\nDND-03.txt,1,South,DND-03\n"


def test_an_empty_study_says_what_to_do_first(lead: Lead) -> None:
    """The one next step is a button that leads to its page."""
    page = lead.get("/").text
    assert 'href="/bring-in"' in page
    assert "No interviews are in the study yet" in page


def test_whoever_is_not_known_is_asked_who_they_are(lead: Lead) -> None:
    """The study's key opens everything and is nobody; from elsewhere than this machine no account is made."""
    assert "Say your name" not in lead.get("/").text
    here = browser(lead.client.app)  # type: ignore[arg-type]
    assert "Say your name" in here.get(f"/?key={KEY}").text
    with lead.parts.store.writing() as connection:
        add_account(connection, "Ada Lind", ViewerRole.LEAD)
    assert "Say your name" not in here.get("/").text


def test_what_was_counted_long_ago_is_not_left_standing(lead: Lead, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that shows how it was before somebody handed out loads itself again."""
    assert "Refresh" not in lead.get("/").headers
    monkeypatch.setattr(study_page, "OLD", timedelta(seconds=-1))
    kept = lead.client.app.state.study_now  # type: ignore[attr-defined]
    monkeypatch.setattr(kept, "get", lambda: (kept._found, datetime.now(UTC)))
    page = lead.get("/")
    assert page.headers["Refresh"] == "3"
    assert "counted anew" in page.text


@pytest.mark.slow
def test_the_study_says_who_is_at_what(filled: Lead) -> None:
    """Waves by coders, each leading to its interviews; the next step changes with the study."""
    page = filled.get("/").text
    assert "Ada" in page
    assert "/study/work?wave=1&amp;coder=Ada" in page or "coder=Ada" in page
    assert "no model has learnt from it yet" in page
    work = filled.get("/study/work?coder=Ada").text
    assert "JKG-01" in work
    assert filled.get("/study/work?take=xlsx").content[:2] == b"PK"


@pytest.mark.slow
def test_what_is_known_of_participants_is_a_column_and_a_filter(filled: Lead) -> None:
    """In the list of who is at what; nothing stands there while nothing is known."""
    assert "leader" not in filled.get("/study/work").text
    with filled.parts.store.writing() as connection:
        roles = (("JKG-01", "leader"), ("DND-03", "provider"))
        keep_attributes(connection, [Attribute(Owner.PARTICIPANT, who, "Role", role) for who, role in roles])
    page = filled.get("/study/work").text
    assert "Role" in page
    assert "leader" in page
    assert "JKG-01" in filled.get("/study/work?attribute-0=leader").text
    assert "JKG-01</a>" not in filled.get("/study/work?attribute-0=provider").text


@pytest.mark.slow
def test_participants_are_changed_in_place(filled: Lead) -> None:
    """Attributes and consents of one person; what may be none is refused beside the form."""
    assert "JKG-01" in filled.get("/participants").text
    page = filled.post(
        "/participants/attributes", {"who": "JKG-01", "new_name": "role", "new_value": "sister"}
    )
    assert "sister" in page.text
    bad = filled.post("/participants/attributes", {"who": "JKG-01", "new_name": "wave", "new_value": "1"})
    assert bad.status_code == 422
    assert "no attribute may be called so" in bad.text
    page = filled.post("/participants/consents", {"who": "JKG-01", "may_quote": "yes", "visible_to": "ward"})
    assert "1 transcript has these consents now" in page.text
    with filled.parts.store.reading() as connection:
        theirs = next(one for one in described_transcripts(connection) if one.participant == "JKG-01")
        assert all_attributes(connection).of(participant="JKG-01", case="") == {"role": "sister"}
    assert (theirs.consents.may_train, theirs.consents.may_quote, theirs.consents.visible_to) == (
        False,
        True,
        ("Ward",),
    )
    bad = filled.post("/participants/consents", {"who": "JKG-01", "visible_to": "Mars"})
    assert "The study has no site" in bad.text
    assert filled.get("/participants/of?who=NOBODY").status_code == 404


@pytest.mark.slow
def test_a_withdrawal_is_shown_first_and_asked_for_by_its_code(filled: Lead) -> None:
    """The preview changes nothing; without the code typed nothing is erased; with it a job is asked for."""
    page = filled.get("/participants/withdraw?who=JKG-01").text
    assert "Nothing is erased yet" in page
    assert "JKG-01" in page
    assert page.count("Transcripts:") == 1
    assert "Turns of their transcripts, the interviewer’s too: " in page
    assert "Passages of their transcripts, the interviewer’s too: " in page
    assert "Kept figures" not in page
    wrong = filled.post("/participants/withdraw", {"who": "JKG-01", "again": "DND-03"})
    assert wrong.status_code == 422
    with filled.parts.store.reading() as connection:
        assert len(described_transcripts(connection)) == 2
        assert not [job for job in all_jobs(connection) if job.kind == "withdraw"]
    assert filled.post("/participants/withdraw", {"who": "JKG-01", "again": "jkg-01"}).url.path.startswith(
        "/jobs/"
    )
    with filled.parts.store.reading() as connection:
        (job,) = [job for job in all_jobs(connection) if job.kind == "withdraw"]
    assert job.arguments == {"participant": "JKG-01", "by": "the study's key"}
    assert filled.get("/participants/receipts/..%2Fstudy.yaml").status_code == 404
    assert filled.get("/participants/withdraw?who=NOBODY").status_code == 422


@pytest.mark.slow
def test_no_page_sends_a_lead_to_itself(lead: Lead) -> None:
    """Where no model has been trained, the pages that train or lead there do not say to go there first."""
    for path in ("/", "/models"):
        page = lead.get(path).text
        assert ("No model has been trained yet." in page, "Go to the page Models" in page) == (True, False)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_export_has_its_form(lead: Lead, kind: object) -> None:
    """Each says what it is for, and which command makes the same."""
    page = lead.get(f"/exports/of/{kind.key}")  # type: ignore[attr-defined]
    assert page.status_code == 200
    assert kind.command in page.text  # type: ignore[attr-defined]


@pytest.mark.slow
def test_an_export_is_made_taken_along_and_deleted(filled: Lead) -> None:
    """It waits with what is left out of it, for leads alone; the file is a download."""
    page = filled.post("/exports/of/codings", {"ending": ".xlsx", "wave": "1"})
    assert "Ready: codings" in page.text
    assert "Codings: 1" in page.text
    (folder,) = (filled.parts.settings.state / "passing").glob("*/out-*")
    assert {one.stat().st_mode & 0o777 for one in folder.iterdir()} == {0o600}
    taken = filled.get(f"{page.url.path}/0")
    assert taken.content[:2] == b"PK"
    assert "attachment" in taken.headers["content-disposition"]
    assert filled.get(f"{page.url.path}/9").status_code == 404
    filled.post(f"{page.url.path}/delete")
    assert filled.get(page.url.path).status_code == 404
    assert not folder.exists()


@pytest.mark.slow
def test_an_export_that_cannot_be_made_says_why(filled: Lead) -> None:
    """A wave that is none, an ending that is none, a timeline without events: a sentence, and no file."""
    unknown = filled.post("/exports/of/codings", {"ending": ".csv", "wave": "9"})
    assert unknown.status_code == 422
    assert "wave" in unknown.text
    bad = filled.post("/exports/of/codings", {"ending": ".exe"})
    assert bad.status_code == 422
    assert "is no ending of this export" in bad.text
    assert "No events are kept yet" in filled.post("/exports/of/timeline", {"ending": ".png"}).text
    assert filled.get("/exports/of/everything").status_code == 422
    assert not list((filled.parts.settings.state / "passing").glob("*/out-*"))


def test_settings_keep_comments_and_all_that_nobody_changed(lead: Lead) -> None:
    """One field is changed: the file differs in its line alone, and its comments stay."""
    file = lead.parts.study.folder / "study.yaml"
    file.write_text(f"# ours, since spring\n{file.read_text()}margin: 0.2  # decided in May\n")
    before = file.read_text().splitlines()
    assert lead.post("/settings", settings_form(lead)).status_code == 200
    assert file.read_text().splitlines() == before
    page = lead.post("/settings", settings_form(lead, waves="1\n2\n3", nightly="2:30"))
    assert "Saved" in page.text
    config = read_study(lead.parts.study.folder).config
    assert (config.waves, config.backup.nightly, config.margin) == (("1", "2", "3"), "02:30", 0.2)
    assert "# ours, since spring" in file.read_text()
    assert "# decided in May" in file.read_text()


@pytest.mark.slow
def test_settings_that_contradict_the_study_are_refused(filled: Lead) -> None:
    """A wave that interviews belong to cannot go, nor a person who has coded."""
    page = filled.post("/settings", settings_form(filled, waves="2", cases="South"))
    assert page.status_code == 422
    assert "2 transcripts belong" in page.text
    assert "North" in page.text
    plain = yaml.safe_load((filled.parts.study.folder / "study.yaml").read_text())
    assert plain["waves"] == ["1", "2"]


def test_whoever_is_not_signed_in_gets_no_page(parts: Parts) -> None:
    """Every page of a lead asks who is there."""
    lead = Lead(parts)
    lead.client.cookies.clear()
    for path in ("/", "/bring-in", "/participants", "/exports", "/settings", "/study/work"):
        assert lead.get(path).status_code in (401, 200)
        assert "Next:" not in lead.get(path).text
    assert lead.client.post("/settings", data={"name": "X"}).status_code in (401, 403, 422, 503)


def test_what_was_judged_in_another_program_is_counted_in_passages(lead: Lead) -> None:
    """Two codings on parts of one passage are one passage judged, and no coder has judged more than there are."""
    _ada_codes(lead, "The board", "board helped")
    with lead.parts.store.reading() as connection:
        version = lead.parts.segmentation.version
        row = next(row for row in study_work(connection, lead.parts.settings, version) if row.coder == "Ada")
        passages = counted_passages(connection, version)[row.transcript].passages
    assert (row.elsewhere, row.done) == (True, passages)


def test_an_answer_set_aside_stands_on_a_page_with_its_reason(
    lead: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose, where and why, in a page's words; nothing is there while nothing waits."""
    assert "No answer is set aside." in lead.get("/set-aside").text
    why = "the words of this passage have been corrected since. Run tandem push, and look again."
    aside = SetAside("JKG-01", 1, None, "stranger@example.org", 3, 7, 11, why)
    lead.post(f"{lead.send(('JKG-01.txt', INTERVIEW)).url.path}/bring")
    monkeypatch.setattr("service.web.workbench.set_aside_page.set_aside", lambda _: [aside])
    page = lead.get("/set-aside").text
    assert "stranger@example.org" in page
    assert "Go to the page Hand out, and look again." in page
    assert "tandem push" not in page


def test_the_page_of_an_erasure_leads_to_its_receipt(filled: Lead) -> None:
    """Once the worker is done, what was erased and what is left to do is one click away."""
    gone = filled.post("/participants/withdraw", {"who": "DND-03", "again": "DND-03"})
    assert "/participants/receipts/" not in gone.text
    do_waiting_jobs(filled.parts)
    page = filled.get(gone.url.path).text
    receipt = re.search(r'href="(/participants/receipts/[^"]+)"', page)
    assert receipt is not None
    assert "DND-03" not in receipt[1]
    assert filled.get(receipt[1]).status_code == 200
