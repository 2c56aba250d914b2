"""Which code a path of another file means: one rule, for tables and for projects."""

from __future__ import annotations

import pytest

from annotations.codebook.code_paths import CodePaths, claimed_by_several
from annotations.codebook.codes import Codebook
from annotations.codings.code_names import CodeNames, CodeNaming
from annotations.errors import AmbiguousName, BadInput
from annotations.refi.map_file import NameMap
from annotations.refi.match_codes import match_codes
from annotations.refi.project import RefiCode


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (("Money",), "money"),
        (("TOPICS", "money"), "money"),
        (("Nodes", "Topics", "Money"), "money"),
        (("Elsewhere", "Money"), "money"),
        (("Elsewhere", "Nothing"), None),
    ],
)
def test_tables_and_projects_find_the_same(
    codebook: Codebook, path: tuple[str, ...], code: str | None
) -> None:
    """A path with other names above it, as a cell of a table and as a code of a project."""
    found = CodePaths(codebook).find(path)
    assert (found.code.id if found else None) == code
    (refi,) = match_codes([RefiCode("g", path)], codebook, NameMap(), {"g"}, add=False)
    assert refi.ours == code
    cell = CodeNaming(" > ".join(path), several="", listed=True)
    names = CodeNames(codebook, [cell])
    if code is None:
        with pytest.raises(BadInput):
            names.codes(cell)
    else:
        assert names.codes(cell) == (code,)


@pytest.mark.parametrize("second", [("B", "Money"), ("Topics", "Money")])
def test_two_codes_do_not_become_one(codebook: Codebook, second: tuple[str, ...]) -> None:
    """Neither two guesses, nor a guess beside the code that is really meant, in a table as in a project."""
    first = ("A", "Money")
    codes = [RefiCode("1", first), RefiCode("2", second)]
    meant = {one.guid: one.ours for one in match_codes(codes, codebook, NameMap(), {"1", "2"}, add=False)}
    certain = second[0] == "Topics"
    assert meant == {"1": None, "2": "money" if certain else None}
    cells = [CodeNaming(" > ".join(path), several="", listed=True) for path in (first, second)]
    names = CodeNames(codebook, cells)
    with pytest.raises(BadInput, match="knows such a name once"):
        names.codes(cells[0])
    if certain:
        assert names.codes(cells[1]) == ("money",)


def test_a_name_that_several_codes_have_is_refused(small_with_two: Codebook) -> None:
    """Its whole path says which; its name alone does not."""
    paths = CodePaths(small_with_two)
    with pytest.raises(AmbiguousName, match="CFIR/Cost"):
        paths.find(("Cost",))
    found = paths.find(("DOI", "Cost"))
    assert found is not None
    assert (found.code.path, found.guessed) == ("DOI/Cost", False)


@pytest.fixture
def small_with_two(tmp_path_factory: pytest.TempPathFactory) -> Codebook:
    """Two frameworks with a code of one name."""
    from annotations.codebook.files import read_codebook

    file = tmp_path_factory.mktemp("book") / "codebook.yaml"
    file.write_text(
        "name: Two\nframeworks:\n  - name: CFIR\n    codes: [{code: Cost}]\n  - name: DOI\n    codes: [{code: Cost}]\n",
        "utf-8",
    )
    return read_codebook(file)


def test_what_is_certain_is_claimed_by_nobody_else() -> None:
    """The same code under two spellings of one path is no conflict; a guess beside another path is."""
    assert claimed_by_several([("A/Cost", "cost", True), ("a/cost", "cost", True)]) == {}
    assert claimed_by_several([("A/Cost", "cost", False), ("B/Cost", "cost", False)]) == {}
    assert claimed_by_several([("A/Cost", "cost", True), ("B/Cost", "cost", False)]) == {
        "cost": ("A/Cost", "B/Cost")
    }
