"""Words of somebody who withdraws go wherever people quoted them, and nobody else's do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import a_transcript
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.coding import Coding, Condition
from annotations.store.cell_place import CellPlace
from annotations.store.codebook_versions import codebook_content, keep_codebook
from annotations.store.database import Store
from annotations.store.doubts import Doubt, DoubtAnswer, add_answer, add_doubt, all_doubts
from annotations.store.events import CaseEvent, all_events, keep_events
from annotations.store.forget_copies import ERASED, rows_holding
from annotations.store.jobs import all_jobs, ask_for
from annotations.store.loose_codings import add_loose_codings, loose_codings
from annotations.store.quoted_words import Quoting
from annotations.store.ratings import Rating, add_ratings, all_ratings
from annotations.store.tables import metadata
from annotations.store.transcripts import add_transcript
from annotations.store.withdrawals import erase
from annotations.store.written_cells import Summary, add_summary, all_summaries
from annotations.transcript import Span

SAID = "the «ferry» never came back for us that winter, not once"
SHARED = "so how did you come to work at the harbour office then"
QUOTED = f"As somebody put it: {SAID.replace(' that', '  that')}!"
PLACE = CellPlace("early", "money", (("case", "E"),))


@pytest.mark.parametrize(
    ("words", "quotes"),
    [
        (SAID, True),
        (f"x {SAID[7:44]} y", True),
        (QUOTED, True),
        (SAID[:31], False),
        (SHARED, False),
        ("the ferry came", False),
        ("", False),
    ],
)
def test_who_is_quoted(words: str, quotes: bool) -> None:
    """Thirty-two characters in a row, however spaced, that stand in nobody else's text."""
    assert Quoting([f"{SHARED} well {SAID} yes"], [f"then: {SHARED}"])(words) is quotes


@given(st.text("ab ñ\n", max_size=50), st.text("cd", min_size=32, max_size=70), st.data())
def test_a_quote_is_seen_wherever_it_stands(before: str, theirs: str, data: st.DataObject) -> None:
    """Whatever stands before and after it, and wherever it was cut from."""
    begin = data.draw(st.integers(0, len(theirs) - 32))
    assert Quoting([f"well {theirs} yes"], [])(f"{before}{theirs[begin : begin + 32]}{before}")


def test_what_people_quoted_goes_with_whom_they_quoted(store: Store) -> None:
    """Memos, questions, answers, summaries, events, reasons, an example of the codebook; what others said stays."""
    code = Code("money", "Money", "t", "Topics/Money", example=QUOTED, definition="What it costs.")
    book = Codebook(
        "Ours",
        (Framework("t", "Topics"),),
        (code, replace(code, id="b", path="Topics/B", name="B", example="")),
    )
    with store.writing() as connection:
        add_transcript(connection, a_transcript("P-1", SHARED, f"Well, {SAID}."))
        other = add_transcript(
            connection, a_transcript("P-2", SHARED, "Money is short, and it always was, I tell you.")
        )
        version = keep_codebook(connection, book)
        for text in (QUOTED, f"They all were asked: {SHARED}"):
            add_doubt(connection, Doubt("Ada", text))
            kept = add_doubt(connection, Doubt("Ada", f"Well? {len(text)}", is_question=True))
            add_answer(connection, kept, DoubtAnswer("Ben", text))
            add_summary(connection, Summary(replace(PLACE, code=f"c{len(text)}"), "Kim", text))
            add_ratings(connection, [Rating(PLACE, f"Kim {len(text)}", "1", text)])
            keep_events(connection, [CaseEvent("E", "2017", text)])
            add_loose_codings(
                connection,
                other,
                "Ada",
                Condition.INDEPENDENT,
                [Coding("money", Span(0, len(text)), memo=text)],
            )
        ask_for(connection, "export", {"key": "summary", "narrowed": {"for": ["p-1"]}})
        ask_for(connection, "export", {"key": "summary", "narrowed": {"for": ["P-2"]}})
        erase(connection, "P-1", by="Kim")
        texts = [doubt.text for doubt in all_doubts(connection)]
        assert QUOTED not in texts
        assert len(texts) == 3
        answers = [answer.text for doubt in all_doubts(connection) for answer in doubt.answers]
        assert sorted(answers) == sorted([ERASED, f"They all were asked: {SHARED}"])
        assert len(all_summaries(connection)) == len(all_events(connection)) == 1
        assert ERASED in [rating.rationale for rating in all_ratings(connection)]
        assert [kept.coding.memo for kept in loose_codings(connection)] == [
            ERASED,
            f"They all were asked: {SHARED}",
        ]
        example = codebook_content(connection, version)["frameworks"][0]["codes"][0]
        assert (example["example"], example["definition"]) == (ERASED, "What it costs.")
        asked = [job.arguments["narrowed"]["for"] for job in all_jobs(connection)]
        assert asked == [["P-2"], [ERASED]]
        assert rows_holding(connection, [SAID[:32], SAID[20:52]]) == {}
        for table in metadata.sorted_tables:
            rows = str([tuple(row) for row in connection.execute(select(table))])
            assert "never came back" not in rows, table.name


def test_words_that_are_left_are_found_by_their_table(store: Store) -> None:
    """In any column of text, and as JSON writes them."""
    with store.writing() as connection:
        add_doubt(connection, Doubt("Ada", QUOTED))
        ask_for(connection, "export", {"key": SAID})
        assert rows_holding(connection, ["the «ferry» never came back for us"]) == {"doubts": 1, "jobs": 1}
        assert rows_holding(connection, ["nobody ever said this at all, did they"]) == {}
