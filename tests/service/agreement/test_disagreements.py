"""Passages on which coders differ, and the consensus that they reach."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from agreement_asked import MakeParts, figures_of, run_on
from made_up_study import MadeUp

from annotations.coding import Condition, Draw, Review
from annotations.errors import BadInput
from annotations.store.reviews import add_reviews, current_reviews
from service.agreement.disagreements import WantedDisagreements, disagreements
from service.agreement.report import ReportScope, agree


def test_disagreements_are_those_of_the_pair_and_the_code(parts_of: MakeParts, tmp_path: Path) -> None:
    """Each passage has both coders' codes, which differ on the code asked for, and its definition."""
    parts = parts_of(MadeUp(coders=("Ada", "Ben", "Cleo"), transcripts=6, turns=20))
    found = json.loads(run_on(parts, "disagreements", "--code", "Money", "--pair", "ada, Cleo", "--json"))[
        "disagreements"
    ]
    assert found
    for one in found:
        codes = {coder["coder"]: "Money" in coder["codes"] for coder in one["coders"]}
        assert codes.keys() == {"Ada", "Cleo"}
        assert codes["Ada"] != codes["Cleo"]
        assert one["definitions"]["Money"] == "What it costs."
    everything = json.loads(run_on(parts, "disagreements", "--json"))["disagreements"]
    assert len(everything) > len(found)
    table = tmp_path / "d.csv"
    run_on(parts, "disagreements", "--csv", str(table))
    with table.open(encoding="utf-8-sig", newline="") as lines:
        assert len(list(csv.DictReader(lines))) == len(everything)
    with pytest.raises(BadInput, match='coder "Zed" is not known'):
        run_on(parts, "disagreements", "--pair", "Ada,Zed")


def test_a_code_that_is_gone_from_the_codebook_is_not_told_as_nothing(
    parts_of: MakeParts, tmp_path: Path
) -> None:
    """Whoever gave it found something: it stands there by its id, in the table, in files and on pages."""
    parts = parts_of(MadeUp(coders=("Ada", "Ben"), transcripts=12, turns=40))
    line = "      - {id: people, code: People, definition: Who does it.}\n"
    file = parts.study.codebook_file
    assert line in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(line, ""), "utf-8")
    found = json.loads(run_on(parts, "disagreements", "--json"))["disagreements"]
    assert any(coder["codes_gone"] == ["people"] for one in found for coder in one["coders"])
    assert all("People" not in coder["codes"] for one in found for coder in one["coders"])
    for kind in ("csv", "html"):
        run_on(parts, "disagreements", f"--{kind}", str(tmp_path / f"d.{kind}"))
        assert "people (no longer in the codebook)" in (tmp_path / f"d.{kind}").read_text("utf-8")
    assert "no longer in" in run_on(parts, "disagreements")


def test_no_disagreement_is_not_said_where_nobody_could_disagree(parts_of: MakeParts) -> None:
    """One coder alone, or a wave that is not there: a sentence, not an empty list."""
    parts = parts_of(MadeUp(coders=("Ada",), transcripts=2, turns=6))
    with pytest.raises(BadInput, match="nothing to disagree about"):
        disagreements(parts, WantedDisagreements())
    with pytest.raises(BadInput, match='wave "7" is not known'):
        disagreements(parts, WantedDisagreements(ReportScope(wave="7")))


def test_a_consensus_is_a_derived_review_with_its_sources(parts_of: MakeParts) -> None:
    """It names who recorded it and when, changes no review, and stands beside the disagreement."""
    parts = parts_of(MadeUp(transcripts=4, turns=20))
    first = disagreements(parts, WantedDisagreements())[0]
    arguments = ("consensus", first.transcript, "--turn", str(first.turn + 1), "--by", "Dora")
    found = json.loads(run_on(parts, *arguments, "--code", "Money", "--json"))
    assert {source["coder"] for source in found["sources"]} == {"Ada", "Ben"}
    with parts.store.reading() as connection:
        kept = [r for r in current_reviews(connection) if r.condition.derived]
    assert [(r.coder, r.condition, len(r.sources)) for r in kept] == [("Dora", Condition.CONSENSUS, 2)]
    again = json.loads(run_on(parts, *arguments, "--nothing", "--json"))
    assert again["supersedes"] == found["review"]
    after = disagreements(parts, WantedDisagreements())[0]
    assert after.consensus is not None
    assert (after.consensus.by, after.consensus.codes) == ("Dora", frozenset())
    with pytest.raises(BadInput, match="has not reviewed it"):
        run_on(parts, *arguments, "--nothing", "--among", "Cleo")
    with pytest.raises(BadInput, match="one of the two"):
        run_on(parts, *arguments)


@pytest.mark.slow
def test_a_coder_is_compared_only_with_a_consensus_formed_without_them(parts_of: MakeParts) -> None:
    """Of three coders, the one who took no part is compared with what the two others agreed on; they are not."""
    parts = parts_of(MadeUp(coders=("Ada", "Ben", "Cleo"), transcripts=6, turns=20))
    for one in disagreements(parts, WantedDisagreements())[:25]:
        agreed = next(said for said in one.said if said.coder == "Ada").codes
        codes = [part for code in sorted(agreed) for part in ("--code", code)] or ["--nothing"]
        run_on(
            parts, "consensus", one.transcript, "--turn", str(one.turn + 1), *codes, "--by", "Dora",
            "--among", "Ada", "--among", "Ben",
        )  # fmt: skip
    report = agree(parts, ReportScope())
    compared = {figure.coders[0] for figure in report.figures if figure.comparison == "coder and consensus"}
    assert compared == {"Cleo"}
    assert figures_of(report, comparison="model and consensus", level="all", coefficient="kappa")


@pytest.mark.slow
def test_who_took_part_in_a_consensus_of_a_consensus_is_not_compared_with_it(parts_of: MakeParts) -> None:
    """A moderator who goes by what Ada and Ben agreed on, and an earlier wording of it, took neither of them out."""
    parts = parts_of(MadeUp(coders=("Ada", "Ben", "Cleo"), transcripts=6, turns=20))
    with parts.store.writing() as connection:
        own = current_reviews(connection)
        by_place: dict[Any, list[Review]] = {}
        for review in own:
            if review.condition is Condition.INDEPENDENT and review.coder in ("Ada", "Ben"):
                by_place.setdefault((review.transcript, review.span), []).append(review)
        pairs = [its for its in by_place.values() if len({one.coder for one in its}) == 2]
        agreed = [_derived(its[0], "Dora", its) for its in pairs]
        moderated = [_derived(one, "Dora", [one]) for one in agreed]
        reworded = [replace(one, supersedes=one.id, id=uuid4()) for one in agreed]
        add_reviews(connection, [*agreed, *moderated, *reworded])
    report = agree(parts, ReportScope())
    compared = {figure.coders[0] for figure in report.figures if figure.comparison == "coder and consensus"}
    assert compared == {"Cleo"}


@pytest.mark.slow
def test_a_consensus_on_what_was_assisted_does_not_test_the_model(parts_of: MakeParts) -> None:
    """Its source saw the suggestion, and a later version of that source undoes nothing."""
    parts = parts_of(MadeUp(coders=("Ada", "Ben"), transcripts=6, turns=20))
    with parts.store.writing() as connection:
        assisted = [r for r in current_reviews(connection) if r.condition is Condition.ASSISTED]
        assert assisted
        add_reviews(connection, [_derived(one, "Dora", [one]) for one in assisted])
        add_reviews(connection, [replace(one, supersedes=one.id, id=uuid4()) for one in assisted])
    assert not figures_of(agree(parts, ReportScope()), comparison="model and consensus")


def _derived(like: Review, coder: str, sources: list[Review]) -> Review:
    """A consensus that says what the first source said."""
    ids = tuple(one.id for one in sources if one.id)
    return replace(like, coder=coder, condition=Condition.CONSENSUS, draw=Draw.ORDINARY, shown_version=None,
                   sources=ids, supersedes=None, id=uuid4())  # fmt: skip
