"""Bring in: what is missing stands beside the button, and what was typed and refused stays in every form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lead_in_browser import SECOND, Lead, a_study

from annotations.store.transcripts import get_transcript
from annotations.study.config import read_study
from service.composition import Parts

CASES = {"Norrbäck": ["Acute ward"], "Carrick": []}
TALK = SECOND.replace("DND-03", "Cilla") + "Berit: And the ward?\nInterviewer: So?\nCilla: Yes.\n"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """An empty study with cases and waves."""
    made = a_study(tmp_path, cases=CASES)
    yield made
    made.close()


@pytest.fixture
def lead(parts: Parts) -> Lead:
    """A lead's browser."""
    return Lead(parts)


def _chosen(page: str, name: str) -> str:
    select = re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)
    assert select, name
    option = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', select[0])
    return "" if option is None else option[1] or option[2]


def test_the_button_says_what_is_missing(lead: Lead) -> None:
    """It is no first choice while something is missing, each thing leads to where it is said, and rows name it."""
    page = lead.send(("one.txt", TALK), ("two.txt", SECOND)).text
    assert '<button class="second">Bring in all the same</button>' in page
    assert '#said">2 files have no wave</a>' in page
    assert re.search(r'/file/\d+">1 file has no participant</a>', page)
    assert '#speakers">2 speakers: nobody has said' in page
    assert "no wave, no participant, no case, no site" in page
    assert "look: 1" not in page


def test_nothing_missing_is_a_plain_button(lead: Lead) -> None:
    """Everything was said."""
    here = lead.send(("two.txt", SECOND)).url.path
    page = lead.post(f"{here}/all", {"wave": "1", "case": "Carrick"}).text
    assert "<button>Bring in</button>" in page
    assert "Missing, or to be looked at" not in page


def test_a_refused_form_loses_nothing_of_either_form(lead: Lead) -> None:
    """A wrong date: wave, case and who asks stay as typed, and the message stands at the date, in the open form."""
    here = lead.send(("one.txt", TALK)).url.path
    typed = {
        "wave": "2",
        "case": "Norrbäck",
        "date": "01/03/2026",
        "speaker-1": "Berit",
        "role-1": "interviewer",
    }
    for button in ("all", "roles"):
        refused = lead.post(f"{here}/{button}", typed)
        assert refused.status_code == 422
        page = refused.text
        assert (_chosen(page, "wave"), _chosen(page, "case")) == ("2", "Norrbäck")
        field = re.search(r'name="speaker-(\d)" value="Berit"', page)
        assert field
        assert _chosen(page, f"role-{field[1]}") == "interviewer"
        assert 'value="01/03/2026"' in page
        form = page[page.index("<details open><summary>Say something of all") :]
        assert "may be 1 March or 3 January" in form[form.index('id="date-error"') : form.index("</details>")]
    kept = lead.post(f"{here}/roles", {**typed, "date": "1 March 2026"}).text
    assert (_chosen(kept, "wave"), _chosen(kept, "case")) == ("2", "Norrbäck")
    assert "nobody has said whether they ask" not in kept.replace("1 speaker: nobody", "")


def test_an_unknown_case_is_refused_at_its_field(lead: Lead) -> None:
    """With what is allowed; the form for all stays, and nothing was kept."""
    here = lead.send(("one.txt", TALK)).url.path
    refused = lead.post(f"{here}/all", {"wave": "2", "case": "Nowhere"})
    assert refused.status_code == 422
    assert "Norrbäck, Carrick" in refused.text[refused.text.index('id="case-error"') :]
    assert "Nowhere (not in the study)" in refused.text
    assert 'action="' + here + '/all"' in refused.text
    assert "1 file has no wave" in lead.get(here).text


def test_a_file_keeps_what_was_typed(lead: Lead) -> None:
    """Also what is known of the participant, and who asks."""
    page = lead.send(("one.txt", TALK))
    number = re.search(r"/file/(\d+)", page.text)
    assert number
    fields = {"wave": "9", "participant": "P-7", "attribute-role": "nurse", "new_name": "unit", "new_value": "north",
              "lines": "no_speakers", "speaker-1": "Berit", "role-1": "interviewer"}  # fmt: skip
    refused = lead.post(f"{page.url.path}/file/{number[1]}", fields)
    assert refused.status_code == 422
    for typed in ('value="P-7"', 'value="nurse"', 'value="unit"', 'value="north"', '"no_speakers" selected'):
        assert typed in refused.text
    assert "Listed: 1, 2" in refused.text[refused.text.index('id="wave-error"') :]


@pytest.mark.parametrize(
    ("name", "content"), [("photo.docx", b"\x89PNG\r\n\x1a\n" + b"\0" * 40), ("empty.txt", b"")]
)
def test_what_is_no_interview_offers_only_what_helps(lead: Lead, name: str, content: bytes) -> None:
    """No form about wave and case: it is left out with one click, or another takes its place and keeps what was said."""
    here = lead.send(("two.txt", SECOND), (name, content)).url.path
    preview = lead.get(here).text
    assert f'aria-label="Leave out {name}"' in preview
    number = re.search(rf"{here}/file/(\d+)/leave", preview)
    assert number
    its = f"{here}/file/{number[1]}"
    page = lead.get(its).text
    assert "Another file in its place" in page
    assert 'name="wave"' not in page
    assert "No file was sent" in lead.post(f"{its}/instead").text
    put = lead.post(f"{its}/instead", files=[("instead", ("right.txt", TALK))])
    assert "right.txt" in put.text
    assert "2 transcripts would come in" in put.text
    assert 'name="wave"' in lead.get(its).text
    assert "1 transcript would come in" in lead.post(f"{its}/leave").text


def test_a_misspelt_speaker_becomes_the_one_who_is_meant(lead: Lead, parts: Parts) -> None:
    """Their turns are context as the other's are, the text keeps what the file says, and undo takes it back."""
    talk = (
        TALK.replace("Berit: And", "Interveiwer: And")
        + "Interviewer: Why?\nCilla: So.\nInterviewer: And?\nCilla: No.\n"
    )
    page = lead.send(("one.txt", talk))
    here = page.url.path
    assert "1 file has a speaker who is probably misspelt: “Interveiwer” (“Interviewer”?)" in page.text
    assert "Interviewer (probably)" in page.text
    number = re.search(r'name="speaker-(\d)" value="Interveiwer"', page.text)
    assert number
    asked = {
        f"speaker-{number[1]}": "Interveiwer",
        f"role-{number[1]}": "",
        f"same-{number[1]}": "Interviewer",
    }
    page = lead.post(f"{here}/roles", asked)
    assert "probably misspelt" not in page.text
    assert "as Interviewer does" in page.text
    came = lead.post(f"{here}/bring")
    with parts.store.reading() as connection:
        kept = get_transcript(connection, "one").transcript
    assert {turn.speaker: turn.role.value for turn in kept.turns} == {
        "Interviewer": "interviewer",
        "Cilla": "participant",
    }
    assert "Interveiwer: And" in kept.text
    assert read_study(parts.study.folder).config.same_speakers == {"Interveiwer": "Interviewer"}
    # the same file again is read alike
    assert "in the study already" in lead.post(f"{lead.send(('one.txt', talk)).url.path}/bring").text
    lead.post(f"{came.url.path}/undo")
    assert read_study(parts.study.folder).config.same_speakers == {}


def test_who_is_meant_is_nobody_elses_slip(lead: Lead) -> None:
    """A speaker is not themselves, and not somebody who is said to be a third."""
    here = lead.send(("one.txt", TALK)).url.path
    itself = lead.post(f"{here}/roles", {"speaker-1": "Berit", "same-1": "berit"})
    assert (itself.status_code, "same speaker anyway" in itself.text) == (422, True)
    chain = {"speaker-1": "Berit", "same-1": "Cilla", "speaker-2": "Cilla", "same-2": "Interviewer"}
    assert "is said to be somebody else" in lead.post(f"{here}/roles", chain).text
