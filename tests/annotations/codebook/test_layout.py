"""A codebook to read: laid out, as a web page that needs nothing else, and as a Word file."""

from __future__ import annotations

import re
import shutil
from io import BytesIO
from pathlib import Path

import pytest
from builders import skip_or_fail
from docx import Document

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.codebook.files import shipped_codebook, shipped_codebooks
from annotations.codebook.html_page import codebook_page
from annotations.codebook.layout import lay_out, to_json
from annotations.codebook.word_file import codebook_document

ODD = Codebook(
    "Odd <b>",
    (Framework("odd", "Odd & even", select="one"), Framework("empty", "Empty", role="emergent")),
    (
        Code(
            "å/ä",
            "Size/age <script>",
            "odd",
            "Odd & even/Size/age <script>",
            definition='A "quoted" \x07 word',
        ),
        Code("below", "Below", "odd", "Odd & even/Size/age <script>/Below", parent="å/ä", applicable=False),
    ),
)


def test_a_code_comes_with_what_lies_below_it() -> None:
    """Asked for one code, the layout holds it and its descendants, each with the names above it."""
    layout = lay_out(shipped_codebook("cfir-2022"), "cfir22-inner-culture")
    (section,) = layout.sections
    assert [entry.code.name for entry in section.entries][:2] == ["Culture", "Human Equality-Centeredness"]
    assert len(section.entries) == 5
    assert section.entries[1].ancestors == ("Inner Setting", "Culture")
    assert layout.crosswalk == ()


def test_counterparts_say_how_far_they_can_be_relied_on() -> None:
    """What another model calls a code comes from the codebook or the crosswalk, with its status."""
    old = lay_out(shipped_codebook("cfir-2009")).sections[0].entries
    (needs,) = [entry for entry in old if entry.code.name == "Patient Needs & Resources"]
    assert {(one.model, one.status) for one in needs.counterparts} == {
        ("CFIR 2022", "published"),
        ("CFIR 2022", "unchecked"),
    }
    common = lay_out(shipped_codebook("common-framework")).sections[0].entries
    assert "CFIR 2022: Outer Setting (published)" in [str(one) for one in common[0].counterparts]


@pytest.mark.parametrize("name", shipped_codebooks())
@pytest.mark.slow
def test_page_and_document_hold_every_code(name: str) -> None:
    """Nothing is lost on the way to HTML, DOCX and JSON; the page asks for nothing from elsewhere."""
    codebook = shipped_codebook(name)
    layout = lay_out(codebook)
    page = codebook_page(layout)
    assert page.count("<article") == len(codebook.codes)
    assert not re.search(r'(?:src|href)="(?!#)|@import|url\(', page)
    words = "\n".join(p.text for p in Document(BytesIO(codebook_document(layout))).paragraphs)
    for code in codebook:
        assert code.name in words
        assert code.definition in words
        assert code.example in words
    plain = to_json(layout)
    assert [c["id"] for f in plain["frameworks"] for c in f["codes"]] == [code.id for code in codebook]


@pytest.mark.slow
def test_the_crosswalk_stands_in_both_cfirs() -> None:
    """As a table with a row for each step; a codebook that it does not concern has none."""
    for name, tables in (("cfir-2022", 1), ("cfir-2009", 1), ("doi-2004", 0)):
        layout = lay_out(shipped_codebook(name))
        document = Document(BytesIO(codebook_document(layout)))
        assert len(document.tables) == tables
        assert codebook_page(layout).count('id="crosswalk"') == tables
        if tables:
            assert len(document.tables[0].rows) == len(layout.crosswalk) + 1


def test_odd_names_do_no_harm() -> None:
    """Marks of HTML are words, control characters are left out of Word, a name may hold a stroke."""
    layout = lay_out(ODD)
    page = codebook_page(layout)
    assert "Size/age &lt;script&gt;" in page
    assert page.count("<script") == 1
    assert "heading, not applied" in page
    words = [p.text for p in Document(BytesIO(codebook_document(layout))).paragraphs]
    assert "Size/age <script> › Below  (heading, not applied)" in words
    assert 'Means: A "quoted"  word' in words
    assert "No codes yet." in words


@pytest.mark.browser
def test_the_page_finds_a_code_by_a_word(tmp_path: Path) -> None:
    """In Chromium, what is typed leaves only the codes that hold all the words, in the list and on the page."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        skip_or_fail("Chromium is not installed")
    file = tmp_path / "codebook.html"
    file.write_text(codebook_page(lay_out(shipped_codebook("common-framework"))), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page()
        page.goto(file.as_uri())
        page.fill("#find", "drug company sponsor")
        shown = page.locator("article:visible")
        assert shown.count() == 1
        assert "resisted" in shown.locator("h3").inner_text()
        assert page.locator("nav a:visible").count() == 1
        page.fill("#find", "zyzzyva")
        assert page.get_by_text("No code holds these words.").is_visible()
        browser.close()
