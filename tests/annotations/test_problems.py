"""However many files or rows have a problem, a person reads few lines."""

from __future__ import annotations

import pytest

from annotations.problems import MOST_LINES, Problem, Problems, in_few_lines, problem_of


@pytest.mark.parametrize(
    ("sentence", "row", "column", "reason"),
    [
        ("a.txt is empty.", None, "", "is empty."),
        ("a.txt: the date is none.", None, "", "the date is none."),
        ('a.txt, row 7, column "case": it is odd.', 7, "case", "it is odd."),
        ("a.txt, row 7: it is odd.", 7, "", "it is odd."),
        ("there is nothing.", None, "", "there is nothing."),
    ],
)
def test_a_sentence_is_taken_apart(sentence: str, row: int | None, column: str, reason: str) -> None:
    """Into its place and its reason; what does not begin with the place is the reason as a whole."""
    found = problem_of("a.txt", sentence)
    assert (found.file, found.row, found.column, found.reason) == ("a.txt", row, column, reason)
    assert sentence in str(found)


def test_a_thousand_files_with_one_problem_are_one_line() -> None:
    """With their number and the first three; what a file is called is no other problem."""
    empty = [problem_of(f"t{at}.txt", f"t{at}.txt is empty.") for at in range(1000)]
    taken = [problem_of(f"d/t{at}.txt", f'd/t{at}.txt: a transcript "t{at}" is there.') for at in range(999)]
    assert in_few_lines([*taken, *empty]) == (
        "t0.txt, t1.txt, t2.txt … (1,000 ×): each is empty.",
        'd/t0.txt, d/t1.txt, d/t2.txt … (999 ×): a transcript "…" is there.',
    )


def test_rows_of_two_files_stay_apart() -> None:
    """A number of a row says nothing without its file."""
    rows = [Problem(file, "it is odd", row) for file in ("a.csv", "b.csv") for row in (2, 3)]
    assert in_few_lines(rows) == ("a.csv, rows 2, 3 (2 ×): it is odd.", "b.csv, rows 2, 3 (2 ×): it is odd.")


def test_the_error_of_many_says_each_kind_once() -> None:
    """It keeps every one of them, and what was said at its end."""
    many = [Problem("m.csv", f"kind {at}", at) for at in range(100)]
    error = Problems([*many, *many], "Nothing was imported.")
    lines = str(error).splitlines()
    assert len(lines) == MOST_LINES + 2
    assert lines[-1] == "Nothing was imported."
    assert len(error.problems) == 200
