"""Project archives: what other programs call their parts, and files that are made to do harm."""

from __future__ import annotations

import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refi_projects import code_tree, coding, project, qdpx, selection, source, sources, users

from annotations.errors import BadInput
from annotations.refi import container
from annotations.refi.container import open_container
from annotations.refi.counting import RawText
from annotations.refi.read import read_project
from annotations.refi.source_text import SourceText, place_passages
from annotations.refi.unit_decision import NO_HABIT, UnitEvidence

MEDDLED = [
    "",
    "<",
    ">",
    '"',
    "&",
    "-1",
    "9" * 30,
    "\x00",
    "\x0b",
    "<Coding/>",
    "</Code>",
    ' name="x"',
    "\ud800",
    "日",
]
OUTSIDE = [
    "../p.txt",
    "/etc/passwd",
    "relative:///a1.txt",
    "absolute:///etc/passwd",
    "C:\\a1.txt",
    "",
    "internal://../../a1.txt",
]


def _source(file: Path, path: str) -> bytes | None:
    opened = open_container(file)
    try:
        return opened.source(path)
    finally:
        opened.close()


@pytest.mark.parametrize("inner", ["project.qde", "Project.QDE", "My study.qde", "deep/down/Project.qde"])
@pytest.mark.parametrize("folder", ["sources", "Sources", "deep/down/Sources"])
@pytest.mark.parametrize(
    "path", ["internal://A1.txt", "a1.TXT", "internal://Sources/a1.txt", "internal://a1%2Etxt"]
)
def test_whatever_the_parts_are_called(tmp_path: Path, inner: str, folder: str, path: str) -> None:
    """The inner file's name, the folder's spelling and the scheme do not matter; other files beside do no harm."""
    file = qdpx(tmp_path / "p.qdpx", project(), {"a1.txt": b"words"}, inner=inner, folder=folder)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("__MACOSX/._project.qde", b"\x00")
        archive.writestr("other/A1.txt", b"another")
    assert _source(file, path) == b"words"


def test_a_mac_s_names_are_the_same(tmp_path: Path) -> None:
    """Letters and marks apart in the archive, together in the project; and UTF-8 that does not say so."""
    apart, quiet = tmp_path / "a.qdpx", tmp_path / "b.qdpx"
    with zipfile.ZipFile(apart, "w") as archive:
        archive.writestr("project.qde", project())
        archive.writestr(unicodedata.normalize("NFD", "Sources/Möte på Åsö.txt"), "words")
    assert _source(apart, "internal://Möte på Åsö.txt") == b"words"
    with zipfile.ZipFile(quiet, "w") as archive:
        archive.writestr("project.qde", project())
        archive.writestr("Sources/MXXte.txt", "words")
    quiet.write_bytes(quiet.read_bytes().replace(b"MXXte", "Möte".encode()))
    assert _source(quiet, "internal://Möte.txt") == b"words"


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leads_out(tmp_path: Path, path: str) -> None:
    """Only names of files in the project are looked up, in the archive and beside a bare .qde."""
    assert _source(qdpx(tmp_path / "p.qdpx", project(), {"a1.txt": b"words"}), path) is None
    (tmp_path / "x" / "sources").mkdir(parents=True)
    (tmp_path / "p.txt").write_text("secret")
    (tmp_path / "x" / "sources" / "link.txt").symlink_to(tmp_path / "p.txt")
    bare = tmp_path / "x" / "project.qde"
    bare.write_text(project())
    assert _source(bare, path) is None
    assert _source(bare, "internal://link.txt") is None


def test_a_bare_project_finds_its_sources_beside_it(tmp_path: Path) -> None:
    """Somebody unpacked the archive."""
    (tmp_path / "Sources").mkdir()
    (tmp_path / "Sources" / "A1.txt").write_bytes(b"words")
    file = tmp_path / "project.qde"
    file.write_text(project())
    assert _source(file, "internal://a1.txt") == b"words"


def test_what_is_no_project(tmp_path: Path) -> None:
    """A missing file, another ending, no archive, no project in it, two of them: each is one sentence."""
    (tmp_path / "a.qdpx").write_bytes(b"nothing of the kind")
    (tmp_path / "b.docx").write_bytes(b"PK")
    with zipfile.ZipFile(tmp_path / "c.qdpx", "w") as archive:
        archive.writestr("readme.txt", "x")
    qdpx(tmp_path / "d.qdpx", project(), inner="a.qde")
    with zipfile.ZipFile(tmp_path / "d.qdpx", "a") as archive:
        archive.writestr("b.qde", "x")
    for name, said in (
        ("none.qdpx", "does not exist"),
        ("a.qdpx", "no project archive"),
        ("b.docx", "is not read"),
        ("c.qdpx", "holds no project"),
        ("d.qdpx", "holds 2 projects"),
    ):
        with pytest.raises(BadInput, match=said):
            open_container(tmp_path / name)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither as the project nor as a source, whatever the archive claims of its size."""
    with zipfile.ZipFile(tmp_path / "a.qdpx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", b" " * 30_000_000)
    with pytest.raises(BadInput, match="unpacks to 30 MB"):
        open_container(tmp_path / "a.qdpx")
    file = qdpx(tmp_path / "b.qdpx", project(), {"a.txt": b" " * 30_000_000})
    with pytest.raises(BadInput, match="unpacks to"):
        _source(file, "internal://a.txt")
    lying = bytearray(qdpx(tmp_path / "c.qdpx", project(), {"a.txt": b"ab " * 20_000}).read_bytes())
    # the central directory's word for the size of the source
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (5).to_bytes(4, "little")
    (tmp_path / "c.qdpx").write_bytes(lying)
    monkeypatch.setattr(container, "MOST_OF_TEXT", 1000)
    with pytest.raises(BadInput):
        _source(tmp_path / "c.qdpx", "internal://a.txt")


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE p [<!ENTITY a "aaaa">]>',
        '<!DOCTYPE p SYSTEM "file:///etc/passwd">',
        f"<!--{'x' * 9000}--><!DOCTYPE p [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
    ],
)
def test_entities_are_refused(head: str) -> None:
    """Also where they stand far behind the beginning."""
    with pytest.raises(BadInput, match="entities or a DTD"):
        read_project(f"{head}<Project name='x'/>".encode(), "p.qdpx", lambda _: "")


def test_xml_that_is_none_or_nests_without_end() -> None:
    """The line is named; a tree of ten thousand levels is not walked."""
    for xml, said in (
        (b"<Project", "line 1"),
        (b"<Other/>", "no REFI-QDA"),
        (b"\xff\xfe\x00", "XML"),
        (b"<Project>" + b"<a>" * 10_000 + b"</a>" * 10_000 + b"</Project>", "levels deep"),
        (b'<?xml version="1.0" encoding="nonsense"?><Project/>', "XML"),
    ):
        with pytest.raises(BadInput, match=said):
            read_project(xml, "p.qdpx", lambda _: "")


@given(
    st.lists(
        st.tuples(st.integers(0, 1200), st.integers(0, 40), st.sampled_from(MEDDLED)), min_size=1, max_size=3
    )
)
@settings(max_examples=60, deadline=None)
def test_a_meddled_project_is_read_or_refused(cuts: list[tuple[int, int, str]]) -> None:
    """Whatever is cut out of a file or put into it, it is read, or refused with a sentence."""
    xml = project(
        users(ada="Ada"),
        code_tree("Money", below={"Money": ["Cost"]}),
        sources(source("P", selection(0, 4, coding("Money")), content="Some money.")),
    )
    for place, width, put in cuts:
        xml = xml[:place] + put + xml[place + width :]
    try:
        found = read_project(xml.encode("utf-8", "surrogatepass"), "p.qdpx", lambda _: "")
    except BadInput:
        return
    for one in found.sources:
        if one.content:
            raw = RawText(one.content)
            placed = place_passages(SourceText(None, raw), one, UnitEvidence(raw, one.selections), NO_HABIT)
            assert all(span.end <= len(raw.text) for _, span in placed.passages)
