"""Errors are sentences for people, and say how the program ends."""

from __future__ import annotations

from annotations.errors import BadInput, Busy, NoStudy, TandemError, UnknownName, nearest, unknown


def test_bad_input_and_failure_end_differently() -> None:
    """Bad input ends with 2, everything else that fails with 1."""
    assert {error.exit_status for error in (BadInput, UnknownName, NoStudy)} == {2}
    assert {error.exit_status for error in (TandemError, Busy)} == {1}


def test_the_nearest_name_is_found_in_any_case() -> None:
    """A slip and another case still find the name; something else finds none."""
    assert nearest("MONNEY", ["Money", "People"]) == "Money"
    assert nearest("xyzzy", ["Money", "People"]) is None
    assert nearest("Money", []) is None


def test_an_unknown_name_says_what_is_near() -> None:
    """The sentence names what was found, where, the nearest known name and the remedy."""
    error = unknown("code", "Monney", ["Money", "People"], where="a.csv, row 3", remedy="Correct it.")
    assert str(error) == 'a.csv, row 3: code "Monney" is not known. Did you mean "Money"? Correct it.'


def test_an_unknown_name_without_a_near_one_lists_what_is_known() -> None:
    """Where nothing is near, the known names stand there, at most twelve."""
    assert "Known: Money, People." in str(unknown("code", "xyzzy", ["People", "Money"]))
    many = str(unknown("code", "xyzzy", [f"{number:02}" for number in range(20)]))
    assert "11 …" in many
    assert "12" not in many
