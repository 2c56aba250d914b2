"""The frameworks that come with Tandem: their structure, their texts, and the crosswalk between the two CFIRs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree

from annotations.codebook.codes import Code, Codebook
from annotations.codebook.crosswalk import STATUSES, shipped_crosswalk
from annotations.codebook.files import read_codebook, shipped_codebook, shipped_codebooks, write_codebook
from annotations.label_studio.screen import label_config

# headings that only Tandem needs
HEADINGS = {"Roles", "Characteristics"}
AS_PUBLISHED = {
    "System antecedents": "System antecedents for innovation",
    "System readiness": "System readiness for innovation",
    "Adoption process (text)": "Adoption process",
}


def _level(codebook: Codebook, code: Code) -> int:
    """Codes above this one that are not just headings of Tandem's."""
    level = 0
    above = code.parent
    while above is not None:
        level += codebook[above].name not in HEADINGS
        above = codebook[above].parent
    return level


def test_four_frameworks_are_shipped() -> None:
    """Their names are what "tandem init --codebook" takes."""
    assert shipped_codebooks() == ("cfir-2009", "cfir-2022", "common-framework", "doi-2004")


@pytest.mark.parametrize("name", shipped_codebooks())
def test_every_code_says_what_it_means_and_can_be_named(name: str) -> None:
    """No definition is empty, ids and paths are unique, and each applicable code is found by its id and its path."""
    codebook = shipped_codebook(name)
    for code in codebook:
        assert len(code.definition.split()) >= 4, code.path
        if code.applicable:
            assert codebook.resolve(code.id) is code
            assert codebook.resolve(code.path) is code
    for text in ("id", "path", "definition"):
        counted = Counter(getattr(code, text).casefold() for code in codebook)
        assert [words for words, count in counted.items() if count > 1] == []
    assert codebook.sources
    assert [f.role for f in codebook.frameworks][-1] == "emergent"


@pytest.mark.parametrize("name", shipped_codebooks())
def test_a_study_can_take_it_along(name: str, tmp_path: Path) -> None:
    """Written as a study's codebook.yaml and read again it is the same."""
    codebook = shipped_codebook(name)
    write_codebook(codebook, tmp_path / "codebook.yaml")
    assert read_codebook(tmp_path / "codebook.yaml").version == codebook.version


@pytest.mark.parametrize("name", shipped_codebooks())
def test_coders_can_be_shown_it(name: str) -> None:
    """Label Studio's configuration holds every code that may be applied, once."""
    codebook = shipped_codebook(name)
    made = ElementTree.fromstring(label_config(codebook))
    aliases = Counter(part.get("alias") for part in made.iter() if part.get("alias"))
    for code in codebook.applicable:
        assert aliases[code.id] == 1, code.path


def test_cfir_2022_has_the_published_counts() -> None:
    """5 domains, 48 constructs, 19 subconstructs; individuals have 9 roles and 4 characteristics."""
    codebook = shipped_codebook("cfir-2022")
    codes = [code for code in codebook.of_framework("cfir22") if code.name not in HEADINGS]
    assert Counter(_level(codebook, code) for code in codes) == {0: 5, 1: 48, 2: 19}
    assert len(codebook.children("cfir22-individuals-roles", "cfir22")) == 9
    assert len(codebook.children("cfir22-individuals-characteristics", "cfir22")) == 4


def test_cfir_2009_has_the_published_counts() -> None:
    """5 domains, and 39 constructs and subconstructs."""
    codebook = shipped_codebook("cfir-2009")
    codes = codebook.of_framework("cfir09")
    assert Counter(min(_level(codebook, code), 1) for code in codes) == {0: 5, 1: 39}


def test_cfir_2022_can_be_learnt_from_the_page() -> None:
    """Every code, headings included, says when to use it, when not, and has an example of its own."""
    codebook = shipped_codebook("cfir-2022")
    for code in codebook:
        for text in ("use_when", "do_not_use_when", "example"):
            assert len(getattr(code, text).split()) >= 4, f"{code.path}: {text}"
    assert len({code.example for code in codebook}) == len(codebook.codes)


def _names(listed: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(listed, str):
        yield (*above, listed)
    elif isinstance(listed, list):
        for entry in listed:
            yield from _names(entry, above)
    else:
        for name, below in listed.items():
            if name not in ("source", "counts"):
                yield (*above, AS_PUBLISHED.get(name, name))
                yield from _names(below, (*above, AS_PUBLISHED.get(name, name)))


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "model"),
    [("cfir-2022", "cfir2022"), ("cfir-2009", "cfir2009"), ("doi-2004", "doi_greenhalgh2004")],
)
def test_names_and_structure_are_the_published_ones(name: str, model: str, shared_data: Path) -> None:
    """Every name of the model stands where the model has it, and no other does."""
    listed = json.loads((shared_data / "frameworks.json").read_text("utf-8"))[model]
    codebook = shipped_codebook(name)
    framework = codebook.frameworks[0]
    paths = {code.path for code in codebook}
    assert paths == {"/".join((framework.name, *names)) for names in _names(listed)}


def test_the_crosswalk_speaks_of_every_construct_of_both_years() -> None:
    """Each construct of 2009 goes somewhere or is removed; each of 2022 below a domain comes from somewhere or is new."""
    crosswalk = shipped_crosswalk()
    old, new = shipped_codebook("cfir-2009"), shipped_codebook("cfir-2022")
    assert [c.path for c in old.of_framework("cfir09") if c.parent and not crosswalk.of(c.id)] == []
    # what only divides a construct or a heading that has a row needs none of its own
    lacking = [
        c.path
        for c in new.of_framework("cfir22")
        if c.parent and not crosswalk.of(c.id) and not crosswalk.of(c.parent)
    ]
    assert lacking == ["CFIR 2022/Outer Setting/External Pressure"]


def test_every_row_of_the_crosswalk_hangs_together() -> None:
    """A status that is explained, both ends except for what is new or removed, and no row twice."""
    rows = shipped_crosswalk().rows
    for row in rows:
        assert row.status in STATUSES
        assert (row.old is None) == (row.relation == "new")
        assert (row.new is None) == (row.relation == "removed")
    pairs = Counter((row.old and row.old.id, row.new and row.new.id) for row in rows)
    assert set(pairs.values()) == {1}
    counted = Counter(row.old.id for row in rows if row.old)
    for row in rows:
        if row.old and counted[row.old.id] > 1:
            assert row.relation == "split"


@pytest.mark.shared_data
def test_the_crosswalk_claims_no_more_than_is_known(shared_data: Path) -> None:
    """A row is "published" only where the list says that a public crosswalk was seen, "proposal" wherever it is unsure."""
    listed = json.loads((shared_data / "frameworks.json").read_text("utf-8"))["map_2009_to_2022"]
    known = {old: status for old, _, status in listed}
    for row in shipped_crosswalk().rows:
        status = known[row.old.name if row.old else "(new in 2022)"]
        if row.status == "published":
            assert "V" in status
        if "unsure" in status:
            assert row.status == "proposal"
