"""A study with a small codebook and one interview, and the commands on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import commands_on
from commands_refused import Tandem, write_lines


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Where the study is made."""
    return tmp_path / "study"


@pytest.fixture
def tandem(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tandem:
    """Run a command with ``--json`` on a study with a small codebook and one interview; errors come through."""
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", "MLFLOW_TRACKING_URI", "TANDEM_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    run = commands_on(study)

    book = tmp_path / "book.csv"
    write_lines(
        book,
        [
            "framework,parent,code,definition",
            "Topics,,Money,What it costs",
            "Topics,,People,Who does it",
            "Topics,Money,Cost,Price",
            "Other,,Cost,Toll",
        ],
    )
    run("init", str(study), "--codebook", str(book))
    words = tmp_path / "JKG-01.txt"
    write_lines(
        words,
        [
            "Interviewer: How is it?",
            "JKG-01: We lack money.",
            "I: And?",
            "JKG-01: People leave. So sad. So sad.",
        ],
    )
    run("import", str(words), "--wave", "1", "--case", "ESTHER")
    return run
