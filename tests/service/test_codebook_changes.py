"""Before a codebook is taken, each code that it changes is shown with what rests on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from made_up_study import MadeUp, fill
from sqlalchemy import select

from annotations.codebook.codes import Codebook
from annotations.codebook.files import write_codebook
from annotations.codebook.what_tables_lack import with_unsaid
from annotations.store.reviews import current_reviews
from annotations.store.tables import suggestions
from service.bringing_in.codebook_changes import ChangedText
from service.bringing_in.new_codebook import look_at_codebook, take_codebook
from service.composition import Parts
from service.exporting.codebook_out import write_codebook_file
from service.new_study import make_study
from service.settings import read_settings


@pytest.fixture
def coded(tmp_path: Path) -> Iterator[Parts]:
    """A study that people have coded, with a model's suggestions."""
    book = tmp_path / "book.csv"
    book.write_text("code\nAny\n", "utf-8")
    study, _ = make_study(tmp_path / "s", codebook=str(book), config={"name": "Made up"})
    parts = Parts(study, read_settings({"TANDEM_STATE": str(tmp_path / "state")}))
    fill(parts, MadeUp(transcripts=6, turns=12))
    yield parts.read_again()
    parts.close()


def _other(book: Codebook) -> Codebook:
    """Money has another name, Place another meaning, and Weather is new."""
    codes = []
    for code in book:
        if code.id == "money":
            codes.append(replace(code, name="Costs", path=code.path.replace("Money", "Costs")))
        elif code.id == "place":
            codes.append(replace(code, definition="The ward or the house."))
        else:
            codes.append(code)
    new = replace(codes[0], id="weather", name="Weather", path="Topics/Weather", definition="Rain and sun.")
    return replace(book, codes=(*codes, new))


def test_each_changed_code_is_told_with_what_rests_on_it(coded: Parts, tmp_path: Path) -> None:
    """Reviews that stand and suggestions of the model in use are counted; nothing is written by looking."""
    file = tmp_path / "new.yaml"
    write_codebook(_other(coded.codebook), file)
    before = coded.study.codebook_file.read_bytes()
    changes = {change.code.rsplit("/", 1)[-1]: change for change in look_at_codebook(coded, file).changes}
    assert {name: change.changes for name, change in changes.items()} == {
        "Costs": ("renamed",),
        "Place": ("redefined",),
        "Weather": ("new",),
    }
    assert changes["Costs"].texts == (ChangedText("Name", "Money", "Costs"),)
    assert changes["Place"].texts[0].now == "The ward or the house."
    with coded.store.reading() as connection:
        stands = [{coding.code for coding in review.codings} for review in current_reviews(connection)]
        suggested = [codes for (codes,) in connection.execute(select(suggestions.c.suggested))]
    for name, code in (("Costs", "money"), ("Place", "place")):
        assert changes[name].reviews == sum(code in codes for codes in stands) > 0
        assert changes[name].suggestions == sum(code in codes for codes in suggested)
    assert sum(change.suggestions for change in changes.values()) > 0
    assert (changes["Weather"].reviews, changes["Weather"].suggestions) == (0, 0)
    assert coded.study.codebook_file.read_bytes() == before


def test_a_codebook_that_says_the_same_changes_nothing(coded: Parts, tmp_path: Path) -> None:
    """Its own file, read again."""
    file = tmp_path / "same.yaml"
    write_codebook(coded.codebook, file)
    assert look_at_codebook(coded, file).changes == ()


def test_its_own_table_read_again_changes_nothing(tmp_path: Path) -> None:
    """A table has no place for phases as such, published names and the question of influence: these stay as they are."""
    study, _ = make_study(tmp_path / "s", codebook="common-framework", config={"name": "Made up"})
    parts = Parts(study, read_settings({"TANDEM_STATE": str(tmp_path / "state")}))
    before, file = parts.codebook, tmp_path / "book.xlsx"
    write_codebook_file(parts, file)
    assert look_at_codebook(parts, file).changes == ()
    take_codebook(parts, file)
    assert parts.read_again().codebook.version == before.version
    parts.close()


def test_another_codebook_in_a_table_keeps_nothing_of_the_one_before(coded: Parts, tmp_path: Path) -> None:
    """Without a code in common it is taken as it stands."""
    other = replace(coded.codebook, codes=(), influence=True)
    assert with_unsaid(other, coded.codebook) is coded.codebook
