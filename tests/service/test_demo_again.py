"""A second demonstration goes on with the first one's study."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotations.errors import BadInput
from annotations.store.reviews import count_reviews
from service.demo import MARK, make_sample
from service.settings import read_settings


@pytest.mark.slow
def test_a_second_demonstration_deletes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reviews, and whatever else lies there, are as they were; that the study goes on is said."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    settings = read_settings()
    said: list[str] = []
    parts = make_sample(tmp_path / "demo", settings, said.append)
    with parts.store.reading() as connection:
        before = count_reviews(connection)
    parts.close()
    (tmp_path / "demo" / "notes.txt").write_text("mine", "utf-8")
    parts = make_sample(tmp_path / "demo", settings, said.append)
    with parts.store.reading() as connection:
        assert count_reviews(connection) == before
    parts.close()
    assert (tmp_path / "demo" / "notes.txt").read_text("utf-8") == "mine"
    assert sum("earlier demonstration" in line for line in said) == 1


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """Only what a demonstration made is gone on with."""
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(BadInput, match="holds something else"):
        make_sample(tmp_path, read_settings(), lambda _: None)
    assert not (tmp_path / MARK).exists()
