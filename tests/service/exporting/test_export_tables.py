"""What people decided goes out as files, and comes back from them as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import a_transcript
from defusedxml.ElementTree import fromstring
from fake_label_studio import FakeLabelStudio, chosen, keys_of, pushed_study
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from reviews_arriving import pull_now

from annotations.attributes import Attribute, Owner
from annotations.codebook.codes import Code, Codebook, Framework
from annotations.codebook.files import read_codebook
from annotations.coding import Coding, Condition, Draw, Review
from annotations.errors import BadInput, UnknownName
from annotations.store.attributes import keep_attributes
from annotations.store.codebook_versions import keep_codebook
from annotations.store.loose_codings import add_loose_codings, loose_codings
from annotations.store.model_versions import get_model
from annotations.store.reviews import add_reviews, current_reviews
from annotations.store.suggestions import Suggested, add_suggestions
from annotations.store.transcripts import add_transcript, all_texts
from annotations.study.config import read_study
from annotations.transcript import Consents, Span, Transcript
from service.composition import Parts
from service.exporting.export_tables import Files, export_tables
from service.exporting.exported import Exported
from service.exporting.wanted import ExportRequest
from service.importing.import_codings import import_codings
from service.new_study import chosen_codebook, make_study
from service.settings import read_settings

BOOK = Codebook(
    "Small",
    (
        Framework("topics", "Topics"),
        Framework("phase", "Phase", role="phase", select="one", description="When."),
    ),
    (
        Code(
            "money",
            "Money",
            "topics",
            "Topics/Money",
            definition="What it costs",
            use_when="Sums",
            example="Dear.",
        ),
        Code("cost", "Cost", "topics", "Topics/Money/Cost", parent="money"),
        Code("people", "People", "topics", "Topics/People", applicable=True),
        Code("early", "Early", "phase", "Phase/Early"),
    ),
)
ONE = a_transcript(
    "JKG-01", "How?", "=1+1 is what we paid, - she said.", "And?", "People left.", wave="1", case="E"
)
TWO = a_transcript(
    "PLP-22",
    "How?",
    "Nobody asked us.",
    wave="2",
    case="P",
    consents=Consents(may_quote=False),
    speaker="PLP-22",
)


def _study(folder: Path, *transcripts: Transcript) -> Parts:
    import yaml

    folder.mkdir(parents=True, exist_ok=True)
    book = folder / "book.yaml"
    book.write_text(yaml.safe_dump(BOOK.content()), "utf-8")
    study, _ = make_study(folder / "study", codebook=str(book), config={"name": "Small"})
    parts = Parts(study, read_settings({"TANDEM_STATE": str(folder / "state")}))
    with parts.store.writing() as connection:
        for one in transcripts:
            add_transcript(connection, one)
    return parts


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """Two coded interviews, one of which may be quoted."""
    made = _study(tmp_path, ONE, TWO)
    rows = [
        ("JKG-01", "Ines", "cost", 1, "independent", "=memo", "+", "2026-03-01T10:00"),
        ("JKG-01", "Ines", "people", 1, "independent", "", "", ""),
        ("JKG-01", "Tom", "people", 3, "consensus", "two\nlines", "", ""),
        ("JKG-01", "Ines", "", 3, "independent", "", "", ""),
        ("PLP-22", "Ines", "early", 1, "independent", "", "", ""),
    ]
    file = tmp_path / "in.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        head = ("transcript", "coder", "code", "turn", "condition", "memo", "influence", "created")
        csv.writer(out).writerows([head, *rows])
    import_codings(made, file, complete="listed")
    with made.store.writing() as connection:
        keep_attributes(connection, [Attribute(Owner.PARTICIPANT, "JKG-01", "role", "leader")])
    yield made
    made.close()


def _rows(file: Path) -> list[dict[str, Any]]:
    if file.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
    head, *rows = load_workbook(file).worksheets[0].iter_rows(values_only=True)
    return [
        {str(name): "" if cell is None else str(cell) for name, cell in zip(head, row, strict=True)}
        for row in rows
    ]


def _export(
    parts: Parts, asked: ExportRequest | None = None, *, coded_only: bool = False, **files: Path
) -> dict[str, Exported]:
    written = export_tables(parts, Files(**files), asked or ExportRequest(), coded_only=coded_only)
    return {one.what: one for one in written}


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_codings_come_back_as_they_were(parts: Parts, tmp_path: Path, ending: str) -> None:
    """In a new study with the same transcripts, and in the same study, where nothing is doubled."""
    file = tmp_path / f"out{ending}"
    _export(parts, codings=file)
    rows = _rows(file)
    assert len(rows) == 5
    again = import_codings(parts, file, complete="listed").kept
    assert (again.codings, again.reviews, again.superseded, again.unchanged) == (0, 0, 0, 4)
    other = _study(tmp_path / "other", ONE, TWO)
    found = import_codings(other, file, complete=None)
    assert not [note for note in found.notes if "not known" in note]
    _export(other, codings=tmp_path / f"back{ending}")
    other.close()
    moved = ("attribute: role", "draw")
    assert [_without(row, moved) for row in _rows(tmp_path / f"back{ending}")] == [
        _without(row, moved) for row in rows
    ]


def _without(row: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    # where nothing applies there is no coding whose moment could be kept
    dropped = (*columns, *(() if row["code"] else ("created",)))
    return {name: cell for name, cell in row.items() if name not in dropped}


def test_a_row_says_all_that_people_want_to_know(parts: Parts, tmp_path: Path) -> None:
    """Place, turn as people count, path, memo, moment in the study's time zone, attribute; no cell is a formula."""
    _export(parts, codings=tmp_path / "a.csv")
    (row,) = (row for row in _rows(tmp_path / "a.csv") if row["code"] == "cost")
    assert row["quote"] == "'=1+1 is what we paid, - she said."
    assert row["memo"] == "'=memo"
    said = (
        row["participant"],
        row["case"],
        row["wave"],
        row["turn_shown"],
        row["path_of_code"],
        row["influence"],
    )
    assert said == ("JKG-01", "E", "1", "2", "Topics/Money/Cost", "'+")
    assert (row["created"], row["attribute: role"], row["draw"]) == (
        "2026-03-01T10:00:00+00:00",
        "leader",
        "ordinary",
    )


def test_quotes_stand_by_consent_alone(parts: Parts, tmp_path: Path) -> None:
    """Whoever has not allowed it is quoted nowhere, and how often that was so is said."""
    files = {
        "codings": tmp_path / "a.xlsx",
        "memos": tmp_path / "m.csv",
        "quotes_by_code": tmp_path / "q.docx",
    }
    written = _export(parts, **files)
    assert [row["quote"] for row in _rows(files["codings"]) if row["transcript"] == "PLP-22"] == [""]
    assert written["codings"].notes[0].startswith("1 row has no quote")
    text = _words(files["quotes_by_code"])
    assert "Nobody asked us" not in text
    assert "1 passage may not be quoted." in text
    assert written["quotes by code"].left_out["passages that may not be quoted"] == 1


def test_filters_and_what_was_left_out(parts: Parts, tmp_path: Path) -> None:
    """By wave, case, coder, code with those below it, condition, attribute; names that nothing goes by are refused."""
    file = tmp_path / "a.csv"
    for asked, count, left_out in (
        (ExportRequest(waves=("2",)), 1, {"of another wave": 4}),
        (ExportRequest(cases=("e",)), 4, {"of another case": 1}),
        (ExportRequest(coders=("tom",)), 1, {"by another coder": 4}),
        (ExportRequest(codes=("Money",)), 1, {"of another code": 4}),
        (ExportRequest(conditions=("consensus",)), 1, {"made under another condition": 4}),
        (ExportRequest(where=("role=leader",)), 4, {"of others than --where asks for": 1}),
    ):
        written = _export(parts, asked, codings=file)["codings"]
        assert (sum(written.counts.values()), len(_rows(file)), dict(written.left_out)) == (
            count,
            count,
            left_out,
        )
    written = _export(parts, coded_only=True, codings=file)["codings"]
    assert (dict(written.counts), dict(written.left_out)) == (
        {"codings": 4, "passages on which nothing applied": 0}, {"passages on which nothing applied": 1}
    )  # fmt: skip
    for asked in (
        ExportRequest(waves=("9",)),
        ExportRequest(coders=("Inez",)),
        ExportRequest(codes=("Mony",)),
        ExportRequest(where=("role=x",)),
    ):
        with pytest.raises(UnknownName):
            _export(parts, asked, codings=file)
    with pytest.raises(BadInput, match='Did you mean "independent"'):
        _export(parts, ExportRequest(conditions=("independant",)), codings=file)


def test_segments_by_codes(parts: Parts, tmp_path: Path) -> None:
    """A row for each segment and coder, 1 or 0 where they looked; a workbook says which column is which code."""
    _export(parts, wide=tmp_path / "w.xlsx")
    rows = _rows(tmp_path / "w.xlsx")
    said = {
        (row["transcript"], row["turn_shown"], row["coder"], row["condition"]): (
            row["c_cost"],
            row["c_people"],
            row["c_early"],
        )
        for row in rows
    }
    assert said == {
        ("JKG-01", "2", "Ines", "independent"): ("1", "1", "0"),
        ("JKG-01", "4", "Ines", "independent"): ("0", "0", "0"),
        ("JKG-01", "4", "Tom", "consensus"): ("0", "1", "0"),
        ("PLP-22", "2", "Ines", "independent"): ("0", "0", "1"),
    }
    assert {row["a_role"] for row in rows} == {"leader", ""}
    codes = load_workbook(tmp_path / "w.xlsx")["Codes"]
    assert ("c_cost", "cost", "Topics/Money/Cost", "Topics") in set(codes.iter_rows(values_only=True))


def test_what_is_not_known_is_no_zero(parts: Parts, tmp_path: Path) -> None:
    """Where nobody knows what else a coder read, only what they applied stands there."""
    file = tmp_path / "loose.csv"
    file.write_text("transcript,coder,code,turn\nPLP-22,Ada,people,1\n", "utf-8")
    import_codings(parts, file, complete="none")
    _export(parts, wide=tmp_path / "w.csv")
    (row,) = (row for row in _rows(tmp_path / "w.csv") if row["coder"] == "Ada")
    assert (row["c_people"], row["c_cost"], row["c_early"]) == ("1", "", "")


def test_memos(parts: Parts, tmp_path: Path) -> None:
    """One row a memo."""
    written = _export(parts, memos=tmp_path / "m.csv")
    assert written["memos"].counts == {"memos": 2}
    assert {(row["path_of_code"], row["memo"]) for row in _rows(tmp_path / "m.csv")} == {
        ("Topics/Money/Cost", "'=memo"),
        ("Topics/People", "two\nlines"),
    }


def test_quotes_by_code_as_a_report(parts: Parts, tmp_path: Path) -> None:
    """Each code with its meaning, its quotes with participant and turn, who coded them, and memos."""
    _export(parts, ExportRequest(waves=("1",)), quotes_by_code=tmp_path / "q.docx")
    text = _words(tmp_path / "q.docx")
    for words in (
        "Only wave 1.",
        "Money › Cost",
        "“=1+1 is what we paid, - she said.”  JKG-01, turn 2, wave 1, E; coded by Ines",
        "“People left.”  JKG-01, turn 4, wave 1, E; coded by Tom (consensus)",
        "Memo: =memo (Ines)",
    ):
        assert words in text
    assert "Early" not in text


def _words(file: Path) -> str:
    from docx import Document

    return "\n".join(paragraph.text for paragraph in Document(str(file)).paragraphs)


def test_the_codebook_in_every_form(parts: Parts, tmp_path: Path) -> None:
    """A table reads back as it was; .qdc holds frameworks as groups, with GUIDs that stay."""
    for ending in (".xlsx", ".csv"):
        file = tmp_path / f"Small{ending}"
        _export(parts, codebook=file)
        back = read_codebook(file)
        assert [(c.path, c.id, c.definition, c.use_when) for c in back] == [
            (c.path, c.id, c.definition, c.use_when) for c in parts.codebook
        ]
    _export(parts, codebook=tmp_path / "a.qdc")
    first = (tmp_path / "a.qdc").read_bytes()
    _export(parts, codebook=tmp_path / "a.qdc")
    assert (tmp_path / "a.qdc").read_bytes() == first
    space = "{urn:QDA-XML:codebook:1.0}"
    topics, phase = fromstring(first).find(f"{space}Codes")
    assert (topics.get("name"), topics.get("isCodable"), phase.get("name")) == ("Topics", "false", "Phase")
    back = chosen_codebook(str(tmp_path / "a.qdc"))
    assert [(c.path, c.definition, c.use_when, c.example) for c in back] == [
        (c.path, c.definition, c.use_when, c.example) for c in parts.codebook
    ]
    _export(parts, codebook=tmp_path / "a.docx")
    assert "What it costs" in _words(tmp_path / "a.docx")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"codings": "a.docx"}, r"Allowed: \.csv, \.xlsx"),
        ({"quotes_by_code": "a.xlsx"}, r"Allowed: \.docx"),
        ({"codebook": "a.txt"}, r"Allowed: \.qdc"),
        ({"codings": "a.csv", "wide": "a.csv"}, "have the same file"),
        ({"codings": "b.csv", "memos": "none/a.csv"}, "the folder does not exist"),
    ],
)
def test_what_cannot_be_written(parts: Parts, tmp_path: Path, files: dict[str, str], said: str) -> None:
    """A sentence, and no file, also not the ones that could have been written."""
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BadInput, match=said):
        _export(parts, **{name: tmp_path / file for name, file in files.items()})
    assert sorted(tmp_path.iterdir()) == before


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
    _export(parts, codings=tmp_path / "a.csv")
    parts.close()
    rows = _rows(tmp_path / "a.csv")
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


def test_a_second_reading_is_left_out(parts: Parts, tmp_path: Path) -> None:
    """What a coder says again, to show how steady they are, is not what they say."""
    from uuid import uuid4

    from annotations.store.transcripts import get_transcript

    with parts.store.writing() as connection:
        kept = get_transcript(connection, "PLP-22")
        span = TWO.turns[1].span
        version = keep_codebook(connection, parts.codebook)
        again = Review(
            kept.id,
            "Ines",
            span,
            (Coding("money", span),),
            draw=Draw.REPEAT,
            codebook_version=version,
            id=uuid4(),
        )
        add_reviews(connection, [again])
    written = _export(parts, codings=tmp_path / "a.csv", wide=tmp_path / "w.csv")
    assert written["codings"].left_out["second readings of the same coder (repeats)"] == 1
    assert [row["code"] for row in _rows(tmp_path / "a.csv") if row["transcript"] == "PLP-22"] == ["early"]
    assert [row["c_money"] for row in _rows(tmp_path / "w.csv") if row["transcript"] == "PLP-22"] == ["0"]


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
    parts, other = _study(folder / "a", one), _study(folder / "b", one)
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
    _export(parts, codings=file)
    import_codings(other, file, complete="listed")
    _export(other, codings=folder / f"b{ending}")
    parts.close()
    other.close()
    columns = ("start", "end", "code", "coder", "condition", "quote")
    assert [[row[c] for c in columns] for row in _rows(folder / f"b{ending}")] == [
        [row[c] for c in columns] for row in _rows(file)
    ]
    assert read_study(other.study.folder).config.name == "Small"


def _said(parts: Parts) -> list[str]:
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
    before = _said(parts)
    file = tmp_path / "some.csv"
    _export(parts, ExportRequest(codes=tuple(code)), codings=file)
    kept = import_codings(parts, file, complete=complete).kept
    assert (kept.codings, kept.reviews, kept.superseded) == (0, 0, 0)
    assert _said(parts) == before


def test_a_table_of_some_codes_is_complete_for_these_alone(parts: Parts, tmp_path: Path) -> None:
    """--complete all would say that the others do not apply, and is refused; with --only nothing is doubled."""
    file = tmp_path / "some.csv"
    before = _said(parts)
    _export(parts, ExportRequest(codes=("cost",)), codings=file)
    with pytest.raises(BadInput, match="some codes alone"):
        import_codings(parts, file, complete="all")
    kept = import_codings(parts, file, complete="listed", only=("cost",)).kept
    assert (kept.codings, kept.reviews, kept.superseded) == (0, 0, 0)
    assert _said(parts) == before
    other = _study(tmp_path / "other", ONE, TWO)
    import_codings(other, file, complete="listed", only=("cost",))
    with other.store.reading() as connection:
        (review,) = current_reviews(connection)
    assert review.only == frozenset(["cost"])
    other.close()
