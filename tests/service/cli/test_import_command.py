""" "tandem import" with files that cannot be used: one sentence, and nothing changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from commands_refused import Tandem, codings_file, refused, rows_of_tables, write_lines
from docx import Document
from typer.testing import CliRunner

from annotations.errors import BadInput
from service.cli.main import app

# MLflow's own, with the newest SQLAlchemy
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.txt", b"\n \n\t\n", "empty"),
        ("noise.txt", bytes(range(256)) * 40, "no text"),
        ("broken.docx", b"PK\x03\x04 and then nothing", "docx"),
        ("plain.docx", b"This is no Word file.", "docx"),
        ("what.xyz", b"A: b", "xyz"),
        ("no-columns.csv", b"who,what\nA,b\n", "speaker"),
        ("bad.jsonl", b'{"speaker": "A", "text": "b"}\n{not json\n', "2"),
    ],
)
def test_a_file_that_is_no_transcript(
    tandem: Tandem, study: Path, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    """The file is named, with what was found; the others in the same command come in."""
    file = tmp_path / name
    file.write_bytes(content)
    message = refused(tandem, study, "import", str(file))
    assert name in message
    assert said in message
    good = write_lines(tmp_path / "JKG-02.txt", ["I: So?", "JKG-02: So."])
    with pytest.raises(BadInput, match="1 file was not imported"):
        tandem("import", str(file), str(good))
    assert "JKG-02" in json.dumps(tandem("show", "JKG-02"))


@pytest.mark.slow
def test_a_bomb_is_not_unpacked(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """A .docx of a few kilobytes that would fill the memory is refused for it."""
    file = tmp_path / "bomb.docx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", b"\0" * 400_000_000)
    assert file.stat().st_size < 1_000_000
    assert "bomb.docx" in refused(tandem, study, "import", str(file))


def test_a_word_file_comes_in(tandem: Tandem, tmp_path: Path) -> None:
    """Paragraphs "Speaker: words" of a .docx are turns."""
    document = Document()
    for line in ("Interviewer: Who decides?", "DND-03: The board – mostly.", "and sometimes us."):
        document.add_paragraph(line)
    document.save(str(tmp_path / "DND-03.docx"))
    (read,) = tandem("import", str(tmp_path / "DND-03.docx"))["transcripts"]
    assert (read["transcript"], read["turns"], read["participants"]) == ("DND-03", 2, ["DND-03"])


def test_the_same_file_is_recognised_and_another_text_refused(
    tandem: Tandem, study: Path, tmp_path: Path
) -> None:
    """Twice the same is no error; other words under the same id need --replace, and what is coded waits then."""
    file = tmp_path / "JKG-01.txt"
    assert tandem("import", str(file), "--wave", "1")["transcripts"][0]["state"] == "already there"
    file.write_text("I: How?\nJKG-01: Otherwise.\n", "utf-8")
    assert "--replace" in refused(tandem, study, "import", str(file))
    assert tandem("import", str(file), "--replace")["transcripts"][0]["state"] == "replaced"
    tandem("import-codings", codings_file(tmp_path, "JKG-01,Ada,Money,1"))
    file.write_text("I: How?\nJKG-01: Quite otherwise.\n", "utf-8")
    (read,) = tandem("import", str(file), "--replace")["transcripts"]
    assert [one["before"] for one in read["replaced"]["waiting"]] == ["Otherwise."]
    shown = CliRunner().invoke(app, ["--study", str(study), "show", "JKG-01"])
    assert shown.exit_code == 0, shown.output
    assert "Version 2 of the text was replaced on" in shown.output


def test_what_a_second_import_does_not_say_stays(tandem: Tandem, tmp_path: Path) -> None:
    """Consents and kind given once are not reset by importing the file again."""
    write_lines(tmp_path / "manifest.csv", ["file,kind,may_quote", "JKG-01.txt,field note,yes"])
    tandem("import", "--manifest", str(tmp_path / "manifest.csv"))
    before = tandem("show", "JKG-01")
    assert before["kind"] == "field note"
    assert tandem("import", str(tmp_path / "JKG-01.txt"))["transcripts"][0]["state"] == "already there"
    assert tandem("show", "JKG-01") == before
    write_lines(tmp_path / "manifest.csv", ["file,may_quote", "JKG-01.txt,no"])
    assert (
        tandem("import", "--manifest", str(tmp_path / "manifest.csv"))["transcripts"][0]["state"]
        == "described anew"
    )


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix" or not hasattr(os, "geteuid"), reason="needs a POSIX system")
def test_a_disk_that_is_full(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """A write that the system refuses is one sentence; what was there is still there."""
    program = Path(sys.executable).with_name("tandem")
    big = write_lines(
        tmp_path / "BIG-01.txt", ["I: So?", *(f"BIG-01: word{at} " + "word " * 400 for at in range(2000))]
    )
    before = rows_of_tables(study)
    # the shell's limit on the size of a file, in KiB, stands for a full disk
    command = f'ulimit -f 600; trap "" XFSZ; exec "{program}" --study "{study}" import "{big}"'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "disk" in done.stderr
    assert rows_of_tables(study) == before
    assert tandem("import", str(big))["transcripts"][0]["state"] == "new"


def test_many_files_with_one_fault_are_one_line(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """Files and rows of a manifest alike; "--problems" writes each of them."""
    files = [tmp_path / f"e{at}.txt" for at in range(20)]
    for file in files:
        file.write_text("", "utf-8")
    table = tmp_path / "problems.csv"
    said = refused(tandem, study, "import", *map(str, files), "--problems", str(table))
    assert "(20 ×): each is empty." in said
    assert str(table) in said
    assert len(said.splitlines()) == 2
    assert table.read_text("utf-8-sig").count("is empty") == 20
    manifest = write_lines(tmp_path / "m.csv", ["file,kind", *(f"e{at}.txt,talk" for at in range(20))])
    said = refused(tandem, study, "import", "--manifest", str(manifest), "--problems", str(table))
    assert 'rows 2, 3, 4 … (20 ×): the kind "talk" is not known' in said
    assert table.read_text("utf-8-sig").count("m.csv") == 20


@pytest.mark.usefixtures("tandem")
def test_transcripts_of_one_table_are_told_apart(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that holds many names each of them; where every file is one transcript its name says enough."""
    from service.cli.import_transcripts import command

    lines = ["transcript,speaker,text", "T-01,T-01,It was cold.", "T-02,T-02,It was warm."]
    capsys.readouterr()
    command([str(write_lines(tmp_path / "all.csv", lines))], study=study, dry_run=True)
    said = capsys.readouterr().out
    assert "T-01" in said.split("speakers")[1]
    assert said.split()[:2] == ["file", "transcript"]
    single = tmp_path / "T-03.txt"
    single.write_text("T-03: It was wet.\n", "utf-8")
    command([str(single)], study=study, dry_run=True)
    assert capsys.readouterr().out.split()[:2] == ["file", "reader"]
