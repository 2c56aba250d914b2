"""Reviews in the file beside a project: who read which words comes back, with the codes that were found or none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from builders import a_transcript
from small_book_study import made_study

from annotations.codebook.codes import Code, Codebook
from annotations.codebook.files import read_codebook, write_codebook
from annotations.coding import Coding, Condition, Draw, Review
from annotations.progress import quiet
from annotations.store.codebook_versions import keep_codebook
from annotations.store.loose_codings import add_loose_codings, loose_codings
from annotations.store.reviews import add_reviews, current_reviews
from annotations.store.transcripts import add_transcript, all_texts
from annotations.study.config import read_study
from annotations.transcript import Span
from service.composition import Parts, open_parts
from service.exporting.codebook_out import write_codebook_file
from service.exporting.export_refi import export_refi
from service.importing.import_project import Wishes, import_project
from service.settings import read_settings


@pytest.fixture
def coded(tmp_path: Path, migrated_file: Path, codebook: Codebook) -> Iterator[Parts]:
    """Two interviews: reviews by two people, one assisted, one empty, a second reading, and a loose coding."""
    parts = made_study(tmp_path / "study", migrated_file, codebook)
    with parts.store.writing() as connection:
        version = keep_codebook(connection, codebook)
        first = add_transcript(connection, a_transcript("P-01", "How?", "Money is short here."))
        second = add_transcript(connection, a_transcript("P-02", "How?", "People stay here."))

        def review(transcript: object, coder: str, *codings: Coding, **more: object) -> Review:
            return Review(
                transcript, coder, Span(17, 24), codings, codebook_version=version, id=uuid4(), **more
            )  # type: ignore[arg-type]

        both = (Coding("money", Span(23, 28), memo="why"), Coding("early", Span(23, 28), influence="-"))
        add_reviews(
            connection,
            [
                review(first, "Ada", *both),
                review(first, "Bo", Coding("money", Span(23, 28)), condition=Condition.ASSISTED),
                review(second, "Ada"),
                review(second, "Ada", Coding("people", Span(23, 29)), draw=Draw.REPEAT),
            ],
        )
        add_loose_codings(connection, second, "Ada", Condition.INDEPENDENT, [Coding("people", Span(23, 29))])
    yield parts
    parts.close()


def _reviews(parts: Parts) -> list[tuple[object, ...]]:
    """Who read which words, under which condition, what they found there, and whose readings it was made of."""
    with parts.store.reading() as connection:
        names = {kept.id: kept.transcript.name for kept in all_texts(connection)}
        reviews = [review for review in current_reviews(connection) if review.draw is not Draw.REPEAT]
    who = {review.id: review.coder for review in reviews}
    return sorted(
        (
            names[review.transcript],
            review.coder,
            review.span,
            review.condition.value,
            sorted((parts.codebook[coding.code].path, coding.span) for coding in review.codings),
            sorted(parts.codebook[code].path for code in review.decides or ()),
            sorted(parts.codebook[code].path for code in review.codes),
            sorted(who[source] for source in review.sources),
        )
        for review in reviews
    )


def test_reviews_come_back_with_the_codes_that_were_found(
    coded: Parts, tmp_path: Path, migrated_file: Path
) -> None:
    """Else nobody would know what a coder who put one code looked for besides; a consensus names whom it is of."""
    with coded.store.writing() as connection:
        ada, bo = (
            review
            for review in current_reviews(connection)
            if review.codings and review.draw is Draw.ORDINARY
        )
        agreed = Review(
            ada.transcript,
            "Consensus",
            ada.span,
            (Coding("money", Span(23, 28)),),
            Condition.CONSENSUS,
            codebook_version=ada.codebook_version,
            sources=tuple(review.id for review in (ada, bo) if review.id),
            id=uuid4(),
        )
        reached = Review(
            ada.transcript,
            "Bo",
            Span(0, 4),
            codebook_version=ada.codebook_version,
            origin={"reached": ["money"]},
            id=uuid4(),
        )
        add_reviews(connection, [agreed, reached])
    export_refi(coded, tmp_path / "a.qdpx", suggestions=True)
    back = made_study(tmp_path / "new" / "study", migrated_file, None)
    assert import_project(back, tmp_path / "a.qdpx", Wishes(), quiet).refused == []
    assert _reviews(back) == _reviews(coded)
    assert len(_reviews(back)) == 5
    with back.store.reading() as connection:
        assert [loose.coding.code for loose in loose_codings(connection)] == ["people"]  # as there
    again = import_project(back, tmp_path / "a.qdpx", Wishes(), quiet)
    assert (again.kept.reviews, again.kept.codings) == (0, 0)
    back.close()


def test_a_review_of_which_a_coding_is_left_out_is_none(
    coded: Parts, tmp_path: Path, migrated_file: Path
) -> None:
    """What its coder found is not known then: the codings that came in stay without a review."""
    export_refi(coded, tmp_path / "a.qdpx", suggestions=False)
    (tmp_path / "names.csv").write_text("what,theirs,ours\ncode,Early,-\n", "utf-8")
    back = made_study(tmp_path / "new" / "study", migrated_file, coded.codebook)
    wishes = Wishes(map_file=tmp_path / "names.csv")
    assert import_project(back, tmp_path / "a.qdpx", wishes, quiet).refused == []
    assert [(row[1], row[4]) for row in _reviews(back)] == [
        ("Bo", [("Topics/Money", Span(23, 28))]),
        ("Ada", []),
    ]
    with back.store.reading() as connection:
        assert ("Ada", "money") in [(loose.coder, loose.coding.code) for loose in loose_codings(connection)]
    back.close()


def test_a_file_that_knows_empty_reviews_alone_makes_no_others(
    coded: Parts, tmp_path: Path, migrated_file: Path
) -> None:
    """That of an earlier Tandem: codings stay without a review, and no empty review stands on a coded passage."""
    export_refi(coded, tmp_path / "a.qdpx", suggestions=False)
    beside = tmp_path / "a.tandem.json"
    plain = json.loads(beside.read_text("utf-8"))
    del plain["coded_reviews"]
    beside.write_text(json.dumps(plain), "utf-8")
    back = made_study(tmp_path / "new" / "study", migrated_file, None)
    outcome = import_project(back, tmp_path / "a.qdpx", Wishes(), quiet)
    assert (outcome.refused, outcome.kept.codings, outcome.kept.reviews) == ([], 4, 0)
    back.close()


BOOK = """name: Ours
sources: {cfir: A paper}
influence: true
frameworks:
  - id: t1
    name: Topics
    role: elements
    codes:
      - id: k17
        code: Money
        names: {cfir: [{name: Cost, source: cfir, status: published}]}
      - id: k18
        code: Time
"""


@pytest.fixture
def own_book(tmp_path: Path, migrated_file: Path) -> Iterator[Parts]:
    """A study whose codebook says what a project has no place for: ids, published names, influence."""
    (tmp_path / "book.yaml").write_text(BOOK, "utf-8")
    parts = made_study(tmp_path / "own", migrated_file, read_codebook(tmp_path / "book.yaml"))
    with parts.store.writing() as connection:
        talk = add_transcript(connection, a_transcript("P-01", "How?", "Money is short here."))
        version = keep_codebook(connection, parts.codebook)
        review = Review(
            talk, "Ada", Span(17, 24), (Coding("k17", Span(17, 24)),), codebook_version=version, id=uuid4()
        )
        add_reviews(connection, [review])
    export_refi(parts, tmp_path / "a.qdpx", suggestions=False)
    yield parts
    parts.close()


def test_the_codebook_comes_back_as_it_was(own_book: Parts, tmp_path: Path, migrated_file: Path) -> None:
    """A code has a permanent id, and coders are asked for influence as before: the same version of the codebook."""
    back = made_study(tmp_path / "new" / "study", migrated_file, None)
    outcome = import_project(back, tmp_path / "a.qdpx", Wishes(), quiet)
    assert outcome.refused == []
    assert any("the ids of its codes" in note for note in outcome.notes)
    assert read_codebook(back.study.codebook_file).version == own_book.codebook.version
    with back.store.reading() as connection:
        (review,) = current_reviews(connection)
    assert [coding.code for coding in review.codings] == ["k17"]
    assert review.only is None
    back.close()


@pytest.mark.parametrize("has_book", [False, True], ids=["its codebook", "a codebook of its own"])
def test_who_read_for_the_whole_codebook_did_so_though_a_code_came_later(
    own_book: Parts, tmp_path: Path, migrated_file: Path, has_book: bool
) -> None:
    """The review stands for the codes of its time, and not for a few codes alone: figures over all codes hold it."""
    before = own_book.codebook
    more = [
        *(Code(f"new-{at}", f"New {at}", "t1", f"Topics/Time/New {at}", parent="k18") for at in range(2)),
        Code("other", "Other", "t1", "Topics/Other"),
    ]
    write_codebook(replace(before, codes=(*before.codes, *more)), own_book.study.codebook_file)
    settings = read_settings({"TANDEM_STATE": str(tmp_path / "state")})
    later = Parts(read_study(own_book.study.folder), settings)
    export_refi(later, tmp_path / "b.qdpx", suggestions=False)
    given = replace(later.codebook, name="Another") if has_book else None
    back = made_study(tmp_path / "new" / "study", migrated_file, given)
    assert import_project(back, tmp_path / "b.qdpx", Wishes(), quiet).refused == []
    with back.store.reading() as connection:
        (review,) = current_reviews(connection)
    assert (review.only, review.decides) == (None, frozenset({"k17", "k18"}))
    if not has_book:
        assert review.codebook_version == before.version
    later.close()
    back.close()


@pytest.mark.parametrize(
    "codebook",
    [
        {"name": "x", "frameworks": [{"name": "T", "codes": [{"code": "Other"}]}]},
        {"frameworks": 3},
        "x",
        None,
    ],
)
def test_a_codebook_beside_that_is_another_is_not_taken(
    own_book: Parts, tmp_path: Path, migrated_file: Path, codebook: object
) -> None:
    """Whose codes are not those of the project, or which is none: the project's codes make the codebook."""
    beside = tmp_path / "a.tandem.json"
    beside.write_text(json.dumps({**json.loads(beside.read_text("utf-8")), "codebook": codebook}), "utf-8")
    back = made_study(tmp_path / "new" / "study", migrated_file, None)
    assert import_project(back, tmp_path / "a.qdpx", Wishes(), quiet).refused == []
    made = read_codebook(back.study.codebook_file)
    assert [code.path for code in made] == ["Topics/Money", "Topics/Time"]
    assert made["money"].name == "Money"
    back.close()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_codebook_s_table_is_read_back_without_the_signs_of_spreadsheets(
    own_book: Parts, tmp_path: Path, ending: str
) -> None:
    """A definition that begins like a formula, or lists with hyphens, is the same after a table."""
    (tmp_path / "listed.yaml").write_text(
        '- {code: Money, definition: \'= what it costs\', use_when: "- price\\n- fee; - toll", example: "\'tis dear"}\n'
        "- {code: -Time, definition: '@work'}\n",
        "utf-8",
    )
    book = read_codebook(tmp_path / "listed.yaml")
    write_codebook(book, own_book.study.codebook_file)
    with open_parts(own_book.study.folder) as parts:
        write_codebook_file(parts, tmp_path / f"out.{ending}")
    back = read_codebook(tmp_path / f"out.{ending}")
    assert list(back) == list(book)
