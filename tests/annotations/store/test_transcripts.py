"""The store keeps transcripts and their segments, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from builders import a_transcript

from annotations.errors import BadInput
from annotations.segment import Segment, Segmentation
from annotations.store.database import Store
from annotations.store.segments import add_segments, keep_segmentation, not_yet_cut, segments_of
from annotations.store.transcripts import (
    add_transcript,
    get_transcript,
    redescribe_transcript,
    same_name,
    same_text,
)
from annotations.transcript import Consents, Kind, Role, Span


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


def test_a_description_can_change_and_the_text_stays(store: Store) -> None:
    """Case, wave and consents can be mended later."""
    with store.writing() as connection:
        old = add_transcript(connection, a_transcript("A", "a", "b"))
        redescribe_transcript(connection, old, a_transcript("A", "x", "y", wave="2"))
        found = get_transcript(connection, "A").transcript
    assert (found.wave, found.text) == ("2", a_transcript("A", "a", "b").text)


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


def test_a_transcript_is_found_by_its_name_however_that_is_spelt(store: Store) -> None:
    """In any case and spacing, and with marks apart, as a Mac names its files, or not; its own spelling stays."""
    apart = unicodedata.normalize("NFD", "Jönköping 01")
    with store.writing() as connection:
        add_transcript(connection, a_transcript(apart, "How was it?", "Cold."))
        for spelling in ("Jönköping 01", "jönköping  01", apart.upper()):
            assert get_transcript(connection, spelling).transcript.name == apart
