"""What was dealt and drawn is kept for ever, on SQLite and PostgreSQL."""

from __future__ import annotations

from uuid import uuid4

import pytest
from builders import a_transcript

from annotations.coding import Draw
from annotations.deal_and_draw import Dealt, DrawPlan, Fractions
from annotations.segment import Segmentation
from annotations.store.database import Store
from annotations.store.deals import add_plan, dealt_so_far, keep_dealt, plan_in_force
from annotations.store.segments import add_segments, keep_segmentation, segments_of
from annotations.store.transcripts import add_transcript
from models.segmenter import segment

CUT = Segmentation()


def test_the_newest_plan_is_in_force(store: Store) -> None:
    """Plans are added, never changed; there is none at first."""
    one = DrawPlan(Fractions(0.15, 0.2, 0.03), 2**31 - 1, ("Ines", "Tom"))
    with store.writing() as connection:
        assert plan_in_force(connection) is None
        add_plan(connection, DrawPlan(Fractions(0.5), 1))
        made = add_plan(connection, one)
        found = plan_in_force(connection)
    assert found == made
    assert (found.fractions, found.seed, found.coders) == (one.fractions, one.seed, one.coders)


def test_what_was_dealt_comes_back(store: Store) -> None:
    """To whom, with what drawn; another segmentation has dealt nothing."""
    transcript = a_transcript("A-01", "Why?", "Money.", "And?", "People.")
    with store.writing() as connection:
        new = add_transcript(connection, transcript)
        keep_segmentation(connection, CUT)
        add_segments(connection, new, CUT.version, segment(transcript, CUT))
        ids = [one.id for one in segments_of(connection, CUT.version)[new]]
        plan = add_plan(connection, DrawPlan(Fractions(0.5, 0.5), 1, ("Ines", "Tom")))
        dealt = Dealt(new, 2, "Ines", "Tom", {ids[1]: Draw.BLIND, ids[3]: Draw.DOUBLE})
        keep_dealt(connection, plan.id, CUT.version, [dealt])
        assert dealt_so_far(connection, CUT.version) == {new: dealt}
        assert dealt_so_far(connection, "another") == {}


def test_a_transcript_is_dealt_once(store: Store) -> None:
    """A second deal of the same transcript is refused by the database, and nothing of it is kept."""
    transcript = a_transcript("A-01", "Why?", "Money.")
    with store.writing() as connection:
        new = add_transcript(connection, transcript)
        keep_segmentation(connection, CUT)
        plan = add_plan(connection, DrawPlan(Fractions(), 1, ("Ines",)))
        keep_dealt(connection, plan.id, CUT.version, [Dealt(new, 1, "Ines")])
    with pytest.raises(Exception, match=r"(?i)unique"), store.writing() as connection:
        keep_dealt(connection, plan.id, CUT.version, [Dealt(new, 1, "Tom", None, {uuid4(): Draw.BLIND})])
