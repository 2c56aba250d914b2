"""The store keeps what it is given, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from builders import a_transcript
from sqlalchemy import text

from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Condition, Draw, Evidence, Review
from annotations.errors import BadInput, Busy, TandemError, Unreachable
from annotations.segment import Segment, Segmentation
from annotations.store import database
from annotations.store.codebook_versions import keep_codebook
from annotations.store.coders import coder_names
from annotations.store.database import Store, open_store
from annotations.store.label_studio_projects import add_project, project_for
from annotations.store.loose_codings import add_loose_codings, adopt_loose_codings, loose_codings
from annotations.store.model_versions import (
    ModelVersion,
    add_model,
    all_models,
    champion,
    mark_mirrored,
    next_version,
    promote,
    serving_model,
)
from annotations.store.pushed_tasks import PushedTask, count_pushed, keep_tasks, shown_at, task_key, tasks_of
from annotations.store.reviews import add_reviews, current_reviews
from annotations.store.segments import add_segments, keep_segmentation, not_yet_cut, segments_of
from annotations.store.suggestions import (
    Suggested,
    add_suggestions,
    segments_with_suggestions,
    suggestions_of,
)
from annotations.store.tables import metadata
from annotations.store.transcripts import (
    add_transcript,
    all_transcripts,
    get_transcript,
    redescribe_transcript,
    replace_transcript,
    same_name,
    same_text,
)
from annotations.transcript import Consents, Kind, Role, Span


def test_tables_are_as_the_migrations_make_them(store: Store) -> None:
    """What the migrations make and what the code describes do not differ."""
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_head_is_the_newest_migration() -> None:
    """The version that opening compares with is that of the last migration file."""
    newest = max(file.name[:4] for file in (database.MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert newest == database.HEAD


def test_a_transcript_comes_back_as_it_was_kept(store: Store) -> None:
    """Every field of a transcript, odd characters included, survives."""
    kept = a_transcript(
        "JKG-01",
        "How was it?",
        "Åsa said “no” 🙂 e\u0301 \u05e9\u05dc\u05d5\u05dd",
        kind=Kind.FIELD_NOTE,
        case="ESTHER",
        site="North",
        wave="1",
        session="s1",
        language="sv",
        date=date(2026, 3, 1),
        consents=Consents(False, True, ("North",)),
        source="x.txt",
    )
    with store.writing() as connection:
        new = add_transcript(connection, kept)
    with store.reading() as connection:
        found = get_transcript(connection, "jkg-01")
    assert found.id == new
    assert found.transcript == kept


def test_names_differ_by_more_than_case(store: Store) -> None:
    """A name in other letters is the same name, and the nearest name is offered for one that is none."""
    with store.writing() as connection:
        add_transcript(connection, a_transcript("Åsa-01", "a", "b"))
        assert same_name(connection, "ÅSA-01") is not None
        assert same_name(connection, "åsa-02") is None
        with pytest.raises(BadInput, match="Åsa-01"):
            get_transcript(connection, "Åsa-10")


def test_the_same_text_is_found_under_any_name(store: Store) -> None:
    """A text that is there already is recognised by its hash."""
    one = a_transcript("A", "a", "b")
    with store.writing() as connection:
        add_transcript(connection, one)
        assert same_text(connection, one.text_hash) == ("A",)


def test_a_transcript_is_replaced_only_while_nobody_has_coded_it(store: Store, codebook: Codebook) -> None:
    """Codings point at words, so a coded text stays."""
    with store.writing() as connection:
        old = add_transcript(connection, a_transcript("A", "a", "b"))
        replace_transcript(connection, old, a_transcript("A", "a", "another answer"))
        assert get_transcript(connection, "A").transcript.turns[1].span == Span(18, 32)
        add_reviews(connection, [_review(connection_codebook(connection, codebook), old, Span(18, 25))])
        with pytest.raises(BadInput, match="people have coded it"):
            replace_transcript(connection, old, a_transcript("A", "a", "c"))


def test_a_description_can_change_and_the_text_stays(store: Store) -> None:
    """Case, wave and consents can be mended later."""
    with store.writing() as connection:
        old = add_transcript(connection, a_transcript("A", "a", "b"))
        redescribe_transcript(connection, old, a_transcript("A", "x", "y", wave="2"))
        found = get_transcript(connection, "A").transcript
    assert (found.wave, found.text) == ("2", a_transcript("A", "a", "b").text)


def test_writing_keeps_all_or_nothing(store: Store) -> None:
    """An error within a writing transaction undoes what came before it."""
    with pytest.raises(KeyError), store.writing() as connection:
        add_transcript(connection, a_transcript("A", "a", "b"))
        raise KeyError
    with store.reading() as connection:
        assert all_transcripts(connection) == ()


def test_segments_come_back_in_order(store: Store) -> None:
    """Segments are kept once per segmentation, and ids do not depend on who cut."""
    segmentation = Segmentation("sentence")
    cut = [Segment(at, at, "A", Role.PARTICIPANT, Span(at * 3, at * 3 + 2)) for at in range(3)]
    with store.writing() as connection:
        keep_segmentation(connection, segmentation)
        keep_segmentation(connection, segmentation)
        new = add_transcript(connection, a_transcript("A", "a", "b" * 20))
        assert not_yet_cut(connection, segmentation.version) == (new,)
        add_segments(connection, new, segmentation.version, cut)
        assert not_yet_cut(connection, segmentation.version) == ()
        found = segments_of(connection, segmentation.version)[new]
    assert [segment.span for segment in found] == [segment.span for segment in cut]
    assert all(segment.id is not None for segment in found)


def connection_codebook(connection: object, codebook: Codebook) -> str:
    """Keep the codebook and give its version."""
    return keep_codebook(connection, codebook)  # type: ignore[arg-type]


def _review(version: str, transcript: UUID, span: Span, *codes: str, **other: object) -> Review:
    codings = tuple(
        Coding(code, span, memo="m", influence="-", created=datetime(2026, 1, 1, tzinfo=UTC))
        for code in codes
    )
    plain: dict[str, object] = {"coder": "Ines", "id": uuid4(), "codebook_version": version, **other}
    return Review(transcript=transcript, span=span, codings=codings, **plain)  # type: ignore[arg-type]


def test_reviews_come_back_and_a_superseded_one_is_not_current(store: Store, codebook: Codebook) -> None:
    """The last word of a coder on a span is current; the first is kept."""
    with store.writing() as connection:
        version = keep_codebook(connection, codebook)
        a = add_transcript(connection, a_transcript("A", "a", "b"))
        first = _review(version, a, Span(0, 3), "money")
        second = _review(version, a, Span(0, 3), "people", supersedes=first.id)
        derived = _review(
            version,
            a,
            Span(0, 3),
            "people",
            condition=Condition.CONSENSUS,
            coder="Ines & Tom",
            sources=(second.id,),
        )
        add_reviews(connection, [first, second, derived])
    with store.reading() as connection:
        found = current_reviews(connection)
        assert list(coder_names(connection).values()) == ["Ines", "Ines & Tom"]
    assert [r.id for r in found] == [second.id, derived.id]
    assert found[0].codings == second.codings
    assert found[1].sources == (second.id,)


def test_loose_codings_are_taken_into_a_review_once_it_is_known(store: Store, codebook: Codebook) -> None:
    """A coding without a review moves into the review of the same passage; nothing is doubled."""
    with store.writing() as connection:
        version = keep_codebook(connection, codebook)
        a = add_transcript(connection, a_transcript("A", "a", "b"))
        review = _review(version, a, Span(0, 3), "money", "people")
        add_loose_codings(connection, a, "Ines", Condition.INDEPENDENT, review.codings[:1])
        add_reviews(connection, [_review(version, a, Span(0, 3), id=review.id)])
        assert [coding.code for coding in adopt_loose_codings(connection, review)] == ["people"]
        assert loose_codings(connection) == ()
        assert [c.code for r in current_reviews(connection) for c in r.codings] == ["money"]


def _model(version: str, codebook_version: str, segmentation: str) -> ModelVersion:
    return ModelVersion(
        id=uuid4(),
        version=version,
        kind="trained",
        folder=f"models/{version}",
        sha256="0" * 64,
        codebook_version=codebook_version,
        segmentation=segmentation,
        embedder="e",
        reviews_hash="1" * 64,
        reviews=3,
        codes=("money", "people"),
        thresholds={"money": 0.4, "people": None},
    )


@contextmanager
def _with_model(store: Store, codebook: Codebook) -> Iterator[tuple[object, ModelVersion, UUID]]:
    segmentation = Segmentation()
    with store.writing() as connection:
        keep_segmentation(connection, segmentation)
        a = add_transcript(connection, a_transcript("A", "a", "b"))
        cut = [Segment(0, 1, "A", Role.PARTICIPANT, Span(16, 17))]
        add_segments(connection, a, segmentation.version, cut)
        model = _model(next_version(connection), keep_codebook(connection, codebook), segmentation.version)
        add_model(connection, model, [uuid4()])
        segment = segments_of(connection, segmentation.version)[a][0].id
        assert segment is not None
        yield connection, model, segment


def test_the_last_promoted_version_serves(store: Store, codebook: Codebook) -> None:
    """Promotion is a row; the history stays, and a rollback is one more row."""
    with store.reading() as connection, pytest.raises(TandemError, match="tandem train"):
        serving_model(connection)
    with _with_model(store, codebook) as (connection, model, _):
        second = _model(next_version(connection), model.codebook_version, model.segmentation)
        add_model(connection, second, [])
        for one in (model, second, model):
            promote(connection, one.id, verdict="better", reason="because")
        serving = champion(connection)
        assert serving is not None
        assert (serving.model.version, serving.mirrored) == ("v1", False)
        mark_mirrored(connection, serving.sequence)
        assert champion(connection).mirrored
        assert [m.version for m in all_models(connection)] == ["v1", "v2"]


def test_suggestions_are_packed_and_come_back(store: Store, codebook: Codebook) -> None:
    """Probabilities survive to float32; a code that is not judged is no suggestion."""
    with _with_model(store, codebook) as (connection, model, segment):
        evidence = {"money": (Evidence(segment, 0.5),)}
        add_suggestions(connection, model.id, [Suggested(segment, (0.7, 0.1), ("money",), evidence)])
        assert segments_with_suggestions(connection, model.id) == {segment}
        found = suggestions_of(connection, model)[segment]
    assert found.probabilities == struct.unpack("<2f", struct.pack("<2f", 0.7, 0.1))
    (only,) = found.one_by_one(model)
    assert (only.code, only.suggested, only.threshold, only.evidence) == (
        "money",
        True,
        0.4,
        evidence["money"],
    )


def test_pushed_tasks_are_kept_by_project_and_segment(store: Store, codebook: Codebook) -> None:
    """Pushing a segment again changes its row instead of adding one."""
    with _with_model(store, codebook) as (connection, model, segment):
        project = add_project(connection, url="http://x", project_id=3, title="t", coder=None, wave="2")
        keep_tasks(connection, project.id, [PushedTask(segment, 7, "h1", model.id)])
        keep_tasks(connection, project.id, [PushedTask(segment, 7, "h2", model.id)])
        assert tasks_of(connection, project.id)[segment].data_hash == "h2"
        assert project_for(connection, url="http://x", coder=None, wave="2") == project
        assert list(count_pushed(connection, model.segmentation).values()) == [1]


def test_what_a_task_showed_at_a_moment_is_known(store: Store, codebook: Codebook) -> None:
    """Each change of the model on a task is kept; pushing the same one again is no change."""
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with _with_model(store, codebook) as (connection, model, segment):
        project = add_project(connection, url="http://x", project_id=3, title="t", coder=None, wave="2")
        for hours, shown in ((0, None), (1, model.id), (2, model.id), (3, None)):
            since = noon + timedelta(hours=hours)
            keep_tasks(connection, project.id, [PushedTask(segment, 7, "h", shown, since)])
        asked = [noon + timedelta(hours=hours, minutes=30) for hours in (-1, 0, 1, 2, 3)]
        found = [shown_at(connection, project.id, segment, moment) for moment in asked]
    assert found == [None, None, model.id, model.id, None]


def test_a_repeat_is_a_task_of_its_own(store: Store, codebook: Codebook) -> None:
    """The same segment stands twice in a project if it comes back to the coder; it counts once."""
    with _with_model(store, codebook) as (connection, model, segment):
        project = add_project(connection, url="http://x", project_id=3, title="t", coder="Ann", wave="2")
        both = [PushedTask(segment, 7, "h", model.id), PushedTask(segment, 8, "h", draw=Draw.REPEAT)]
        keep_tasks(connection, project.id, both)
        found = tasks_of(connection, project.id)
        assert {key: task.task_id for key, task in found.items()} == {
            segment: 7,
            task_key(segment, Draw.REPEAT): 8,
        }
        assert list(count_pushed(connection, model.segmentation).values()) == [1]


def test_a_locked_database_is_said_to_be_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program's write lock leads to a sentence, and nothing is changed."""
    monkeypatch.setattr(database, "WAIT_MS", 100)
    opened = open_store(f"sqlite:///{tmp_path / 'tandem.db'}")
    other = sqlite3.connect(tmp_path / "tandem.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy, match="is locked: another program"), opened.writing():
        pass
    other.close()
    opened.close()


def test_a_full_disk_is_said_to_be_full(tmp_path: Path) -> None:
    """A database that cannot grow says so; what was there stays."""
    opened = open_store(f"sqlite:///{tmp_path / 'tandem.db'}")
    with pytest.raises(TandemError, match="is full"), opened.writing() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        add_transcript(connection, a_transcript("A", "a", "b" * 2_000_000))
    opened.close()


def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    """A file that is no database is named, with the remedy."""
    (tmp_path / "tandem.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(TandemError, match="backup"):
        open_store(f"sqlite:///{tmp_path / 'tandem.db'}")


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    """A database of a newer Tandem is not opened."""
    url = f"sqlite:///{tmp_path / 'tandem.db'}"
    opened = open_store(url)
    with opened.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.close()
    with pytest.raises(TandemError, match="newer Tandem"):
        open_store(url)


@pytest.mark.parametrize(
    ("url", "error", "said"),
    [
        ("nonsense", BadInput, "is no database address"),
        ("mysql://x/y", BadInput, "not supported"),
        ("postgresql://nobody:secret@127.0.0.1:1/none", Unreachable, "does not answer"),
        ("postgresql://x@127.0.0.1/test?schema=No", BadInput, "small letters"),
    ],
)
def test_an_address_that_leads_nowhere_is_explained(url: str, error: type[TandemError], said: str) -> None:
    """A wrong database address is a sentence without the password."""
    with pytest.raises(error, match=said) as caught:
        open_store(url)
    assert "secret" not in str(caught.value)
