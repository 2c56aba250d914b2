"""Tables in the encodings of older programs: their letters are found as those of texts are, and that is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from written import read_as

from annotations.codebook.files import codebook_from
from annotations.codings.read_codings import read_codings
from annotations.readers.reading import read_transcripts
from service.bringing_in.mend_cells import mend

FRENCH = "Intervenant;Début;Fin;Texte\nAnna;0:03;0:08;Ça s'est passé comment ?\nBo;0:09;0:12;C'est arrivé.\n"


@pytest.mark.parametrize(
    ("table", "encoding", "called"),
    [
        (FRENCH, "cp1252", "Windows-1252"),
        ("Sprecher;Äußerung\nAnna;Wie war es für Sie?\nBo;Größer als gedacht.\n", "cp1252", "Windows-1252"),
        (FRENCH, "mac_roman", "Mac Roman"),
        ("speaker;text\nАнна;Как это было?\nОля;Медленно. Никто не спрашивал.\n", "cp1251", "Windows-1251 (Cyrillic)"),
    ],
)  # fmt: skip
def test_a_table_of_transcripts(table: str, encoding: str, called: str) -> None:
    """The columns are found by their letters, and a sentence says which encoding was taken."""
    (found,) = read_as(".csv", table.encode(encoding))
    rows = [line.split(";") for line in table.strip().split("\n")[1:]]
    assert [(turn.speaker, turn.span.of(found.text)) for turn in found.turns] == [(r[0], r[-1]) for r in rows]
    assert any(f"was read as {called}" in said for said in found.warnings)


def test_tables_of_codings_and_codebooks(tmp_path: Path) -> None:
    """The same rule for every table."""
    codings = tmp_path / "codings.csv"
    codings.write_bytes(
        "transcript,coder,code,quote\nJKG-01,Åsa,Kosten,größer als gedacht\n".encode("cp1252")
    )
    read = read_codings(codings)
    assert [row["coder"] for row in read.rows] == ["Åsa"]
    assert any("Windows-1252" in said for said in read.unread)
    codebook = tmp_path / "codebook.csv"
    codebook.write_bytes("code,definition\nMöte,När man träffas\n".encode("cp1252"))
    made = codebook_from(codebook)
    assert [code.name for code in made.codebook.codes] == ["Möte"]
    assert any("Windows-1252" in said for said in made.notes)


def test_a_cell_that_is_corrected_in_such_a_table(tmp_path: Path) -> None:
    """The table is UTF-8 afterwards, its other letters as they were."""
    file = tmp_path / "people.csv"
    file.write_bytes("transcript,code\nJKG-01,Größe\nJKG-02,Grösse\n".encode("cp1252"))
    assert mend(file, [(3, "code", "Größe")], {}) == 1
    assert file.read_text("utf-8-sig") == "transcript,code\nJKG-01,Größe\nJKG-02,Größe\n"


@pytest.mark.parametrize(
    "head", ["\\mac", "\\mac\\deff2", "\\ansi\\ansicpg10000", "\\ansi\\ansicpg10000\\cocoartf102"]
)
def test_rich_text_of_a_mac(head: str) -> None:
    """Word for Mac wrote the letters of the Mac; they are no question marks in silence."""
    content = f"{{\\rtf1{head} {{\\fonttbl{{\\f0 Geneva;}}}}I: How, \\'8csa?\\par P-1: Sl\\'9aw \\'d2at\\'d3 first.\\par}}"
    (read,) = read_as(".rtf", content.encode())
    assert [turn.span.of(read.text) for turn in read.turns] == ["How, åsa?", "Slöw “at” first."]
    assert not read.warnings


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (r"Sl\u246\'9aw, \u8220\'d2yes\u8221\'d3.", "Slöw, “yes”."),
        (r"\uc0\u8220 \'8csa sl\'9aw\u8221 .", "“åsa slöw”."),
    ],
)
def test_rich_text_of_a_mac_that_says_a_letter_twice(first: str, words: str) -> None:
    """By its number and, for older programs, by its mark: it is one letter; and no letter has a mark left behind."""
    content = rf"{{\rtf1\mac {{\fonttbl{{\f0 Geneva;}}}}I: How?\par P-1: {first}\par}}"
    (read,) = read_as(".rtf", content.encode())
    assert read.turns[1].span.of(read.text) == words


def test_rich_text_of_a_mac_in_two_alphabets() -> None:
    """Marks of a Cyrillic or Greek font are letters of that alphabet; outside its group those of the Mac hold again."""
    fonts = r"{\fonttbl{\f0\fcharset77 Times;}{\f1\fcharset204 Times Cyr;}{\f2\fcharset161 Times Greek;}}"
    words = r"sl\'9aw {\f1 \'cf\'f0\'e8} \f2 \'e1\'e2 \plain\f0 \'8c"
    content = rf"{{\rtf1\ansi\ansicpg10000 {fonts}\f0 I: How?\par P-1: {words}\par}}"
    (read,) = read_as(".rtf", content.encode())
    assert read.turns[1].span.of(read.text) == "slöw При αβ å"


def test_rich_text_of_others_stays_what_it_is() -> None:
    """Windows, Cyrillic by the font, and UTF-8; "\\macro" is no Mac."""
    for head, letter in (
        ("\\ansi\\ansicpg1252", "\\'f6"),
        ("\\ansi\\ansicpg65001", "\\'c3\\'b6"),
        ("\\ansi \\macro", "\\'f6"),
    ):
        (read,) = read_as(".rtf", f"{{\\rtf1{head} I: How?\\par P-1: Sl{letter}w.\\par}}".encode())
        assert read.turns[1].span.of(read.text) == "Slöw.", head


@pytest.mark.parametrize("ending", [".txt", ".vtt", ".html"])
def test_letters_that_are_lost_are_told(tmp_path: Path, ending: str) -> None:
    """Whoever saved the file lost them; nobody sees it in a long interview."""
    lines = ["I: How\ufffd?", "P-1: Sl\ufffdw.", "I: And?", "P-1: So."]
    written = {
        ".txt": "\n".join(lines),
        ".vtt": "WEBVTT\n\n"
        + "".join(f"00:0{n}.000 --> 00:0{n + 1}.000\n{line}\n\n" for n, line in enumerate(lines)),
        ".html": "".join(f"<p>{line}</p>" for line in lines),
    }
    file = tmp_path / f"a{ending}"
    file.write_text(written[ending], "utf-8")
    (read,) = read_transcripts(file, interviewers=["I"])
    assert "2 letters are lost and stand as \ufffd." in " ".join(read.warnings)
