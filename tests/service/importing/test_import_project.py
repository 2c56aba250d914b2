""" "tandem import-project": projects in the layouts of several programs, all or nothing, told and once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import commands_on
from commands_refused import Tandem, refused, rows_of_tables, write_lines
from project_coming_in import CODED, WHO, coded_source, codings_of, plain_project, study, tandem
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

__all__ = ["study", "tandem"]


def test_a_project_comes_in_whole_and_once(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """Sources are transcripts, codings stand at their words; a dry run keeps nothing, a second import adds nothing."""
    file = plain_project(tmp_path)
    before = rows_of_tables(study)
    tried = tandem("import-project", str(file), "--dry-run")
    assert (tried["codings"], tried["dry_run"]) == (4, True)
    assert rows_of_tables(study) == before
    found = tandem("import-project", str(file))
    assert (found["codings"], found["unchanged"], found["coders"]) == (4, 0, {"Ada Lind": "Ada Lind"})
    assert codings_of(tandem) == sorted(("Ada Lind", code, words) for words, code in CODED)
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
    passages = coded_source(raw, as_utf16 if utf16 else lambda _text, place: place)
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
    assert codings_of(tandem) == sorted(("Ada Lind", code, words) for words, code in CODED)


def test_what_has_no_place_is_counted_and_said(tandem: Tandem, tmp_path: Path) -> None:
    """Absent sources, passages without length or code or beyond the end, unknown codes, pictures, sound, sets."""
    passages = [
        *coded_source(),
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
        tmp_path / "p.qdpx", project(WHO, tree, sources(source("P-01.docx", *coded_source(), content=TALK)))
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
    assert "participant P-01 withdrew" in refused(
        tandem, study, "import-project", str(plain_project(tmp_path))
    )


def test_read_to_the_end(tandem: Tandem, tmp_path: Path) -> None:
    """With --complete all what is uncoded is an answer; without who coded that cannot be."""
    parts = (WHO, code_tree("Money", "People"))
    talk = source("P-01.docx", *coded_source(), content=f"{TALK}I: More?\nP-01: No.\n")
    whole = qdpx(tmp_path / "w.qdpx", project(*parts, sources(talk)))
    found = tandem("import-project", str(whole), "--complete", "all")
    assert (found["reviews"], found["empty_reviews"]) == (5, 1)
    again = tandem("import-project", str(whole), "--complete", "all")
    assert (again["reviews"], again["codings"], again["superseded"]) == (0, 0, 0)
    nobody = (
        project(
            code_tree("Money", "People"),
            sources(source("P-02.docx", *coded_source(user=""), content=TALK + "Bye.")),
        )
        .replace(f'creatingUserGUID="{guid("ada")}"', "")
        .replace(f'creatingUser="{guid("ada")}"', "")
    )
    file = qdpx(tmp_path / "n.qdpx", nobody)
    with pytest.raises(BadInput, match="name nobody who coded"):
        tandem("import-project", str(file), "--complete", "all")
    assert tandem("import-project", str(file))["coders"] == {"(nobody named)": "coder not named"}


def test_what_people_read_on_the_screen(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """Sources, units, codes and names as tables, what was left out as lines."""
    raw = TALK.replace("\n", "\r\n")
    xml = project(
        WHO,
        code_tree("Money", "People"),
        sources(
            source("P-01.docx", *coded_source(raw, as_utf16), plain="internal://a.txt"),
            source("G", plain="g.txt"),
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
    file = plain_project(tmp_path)
    for command in ("import", "import-codings"):
        with pytest.raises(BadInput, match="tandem import-project"):
            tandem(command, str(file))
    (tmp_path / "folder").mkdir()
    shutil.copy(file, tmp_path / "folder" / "p.qdpx")
    write_lines(tmp_path / "folder" / "P-01.txt", TALK.splitlines())
    found = tandem("import", str(tmp_path / "folder"))
    assert any("tandem import-project" in note for note in found["warnings"])
