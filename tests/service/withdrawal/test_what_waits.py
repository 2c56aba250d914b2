"""An erasure that could not reach Label Studio says so; and a page that lacks its figures says who took them."""

from __future__ import annotations

from pathlib import Path

from coded_study import quiet
from fake_label_studio import pushed_study

from annotations.codebook.codes import Codebook
from annotations.store.jobs import ask_for, finish, take
from annotations.store.withdrawals import erase
from service.looking.job_progress import job_progress
from service.withdrawal.withdraw import withdraw


def test_an_erasure_that_label_studio_did_not_answer_says_so(tmp_path: Path, codebook: Codebook) -> None:
    """What is still there, why, and that it waits for a person; tried again, it says the same until it is mended."""
    parts = pushed_study(tmp_path / "study", codebook)
    for _ in range(2):
        said = withdraw(parts, "JKG-01", by="Ada", progress=quiet).left_in_words
        assert said.startswith("Not everything of JKG-01 is erased yet")
        assert "6 tasks in Label Studio still hold their words: " in said
        assert "try this job again once Label Studio answers." in said
    parts.close()


def test_what_an_erasure_took_away_is_told(tmp_path: Path, codebook: Codebook) -> None:
    """Figures that were there and are not are not "never measured"; a measuring after the erasure is not concerned."""
    parts = pushed_study(tmp_path / "study", codebook)
    told = []
    for withdraws in (False, True, False):
        with parts.store.writing() as connection:
            if withdraws:
                erase(connection, "JKG-01", by="the lead")
                before = told[0][0]
                told[0] = (before, job_progress(connection, before))
            job = ask_for(connection, "evaluate", {})
            taken = take(connection, "here")
            assert taken is not None
            finish(connection, taken, "here", {})
            told.append((job, job_progress(connection, job)))
    by = [progress.taken_by for _, progress in told if progress is not None]
    assert by[0] is not None
    assert by[0].what == "a withdrawal"
    assert by[1:] == [None, None]
    parts.close()
