"""Files that people take along run nothing, and are written through nobody's link."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotations.errors import BadInput
from service.exported_file import safe_cell, whole, written_whole


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
