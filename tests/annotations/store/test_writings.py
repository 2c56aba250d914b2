"""What people write into tables and timelines is kept, and goes with whom it is about."""

from __future__ import annotations

from uuid import UUID

import pytest
from builders import a_transcript
from sqlalchemy import Connection, func, select

from annotations.store.cell_place import CellPlace, RestingPassage
from annotations.store.database import Store
from annotations.store.events import CaseEvent, all_events, keep_events, remove_events
from annotations.store.forget_writings import ERASED, naming
from annotations.store.ratings import Rating, add_ratings, all_ratings
from annotations.store.tables import chosen_quotes, event_passages, metadata, summary_passages
from annotations.store.transcripts import add_transcript
from annotations.store.withdrawals import erase
from annotations.store.written_cells import (
    ChosenQuote,
    Distinguishing,
    Summary,
    add_chosen_quotes,
    add_distinguishing,
    add_summary,
    all_summaries,
    current_distinguishing,
    current_quotes,
    current_summaries,
)

PLACE = CellPlace("early", "money", (("case", "E"), ("wave", "2")))


def _passages(connection: Connection) -> dict[str, RestingPassage]:
    """One passage of each of two participants and one of a document."""
    found = {}
    for name in ("P-1", "P-10", "Report"):
        transcript = a_transcript(name, "How?", f"{name} said so.")
        object.__setattr__(transcript, "participant", "" if name == "Report" else name)
        kept: UUID = add_transcript(connection, transcript)
        found[name] = RestingPassage(kept, transcript.turns[1].span, transcript.text_hash)
    return found


def test_a_cell_is_found_by_any_spelling_and_order() -> None:
    """The key does not depend on case or on which column stands first."""
    assert PLACE.key == CellPlace("early", "money", (("Wave", "2"), ("case", "e"))).key
    assert PLACE.key != CellPlace("", "money", PLACE.column).key
    assert PLACE.key != CellPlace("early", "money", (("case", "2"), ("wave", "E"))).key


def test_the_newest_summary_of_an_author_holds(store: Store) -> None:
    """Another author's stands beside it; an empty one takes the author's own back; nothing is lost."""
    with store.writing() as connection:
        passages = _passages(connection)
        for author, text in (("Ada", "first"), ("Ben", "other"), ("Ada", "second")):
            add_summary(connection, Summary(PLACE, author, text, (passages["P-1"],)))
        assert [one.text for one in current_summaries(connection)] == ["other", "second"]
        add_summary(connection, Summary(PLACE, "Ben", ""))
        assert [one.text for one in current_summaries(connection)] == ["second"]
        assert [one.text for one in all_summaries(connection)] == ["first", "other", "second", ""]
        (held,) = current_summaries(connection)
        assert (held.passages, held.place.key) == ((passages["P-1"],), PLACE.key)


def test_ratings_come_back_in_their_order(store: Store) -> None:
    """With all that was said of them."""
    with store.writing() as connection:
        add_ratings(
            connection,
            [
                Rating(PLACE, "Ada", "2", "why"),
                Rating(PLACE, "Ada", "1"),
                Rating(PLACE, "Ben", "0", "x", True),
            ],
        )
        found = all_ratings(connection)
    assert [(one.rater, one.value, one.rationale, one.consensus) for one in found] == [
        ("Ada", "2", "why", False),
        ("Ada", "1", "", False),
        ("Ben", "0", "x", True),
    ]
    assert found[0].place == PLACE


def test_quotes_are_chosen_and_left(store: Store) -> None:
    """And so is what distinguishes the cases."""
    with store.writing() as connection:
        passages = _passages(connection)
        quote = ChosenQuote("money", passages["P-1"], "Ada")
        add_chosen_quotes(connection, [quote])
        assert current_quotes(connection) == (quote,)
        add_chosen_quotes(connection, [ChosenQuote("money", passages["P-1"], "Ben", chosen=False)])
        assert current_quotes(connection) == ()
        add_distinguishing(
            connection,
            [Distinguishing("", "money", "weakly", "Ada"), Distinguishing("", "money", "strongly", "Ben")],
        )
        assert current_distinguishing(connection)[("", "money")].words == "strongly"
        add_distinguishing(connection, [Distinguishing("", "money", "", "Ben")])
        assert current_distinguishing(connection) == {}


def test_events_are_kept_once_changed_and_removed(store: Store) -> None:
    """The same case, date and text is the same event, and takes what is said of it now."""
    with store.writing() as connection:
        passages = _passages(connection)
        event = CaseEvent("E", "early 2017", "It began", source="minutes")
        assert len(keep_events(connection, [event]).new) == 1
        assert keep_events(connection, [event]).unchanged == 1
        richer = CaseEvent(
            "e",
            "Early 2017",
            "it began",
            actor="Board",
            passages=(passages["P-1"], RestingPassage(passages["Report"].transcript, None, "h")),
        )
        assert len(keep_events(connection, [richer]).changed) == 1
        (held,) = all_events(connection)
        assert (held.actor, held.source, held.passages) == ("Board", "", richer.passages)
        assert [one.text for one in remove_events(connection, [event])] == ["it began"]
        assert all_events(connection) == ()


def test_a_withdrawal_takes_what_was_written_of_a_participant(store: Store) -> None:
    """Summaries that rest on their words or name them, with earlier wordings; events that nothing else supports."""
    other = CellPlace("", "money", (("case", "F"),))
    person = CellPlace("", "money", (("participant", "p-1"),))
    with store.writing() as connection:
        passages = _passages(connection)
        mine, hers, report = (passages[name] for name in ("P-1", "P-10", "Report"))
        add_summary(connection, Summary(PLACE, "Kim", "an earlier wording"))
        add_summary(connection, Summary(PLACE, "Kim", "both said it", (mine, hers)))
        add_summary(connection, Summary(PLACE, "Lee", "she alone", (hers,)))
        add_summary(connection, Summary(other, "Kim", "as p-1 says"))
        add_summary(connection, Summary(other, "Lee", "as P-10 says"))
        add_summary(connection, Summary(person, "Lee", "a person's column"))
        add_ratings(
            connection, [Rating(PLACE, "Kim", "1", "P-1 told us"), Rating(PLACE, "Lee", "1", "P-10 told us")]
        )
        add_distinguishing(connection, [Distinguishing("", "money", "P-1 shows it", "Kim")])
        add_chosen_quotes(connection, [ChosenQuote("money", mine, "Kim"), ChosenQuote("money", hers, "Kim")])
        keep_events(
            connection,
            [
                CaseEvent("E", "2017", "theirs alone", passages=(mine,)),
                CaseEvent("E", "2018", "hers too", passages=(mine, hers)),
                CaseEvent("E", "2019", "in the minutes", passages=(mine,), source="minutes"),
                CaseEvent("E", "2020", "the report", passages=(report,)),
                CaseEvent("E", "2021", "done", actor="P-1"),
            ],
        )
        erase(connection, "p-1", by="Kim")
        assert [one.text for one in current_summaries(connection)] == ["she alone", "as P-10 says"]
        assert [one.text for one in all_summaries(connection)] == ["she alone", "as P-10 says"]
        assert [one.rationale for one in all_ratings(connection)] == [ERASED, "P-10 told us"]
        assert current_distinguishing(connection)[("", "money")].words == ERASED
        assert [one.passage for one in current_quotes(connection)] == [hers]
        assert [one.text for one in all_events(connection)] == ["hers too", "in the minutes", "the report"]
        for table, left in ((summary_passages, 1), (chosen_quotes, 1), (event_passages, 2)):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == left
        for table in metadata.sorted_tables:
            if table.name != "withdrawals":
                rows = str([tuple(row) for row in connection.execute(select(table))])
                assert "P-1 " not in rows, table.name


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("as P-1 said", True),
        ("(p-1)", True),
        ("P-1, P-2", True),
        ("P-10", False),
        ("P-1-FL", False),
        ("XP-1", False),
        ("", False),
    ],
)
def test_who_is_named(words: str, named: bool) -> None:
    """As a whole word, in any case."""
    assert naming(["P-1", " "])(words) is named
    assert not naming([""])(words)
