""" "tandem participants" and a manifest's own columns: attributes in, shown, and refused with a sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from commands import commands_on
from commands_refused import Tandem, refused, write_lines
from openpyxl import Workbook

from annotations.errors import BadInput

WORDS = ["Interviewer: How is it?", "P: We lack money."]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Where the study is made."""
    return tmp_path / "study"


@pytest.fixture
def tandem(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tandem:
    """Two interviews by two participants of the case ESTHER, and the commands."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    run = commands_on(study)
    run("init", str(study), "--codebook", "doi-2004")
    (study / "study.yaml").write_text(
        "name: S\ncases: {ESTHER: [North]}\nparticipant_pattern: '[A-Z]{3}-[0-9]{2}'\n", "utf-8"
    )
    files = [str(write_lines(tmp_path / f"JKG-0{n}.txt", WORDS)) for n in (1, 2)]
    run("import", *files, "--case", "ESTHER", "--wave", "1")
    return run


def _people(tandem: Tandem) -> dict[str, dict[str, str]]:
    return {one["participant"]: one["attributes"] for one in tandem("participants")["participants"]}


def test_a_table_of_participants_and_cases(tandem: Tandem, tmp_path: Path) -> None:
    """Each further column is an attribute in its own spelling; a row without a participant is about the case."""
    file = write_lines(
        tmp_path / "p.csv",
        ["Participant,Case,Date of interview,Country", "jkg-01,ESTHER,2026-03-01,", ",esther,,Sweden"],
    )
    tried = tandem("participants", str(file), "--dry-run")
    assert (len(tried["new"]), tried["dry_run"]) == (2, True)
    assert _people(tandem)["JKG-01"] == {}
    assert len(tandem("participants", str(file))["new"]) == 2
    assert tandem("participants", str(file))["unchanged"] == 2
    found = tandem("participants")
    assert found["attributes"] == ["Date of interview", "Country"]
    assert _people(tandem) == {"JKG-01": {"Date of interview": "2026-03-01"}, "JKG-02": {}}
    assert found["cases"] == [{"case": "ESTHER", "transcripts": 2, "attributes": {"Country": "Sweden"}}]
    assert tandem("show", "JKG-01")["attributes"] == {"Country": "Sweden", "Date of interview": "2026-03-01"}
    assert tandem("status")["attributes"]["Country"] == {"participants": 0, "cases": 1}


def test_a_workbook_changes_and_takes_away(tandem: Tandem, tmp_path: Path) -> None:
    """An empty cell says nothing, a dash takes away, another value changes; a newcomer is kept and named."""
    tandem(
        "participants",
        str(write_lines(tmp_path / "p.csv", ["participant,Role", "JKG-01,lead", "JKG-02,aide"])),
    )
    book = Workbook()
    for row in (
        ["Informant", "Role", "Wave"],
        ["JKG-01", "leader", 1],
        ["JKG-02", "-"],
        ["JKG-2", "x"],
        [None, None],
    ):
        book.active.append(row)
    book.save(tmp_path / "p.xlsx")
    found = tandem("participants", str(tmp_path / "p.xlsx"))
    assert [(one["participant"], one["before"], one["value"]) for one in found["changed"]] == [
        ("JKG-01", "lead", "leader")
    ]
    assert [one["participant"] for one in found["removed"]] == ["JKG-02"]
    said = " ".join(found["notes"])
    assert 'JKG-2 (did you mean "JKG-02"?)' in said
    assert "Wave: this is said of each transcript" in said


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["participant,role", "JKG-01,a", "jkg-01,b"], 'row 2 says "a" of the same participant'),
        (["participant,role", ",a"], "row 2"),
        (["participant,case,role", ",ESTER,a"], 'Did you mean "ESTHER"'),
        (["participant,role", '"a\nb",a'], "U+000A"),
        (["participant,role", f"JKG-01,{'x' * 2001}"], "2,001 characters"),
        (["who,role", "JKG-01,a"], "no column participant or case"),
        (["participant,case", "JKG-01,ESTHER"], "Each further one is an attribute"),
        (["participant,role,Role", "JKG-01,a,b"], "stands there twice"),
    ],
)
def test_a_table_that_cannot_be_used(
    tandem: Tandem, study: Path, tmp_path: Path, lines: list[str], said: str
) -> None:
    """What was found and what to do is said, and nothing of the table is kept."""
    more = [*lines, "JKG-02,fine"] if lines[0] == "participant,role" else lines
    file = write_lines(tmp_path / "p.csv", more)
    assert said in refused(tandem, study, "participants", str(file))


@pytest.mark.slow
def test_who_withdrew_gets_no_attributes_back(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """A withdrawal takes them, also of somebody without a transcript, and a table does not bring them back."""
    file = write_lines(tmp_path / "p.csv", ["participant,role", "JKG-09,a", "JKG-01,b"])
    tandem("participants", str(file))
    tandem("withdraw", "JKG-09", "--by", "Lea", "--yes")
    assert list(_people(tandem)) == ["JKG-01", "JKG-02"]
    assert "JKG-09 withdrew" in refused(tandem, study, "participants", str(file))


def test_other_columns_of_a_manifest_are_attributes(tandem: Tandem, tmp_path: Path) -> None:
    """They are kept and said; where rows differ both values are; a transcript of nobody has none."""
    for name in ("JKG-03a", "JKG-03b", "Minutes"):
        write_lines(tmp_path / f"{name}.txt", [*WORDS, f"P: {name}."])
    file = write_lines(
        tmp_path / "m.csv",
        ["file,case,Role", "JKG-03a.txt,ESTHER,leader", "JKG-03b.txt,ESTHER,aide", "Minutes.txt,ESTHER,none"],
    )
    found = tandem("import", "--manifest", str(file))
    assert _people(tandem)["JKG-03"] == {"Role": "leader; aide"}
    assert found["attributes"] == ["Role"]
    said = " ".join(found["warnings"])
    assert "Role: kept as attributes of 1 participant" in said
    assert "different things of the same participant" in said
    assert "1 transcript names no participant" in said


def test_a_column_of_a_manifest_that_is_a_slip(tandem: Tandem, tmp_path: Path) -> None:
    """A column that is nearly a known one is no attribute but a slip of the pen."""
    file = write_lines(tmp_path / "m.csv", ["file,particpant", "JKG-01.txt,x"])
    with pytest.raises(BadInput, match='Did you mean "participant"'):
        tandem("import", "--manifest", str(file))


@pytest.mark.slow
def test_a_backup_that_is_put_back_brings_no_attributes_back(
    tandem: Tandem, study: Path, tmp_path: Path
) -> None:
    """Of somebody who withdrew, also where nothing but attributes was kept of them."""
    tandem("participants", str(write_lines(tmp_path / "p.csv", ["participant,role", "JKG-09,a", "JKG-01,b"])))
    before = tmp_path / "before.db"
    shutil.copy(study / "tandem.db", before)
    tandem("withdraw", "JKG-09", "--by", "Lea", "--yes")
    for file in study.glob("tandem.db*"):
        file.unlink()
    shutil.copy(before, study / "tandem.db")
    assert _people(tandem) == {"JKG-01": {"role": "b"}, "JKG-02": {}}
