"""The common framework: its structure, and that it covers what it says it merges."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from annotations.codebook.codes import Codebook
from annotations.codebook.files import shipped_codebook

ELEMENTS = (
    "External context",
    "Internal context",
    "Individual characteristics",
    "Innovation features",
    "Process",
)
# names that the list gives to groups for its own use, by what the model itself calls them
AS_PUBLISHED = {
    "System antecedents": "System antecedents for innovation",
    "System readiness": "System readiness for innovation",
    "Adoption process (text)": "Adoption process",
}


@pytest.fixture(scope="module")
def framework() -> Codebook:
    """The shipped common framework."""
    return shipped_codebook("common-framework")


def test_it_has_the_five_elements(framework: Codebook) -> None:
    """Five elements stand at the top, of which several may apply, with constructs below each."""
    tops = framework.children(None, "elements")
    assert tuple(code.name for code in tops) == ELEMENTS
    assert framework.framework("elements").select == "many"
    assert all(framework.children(code.id, "elements") for code in tops)


def test_it_has_the_four_phases(framework: Codebook) -> None:
    """Four phases, of which one applies."""
    names = [code.name for code in framework.of_framework("phase")]
    assert names == ["Historical context", "Adoption", "Implementation", "Assimilation"]
    assert framework.framework("phase").select == "one"


def test_each_assimilation_type_has_three_statuses(framework: Codebook) -> None:
    """The codes of assimilation are type and status; the types alone cannot be applied; several may apply."""
    types = framework.children(None, "assimilation")
    assert [code.id.removeprefix("assimilation-") for code in types] == [
        "transformation",
        "customization",
        "loose-coupling",
        "co-optation",
    ]
    assert "corruption" in types[-1].name
    for one in types:
        below = framework.children(one.id, "assimilation")
        assert [code.name for code in below] == ["occurring", "at risk", "resisted"]
        assert not one.applicable
        assert all(code.applicable for code in below)
    assert framework.framework("assimilation").select == "many"


def test_there_is_room_for_emergent_codes(framework: Codebook) -> None:
    """The emergent framework is there and empty."""
    assert framework.framework("emergent").role == "emergent"
    assert framework.of_framework("emergent") == ()


def test_every_construct_can_be_learnt_from_the_page(framework: Codebook) -> None:
    """Every code that may be applied says what it means, when to use it and when not, with an example."""
    for code in framework.applicable:
        for text in ("definition", "use_when", "do_not_use_when", "example"):
            assert len(getattr(code, text).split()) >= 4, f"{code.path}: {text}"


def test_no_construct_stands_there_twice(framework: Codebook) -> None:
    """Elements overlap neither in name nor in definition nor in example."""
    elements = framework.of_framework("elements")
    for text in ("name", "definition", "example"):
        counted = Counter(getattr(code, text).casefold() for code in elements)
        assert [words for words, count in counted.items() if count > 1] == []


def test_every_name_says_whose_it_is(framework: Codebook) -> None:
    """Each construct of the elements lists the names of all three models, each with source and status."""
    known = set(framework.sources)
    for code in framework.of_framework("elements"):
        assert set(code.names) == {"cfir2009", "cfir2022", "doi"}, code.path
        assert any(code.names.values()), code.path
        for name in (name for names in code.names.values() for name in names):
            assert name.source in known
            assert name.status in ("published", "proposal")


def _names(listed: Any, above: str = "") -> Iterator[tuple[str, str]]:
    """Names in a model's list, each with the name above it."""
    if isinstance(listed, str):
        yield listed, above
    elif isinstance(listed, list):
        for entry in listed:
            yield from _names(entry, above)
    else:
        for name, below in listed.items():
            if name not in ("source", "counts"):
                yield name, above
                yield from _names(below, name)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("model", "key"), [("cfir2009", "cfir2009"), ("cfir2022", "cfir2022"), ("doi_greenhalgh2004", "doi")]
)
def test_it_covers_every_construct_of_its_sources(
    framework: Codebook, shared_data: Path, model: str, key: str
) -> None:
    """Every name in the published lists of CFIR 2009, CFIR 2022 and DOI stands at some code.

    A name that a model uses under several headings stands there with its heading.
    """
    listed = json.loads((shared_data / "frameworks.json").read_text("utf-8"))[model]
    covered = {name.name.casefold() for code in framework for name in code.names.get(key, ())}
    lacking = [
        f"{above}: {name}"
        for name, above in _names(listed)
        if AS_PUBLISHED.get(name, name).casefold() not in covered
        and f"{above}: {name}".casefold() not in covered
    ]
    assert lacking == []
