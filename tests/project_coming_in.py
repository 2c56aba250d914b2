"""A REFI-QDA project that comes in by the command, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from commands import commands_on
from commands_refused import Tandem, write_lines
from refi_projects import (
    TALK,
    at,
    code_tree,
    coding,
    project,
    qdpx,
    selection,
    source,
    sources,
    users,
)

CODED = (
    ("no money", "Money"),
    ("nobody asked us", "People"),
    ("nurses from Jönköping", "People"),
    ("It was good", "Money"),
)
WHO = users(ada="Ada Lind", bo="Bo")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Where the study is made."""
    return tmp_path / "study"


@pytest.fixture
def tandem(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tandem:
    """A study without transcripts, with a small codebook, and the commands."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    run = commands_on(study)
    book = write_lines(
        tmp_path / "book.csv", ["framework,code", "Topics,Money", "Topics,People", "Other,Early"]
    )
    run("init", str(study), "--codebook", str(book))
    run("status")  # makes the database
    return run


def coded_source(text: str = TALK, unit: Any = lambda _text, place: place, **said: str) -> list[str]:
    """Its passages and their codes, as a source holds them."""
    return [
        selection(*(unit(text, place) for place in at(text, words)), coding(code, **said))
        for words, code in CODED
    ]


def plain_project(tmp_path: Path, **changes: Any) -> Path:
    """A project of one source."""
    parts = [WHO, code_tree("Money", "People"), sources(source("P-01.docx", *coded_source(), content=TALK))]
    return qdpx(tmp_path / "p.qdpx", project(*parts, **changes))


def codings_of(tandem: Tandem, name: str = "P-01") -> list[tuple[str, str, str]]:
    """Coder, code and words of each coding of a transcript."""
    found = tandem("show", name)
    whole = "".join(f"{turn['text']}" for turn in found["turns"])
    assert whole
    text = {turn["turn"]: turn for turn in found["turns"]}
    return sorted(
        (c["coder"], c["code"], turn["text"][c["start"] - turn["start"] : c["end"] - turn["start"]])
        for turn in text.values()
        for c in turn["codings"]
    )
