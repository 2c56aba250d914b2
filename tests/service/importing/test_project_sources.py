"""Sources of a REFI-QDA project: whose they are, in what form they come, and which are there already."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from commands_refused import Tandem, refused, write_lines
from docx import Document
from project_coming_in import CODED, WHO, coded_source, codings_of, plain_project, study, tandem
from refi_projects import (
    TALK,
    at,
    code_tree,
    coding,
    guid,
    project,
    qdpx,
    selection,
    source,
    sources,
)

__all__ = ["study", "tandem"]


def test_a_source_whose_passages_fit_nowhere_is_left_out_and_said(tandem: Tandem, tmp_path: Path) -> None:
    """Neither its text nor its codings come in; the other source does."""
    within = [place for place in range(20, 190) if TALK[place - 1 : place + 5].isalpha()][:10]
    wrong = [selection(place, place + 3, coding("Money")) for place in within]
    parts = sources(
        source("P-01.txt", *coded_source(), content=TALK), source("P-02.txt", *wrong, content=TALK + "End.")
    )
    found = tandem(
        "import-project", str(qdpx(tmp_path / "p.qdpx", project(WHO, code_tree("Money", "People"), parts)))
    )
    assert [one["state"] for one in found["sources"]] == ["new", "left out"]
    (why,) = [reason for reason in found["left_out"] if "fit its text in no way of counting" in reason]
    assert "of 10 would begin and end between words" in found["left_out_places"][why][0]
    assert found["left_out"]["coding in a source that is not taken"] == 10
    assert found["codings"] == 4


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
        sources(source("talk.docx", *coded_source(), content=TALK)),
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
    passages = [*coded_source(), selection(*at(TALK, "people stayed"), coding("Anna"))]
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
        source("P-01.docx", *coded_source(), value, content=TALK),
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
    parts = sources(source("P-01.docx", *coded_source(), rich="internal://w.docx"), page)
    file = qdpx(
        tmp_path / "p.qdpx", project(WHO, code_tree("Money", "People"), parts), {"w.docx": out.getvalue()}
    )
    found = tandem("import-project", str(file))
    assert [one["codings"] for one in found["sources"]] == [4, 1]
    assert codings_of(tandem) == sorted(("Ada Lind", code, words) for words, code in CODED)
    assert codings_of(tandem, "Report")[0][2].replace("\n", " ") == "a whole year of it"


def test_transcripts_that_are_here_already(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """The same words are recognised under another name, another layout by the passages' words; other words are refused."""
    tandem("import", str(write_lines(tmp_path / "JKG-07.txt", TALK.splitlines())), "--wave", "1")
    file = plain_project(tmp_path)
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


def test_a_damaged_source_spoils_nothing_else(tandem: Tandem, study: Path, tmp_path: Path) -> None:
    """A bomb or a broken part stops the import before anything is kept; a source that is no text is left out."""
    parts = sources(
        source("P-01.docx", *coded_source(), content=TALK), source("X.txt", plain="internal://x.txt")
    )
    xml = project(WHO, code_tree("Money", "People"), parts)
    found = tandem("import-project", str(qdpx(tmp_path / "a.qdpx", xml, {"x.txt": b"\x00\x01" * 400})))
    assert any("no text" in reason for reason in found["left_out"])
    qdpx(tmp_path / "b.qdpx", xml, {"x.txt": b" " * 30_000_000})
    again = tandem("import-project", str(tmp_path / "b.qdpx"))
    assert any("unpacks to 30 MB" in reason for reason in again["left_out"])
    with zipfile.ZipFile(tmp_path / "c.qdpx", "w") as archive:
        archive.writestr("project.qde", '<!DOCTYPE p [<!ENTITY a "b">]>' + xml.partition("?>")[2])
    assert "declares XML entities" in refused(tandem, study, "import-project", str(tmp_path / "c.qdpx"))
