"""Ratings into the study and out of it."""

from __future__ import annotations

import csv
from pathlib import Path

from commands import Run
from commands_refused import refused, write_lines

HEAD = "phase,code,case,rater,rating,rationale,consensus"


def _rated(tandem: Run) -> dict[str, object]:
    return {
        f"{one['code']} {one.get('case') or one.get('site')}": (one["rating"], one["status"])
        for one in tandem("ratings")["ratings"]
    }


def test_two_raters_then_a_consensus(tandem: Run, tmp_path: Path) -> None:
    """Until they agree the cell has no value; the consensus has its rationale, and everything stays on record."""
    own = write_lines(
        tmp_path / "r.csv",
        [HEAD, "Early,Money,esk,Ada,−2,,", "Early,Money,Esk,Ben,-1,one example,", "Late,People,Tay,Ada,+1,,"],
    )
    assert tandem("ratings", str(own))["kept"] == 3
    assert _rated(tandem) == {"Money Esk": (None, "raters differ"), "People Tay": (1, "one rater")}
    assert tandem("ratings", str(own)) | {"notes": []} == {
        "kept": 0,
        "unchanged": 3,
        "not_rated": 0,
        "notes": [],
        "dry_run": False,
    }
    agreed = write_lines(tmp_path / "a.csv", [HEAD, "Early,Money,Esk,Ada,-2,Two say so with examples,yes"])
    tandem("ratings", str(agreed))
    cell = tandem("matrix")["matrix"]["Early"]["Money"]["Esk"]
    assert (cell["rating"], cell["rating_status"], len(cell["rating_history"])) == (-2, "consensus", 3)
    (pair,) = tandem("ratings")["agreement"]
    assert (pair["raters"], pair["cells"], pair["value"]) == (["Ada", "Ben"], 1, 0.0)
    late = write_lines(tmp_path / "l.csv", [HEAD, "Early,Money,Esk,Ben,-2,,"])
    (note,) = tandem("ratings", str(late))["notes"]
    assert "after a consensus" in note
    assert tandem("ratings")["agreement"] == [pair]


def test_a_form_shows_what_the_rule_proposes_and_nobody_elses_ratings(tandem: Run, tmp_path: Path) -> None:
    """What the rater said before stands in it; filled in, it is read as it is, rows left empty are no ratings."""
    tandem(
        "ratings",
        str(
            write_lines(tmp_path / "r.csv", [HEAD, "Early,Money,Esk,Ada,-2,mine,", "Early,Money,Esk,Ben,2,,"])
        ),
    )
    form = tmp_path / "form.csv"
    assert tandem("ratings", "--form", str(form), "--rater", "Ada")["cells"] == 8
    rows = list(csv.DictReader(form.read_text("utf-8-sig").splitlines()))
    (own,) = [row for row in rows if (row["phase"], row["code"], row["case"]) == ("Early", "Money", "Esk")]
    assert (own["rating"], own["rationale"], own["proposed"], own["codings"], own["participants"]) == (
        "-2",
        "mine",
        "-2",
        "3",
        "2",
    )
    (empty,) = [row for row in rows if (row["phase"], row["code"], row["case"]) == ("Early", "Money", "Tay")]
    assert (empty["proposed"], empty["codings"]) == ("missing", "0")
    assert "Ben" not in form.read_text("utf-8-sig")
    done = tandem("ratings", str(form))
    assert (done["kept"], done["unchanged"], done["not_rated"]) == (0, 1, 7)


def test_ratings_go_out_and_come_in_as_they_were(tandem: Run, tmp_path: Path) -> None:
    """Sites and waves too, and signs that a spreadsheet would run."""
    rows = [
        "phase,code,case,site,wave,rater,rating,rationale",
        ",Money,,North,,Ada,mixed,-not clear",
        ",Money,Esk,,2,Ben,+2,=because",
    ]
    tandem("ratings", str(write_lines(tmp_path / "r.csv", rows)))
    out = tmp_path / "out.csv"
    tandem("ratings", "--csv", str(out))
    done = tandem("ratings", str(out))
    assert (done["kept"], done["unchanged"]) == (0, 2)
    assert tandem("matrix", "--columns", "site")["matrix"][""]["Money"]["North"]["rating"] == "mixed"
    crossed = tandem("matrix", "--columns", "wave", "--columns", "case")["matrix"][""]["Money"]["2 × Esk"]
    assert (crossed["rating"], crossed["ratings"][0]["rationale"]) == (2, "=because")
    assert "other columns or rows" in " ".join(tandem("matrix")["notes"])


def test_bad_ratings_are_named_and_nothing_is_kept(tandem: Run, study: Path, tmp_path: Path) -> None:
    """Outside the scale, an unknown code, case or phase, said twice, a consensus of one, or without a reason."""
    file = write_lines(
        tmp_path / "r.csv",
        [
            HEAD,
            "Early,Money,Esk,Ada,3,,",
            "Early,Mony,Esk,Ada,1,,",
            "Early,Money,Ask,Ada,1,,",
            "Erly,Money,Esk,Ada,1,,",
            "Early,Money,,Ada,1,,",
            "Early,Money,Esk,,1,,",
            "Early,People,Tay,Ada,1,so,yes",
            "Late,People,Tay,Ada,1,,yes",
            "Late,Rooms,Tay,Ada,1,,",
            "Late,Rooms,Tay,Ada,2,,",
        ],
    )
    said = refused(tandem, study, "ratings", str(file))
    for part in (
        'row 2, column "rating": "3" is not on the scale, which is −2, −1, 0, +1, +2, mixed, missing or not applicable.',
        'row 3, column "code": code "Mony" is not known.',
        'row 4, column "case": there is no case "Ask"',
        'row 5, column "phase": there is no phase "Erly"; did you mean "Early"?',
        'row 6, column "case": neither a case nor a site is named',
        'row 7, column "rater": it is empty; say who rates, in this column or with --rater NAME.',
        'row 8, column "consensus": a consensus is made of two raters\' own ratings or more, and this cell '
        "was rated by nobody",
        'row 9, column "rationale": it is empty; a consensus says why',
        'row 11, column "rating": it contradicts row 10',
        "9 of 10 rows cannot be used, so nothing was kept.",
    ):
        assert part in said, said
    assert "give --rater NAME" in refused(tandem, study, "ratings", "--form", str(tmp_path / "f.csv"))
