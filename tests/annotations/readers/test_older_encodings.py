"""Tables in the encodings of older programs: their letters are found as those of texts are, and that is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from written import read_as

from annotations.codebook.files import codebook_from
from annotations.codings.read_codings import read_codings
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
