"""The commands for patterns, saturation, triangulation and change: what they say, their files, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from commands import Run
from commands_refused import refused, write_lines
from docx import Document
from openpyxl import load_workbook

from annotations.errors import BadInput

COMMANDS = ("patterns", "saturation", "triangulation", "change")


@pytest.fixture
def again(tandem: Run, tmp_path: Path) -> Run:
    """The study after E-01 was interviewed once more, and says that the grant helped."""
    folder = tmp_path / "again"
    folder.mkdir()
    lines = [
        "Interviewer: And?",
        "E-01: The grant came at last.",
        "Interviewer: And?",
        "E-01: The hall is in use.",
    ]
    write_lines(folder / "E-01b.txt", lines)
    manifest = ["file,participant,case,site,wave,kind,may_quote", "E-01b.txt,E-01,Esk,North,2,interview,yes"]
    tandem("import", "--manifest", str(write_lines(folder / "manifest.csv", manifest)))
    rows = ["E-01b,Ada,Money,1,+", "E-01b,Ada,Early,1,", "E-01b,Ada,People,3,", "E-01b,Ada,Money,3,"]
    codings = write_lines(folder / "codings.csv", ["transcript,coder,code,turn,influence", *rows])
    tandem("import-codings", str(codings), "--complete", "listed")
    return tandem


def _by(found: list[dict[str, Any]], *keys: str) -> dict[Any, dict[str, Any]]:
    return {tuple(one[key] for key in keys): one for one in found}


def test_codes_that_meet(again: Run) -> None:
    """With counts by informants and documents, and what chance would give; phases are among them."""
    found = again("patterns")
    pairs = _by(found["pairs"], "a", "b")
    money = pairs[("Money", "Early")]
    assert (money["passages"], money["with_a"], money["with_b"]) == (4, 6, 4)
    assert (money["informant_codes"], money["documents"]) == (["E-01", "E-02"], 1)
    # E-01: 4 passages, 3 with Money and 2 early; E-02 and the minutes: 1 each
    assert money["expected"] == pytest.approx(3 * 2 / 4 + 1 + 1)
    assert money["difference"] == pytest.approx(4 - 3.5)
    # 2 early passages among 4: both on the 3 with Money in 3 of 6 ways
    assert (money["p"], money["method"]) == (pytest.approx(1.0), "exact")
    assert pairs[("Money", "People")]["passages"] == 1
    # one phase applies to a passage, so two never meet
    assert ("Early", "Late") not in pairs
    assert set(found["columns"]["names"]) == {"Esk", "Tay", ""}
    assert "Benjamini" in found["notes"][0]


def test_only_pairs_of_two_frameworks(again: Run, study: Path) -> None:
    """Elements by phases; a name that is none is refused."""
    pairs = again("patterns", "--framework", "topics", "--with", "Phase")["pairs"]
    assert {(one["a"], one["b"]) for one in pairs} == {
        (a, b) for a in ("Money", "Rooms", "People") for b in ("Early", "Late")
    }
    assert 'Did you mean "Phase"?' in refused(again, study, "patterns", "--framework", "Phases")
    assert "--framework NAME --with NAME" in refused(again, study, "patterns", "--with", "Phase")


def test_what_one_source_supports(again: Run) -> None:
    """By phase, code and case, with the sources that are silent."""
    single = _by(again("patterns")["single_source"], "phase", "code", "column")
    assert ("Early", "Money", "Esk") not in single
    rooms = single[("", "Rooms", "Esk")]
    assert (rooms["source"], rooms["informant"], rooms["silent_sources"]) == ("E-01", "E-01", 3)
    assert single[("Late", "People", "Tay")]["silent_sources"] == 0


def test_saturation_over_the_interviews_of_a_case(again: Run, study: Path) -> None:
    """Documents are left out; a base and run that fit are taken, and those that make no sense refused."""
    columns = _by(again("saturation")["columns"], "column")
    esk = columns[("Esk",)]
    assert [(one["transcript"], one["new"], one["known"]) for one in esk["interviews"]] == [
        ("E-01", ["Money", "Rooms"], 2),
        ("E-02", [], 2),
        ("E-01b", ["People"], 3),
    ]
    assert esk["informants"]["Money"] == [1, 2, 2]
    assert esk["said"].startswith("cannot tell: it takes 6 interviews")
    small = _by(again("saturation", "--base", "1", "--run", "1")["columns"], "column")
    assert small[("Esk",)]["said"] == "1 + 1"
    assert "1 interview or more" in refused(again, study, "saturation", "--base", "0")
    assert "Write 5 % as 0.05" in refused(again, study, "saturation", "--threshold", "5")


def test_triangulation_of_findings(again: Run, study: Path) -> None:
    """Kinds and roles that support, contradict and are silent, and whether they agree."""
    findings = _by(again("triangulation")["findings"], "phase", "code", "column")
    money = findings[("Early", "Money", "Esk")]
    assert (money["direction"], money["supported_by"]) == ("hinders", ["interview", "document"])
    assert money["contradicted_by"] == ["interview"]
    assert money["kinds"]["interview"] | {} == {
        "read": 3, "supports": 2, "contradicts": 1, "silent": 0, "helps": 1, "hinders": 2, "both_ways": 0, "no_direction": 0,
    }  # fmt: skip
    assert money["roles"]["nurse"]["supports"] == 1
    assert money["in_words"].startswith(
        "Interviews (3 of 3) and documents (1 of 1) agree: they say that it hinders."
    )
    people = findings[("", "People", "Esk")]
    assert (people["silent"], people["sources"]) == (["document"], ["E-01b"])
    assert again("triangulation", "--role", "role")["role_attribute"] == "role"
    assert "attribute" in refused(again, study, "triangulation", "--role", "colour")


def test_change_over_waves(again: Run) -> None:
    """What is new, gone or turned round, by case and by participant."""
    found = again("change")
    cases = _by(found["changes"], "phase", "code", "column")
    money = cases[("Early", "Money", "Esk")]
    assert {wave: one["direction"] for wave, one in money["waves"].items()} == {
        "1": "hinders",
        "2": "both ways",
    }
    assert [one["change"] for one in money["changes"]] == ["stays"]
    assert cases[("", "Rooms", "Esk")]["changes"] == [{"from": "1", "to": "2", "change": "gone"}]
    assert cases[("Late", "People", "Tay")]["changes"][0]["change"] == "no source read"
    assert ("", "Money", "") not in cases
    assert "1 source of no stated wave cannot be compared and is left out." in found["notes"]
    assert found["participants"] == ["E-01"]
    own = _by(found["by_participant"], "phase", "code")
    assert own[("Early", "Money")]["changes"][0]["change"] == "turned round"
    assert own[("", "People")]["changes"][0]["change"] == "new"


def test_change_takes_two_waves(tandem: Run, study: Path) -> None:
    """And says so."""
    assert 'only wave "1" was read' in refused(tandem, study, "change", "--case", "Tay")


def test_an_empty_study_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing to show is no failure, but a picture of nothing is."""
    from commands import commands_on

    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    run = commands_on(tmp_path / "study")
    run("init", str(tmp_path / "study"), "--codebook", "common-framework")
    write_lines(tmp_path / "P-01.txt", ["Interviewer: How?", "P-01: So."])
    run("import", str(tmp_path / "P-01.txt"), "--wave", "1")
    assert run("patterns")["pairs"] == []
    assert run("saturation")["columns"] == []
    assert run("triangulation")["findings"] == []
    with pytest.raises(BadInput, match="nothing to draw"):
        run("patterns", "--svg", str(tmp_path / "p.svg"))
    assert not list(tmp_path.glob("*.svg"))


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_files_of_each(again: Run, tmp_path: Path, name: str) -> None:
    """A workbook, a document with numbered figures and tables that Word counts, and pictures whose words can be searched."""
    files = {ending: tmp_path / f"r.{ending}" for ending in ("svg", "png", "docx", "xlsx")}
    again(name, *(word for ending, file in files.items() for word in (f"--{ending}", str(file))))
    pictures = sorted(tmp_path.glob("r*.svg"))
    assert pictures
    for one in pictures:
        assert "<text" in one.read_text("utf-8")
        ElementTree.fromstring(one.read_bytes())  # noqa: S314 (made here)
    assert all(one.read_bytes().startswith(b"\x89PNG") for one in tmp_path.glob("r*.png"))
    book = load_workbook(files["xlsx"])
    assert book.sheetnames[-1] == "How it was counted"
    document = Document(str(files["docx"]))
    xml = ZipFile(files["docx"]).read("word/document.xml").decode()
    assert xml.count("SEQ Table") == len(document.tables) > 0
    assert xml.count("SEQ Figure") == len(document.inline_shapes) > 0
    assert xml.count("descr=") == len(document.inline_shapes)
    assert "the grant" not in xml


def test_a_file_under_another_ending_is_refused(tandem: Run, study: Path, tmp_path: Path) -> None:
    """By name, and nothing is written."""
    said = refused(tandem, study, "patterns", "--svg", str(tmp_path / "p.jpg"))
    assert "--svg writes a file that ends in .svg" in said
    assert not list(tmp_path.glob("p.*"))
