"""A codebook as a value: names, versions and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.errors import AmbiguousName, BadInput, UnknownName


@pytest.fixture
def repeating() -> Codebook:
    """A name under two parents, and a parent that only groups."""
    return Codebook(
        "Repeating",
        (Framework("e", "Elements"), Framework("p", "Phase", role="phase", select="one")),
        (
            Code("inner", "Inner", "e", "Elements/Inner", applicable=False),
            Code("inner-culture", "Culture", "e", "Elements/Inner/Culture", parent="inner"),
            Code("outer", "Outer", "e", "Elements/Outer"),
            Code("outer-culture", "Culture", "e", "Elements/Outer/Culture", parent="outer"),
            Code("late", "Late", "p", "Phase/Late", definition="After the start."),
        ),
    )


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("inner-culture", "inner-culture"),
        ("INNER-Culture", "inner-culture"),
        ("Elements/Inner/Culture", "inner-culture"),
        ("elements / nothing", None),
        ("outer/culture", "outer-culture"),
        ("  LATE ", "late"),
        ("Phase/late", "late"),
    ],
)
def test_a_code_goes_by_id_path_or_name(repeating: Codebook, given: str, found: str | None) -> None:
    """Id, path with the framework or without, and name in any case mean the code; others are unknown."""
    if found is None:
        with pytest.raises(UnknownName):
            repeating.resolve(given)
    else:
        assert repeating.resolve(given).id == found


def test_an_ambiguous_name_lists_the_paths(repeating: Codebook) -> None:
    """A name that two codes bear is refused with both paths, which are then accepted."""
    with pytest.raises(AmbiguousName) as caught:
        repeating.resolve("Culture")
    for path in ("Elements/Inner/Culture", "Elements/Outer/Culture"):
        assert f'"{path}"' in str(caught.value)
        assert repeating.resolve(path).path == path


def test_a_framework_narrows_a_name(repeating: Codebook) -> None:
    """With its framework given, by name or id, only that framework's codes are meant."""
    assert repeating.resolve("Late", framework="phase").id == "late"
    with pytest.raises(UnknownName):
        repeating.resolve("Late", framework="e")


def test_an_unknown_code_names_the_nearest(repeating: Codebook) -> None:
    """A typo is answered with the code that was probably meant."""
    with pytest.raises(UnknownName, match='Did you mean "Late"'):
        repeating.resolve("Lat")


def test_a_code_that_groups_others_cannot_be_applied(repeating: Codebook) -> None:
    """A code that is not applicable is refused, with what to do."""
    with pytest.raises(BadInput, match="only groups others"):
        repeating.resolve("Inner")
    assert "inner" not in {code.id for code in repeating.applicable}


def test_a_code_that_was_retired_is_refused_as_such() -> None:
    """It groups nothing, so nobody is sent to the codes below it."""
    late = Code("late", "Late", "phase", "Phase/Late", applicable=False)
    book = Codebook("Ours", (Framework("phase", "Phase"),), (late,))
    with pytest.raises(BadInput, match="is retired and cannot be applied"):
        book.resolve("Late")


def test_a_label_is_the_name_where_that_is_enough(repeating: Codebook) -> None:
    """A table shows the name of a code, and the path where two share the name."""
    assert repeating.label("late") == "Late"
    assert repeating.label("outer-culture") == "Elements/Outer/Culture"
    assert all(repeating.resolve(repeating.label(code.id)) == code for code in repeating.applicable)


def test_children_come_in_codebook_order(repeating: Codebook) -> None:
    """The codes at the top of a framework, and below a code."""
    assert [code.id for code in repeating.children(None, "e")] == ["inner", "outer"]
    assert [code.id for code in repeating.children("outer", "e")] == ["outer-culture"]
    assert repeating.children("late", "p") == ()


def test_the_version_is_the_content(repeating: Codebook) -> None:
    """Equal codebooks have one version; another definition makes another."""
    same = Codebook(repeating.name, repeating.frameworks, repeating.codes)
    assert same.version == repeating.version
    changed = (*repeating.codes[:-1], replace(repeating.codes[-1], definition="Long after."))
    assert Codebook(repeating.name, repeating.frameworks, changed).version != repeating.version


@pytest.mark.parametrize(
    "second", [Code("late", "Later", "p", "Phase/Later"), Code("l", "x", "p", "phase/LATE")]
)
def test_repeated_ids_and_paths_are_refused(repeating: Codebook, second: Code) -> None:
    """An id or a path may occur once, whatever the case of the path."""
    with pytest.raises(BadInput, match="occurs 2 times"):
        Codebook("x", repeating.frameworks, (*repeating.codes, second))


def test_the_meaning_holds_what_an_encoder_needs(repeating: Codebook) -> None:
    """Name and definition in one text, without the framework's name."""
    assert repeating["late"].meaning == "Late. After the start"
    assert repeating["outer-culture"].meaning == "Outer, Culture"
