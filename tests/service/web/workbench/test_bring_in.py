"""Files come in by a browser: looked at, mended, brought in and undone; nothing is written before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lead_in_browser import INTERVIEW, SECOND, Lead, a_study

from annotations.store.described_transcripts import described_transcripts
from annotations.store.reviews import count_reviews
from annotations.study.config import read_study
from service.composition import Parts
from service.jobs.worker import do_waiting_jobs
from service.web.workbench import looks


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


def _names(parts: Parts) -> list[str]:
    with parts.store.reading() as connection:
        return [one.name for one in described_transcripts(connection)]


def test_nothing_is_written_before_it_is_said_so(lead: Lead, parts: Parts) -> None:
    """A look shows what would come in; study and database are as they were."""
    before = (parts.study.folder / "study.yaml").read_bytes()
    page = lead.send(("JKG-01.txt", INTERVIEW))
    assert page.status_code == 200
    assert "How it would come in" in page.text
    assert "JKG-01.txt" in page.text
    assert _names(parts) == []
    assert (parts.study.folder / "study.yaml").read_bytes() == before
    (folder,) = (parts.settings.state / "passing").glob("*/in-*")
    assert {file.stat().st_mode & 0o777 for file in folder.rglob("*") if file.is_file()} == {0o600}
    assert {one.stat().st_mode & 0o777 for one in (folder, *folder.rglob("*")) if one.is_dir()} == {0o700}


@pytest.mark.slow
def test_a_wave_that_the_study_lacks_is_added_where_it_is_missed(lead: Lead, parts: Parts) -> None:
    """One click adds it as the settings do, and the file can come in; no other wave is added that way."""
    table = "file,wave\nJKG-01.txt,1\nDND-03.txt,Wave three\n"
    page = lead.send(("JKG-01.txt", INTERVIEW), ("DND-03.txt", SECOND), ("where.csv", table))
    here = page.url.path
    assert "Add wave “Wave three”" in page.text
    assert "1 file names a wave" in page.text
    assert lead.post(f"{here}/waves", {"wave": "9"}).status_code == 422
    page = lead.post(f"{here}/waves", {"wave": "Wave three"})
    assert "Cannot come in yet" not in page.text
    assert "2 transcripts would come in" in page.text
    assert list(read_study(parts.study.folder).config.waves) == ["1", "2", "Wave three"]
    assert _names(parts) == []
    lead.post(f"{here}/bring")
    assert sorted(_names(parts)) == ["DND-03", "JKG-01"]


@pytest.mark.slow
def test_mended_brought_in_and_undone(lead: Lead, parts: Parts) -> None:
    """Two files with two mistakes: a wave that is none, and a speaker of whom nobody said whether they ask."""
    talk = SECOND.replace("Interviewer", "Berit").replace("DND-03", "Cilla")
    table = "file,wave,role\nJKG-01.txt,1,sister\nDND-03.txt,3,nurse\n"
    page = lead.send(("JKG-01.txt", INTERVIEW), ("DND-03.txt", talk), ("where.csv", table))
    here = page.url.path
    assert "The wave &#34;3&#34; is none of the study&#39;s" in page.text
    assert '<a href="/settings">Settings</a>' in page.text
    number = re.search(rf"{here}/file/(\d+)", page.text[page.text.index("Cannot come in yet") :])
    assert number
    fields = {"wave": "2", "participant": "DND-03", "may_quote": "yes", "attribute-role": "nurse"}
    page = lead.post(f"{here}/file/{number[1]}", fields)
    assert "Cannot come in yet" not in page.text
    assert "2 speakers: nobody has said whether they ask" in lead.get(here).text
    page = lead.post(
        f"{here}/roles",
        {"speaker-1": "Berit", "role-1": "interviewer", "speaker-2": "Cilla", "role-2": "participant"},
    )
    assert "nobody has said whether they ask" not in page.text
    assert _names(parts) == []
    came = lead.post(f"{here}/bring")
    assert "What came in" in came.text
    assert sorted(_names(parts)) == ["DND-03", "JKG-01"]
    assert "Berit" in (parts.study.folder / "study.yaml").read_text()
    with parts.store.reading() as connection:
        second = next(one for one in described_transcripts(connection) if one.name == "DND-03")
    assert (second.wave, second.participant, second.consents.may_quote) == ("2", "DND-03", True)
    undone = lead.post(f"{came.url.path}/undo")
    assert "Undone" in undone.text
    assert _names(parts) == []
    assert "Berit" not in (parts.study.folder / "study.yaml").read_text()
    # back at the preview, with all that was said
    assert undone.url.path == here
    assert "2 transcripts would come in" in undone.text
    assert "nobody has said whether they ask" not in undone.text
    lead.post(f"{here}/leave")
    assert not list((parts.settings.state / "passing").glob("*/in-*"))


@pytest.mark.slow
def test_one_of_two_is_undone(lead: Lead, parts: Parts) -> None:
    """The other stays, the record says so, and the one file waits again with what was said of it."""
    here = lead.send(("JKG-01.txt", INTERVIEW), ("DND-03.txt", SECOND)).url.path
    lead.post(f"{here}/all", {"wave": "2"})
    came = lead.post(f"{here}/bring")
    one = re.search(r'action="(\S+/undo/\S+)">.*?aria-label="Undo DND-03 alone"', came.text)
    assert one
    undone = lead.post(one[1].rpartition('action="')[2])
    assert "1 transcript would come in" in undone.text
    assert 'name="wave"' in undone.text
    assert "DND-03.txt" in undone.text
    assert _names(parts) == ["JKG-01"]
    page = lead.get(came.url.path).text
    assert "DND-03 was undone by" in page
    assert "1 transcript " in page
    lead.post(f"{undone.url.path}/bring")
    with parts.store.reading() as connection:
        assert [(row.name, row.wave) for row in described_transcripts(connection)] == [
            ("JKG-01", "2"),
            ("DND-03", "2"),
        ]
    assert "would come in" in lead.post(f"{came.url.path}/undo").text
    assert _names(parts) == ["DND-03"]


@pytest.mark.slow
def test_codings_are_mended_in_place(lead: Lead, parts: Parts) -> None:
    """A code that the codebook does not know is changed in all rows at once, a quote in its row."""
    came = lead.post(f"{lead.send(('JKG-01.txt', INTERVIEW)).url.path}/bring")
    code = next(code.path for code in parts.codebook if code.applicable)
    rows = (
        "transcript,coder,code,quote\n"
        "JKG-01,Ada,Bord,The board helped\n"
        "JKG-01,Ada,Bord,wanted it\n"
        f"JKG-01,Ada,{code},It took us munths\n"
    )
    page = lead.send(("codings.csv", rows))
    here = page.url.path
    assert "2 rows" in page.text
    number = re.search(rf"{here}/mend/(\d+)", page.text)
    assert number
    page = lead.post(f"{here}/mend/{number[1]}", {"column": "code", "value": "Bord", "new": code})
    assert "Bord" not in page.text
    page = lead.post(
        f"{here}/mend/{number[1]}",
        {"column": "quote", "row-4": "It took us weeks", "was-4": "It took us munths"},
    )
    assert "codings that would come in" in page.text
    with parts.store.reading() as connection:
        assert count_reviews(connection) == (0, 0)
    codings = lead.post(f"{here}/bring")
    assert "3 codings" in codings.text
    # the transcript cannot go while codings stand on it, the codings can
    assert "cannot be undone" in lead.get(came.url.path).text
    assert "Undone" in lead.post(f"{codings.url.path}/undo").text
    with parts.store.reading() as connection:
        assert count_reviews(connection) == (0, 0)
    assert "Undone" in lead.post(f"{came.url.path}/undo").text
    assert _names(parts) == []


@pytest.mark.parametrize(
    "name", ["../../escaped.txt", "/etc/passwd.txt", "..\\..\\up.txt", ".hidden.txt", "a\tb.txt", "CON.txt"]
)
def test_names_of_strangers_lead_nowhere(lead: Lead, parts: Parts, name: str, tmp_path: Path) -> None:
    """Whatever a file is called, it lies in our folder and nowhere else."""
    outside = {one for one in tmp_path.rglob("*") if "passing" not in one.parts}
    page = lead.send((name, INTERVIEW))
    assert page.status_code == 200
    new = {one for one in tmp_path.rglob("*") if "passing" not in one.parts} - outside
    assert not {one for one in new if one.suffix == ".txt"}
    assert list((parts.settings.state / "passing").rglob("*.txt"))


def test_bad_uploads_are_sentences(lead: Lead, parts: Parts) -> None:
    """No files, too many, unknown numbers: a sentence, and nothing is left of them."""
    assert "No file was sent" in lead.post("/bring-in").text
    nowhere = lead.get("/bring-in/00000000-0000-0000-0000-000000000000")
    assert "not here any more" in nowhere.text
    assert not list((parts.settings.state / "passing").glob("*/in-*"))
    page = lead.send(("JKG-01.txt", INTERVIEW))
    here = page.url.path
    bad = lead.post(f"{here}/all", {"date": "yesterday"})
    assert bad.status_code == 422
    assert "is no date" in bad.text
    assert "is no kind of file" in lead.post(f"{here}/kind/1", {"kind": "song"}).text
    assert "none of this number" in lead.get(f"{here}/file/77").text
    assert lead.post(f"{here}/leave").url.path == "/bring-in"
    assert not list((parts.settings.state / "passing").glob("*/in-*"))


def test_a_file_that_is_not_read_is_told_once(lead: Lead) -> None:
    """With its name and what to do; the others can come in."""
    page = lead.send(("JKG-01.txt", INTERVIEW), ("notes.xyz", "a"))
    assert page.text.count("does not read this ending") == 1
    assert "1 transcript would come in" in page.text


@pytest.mark.parametrize("name", ["wave1.zip", "WAVE1.ZIP", "wave1.rar", "wave1.tar.gz"])
def test_a_packed_folder_is_to_be_unpacked(lead: Lead, name: str) -> None:
    """The page names the file and says what to do, where nothing else was sent and beside an interview."""
    alone = lead.send((name, "PK"))
    assert name in alone.text
    assert "Unpack them, and give the files that are in them" in alone.text
    both = lead.send(("JKG-01.txt", INTERVIEW), (name, "PK"))
    assert "Unpack them, and give the files that are in them" in both.text
    assert "1 transcript would come in" in both.text


@pytest.mark.slow
def test_what_comes_twice_changes_nothing(lead: Lead, parts: Parts) -> None:
    """The same file again is there already."""
    lead.post(f"{lead.send(('JKG-01.txt', INTERVIEW)).url.path}/bring")
    again = lead.post(f"{lead.send(('JKG-01.txt', INTERVIEW)).url.path}/bring")
    assert "in the study already" in again.text
    assert _names(parts) == ["JKG-01"]


def test_an_upload_is_shown_as_it_stands_now(lead: Lead, parts: Parts) -> None:
    """What came in meanwhile from elsewhere is there already on the page of an earlier upload, and on its file's page."""
    earlier = lead.send(("JKG-01.txt", INTERVIEW), ("DND-03.txt", SECOND)).url.path
    assert "2 transcripts would come in" in lead.get(earlier).text
    lead.post(f"{lead.send(('JKG-01.txt', INTERVIEW)).url.path}/bring")
    assert "already there" in lead.get(f"{earlier}/file/1").text
    assert "1 transcript would come in, 1 is there already" in lead.get(earlier).text
    seen = next((parts.settings.state / "passing").glob("*/in-*/seen.json"))
    before = seen.stat().st_mtime_ns
    lead.get(earlier)
    assert seen.stat().st_mtime_ns == before


@pytest.mark.slow
def test_many_files_are_looked_at_and_come_in_by_a_job(
    lead: Lead, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page shows how far it is, and afterwards what was found; then what came in."""
    monkeypatch.setattr(looks, "FEW_FILES", 0)
    page = lead.send(("JKG-01.txt", INTERVIEW), ("DND-03.txt", SECOND))
    here = page.url.path
    assert "waits for a worker" in page.text
    assert do_waiting_jobs(parts) == 1
    assert "2 transcripts would come in" in lead.get(here).text
    assert "waits for a worker" in lead.post(f"{here}/bring").text
    assert _names(parts) == []
    assert do_waiting_jobs(parts) == 1
    assert _names(parts) == ["DND-03", "JKG-01"]
    came = lead.get(here)
    assert "What came in" in came.text
    assert "2 transcripts" in came.text
