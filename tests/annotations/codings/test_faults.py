"""However many rows are at fault, a person reads few lines."""

from __future__ import annotations

from annotations.codings.faults import MOST_LINES, Fault, in_few_lines

UNKNOWN = 'code "Chamption" is not known. Did you mean "Champion"?'


def test_a_thousand_equal_faults_are_one_line() -> None:
    """With their number, the first three rows and the nearest name."""
    faults = [Fault("c.csv", row, "code", UNKNOWN) for row in range(2, 1002)]
    assert in_few_lines(faults) == (f'c.csv, rows 2, 3, 4 … (1,000 ×), column "code": {UNKNOWN}',)


def test_a_single_fault_reads_as_ever() -> None:
    """File, row, column and reason."""
    assert in_few_lines([Fault("c.csv", 7, "code", "no")]) == ('c.csv, row 7, column "code": no.',)


def test_the_kind_that_explains_most_rows_comes_first() -> None:
    """Single ones follow in the order of the file; beyond 30 lines the rest is counted."""
    faults = [Fault("c.csv", row, "quote", f"reason {row}") for row in range(2, 102)]
    faults += [Fault("c.csv", row, "code", UNKNOWN) for row in (5, 6)]
    lines = in_few_lines(faults)
    assert lines[0].startswith("c.csv, rows 5, 6 (2 ×)")
    assert lines[1].startswith("c.csv, row 2,")
    assert len(lines) == MOST_LINES + 1
    assert "71 more" in lines[-1]
