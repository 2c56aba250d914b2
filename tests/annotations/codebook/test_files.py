"""Codebooks from files: every format says the same, and what is written reads as it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from codebook_files import refusal_of, workbook_of, write_file
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.codebook.codes import Codebook
from annotations.codebook.files import read_codebook, shipped_codebook, shipped_codebooks, write_codebook
from annotations.errors import UnknownName

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
        write_file(tmp_path / "ours.yaml", YAML.format(name="ours")),
        write_file(tmp_path / "ours.yml", listed),
        write_file(tmp_path / "ours.csv", "\ufeff" + table.getvalue()),
        write_file(tmp_path / "ours.xlsx", workbook_of(TABLE)),
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
    found = read_codebook(write_file(tmp_path / "a.csv", "code,parent\nRent,Costs\nCosts,\n"))
    assert [(code.path, code.framework) for code in found] == [
        ("Codes/Costs", "codes"),
        ("Codes/Costs/Rent", "codes"),
    ]


def test_a_name_under_several_parents(tmp_path: Path) -> None:
    """A repeated name gets its path as id; as a parent it is named by its path."""
    table = "code,parent\nIn,\nOut,\nCulture,In\nCulture,Out\nTrust,Codes/In/Culture\nFear,out/culture\n"
    found = read_codebook(write_file(tmp_path / "a.csv", table))
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
    (code,) = read_codebook(write_file(tmp_path / "a.csv", f"code\n{name}\n"))
    assert (code.id, code.name) == (code_id, name)


def test_yaml_words_are_words(tmp_path: Path) -> None:
    """What YAML takes for truth values, numbers and dates are names of codes here."""
    file = write_file(
        tmp_path / "a.yaml", "- code: No\n- code: 1.10\n- code: 2020-01-01\n- {code: x, parent: ~}\n"
    )
    assert [code.name for code in read_codebook(file)] == ["No", "1.10", "2020-01-01", "x"]


def test_numbers_in_a_workbook_are_names(tmp_path: Path) -> None:
    """A code that a spreadsheet keeps as a number is read as people see it; empty rows count in row numbers."""
    file = write_file(tmp_path / "a.xlsx", workbook_of([("CODE",), (1,), (2.0,), (None,), ("x",), ("x",)]))
    assert refusal_of(file).startswith(', row 6: the code "Codes/x" stands there already (row 5)')
    file = write_file(tmp_path / "b.xlsx", workbook_of([("CODE",), (1,), (2.0,)]))
    assert [code.name for code in read_codebook(file)] == ["1", "2"]


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


# a row of such names was taken for one that names the columns
columns = st.sampled_from(
    ["code", "Theme", "category", "Level 1", "memo", "description", "parent code", "id"]
)
words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=10)
names = columns | st.lists(words, min_size=1, max_size=3).map(" ".join)


texts = columns | st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=80)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(names, st.integers(0, 20), texts), min_size=1, max_size=12), st.data())
@pytest.mark.slow
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


def test_a_code_that_participants_carry_is_read(tmp_path: Path) -> None:
    """Alone or beside interviewers, as one word or as a list; it is kept as it was said."""
    content = "- {code: a}\n- {code: b, carried_by: participant}\n- {code: c, carried_by: [interviewer, participant]}"
    file = tmp_path / "a.yaml"
    file.write_text(content, "utf-8")
    found = read_codebook(file)
    assert [[role.value for role in code.carried_by] for code in found] == [
        ["participant"],
        ["participant"],
        ["interviewer", "participant"],
    ]
