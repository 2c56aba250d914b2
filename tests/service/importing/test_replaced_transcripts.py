"""A transcript that was corrected after coding: what stands on unchanged words moves along, the rest waits for a person."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from commands import commands_on
from commands_refused import Tandem, codings_file, refused, write_lines
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations.errors import BadInput, UnknownName

LINES = [
    "Interviewer: How is it?",
    "JKG-01: We lack money and Anna knows.",
    "Interviewer: And?",
    "JKG-01: People leave. So sad. So sad.",
]
QUOTES = ("We lack money", "Anna knows", "People leave", "and", "sad. So")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Where the study is made."""
    return tmp_path / "study"


@pytest.fixture
def tandem(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tandem:
    """The commands on a study with one coded interview."""
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", "MLFLOW_TRACKING_URI", "TANDEM_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    return _coded(study, tmp_path)


def _coded(study: Path, folder: Path) -> Tandem:
    run = commands_on(study)
    book = write_lines(folder / "book.csv", ["framework,code,definition", "T,Money,Cost", "T,People,Who"])
    run("init", str(study), "--codebook", str(book))
    run("import", str(write_lines(folder / "JKG-01.txt", LINES)), "--wave", "1", "--case", "ESTHER")
    run(
        "import-codings",
        codings_file(folder, "JKG-01,Ada,Money,1", "JKG-01,Ada,People,3"),
        "--complete",
        "all",
    )
    rows = [f"JKG-01,Ben,People,{quote}" for quote in QUOTES]
    run(
        "import-codings",
        codings_file(folder, *rows, header="transcript,coder,code,quote"),
        "--complete",
        "none",
    )
    return run


def _codings(tandem: Tandem) -> set[tuple[str, str, str]]:
    """Who applied which code to which words, as things stand."""
    text = ""
    found = tandem("show", "JKG-01")
    for turn in found["turns"]:
        text = text.ljust(turn["start"]) + turn["text"]
    return {
        (one["coder"], one["code"], text[one["start"] : one["end"]])
        for turn in found["turns"]
        for one in turn["codings"]
    }


def _replace(tandem: Tandem, folder: Path, *lines: str, **more: str) -> dict[str, Any]:
    file = write_lines(folder / "JKG-01.txt", list(lines))
    (read,) = tandem("import", str(file), "--replace", *more)["transcripts"]
    return read


def test_a_corrected_word_moves_what_it_does_not_touch(tandem: Tandem, tmp_path: Path) -> None:
    """Codings of other words go along, the touched ones are listed with both wordings, and all of them are accounted for."""
    before = _codings(tandem)
    read = _replace(tandem, tmp_path, LINES[0], "JKG-01: We lack the money and Anna knows.", *LINES[2:])
    done = read["replaced"]
    assert (read["state"], done["version"]) == ("replaced", 2)
    assert done["codings_moved"] + done["codings_waiting"] == len(before)
    waiting = {(one["coder"], one["codes"][0], one["before"], one["after"]) for one in done["waiting"]}
    assert waiting == {
        ("Ada", "Money", "We lack money and Anna knows.", "We lack the money and Anna knows."),
        ("Ben", "People", "We lack money", "We lack the money"),
    }
    after = _codings(tandem)
    assert after == {one for one in before if one[2] not in {w[2] for w in waiting}}
    assert tandem("show", "JKG-01")["case"] == "ESTHER"


def test_history_and_show_tell_it(tandem: Tandem, tmp_path: Path) -> None:
    """The version, the words that a review was made on, and what waits stand in both; the old text can be read."""
    _replace(tandem, tmp_path, LINES[0], "JKG-01: We lack the money and Anna knows.", *LINES[2:])
    shown = tandem("show", "JKG-01")
    assert shown["version"] == 2
    assert len(shown["waiting"]) == 2
    reviews = tandem("history", "JKG-01:2")["reviews"]
    ada = next(one for one in reviews if one["coder"] == "Ada")
    assert ada["state"] == "taken back: its words changed in version 2 of the transcript"
    assert ada["earlier"][0]["text"] == "We lack money and Anna knows."
    assert ada["earlier"][0]["settled"] == "waits for a person"
    moved = next(one for one in tandem("history", "JKG-01:4")["reviews"] if one["coder"] == "Ada")
    assert (moved["state"], moved["earlier"][0]["words_changed"]) == ("stands", False)


@pytest.mark.slow
def test_a_person_settles_what_waits(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """Kept: it holds for the words as they read now, under its own condition; dropped: it stays on record."""
    _replace(tandem, tmp_path, LINES[0], "JKG-01: We lack the money and Anna knows.", *LINES[2:])
    waiting = {one["coder"]: one["number"] for one in tandem("settle")["waiting"]}
    assert "--by" in refused(tandem, study, "settle", "JKG-01", str(waiting["Ada"]), "--keep")
    assert "number 99" in refused(tandem, study, "settle", "JKG-01", "99", "--drop", "--by", "Lea")
    assert tandem("settle", "JKG-01", str(waiting["Ada"]), "--keep", "--by", "Lea")["left"] == 1
    assert ("Ada", "Money", "We lack the money and Anna knows.") in _codings(tandem)
    assert tandem("settle", "JKG-01", "--all", "--drop", "--by", "Lea")["left"] == 0
    assert not any(one[2] == "We lack the money" for one in _codings(tandem))
    assert tandem("settle")["waiting"] == []


def test_what_is_gone_needs_a_turn_to_be_kept(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """A passage of which nothing is left is kept only for a turn that somebody names."""
    _replace(tandem, tmp_path, *LINES[:3], "JKG-01: So sad. So sad.")
    gone = next(one for one in tandem("settle")["waiting"] if one["before"] == "People leave")
    assert gone["after"] is None
    assert "--turn" in refused(tandem, study, "settle", "JKG-01", str(gone["number"]), "--keep", "--by", "L")
    tandem("settle", "JKG-01", str(gone["number"]), "--keep", "--turn", "4", "--by", "Lea")
    assert ("Ben", "People", "So sad. So sad.") in _codings(tandem)


def test_more_and_fewer_turns(tandem: Tandem, tmp_path: Path) -> None:
    """Turns that come before, between or go away shift what stays, and nothing else; twice, and back again."""
    before = _codings(tandem)
    more = [
        "Interviewer: Welcome.",
        "JKG-01: Thanks, it is cold.",
        *LINES[:2],
        "Interviewer: Mm.",
        *LINES[2:],
    ]
    assert _replace(tandem, tmp_path, *more)["replaced"]["waiting"] == []
    assert _codings(tandem) == before
    assert _replace(tandem, tmp_path, *LINES)["replaced"]["version"] == 3
    assert _codings(tandem) == before


@pytest.mark.parametrize("content", ["", "\n \n", "Interviewer:\n"])
def test_an_empty_file_replaces_nothing(tandem: Tandem, study: Path, tmp_path: Path, content: str) -> None:
    """It is refused, and what is there stays."""
    file = tmp_path / "JKG-01.txt"
    file.write_text(content, "utf-8")
    assert "JKG-01.txt" in refused(tandem, study, "import", str(file), "--replace")


def test_the_same_words_change_nothing(tandem: Tandem, tmp_path: Path) -> None:
    """It says so, and makes no version."""
    read = _replace(tandem, tmp_path, *LINES)
    assert (read["state"], read["replaced"]) == ("already there", None)
    assert any("nothing has changed" in one for one in read["warnings"])
    assert tandem("show", "JKG-01")["version"] == 1


def test_several_files_one_of_them_strange(tandem: Tandem, tmp_path: Path) -> None:
    """One that is not in the study is refused with the nearest name; the others are replaced."""
    good = write_lines(tmp_path / "JKG-01.txt", [*LINES, "JKG-01: Bye."])
    bad = write_lines(tmp_path / "JKG-011.txt", LINES)
    with pytest.raises(BadInput, match=r'JKG-011.*Did you mean "JKG-01"'):
        tandem("import", str(good), str(bad), "--replace")
    assert tandem("show", "JKG-01")["version"] == 2
    with pytest.raises(UnknownName):
        tandem("show", "JKG-011")


def test_a_name_from_a_mac_is_the_same_transcript(tandem: Tandem, tmp_path: Path) -> None:
    """The file's name may have its marks apart from the letters."""
    first = write_lines(tmp_path / "Malmö-01.txt", LINES)
    tandem("import", str(first))
    first.unlink()
    mac = write_lines(tmp_path / f"{unicodedata.normalize('NFD', 'Malmö-01')}.txt", [*LINES, "JKG-01: Bye."])
    assert tandem("import", str(mac), "--replace")["transcripts"][0]["state"] == "replaced"


def test_a_dry_run_changes_nothing(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """It lists what would wait, and the study stays as it is."""
    file = write_lines(
        tmp_path / "JKG-01.txt", [LINES[0], "JKG-01: We lack cash and Anna knows.", *LINES[2:]]
    )
    before = tandem("show", "JKG-01")
    (read,) = tandem("import", str(file), "--replace", "--dry-run")["transcripts"]
    assert len(read["replaced"]["waiting"]) == 2
    assert tandem("show", "JKG-01") == before


EDITS = ("", " ", "x", "very ", "money", "\nJKG-01: Yes.\nI: Mm. ", "So sad. ", "é", "I: ", ", ")


@pytest.mark.slow
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_no_coding_is_lost_and_none_moves_to_other_words(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    """For any edits: every coding that moved has the words that it had, and moved and listed ones are all of them."""
    folder = tmp_path_factory.mktemp("edited")
    monkeypatch.setenv("TANDEM_STATE", str(folder / "state"))
    tandem = _coded(folder / "study", folder)
    before = _codings(tandem)
    text = "\n".join(LINES)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(14, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 20)))
        text = text[:start] + data.draw(st.sampled_from(EDITS)) + text[end:]
    try:
        read = _replace(tandem, folder, *text.split("\n"))
    except BadInput:
        assert _codings(tandem) == before
        return
    if read["replaced"] is None:
        assert _codings(tandem) == before
        return
    done = read["replaced"]
    assert done["codings_moved"] + done["codings_waiting"] == len(before)
    left = {(coder, code, " ".join(words.split())) for coder, code, words in before}
    after = {(coder, code, " ".join(words.split())) for coder, code, words in _codings(tandem)}
    assert after <= left
    listed = {
        (one["coder"], code, " ".join(one["before"].split()))
        for one in done["waiting"]
        for code in one["codes"]
    }
    assert left <= after | listed
