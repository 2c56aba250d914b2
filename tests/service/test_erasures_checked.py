"""What is not erased everywhere, and what waits for a person, stands in "tandem doctor" and "tandem status"."""

from __future__ import annotations

from pathlib import Path

import pytest
from coded_study import make_coded_study, opened, quiet
from commands import commands_on

from annotations.store.forgettings import finish_forgetting, forget
from annotations.store.transcripts import get_transcript
from service.doctor.erasures_checked import corrected_passages, words_taken_out
from service.importing.import_transcripts import import_transcripts
from service.looking.wave_progress import progress_of

NAME = "JKG-01"
pytestmark = pytest.mark.slow


def test_they_are_said_until_they_are_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing at first; passages to settle after a correction; an unfinished erasure with its remedy until it is done."""
    study = make_coded_study(tmp_path)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    parts = opened(study, tmp_path / "state")
    assert (words_taken_out(parts).found, corrected_passages(parts).found) == ("none", "none waits")
    file = tmp_path / f"{NAME}.txt"
    file.write_text(file.read_text("utf-8").replace("quagmire", "[name]"), "utf-8")
    import_transcripts(parts, [file], manifest=None, described={}, replace=True, progress=quiet)
    waiting = corrected_passages(parts)
    assert waiting.ok
    assert f'in {NAME}: "tandem settle" lists them' in waiting.found
    assert progress_of(parts).to_settle > 0
    with parts.store.writing() as connection:
        made = forget(connection, get_transcript(connection, NAME).id, by="Ines Falk").forgetting
    left = words_taken_out(parts)
    assert (left.ok, left.found) == (False, f"not erased everywhere yet: those of {NAME}")
    assert "--replace --forget" in left.remedy
    assert progress_of(parts).not_forgotten == (NAME,)
    said = commands_on(study)("status")
    assert said["not_forgotten"] == [NAME]
    with parts.store.writing() as connection:
        finish_forgetting(connection, made.id)
    assert words_taken_out(parts).found == "from 1 transcript, erased everywhere"
    parts.close()
