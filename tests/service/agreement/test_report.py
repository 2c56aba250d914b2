"""The figures of an agreement report, on studies whose reviews are made up in the store."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import uuid4

import pytest
from agreement_asked import MakeParts, figures_of, run_on
from builders import a_transcript
from made_up_study import MadeUp

from annotations.agreement.judged_material import HAD_LEARNT, NONE_STOOD, read_material
from annotations.coding import Review
from annotations.errors import BadInput
from annotations.store.reviews import add_reviews, current_reviews
from annotations.store.segments import segments_of
from annotations.store.transcripts import add_transcript
from annotations.transcript import Role
from service.agreement.methods_paragraph import methods_paragraph
from service.agreement.report import ReportScope, agree
from service.agreement.report_files import to_json
from service.agreement.views import code_rows
from service.composition import Parts
from service.results.study_findings import WantedFindings, study_findings


@pytest.mark.slow
def test_every_part_of_the_report_has_its_figures(parts_of: MakeParts) -> None:
    """People, the model, the same segments, repeats, effect, verdicts, what next and the methods paragraph."""
    report = agree(parts_of(MadeUp(coders=("Ada", "Ben", "Cleo"), turns=24)), ReportScope())
    comparisons = {figure.comparison for figure in report.figures}
    assert comparisons >= {
        "person and person", "people", "everybody", "model and person", "model and people", "same segments",
        "coder with themselves",
    }  # fmt: skip
    pooled = figures_of(report, comparison="people", level="code", code="Money", coefficient="kappa")[0]
    assert pooled["value"] > 0.6
    assert pooled["interval"][0] < pooled["value"] < pooled["interval"][1]
    assert {one["where"]["case"] for one in figures_of(report, level="all") if "case" in one["where"]} == {
        "ESTHER",
        "MRR",
    }
    assert len(report.effect.differences) == 7
    assert {one.column.code for one in report.verdicts} == {"Money", "People", "Time", "Place"}
    assert report.curves[0]["points"][1]["kappa"] == 0.6
    # three people make three pairs of the same segments, which do not become more by that
    matched = figures_of(report, comparison="same segments", code="Money", level="code", coefficient="kappa")
    assert {one["units"] for one in matched} == {report.verdicts[0].units}
    said = methods_paragraph(report)
    assert "3 people coded 24 transcripts" in said
    assert f"{report.facts.double_coded:,} segments" in said


def test_what_nobody_has_read_is_not_called_coded(parts_of: MakeParts) -> None:
    """A paper says how many sources were read in two places, from two readings of the study: they are one number."""
    parts = parts_of(MadeUp(coders=("Ada", "Ben"), transcripts=3, model=False))
    with parts.store.writing() as connection:
        add_transcript(connection, a_transcript("unread", "I said it.", "I meant it.", case="ESTHER"))
    report, findings = agree(parts, ReportScope()), study_findings(parts, WantedFindings())
    assert "2 people coded 3 of the 4 transcripts (" in methods_paragraph(report)
    assert f"of the {report.facts.segments:,} segments" in methods_paragraph(report)
    assert report.facts.coded.transcripts == len(findings.read) == 3
    assert 0 < report.facts.coded.segments < report.facts.segments


def test_a_document_of_nobody_is_no_participant(parts_of: MakeParts) -> None:
    """It is drawn again by itself for intervals, and is not counted among those who took part."""
    parts = parts_of(MadeUp(coders=("Ada", "Ben"), transcripts=5, model=False))
    with parts.store.writing() as connection:
        add_transcript(connection, replace(a_transcript("page", "Why?", "On the wall."), participant=""))
    report = agree(parts, ReportScope())
    assert (report.facts.groups, report.facts.groups_in_words) == (
        6,
        "5 participants and 1 transcript of no participant",
    )
    assert f"{report.facts.double_coded} segments of 5 participants were coded" in methods_paragraph(report)
    judged = replace(report.facts, double_coded=1, double_coded_groups=6, double_coded_alone=1)
    said = methods_paragraph(replace(report, facts=judged))
    assert "1 segment of 5 participants and 1 transcript of no participant was coded" in said
    assert "over participants (a transcript of no participant counts as one) with t of 5" in said


@pytest.mark.slow
def test_model_and_people_stand_beside_each_other_on_the_same_segments(parts_of: MakeParts) -> None:
    """Code by code, too: kappa of people there is not that of all doubly coded segments, and is shown as such."""
    parts = parts_of(MadeUp(coders=("Ada", "Ben"), transcripts=8, learnt_from=3, turns=16))
    report = agree(parts, ReportScope())
    for row in code_rows(report):
        assert row.model is not None
        assert row.matched is not None
        assert row.matched.comparison == row.model.comparison == "same segments"
        assert row.matched.units == row.model.units
    said = run_on(parts, "agreement")
    head = next(line for line in said.splitlines() if "κ model" in line)
    assert "κ people" in head
    assert "AC1" not in head


@pytest.mark.slow
def test_json_is_as_the_design_says(parts_of: MakeParts) -> None:
    """Every figure has the promised keys; percent and AC1 never stand without prevalence."""
    plain = json.loads(json.dumps(to_json(agree(parts_of(MadeUp(turns=12)), ReportScope()))))
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
    report = agree(parts_of(MadeUp(turns=12)), ReportScope())
    assert {one["condition"] for one in figures_of(report, comparison="person and person")} == {"independent"}
    assert figures_of(report, comparison="model and person", condition="assisted")


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
    report = agree(parts_of(made), ReportScope())
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
    said = run_on(parts, "agreement")
    assert "Ada and Ben Bo: no figure, because no segment was judged by both" in said


def test_two_transcripts_give_values_for_each_and_no_interval(parts_of: MakeParts) -> None:
    """Too few participants: no interval, the reason, and the value of each of them."""
    report = agree(parts_of(MadeUp(transcripts=2, turns=80, model=False)), ReportScope())
    one = figures_of(report, comparison="person and person", level="all", coefficient="kappa")[0]
    assert one["value"] is not None
    assert one["interval"] is None
    assert "at least 5 groups" in one["interval_reason"]
    assert set(one["by_group"]) == {"participant JKG-00", "participant JKG-01"}
    assert all(verdict.verdict == "cannot tell" for verdict in report.verdicts)


@pytest.mark.slow
def test_a_code_never_used_has_no_value_but_a_reason(parts_of: MakeParts) -> None:
    """It is undefined, not 0, and the notes name it."""
    report = agree(parts_of(MadeUp(transcripts=6, turns=12)), ReportScope())
    one = figures_of(report, comparison="person and person", code="Never used")
    assert [(figure["coefficient"], figure["value"]) for figure in one] == [("kappa", None)]
    assert "never applied the code" in one[0]["reason"]
    assert any("Never used" in note for note in report.notes)


def test_an_unknown_wave_is_refused(parts_of: MakeParts) -> None:
    """It names the waves that there are; a case and a wave without a transcript in common too."""
    parts = parts_of(MadeUp(transcripts=2, turns=6))
    with pytest.raises(BadInput, match=r'wave "7" is not known\. Known: 1, 2'):
        agree(parts, ReportScope(wave="7"))
    with pytest.raises(BadInput, match="together"):
        agree(parts, ReportScope(wave="2", case="MRR"))


def test_two_hundred_codes(parts_of: MakeParts) -> None:
    """A large codebook is no trouble: one sentence counts what was never used."""
    parts = parts_of(MadeUp(transcripts=6, turns=12, model=False))
    codes = "\n".join(f"      - {{id: n{at}, code: N{at}}}" for at in range(200))
    parts.study.codebook_file.write_text(parts.study.codebook_file.read_text("utf-8") + codes + "\n", "utf-8")
    report = agree(parts, ReportScope())
    assert any("201 of 205 codes were never used" in note for note in report.notes)


@pytest.mark.slow
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
    report = agree(parts, ReportScope())
    found = {
        one["coefficient"]: one for one in figures_of(report, comparison="person and person", code="People")
    }
    assert found["kappa"]["value"] is None
    assert "Ben never applied it" in found["kappa"]["reason"]
    assert found["positive"]["value"] == 0
    line = next(line for line in run_on(parts, "agreement").splitlines() if line.startswith("People"))
    # percent agreement and AC1 stand there, so alpha stands where there is no kappa
    assert f"α {found['alpha']['value']:.2f}".replace("-0.", "−.").replace(" 0.", " .") in line
