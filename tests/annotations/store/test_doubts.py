"""Memos and questions are kept with their answers, and go with whom they are about."""

from __future__ import annotations

from builders import a_transcript
from sqlalchemy import Connection, func, select

from annotations.store.cell_place import RestingPassage
from annotations.store.database import Store
from annotations.store.doubts import (
    Doubt,
    DoubtAnswer,
    add_answer,
    add_doubt,
    all_doubts,
    answers_seen,
    doubt_by_id,
    doubts_concerning,
    keep_seen,
    take_back,
)
from annotations.store.forget_writings import ERASED, blank_writings
from annotations.store.tables import doubt_answers, doubts, seen_doubts
from annotations.store.transcripts import add_transcript
from annotations.store.withdrawals import erase


def _passage(connection: Connection, name: str) -> RestingPassage:
    transcript = a_transcript(name, "How?", f"{name} said so.")
    object.__setattr__(transcript, "participant", name)
    return RestingPassage(
        add_transcript(connection, transcript), transcript.turns[1].span, transcript.text_hash
    )


def test_a_question_is_open_until_an_answer_settles_it(store: Store) -> None:
    """A memo asks nothing; what is taken back is shown no more and stays on record."""
    with store.writing() as connection:
        asked = add_doubt(connection, Doubt("Ada", "Which code?", True, code="money"))
        add_doubt(connection, Doubt("Ben", "Mind the tone.", case="E"))
        add_answer(connection, asked, DoubtAnswer("Ben", "Perhaps this."))
        first, memo = all_doubts(connection)
        assert (first.about, memo.about) == ("code", "case")
        assert (first.open, memo.open) == (True, False)
        assert [one.text for one in first.answers] == ["Perhaps this."]
        add_answer(connection, asked, DoubtAnswer("Lea", "Go by this.", settles=True))
        again = doubt_by_id(connection, asked)
        assert again is not None
        assert not again.open
        take_back(connection, asked)
        assert doubt_by_id(connection, asked) is None
        assert [one.text for one in all_doubts(connection)] == ["Mind the tone."]
        assert connection.execute(select(func.count()).select_from(doubts)).scalar_one() == 2


def test_those_about_a_persons_words_go_with_the_person(store: Store) -> None:
    """With their answers; those that name the person go too, and an answer that does is blanked."""
    with store.writing() as connection:
        theirs, others = _passage(connection, "P-1"), _passage(connection, "P-10")
        gone = add_doubt(connection, Doubt("Ada", "Is this money?", True, passage=theirs))
        add_answer(connection, gone, DoubtAnswer("Ben", "No."))
        stays = add_doubt(connection, Doubt("Ada", "And this?", True, passage=others))
        add_answer(connection, stays, DoubtAnswer("Ben", "As with P-1."))
        add_doubt(connection, Doubt("Ada", "P-1 says it best.", code="money"))
        for asked in (gone, stays):
            keep_seen(connection, asked, "Ada", 1)
        erase(connection, "P-1", by="Kim")
        assert answers_seen(connection, "ADA") == {stays: 1}
        (left,) = all_doubts(connection)
        assert left.id == stays
        assert [one.text for one in left.answers] == [ERASED]
        for table in (doubts, doubt_answers, seen_doubts):
            rows = [tuple(row) for row in connection.execute(select(table))]
            assert len(rows) == 1
            assert "P-1 " not in str(rows)


def test_words_taken_out_of_a_text_go_out_of_doubts_about_it(store: Store) -> None:
    """Of the transcript alone, in questions and in answers."""
    with store.writing() as connection:
        theirs, others = _passage(connection, "P-1"), _passage(connection, "P-2")
        for passage in (theirs, others):
            asked = add_doubt(connection, Doubt("Ada", "Who is Berta?", True, passage=passage))
            add_answer(connection, asked, DoubtAnswer("Ben", "Berta is the nurse."))
        count = blank_writings(connection, theirs.transcript, lambda words: words.replace("Berta", "[…]"))
        assert count == 2
        first, second = all_doubts(connection)
        assert (first.text, first.answers[0].text) == ("Who is […]?", "[…] is the nurse.")
        assert (second.text, second.answers[0].text) == ("Who is Berta?", "Berta is the nurse.")


def test_what_somebody_has_seen_is_kept_for_each_and_never_grows_less(store: Store) -> None:
    """A window that was opened earlier and tells later takes nothing back; whoever looks is made no coder."""
    with store.writing() as connection:
        asked = add_doubt(connection, Doubt("Ada", "Which code?", True, code="money"))
        for count in (0, 2, 1):
            keep_seen(connection, asked, "Ada", count)
        keep_seen(connection, asked, "Lea", 0)
        assert [answers_seen(connection, who) for who in ("ada", "Lea", "Ben")] == [
            {asked: 2},
            {asked: 0},
            {},
        ]
        assert [doubt.author for doubt in doubts_concerning(connection, "Ada", with_open=False)] == ["Ada"]
        assert doubts_concerning(connection, "Lea", with_open=False) == ()


def test_what_concerns_somebody_is_what_they_wrote_or_answered_or_what_waits(store: Store) -> None:
    """A settled question of others, a memo of others, and what was taken back concern nobody else."""
    with store.writing() as connection:
        mine = add_doubt(connection, Doubt("Ada", "A memo.", case="E"))
        answered = add_doubt(connection, Doubt("Ben", "And this?", True, code="money"))
        add_answer(connection, answered, DoubtAnswer("Ada", "No."))
        add_answer(connection, answered, DoubtAnswer("Lea", "No.", settles=True))
        waits = add_doubt(connection, Doubt("Ben", "Who knows?", True))
        settled = add_doubt(connection, Doubt("Ben", "Settled?", True))
        add_answer(connection, settled, DoubtAnswer("Lea", "Yes.", settles=True))
        add_doubt(connection, Doubt("Ben", "A memo of his."))
        take_back(connection, add_doubt(connection, Doubt("Ada", "Taken back.", True)))
        for with_open, ids in ((False, [mine, answered]), (True, [mine, answered, waits])):
            its = doubts_concerning(connection, "Ada", with_open=with_open)
            assert [doubt.id for doubt in its] == ids
