"""Saturation by a worked example, and where it cannot be told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotations.patterns.saturation import Interviewed, saturation


def _interviews(*codes: str) -> list[Interviewed]:
    return [Interviewed(f"I{at}", f"P{at}", "", frozenset(its)) for at, its in enumerate(codes, 1)]


def test_a_worked_example() -> None:
    """20 codes in four interviews; then 2 and 1 new, 1 and 0, 0 and 1: the run of interviews 6 and 7 brings 5 %."""
    base = "abcdefghijklmnopqrst"
    found = saturation(
        "E", _interviews(base[:8], base[:12], base[6:15], base[10:], "uv" + base[:3], "w", "a", "x")
    )
    assert [len(step.new) for step in found.steps] == [8, 4, 3, 5, 2, 1, 0, 1]
    assert [step.known for step in found.steps] == [8, 12, 15, 20, 22, 23, 23, 24]
    assert [step.run_new for step in found.steps] == [None] * 5 + [3, 1, 1]
    assert [step.new_information for step in found.steps][5:] == [0.15, 0.05, 0.05]
    assert (found.base_codes, found.at, found.said) == (20, 5, "5 + 2")


def test_informants_of_each_code_are_counted_as_they_come() -> None:
    """Once each, however often they are interviewed."""
    interviews = [
        Interviewed("I1", "P1", "", frozenset("a")),
        Interviewed("I2", "P1", "", frozenset("ab")),
        Interviewed("I3", "P2", "", frozenset("b")),
    ]
    assert saturation("E", interviews).informants == {"a": (1, 1, 1), "b": (0, 1, 2)}


def test_a_base_that_nobody_has_read_yet_is_no_zero() -> None:
    """Until as many interviews were read, nobody knows how many codes the base has; then none is 0."""
    assert saturation("E", _interviews("ab", "c")).base_codes is None
    assert saturation("E", _interviews("", "", "", "")).base_codes == 0


def test_why_there_is_none() -> None:
    """Too few interviews, nothing coded in the base, and new codes to the end."""
    assert saturation("E", _interviews("a", "b")).said == (
        "cannot tell: it takes 6 interviews (a base of 4 and a run of 2), and 2 were read"
    )
    assert "1 was read" in saturation("E", _interviews("a")).said
    assert saturation("E", _interviews("", "", "", "", "a", "b")).said == (
        "cannot tell: the first 4 interviews carry no code"
    )
    assert saturation("E", _interviews("a", "b", "c", "d", "e", "f")).said == (
        "not reached: no run of 2 brought 5 % or less new codes"
    )
    assert saturation("E", _interviews("a", "b"), base=1, run=1, threshold=0.005).said == (
        "not reached: no run of 1 brought 0.5 % or less new codes"
    )
    assert saturation("E", _interviews("", "a"), base=1, run=1).said == (
        "cannot tell: the first interview carries no code"
    )
    assert saturation("E", _interviews("a", "a"), base=1, run=1).said == "1 + 1"


@given(
    st.lists(st.frozensets(st.sampled_from("abcdefgh"), max_size=5), max_size=12),
    st.integers(1, 4),
    st.integers(1, 3),
)
def test_new_codes_add_up_to_all(codes: list[frozenset[str]], base: int, run: int) -> None:
    """Whatever base and run; saturation is reached no earlier than after the base."""
    found = saturation("E", _interviews(*("".join(its) for its in codes)), base=base, run=run)
    assert sum(len(step.new) for step in found.steps) == len(frozenset().union(*codes))
    assert found.at is None or found.at >= base
