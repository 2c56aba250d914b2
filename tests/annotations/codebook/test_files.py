"""Codebooks from files: every format says the same, and a faulty file is answered with a sentence."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from annotations.codebook.codes import Codebook
from annotations.codebook.files import read_codebook, shipped_codebook, shipped_codebooks, write_codebook
from annotations.errors import BadInput, UnknownName


def _write(file: Path, content: str | bytes) -> Path:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def _workbook(rows: Sequence[Sequence[object]]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _refusal(file: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_codebook(file)
    assert str(caught.value).startswith(str(file))
    return str(caught.value).removeprefix(str(file))


YAML = """
name: {name}
frameworks:
  - name: Elements
    codes:
      - code: Inside
        definition: Within the organization.
        codes:
          - code: Culture
            use_when: The speaker tells how things are done.
      - code: Outside
        applicable: no
  - name: Phase
    select: one
    codes: [code: Before, code: After]
""".replace("[code: Before, code: After]", "[{{code: Before}}, {{code: After}}]")
TABLE = (
    ("Code", "Framework", "Parent", "Definition", "Use when", "Select", "Applicable"),
    ("Inside", "Elements", "", "Within the organization.", "", "", ""),
    ("Culture", "Elements", "Inside", "", "The speaker tells how things are done.", "", ""),
    ("Outside", "elements", "", "", "", "", "no"),
    ("Before", "Phase", "", "", "", "one", ""),
    ("After", "Phase", "", "", "", "", ""),
)


def test_every_format_says_the_same(tmp_path: Path) -> None:
    """The same codes from YAML nested or listed, CSV and XLSX make equal codebooks with one version."""
    table = io.StringIO()
    csv.writer(table).writerows(TABLE)
    listed = "codes:\n" + "".join(
        "- {"
        + ", ".join(
            f'{key.lower().replace(" ", "_")}: "{cell}"'
            for key, cell in zip(TABLE[0], row, strict=True)
            if cell
        )
        + "}\n"
        for row in TABLE[1:]
    )
    files = (
        _write(tmp_path / "ours.yaml", YAML.format(name="ours")),
        _write(tmp_path / "ours.yml", listed),
        _write(tmp_path / "ours.csv", "\ufeff" + table.getvalue()),
        _write(tmp_path / "ours.xlsx", _workbook(TABLE)),
    )
    first, *others = map(read_codebook, files)
    assert [(code.id, code.path, code.parent, code.applicable) for code in first] == [
        ("inside", "Elements/Inside", None, True),
        ("culture", "Elements/Inside/Culture", "inside", True),
        ("outside", "Elements/Outside", None, False),
        ("before", "Phase/Before", None, True),
        ("after", "Phase/After", None, True),
    ]
    assert [(one.id, one.role, one.select) for one in first.frameworks] == [
        ("elements", "elements", "many"),
        ("phase", "phase", "one"),
    ]
    assert all(other == first and other.version == first.version for other in others)


def test_rows_may_come_in_any_order(tmp_path: Path) -> None:
    """A child may stand above its parent; the codebook has the parent first."""
    found = read_codebook(_write(tmp_path / "a.csv", "code,parent\nRent,Costs\nCosts,\n"))
    assert [(code.path, code.framework) for code in found] == [
        ("Codes/Costs", "codes"),
        ("Codes/Costs/Rent", "codes"),
    ]


def test_a_name_under_several_parents(tmp_path: Path) -> None:
    """A repeated name gets its path as id; as a parent it is named by its path."""
    table = "code,parent\nIn,\nOut,\nCulture,In\nCulture,Out\nTrust,Codes/In/Culture\nFear,out/culture\n"
    found = read_codebook(_write(tmp_path / "a.csv", table))
    assert {code.id: code.path for code in found} == {
        "in": "Codes/In",
        "codes-in-culture": "Codes/In/Culture",
        "trust": "Codes/In/Culture/Trust",
        "out": "Codes/Out",
        "codes-out-culture": "Codes/Out/Culture",
        "fear": "Codes/Out/Culture/Fear",
    }


@pytest.mark.parametrize(
    ("name", "code_id"),
    [
        ("therapist_input:advice", "therapist-input-advice"),
        ("日本", "日本"),
        ("हिन्दी", "हिन्दी"),
        ("Überraschung!", "überraschung"),
    ],
)
def test_ids_keep_the_letters_of_every_script(tmp_path: Path, name: str, code_id: str) -> None:
    """An id is the name in small letters of whatever script."""
    (code,) = read_codebook(_write(tmp_path / "a.csv", f"code\n{name}\n"))
    assert (code.id, code.name) == (code_id, name)


def test_yaml_words_are_words(tmp_path: Path) -> None:
    """What YAML takes for truth values, numbers and dates are names of codes here."""
    file = _write(
        tmp_path / "a.yaml", "- code: No\n- code: 1.10\n- code: 2020-01-01\n- {code: x, parent: ~}\n"
    )
    assert [code.name for code in read_codebook(file)] == ["No", "1.10", "2020-01-01", "x"]


def test_numbers_in_a_workbook_are_names(tmp_path: Path) -> None:
    """A code that a spreadsheet keeps as a number is read as people see it; empty rows count in row numbers."""
    file = _write(tmp_path / "a.xlsx", _workbook([("CODE",), (1,), (2.0,), (None,), ("x",), ("x",)]))
    assert _refusal(file).startswith(', row 6: the code "Codes/x" stands there already (row 5)')
    file = _write(tmp_path / "b.xlsx", _workbook([("CODE",), (1,), (2.0,)]))
    assert [code.name for code in read_codebook(file)] == ["1", "2"]


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
        ("code\n" + "".join(f"c{n}\n" for n in range(5001)), "holds 5001 codes"),
    ],
)
def test_a_faulty_table_is_answered_with_a_sentence(tmp_path: Path, table: str, said: str) -> None:
    """What is wrong, in which row, and what is near."""
    assert said in _refusal(_write(tmp_path / "a.csv", table))


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
    assert said in _refusal(_write(tmp_path / "a.yaml", content))


def test_a_code_that_participants_carry_is_read(tmp_path: Path) -> None:
    """Alone or beside interviewers, as one word or as a list; it is kept as it was said."""
    content = "- {code: a}\n- {code: b, carried_by: participant}\n- {code: c, carried_by: [interviewer, participant]}"
    found = read_codebook(_write(tmp_path / "a.yaml", content))
    assert [[role.value for role in code.carried_by] for code in found] == [
        ["participant"],
        ["participant"],
        ["interviewer", "participant"],
    ]


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    """Bytes that are no archive, an archive cut short, and one that holds no workbook."""
    sound = _workbook([("code",), ("a",)])
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("hello.txt", "hello")
    for content in (bytes(range(256)), sound[:-100], other.getvalue()):
        assert "is no Excel workbook" in _refusal(_write(tmp_path / "a.xlsx", content))
    assert "holds no codes" not in _refusal(_write(tmp_path / "b.xlsx", _workbook([])))


def test_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    """An archive that would unpack to far more than a workbook holds is refused by its table of contents."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 60_000_000)
    assert "unpacks to 60 MB" in _refusal(_write(tmp_path / "a.xlsx", bomb.getvalue()))


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    """A sheet whose XML defines entities is no workbook that a spreadsheet program wrote."""
    declared = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_workbook([("code",), ("a",)]))) as sound,
        zipfile.ZipFile(changed, "w") as archive,
    ):
        for name in sound.namelist():
            prefix = declared if name.startswith("xl/worksheets/") else b""
            archive.writestr(name, prefix + sound.read(name))
    assert "is no Excel workbook" in _refusal(_write(tmp_path / "a.xlsx", changed.getvalue()))


def test_a_formula_without_a_value_is_refused(tmp_path: Path) -> None:
    """A formula that was never calculated has no value, and an empty cell would mean something else."""
    file = _write(tmp_path / "a.xlsx", _workbook([("code", "parent"), ("A", None), ('="B"&"C"', "A")]))
    assert "row 3, cell A3: its formula was never calculated" in _refusal(file)


def test_a_file_that_cannot_be_one(tmp_path: Path) -> None:
    """A missing file names the nearest, a folder is said to be one, another ending lists those read."""
    _write(tmp_path / "codebook.csv", "code\nA\n")
    assert 'Did you mean "codebook.csv"?' in _refusal(tmp_path / "codebok.csv")
    assert "Give .yaml, .csv or .xlsx" in _refusal(_write(tmp_path / "codebook.pdf", "x"))
    (tmp_path / "folder.csv").mkdir()
    assert "is a folder" in _refusal(tmp_path / "folder.csv")


def test_shipped_codebooks_are_found_by_name() -> None:
    """The common framework is shipped; a misspelt name is answered with it."""
    assert "common-framework" in shipped_codebooks()
    assert shipped_codebook("common-framework").name == "Common framework"
    with pytest.raises(UnknownName, match='Did you mean "common-framework"'):
        shipped_codebook("comon-framework")


def test_a_written_codebook_reads_as_it_was(tmp_path: Path) -> None:
    """The common framework comes back equal, and writing it again changes no byte."""
    common = shipped_codebook("common-framework")
    write_codebook(common, tmp_path / "codebook.yaml")
    first = (tmp_path / "codebook.yaml").read_bytes()
    again = read_codebook(tmp_path / "codebook.yaml")
    assert again == common
    assert again.version == common.version
    write_codebook(again, tmp_path / "codebook.yaml")
    assert (tmp_path / "codebook.yaml").read_bytes() == first
    assert [file.name for file in tmp_path.iterdir()] == ["codebook.yaml"]


def test_a_failed_write_leaves_the_old_codebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codebook: Codebook
) -> None:
    """When the disk is full, the codebook that was there stays, and nothing half written beside it."""

    def full(self: Path, *_: object) -> int:
        self.touch()
        raise OSError(28, "No space left on device")

    write_codebook(codebook, tmp_path / "codebook.yaml")
    before = (tmp_path / "codebook.yaml").read_bytes()
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        write_codebook(shipped_codebook("common-framework"), tmp_path / "codebook.yaml")
    assert (tmp_path / "codebook.yaml").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["codebook.yaml"]


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(
    lambda name: name == " ".join(name.split()) and name.isprintable()
)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=80)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(names, st.integers(0, 20), texts), min_size=1, max_size=12), st.data())
def test_any_codebook_survives_its_file(
    tmp_path_factory: pytest.TempPathFactory, listed: list[tuple[str, int, str]], data: st.DataObject
) -> None:
    """Whatever the names and texts: the table's codes get unique ids, and YAML gives the codebook back."""
    folder = tmp_path_factory.mktemp("codebook")
    rows = [("code", "framework", "parent", "definition")]
    for at, (name, above, definition) in enumerate(listed):
        parent = rows[1 + above % at][0] if at and above % 3 else ""
        framework = next(
            (row[1] for row in rows if row[0] == parent), data.draw(st.sampled_from(["A", "Phase"]))
        )
        # a number keeps the names of one table apart, and small ones let their ids collide
        rows.append((f"{name} {at}", framework, parent, definition))
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    book = read_codebook(folder / "a.csv")
    assert len(book.codes) == len(listed)
    assert all(1 <= len(code.id) <= 80 for code in book)
    assert len({code.id.casefold() for code in book}) == len(listed)
    write_codebook(book, folder / "codebook.yaml")
    again = read_codebook(folder / "codebook.yaml")
    assert again == book
    assert again.version == book.version


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([".yaml", ".csv", ".xlsx"]))
def test_no_file_ends_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str
) -> None:
    """Any bytes are a codebook or are refused with a sentence."""
    file = _write(tmp_path_factory.mktemp("bytes") / f"a{ending}", content)
    try:
        assert read_codebook(file).codes
    except BadInput as error:
        assert str(file) in str(error)  # noqa: PT017 (either outcome is right)
