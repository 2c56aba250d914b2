"""What another program's cases, variables, sets and codes mean to the study: by names, and as people correct them."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands_refused import write_lines

from annotations.attributes import Owner
from annotations.codebook.codes import Codebook
from annotations.errors import BadInput
from annotations.names import folded
from annotations.refi.belonging import Belonging, KnownPlaces, belonging
from annotations.refi.codebook_of import added_to, codebook_of
from annotations.refi.map_file import NameMap, read_map
from annotations.refi.match_codes import match_codes
from annotations.refi.project import RefiCase, RefiCode, RefiProject, RefiSelection, RefiSet, RefiSource


def _said(project: RefiProject, known: KnownPlaces | None = None, **names: dict[str, str]) -> Belonging:
    entries = {(what, folded(theirs)): ours for what, its in names.items() for theirs, ours in its.items()}
    return belonging(project, NameMap(entries), known or KnownPlaces(), {})


@pytest.mark.parametrize(
    ("participant", "case", "site", "wave"),
    [
        ("Participant", "Case", "Site", "Wave"),
        ("Teilnehmer", "Fall", "Standort", "Welle"),
        ("Deltagare", "FALL", "Plats", "Våg"),
        ("Participante", "Caso", "Centro", "Ola"),
        ("Répondant", "Cas", "Lieu", "Vague"),
        ("participant_id", "case", "Location", "time_point"),
    ],
)
def test_variables_of_sources_by_their_names(participant: str, case: str, site: str, wave: str) -> None:
    """In several languages and any case; another variable is an attribute of the participant."""
    names = (participant, case, site, wave, "Role")
    variables = {str(at): name for at, name in enumerate(names)}
    values = {str(at): value for at, value in enumerate(("P-01", "ESTHER", "North", "2", "leader"))}
    found = _said(RefiProject(variables=variables, sources=(RefiSource("s", "x", variables=values),)))
    assert found.said["s"] == {"participant": "P-01", "case": "ESTHER", "site": "North", "wave": "2"}
    assert found.of_sources["s"] == {"Role": "leader"}


def test_a_case_is_a_person_unless_the_study_says_otherwise() -> None:
    """Its variables are the person's; a name of study.yaml is a case or site; two people leave a source to nobody."""
    variables = {"v": "Fall", "r": "Role", "d": "Date"}
    cases = (
        RefiCase("1", "Anna", {"v": "ESTHER", "r": "leader", "d": "2024-01-01"}, ("a", "both")),
        RefiCase("2", "Bo", {}, ("both",)),
        RefiCase("3", "north", {}, ("a",)),
        RefiCase("4", "Welle 2", {}, ("a",)),
    )
    sources = (RefiSource("a", "A"), RefiSource("both", "Group"))
    found = _said(
        RefiProject(variables=variables, cases=cases, sources=sources),
        KnownPlaces({"esther": "ESTHER"}, {"north": "North"}),
    )
    assert found.said["a"] == {"participant": "Anna", "case": "ESTHER", "site": "North", "wave": "2"}
    assert "participant" not in found.said["both"]
    assert any("2 people (Anna, Bo)" in note for note in found.notes)
    assert {(a.of, a.owner, a.name, a.value) for a in found.attributes} == {
        (Owner.PARTICIPANT, "Anna", "Role", "leader"),
        (Owner.PARTICIPANT, "Anna", "Date", "2024-01-01"),
    }


def test_a_case_without_a_name_is_the_source_itself() -> None:
    """MAXQDA and Quirkos keep the variables of a source so; NVivo writes a classification before a variable's name."""
    variables = {"w": "Interviews:Wave", "a": "People:Age"}
    case = RefiCase("1", "", {"w": "2", "a": "40-49"}, ("a",))
    found = _said(RefiProject(variables=variables, cases=(case,), sources=(RefiSource("a", "A"),)))
    assert (found.said["a"], found.of_sources["a"]) == ({"wave": "2"}, {"Age": "40-49"})
    assert found.attributes == []
    two = {"a": "People:Age", "b": "Places:Age"}
    kept = _said(RefiProject(variables=two, sources=(RefiSource("a", "A", variables={"a": "1", "b": "2"}),)))
    assert kept.of_sources["a"] == {"People:Age": "1", "Places:Age": "2"}


def test_of_two_variables_with_one_meaning_the_second_is_an_attribute() -> None:
    """Nothing is overwritten in silence."""
    source = RefiSource("a", "A", variables={"1": "North", "2": "Room 4"})
    found = _said(RefiProject(variables={"1": "Site", "2": "Location"}, sources=(source,)))
    assert (found.said["a"], found.of_sources["a"]) == ({"site": "North"}, {"Location": "Room 4"})
    assert found.understood[1].by == "another one is the site"


def test_a_passage_of_a_case_tells_whose_source_it_is() -> None:
    """Where a case names passages instead of sources."""
    source = RefiSource("a", "A", selections=(RefiSelection("p", 0, 3),))
    found = _said(RefiProject(cases=(RefiCase("1", "Anna", {}, (), ("p",)),), sources=(source,)))
    assert found.said["a"] == {"participant": "Anna"}


def test_sets_of_sources_that_say_something() -> None:
    """A wave by its name, a case of study.yaml, ATLAS.ti's "name: value"; others are counted."""
    sets = (
        RefiSet("1", "Wave 2", ("a",)),
        RefiSet("2", "Site: North", ("a",)),
        RefiSet("3", "gender: male", ("a",)),
        RefiSet("4", "codes", (), ("c",)),
        RefiSet("5", "esther", ("a",)),
        RefiSet("6", "Document group 1", ("a",)),
    )
    found = _said(RefiProject(sources=(RefiSource("a", "A"),), sets=sets), KnownPlaces({"esther": "ESTHER"}))
    assert found.said["a"] == {"wave": "2", "site": "North", "case": "ESTHER"}
    assert found.of_sources["a"] == {"gender": "male"}
    assert found.sets == ["codes", "Document group 1"]
    told = _said(RefiProject(sources=(RefiSource("a", "A"),), sets=sets), set={"gender: male": "case=Men"})
    assert told.said["a"]["case"] == "Men"


def test_the_map_is_stronger_than_any_name() -> None:
    """Variables renamed, taken as a place or left out; cases as another sort, under another name, or left out."""
    variables = {"1": "Role", "2": "Where", "3": "Case"}
    cases = (
        RefiCase("c", "Anna", {"1": "x", "2": "North", "3": "y"}, ("a",)),
        RefiCase("d", "Bo", {}, ("a",)),
    )
    found = _said(
        RefiProject(variables=variables, cases=cases, sources=(RefiSource("a", "A"),)),
        variable={"Role": "Position", "where": "site", "Case": "-"},
        case={"anna": "participant=JKG-01", "Bo": "-"},
    )
    assert found.said["a"] == {"site": "North", "participant": "JKG-01"}
    assert [(a.owner, a.name) for a in found.attributes] == [("JKG-01", "Position")]


def test_a_value_that_is_no_date_is_an_attribute() -> None:
    """A date in another spelling refuses nothing; it is kept as it stands."""
    project = RefiProject(
        variables={"d": "Datum", "p": "Participant"},
        sources=(RefiSource("a", "A", variables={"d": "14.2.2024", "p": "P-1"}),),
    )
    found = _said(project)
    assert "date" not in found.said["a"]
    assert found.of_sources["a"] == {"Datum": "14.2.2024"}


def test_a_map_that_cannot_be_used(tmp_path: Path) -> None:
    """Rows are named; what the project does not hold is said with the nearest name."""
    bad = write_lines(
        tmp_path / "m.csv", ["what,theirs,ours", "thing,a,b", "code,,b", "code,x,1", "code,X,2"]
    )
    with pytest.raises(BadInput) as refused:
        read_map(bad)
    assert [f"row {n}" in str(refused.value) for n in (2, 3, 4, 5)] == [True, True, True, True]
    names = read_map(
        write_lines(tmp_path / "n.csv", ["what,theirs,ours,about", "code,Mony,Money,x", "code,Other,,"])
    )
    assert names.faults({"code": ["Money"]}) == [
        f'{tmp_path / "n.csv"}, row 2: the project holds no code "mony". Did you mean "Money"?'
    ]


def _code(guid: str, *path: str, parent: str | None = None, codable: bool = True) -> RefiCode:
    return RefiCode(guid, path, parent, codable, "#00FF00", f"About {path[-1]}.")


THEIRS = (
    _code("g", "Topics", codable=False),
    _code("m", "Topics", "Money", parent="g"),
    _code("m2", "Topics", "Money", parent="g"),
    _code("c", "Coke"),
    _code("d", "Coke::diet"),
    _code("w", "Water::still::cold"),
)


def test_a_projects_codes_become_a_codebook() -> None:
    """A group at the top is a framework, "::" a level, the same name twice gets a number; colours and words come along."""
    found = codebook_of(THEIRS, name="Wave 1", used={"m", "m2"}, file="x")
    paths = {guid: found.codebook[code].path for guid, code in found.ids.items()}
    assert paths == {
        "m": "Topics/Money",
        "m2": "Topics/Money (2)",
        "c": "Codes/Coke",
        "d": "Codes/Coke/diet",
        "w": "Codes/Water/still/cold",
    }
    assert not found.codebook.find("Codes/Water").applicable
    assert found.codebook.find("Coke/diet").color == "#00FF00"
    assert found.codebook.find("Topics/Money").definition == "About Money."
    assert len(found.notes) == 2


def test_a_group_that_was_applied_is_a_code() -> None:
    """Whatever the file says of it."""
    found = codebook_of(THEIRS, name="Wave 1", used={"g"}, file="x")
    assert found.codebook[found.ids["g"]].path == "Codes/Topics"
    assert found.codebook[found.ids["m"]].path == "Codes/Topics/Money"


def test_no_codes_and_names_that_may_be_none() -> None:
    """Each is a sentence."""
    with pytest.raises(BadInput, match="holds no codes"):
        codebook_of((), name="x", used=(), file="x.qdpx")
    with pytest.raises(BadInput, match="printable"):
        codebook_of((_code("a", "x" * 300),), name="x", used=(), file="x.qdpx")


def test_codes_are_matched_by_path_and_by_name(codebook: Codebook) -> None:
    """From wherever their tree begins; a name that several of theirs bear, or that is not here, is not guessed."""
    theirs = (
        _code("1", "Nodes", "Topics", "MONEY"),
        _code("2", "people"),
        _code("3", "Nodes", "Early"),
        _code("4", "Peopel"),
        _code("5", "A", "Late"),
        _code("6", "B", "Late"),
        _code("7", "Topics::Money"),
        _code("8", "unused"),
    )
    found = match_codes(theirs, codebook, NameMap(), {str(n) for n in range(1, 8)}, add=False)
    assert [one.ours for one in found] == ["money", "people", "early", None, None, None, "money"]
    assert found[3].nearest == "People"
    names = NameMap(
        {
            ("code", "peopel"): "People",
            ("code", "a/late"): "-",
            ("code", "b/late"): "+",
            ("code", "people"): "nono",
        }
    )
    told = {one.guid: one for one in match_codes(theirs, codebook, names, {"2", "4", "5", "6"}, add=False)}
    assert told["4"].ours == "people"
    assert told["5"].left_out
    assert told["6"].added
    assert "not known" in told["2"].by


def test_added_codes_stand_in_a_framework_of_their_own(codebook: Codebook) -> None:
    """Beside those that are there, under ids and names that are free, with what lies above them as a group."""
    made = codebook_of(THEIRS, name="Wave 1", used={"m", "w"}, file="x")
    whole, ids = added_to(codebook, made, ["m", "w"])
    assert whole[ids["m"]].path == "Topics (from the project)/Money"
    assert ids["m"] != "money"
    assert whole[ids["w"]].path == "Codes/Water/still/cold"
    assert [code.applicable for code in whole.of_framework(whole[ids["w"]].framework)] == [False, False, True]
    assert whole.codes[: len(codebook.codes)] == codebook.codes
