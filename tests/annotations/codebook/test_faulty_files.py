"""A codebook file that cannot be used is answered with a sentence."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from codebook_files import refusal_of, workbook_of, write_file
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.codebook.files import read_codebook
from annotations.errors import BadInput


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("code,parent\nA,B\nB,C\nC,A\n", 'circle: "A" (row 2) → "B" (row 3) → "C" (row 4) → "A" (row 2)'),
        ("code,parent\nA,A\n", 'row 2: the code "A" is its own parent'),
        ("code,parent\nMoney,\nRent,Mony\n", 'row 3: parent "Mony" is not known. Did you mean "Money"?'),
        ("code,parent\nA,\nX,A\nY,Q/X\n", 'row 4: parent "Q/X" is not known'),
        (
            "code,parent\nA,\nB,\nX,A\nX,B\nY,X\n",
            'row 6: the parent "X" is the name of several codes (row 4; row 5)',
        ),
        ("code,framework,parent\nA,F,\nB,G,A\n", 'row 3: parent "A" is not known'),
        ("code,parent\nA,\nB,A\nb,a\n", 'row 4: the code "Codes/A/b" stands there already (row 3)'),
        ("code,id\nA,x\nB,X\n", 'row 3: the id "X" belongs to "Codes/A" already'),
        ("code,framework,select\nA,F,one\nB,F,many\n", 'row 3, column "select": found "many"'),
        ("code,select\nA,ones\n", 'row 2: select is "one" or "many"; found "ones"'),
        ("code,applicable\nA,maybe\n", '"applicable" is yes or no; found "maybe"'),
        ("code,parent\n,A\n", 'row 2: the column "code" is empty'),
        ("code,definiton\nA,b\n", 'the column "definiton" is not known. Did you mean "definition"?'),
        ("Code,CODE\nA,b\n", 'the column "code" stands there twice'),
        ("title,parent\nA,b\n", "the column code is missing"),
        ("code\nA,B\n", "row 2: it has cells up to column 2"),
        ("code\n", "holds no codes"),
        ("\n", "is empty"),
        ('code,definition\nA,"b\n', "this is no sound CSV"),
        ("code\nA\x07\n", "printable characters"),
        ("code\n" + "x" * 201, "at most 200"),
        (
            "code,parent\n" + "".join(f"c{n},{f'c{n - 1}' if n else ''}\n" for n in range(2000)),
            "20 levels deep",
        ),
        ("code\n" + "".join(f"c{n}\n" for n in range(5001)), "holds 5,001 codes"),
    ],
)
def test_a_faulty_table_is_answered_with_a_sentence(tmp_path: Path, table: str, said: str) -> None:
    """What is wrong, in which row, and what is near."""
    assert said in refusal_of(write_file(tmp_path / "a.csv", table))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("~", "holds no codes"),
        ("just words", 'found the text "just words"'),
        ("framworks: []", 'the key "framworks" is not known. Did you mean "frameworks"?'),
        ("frameworks: []", "holds no codes"),
        ("frameworks: {a: b}", "expected a list, found keys"),
        ("frameworks:\n- name: [a]", "expected a text, found a list"),
        ("frameworks:\n- {name: A, codes: [{code: x, defintion: y}]}", 'Did you mean "definition"?'),
        ("frameworks:\n- {name: A, codes: [{definition: y}]}", "a code needs a name"),
        (
            "frameworks:\n- {name: A, codes: [{name: Money}]}",
            'a code is called by "code", not by "name". Write "code: Money".',
        ),
        ("frameworks:\n- {name: A, role: stage}", 'role "stage" is not known'),
        ("frameworks:\n- {name: A, select: several}", 'found "several"'),
        ("frameworks:\n- {name: A}\n- {name: a}", 'framework "a": it stands there twice'),
        ("frameworks:\n- {name: A, id: b}\n- {name: B}", 'name or id of the framework "A"'),
        (
            "frameworks: [{name: Elements}]\ncodes: [{code: x, framework: Elemets}]",
            'Did you mean "Elements"?',
        ),
        (
            "- {code: a}\n- {code: b, codes: [{code: c, parent: a}]}",
            'stands below "b" and names the parent "a"',
        ),
        ("- {code: a, carried_by: [robot]}", "participant, or participant and interviewer; found ['robot']"),
        ("- {code: a, carried_by: interviewer}", "Tandem codes what participants say"),
        ("- {code: a, carried_by: []}", "Tandem codes what participants say"),
        ("- {code: a, names: {doi: [{name: x, status: perhaps}]}}", "published or proposal"),
        ("name: a\nname: b", 'line 2: the key "name" stands there twice'),
        ("name: [a", "no readable YAML (line"),
        ("a: &a [x]\nframeworks: *a", "line 2: a codebook may not use YAML aliases"),
        ("[" * 100_000, "nested more than 60 deep"),
        ("frameworks: !!python/object/apply:os.system [ls]", "found the text"),
        (bytes(range(128, 256)), "is no UTF-8 text"),
        (b"name: a\x00b", "holds zero bytes"),
        (b"#" * 5_000_001, "has 5 MB"),
    ],
)
def test_a_faulty_yaml_is_answered_with_a_sentence(tmp_path: Path, content: str | bytes, said: str) -> None:
    """What is wrong, at which key or line, and what is near; no bomb goes off."""
    assert said in refusal_of(write_file(tmp_path / "a.yaml", content))


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    """Bytes that are no archive, an archive cut short, and one that holds no workbook."""
    sound = workbook_of([("code",), ("a",)])
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("hello.txt", "hello")
    for content in (bytes(range(256)), sound[:-100], other.getvalue()):
        assert "is no Excel workbook" in refusal_of(write_file(tmp_path / "a.xlsx", content))
    assert "holds no codes" not in refusal_of(write_file(tmp_path / "b.xlsx", workbook_of([])))


def test_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    """An archive that would unpack to far more than a workbook holds is refused by its table of contents."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 60_000_000)
    assert "unpacks to 60 MB" in refusal_of(write_file(tmp_path / "a.xlsx", bomb.getvalue()))


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    """A sheet whose XML defines entities is no workbook that a spreadsheet program wrote."""
    declared = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook_of([("code",), ("a",)]))) as sound,
        zipfile.ZipFile(changed, "w") as archive,
    ):
        for name in sound.namelist():
            prefix = declared if name.startswith("xl/worksheets/") else b""
            archive.writestr(name, prefix + sound.read(name))
    assert "is no Excel workbook" in refusal_of(write_file(tmp_path / "a.xlsx", changed.getvalue()))


def test_a_formula_without_a_value_is_refused(tmp_path: Path) -> None:
    """A formula that was never calculated has no value, and an empty cell would mean something else."""
    file = write_file(tmp_path / "a.xlsx", workbook_of([("code", "parent"), ("A", None), ('="B"&"C"', "A")]))
    assert "row 3, cell A3: its formula was never calculated" in refusal_of(file)


def test_a_file_that_cannot_be_one(tmp_path: Path) -> None:
    """A missing file names the nearest, a folder is said to be one, another ending lists those read."""
    write_file(tmp_path / "codebook.csv", "code\nA\n")
    assert 'Did you mean "codebook.csv"?' in refusal_of(tmp_path / "codebok.csv")
    assert "Give .yaml, .csv, .xlsx or .docx" in refusal_of(write_file(tmp_path / "codebook.pdf", "x"))
    (tmp_path / "folder.csv").mkdir()
    assert "is a folder" in refusal_of(tmp_path / "folder.csv")


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([".yaml", ".csv", ".xlsx", ".docx"]))
def test_no_file_ends_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str
) -> None:
    """Any bytes are a codebook or are refused with a sentence."""
    file = write_file(tmp_path_factory.mktemp("bytes") / f"a{ending}", content)
    try:
        assert read_codebook(file).codes
    except BadInput as error:
        assert str(file) in str(error)  # noqa: PT017 (either outcome is right)


@pytest.mark.parametrize("text", [r"a\0b", r"\0"])
@pytest.mark.parametrize("key", ["definition", "code", "example", "id"])
def test_yaml_may_write_what_is_no_character(tmp_path: Path, key: str, text: str) -> None:
    """A NUL is named with its code, wherever it stands: PostgreSQL keeps none."""
    entry = {"code": "Money", key: text}
    lines = "".join(f'  {name}: "{words}"\n' for name, words in entry.items())
    file = write_file(tmp_path / "b.yaml", "codes:\n-\n" + lines)
    assert "the text holds a NUL, which is no character. Take it out." in refusal_of(file)
