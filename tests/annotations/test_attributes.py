"""What is known of participants and cases: asked for, filtered by, kept, changed and erased."""

from __future__ import annotations

import pytest
from builders import a_transcript
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.attributes import Attribute, Attributes, Owner, fault_of_attribute, filters_of
from annotations.errors import BadInput, UnknownName
from annotations.store.attributes import all_attributes, count_of, keep_attributes
from annotations.store.database import Store
from annotations.store.transcripts import add_transcript
from annotations.store.withdrawals import erase, rows_left

ANA = Attribute(Owner.PARTICIPANT, "JKG-01", "Role", "leader; union")
BEN = Attribute(Owner.PARTICIPANT, "JKG-02", "Role", "provider")
CASE = Attribute(Owner.CASE, "ESTHER", "Country", "Sweden")
TWICE = Attribute(Owner.CASE, "ESTHER", "role", "lead site")


def test_a_participant_has_their_own_attributes_and_those_of_their_case() -> None:
    """Names in any case; of a name that both have, the case's is told apart."""
    known = Attributes([ANA, BEN, CASE, TWICE])
    assert known.names == ("Role", "Country", "case role")
    assert dict(known.of(participant="jkg-01", case="Esther")) == {
        "Country": "Sweden",
        "case role": "lead site",
        "Role": "leader; union",
    }
    assert known.of(participant="", case="") == {}
    assert known.counts()["Role"] == {"participants": 2, "cases": 0}
    assert known.resolve("COUNTRY") == "Country"
    with pytest.raises(UnknownName, match='Did you mean "Country"'):
        known.resolve("Countri")


def test_a_filter_keeps_who_has_the_value() -> None:
    """Any of the values named, in any case, and each part of a value with several; all filters must hold."""
    known = Attributes([ANA, BEN, CASE])
    one, two = (known.of(participant=code, case="ESTHER") for code in ("JKG-01", "JKG-02"))
    (leaders,) = filters_of(["role=Leader"], known)
    assert (leaders.keeps(one), leaders.keeps(two), leaders.keeps({})) == (True, False, False)
    (both,) = filters_of(["Role=leader;provider"], known)
    assert both.keeps(one)
    assert both.keeps(two)
    for words in ("role", "role=", "=leader", "role=;"):
        with pytest.raises(BadInput, match="is no filter"):
            filters_of([words], known)
    with pytest.raises(UnknownName, match='Did you mean "provider"'):
        filters_of(["role=provder"], known)


def test_what_may_be_no_attribute() -> None:
    """A name that cannot be seen or belongs to transcripts, and a value that is too long or steers a terminal."""
    assert fault_of_attribute("Date of interview", "3 March\nmorning") is None
    for name, value in (("", "a"), ("a\nb", "a"), ("Wave", "1"), ("may train", "x"), ("a", "x" * 2001)):
        assert fault_of_attribute(name, value), name
    assert fault_of_attribute("a", "\x1b[2J")


def test_the_newest_word_holds(store: Store) -> None:
    """New, changed, unchanged and taken away are told apart; a spelling of before stays."""
    with store.writing() as connection:
        assert [a.value for a in keep_attributes(connection, [ANA, CASE]).new] == ["leader; union", "Sweden"]
        other = Attribute(Owner.PARTICIPANT, "jkg-01", "ROLE", "provider")
        found = keep_attributes(connection, [other, CASE])
        assert (found.unchanged, found.changed[0][1]) == (1, "leader; union")
        gone = keep_attributes(connection, [Attribute(Owner.CASE, "esther", "country", "")])
        assert [a.value for a in gone.removed] == ["Sweden"]
        kept = all_attributes(connection).all
    assert kept == (Attribute(Owner.PARTICIPANT, "JKG-01", "Role", "provider"),)


def test_a_withdrawal_erases_a_participants_attributes(store: Store) -> None:
    """Those of others and of the case stay; of somebody without a transcript they go as well."""
    with store.writing() as connection:
        add_transcript(connection, a_transcript("JKG-01", "How?", "So."))
        keep_attributes(connection, [ANA, BEN, CASE])
        erase(connection, "jkg-01", by="Lea")
        assert rows_left(connection, (), "JKG-01") == {}
        assert all_attributes(connection).all == (BEN, CASE)
        assert rows_left(connection, (), "JKG-02") == {"attributes": 1}
        erase(connection, "JKG-02", by="Lea")
        assert count_of(connection, "JKG-02") == 0


_WORD = st.text(st.sampled_from("aAıßée\u0301日Жم न1 =;👩‍⚕"), min_size=1, max_size=6).filter(str.strip)


@given(st.lists(st.tuples(_WORD, _WORD, _WORD), max_size=6))
@settings(max_examples=40)
def test_each_value_that_was_said_is_found_again(said: list[tuple[str, str, str]]) -> None:
    """In all scripts: what a participant was given under a name is what they have, and a filter on it keeps them."""
    known = Attributes(Attribute(Owner.PARTICIPANT, who, name, value) for who, name, value in said)
    for who, name, _ in said:
        value = known.of(participant=who, case="")[known.resolve(name)]
        assert value in known.values(name)
        if "=" not in name and ";" not in value and value.strip() == value:
            assert filters_of([f"{name}={value}"], known)[0].keeps(known.of(participant=who, case=""))
