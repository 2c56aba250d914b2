"""Whole files of codings: no row is lost, whatever stands in it, and real ones are all placed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from coded_rows import TRANSCRIPTS, codings_file, placed_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.codebook.files import read_codebook
from annotations.codings.codings_file import place_codings
from annotations.codings.read_codings import read_codings
from annotations.errors import BadInput
from annotations.readers.reading import read_transcripts
from annotations.transcript import Transcript


def test_own_columns_are_ignored_and_named(tmp_path: Path) -> None:
    """A column that means nothing here is not read, and that is said; a misspelt one is refused."""
    file = codings_file(tmp_path, "JKG-01,Ines,money,1,x", head="transcript,coder,code,turn,colour")
    assert placed_rows(file).notes == ["the columns colour are not known and were not read."]
    with pytest.raises(BadInput, match=r'"trun" is not known\. Did you mean "turn"\?'):
        read_codings(codings_file(tmp_path, "JKG-01,Ines,money,1", head="transcript,coder,code,trun"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"transcript,coder,code\nJKG-01,Ines,money\n", "nothing says where the passages are"),
        ("a.csv", b"transcript,coder,turn\nJKG-01,Ines,1\n", "the column code is missing"),
        ("a.csv", b"coder,quote\nInes,words\n", "the columns transcript and code are missing"),
        ("a.csv", b"who,what,words\nInes,Money,words\n", "say which: --columns transcript=Document"),
        ("a.csv", b"\xff\xfa\x00", "is no text"),
        ("a.jsonl", b'{"transcript": "a"\n', "line 1: this is no JSON"),
        ("a.jsonl", b"[1]\n", "line 1: expected an object"),
        ("a.jsonl", b'{"turn": ' + b"9" * 5000 + b"}\n", "line 1: this is no JSON"),
        ("a.jsonl", b"[" * 100_000, "line 1: this is no JSON"),
        ("a.xlsx", b"PK\x03\x04", "is no Excel workbook"),
        ("a.txt", b"x", "is no list of references of NVivo"),
        ("a.odt", b"x", 'the ending ".odt" is not read'),
    ],
)
def test_a_file_that_is_no_table(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """The file is named, with what was found and what is allowed."""
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read_codings(file)
    assert str(caught.value).startswith(str(file))
    assert said in str(caught.value)


cells = st.sampled_from(
    ["", "JKG-01", "PLP-22", "Ines", "Tom", "money", "late", "1", "3", "-1", "0", "5", "x", "People"]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(cells, min_size=7, max_size=7), max_size=12))
def test_no_row_is_lost(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    """Every row ends as a coding, as one or more faults, or as a repetition, whatever stands in it."""
    file = codings_file(
        tmp_path_factory.mktemp("rows"), *rows, head="transcript,coder,code,turn,start,end,quote"
    )
    placed = placed_rows(file)
    filled = {number for number, row in enumerate(rows, start=2) if any(row)}
    coded = {coding.row for coding in placed.codings}
    faulty = {fault.row for fault in placed.faults}
    assert not coded & faulty
    assert coded | faulty <= filled
    assert len(filled - coded - faulty) == placed.repeated
    for coding in placed.codings:
        assert coding.span.of(TRANSCRIPTS[coding.transcript.casefold()].text)


@pytest.mark.shared_data
@pytest.mark.parametrize("study", ["annomi", "nhs_comments"])
@pytest.mark.slow
def test_real_codings_are_all_placed(shared_data: Path, tmp_path: Path, study: str) -> None:
    """The codebook and every coding of a real, coded study are read without a fault."""
    subprocess.run(
        [sys.executable, shared_data / "make_study.py", study, tmp_path], check=True, capture_output=True
    )
    book = read_codebook(tmp_path / "codebook.csv")
    transcripts = {
        one.name.casefold(): Transcript(name=one.name, text=one.text, turns=one.turns)
        for wave in ("wave1", "wave2")
        for file in sorted((tmp_path / wave).iterdir())
        for one in read_transcripts(file, interviewers=())
    }
    for name in ("codings.csv", "answers.csv"):
        read = read_codings(tmp_path / name)
        placed = place_codings(read, codebook=book, transcripts=transcripts, coders=())
        assert placed.faults == []
        assert len(placed.codings) + placed.repeated == len(read.rows)
