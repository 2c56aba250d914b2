"""tandem agreement, disagreements and consensus on studies whose reviews are made up in the store."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from made_up_study import MadeUp, fill
from openpyxl import load_workbook
from typer.testing import CliRunner

from annotations.agreement.material import HAD_LEARNT, NONE_STOOD, read_material
from annotations.coding import Condition, Draw, Review
from annotations.errors import BadInput
from annotations.store.reviews import add_reviews, current_reviews
from annotations.store.segments import segments_of
from annotations.transcript import Role
from service.agreement.disagreements import Wanted, disagreements
from service.agreement.files import to_json
from service.agreement.methods_paragraph import methods_paragraph
from service.agreement.report import Asked, Report, agree
from service.agreement.views import code_rows
from service.cli.main import add_commands, app
from service.composition import Parts, open_parts
from service.new_study import make_study

MakeParts = Callable[[MadeUp], Parts]


@pytest.fixture
def parts_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeParts]:
    """Makes a study of what is asked for."""
    for name in ("TANDEM_DATABASE", "MLFLOW_TRACKING_URI", "LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    opened = []

    def make(made: MadeUp) -> Parts:
        folder = tmp_path / "study"
        book = tmp_path / "book.csv"
        book.write_text("code\nAny\n", "utf-8")
        make_study(folder, codebook=str(book), config={"name": "Made up"})
        context = open_parts(folder)
        parts = context.__enter__()
        opened.append(context)
        fill(parts, made)
        return parts

    yield make
    for context in opened:
        context.__exit__(None, None, None)


def _find(report: Report, **wanted: str) -> list[dict[str, Any]]:
    plain = [figure.to_json() for figure in report.figures]
    return [one for one in plain if all(one[key] == value for key, value in wanted.items())]


def test_every_part_of_the_report_has_its_figures(parts_of: MakeParts) -> None:
    """People, the model, the same segments, repeats, effect, verdicts, what next and the methods paragraph."""
    report = agree(parts_of(MadeUp(coders=("Ada", "Ben", "Cleo"), turns=24)), Asked())
    comparisons = {figure.comparison for figure in report.figures}
    assert comparisons >= {
        "person and person", "people", "everybody", "model and person", "model and people", "same segments",
        "coder with themselves",
    }  # fmt: skip
    pooled = _find(report, comparison="people", level="code", code="Money", coefficient="kappa")[0]
    assert pooled["value"] > 0.6
    assert pooled["interval"][0] < pooled["value"] < pooled["interval"][1]
    assert {one["where"]["case"] for one in _find(report, level="all") if "case" in one["where"]} == {
        "ESTHER",
        "MRR",
    }
    assert len(report.effect.differences) == 7
    assert {one.column.code for one in report.verdicts} == {"Money", "People", "Time", "Place"}
    assert report.curves[0]["points"][1]["kappa"] == 0.6
    # three people make three pairs of the same segments, which do not become more by that
    matched = _find(report, comparison="same segments", code="Money", level="code", coefficient="kappa")
    assert {one["units"] for one in matched} == {report.verdicts[0].units}
    said = methods_paragraph(report)
    assert "3 people coded 24 transcripts" in said
    assert f"{report.facts['double_coded']:,} segments" in said


def test_model_and_people_stand_beside_each_other_on_the_same_segments(parts_of: MakeParts) -> None:
    """Code by code, too: kappa of people there is not that of all doubly coded segments, and is shown as such."""
    parts = parts_of(MadeUp(coders=("Ada", "Ben"), transcripts=8, learnt_from=3, turns=16))
    report = agree(parts, Asked())
    for row in code_rows(report):
        assert row.model is not None
        assert row.matched is not None
        assert row.matched.comparison == row.model.comparison == "same segments"
        assert row.matched.units == row.model.units
    said = _run(parts, "agreement")
    head = next(line for line in said.splitlines() if "κ model" in line)
    assert "κ people" in head
    assert "AC1" not in head


def test_json_is_as_the_design_says(parts_of: MakeParts) -> None:
    """Every figure has the promised keys; percent and AC1 never stand without prevalence."""
    plain = json.loads(json.dumps(to_json(agree(parts_of(MadeUp(turns=12)), Asked()))))
    for figure in plain["figures"]:
        assert figure.keys() >= {
            "a", "b", "framework", "code", "condition", "coefficient", "value", "interval", "units", "groups", "reason",
        }  # fmt: skip
        assert figure["value"] is not None or figure["reason"]
        if figure["coefficient"] in ("percent", "ac1"):
            assert figure["prevalence"] is not None
    assert "0.10" in plain["verdict_rule"]


def test_what_the_model_has_learnt_from_is_left_out_and_counted(parts_of: MakeParts) -> None:
    """A review of a participant from whom the version learnt is no test of it; one before any suggestion neither."""
    made = MadeUp(transcripts=8, turns=12, learnt_from=2, repeats=False, assisted=False)
    parts = parts_of(made)
    with parts.store.reading() as connection:
        material = read_material(connection, parts.codebook, parts.segmentation.version)
    assert material.left_out["independent"] == {NONE_STOOD: 12}
    version = material.independent["Ada"].model.version
    assert (version[:12] == -1).all()
    assert (version[12:] == 1).all()
    _review_again(parts, made)
    with parts.store.reading() as connection:
        again = read_material(connection, parts.codebook, parts.segmentation.version)
    assert again.left_out["independent"][HAD_LEARNT] == 12


def _review_again(parts: Parts, made: MadeUp) -> None:
    """The second coder reviews, after the suggestions, those whom the model learnt from."""
    with parts.store.writing() as connection:
        cut = segments_of(connection, parts.segmentation.version)
        late = [
            Review(t, "Ben", s.span, codebook_version=parts.codebook.version, id=uuid4())
            for t in made.ids[:2]
            for s in cut[t]
            if s.role is Role.PARTICIPANT
        ]
        add_reviews(connection, late)


def test_assisted_reviews_never_enter_person_figures(parts_of: MakeParts) -> None:
    """People are compared on independent reviews alone; the assisted ones stand apart, as such."""
    report = agree(parts_of(MadeUp(turns=12)), Asked())
    assert {one["condition"] for one in _find(report, comparison="person and person")} == {"independent"}
    assert _find(report, comparison="model and person", condition="assisted")


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (MadeUp(coders=("Ada",), transcripts=3, turns=6), "only Ada has coded independently"),
        (
            MadeUp(coders=(), transcripts=3, turns=6, model=False, assisted=False, repeats=False),
            "no independent reviews here",
        ),
        (MadeUp(transcripts=3, turns=6, model=False), "no model has been trained yet"),
    ],
)
def test_what_cannot_be_measured_is_a_sentence(parts_of: MakeParts, made: MadeUp, said: str) -> None:
    """One coder, no reviews, no model: a figure without a value, with its reason."""
    report = agree(parts_of(made), Asked())
    reasons = [figure.reason for figure in report.figures if figure.value is None]
    assert any(said in str(reason) for reason in reasons), reasons


def test_coders_with_no_unit_in_common(parts_of: MakeParts) -> None:
    """Two people who judged different segments: no figure of theirs, and a sentence that says so."""
    parts = parts_of(MadeUp(coders=("Ada",), transcripts=3, turns=6, model=False, repeats=False))
    with parts.store.writing() as connection:
        ada = {r.span for r in current_reviews(connection)}
        cut = segments_of(connection, parts.segmentation.version)
        others = [
            Review(t, "Ben Bo", s.span, codebook_version=parts.codebook.version, id=uuid4())
            for t, its in cut.items()
            for s in its
            if s.role is Role.PARTICIPANT and s.span not in ada
        ]
        add_reviews(connection, others)
    said = _run(parts, "agreement")
    assert "Ada and Ben Bo: no figure, because no segment was judged by both" in said


def test_two_transcripts_give_values_for_each_and_no_interval(parts_of: MakeParts) -> None:
    """Too few participants: no interval, the reason, and the value of each of them."""
    report = agree(parts_of(MadeUp(transcripts=2, turns=80, model=False)), Asked())
    one = _find(report, comparison="person and person", level="all", coefficient="kappa")[0]
    assert one["value"] is not None
    assert one["interval"] is None
    assert "at least 5 groups" in one["interval_reason"]
    assert set(one["by_group"]) == {"participant JKG-00", "participant JKG-01"}
    assert all(verdict.verdict == "cannot tell" for verdict in report.verdicts)


def test_a_code_never_used_has_no_value_but_a_reason(parts_of: MakeParts) -> None:
    """It is undefined, not 0, and the notes name it."""
    report = agree(parts_of(MadeUp(transcripts=6, turns=12)), Asked())
    one = _find(report, comparison="person and person", code="Never used")
    assert [(figure["coefficient"], figure["value"]) for figure in one] == [("kappa", None)]
    assert "never applied the code" in one[0]["reason"]
    assert any("Never used" in note for note in report.notes)


def test_an_unknown_wave_is_refused(parts_of: MakeParts) -> None:
    """It names the waves that there are; a case and a wave without a transcript in common too."""
    parts = parts_of(MadeUp(transcripts=2, turns=6))
    with pytest.raises(BadInput, match=r'wave "7" is not known\. Known: 1, 2'):
        agree(parts, Asked(wave="7"))
    with pytest.raises(BadInput, match="together"):
        agree(parts, Asked(wave="2", case="MRR"))


def test_two_hundred_codes(parts_of: MakeParts) -> None:
    """A large codebook is no trouble: one sentence counts what was never used."""
    parts = parts_of(MadeUp(transcripts=6, turns=12, model=False))
    codes = "\n".join(f"      - {{id: n{at}, code: N{at}}}" for at in range(200))
    parts.study.codebook_file.write_text(parts.study.codebook_file.read_text("utf-8") + codes + "\n", "utf-8")
    report = agree(parts, Asked())
    assert any("201 of 205 codes were never used" in note for note in report.notes)


def _run(parts: Parts, *arguments: str) -> str:
    if not app.registered_commands:
        add_commands()
    done = CliRunner().invoke(app, ["--study", str(parts.study.folder), *arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def test_files_hold_what_the_report_says(parts_of: MakeParts, tmp_path: Path) -> None:
    """CSV and workbook have every figure; the page asks for nothing from elsewhere and holds nobody's words."""
    parts = parts_of(MadeUp(transcripts=6, turns=12))
    table, book, page = tmp_path / "a.csv", tmp_path / "a.xlsx", tmp_path / "a.html"
    said = _run(parts, "agreement", "--csv", str(table), "--xlsx", str(book), "--html", str(page))
    assert "Ada and Ben" in said
    with table.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    figures = len(agree(parts, Asked()).figures)
    assert len(rows) == figures
    alone = [row for row in rows if row["coefficient"] in ("percent", "ac1")]
    assert alone
    assert all(row["prevalence"] and (row["kappa"] or row["alpha"]) for row in alone)
    assert load_workbook(book)["Figures"].max_row == figures + 1
    html = page.read_text("utf-8")
    assert not re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?!#)""", html)
    assert html.count("<svg") >= 4
    assert "Invented words" not in html


def test_quotes_need_the_option_and_consent(parts_of: MakeParts, tmp_path: Path) -> None:
    """With --with-quotes the page holds the words of those who allowed it, and of nobody else."""
    parts = parts_of(MadeUp(transcripts=6, turns=12))
    page = tmp_path / "a.html"
    _run(parts, "agreement", "--html", str(page), "--with-quotes")
    quoted = set(re.findall(r"Invented words number \d+ of (JKG-\d+)", page.read_text("utf-8")))
    assert quoted
    assert all(int(name[-2:]) % 2 == 0 for name in quoted)
    with pytest.raises(BadInput, match="--html"):
        _run(parts, "agreement", "--with-quotes")


def test_disagreements_are_those_of_the_pair_and_the_code(parts_of: MakeParts, tmp_path: Path) -> None:
    """Each passage has both coders' codes, which differ on the code asked for, and its definition."""
    parts = parts_of(MadeUp(coders=("Ada", "Ben", "Cleo"), transcripts=6, turns=20))
    found = json.loads(_run(parts, "disagreements", "--code", "Money", "--pair", "ada, Cleo", "--json"))[
        "disagreements"
    ]
    assert found
    for one in found:
        codes = {coder["coder"]: "Money" in coder["codes"] for coder in one["coders"]}
        assert codes.keys() == {"Ada", "Cleo"}
        assert codes["Ada"] != codes["Cleo"]
        assert one["definitions"]["Money"] == "What it costs."
    everything = json.loads(_run(parts, "disagreements", "--json"))["disagreements"]
    assert len(everything) > len(found)
    table = tmp_path / "d.csv"
    _run(parts, "disagreements", "--csv", str(table))
    with table.open(encoding="utf-8-sig", newline="") as lines:
        assert len(list(csv.DictReader(lines))) == len(everything)
    with pytest.raises(BadInput, match='coder "Zed" is not known'):
        _run(parts, "disagreements", "--pair", "Ada,Zed")


def test_no_disagreement_is_not_said_where_nobody_could_disagree(parts_of: MakeParts) -> None:
    """One coder alone, or a wave that is not there: a sentence, not an empty list."""
    parts = parts_of(MadeUp(coders=("Ada",), transcripts=2, turns=6))
    with pytest.raises(BadInput, match="nothing to disagree about"):
        disagreements(parts, Wanted())
    with pytest.raises(BadInput, match='wave "7" is not known'):
        disagreements(parts, Wanted(Asked(wave="7")))


def test_a_consensus_is_a_derived_review_with_its_sources(parts_of: MakeParts) -> None:
    """It names who recorded it and when, changes no review, and stands beside the disagreement."""
    parts = parts_of(MadeUp(transcripts=4, turns=20))
    first = disagreements(parts, Wanted())[0]
    arguments = ("consensus", first.transcript, "--turn", str(first.turn + 1), "--by", "Dora")
    found = json.loads(_run(parts, *arguments, "--code", "Money", "--json"))
    assert {source["coder"] for source in found["sources"]} == {"Ada", "Ben"}
    with parts.store.reading() as connection:
        kept = [r for r in current_reviews(connection) if r.condition.derived]
    assert [(r.coder, r.condition, len(r.sources)) for r in kept] == [("Dora", Condition.CONSENSUS, 2)]
    again = json.loads(_run(parts, *arguments, "--nothing", "--json"))
    assert again["supersedes"] == found["review"]
    after = disagreements(parts, Wanted())[0]
    assert after.consensus is not None
    assert (after.consensus[0], after.consensus[2]) == ("Dora", frozenset())
    with pytest.raises(BadInput, match="has not reviewed it"):
        _run(parts, *arguments, "--nothing", "--among", "Cleo")
    with pytest.raises(BadInput, match="one of the two"):
        _run(parts, *arguments)


def test_a_coder_is_compared_only_with_a_consensus_formed_without_them(parts_of: MakeParts) -> None:
    """Of three coders, the one who took no part is compared with what the two others agreed on; they are not."""
    parts = parts_of(MadeUp(coders=("Ada", "Ben", "Cleo"), transcripts=6, turns=20))
    for one in disagreements(parts, Wanted())[:25]:
        agreed = next(said for said in one.said if said.coder == "Ada").codes
        codes = [part for code in sorted(agreed) for part in ("--code", code)] or ["--nothing"]
        _run(
            parts, "consensus", one.transcript, "--turn", str(one.turn + 1), *codes, "--by", "Dora",
            "--among", "Ada", "--among", "Ben",
        )  # fmt: skip
    report = agree(parts, Asked())
    compared = {figure.coders[0] for figure in report.figures if figure.comparison == "coder and consensus"}
    assert compared == {"Cleo"}
    assert _find(report, comparison="model and consensus", level="all", coefficient="kappa")


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
    report = agree(parts, Asked())
    compared = {figure.coders[0] for figure in report.figures if figure.comparison == "coder and consensus"}
    assert compared == {"Cleo"}


def test_a_consensus_on_what_was_assisted_does_not_test_the_model(parts_of: MakeParts) -> None:
    """Its source saw the suggestion, and a later version of that source undoes nothing."""
    parts = parts_of(MadeUp(coders=("Ada", "Ben"), transcripts=6, turns=20))
    with parts.store.writing() as connection:
        assisted = [r for r in current_reviews(connection) if r.condition is Condition.ASSISTED]
        add_reviews(connection, [_derived(one, "Dora", [one]) for one in assisted])
        add_reviews(connection, [replace(one, supersedes=one.id, id=uuid4()) for one in assisted])
    assert not _find(agree(parts, Asked()), comparison="model and consensus")


def _derived(like: Review, coder: str, sources: list[Review]) -> Review:
    """A consensus that says what the first source said."""
    ids = tuple(one.id for one in sources if one.id)
    return replace(like, coder=coder, condition=Condition.CONSENSUS, draw=Draw.ORDINARY, shown_version=None,
                   sources=ids, supersedes=None, id=uuid4())  # fmt: skip


def test_a_code_that_one_side_never_uses_is_no_zero(parts_of: MakeParts) -> None:
    """Kappa would be 0 whatever the other did: it is undefined with that reason, and agreement on it is shown."""
    parts = parts_of(MadeUp(transcripts=6, turns=20, model=False))
    with parts.store.writing() as connection:
        its = [r for r in current_reviews(connection) if r.coder == "Ben"]
        changed = [
            replace(r, codings=tuple(c for c in r.codings if c.code != "people"), supersedes=r.id, id=uuid4())
            for r in its
        ]
        add_reviews(connection, changed)
    report = agree(parts, Asked())
    found = {one["coefficient"]: one for one in _find(report, comparison="person and person", code="People")}
    assert found["kappa"]["value"] is None
    assert "Ben never applied it" in found["kappa"]["reason"]
    assert found["positive"]["value"] == 0
    line = next(line for line in _run(parts, "agreement").splitlines() if line.startswith("People"))
    # percent agreement and AC1 stand there, so alpha stands where there is no kappa
    assert f"α {found['alpha']['value']:.2f}".replace("-0.", "−.").replace(" 0.", " .") in line
