""" "tandem import-project": projects in the layouts of several programs, all or nothing, told and once."""

from __future__ import annotations

import shutil
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import commands_on
from commands_refused import Tandem, refused, rows_of_tables, write_lines
from docx import Document
from refi_projects import (
    TALK,
    as_utf16,
    at,
    code_tree,
    coding,
    guid,
    project,
    qdpx,
    selection,
    source,
    sources,
    users,
)
from typer.testing import CliRunner

from annotations.errors import BadInput
from service.cli.main import app

CODED = (
    ("no money", "Money"),
    ("nobody asked us", "People"),
    ("nurses from Jönköping", "People"),
    ("It was good", "Money"),
)
WHO = users(ada="Ada Lind", bo="Bo")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Where the study is made."""
    return tmp_path / "study"


@pytest.fixture
def tandem(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tandem:
    """A study without transcripts, with a small codebook, and the commands."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    run = commands_on(study)
    book = write_lines(
        tmp_path / "book.csv", ["framework,code", "Topics,Money", "Topics,People", "Other,Early"]
    )
    run("init", str(study), "--codebook", str(book))
    run("status")  # makes the database
    return run


def _coded(text: str = TALK, unit: Any = lambda _text, place: place, **said: str) -> list[str]:
    return [
        selection(*(unit(text, place) for place in at(text, words)), coding(code, **said))
        for words, code in CODED
    ]


def _plain(tmp_path: Path, **changes: Any) -> Path:
    parts = [WHO, code_tree("Money", "People"), sources(source("P-01.docx", *_coded(), content=TALK))]
    return qdpx(tmp_path / "p.qdpx", project(*parts, **changes))


def _codings(tandem: Tandem, name: str = "P-01") -> list[tuple[str, str, str]]:
    found = tandem("show", name)
    whole = "".join(f"{turn['text']}" for turn in found["turns"])
    assert whole
    text = {turn["turn"]: turn for turn in found["turns"]}
    return sorted(
        (c["coder"], c["code"], turn["text"][c["start"] - turn["start"] : c["end"] - turn["start"]])
        for turn in text.values()
        for c in turn["codings"]
    )


def test_a_project_comes_in_whole_and_once(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """Sources are transcripts, codings stand at their words; a dry run keeps nothing, a second import adds nothing."""
    file = _plain(tmp_path)
    before = rows_of_tables(study)
    tried = tandem("import-project", str(file), "--dry-run")
    assert (tried["codings"], tried["dry_run"]) == (4, True)
    assert rows_of_tables(study) == before
    found = tandem("import-project", str(file))
    assert (found["codings"], found["unchanged"], found["coders"]) == (4, 0, {"Ada Lind": "Ada Lind"})
    assert _codings(tandem) == sorted(("Ada Lind", code, words) for words, code in CODED)
    kept = _without_the_log(study)
    again = tandem("import-project", str(file))
    assert (again["codings"], again["unchanged"]) == (0, 4)
    assert again["sources"][0]["state"] == "already there"
    assert _without_the_log(study) == kept


def _without_the_log(study: Path) -> list[tuple[Any, ...]]:
    """How many rows each table holds, but for the audit log: that somebody imported again belongs there."""
    return [one for one in rows_of_tables(study) if one[0] != "audit_log"]


@pytest.mark.parametrize("utf16", [True, False])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_unit_of_each_program(tandem: Tandem, tmp_path: Path, utf16: bool, mark: bytes) -> None:
    """NVivo's UTF-16 units with CR LF as two, and code points; it is found, and said with its evidence."""
    raw = TALK.replace("\n", "\r\n")
    passages = _coded(raw, as_utf16 if utf16 else lambda _text, place: place)
    xml = project(
        WHO, code_tree("Money", "People"), sources(source("P-01.docx", *passages, plain="internal://A.txt"))
    )
    file = qdpx(
        tmp_path / "p.qdpx", xml, {"a.TXT": mark + raw.encode()}, inner="Wave 1.qde", folder="Sources"
    )
    (one,) = tandem("import-project", str(file))["sources"]
    assert ("UTF-16" in one["unit"]) is utf16
    assert "a line end of two characters as two" in one["unit"]
    assert one["evidence"].startswith("4 of its 4 passages")
    assert _codings(tandem) == sorted(("Ada Lind", code, words) for words, code in CODED)


def test_a_source_whose_passages_fit_nowhere_is_left_out_and_said(tandem: Tandem, tmp_path: Path) -> None:
    """Neither its text nor its codings come in; the other source does."""
    within = [place for place in range(20, 190) if TALK[place - 1 : place + 5].isalpha()][:10]
    wrong = [selection(place, place + 3, coding("Money")) for place in within]
    parts = sources(
        source("P-01.txt", *_coded(), content=TALK), source("P-02.txt", *wrong, content=TALK + "End.")
    )
    found = tandem(
        "import-project", str(qdpx(tmp_path / "p.qdpx", project(WHO, code_tree("Money", "People"), parts)))
    )
    assert [one["state"] for one in found["sources"]] == ["new", "left out"]
    (why,) = [reason for reason in found["left_out"] if "fit its text in no way of counting" in reason]
    assert "of 10 would begin and end between words" in found["left_out_places"][why][0]
    assert found["left_out"]["coding in a source that is not taken"] == 10
    assert found["codings"] == 4


def test_what_has_no_place_is_counted_and_said(tandem: Tandem, tmp_path: Path) -> None:
    """Absent sources, passages without length or code or beyond the end, unknown codes, pictures, sound, sets."""
    passages = [
        *_coded(),
        selection(5, 5, coding("Money")),
        selection(3, 9),
        selection(900, 990, coding("Money")),
        selection(*at(TALK, "people stayed"), coding("Nothing of the kind")),
    ]
    parts = sources(
        source("P-01.txt", *passages, content=TALK),
        source("Gone.txt", plain="internal://gone.txt"),
        f'<PictureSource guid="{guid("pic")}" name="p"><PictureSelection guid="{guid("ps")}" firstX="0" firstY="0" '
        f'secondX="1" secondY="1">{coding("Money")}</PictureSelection></PictureSource>',
        f'<AudioSource guid="{guid("aud")}" name="a"/>',
    )
    sets = f'<Sets><Set guid="{guid("set")}" name="Codes"><MemberCode targetGUID="{guid("Money")}"/></Set></Sets>'
    found = tandem(
        "import-project",
        str(qdpx(tmp_path / "p.qdpx", project(WHO, code_tree("Money", "People", "Never"), parts, sets))),
    )
    left = found["left_out"]
    assert found["codings"] == 4
    for words in (
        "no length", "without a code", "beyond the end", "is not in the project", "its file is not in the project",
        "pictures", "passages in pictures", "sound recordings", "set of codes",
    ):  # fmt: skip
        assert any(words in reason for reason in left), words
    assert any(
        "position 900 to 990" in place for places in found["left_out_places"].values() for place in places
    )
    assert found["unused_codes"] == 1


def test_memos_times_and_people(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """A memo hangs on its coding, by a note or by ATLAS.ti's link; who coded is by the name rule, or as --coder says."""
    first, second = (at(TALK, words) for words in ("no money", "people stayed"))
    linked = selection(*second, coding("People", user="bo"))
    passage = guid(f"{second[0]}-{second[1]}--1")
    notes = (
        f'<Notes><Note guid="{guid("n")}"><PlainTextContent>Look: &lt;here&gt;</PlainTextContent></Note>'
        f'<Note guid="{guid("l")}"><PlainTextContent>linked</PlainTextContent></Note>'
        f'<Note guid="{guid("free")}"><PlainTextContent>on nothing</PlainTextContent></Note></Notes>'
        f'<Links><Link guid="{guid("k")}" originGUID="{guid("l")}" targetGUID="{passage}"/></Links>'
    )
    parts = sources(source("P-01.txt", selection(*first, coding("Money", note="n")), linked, content=TALK))
    file = qdpx(tmp_path / "p.qdpx", project(WHO, code_tree("Money", "People"), parts, notes))
    config = yaml.safe_load((study / "study.yaml").read_text("utf-8"))
    config["coders"] = [{"name": "Ada Lindh"}, {"name": "Bosse", "aliases": ["Bo"]}]
    (study / "study.yaml").write_text(yaml.safe_dump(config), "utf-8")
    assert 'user "Ada Lind"' in refused(tandem, study, "import-project", str(file))
    found = tandem("import-project", str(file), "--coder", "Ada Lind=Ada Lindh")
    assert found["coders"] == {"Ada Lind": "Ada Lindh", "Bo": "Bosse"}
    memos = {c["memo"] for turn in tandem("show", "P-01")["turns"] for c in turn["codings"]}
    assert memos == {"Look: <here>", "linked"}
    assert found["left_out"]["memo that hangs on no coding"] == 1
    with pytest.raises(BadInput, match='"Theirs=Ours"'):
        tandem("import-project", str(file), "--coder", "Ada")
    with pytest.raises(BadInput, match='Did you mean "Ada Lind"'):
        tandem("import-project", str(file), "--coder", "Ada Lnd=Ada Lindh")


def test_users_with_names_alike_are_two_people(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """In one project they are; one that is a slip away from a coder of the study has to be said, and may be."""
    who = users(ada="Anna Berg", bo="Anne Berg")
    passages = [
        selection(*at(TALK, words), coding("Money", user=user))
        for words, user in (("no money", "ada"), ("asked", "bo"))
    ]
    parts = (code_tree("Money"), sources(source("P-01", *passages, content=TALK)))
    file = qdpx(tmp_path / "p.qdpx", project(who, *parts))
    assert tandem("import-project", str(file))["coders"] == {
        "Anna Berg": "Anna Berg",
        "Anne Berg": "Anne Berg",
    }
    other = qdpx(tmp_path / "o.qdpx", project(users(ada="Anna Bergh", bo="Bo"), *parts))
    assert "a typo away" in refused(tandem, study, "import-project", str(other))
    found = tandem("import-project", str(other), "--coder", "Anna Bergh=Anna Bergh")
    assert found["coders"] == {"Anna Bergh": "Anna Bergh", "Bo": "Bo"}


def test_codes_that_the_codebook_does_not_hold(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """They are listed with the nearest and nothing comes in; a map, or --add-codes, says what is meant."""
    passages = [
        selection(*at(TALK, words), coding(code))
        for words, code in (("no money", "Moneys"), ("people stayed", "Staff"))
    ]
    file = qdpx(
        tmp_path / "p.qdpx",
        project(WHO, code_tree("Moneys", "Staff"), sources(source("P-01", *passages, content=TALK))),
    )
    said = refused(tandem, study, "import-project", str(file))
    assert 'code "Moneys" (1 coding)' in said
    assert 'nearest is "Money"' in said
    assert said.count("--add-codes") == 1
    table = write_lines(
        tmp_path / "map.csv", ["what,theirs,ours", "code,Moneys,Topics/Money", "code,Staff,-"]
    )
    found = tandem("import-project", str(file), "--map", str(table), "--dry-run")
    assert [one["ours"] for one in found["codes"]] == ["Money", None]
    assert found["codings"] == 1
    added = tandem("import-project", str(file), "--add-codes")
    assert (added["codebook"], added["codings"]) == ("codes added", 2)
    kept = yaml.safe_load((study / "codebook.yaml").read_text("utf-8"))
    assert [framework["name"] for framework in kept["frameworks"]] == ["Topics", "Other", "Codes"]
    assert kept["frameworks"][2]["codes"][0]["color"] == "#FF0000"
    assert tandem("import-project", str(file))["unchanged"] == 2


def test_the_map_that_is_written_is_read(tandem: Tandem, tmp_path: Path) -> None:
    """What was left out or added by a map is so again with the table that a dry run writes; a spreadsheet runs nothing."""
    passages = [
        selection(*at(TALK, words), coding(code)) for words, code in (("no money", "=1+1"), ("asked", "New"))
    ]
    parts = sources(source("P-01", *passages, content=TALK), source("-Minutes", content="A: Well."))
    file = qdpx(tmp_path / "p.qdpx", project(WHO, code_tree("=1+1", "New"), parts))
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    write_lines(first, ["what,theirs,ours", 'code,"=1+1",-', "code,New,+", "source,-Minutes,-"])
    run = ("import-project", str(file), "--dry-run", "--map")
    one = tandem(*run, str(first), "--write-map", str(second))
    assert '"=1' not in second.read_text("utf-8-sig")
    two = tandem(*run, str(second))
    assert (one["codes"], one["codings"]) == (two["codes"], two["codings"])
    assert [entry["by"] for entry in two["codes"]] == ["left out", "added"]


def test_without_a_codebook_the_projects_becomes_it(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """Tree, colours and descriptions; also of a codebook alone, and for a new study."""
    (study / "codebook.yaml").unlink()
    tree = code_tree("Money", "People", below={"Money": ["Cost"]})
    file = qdpx(
        tmp_path / "p.qdpx", project(WHO, tree, sources(source("P-01.docx", *_coded(), content=TALK)))
    )
    assert tandem("import-project", str(file))["codebook"] == "made of the project's"
    (framework,) = yaml.safe_load((study / "codebook.yaml").read_text("utf-8"))["frameworks"]
    assert framework["codes"][0]["codes"][0] == {
        "id": "cost", "code": "Cost", "definition": "What Cost means.", "color": "#FF0000",
    }  # fmt: skip
    alone = tmp_path / "c.qdc"
    alone.write_text(tree.replace("<CodeBook>", '<CodeBook xmlns="urn:QDA-XML:codebook:1.0">'), "utf-8")
    made = commands_on(tmp_path / "new")("init", str(tmp_path / "new"), "--codebook", str(alone))
    assert made["codes"] == 3
    compared = tandem("import-project", str(alone))
    assert [one["by"] for one in compared["codes"]] == ["name", "path", "name"]


def test_whose_the_sources_are(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """Cases and variables become participant, case, site and wave, others attributes; the dry run's table corrects them."""
    (study / "study.yaml").write_text("name: S\ncases: {ESTHER: [North]}\nwaves: ['1', '2']\n", "utf-8")
    variables = "".join(
        f'<Variable guid="{guid(name)}" name="{name}" typeOfVariable="Text"/>'
        for name in ("Fall", "Welle", "Rolle", "Ort")
    )
    values = "".join(
        f'<VariableValue><VariableRef targetGUID="{guid(name)}"/><TextValue>{value}</TextValue></VariableValue>'
        for name, value in (("Fall", "esther"), ("Welle", "2"), ("Rolle", "Leitung"), ("Ort", "North"))
    )
    case = (
        f'<Cases><Case guid="{guid("case")}" name="Anna">{values}'
        f'<SourceRef targetGUID="{guid("talk.docx")}"/></Case></Cases>'
    )
    parts = (
        f"<Variables>{variables}</Variables>",
        case,
        sources(source("talk.docx", *_coded(), content=TALK)),
    )
    file = qdpx(tmp_path / "p.qdpx", project(WHO, code_tree("Money", "People"), *parts))
    table = tmp_path / "map.csv"
    tandem("import-project", str(file), "--dry-run", "--write-map", str(table))
    text = table.read_text("utf-8-sig")
    assert '"variable","Rolle","Rolle"' in text
    assert '"case","Anna","participant"' in text
    table.write_text(
        text.replace('"Anna","participant"', '"Anna","participant=JKG-01"').replace(
            '"Rolle","Rolle"', '"Rolle","Role"'
        )
    )
    (one,) = tandem("import-project", str(file), "--map", str(table))["sources"]
    assert (one["participant"], one["case"], one["site"], one["wave"]) == ("JKG-01", "ESTHER", "North", "2")
    assert tandem("show", "talk")["attributes"] == {"Role": "Leitung"}
    wrong = qdpx(tmp_path / "w.qdpx", project(*parts).replace(">esther<", ">ESTER<"))
    assert 'Did you mean "ESTHER"' in refused(
        tandem, study, "import-project", str(wrong), "--map", str(table)
    )


def test_nvivos_cases_are_no_codes(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """A passage that is coded to a case says whose words these are, also where the codebook lists the case."""
    (study / "codebook.yaml").unlink()
    passages = [*_coded(), selection(*at(TALK, "people stayed"), coding("Anna"))]
    variables = (
        f'<Variables><Variable guid="{guid("v")}" name="Person:Rolle" typeOfVariable="Text"/></Variables>'
    )
    value = f'<VariableValue><VariableRef targetGUID="{guid("v")}"/><TextValue>Leitung</TextValue></VariableValue>'
    parts = (
        variables,
        f'<Cases><Case guid="{guid("Anna")}" name="Anna">{value}</Case></Cases>',
        sources(source("talk.docx", *passages, content=TALK)),
    )
    tree = code_tree("Money", "People", "Anna")
    found = tandem("import-project", str(qdpx(tmp_path / "p.qdpx", project(WHO, tree, *parts))))
    assert (found["codings"], found["sources"][0]["participant"]) == (4, "Anna")
    assert [one["theirs"] for one in found["codes"]] == ["Money", "People"]
    assert any("names a case instead of a code" in note for note in found["notes"])
    assert _attributes(tandem) == {"Anna": {"Rolle": "Leitung"}}


def test_variables_of_a_source_are_its_participants(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """Also where only the source's name says who that is; a source of nobody keeps none, and that is said."""
    (study / "study.yaml").write_text("name: S\nparticipant_pattern: 'P-[0-9]+'\n", "utf-8")
    variables = f'<Variables><Variable guid="{guid("v")}" name="Role" typeOfVariable="Text"/></Variables>'
    value = (
        f'<VariableValue><VariableRef targetGUID="{guid("v")}"/><TextValue>lead</TextValue></VariableValue>'
    )
    parts = sources(
        source("P-01.docx", *_coded(), value, content=TALK),
        source("Minutes", value, content="What was said."),
    )
    xml = project(WHO, code_tree("Money", "People"), variables, parts)
    found = tandem("import-project", str(qdpx(tmp_path / "p.qdpx", xml)))
    assert _attributes(tandem) == {"P-01": {"Role": "lead"}}
    assert found["left_out"]["variables of a source that names no participant"] == 1


def _attributes(tandem: Tandem) -> dict[str, dict[str, str]]:
    return {one["participant"]: one["attributes"] for one in tandem("participants")["participants"]}


def test_word_files_and_pages(tandem: Tandem, tmp_path: Path) -> None:
    """A source with a Word file alone is read as such; a passage on a page is found by its recorded words."""
    document, out = Document(), BytesIO()
    for line in TALK.splitlines():
        document.add_paragraph(line)
    document.save(out)
    page = (
        f'<PDFSource guid="{guid("pdf")}" name="Report.pdf"><PDFSelection guid="{guid("ps")}" page="1" '
        f'firstX="0" firstY="0" secondX="9" secondY="9">'
        f'<Representation guid="{guid("rep")}"><PlainTextContent>a whole year of it</PlainTextContent>'
        f'</Representation>{coding("Money")}</PDFSelection><Representation guid="{guid("r2")}"><PlainTextContent>'
        f"It took us\na whole year of it, and more.</PlainTextContent></Representation></PDFSource>"
    )
    parts = sources(source("P-01.docx", *_coded(), rich="internal://w.docx"), page)
    file = qdpx(
        tmp_path / "p.qdpx", project(WHO, code_tree("Money", "People"), parts), {"w.docx": out.getvalue()}
    )
    found = tandem("import-project", str(file))
    assert [one["codings"] for one in found["sources"]] == [4, 1]
    assert _codings(tandem) == sorted(("Ada Lind", code, words) for words, code in CODED)
    assert _codings(tandem, "Report")[0][2].replace("\n", " ") == "a whole year of it"


def test_transcripts_that_are_here_already(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """The same words are recognised under another name, another layout by the passages' words; other words are refused."""
    tandem("import", str(write_lines(tmp_path / "JKG-07.txt", TALK.splitlines())), "--wave", "1")
    file = _plain(tmp_path)
    (one,) = tandem("import-project", str(file))["sources"]
    assert (one["transcript"], one["state"]) == ("JKG-07", "already there")
    loose = TALK.replace(" ", "  ")
    passages = [selection(*at(loose, words.replace(" ", "  ")), coding(code)) for words, code in CODED]
    parts = (WHO, code_tree("Money", "People"))
    same = qdpx(
        tmp_path / "s.qdpx", project(*parts, sources(source("JKG-07.docx", *passages, content=loose)))
    )
    again = tandem("import-project", str(same))
    assert (again["codings"], again["unchanged"]) == (0, 4)
    assert any("laid out otherwise; 4 of 4" in note for note in again["notes"])
    other = qdpx(tmp_path / "o.qdpx", project(*parts, sources(source("JKG-07.docx", content="Other words."))))
    assert "with other words is there already" in refused(tandem, study, "import-project", str(other))


@pytest.mark.slow
def test_two_sources_of_one_name_and_one_without(tandem: Tandem, tmp_path: Path) -> None:
    """The second gets a number, at every import the same."""
    parts = sources(
        source("Talk.docx", content="Anna: One.\nBo: And?\nAnna: Yes.\n"),
        source("talk.txt", content="A: Two."),
        source("", content="A: Three."),
    )
    file = qdpx(tmp_path / "p.qdpx", project(WHO, parts))
    found = tandem("import-project", str(file))
    assert [one["transcript"] for one in found["sources"]] == ["Talk", "talk (2)", "Source 3"]
    assert any('"Anna", "Bo": study.yaml does not say' in note for note in found["notes"])
    assert [one["state"] for one in tandem("import-project", str(file))["sources"]] == ["already there"] * 3


def test_two_people_who_say_the_same(tandem: Tandem, tmp_path: Path) -> None:
    """Short answers of a survey may be alike word by word, and stay two; also when they come again."""
    answers = sources(source("1", content="Nothing at all.\n"), source("2", content="Nothing at all.\n"))
    file = qdpx(tmp_path / "p.qdpx", project(WHO, answers))
    for state in ("new", "already there"):
        found = tandem("import-project", str(file))["sources"]
        assert [(one["transcript"], one["state"]) for one in found] == [("1", state), ("2", state)]


@pytest.mark.slow
def test_who_withdrew_does_not_come_back(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """A project that holds them is refused as a whole, with what to do."""
    (study / "study.yaml").write_text("name: S\nparticipant_pattern: 'P-[0-9]+'\n", "utf-8")
    tandem("participants", str(write_lines(tmp_path / "p.csv", ["participant,role", "P-01,x"])))
    tandem("withdraw", "P-01", "--by", "Lea", "--yes")
    assert "participant P-01 withdrew" in refused(tandem, study, "import-project", str(_plain(tmp_path)))


def test_read_to_the_end(tandem: Tandem, tmp_path: Path) -> None:
    """With --complete all what is uncoded is an answer; without who coded that cannot be."""
    parts = (WHO, code_tree("Money", "People"))
    talk = source("P-01.docx", *_coded(), content=f"{TALK}I: More?\nP-01: No.\n")
    whole = qdpx(tmp_path / "w.qdpx", project(*parts, sources(talk)))
    found = tandem("import-project", str(whole), "--complete", "all")
    assert (found["reviews"], found["empty_reviews"]) == (5, 1)
    again = tandem("import-project", str(whole), "--complete", "all")
    assert (again["reviews"], again["codings"], again["superseded"]) == (0, 0, 0)
    nobody = (
        project(
            code_tree("Money", "People"),
            sources(source("P-02.docx", *_coded(user=""), content=TALK + "Bye.")),
        )
        .replace(f'creatingUserGUID="{guid("ada")}"', "")
        .replace(f'creatingUser="{guid("ada")}"', "")
    )
    file = qdpx(tmp_path / "n.qdpx", nobody)
    with pytest.raises(BadInput, match="name nobody who coded"):
        tandem("import-project", str(file), "--complete", "all")
    assert tandem("import-project", str(file))["coders"] == {"(nobody named)": "coder not named"}


def test_a_damaged_source_spoils_nothing_else(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """A bomb or a broken part stops the import before anything is kept; a source that is no text is left out."""
    parts = sources(source("P-01.docx", *_coded(), content=TALK), source("X.txt", plain="internal://x.txt"))
    xml = project(WHO, code_tree("Money", "People"), parts)
    found = tandem("import-project", str(qdpx(tmp_path / "a.qdpx", xml, {"x.txt": b"\x00\x01" * 400})))
    assert any("no text" in reason for reason in found["left_out"])
    qdpx(tmp_path / "b.qdpx", xml, {"x.txt": b" " * 30_000_000})
    again = tandem("import-project", str(tmp_path / "b.qdpx"))
    assert any("unpacks to 30 MB" in reason for reason in again["left_out"])
    with zipfile.ZipFile(tmp_path / "c.qdpx", "w") as archive:
        archive.writestr("project.qde", '<!DOCTYPE p [<!ENTITY a "b">]>' + xml.partition("?>")[2])
    assert "declares XML entities" in refused(tandem, study, "import-project", str(tmp_path / "c.qdpx"))


def test_what_people_read_on_the_screen(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """Sources, units, codes and names as tables, what was left out as lines."""
    raw = TALK.replace("\n", "\r\n")
    xml = project(
        WHO,
        code_tree("Money", "People"),
        sources(
            source("P-01.docx", *_coded(raw, as_utf16), plain="internal://a.txt"), source("G", plain="g.txt")
        ),
        origin="NVivo",
    )
    file = qdpx(tmp_path / "p.qdpx", xml, {"a.txt": raw.encode()})
    done = CliRunner().invoke(app, ["--study", str(study), "import-project", str(file), "--dry-run"])
    assert done.exit_code == 0, done.output
    for words in (
        "made by NVivo",
        "nothing was kept",
        "in UTF-16 units",
        "4 of its 4 passages",
        "Left out:",
        "Next:",
    ):
        assert words in done.output


def test_other_commands_say_where_a_project_comes_in(tandem: Tandem, tmp_path: Path) -> None:
    """Neither a transcript nor a table of codings; a folder names it among what is not read."""
    file = _plain(tmp_path)
    for command in ("import", "import-codings"):
        with pytest.raises(BadInput, match="tandem import-project"):
            tandem(command, str(file))
    (tmp_path / "folder").mkdir()
    shutil.copy(file, tmp_path / "folder" / "p.qdpx")
    write_lines(tmp_path / "folder" / "P-01.txt", TALK.splitlines())
    found = tandem("import", str(tmp_path / "folder"))
    assert any("tandem import-project" in note for note in found["warnings"])
