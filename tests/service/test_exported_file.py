"""Files that people take along run nothing, and are written through nobody's link."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

import service
from annotations.errors import BadInput
from service.exported_file import safe_cell, whole, write_rows, written_whole


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(mark: str) -> None:
    """A spreadsheet program would run it; numbers stay numbers."""
    assert safe_cell(f"{mark}HYPERLINK(1)") == f"'{mark}HYPERLINK(1)"
    assert safe_cell(f"\x07\x1b{mark}1\x00") == f"'{mark}1"
    assert (safe_cell(-0.5), safe_cell(None), safe_cell("a=b")) == (-0.5, None, "a=b")


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    """What fails half way leaves the old file, and nothing beside it."""
    file = tmp_path / "a.csv"
    whole(file, b"old")
    with pytest.raises(ZeroDivisionError), written_whole(file) as out:
        out.write(b"new")
        _ = 1 / 0
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"old"]
    with pytest.raises(BadInput, match="does not exist"):
        whole(tmp_path / "no" / "a.csv", b"")


def test_a_link_in_the_way_is_replaced_and_not_followed(tmp_path: Path) -> None:
    """Whoever lays a link where an export will be does not choose what it overwrites."""
    target = tmp_path / "target"
    target.write_text("untouched")
    (tmp_path / "a.csv").symlink_to(target)
    (tmp_path / ".a.csv.unfinished").symlink_to(target)
    whole(tmp_path / "a.csv", b"new")
    assert target.read_text() == "untouched"
    assert (tmp_path / "a.csv").read_bytes() == b"new"


@pytest.mark.parametrize("head", ["=1+2", "attribute x;=1+2", "attribute x\t@SUM(1)"])
def test_no_head_of_a_column_is_a_formula_either(head: str) -> None:
    """The name of an attribute comes from another program's project or a table that somebody sent."""
    out = io.StringIO()
    assert write_rows(out, ["transcript", head], [{"transcript": "-P", head: 3}]) == 1
    heads, row = csv.reader(out.getvalue().splitlines())
    assert heads == ["transcript", safe_cell(head)]
    assert row == ["'-P", "3"]


def test_every_table_for_people_is_written_by_it() -> None:
    """Whoever writes CSV otherwise gives heads of her own, or makes a table that Tandem alone reads."""
    own = {
        "service/exported_file.py",
        "service/web/audit_page.py",
        "service/agreement/disagreements_files.py",
        "service/importing/problems_file.py",
        "service/importing/project_map.py",
        "service/bringing_in/projects.py",
        "service/bringing_in/corrections.py",
        "service/bringing_in/mend_cells.py",
    }
    top = Path(service.__file__).parents[1]
    writers = {
        file.relative_to(top).as_posix()
        for file in (top / "service").rglob("*.py")
        if re.search(r"csv\.(Dict)?[wW]riter\(", file.read_text("utf-8"))
    }
    assert writers <= own
