"""The sample study: what a demonstration needs is there, and it says that it is invented."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict

import pytest
from builders import REPOSITORY

from annotations.codebook.files import shipped_codebook
from annotations.codings.coding_cells import influence_in
from annotations.matrix.proposed_rating import Heard, proposed
from annotations.readers.description import Description, describe, read_manifest
from annotations.readers.reading import read_transcripts
from annotations.study.config import StudyConfig, read_study
from annotations.transcript import Kind, Role, Transcript

SAMPLE = REPOSITORY / "annotations" / "sample_study"
Row = dict[str, str]


@pytest.fixture(scope="module")
def sources() -> dict[str, Transcript]:
    """Every source of the manifest as the import makes it, by its name."""
    config: StudyConfig = read_study(SAMPLE).config
    manifest = read_manifest(SAMPLE / "manifest.csv")
    read = [
        one for file in manifest.files for one in read_transcripts(file, interviewers=config.interviewers)
    ]
    made = [describe(one, options=Description(), manifest=manifest, config=config) for one in read]
    return {transcript.name: transcript for transcript in made}


def _rows(name: str) -> list[Row]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CODINGS = _rows("codings-wave1.csv")


def test_it_is_as_large_as_a_demonstration_needs(sources: dict[str, Transcript]) -> None:
    """Three sites, two waves, fourteen interviews of 40 to 80 turns, two documents and two field notes."""
    kinds = Counter(source.kind for source in sources.values())
    assert kinds == {Kind.INTERVIEW: 14, Kind.DOCUMENT: 2, Kind.FIELD_NOTE: 2}
    assert len({source.site for source in sources.values()}) == 3
    assert {source.wave for source in sources.values()} == {"1", "2"}
    for source in sources.values():
        if source.kind is Kind.INTERVIEW:
            assert 40 <= len(source.turns) <= 80, source.name
            assert source.participant == source.name
        else:
            assert len(source.turns) >= 10
            assert {turn.speaker for turn in source.turns} == {""}, source.name
    listed = set(read_manifest(SAMPLE / "manifest.csv").files)
    assert listed == set(SAMPLE.rglob("*.txt"))


def test_the_first_to_be_reviewed_is_the_one_in_the_picture(sources: dict[str, Transcript]) -> None:
    """Wave 2 begins with NRB-03, whose 44 turns the pages and the end-to-end test speak of."""
    first = next(source for source in sources.values() if source.wave == "2")
    assert (first.name, len(first.turns)) == ("NRB-03", 44)


def test_nobody_says_the_same_thing_twice(sources: dict[str, Transcript]) -> None:
    """No template: sources share no run of eight words, except where they quote the page on the wall."""
    page = " ".join(re.findall(r"\w+", sources["CRK-D-01"].text.casefold()))
    seen: dict[str, str] = {}
    for source in sources.values():
        words = re.findall(r"\w+", source.text.casefold())
        for run in {" ".join(words[at : at + 8]) for at in range(len(words) - 7)}:
            assert run in page or seen.setdefault(run, source.name) == source.name, run
    lengths = [len(turn.span) for s in sources.values() for turn in s.turns if turn.role is Role.PARTICIPANT]
    assert min(lengths) < 15
    assert max(lengths) > 500


def test_one_interview_is_in_two_languages(sources: dict[str, Transcript]) -> None:
    """English and French within one interview, and within one turn."""
    mixed = [
        turn
        for turn in sources["WLK-04"].turns
        if {"comme", "c'est", "et", "pas", "une", "quand", "on"}
        & set(re.findall(r"[\w']+", turn.span.of(sources["WLK-04"].text).casefold()))
    ]
    assert len(mixed) >= 8


@pytest.mark.parametrize("name", ["codings-wave1.csv", "codings-emergent.csv"])
def test_every_coding_is_of_a_coded_wave_and_a_turn_that_is_there(
    name: str, sources: dict[str, Transcript]
) -> None:
    """Both coders, wave 1 only, each row once; codes are the common framework's, or the theme of their own."""
    rows = _rows(name)
    known = {code.id for code in shipped_codebook("common-framework").applicable} | {
        "emergent-eating-together"
    }
    for row in rows:
        source = sources[row["transcript"]]
        assert source.wave == "1"
        assert int(row["turn"]) < len(source.turns)
        assert row["code"] in known
    assert {row["coder"] for row in rows} == {"Ines Falk", "Tom Okafor"}
    assert max(Counter((r["transcript"], r["turn"], r["coder"], r["code"]) for r in rows).values()) == 1


def test_one_phase_at_most_on_a_passage() -> None:
    """The phase is a choice of one for each coder."""
    phases = Counter(
        (r["transcript"], r["turn"], r["coder"]) for r in CODINGS if r["code"].startswith("phase")
    )
    assert set(phases.values()) == {1}


def test_every_framework_is_used() -> None:
    """All elements, all phases, all assimilation types, and a co-optation resisted at every site."""
    used = {row["code"] for row in CODINGS}
    codebook = shipped_codebook("common-framework")
    for element in codebook.children(None, "elements"):
        assert len({code.id for code in codebook.children(element.id, "elements")} & used) >= 6, element.name
    assert {code.id for code in codebook.of_framework("phase")} <= used
    for kind in codebook.children(None, "assimilation"):
        assert {code.id for code in codebook.children(kind.id, "assimilation")} & used, kind.name
    resisted = {r["transcript"][:3] for r in CODINGS if r["code"] == "assimilation-co-optation-resisted"}
    assert resisted == {"NRB", "CRK", "WLK"}
    assert {row["code"] for row in _rows("codings-emergent.csv")} == {"emergent-eating-together"}


def test_there_is_enough_to_learn_from() -> None:
    """At least twelve codes have eight examples in two sources or more."""
    passages: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in CODINGS:
        passages[row["code"]].add((row["transcript"], row["turn"]))
    rich = [c for c, its in passages.items() if len(its) >= 8 and len({t for t, _ in its}) >= 2]
    assert len(rich) >= 12


def test_one_splits_and_one_lumps() -> None:
    """Ines gives a coded passage nearly twice as many codes, and tells cultures apart that Tom calls one."""
    codes: dict[str, dict[tuple[str, str], set[str]]] = {"Ines Falk": {}, "Tom Okafor": {}}
    for row in CODINGS:
        codes[row["coder"]].setdefault((row["transcript"], row["turn"]), set()).add(row["code"])
    mean = {coder: sum(map(len, its.values())) / len(its) for coder, its in codes.items()}
    assert mean["Ines Falk"] > 1.7 * mean["Tom Okafor"]
    cultures = {"internal-context-human-equality", "internal-context-learning-culture"}
    assert cultures <= set().union(*codes["Ines Falk"].values())
    assert not cultures & set().union(*codes["Tom Okafor"].values())


def test_elements_help_and_hinder(sources: dict[str, Transcript]) -> None:
    """Every value of the rule but 0 is proposed somewhere; kinds of source contradict each other, and agree, somewhere."""
    elements = {code.id for code in shipped_codebook("common-framework").of_framework("elements")}
    directed = [row for row in CODINGS if row["influence"]]
    assert {row["code"] for row in directed} <= elements
    assert {row["coder"] for row in directed} == {"Ines Falk", "Tom Okafor"}
    cells: dict[tuple[str, str], list[Heard]] = defaultdict(list)
    kinds: dict[tuple[str, str], dict[str, set[Kind]]] = defaultdict(lambda: defaultdict(set))
    for row in directed:
        source, place = sources[row["transcript"]], (row["code"], sources[row["transcript"]].case)
        cells[place].append(
            Heard(
                source.participant or None,
                source.name,
                influence_in(row["influence"]),
                row["concrete_example"] == "yes",
            )
        )
        kinds[place][row["influence"]].add(source.kind)
    assert {"-2", "-1", "mixed", "1", "2"} <= {proposed(heard).value for heard in cells.values()}
    assert any(len(its["+"] | its["-"]) > 1 and its["+"] and its["-"] for its in kinds.values())
    assert any(len(its["+"]) > 1 and not its["-"] for its in kinds.values())


def test_it_says_that_it_is_invented() -> None:
    """In the README of the folder and in the study's name."""
    assert "invented" in (SAMPLE / "README.md").read_text("utf-8").split("\n\n")[1]
    assert "invented" in read_study(SAMPLE).config.name
