"""Coders by the names in files: aliases are theirs, slips are caught, and two people stay two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.coding import Coder
from annotations.study.coder_names import CoderNames, a_typo_apart

INES = Coder("Inês Faria", aliases=("IF", "ines"), email="ines@example.org")


@pytest.mark.parametrize("given", ["Inês Faria", "inês  FARIA", "if", "INES", "Ines@Example.org"])
def test_every_spelling_means_the_coder(given: str) -> None:
    """Name, alias and e-mail in any case and spacing mean the coder of study.yaml."""
    assert CoderNames([INES]).resolve(given) == "Inês Faria"


def test_a_new_name_is_a_new_coder() -> None:
    """A name that is like no other is taken as it is first written."""
    names = CoderNames([INES])
    assert names.resolve("Tom Baker") == "Tom Baker"
    assert names.resolve("tom baker") == "Tom Baker"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Thomas", "Tomas"),
        ("Inês Faria", "Ines Faira"),
        ("Johanna", "Johana"),
        ("marie", "maria"),
        ("Smith J", "Smiht J"),
    ],
)
def test_slips_are_a_typo_apart(one: str, other: str) -> None:
    """A letter left out, changed or swapped is probably a slip."""
    assert a_typo_apart(one, other)
    assert a_typo_apart(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("IF", "IG"),
        ("E1", "E10"),
        ("coder 1", "coder 2"),
        ("Coder01", "Coder02"),
        ("coder A", "coder B"),
        ("coderA", "coderB"),
        ("rater_a", "rater_b"),
        ("Smith, J.", "Smith, K."),
        ("JS Smith", "JT Smith"),
        ("Ann", "Ana"),
        ("Maria", "Thomas"),
    ],
)
def test_two_people_are_not_a_typo(one: str, other: str) -> None:
    """Names that differ in numbers or initials, and short ones, are meant as they stand."""
    assert not a_typo_apart(one, other)
    assert CoderNames([Coder(one)]).resolve(other) == other


def test_a_typo_is_refused_with_the_name_and_the_remedy() -> None:
    """A name a slip away from a coder of the study, or one met before, is refused; study.yaml can list both."""
    with pytest.raises(ValueError, match=r'"Ines Faira" is a typo away from "Inês Faria".*study\.yaml'):
        CoderNames([INES]).resolve("Ines Faira")
    with pytest.raises(ValueError, match='typo away from "Johanna"'):
        CoderNames([], ["Johanna"]).resolve("Johana")
    names = CoderNames([])
    names.resolve("Johanna")
    with pytest.raises(ValueError, match='typo away from "Johanna"'):
        names.resolve("Johana")
    assert CoderNames([Coder("Johanna"), Coder("Johana")]).resolve("johana") == "Johana"


@pytest.mark.parametrize(
    "cell", ["Ada; Bo", "Ada;Bo", "Ada\nBo", "Ada | Bo", "Ada / Bo", "Ada & Bo", "Ada + Bo"]
)
def test_two_people_are_no_coder(cell: str) -> None:
    """Kept as one, they would agree with nobody; a name that study.yaml lists, or that ends in a mark, is one person's."""
    with pytest.raises(ValueError, match="are several people"):
        CoderNames([]).resolve_one(cell)
    if "\n" not in cell:
        assert CoderNames([Coder(cell)]).resolve_one(cell) == cell
    assert CoderNames([]).resolve_one("Ada;") == "Ada;"


@pytest.mark.parametrize("cell", ["Ada, Bo", "ada and BO", "Ada/Bo", "Ada,Bo", "Ada och Bo"])
def test_two_people_who_are_known_are_no_coder(cell: str) -> None:
    """A comma, a stroke or "and" may stand in a name; between two people who coded it does not."""
    assert CoderNames([]).resolve_one(cell) == cell
    with pytest.raises(ValueError, match="are several people"):
        CoderNames([Coder("Ada")], ["Bo"]).resolve_one(cell)
    assert CoderNames([Coder("Ada")]).resolve_one("Lind, Ada") == "Lind, Ada"


def test_a_row_without_a_coder_is_refused() -> None:
    """Every row says who coded."""
    with pytest.raises(ValueError, match="it is empty"):
        CoderNames([INES]).resolve("  ")


@given(st.text(max_size=20), st.text(max_size=20))
def test_being_a_typo_apart_is_mutual(one: str, other: str) -> None:
    """The order does not matter, and no name is a typo of itself."""
    assert a_typo_apart(one, other) == a_typo_apart(other, one)
    assert not a_typo_apart(one, one)
