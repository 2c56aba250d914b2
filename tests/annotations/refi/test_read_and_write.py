"""What is written is read back, and outsiders read it: the standard's schema and another library."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from builders import REPOSITORY, skip_or_fail
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from annotations.refi import descriptions
from annotations.refi.container import open_container
from annotations.refi.guids import normal, stable
from annotations.refi.project import (
    RefiCase,
    RefiCode,
    RefiCoding,
    RefiNote,
    RefiProject,
    RefiSelection,
    RefiSource,
    RefiUser,
)
from annotations.refi.read import read_project
from annotations.refi.unit_decision import OWN
from annotations.refi.write import codebook_xml, project_archive, project_xml, unwritable

SCHEMAS = REPOSITORY.parent / "shared" / "reference" / "refi-qda"
STUDY = UUID(int=7)
WHEN = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
# all scripts, marks that change width, line ends of every kind, what XML escapes
_TEXT = st.lists(
    st.sampled_from(
        [*"aß日ع<&>\"' \t\n", "\r\n", "\r", "]]>", "\U0001f469\u200d\u2695", "e\u0301", "\u2028"]
    ),
    max_size=25,
).map("".join)
_NAME = st.lists(st.sampled_from([*"aß日ع<&>\"':/", "\U0001f600"]), min_size=1, max_size=8).map("".join)


@st.composite
def projects(draw: st.DrawFn) -> tuple[RefiProject, dict[str, str]]:
    """Projects as Tandem writes them: a tree of codes, passages anywhere, memos, variables."""
    names = draw(st.lists(_NAME, min_size=1, max_size=4))
    codes: list[RefiCode] = []
    for at, name in enumerate(names):
        above = codes[draw(st.integers(0, at - 1))] if at and draw(st.booleans()) else None
        path = (*(above.path if above else ()), name)
        parent, codable, said = above.guid if above else None, draw(st.booleans()), draw(_TEXT).strip()
        codes.append(RefiCode(stable(STUDY, "code", at), path, parent, codable, "#00FF7f", said))
    # parents before children, as a file nests them
    codes.sort(
        key=lambda one: [codes.index(other) for other in codes if other.path == one.path[: len(other.path)]]
    )
    user = RefiUser(stable(STUDY, "user"), draw(_NAME), "id")
    text = draw(_TEXT).replace("\r\n", "\n").replace("\r", "\n") + "x"
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    note = RefiNote(stable(STUDY, "note"), draw(_TEXT) + ".", "Memo", user.guid, WHEN)
    coding = RefiCoding(
        stable(STUDY, "coding"), codes[0].guid, user.guid, WHEN + timedelta(hours=1), (note.guid,)
    )
    selection = RefiSelection(stable(STUDY, "p"), start, end, "", "", (coding,), (), user.guid, WHEN)
    variable = stable(STUDY, "variable")
    source = RefiSource(
        stable(STUDY, "source"), draw(_NAME), plain=f"internal://{stable(STUDY, 'source')}.txt",
        selections=(selection,), variables={variable: draw(_NAME)},
    )  # fmt: skip
    case = RefiCase(stable(STUDY, "case"), draw(_NAME), {variable: draw(_NAME)}, (source.guid,))
    project = RefiProject(
        draw(_NAME),
        OWN,
        (user,),
        tuple(_depth_first(codes)),
        {variable: draw(_NAME)},
        (case,),
        (source,),
        {note.guid: note},
    )
    return project, {source.guid: text}


def _depth_first(codes: list[RefiCode], parent: str | None = None) -> list[RefiCode]:
    return [one for code in codes if code.parent == parent for one in (code, *_depth_first(codes, code.guid))]


@given(projects())
@settings(max_examples=60, deadline=None)
@pytest.mark.slow
def test_what_is_written_is_read_back(made: tuple[RefiProject, dict[str, str]]) -> None:
    """Codes, users, passages, codings, times, memos, variables and cases come back as they were, character by character."""
    project, texts = made
    content = project_archive(project, texts)
    assert content == project_archive(project, texts)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        found = read_project(archive.read("project.qde"), "x", lambda _: "")
        (source,) = project.sources
        assert archive.read(f"sources/{source.guid}.txt").decode() == texts[source.guid]
    assert found == project


@given(projects())
@settings(max_examples=15, deadline=None)
def test_what_is_written_is_valid(
    shared_schemas: dict[str, etree.XMLSchema], made: tuple[RefiProject, object]
) -> None:
    """Every project and its codebook pass the standard's schemas."""
    for schema, xml in (("Project", project_xml(made[0])), ("Codebook", codebook_xml(made[0]))):
        shared_schemas[schema].assertValid(etree.fromstring(xml))


@pytest.fixture(scope="module")
def shared_schemas() -> dict[str, etree.XMLSchema]:
    """The standard's schemas, where they are."""
    if not SCHEMAS.is_dir():
        pytest.skip("the standard's schemas are not on this machine (../shared/reference/refi-qda)")
    return {name: etree.XMLSchema(etree.parse(SCHEMAS / f"{name}.xsd")) for name in ("Project", "Codebook")}


def test_an_empty_project_is_valid(shared_schemas: dict[str, etree.XMLSchema]) -> None:
    """The schema wants no group where it would be empty."""
    shared_schemas["Project"].assertValid(etree.fromstring(project_xml(RefiProject("x", OWN))))


def test_another_library_reads_it(tmp_path: Path) -> None:
    """Written by Tandem, read by pyrefiqda: sources, codes, passages and codings are where it looks for them."""
    try:
        from pyrefiqda import RefiProject as Outsider
    except ImportError:
        skip_or_fail("pyrefiqda is not installed")
    user = RefiUser(stable(STUDY, "u"), "Ada")
    code = RefiCode(stable(STUDY, "c"), ("Money",))
    coding = RefiCoding(stable(STUDY, "k"), code.guid, user.guid, WHEN)
    source = RefiSource(
        stable(STUDY, "s"),
        "P-01",
        selections=(RefiSelection(stable(STUDY, "p"), 0, 5, "money", "", (coding,)),),
    )
    project = RefiProject("Study", OWN, (user,), (code,), sources=(source,))
    (tmp_path / "p.qdpx").write_bytes(project_archive(project, {source.guid: "money talks"}))
    found = Outsider.load(tmp_path / "p.qdpx", extract_dir=str(tmp_path / "out"))
    (text,) = found.sources.text_source
    (passage,) = text.plain_text_selection
    assert (passage.start_position, passage.end_position) == (0, 5)
    assert str(passage.coding[0].code_ref.target_guid) == code.guid
    assert found.code_book.codes.code[0].name == "Money"
    assert (
        Outsider.resolve_source_path(text.plain_text_path, tmp_path / "out").read_text("utf-8")
        == "money talks"
    )


def test_a_file_of_another_program_is_read() -> None:
    """A project that ATLAS.ti wrote: texts, PDFs with their representations, sets, links; what has no text is counted."""
    if not SCHEMAS.is_dir():
        pytest.skip("the example of another program is not on this machine (../shared/reference/refi-qda)")
    found = read_project((SCHEMAS / "example_from_another_tool.qde").read_bytes(), "x", lambda _: "")
    assert len(found.users) == 3
    assert len(found.codes) == 14
    assert [one.kind for one in found.sources].count("PDFSource") == 2
    assert found.left["films"] == 2
    assert len(found.sets) == 16
    assert all(one.plain for one in found.sources)


@pytest.mark.parametrize("space", ["", "urn:QDA-XML:project:0:10", "urn:QDA-XML:project:1.5", "http://x"])
def test_any_namespace_is_read(space: str) -> None:
    """Namespaces differ by program and version."""
    xml = f'<Project xmlns="{space}" name="P"><CodeBook><Codes><Code guid="{{A}}" name="x"/></Codes></CodeBook></Project>'
    assert read_project(xml.encode(), "x", lambda _: "").codes[0].guid == "a"


@pytest.mark.parametrize("space", ["urn:QDA-XML:codebook:1.0", "urn:QDA-XML:codebook:1:0", ""])
def test_a_codebook_alone(space: str) -> None:
    """A .qdc: tree, colours, descriptions, and sets whose members have another attribute than in a project."""
    xml = (
        f'<CodeBook xmlns="{space}" origin="MAXQDA"><Codes><Code guid="A" name="x" isCodable="false" color="#123456">'
        f'<Description> d </Description><Code guid="B" name="y" isCodable="true"/></Code></Codes>'
        f'<Sets><Set guid="S" name="s"><MemberCode guid="B"/></Set></Sets></CodeBook>'
    )
    found = read_project(xml.encode(), "x", lambda _: "")
    assert [(one.path, one.codable, one.color, one.description) for one in found.codes] == [
        (("x",), False, "#123456", "d"),
        (("x", "y"), True, "", ""),
    ]
    assert found.sets[0].codes == ("b",)


def test_signs_that_xml_does_not_allow_are_left_out() -> None:
    """Some programs write control characters, as they are or as references; a line end as a reference stays."""
    note = b'<Note guid="n"><PlainTextContent>x&#13;&#x1F;y</PlainTextContent></Note>'
    xml = b'<Project name="a&#x1;b\x0bc"><Notes>' + note + b"</Notes></Project>"
    found = read_project(xml, "x", lambda _: "")
    assert (found.name, found.notes["n"].text) == ("abc", "x\ry")


def test_guids_are_the_same_in_any_spelling() -> None:
    """Braces and case do not matter; ours are the same at every export, and differ by what they name."""
    assert normal(" {ABC-1} ") == normal("abc-1") == "abc-1"
    assert stable(STUDY, "a", "b") == stable(STUDY, "a", "b") != stable(STUDY, "ab", "")


@given(_TEXT, _TEXT, st.sampled_from(["use_when", "do_not_use_when", "example", "select", "role"]))
@settings(max_examples=40)
def test_what_a_code_means_is_read_back(definition: str, more: str, key: str) -> None:
    """Definition and the parts under headings come back, white space at their ends aside."""
    definition, more = definition.strip(), more.strip()
    found = descriptions.read(descriptions.written(definition, {key: more}))
    assert found == {name: text for name, text in (("definition", definition), (key, more)) if text}


def test_characters_that_xml_has_no_sign_for_are_counted() -> None:
    """They become the replacement character, and that is said."""
    assert unwritable(["fine", "a\x00b", "\ud800"]) == 2
    found = project_xml(RefiProject("a\x01b", OWN))
    assert "a\ufffdb" in found.decode()


def test_the_container_gives_texts_back(tmp_path: Path) -> None:
    """The archive that is written opens as one of another program does."""
    source = RefiSource(stable(STUDY, "s"), "P")
    content = project_archive(RefiProject("x", OWN, sources=(source,)), {source.guid: "é\U0001f600\n"})
    (tmp_path / "p.qdpx").write_bytes(content)
    opened = open_container(tmp_path / "p.qdpx")
    assert (opened.source(f"internal://{source.guid}.txt") or b"").decode() == "é\U0001f600\n"
    opened.close()
