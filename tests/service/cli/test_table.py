"""A table for people: whatever the width, each figure stands whole beside what it is of."""

from __future__ import annotations

import pytest

from service.cli.output import table

COLUMNS = ("group", "code", "segments", "precision", "recall", "kappa", "ticks right")
ROWS = [
    (
        "Barriers",
        f"A rather long name of a code, number {at}",
        90 + at,
        f"0.3{at}",
        f"0.4{at}",
        kappa,
        "6 of 98",
    )
    for at, kappa in enumerate(("−0.03 (−0.05 to −0.01)*", "0.57 (0.29 to 0.85)*", "1.00"))
]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 200])
def test_no_figure_is_cut_whatever_the_width(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half of a figure is another figure, so a narrow window shows the figures in several tables."""
    monkeypatch.setenv("COLUMNS", str(width))
    table("", COLUMNS, ROWS, numbers=5)
    printed = capsys.readouterr().out
    for head in COLUMNS[2:]:
        assert head in printed
    for row in ROWS:
        for figure in row[2:]:
            assert str(figure) in printed


def test_each_part_of_a_wide_table_names_its_rows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Figures that stand in a second table stand beside the codes again."""
    monkeypatch.setenv("COLUMNS", "80")
    table("Codes", COLUMNS, ROWS, numbers=5)
    parts = capsys.readouterr().out.split("\n\n")
    assert len(parts) > 1
    assert parts[0].startswith("Codes")
    for part in parts:
        assert part.count("number") == len(ROWS)
        assert max(len(line.rstrip()) for line in part.splitlines()) <= 80


def test_a_table_that_fits_stays_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there is room, nothing is taken apart; a bracket of somebody's name is no markup."""
    monkeypatch.setenv("COLUMNS", "200")
    table("", COLUMNS, [("[red]", *ROWS[0][1:]), *ROWS[1:]], numbers=5)
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == 1 + len(ROWS)
    assert "[red]" in printed
