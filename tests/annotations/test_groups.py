"""What is never split between learning and testing."""

from __future__ import annotations

import pytest
from builders import a_transcript
from hypothesis import given
from hypothesis import strategies as st

from annotations.groups import GroupBy, groups_of
from annotations.transcript import Transcript


def _described(name: str, participant: str = "", session: str = "", **more: object) -> Transcript:
    made = a_transcript(name, "So?", "Well.", **more)
    return Transcript(
        name=made.name,
        text=made.text,
        turns=made.turns,
        participant=participant,
        session=session,
        case=made.case,
        site=made.site,
    )


def test_a_participant_is_one_group() -> None:
    """All transcripts of a person are one group, whatever their wave; another person is another."""
    found = groups_of([_described("a", "P1"), _described("b", "P2"), _described("c", "P1")])
    assert found == ("participant P1", "participant P2", "participant P1")


def test_a_session_joins_its_transcripts() -> None:
    """The field note of an interview goes with it, and with all else that the person said."""
    found = groups_of(
        [
            _described("interview", "P1", "monday"),
            _described("field note", "", "monday"),
            _described("later", "P1"),
            _described("other", "P2", "tuesday"),
        ]
    )
    assert found[0] == found[1] == found[2] != found[3]


def test_joining_goes_through_others() -> None:
    """Two people interviewed together are one group, with everything of either, in whatever order they come."""
    chain = [
        _described("alone 1", "P1"),
        _described("alone 2", "P2"),
        _described("both, first voice", "P1", "joint"),
        _described("both, second voice", "P2", "joint"),
    ]
    assert len(set(groups_of(chain))) == 1
    assert len(set(groups_of(chain[::-1]))) == 1


def test_a_transcript_of_nobody_stands_alone() -> None:
    """Unknown participants are not one person called ""."""
    assert groups_of([_described("a"), _described("b")]) == ("transcript a", "transcript b")


def test_a_participant_is_not_a_session_of_that_name() -> None:
    """The same word as a participant and as a session joins nothing."""
    assert len(set(groups_of([_described("a", "x"), _described("b", "", "x")]))) == 2


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("transcript", ("transcript a", "transcript b", "transcript c")),
        ("site", ("site North", "site North", "transcript c")),
        ("case", ("case One", "transcript b", "case One")),
    ],
)
def test_other_groups(by: GroupBy, expected: tuple[str, ...]) -> None:
    """By transcript, site or case; what has no site or case stands alone."""
    found = [
        _described("a", "P1", site="North", case="One"),
        _described("b", "P1", site="North"),
        _described("c", "P1", case="One"),
    ]
    assert groups_of(found, by) == expected


def test_no_transcripts_have_no_groups() -> None:
    """An empty study has no groups."""
    assert groups_of([]) == ()


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "P1", "P2", "P3"]), st.sampled_from(["", "s1", "s2"])), max_size=9
    )
)
@pytest.mark.slow
def test_groups_are_what_is_connected(drawn: list[tuple[str, str]]) -> None:
    """Two transcripts are in one group just where a chain of shared people and sessions links them."""
    found = groups_of([_described(f"t{at}", *one) for at, one in enumerate(drawn)])
    linked = [[at == to for to in range(len(drawn))] for at in range(len(drawn))]
    for _ in drawn:
        linked = [
            [
                any(
                    linked[at][via]
                    and (via == to or any(a and a == b for a, b in zip(drawn[via], drawn[to], strict=True)))
                    for via in range(len(drawn))
                )
                for to in range(len(drawn))
            ]
            for at in range(len(drawn))
        ]
    for at in range(len(drawn)):
        for to in range(len(drawn)):
            assert (found[at] == found[to]) == linked[at][to]


def test_a_participant_s_code_is_the_same_in_any_case() -> None:
    """Two spellings of one person are one group; otherwise a model is tested on whom it has seen."""
    found = groups_of(
        [a_transcript("A", "q", "a", speaker="P-01"), a_transcript("B", "q", "a", speaker="p-01 ")]
    )
    assert found[0] == found[1]
