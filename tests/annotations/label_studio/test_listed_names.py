"""Names in a list without levels: whoever types a code's whole name finds it on top."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.codebook.files import shipped_codebook, shipped_codebooks
from annotations.label_studio.controls import listed_codes
from annotations.label_studio.listed_names import in_list_order, listed_name


def _first_found(typed: str, codebook: Codebook) -> str:
    """What Label Studio's search, which looks for a part of the shown name in any case, has on top."""
    return next(
        code.id
        for code in in_list_order(codebook)
        if typed.casefold() in listed_name(code.id, codebook).casefold()
    )


@pytest.mark.parametrize("name", shipped_codebooks())
@pytest.mark.slow
def test_a_code_whose_name_is_typed_is_the_first_that_is_found(name: str) -> None:
    """In every shipped codebook; but for two whose names stand in each other's lines: both cannot be first."""
    codebook = shipped_codebook(name)
    codes = listed_codes(codebook)
    for code in codes:
        alone = sum(other.name.casefold() == code.name.casefold() for other in codes) == 1
        typed = code.name if alone else listed_name(code.id, codebook)
        found = _first_found(typed, codebook)
        hides = codebook[found].name.casefold() in listed_name(code.id, codebook).casefold()
        assert found == code.id or (hides and name != "common-framework"), typed
    assert {code.id for code in in_list_order(codebook)} == {code.id for code in codes}


def test_a_group_that_is_a_code_stands_there_under_its_own_name() -> None:
    """And its codes say which group they are of, so that its name finds them too."""
    codebook = shipped_codebook("common-framework")
    assert listed_name("internal-context", codebook) == "Internal context"
    shown = listed_name("internal-context-readiness-and-climate", codebook)
    assert shown == "Readiness and climate for change · Internal context"
    assert _first_found("readiness", codebook) == "internal-context-readiness-and-climate"


NAMES = st.text("abAB ", min_size=1, max_size=4).map(lambda name: " ".join(name.split())).filter(bool)


@settings(max_examples=40)
@given(st.lists(NAMES, min_size=1, max_size=8, unique_by=str.casefold))
def test_every_code_is_in_the_list_once(names: list[str]) -> None:
    """Also where names hide each other in circles."""
    codes = tuple(Code(f"c{at}", name, "f", f"F/{name}") for at, name in enumerate(names))
    codebook = Codebook("B", (Framework("f", "F"),), codes)
    assert sorted(code.id for code in in_list_order(codebook)) == sorted(code.id for code in codes)
    for code in codes:
        assert _first_found(code.name, codebook) == code.id
