"""One number of two sites is told as what it may be: two people under one code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from annotations.store.transcripts import get_transcript
from annotations.study.config import read_study
from service.composition import Parts
from service.importing.import_outcome import Imported
from service.importing.import_transcripts import import_transcripts, preview_transcripts
from service.page_words import for_pages
from service.settings import read_settings

NUMBER = r"(?P<site>[A-Z]{3})-(?P<participant>\d+)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sites that each count their participants from 1, and a third interview."""
    for name in ("VRN-01", "LDS-01", "LDS-02"):
        (tmp_path / f"{name}.txt").write_text(f"Interviewer: And?\nP: Words of {name}.\n", "utf-8")
    return tmp_path


def _study(folder: Path, pattern: str) -> Parts:
    (folder / "s").mkdir(exist_ok=True)
    said = f"name: S\nparticipant_speakers: [P]\nparticipant_pattern: '{pattern}'\n"
    (folder / "s" / "study.yaml").write_text(said, "utf-8")
    (folder / "s" / "codebook.yaml").write_text(
        "frameworks: [{id: t, name: T, codes: [{id: m, code: M}]}]\n", "utf-8"
    )
    return Parts(read_study(folder / "s"), read_settings({"TANDEM_STATE": str(folder / "state")}))


def _import(parts: Parts, *names: str, preview: bool = False, **described: str) -> Imported:
    files = [parts.study.folder.parent / f"{name}.txt" for name in names]
    bring = preview_transcripts if preview else import_transcripts
    return bring(
        parts, files, manifest=None, described=described, replace=False, progress=lambda _done, _total: None
    )


@pytest.mark.parametrize("preview", [True, False])
def test_one_number_of_two_sites_is_told(folder: Path, preview: bool) -> None:
    """Whether both come now or one is there already, before they come in and after."""
    parts = _study(folder, NUMBER)
    assert not _import(parts, "LDS-02", preview=True).shared_codes
    both = _import(parts, "VRN-01", "LDS-01", "LDS-02", preview=preview)
    (told,) = both.about_participants
    assert told in both.notes
    assert told.startswith('the participant\'s code "01" may mean several people: found in VRN, LDS.')
    assert "erased together" in told
    assert "participant_pattern" not in for_pages(told)
    _import(parts, "VRN-01")
    assert '"01"' in _import(parts, "LDS-01", preview=preview).shared_codes
    parts.close()


def test_one_code_in_two_cases_is_told_and_one_person_twice_at_a_site_is_not(folder: Path) -> None:
    """Where no site is said the case stands for it; a second interview of somebody is nothing to ask about."""
    parts = _study(folder, "")
    _import(parts, "VRN-01", participant="7", case="North")
    assert not _import(parts, "LDS-02", participant="7", case="North").shared_codes
    assert "found in North, South" in _import(parts, "LDS-01", participant="7", case="South").shared_codes
    parts.close()


def test_a_site_that_nobody_has_said_yet_is_no_other_one(folder: Path) -> None:
    """An interview described by its case alone is not at another place than those of a site in that case."""
    parts = _study(folder, "")
    _import(parts, "VRN-01", participant="7", case="North", site="VRN")
    assert not _import(parts, "LDS-02", participant="7", case="North").shared_codes
    told = _import(parts, "LDS-01", participant="7", case="North", site="LDS").shared_codes
    assert "found in VRN, LDS." in told
    parts.close()


def test_the_remedy_works_and_what_tandem_proposes_takes_the_site_along(folder: Path) -> None:
    """The pattern of the sentence, of a new study.yaml and of Settings makes JKG-01 a participant of JKG."""
    parts = _study(folder, NUMBER)
    told = _import(parts, "VRN-01", "LDS-01").shared_codes
    parts.close()
    pattern = told.split("'")[-2]
    parts = _study(folder, pattern)
    assert not _import(parts, "VRN-01", "LDS-01").shared_codes
    with parts.store.reading() as connection:
        kept = get_transcript(connection, "VRN-01").transcript
    assert (kept.participant, kept.site) == ("VRN-01", "VRN")
    parts.close()
    template = (Path(__file__).parents[3] / "service" / "new_study.py").read_text("utf-8")
    page = Path(__file__).parents[3] / "service" / "web" / "templates" / "workbench" / "settings.html"
    for text in (template, page.read_text("utf-8")):
        assert pattern.replace("\\", "\\\\") in text
    named = re.fullmatch(pattern, "JKG-01")
    assert named is not None
    assert named.groupdict() == {"participant": "JKG-01", "site": "JKG"}
