"""What was confirmed is kept outside the study, for one study and one address."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotations.errors import BadInput
from service.settings import Settings
from service.trust.address import Confirmation, web_address
from service.trust.confirmed import confirm, confirmed_for, take_back

BOX = Confirmation(web_address("https://box.example.org"))


def test_it_holds_for_one_study_only(tmp_path: Path) -> None:
    """Another study, or a copy elsewhere, asks anew."""
    settings = Settings(tmp_path / "state")
    confirm(settings, tmp_path / "one", BOX)
    assert confirmed_for(settings, tmp_path / "one") == {BOX}
    assert confirmed_for(settings, tmp_path / "two") == frozenset()


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    """The file lies in the state folder, closed to others."""
    confirm(Settings(tmp_path / "state"), tmp_path / "study", BOX)
    (file,) = (tmp_path / "state" / "trust").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_it_can_be_taken_back(tmp_path: Path) -> None:
    """Once; another address stays confirmed."""
    settings, study = Settings(tmp_path / "state"), tmp_path / "study"
    other = Confirmation(web_address("http://box.example.org"), plain_http=True)
    confirm(settings, study, BOX)
    confirm(settings, study, other)
    assert take_back(settings, study, BOX.address)
    assert not take_back(settings, study, BOX.address)
    assert confirmed_for(settings, study) == {other}


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"addresses": [{"scheme": "http"}]}', '{"addresses": 3}', "\udcff"]
)
def test_what_cannot_be_read_confirms_nothing(tmp_path: Path, content: str) -> None:
    """A damaged file means that people are asked again; a new confirmation replaces it."""
    settings, study = Settings(tmp_path / "state"), tmp_path / "study"
    confirm(settings, study, BOX)
    (file,) = (tmp_path / "state" / "trust").iterdir()
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert confirmed_for(settings, study) == frozenset()
    confirm(settings, study, BOX)
    assert confirmed_for(settings, study) == {BOX}


def test_a_study_cannot_bring_its_own_confirmations(tmp_path: Path) -> None:
    """With the state folder inside the study, whoever sends the study could put them there."""
    study = tmp_path / "study"
    study.mkdir()
    confirm(Settings(tmp_path / "state"), study, BOX)
    (tmp_path / "state").rename(study / "state")
    within = Settings(study / "state")
    assert confirmed_for(within, study) == frozenset()
    with pytest.raises(BadInput, match="lies in the study's folder"):
        confirm(within, study, BOX)
