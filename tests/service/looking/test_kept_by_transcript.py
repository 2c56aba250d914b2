"""What is worked out of each transcript is worked out anew where it changed, and gives way to whoever waits."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from builders import a_transcript
from lead_in_browser import a_study
from sqlalchemy import Connection

from annotations.coding import Coding, Review
from annotations.store.codebook_versions import keep_codebook
from annotations.store.reviews import add_reviews, current_reviews, reviews_among
from annotations.store.transcripts import add_transcript
from annotations.transcript import Span
from models.corpus import cut_new_transcripts
from service.composition import Parts
from service.looking import kept_by_transcript
from service.looking.kept_by_transcript import KeptByTranscript, OneTranscript

SAID = "We had to ask for it twice."


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    """A study of five transcripts, each with a review, worked through two at a time."""
    monkeypatch.setattr(kept_by_transcript, "AT_ONCE", 2)
    monkeypatch.setattr(kept_by_transcript, "GENTLY", 1)
    made = a_study(tmp_path)
    with made.store.writing() as connection:
        version = keep_codebook(connection, made.codebook)
        for at in range(5):
            kept = add_transcript(connection, a_transcript(f"P-{at}", "What was it like?", f"{SAID} {at}"))
            add_reviews(connection, [_review(kept, version)])
    cut_new_transcripts(made.store, made.segmentation)
    yield made
    made.close()


def _review(transcript: UUID, version: str, **more: object) -> Review:
    span = Span(0, 10)
    its = (Coding("cost", span),)
    return Review(transcript, "Ada", span, its, codebook_version=version, id=uuid4(), **more)  # type: ignore[arg-type]


def test_each_transcript_comes_once_with_its_own_and_only_what_changed_comes_again(parts: Parts) -> None:
    """The second look works on the one transcript with a new review."""
    worked: list[OneTranscript] = []
    kept = KeptByTranscript(lambda _connection, _parts, its: worked.append(its))
    with parts.store.reading() as connection:
        before = kept.of(connection, parts)
        assert kept.of(connection, parts) is before
        assert [its.kept.transcript.name for its in worked] == [f"P-{at}" for at in range(5)]
        of_all = current_reviews(connection)
        segments_seen = {segment.id for its in worked for segment in its.segments}
        assert len(segments_seen) == 10
        assert [review for its in worked for review in its.reviews] == list(of_all)
    changed = of_all[3].transcript
    with parts.store.writing() as connection:
        add_reviews(connection, [_review(changed, of_all[3].codebook_version, supersedes=of_all[3].id)])
    worked.clear()
    with parts.store.reading() as connection:
        kept.of(connection, parts)
    assert [(its.kept.id, len(its.reviews)) for its in worked] == [(changed, 1)]


def test_reviews_of_some_are_those_of_all_of_these_transcripts_with_their_sources(parts: Parts) -> None:
    """What was agreed on names what it was made from, whether all is read or a part."""
    with parts.store.writing() as connection:
        first = current_reviews(connection)[0]
        assert first.id is not None
        add_reviews(connection, [_review(first.transcript, first.codebook_version, sources=(first.id,))])
        everything = current_reviews(connection)
        some = [first.transcript, everything[-2].transcript]
        expected = {at: tuple(review for review in everything if review.transcript == at) for at in some}
        assert reviews_among(connection, some) == expected
        assert reviews_among(connection, []) == {}
    assert any(review.sources for its in expected.values() for review in its)


def test_what_is_prepared_rests_without_a_lock_or_a_transaction(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that reads through its study at the start: a page that needs the same goes on at once, and an erasure finds
    no reader that keeps what was erased in the database's log."""
    monkeypatch.setattr(kept_by_transcript, "RESTS", 1e6)
    worked: list[str] = []
    rests = threading.Event()

    def rest(_seconds: float) -> None:
        if worked:
            rests.set()
            goes_on.wait(60)

    def work(_connection: Connection, _parts: Parts, its: OneTranscript) -> None:
        worked.append(its.kept.transcript.name)

    goes_on = threading.Event()
    monkeypatch.setattr(kept_by_transcript.time, "sleep", rest)
    kept = KeptByTranscript(work)
    preparing = threading.Thread(target=kept.prepare, args=(parts,), daemon=True)
    preparing.start()
    assert rests.wait(30)
    assert worked == ["P-0"]
    raw = sqlite3.connect(parts.study.folder / "tandem.db")
    busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    raw.close()
    assert not busy
    with parts.store.reading() as connection:
        assert len(kept.of(connection, parts)) == 5
    goes_on.set()
    preparing.join(30)
    assert not preparing.is_alive()
    assert worked == [f"P-{at}" for at in range(5)]
