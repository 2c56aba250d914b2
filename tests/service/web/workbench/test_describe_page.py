"""Describe: whose a transcript is and where it belongs can be said after it came in, and undo takes back no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lead_in_browser import INTERVIEW, SECOND, Lead, a_study

from annotations.store.described_transcripts import DescribedTranscript, described_transcripts
from service.composition import Parts
from service.web.workbench.describe_page import describe_path

TALK = SECOND.replace("DND-03", "Cilla")


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """An empty study with cases and waves."""
    made = a_study(tmp_path, cases={"Norrbäck": ["Acute ward"], "Carrick": []})
    yield made
    made.close()


@pytest.fixture
def lead(parts: Parts) -> Lead:
    """A lead's browser."""
    return Lead(parts)


def _only(parts: Parts) -> DescribedTranscript:
    with parts.store.reading() as connection:
        (transcript,) = described_transcripts(connection)
    return transcript


def test_a_transcript_without_anything_gets_a_participant_and_a_wave(lead: Lead, parts: Parts) -> None:
    """What came in links to the page, so do Participants and the interview; the audit log says what changed."""
    came = lead.post(f"{lead.send(('talk.txt', TALK)).url.path}/bring")
    here = f"/participants/transcript/{_only(parts).id}"
    assert f'<a href="{here}">no wave, no participant, no case, no site: say it</a>' in came.text
    assert here in lead.get("/participants").text
    assert here in lead.get(f"/interviews/{_only(parts).id}").text
    page = lead.post(here, {"participant": "P21", "wave": "2", "site": "Acute ward", "date": "1 March 2026"})
    assert page.status_code == 200
    assert 'href="/participants/of?who=P21"' in page.text
    t = _only(parts)
    assert (t.participant, t.wave, t.case, t.site) == ("P21", "2", "Norrbäck", "Acute ward")
    assert lead.get("/participants/of?who=P21").status_code == 200
    assert "something is missing" not in lead.get("/participants").text
    assert "changed where a transcript belongs" in lead.get("/audit").text


def test_what_is_refused_stays_typed(lead: Lead, parts: Parts) -> None:
    """The reason stands at its field, and nothing is changed."""
    lead.post(f"{lead.send(('talk.txt', TALK)).url.path}/bring")
    here = f"/participants/transcript/{_only(parts).id}"
    refused = lead.post(here, {"participant": "P21", "wave": "9", "date": "01/03/2026"})
    assert refused.status_code == 422
    assert 'value="P21"' in refused.text
    assert "Listed: 1, 2" in refused.text[refused.text.index('id="wave-error"') :]
    assert "1 March or 3 January" in refused.text[refused.text.index('id="date-error"') :]
    assert _only(parts).participant == ""


def test_undo_leaves_what_was_said_since(lead: Lead, parts: Parts) -> None:
    """A file that described a transcript anew is undone: its wave goes back, the participant of this page stays."""
    lead.post(f"{lead.send(('talk.txt', TALK)).url.path}/bring")
    again = lead.send(("talk.txt", TALK)).url.path
    lead.post(f"{again}/all", {"wave": "1", "case": "Carrick"})
    came = lead.post(f"{again}/bring")
    assert re.search("1 transcript described anew", came.text)
    lead.post(
        f"/participants/transcript/{_only(parts).id}", {"participant": "P21", "wave": "1", "case": "Norrbäck"}
    )
    lead.post(f"{came.url.path}/undo")
    t = _only(parts)
    assert (t.participant, t.wave, t.case) == ("P21", "", "Norrbäck")


def test_what_is_typed_of_one_transcript_comes_back_in_no_other(lead: Lead, parts: Parts) -> None:
    """The browser keeps it under the form's own name, and forgets it by the same name once it is saved."""
    lead.post(f"{lead.send(('talk.txt', TALK), ('other.txt', INTERVIEW)).url.path}/bring")
    with parts.store.reading() as connection:
        pages = [describe_path(row.id) for row in described_transcripts(connection)]
    kept = [re.findall(r'data-keep="([^"]*)"', lead.get(page).text) for page in pages]
    assert len(kept[0]) == 1
    assert kept[0] != kept[1]
    saved = lead.post(pages[0], {"participant": "P & Q", "wave": "1"})
    assert f'data-taken="{kept[0][0]}"' in saved.text
    person = "/participants/of?who=P+%26+Q"
    names = re.findall(r'data-keep="([^"]*)"', lead.get(person).text)
    what = {"who": "P & Q", "new_name": "role", "new_value": "nurse"}
    for name, done in zip(names, ("attributes", "consents"), strict=True):
        assert f'data-taken="{name}"' in lead.post(f"/participants/{done}", what).text


def _seen(page: str, form: str) -> str:
    """What the form at this address says that it was made from."""
    marks = re.findall(r'name="seen" value="(\w+)"', page[page.index(f'action="{form}"') :])
    assert marks
    return str(marks[0])


def test_forms_of_before_put_nothing_back(lead: Lead, parts: Parts) -> None:
    """Place, attributes and consents that were changed elsewhere since stay; what was typed can be saved afterwards."""
    lead.post(f"{lead.send(('talk.txt', TALK)).url.path}/bring")
    here, person = f"/participants/transcript/{_only(parts).id}", "/participants/of?who=P21"
    old = {"wave": "", "case": "", "site": "", "seen": _seen(lead.get(here).text, here)}
    assert lead.post(here, old | {"participant": "P21", "wave": "2", "kind": "field note"}).status_code == 200
    refused = lead.post(here, old | {"participant": "P21", "language": "sv"})
    assert (refused.status_code, _only(parts).wave) == (422, "2")
    assert "What is said of this transcript was changed elsewhere" in refused.text
    assert "so: 2" in refused.text[refused.text.index('id="wave-error"') :][:60]
    assert 'value="sv"' in refused.text
    again = {"wave": "2", "seen": _seen(refused.text, here), "language": "sv", "participant": "P21"}
    assert lead.post(here, again).status_code == 200

    form = "/participants/attributes"
    old = {"who": "P21", "seen": _seen(lead.get(person).text, form)}
    assert lead.post(form, old | {"new_name": "role", "new_value": "nurse"}).status_code == 200
    refused = lead.post(form, old | {"new_name": "role", "new_value": "porter"})
    assert refused.status_code == 422
    assert "By now it stands there so: nurse" in refused.text
    assert 'value="porter"' in refused.text
    old["seen"] = _seen(refused.text, form)
    assert lead.post(form, old | {"attribute-role": "porter"}).status_code == 200

    form = "/participants/consents"
    old = {"who": "P21", "seen": _seen(lead.get(person).text, form)}
    assert "1 transcript" in lead.post(form, old).text
    refused = lead.post(form, old | {"may_train": "yes", "may_quote": "yes"})
    assert refused.status_code == 422
    assert "What they consent to was changed elsewhere" in refused.text
    consents = _only(parts).consents
    assert (consents.may_train, consents.may_quote) == (False, False)
