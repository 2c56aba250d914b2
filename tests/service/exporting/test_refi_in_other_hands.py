"""A project that Tandem wrote, read by the rules of QualCoder's importer, and what comes back from the file beside it.

QualCoder takes coder, time and memo of a coding from its passage, and the first code of a name for all of that name; it
stops at a note without a time, and reads texts with LF ends. These rules are as its source states them (src/qualcoder/
refi.py, 2026); the reader here is our own.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from builders import a_transcript
from lxml import etree

from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Condition, Review
from annotations.progress import quiet
from annotations.store.codebook_versions import keep_codebook
from annotations.store.loose_codings import add_loose_codings
from annotations.store.reviews import add_reviews, current_reviews
from annotations.store.transcripts import add_transcript, all_texts
from annotations.study.config import read_study
from annotations.transcript import Consents, Span
from service.composition import Parts
from service.exporting.codebook_out import write_codebook_file
from service.exporting.export_refi import export_refi
from service.importing.import_project import Wishes, import_project
from service.settings import read_settings

BOOK = """name: Two frameworks
frameworks:
  - name: CFIR
    codes:
      - code: Inner
        applicable: false
      - code: Cost
        definition: What it costs.
      - code: Fit
        parent: Inner
  - name: DOI
    codes:
      - code: Cost
      - code: Trial
"""
WORDS = "Money \U0001f4b8 is short. It fits us. Yes."


def _parts(folder: Path, database: Path, book: str | None = BOOK) -> Parts:
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text("name: Small\n", "utf-8")
    shutil.copy(database, folder / "tandem.db")
    if book is not None:
        (folder / "codebook.yaml").write_text(book, "utf-8")
    return Parts(read_study(folder), read_settings({"TANDEM_STATE": str(folder.parent / "state")}))


def _ids(book: Codebook) -> dict[str, str]:
    return {code.path: code.id for code in book}


@pytest.fixture
def coded(tmp_path: Path, migrated_file: Path) -> Iterator[Parts]:
    """Two people on the same words, codes of one name, memos, an empty review, and words that may not be quoted."""
    parts = _parts(tmp_path / "study", migrated_file)
    code = _ids(parts.codebook)
    span = Span(17, 24)
    with parts.store.writing() as connection:
        version = keep_codebook(connection, parts.codebook)
        talk = a_transcript("P-01", "How is it?", WORDS)
        quiet_one = a_transcript("P-02", "How?", "Fine.", consents=Consents(may_train=False, may_quote=False))
        one, two = add_transcript(connection, talk), add_transcript(connection, quiet_one)
        when = datetime(2026, 3, 1, 12, tzinfo=UTC)
        add_loose_codings(
            connection,
            one,
            "Ada",
            Condition.INDEPENDENT,
            [
                Coding(code["CFIR/Cost"], span, memo="dear", created=when),
                Coding(code["DOI/Cost"], span, memo="undated"),
            ],
        )
        add_loose_codings(connection, one, "Bo", Condition.INDEPENDENT, [Coding(code["DOI/Cost"], span)])
        add_loose_codings(
            connection, one, "Bo", Condition.INDEPENDENT, [Coding(code["CFIR/Inner/Fit"], span)]
        )
        add_reviews(connection, [Review(two, "Cleo", Span(18, 23), codebook_version=version, id=uuid4())])
    yield parts
    parts.close()


class _AsQualCoder:
    """The rules by which QualCoder reads a project: codes by name, codings by passage."""

    def __init__(self, file: Path) -> None:
        with zipfile.ZipFile(file) as archive:
            root = etree.fromstring(archive.read("project.qde"))
            texts = {
                name: archive.read(name).decode("utf-8") for name in archive.namelist() if "sources/" in name
            }
        self.users = {u.get("guid"): u.get("name") for u in root.iter("{*}User")}
        self.codes: dict[str, str] = {}
        self.lost: list[str] = []
        for element in root.iter("{*}Code"):
            name = element.get("name")
            if element.get("isCodable") != "false":
                (
                    self.lost.append(name)
                    if name in self.codes.values()
                    else self.codes.update({element.get("guid"): name})
                )
        for note in root.iter("{*}Note"):
            assert note.get("creationDateTime") or note.get("modifiedDateTime")
        self.codings = sorted(
            self._coding(
                passage, coding, texts["sources/" + source.get("plainTextPath").removeprefix("internal://")]
            )
            for source in root.iter("{*}TextSource")
            for passage in source.findall("{*}PlainTextSelection")
            for coding in passage.findall("{*}Coding")
        )

    def _coding(self, passage: Any, coding: Any, text: str) -> tuple[str, str, str, str]:
        (reference,) = coding[:1]
        description = passage.find("{*}Description")
        words = text.replace("\r\n", "\n")[
            int(passage.get("startPosition")) : int(passage.get("endPosition"))
        ]
        return (
            self.users[passage.get("creatingUser")],
            self.codes.get(reference.get("targetGUID"), "lost"),
            words,
            "" if description is None else description.text,
        )


def test_qualcoder_would_read_coders_codes_and_memos(coded: Parts, tmp_path: Path) -> None:
    """Each coding has its own coder, code, words and memo there, though names are shared and passages the same."""
    export_refi(coded, tmp_path / "a.qdpx", suggestions=False)
    found = _AsQualCoder(tmp_path / "a.qdpx")
    assert found.lost == []
    with coded.store.reading() as connection:
        text = next(one.transcript.text for one in all_texts(connection) if one.transcript.name == "P-01")
    assert {one[2] for one in found.codings} == {Span(17, 24).of(text)}
    assert [(one[0], one[1], one[3]) for one in found.codings] == [
        ("Ada", "Cost (CFIR)", "dear"),
        ("Ada", "Cost (DOI)", "undated"),
        ("Bo", "Cost (DOI)", ""),
        ("Bo", "Fit", ""),
    ]


def test_names_and_memos_come_back_as_they_were(coded: Parts, tmp_path: Path, migrated_file: Path) -> None:
    """The longer names are for other programs; a memo that stands there twice is one memo."""
    export_refi(coded, tmp_path / "a.qdpx", suggestions=False)
    (tmp_path / "a.tandem.json").unlink()
    back = _parts(tmp_path / "new" / "study", migrated_file, None)
    assert import_project(back, tmp_path / "a.qdpx", Wishes(), quiet).refused == []
    assert [code.path for code in back.codebook] == [code.path for code in coded.codebook]
    again = import_project(coded, tmp_path / "a.qdpx", Wishes(), quiet)
    assert (again.refused, again.kept.codings, again.kept.unchanged) == ([], 0, 4)
    from annotations.store.loose_codings import loose_codings

    with back.store.reading() as connection:
        memos = sorted(one.coding.memo for one in loose_codings(connection))
    assert memos == ["", "", "dear", "undated"]
    back.close()


def test_reviews_without_a_code_and_consents_come_back(
    coded: Parts, tmp_path: Path, migrated_file: Path
) -> None:
    """From the file beside the project; a second import adds nothing, and where it is missing nothing is made up."""
    export_refi(coded, tmp_path / "a.qdpx", suggestions=False)
    back = _parts(tmp_path / "new" / "study", migrated_file, None)
    found = import_project(back, tmp_path / "a.qdpx", Wishes(), quiet)
    assert found.kept.empty_reviews == 1
    assert any("found that no code applies." in note for note in found.notes)
    with back.store.reading() as connection:
        (review,) = current_reviews(connection)
        texts = {kept.transcript.name: kept for kept in all_texts(connection)}
    assert (review.coder, review.codings, review.span) == ("Cleo", (), Span(18, 23))
    assert review.decides == frozenset(code.id for code in back.codebook.applicable)
    assert texts["P-02"].transcript.consents == Consents(may_train=False, may_quote=False)
    assert texts["P-01"].transcript.consents.may_train
    again = import_project(back, tmp_path / "a.qdpx", Wishes(), quiet)
    assert (again.kept.empty_reviews, again.kept.codings) == (0, 0)
    back.close()


def test_a_code_that_came_later_is_not_decided_by_an_older_review(
    coded: Parts, tmp_path: Path, migrated_file: Path
) -> None:
    """What was read before a code existed says nothing of it in the new study either."""
    export_refi(coded, tmp_path / "a.qdpx", suggestions=False)
    back = _parts(tmp_path / "new" / "study", migrated_file, BOOK + "      - code: Late\n")
    found = import_project(back, tmp_path / "a.qdpx", Wishes(), quiet)
    assert found.refused == []
    with back.store.reading() as connection:
        (review,) = current_reviews(connection)
    late = _ids(back.codebook)["DOI/Late"]
    assert review.decides is not None
    assert late not in review.decides
    assert _ids(back.codebook)["DOI/Trial"] in review.decides
    back.close()


@pytest.mark.parametrize(
    "change",
    [
        {"empty_reviews": [{"source": "x", "coder": "Cleo", "start": 5, "end": 5}]},
        {"empty_reviews": [{"source": "SOURCE", "coder": "Cl\neo", "start": 0, "end": 5}]},
        {"empty_reviews": [{"source": "SOURCE", "coder": "Cleo", "start": 0, "end": 10**9}]},
        {
            "empty_reviews": [
                {"source": "SOURCE", "coder": "Cleo", "start": True, "end": 5, "only": "x"},
                3,
                None,
            ]
        },
        {"empty_reviews": {"a": 1}, "sources": [1], "codings": "x"},
        {"empty_reviews": [{"source": "SOURCE", "coder": "Cleo", "start": 0, "end": 5, "condition": "sure"}]},
    ],
)
def test_a_strangers_file_beside_a_project_says_nothing(
    coded: Parts, tmp_path: Path, migrated_file: Path, change: dict[str, Any]
) -> None:
    """What is not as Tandem writes it is no review, and stops nothing."""
    export_refi(coded, tmp_path / "a.qdpx", suggestions=False)
    beside = tmp_path / "a.tandem.json"
    plain = json.loads(beside.read_text("utf-8"))
    source = plain["empty_reviews"][0]["source"]
    beside.write_text(json.dumps({**plain, **change}).replace("SOURCE", source), "utf-8")
    back = _parts(tmp_path / "new" / "study", migrated_file, None)
    found = import_project(back, tmp_path / "a.qdpx", Wishes(), quiet)
    assert (found.refused, found.kept.empty_reviews) == ([], 0)
    back.close()


def test_a_damaged_or_other_file_beside_a_project_stops_it(
    coded: Parts, tmp_path: Path, migrated_file: Path
) -> None:
    """What would be lost without a word is told, with what to do; without that file the project comes in."""
    project, beside = tmp_path / "a.qdpx", tmp_path / "a.tandem.json"
    export_refi(coded, project, suggestions=False)
    written = beside.read_text("utf-8")
    back = _parts(tmp_path / "new" / "study", migrated_file, None)
    wrong = {
        written[:-20]: "this file is damaged, or none that Tandem wrote",
        "[]": "this file is damaged, or none that Tandem wrote",
        json.dumps({**json.loads(written), "project": "x", "sources": {str(uuid4()): {}}}): (
            "belongs to another project than a.qdpx"
        ),
    }
    for text, sentence in wrong.items():
        beside.write_text(text, "utf-8")
        (refused,) = import_project(back, project, Wishes(), quiet).refused
        assert refused.startswith(f"{beside}: ")
        assert sentence in refused
    with back.store.reading() as connection:
        assert not list(all_texts(connection))
    beside.unlink()
    outcome = import_project(back, project, Wishes(), quiet)
    assert (outcome.refused, outcome.beside, outcome.kept.codings) == ([], {}, 4)
    back.close()


def test_a_project_changed_since_keeps_what_is_still_there(
    coded: Parts, tmp_path: Path, migrated_file: Path
) -> None:
    """Somebody corrected the project by hand or by a script: influence and empty reviews come back, and it is told."""
    project, as_written = tmp_path / "a.qdpx", tmp_path / "b.qdpx"
    export_refi(coded, project, suggestions=False)
    export_refi(coded, as_written, suggestions=False)
    _rewritten(project, lambda xml: xml.replace(b"<Project ", b"<!-- mended --><Project ", 1))
    found = {}
    for file in (project, as_written):
        back = _parts(tmp_path / file.stem / "study", migrated_file, None)
        outcome = import_project(back, file, Wishes(), quiet)
        found[file.stem] = (outcome.refused, outcome.beside, outcome.kept.empty_reviews)
        assert any("a.qdpx is not as it was" in note for note in outcome.notes) == (file == project)
        back.close()
    assert found["a"] == found["b"]
    assert found["a"][1]["transcripts with their consents"] == 2


def test_a_project_that_another_program_wrote_comes_in_without_the_file(
    coded: Parts, tmp_path: Path, migrated_file: Path
) -> None:
    """It lies there still, under the same name; nothing is stopped, and what does not come back is told."""
    project = tmp_path / "a.qdpx"
    export_refi(coded, project, suggestions=False)
    _rewritten(project, lambda xml: re.sub(rb'origin="[^"]*"', b'origin="Other 1.0"', xml, count=1))
    back = _parts(tmp_path / "new" / "study", migrated_file, None)
    outcome = import_project(back, project, Wishes(), quiet)
    assert (outcome.refused, outcome.kept.empty_reviews, outcome.kept.codings) == ([], 0, 4)
    assert any(note.startswith("a.tandem.json was left out") for note in outcome.notes)
    back.close()


def _rewritten(project: Path, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(project) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    (xml,) = (name for name in content if name.endswith(".qde"))
    changed = change(content[xml])
    assert changed != content[xml]
    with zipfile.ZipFile(project, "w") as archive:
        for name, body in content.items():
            archive.writestr(name, changed if name == xml else body)


def test_an_earlier_file_beside_a_project_is_known_by_its_sources(
    coded: Parts, tmp_path: Path, migrated_file: Path
) -> None:
    """It does not say which project it was written with."""
    project, beside = tmp_path / "a.qdpx", tmp_path / "a.tandem.json"
    export_refi(coded, project, suggestions=False)
    plain = json.loads(beside.read_text("utf-8"))
    del plain["project"]
    others = {str(uuid4()): said for said in plain["sources"].values()}
    back = _parts(tmp_path / "new" / "study", migrated_file, None)
    beside.write_text(json.dumps({**plain, "sources": others}), "utf-8")
    assert "another project" in import_project(back, project, Wishes(), quiet).refused[0]
    beside.write_text(json.dumps(plain), "utf-8")
    outcome = import_project(back, project, Wishes(), quiet)
    assert (outcome.refused, outcome.kept.empty_reviews) == ([], 1)
    assert outcome.beside["transcripts with their consents"] == 2
    back.close()


def test_a_codebook_has_no_file_beside_it(coded: Parts, tmp_path: Path, migrated_file: Path) -> None:
    """Though the project of the same study may lie in the same folder, under the same name."""
    export_refi(coded, tmp_path / "a.qdpx", suggestions=False)
    write_codebook_file(coded, tmp_path / "a.qdc")
    back = _parts(tmp_path / "new" / "study", migrated_file, None)
    assert import_project(back, tmp_path / "a.qdc", Wishes(), quiet).refused == []
    assert [code.path for code in back.codebook] == [code.path for code in coded.codebook]
    back.close()
