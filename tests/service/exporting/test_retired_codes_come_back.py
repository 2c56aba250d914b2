"""Codes that were applied and are offered no more: they go out and come back as that, and spoil nothing beside them."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from builders import a_transcript
from small_book_study import made_study

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.codebook.files import read_codebook
from annotations.coding import Coding, Review
from annotations.progress import quiet
from annotations.refi.codebook_file import read_refi_codebook
from annotations.store.codebook_versions import keep_codebook
from annotations.store.loose_codings import loose_codings
from annotations.store.reviews import add_reviews, current_reviews
from annotations.store.transcripts import add_transcript
from annotations.transcript import Span
from service.composition import Parts
from service.exporting.export_refi import export_refi
from service.importing.import_project import Wishes, import_project

BOOK = Codebook(
    "Ours",
    (Framework("t1", "Topics"),),
    (
        Code("k17", "Money", "t1", "Topics/Money"),
        Code("k18", "Time", "t1", "Topics/Time"),
        Code("k19", "Luck", "t1", "Topics/Luck"),
    ),
)
RETIRED = replace(BOOK, codes=(BOOK["k17"], replace(BOOK["k18"], applicable=False), BOOK["k19"]))
GONE = replace(BOOK, codes=(BOOK["k17"], BOOK["k18"]))
BOTH = replace(RETIRED, codes=RETIRED.codes[:2])
LATER = pytest.mark.parametrize("later", [RETIRED, GONE, BOTH], ids=["retired", "gone", "both"])


@pytest.fixture
def out(tmp_path: Path, migrated_file: Path, later: Codebook) -> Iterator[Parts]:
    """A study in which three codes were applied to one passage, of which some left the codebook afterwards."""
    parts = made_study(tmp_path / "own", migrated_file, later)
    with parts.store.writing() as connection:
        talk = add_transcript(connection, a_transcript("P-01", "How?", "Money is short here."))
        version = keep_codebook(connection, BOOK)
        codings = tuple(Coding(code.id, Span(17, 24)) for code in BOOK)
        add_reviews(
            connection, [Review(talk, "Ada", Span(17, 24), codings, codebook_version=version, id=uuid4())]
        )
    export_refi(parts, tmp_path / "a.qdpx", suggestions=False)
    yield parts
    parts.close()


@LATER
def test_a_new_study_gets_the_codebook_as_it_is(
    out: Parts, later: Codebook, tmp_path: Path, migrated_file: Path
) -> None:
    """Ids stay, nobody is offered a retired code, and the review still says what it said of the others."""
    back = made_study(tmp_path / "new" / "study", migrated_file, None)
    outcome = import_project(back, tmp_path / "a.qdpx", Wishes(), quiet)
    assert outcome.refused == []
    book = read_codebook(back.study.codebook_file)
    assert {code.id for code in book.applicable} == {code.id for code in later.applicable}
    assert {code.id for code in book} == {code.id for code in BOOK}
    with back.store.reading() as connection:
        (review,) = current_reviews(connection)
    assert {coding.code for coding in review.codings} == {"k17", "k18", "k19"}
    assert {code.id for code in later.applicable} <= set(review.codes)
    back.close()


@LATER
def test_so_does_a_study_that_begins_with_the_project_alone(
    out: Parts, later: Codebook, tmp_path: Path, migrated_file: Path
) -> None:
    """Without the file beside it a retired code is none to apply either, and what was coded with it comes in."""
    alone = tmp_path / "alone" / "a.qdpx"
    alone.parent.mkdir()
    shutil.copy(tmp_path / "a.qdpx", alone)
    book = read_refi_codebook(alone)
    names = {code.name for code in book.applicable}
    assert names == {code.name for code in later.applicable}
    back = made_study(tmp_path / "new" / "study", migrated_file, book)
    outcome = import_project(back, alone, Wishes(), quiet)
    assert outcome.refused == []
    assert any("retired here" in note for note in outcome.notes)
    with back.store.reading() as connection:
        assert len(list(loose_codings(connection))) == 3
    back.close()


@pytest.mark.parametrize("later", [RETIRED], ids=["retired"])
def test_the_same_study_has_it_all_already(out: Parts, tmp_path: Path) -> None:
    """A code that is retired here is in the codebook, and what was coded with it is nothing to refuse."""
    outcome = import_project(out, tmp_path / "a.qdpx", Wishes(), quiet)
    assert outcome.refused == []
    with out.store.reading() as connection:
        assert (len(list(current_reviews(connection))), len(list(loose_codings(connection)))) == (1, 0)


@LATER
def test_another_program_finds_a_code_and_no_heading(out: Parts, tmp_path: Path) -> None:
    """Programs take what may not be coded for a heading, and let go what was coded with it."""
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        project = archive.read("project.qde").decode()
    assert project.count('isCodable="true"') == 3
