"""The codebook as a file for other programs and for people: REFI-QDA's .qdc, Excel, Word."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from annotations.codebook.codes import Code, Codebook
from service.exported_file import whole
from service.exporting.tables_out import refuse_other_endings, write_table

ENDINGS = (".qdc", ".xlsx", ".csv", ".docx")
_COLUMNS = (
    "framework",
    "parent",
    "code",
    "id",
    "definition",
    "use_when",
    "do_not_use_when",
    "example",
    "select",
    "applicable",
)
_NAMESPACE = "urn:QDA-XML:codebook:1.0"
# the same code has the same GUID at every export, so that other programs do not take it for a second one
_GUIDS = UUID("6c1f3fe4-0a0c-5a5e-9e0b-7d4b7f6a2f10")
_TEXTS = (("use_when", "Use when"), ("do_not_use_when", "Do not use when"), ("example", "Example"))


def write_codebook_file(codebook: Codebook, file: Path) -> None:
    """Write the codebook as the file's ending says. Raises BadInput for another ending."""
    refuse_other_endings(file, *ENDINGS)
    ending = file.suffix.lower()
    if ending == ".qdc":
        whole(file, qdc_of(codebook))
    elif ending == ".docx":
        from annotations.codebook.layout import lay_out
        from annotations.codebook.word_file import codebook_document

        whole(file, codebook_document(lay_out(codebook)))
    else:
        write_table(file, _COLUMNS, [_row(codebook, code) for code in codebook], sheet="Codebook")


def _row(codebook: Codebook, code: Code) -> dict[str, Any]:
    framework = codebook.framework(code.framework)
    return {
        "framework": framework.name,
        # the path, for a name may stand under several parents
        "parent": "" if code.parent is None else codebook[code.parent].path,
        "code": code.name,
        "id": code.id,
        "definition": code.definition,
        "use_when": code.use_when,
        "do_not_use_when": code.do_not_use_when,
        "example": code.example,
        "select": framework.select,
        "applicable": "yes" if code.applicable else "no",
    }


def qdc_of(codebook: Codebook) -> bytes:
    """REFI-QDA's codebook (1.0): a framework is a code at the top that nobody applies, with its codes below."""
    root = Element("CodeBook", {"xmlns": _NAMESPACE, "origin": "Tandem"})
    codes = SubElement(root, "Codes")
    for framework in codebook.frameworks:
        top = _code(codes, f"framework/{framework.id}", framework.name, codable=False)
        choice = "one" if framework.select == "one" else "several"
        said = [framework.description, f"How many of these codes may apply to a passage: {choice}"]
        SubElement(top, "Description").text = _fit("\n\n".join(filter(None, said)))
        for code in codebook.children(None, framework.id):
            _add(codebook, top, code)
    indent(root)
    made: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _add(codebook: Codebook, above: Element, code: Code) -> None:
    made = _code(above, f"code/{code.id}", code.name, codable=code.applicable)
    said = [code.definition, *(f"{title}: {words}" for key, title in _TEXTS if (words := getattr(code, key)))]
    if any(said):
        SubElement(made, "Description").text = _fit("\n\n".join(filter(None, said)))
    for below in codebook.children(code.id, code.framework):
        _add(codebook, made, below)


def _code(above: Element, key: str, name: str, *, codable: bool) -> Element:
    is_codable = "true" if codable else "false"
    return SubElement(
        above, "Code", {"guid": str(uuid5(_GUIDS, key)), "name": _fit(name), "isCodable": is_codable}
    )


def _fit(words: str) -> str:
    """What XML can hold."""
    plain = "".join(c for c in words if c in "\n\t" or (ord(c) > 31 and c not in "\ufffe\uffff"))
    return plain.encode("utf-8", "replace").decode("utf-8")
