"""Exported codings come back as they were, whatever words stand in them, and take nothing back that they do not name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from builders import a_transcript
from fake_label_studio import FakeLabelStudio, chosen, keys_of, pushed_study
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reviews_arriving import pull_now
from study_to_export import ONE, TWO, exported, parts, rows_in, study_of

from annotations.codebook.codes import Code, Codebook
from annotations.codebook.files import write_codebook
from annotations.coding import Coding, Condition, Draw, Review
from annotations.errors import BadInput
from annotations.store.codebook_versions import keep_codebook
from annotations.store.loose_codings import add_loose_codings, loose_codings
from annotations.store.model_versions import get_model
from annotations.store.reviews import add_reviews, current_reviews
from annotations.store.suggestions import Suggested, add_suggestions
from annotations.store.transcripts import all_texts
from annotations.study.config import read_study
from annotations.transcript import Span
from service.composition import Parts
from service.exporting.wanted import ExportRequest
from service.importing.import_codings import import_codings
from service.settings import Settings, read_settings

__all__ = ["parts"]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_codings_come_back_as_they_were(parts: Parts, tmp_path: Path, ending: str) -> None:
    """In a new study with the same transcripts, and in the same study, where nothing is doubled."""
    file = tmp_path / f"out{ending}"
    exported(parts, codings=file)
    rows = rows_in(file)
    assert len(rows) == 5
    again = import_codings(parts, file, complete="listed").kept
    assert (again.codings, again.reviews, again.superseded, again.unchanged) == (0, 0, 0, 4)
    other = study_of(tmp_path / "other", ONE, TWO)
    found = import_codings(other, file, complete=None)
    assert not [note for note in found.notes if "not known" in note]
    exported(other, codings=tmp_path / f"back{ending}")
    other.close()
    moved = ("attribute: role", "draw")
    assert [without_columns(row, moved) for row in rows_in(tmp_path / f"back{ending}")] == [
        without_columns(row, moved) for row in rows
    ]


def without_columns(row: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    # where nothing applies there is no coding whose moment could be kept
    dropped = (*columns, *(() if row["code"] else ("created",)))
    return {name: cell for name, cell in row.items() if name not in dropped}


def test_what_was_suggested_then(tmp_path: Path, codebook: Codebook) -> None:
    """Accepted, added and rejected where suggestions were shown; nothing where the coder judged blind."""
    parts = pushed_study(tmp_path / "study", codebook)
    keys = keys_of(parts)
    with parts.store.writing() as connection:
        model = get_model(connection, "v1")
        chances = (0.9, 0.1)
        add_suggestions(connection, model.id, [Suggested(key, chances, ("money",)) for key in keys])
    server = FakeLabelStudio(keys)
    server.save(1, 1, chosen("money", "people", memo="all of it"))
    server.save(2, 1, chosen("people"))
    server.save(3, 1, chosen("money"))
    server.save(4, 1, chosen(nothing=True))
    pull_now(parts, server)
    exported(parts, codings=tmp_path / "a.csv")
    parts.close()
    rows = rows_in(tmp_path / "a.csv")
    label = codebook["money"].path
    found = [
        (row["turn_shown"], row["code"], row["suggested_then"], row["decision"], row["rejected_then"])
        for row in rows
    ]
    assert found == [
        ("2", "money", label, "accepted", ""),
        ("2", "people", label, "added", ""),
        ("4", "people", label, "added", label),
        ("6", "money", "", "", ""),
        ("8", "", label, "rejected all", label),
    ]
    assert [row["condition"] for row in rows] == [
        "assisted",
        "assisted",
        "assisted",
        "independent",
        "assisted",
    ]
    assert [row["draw"] for row in rows][3] == "blind"


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1, max_size=30)


@given(
    st.lists(st.tuples(WORDS, WORDS, st.integers(0, 2)), min_size=1, max_size=4),
    st.sampled_from([".csv", ".xlsx"]),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_any_words_come_back(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, str, int]], ending: str
) -> None:
    """Whatever scripts, marks and formulas words and memos hold, the same spans come back with the same codes."""
    folder = tmp_path_factory.mktemp("any")
    words = [w for asked, answered, _ in said for w in (f"Q {asked}", f"A {answered} z")]
    one = a_transcript("JKG-01", *words)
    parts, other = study_of(folder / "a", one), study_of(folder / "b", one)
    codes = ("money", "people", "early")
    with parts.store.writing() as connection:
        from uuid import uuid4

        from annotations.store.transcripts import get_transcript

        kept = get_transcript(connection, "JKG-01").id
        version = keep_codebook(connection, parts.codebook)
        spans = [
            Span(turn.span.start, turn.span.end - at % 2) for at, turn in enumerate(one.participants_turns)
        ]
        add_reviews(
            connection,
            [
                Review(
                    kept, "Ines", span, (Coding(codes[code], span, memo=answered.strip()),),
                    condition=Condition.ASSISTED if code else Condition.INDEPENDENT, codebook_version=version, id=uuid4(),
                )
                for span, (_, answered, code) in zip(spans, said, strict=True)
            ],
        )  # fmt: skip
    file = folder / f"a{ending}"
    exported(parts, codings=file)
    import_codings(other, file, complete="listed")
    exported(other, codings=folder / f"b{ending}")
    parts.close()
    other.close()
    columns = ("start", "end", "code", "coder", "condition", "quote")
    assert [[row[c] for c in columns] for row in rows_in(folder / f"b{ending}")] == [
        [row[c] for c in columns] for row in rows_in(file)
    ]
    assert read_study(other.study.folder).config.name == "Small"


def said_in(parts: Parts) -> list[str]:
    """Everything that coders have said, reviews and codings of none."""
    with parts.store.reading() as connection:
        reviews = [
            (r.coder, r.span, r.condition, r.only, frozenset(c.code for c in r.codings))
            for r in current_reviews(connection)
        ]
        loose = [
            (one.coder, one.coding.span, one.condition, None, one.coding.code)
            for one in loose_codings(connection)
        ]
    return sorted([repr(one) for one in reviews] + [repr(one) for one in loose])


@pytest.mark.parametrize("complete", ["listed", "none", None])
@pytest.mark.parametrize("code", [["cost"], ["people"], []])
def test_a_table_of_some_codes_takes_nothing_back(
    parts: Parts, tmp_path: Path, complete: str | None, code: list[str]
) -> None:
    """Read back however, a review keeps the codes that the table left out, and codings of no review stay so."""
    with parts.store.writing() as connection:
        transcript = all_texts(connection)[0]
        loose = [Coding("people", Span(len("Interviewer: "), len("Interviewer: How?")))]
        add_loose_codings(connection, transcript.id, "Tom", Condition.INDEPENDENT, loose)
    before = said_in(parts)
    file = tmp_path / "some.csv"
    exported(parts, ExportRequest(codes=tuple(code)), codings=file)
    kept = import_codings(parts, file, complete=complete).kept
    assert (kept.codings, kept.reviews, kept.superseded) == (0, 0, 0)
    assert said_in(parts) == before


def test_a_table_of_some_codes_is_complete_for_these_alone(parts: Parts, tmp_path: Path) -> None:
    """--complete all would say that the others do not apply, and is refused; with --only nothing is doubled."""
    file = tmp_path / "some.csv"
    before = said_in(parts)
    exported(parts, ExportRequest(codes=("cost",)), codings=file)
    with pytest.raises(BadInput, match="some codes alone"):
        import_codings(parts, file, complete="all")
    kept = import_codings(parts, file, complete="listed", only=("cost",)).kept
    assert (kept.codings, kept.reviews, kept.superseded) == (0, 0, 0)
    assert said_in(parts) == before
    other = study_of(tmp_path / "other", ONE, TWO)
    import_codings(other, file, complete="listed", only=("cost",))
    with other.store.reading() as connection:
        (review,) = current_reviews(connection)
    assert review.only == frozenset(["cost"])
    other.close()


def _later(parts: Parts, file: Path, settings: Settings) -> Parts:
    """The same study after its codebook got the code "later", for which one of its passages was read again."""
    book = parts.codebook
    code = Code("later", "Later", book.frameworks[0].id, f"{book.frameworks[0].name}/Later")
    write_codebook(replace(book, codes=(*book.codes, code)), parts.study.codebook_file)
    later = Parts(read_study(parts.study.folder), settings)
    with later.store.writing() as connection:
        version = keep_codebook(connection, later.codebook)
        for review in current_reviews(connection):
            codings = (Coding("later", review.span),) if review.codings else ()
            again = Review(
                review.transcript, review.coder, review.span, codings, condition=review.condition,
                codebook_version=version, only=frozenset(["later"]), id=uuid4(),
            )  # fmt: skip
            if review.draw is not Draw.REPEAT and not (review.codings and file.stem == "some"):
                add_reviews(connection, [again])
    return later


@pytest.mark.parametrize("name", ["all.csv", "some.csv"])
def test_passages_that_were_read_again_for_a_later_code_are_said_once(
    parts: Parts, tmp_path: Path, name: str
) -> None:
    """One row without a code at most, and none beside a code; what is read back says the same, and nothing twice."""
    file = tmp_path / name
    later = _later(parts, file, read_settings({"TANDEM_STATE": str(tmp_path / "state")}))
    written = exported(later, codings=file)["codings"]
    rows = rows_in(file)
    places = [(row["transcript"], row["coder"], row["condition"], row["start"], row["end"]) for row in rows]
    empty = [place for place, row in zip(places, rows, strict=True) if not row["code"]]
    assert empty
    assert all(places.count(place) == 1 for place in empty)
    assert any("before the codebook held all" in note for note in written.notes) is (name == "some.csv")
    before = said_in(later)
    kept = import_codings(later, file, complete="listed").kept
    assert (kept.codings, kept.reviews, kept.superseded) == (0, 0, 0)
    assert said_in(later) == before
    later.close()


def test_what_was_read_for_one_code_alone_claims_nothing_of_the_others(parts: Parts, tmp_path: Path) -> None:
    """Its codings belong to a part of a review; that the code does not apply has no row, and is counted."""
    with parts.store.writing() as connection:
        version = keep_codebook(connection, parts.codebook)
        text = next(kept for kept in all_texts(connection) if kept.transcript.name == ONE.name)
        spans = [turn.span for turn in ONE.turns][:2]
        for span, codings in zip(spans, ((), (Coding("cost", spans[1]),)), strict=True):
            review = Review(
                text.id, "Kim", span, codings, codebook_version=version, only=frozenset(["cost"]), id=uuid4()
            )
            add_reviews(connection, [review])
    written = exported(parts, codings=tmp_path / "a.csv")["codings"]
    (row,) = (row for row in rows_in(tmp_path / "a.csv") if row["coder"] == "Kim")
    assert (row["code"], row["part_of_review"]) == ("cost", "yes")
    assert written.left_out["readings for some codes alone, of which none applied"] == 1
