"""The predictions behind an evaluation as a file, and every figure computed again from it."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from builders import REPOSITORY, WordEncoder
from commands import commands_on
from study_to_train import GROUPS, describe, import_rows, what_is_said

from annotations.errors import BadInput
from service.cli import evaluate as evaluate_command
from service.composition import Parts
from service.serving.held_out_table import COLUMNS, write_held_out
from service.serving.train_and_evaluate import evaluate, train

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]
FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def twice_coded(parts: Parts, tmp_path: Path) -> Parts:
    """A second coder, whose name a spreadsheet would run, differs here and there on a few interviews."""
    rows = [
        (f"P-{at:02d}", FORMULA, ("Money", "People", "")[(topic + (turn == 3)) % 3], 2 * turn + 1)
        for at in range(0, GROUPS, 2)
        for turn, (_, topic) in enumerate(what_is_said(at))
    ]
    import_rows(parts, tmp_path, rows)
    return parts


def _written(parts: Parts, file: Path) -> tuple[dict[str, Any], list[dict[str, str]]]:
    evaluated = evaluate(parts, group_by="participant", anew=True)
    assert evaluated.held_out is not None
    count = write_held_out(evaluated, evaluated.held_out, parts.codebook, 0.3, file)
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == count
    return evaluated.figures, rows


def test_the_lines_of_the_page_give_the_figures_again(twice_coded: Parts, tmp_path: Path) -> None:
    """Whoever copies them from docs/models.md gets what the command shows."""
    figures, rows = _written(twice_coded, tmp_path / "heldout.csv")
    page = (REPOSITORY / "docs" / "models.md").read_text("utf-8")
    lines = re.search(r"With pandas and scikit-learn:\n\n((?:    .*\n|\n)+)", page)
    assert lines is not None
    *work, _ = dedent(lines[1]).strip().splitlines()
    known: dict[str, Any] = {}
    exec("\n".join(work).replace('"heldout.csv"', repr(str(tmp_path / "heldout.csv"))), known)  # noqa: S102
    overall = figures["overall"]
    assert known["micro_f1"] == pytest.approx(overall["micro_f1"])
    assert known["f1"].mean() == pytest.approx(overall["macro_f1"])
    assert known["precision"].mean() == pytest.approx(overall["macro_ap"])
    assert known["kappa"] == pytest.approx(overall["kappa"])
    assert known["brier"] == pytest.approx(overall["brier"])
    assert set(rows[0]) == set(COLUMNS)


def test_a_group_lies_in_one_fold_and_a_random_split_tears_it_apart(
    twice_coded: Parts, tmp_path: Path
) -> None:
    """Both splits stand in the file, and how many coders judged each passage."""
    _, rows = _written(twice_coded, tmp_path / "held.csv")
    groups = {row["group"] for row in rows}
    assert groups == {f"participant P-{at:02d}" for at in range(GROUPS)}
    for group in groups:
        its = [row for row in rows if row["group"] == group]
        assert len({row["fold"] for row in its}) == 1
        assert len({row["fold_at_random"] for row in its}) > 1
    assert {row["fold"] for row in rows} == {"1", "2", "3", "4", "5"}
    for row in rows:
        at = int(row["transcript"].removeprefix("P-"))
        assert row["coders"] == ("1" if at % 2 else "2")
        topic = what_is_said(at)[(int(row["turn"]) - 1) // 2][1]
        if row["coder"] == "Ines":
            assert row["applied"] == str(row["code"] == ("Money", "People", "")[topic]).lower()


def test_no_word_of_a_transcript_and_no_formula_is_in_the_file(twice_coded: Parts, tmp_path: Path) -> None:
    """A spreadsheet runs nothing of it, and it gives away who and where, not what was said."""
    _, rows = _written(twice_coded, tmp_path / "held.csv")
    assert {row["coder"] for row in rows} == {"Ines", f"'{FORMULA}"}
    said = (tmp_path / "held.csv").read_text("utf-8")
    assert not any(word in said for word in ("budget", "nurse", "snow"))


def test_the_command_writes_the_file_though_the_figures_are_known(
    trained_parts: Parts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """JSON names the file and its rows, and the audit log that it was taken."""
    monkeypatch.setattr(Parts, "embedder", WordEncoder())
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    run, file = commands_on(trained_parts.study.folder), tmp_path / "held.csv"
    said = run("evaluate", "--csv", str(file))
    rows = len(file.read_text("utf-8-sig").splitlines()) - 1
    assert said["held_out"] == {"file": str(file), "rows": rows}
    assert "held-out predictions" in str(run("audit"))


@pytest.mark.parametrize(("name", "why"), [("held.xlsx", ".xlsx"), ("nowhere/held.csv", "does not exist")])
def test_a_file_that_cannot_be_is_refused_before_the_work(
    parts: Parts, tmp_path: Path, name: str, why: str
) -> None:
    """Nobody waits an hour for that."""
    with pytest.raises(BadInput, match=re.escape(why)):
        evaluate_command.command(csv=tmp_path / name, study=parts.study.folder)


def test_where_nothing_was_predicted_no_file_is_written(
    parts: Parts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The reason is a sentence."""
    monkeypatch.setattr(Parts, "embedder", WordEncoder())
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    file = tmp_path / "held.csv"
    describe(parts, {f"P-{at:02d}" for at in range(2, GROUPS)}, may_train=False)
    with pytest.raises(BadInput, match=r"held\.csv was not written.*2 participants"):
        evaluate_command.command(csv=file, study=parts.study.folder)
    assert not file.exists()


def test_figures_measured_anew_are_those_that_were_known(parts: Parts, tmp_path: Path) -> None:
    """A study of few participants, whose model was measured by cross-validation: nothing is measured otherwise."""
    describe(parts, {f"P-{at:02d}" for at in range(6, GROUPS)}, may_train=False)
    train(parts)
    known = evaluate(parts, group_by="participant")
    assert known.held_out is None
    again, _ = _written(parts, tmp_path / "held.csv")
    assert json.loads(json.dumps(again)) == json.loads(json.dumps(known.figures))
