""" "tandem export --refi": what goes out comes back, in all scripts; models apart from people; what is lost is said."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from builders import REPOSITORY, a_transcript
from commands import commands_on
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from small_book_study import made_study, opened_study
from stored_model import a_model
from typer.testing import CliRunner

from annotations.attributes import Attribute, Owner
from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Condition, Draw, Review
from annotations.errors import BadInput
from annotations.progress import quiet
from annotations.store.attributes import all_attributes, keep_attributes
from annotations.store.codebook_versions import keep_codebook
from annotations.store.loose_codings import add_loose_codings, loose_codings
from annotations.store.model_versions import add_model
from annotations.store.reviews import add_reviews, current_reviews
from annotations.store.segments import add_segments, keep_segmentation, segments_of
from annotations.store.suggestions import Suggested, add_suggestions
from annotations.store.transcripts import add_transcript, all_texts
from annotations.transcript import Span
from models.segmenter import segment
from service.cli.main import add_commands, app
from service.composition import Parts
from service.exporting.export_refi import export_refi
from service.importing.import_project import Wishes, import_project
from service.looking.hidden_spans import Hidden

SCHEMA = REPOSITORY.parent / "shared" / "reference" / "refi-qda" / "Project.xsd"
_WORD = st.lists(
    st.sampled_from(["a", "ß", "日", "ع", "न", "\U0001f600", "e\u0301", "<", "&", " ", "\u2028"]), max_size=9
).map("".join)
_MEMO = st.lists(
    st.sampled_from(["m", "\n", "\r\n", "\t", "\U0001f469\u200d\u2695", "日", "]]>"]), max_size=6
).map("".join)


@pytest.fixture
def empty(tmp_path: Path, migrated_file: Path, codebook: Codebook) -> Path:
    """A study with the small codebook and nothing else."""
    return made_study(tmp_path / "study", migrated_file, codebook).study.folder


@pytest.fixture
def coded(empty: Path, codebook: Codebook) -> Iterator[Parts]:
    """Two interviews: reviews by two people, one assisted, one empty, a loose coding, memos, suggestions, attributes."""
    parts = opened_study(empty)
    with parts.store.writing() as connection:
        version = keep_codebook(connection, codebook)
        first = add_transcript(
            connection,
            a_transcript("P-01", "How?", "Money \U0001f4b8 is short.", case="E", wave="1", site="N"),
        )
        second = add_transcript(connection, a_transcript("P-02", "How?", "People stay."))
        keep_segmentation(connection, parts.segmentation)
        for kept in (first, second):
            transcript = next(one.transcript for one in all_texts(connection) if one.id == kept)
            with_turns = a_transcript(
                transcript.name, "How?", "Money \U0001f4b8 is short." if kept == first else "People stay."
            )
            add_segments(
                connection, kept, parts.segmentation.version, segment(with_turns, parts.segmentation)
            )
        when = datetime(2026, 3, 1, 12, tzinfo=UTC)

        def review(transcript: object, coder: str, *codings: Coding, **more: object) -> Review:
            return Review(
                transcript, coder, Span(17, 24), codings, codebook_version=version, id=uuid4(), **more
            )  # type: ignore[arg-type]

        money = Coding("money", Span(23, 28), memo="why\r\n<so>", created=when)
        add_reviews(
            connection,
            [
                review(first, "Ada", money, Coding("early", Span(23, 28), influence="-")),
                review(first, "Bo", Coding("money", Span(23, 28)), condition=Condition.ASSISTED),
                review(second, "Ada"),
                review(second, "Ada", Coding("people", Span(23, 29)), draw=Draw.REPEAT),
            ],
        )
        add_loose_codings(connection, second, "Ada", Condition.INDEPENDENT, [Coding("people", Span(23, 29))])
        model = a_model("v1", version, parts.segmentation.version)
        add_model(connection, model, [])
        segments = segments_of(connection, parts.segmentation.version)
        add_suggestions(connection, model.id, [Suggested(segments[first][1].id, (0.75, 0.1), ("money",))])  # type: ignore[arg-type]
        keep_attributes(
            connection,
            [
                Attribute(Owner.PARTICIPANT, "P-01", "Role", "leader"),
                Attribute(Owner.CASE, "E", "Land", "SE"),
            ],
        )
    yield parts
    parts.close()


def _project(file: Path) -> etree._Element:
    with zipfile.ZipFile(file) as archive:
        return etree.fromstring(archive.read("project.qde"))


def test_people_and_models_are_users_of_their_own(coded: Parts, tmp_path: Path) -> None:
    """A suggestion is told apart by its user, or left out; the second reading of the same coder does not go."""
    found = export_refi(coded, tmp_path / "a.qdpx", suggestions=True)
    assert (found.counts["codings"], found.counts["suggestions"], found.counts["memos"]) == (4, 1, 1)
    root = _project(tmp_path / "a.qdpx")
    users = {user.get("guid"): (user.get("name"), user.get("id")) for user in root.iter("{*}User")}
    assert set(users.values()) == {("Ada", None), ("Bo", None), ("Tandem model v1", "tandem-model:v1")}
    by = [users[coding.get("creatingUser")][0] for coding in root.iter("{*}Coding")]
    assert sorted(by) == ["Ada", "Ada", "Ada", "Bo", "Tandem model v1"]
    without = export_refi(coded, tmp_path / "b.qdpx", suggestions=False)
    assert without.counts["suggestions"] == 0
    assert "tandem-model" not in etree.tostring(_project(tmp_path / "b.qdpx")).decode()


def test_what_is_still_to_be_judged_blind_is_not_in_it(
    coded: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A suggestion that a coder may not see yet stays out of the file, and its number is said."""
    monkeypatch.setattr(Hidden, "hides", lambda *_: True)
    found = export_refi(coded, tmp_path / "a.qdpx", suggestions=True)
    assert found.counts["suggestions"] == 0
    assert any("1 suggestion left out" in note for note in found.notes)
    assert "probability" not in (tmp_path / "a.tandem.json").read_text("utf-8")


def test_what_the_standard_has_no_place_for_stands_beside(coded: Parts, tmp_path: Path) -> None:
    """Conditions, influence, probabilities, empty reviews and consents; and people are told of each."""
    found = export_refi(coded, tmp_path / "a.qdpx", suggestions=True)
    beside = json.loads((tmp_path / "a.tandem.json").read_text("utf-8"))
    said = list(beside["codings"].values())
    assert {"condition": "assisted"} in said
    assert {"influence": "-", "concrete_example": False} in said
    assert {"probability": 0.75, "threshold": 0.4, "model_version": "v1"} in said
    assert [(one["coder"], one["start"]) for one in beside["empty_reviews"]] == [("Ada", 17)]
    assert all(one["may_quote"] for one in beside["sources"].values())
    lost = " ".join(found.lost)
    for words in (
        "1 review in which",
        "of 1 coding, that",
        "influence",
        "1 suggestion",
        "consents",
        "version of the codebook",
    ):
        assert words in lost
    assert any("second reading" in note for note in found.notes)


def test_the_same_study_gives_the_same_file(coded: Parts, tmp_path: Path) -> None:
    """Byte for byte, so that another program which merges by GUID adds nothing the second time."""
    for name in ("a", "b"):
        export_refi(coded, tmp_path / f"{name}.qdpx", suggestions=True)
    assert (tmp_path / "a.qdpx").read_bytes() == (tmp_path / "b.qdpx").read_bytes()


def test_it_is_valid_by_the_standards_schema(coded: Parts, tmp_path: Path) -> None:
    """With everything in it."""
    if not SCHEMA.is_file():
        pytest.skip("the standard's schemas are not on this machine (../shared/reference/refi-qda)")
    export_refi(coded, tmp_path / "a.qdpx", suggestions=True)
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(_project(tmp_path / "a.qdpx"))


def _facts(parts: Parts) -> tuple[object, ...]:
    """What must come back: texts, whose they are, every coding by its words' place, and attributes."""
    with parts.store.reading() as connection:
        names = {one.id: one.transcript.name for one in all_texts(connection)}
        texts = sorted(
            (t.name, t.text, t.participant, t.case, t.site, t.wave)
            for t in (one.transcript for one in all_texts(connection))
        )
        coded = [
            (loose.transcript, loose.coder, loose.condition, loose.coding)
            for loose in loose_codings(connection)
        ]
        coded += [
            (r.transcript, r.coder, r.condition, own)
            for r in current_reviews(connection)
            for own in r.codings
        ]
        codings = sorted(
            (names[transcript], coder, parts.codebook[coding.code].path, coding.span, coding.memo,
             str(coding.created), condition.value, str(coding.influence))
            for transcript, coder, condition, coding in coded
        )  # fmt: skip
        return (
            texts,
            codings,
            sorted((a.of, a.owner, a.name, a.value) for a in all_attributes(connection).all),
        )


def _brought_back(file: Path, folder: Path, database: Path) -> Parts:
    parts = made_study(folder, database, None)
    found = import_project(parts, file, Wishes(), quiet)
    assert found.refused == []
    return parts


def test_a_study_comes_back(coded: Parts, tmp_path: Path, migrated_file: Path) -> None:
    """Texts, places, codes, coders, memos, times, conditions and attributes; suggestions do not become codings."""
    export_refi(coded, tmp_path / "a.qdpx", suggestions=True)
    back = _brought_back(tmp_path / "a.qdpx", tmp_path / "new" / "study", migrated_file)
    texts, codings, attributes = _facts(back)
    assert texts == _facts(coded)[0]
    assert attributes == _facts(coded)[2]
    assert [one[:5] + one[6:] for one in codings] == [
        ("P-01", "Ada", "Phase/Early", Span(23, 28), "", "independent", "-"),
        ("P-01", "Ada", "Topics/Money", Span(23, 28), "why\r\n<so>", "independent", "None"),
        ("P-01", "Bo", "Topics/Money", Span(23, 28), "", "assisted", "None"),
        ("P-02", "Ada", "Topics/People", Span(23, 29), "", "independent", "None"),
    ]
    assert codings[1][5].startswith("2026-03-01 12:00")
    assert [one.select for one in back.codebook.frameworks] == ["many", "one"]
    again = import_project(coded, tmp_path / "a.qdpx", Wishes(), quiet)
    assert (again.kept.codings, again.kept.unchanged) == (0, 4)
    back.close()


@given(
    words=st.lists(_WORD, min_size=1, max_size=4),
    cuts=st.lists(
        st.tuples(st.integers(0, 60), st.integers(1, 20), st.sampled_from(["money", "late"]), _MEMO),
        max_size=5,
    ),
    coder=st.sampled_from(["Ada", "Zoë Ωmega", "李 明"]),
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_all_scripts_come_back(
    tmp_path: Path,
    migrated_file: Path,
    codebook: Codebook,
    words: list[str],
    cuts: list[tuple[int, int, str, str]],
    coder: str,
) -> None:
    """Whatever was said and coded: every span, code, coder and memo is the same after export and import."""
    folder = tmp_path / uuid4().hex
    parts = made_study(folder / "study", migrated_file, codebook)
    transcript = a_transcript("P-01", *(f"x{word}" for word in words), speaker="P-01")
    with parts.store.writing() as connection:
        kept = add_transcript(connection, transcript)
        codings = {
            (
                code,
                Span(
                    start % len(transcript.text),
                    min(start % len(transcript.text) + width, len(transcript.text)),
                ),
            ): memo
            for start, width, code, memo in cuts
        }
        given_codings = [Coding(code, span, memo=memo) for (code, span), memo in codings.items()]
        add_loose_codings(connection, kept, coder, Condition.INDEPENDENT, given_codings)
    export_refi(parts, folder / "a.qdpx", suggestions=True)
    back = _brought_back(folder / "a.qdpx", folder / "new", migrated_file)
    before, after = _facts(parts), _facts(back)
    assert after[0] == before[0]
    assert [one[:3] for one in after[1]] == [one[:3] for one in before[1]]
    # a memo of white space alone too
    assert [one[3:] for one in after[1]] == [one[3:] for one in before[1]]
    parts.close()
    back.close()


def test_the_command_and_what_it_refuses(coded: Parts, tmp_path: Path) -> None:
    """Two files and what is lost are named; nothing to export, another ending and an empty study are sentences."""
    run = commands_on(coded.study.folder)
    (found,) = run("export", "--refi", str(tmp_path / "a.qdpx"), "--no-suggestions")["exported"]
    assert found["files"] == [str(tmp_path / "a.qdpx"), str(tmp_path / "a.tandem.json")]
    if not app.registered_commands:
        add_commands()
    done = CliRunner().invoke(
        app, ["--study", str(coded.study.folder), "export", "--refi", str(tmp_path / "a.qdpx")]
    )
    assert "The format has no place for:" in done.output
    with pytest.raises(BadInput, match="say what to export"):
        run("export")
    with pytest.raises(BadInput, match=r"ends in \.qdpx"):
        run("export", "--refi", str(tmp_path / "a.zip"))
    with pytest.raises(BadInput, match="folder does not exist"):
        run("export", "--refi", str(tmp_path / "none" / "a.qdpx"))


def test_an_empty_study_has_nothing_to_export(empty: Path, tmp_path: Path) -> None:
    """And no file is written."""
    parts = opened_study(empty)
    with pytest.raises(BadInput, match="no transcripts yet"):
        export_refi(parts, tmp_path / "a.qdpx", suggestions=True)
    assert not (tmp_path / "a.qdpx").exists()
    parts.close()


@pytest.mark.slow
def test_the_sample_study_goes_out_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_file: Path
) -> None:
    """Every text and coding of the invented study that the demonstration shows, by code and place."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    sample = REPOSITORY / "annotations" / "sample_study"
    run = commands_on(tmp_path / "s" / "study")
    run("init", str(tmp_path / "s" / "study"), "--codebook", "common-framework")
    shutil.copy(sample / "study.yaml", tmp_path / "s" / "study")
    run("import", "--manifest", str(sample / "manifest.csv"))
    run("import-codings", str(sample / "codings-wave1.csv"), "--complete", "none")
    run("export", "--refi", str(tmp_path / "a.qdpx"))
    parts = opened_study(tmp_path / "s" / "study")
    back = _brought_back(tmp_path / "a.qdpx", tmp_path / "new" / "study", migrated_file)
    before, after = _facts(parts), _facts(back)
    assert after[0] == before[0]
    assert after[1] == before[1]
    assert len(after[1]) > 900
    parts.close()
    back.close()
