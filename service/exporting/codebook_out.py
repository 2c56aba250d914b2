"""The codebook as a file for other programs and for people: REFI-QDA's .qdc, Excel, Word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from annotations.codebook.codes import Code, Codebook
from annotations.refi.project import RefiProject
from annotations.refi.write import codebook_xml
from annotations.store.tombstones import study_id
from service.composition import Parts
from service.exported_file import whole
from service.exporting.refi_codes import RefiCodes
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


def write_codebook_file(parts: Parts, file: Path) -> None:
    """Write the study's codebook as the file's ending says. Raises BadInput for another ending."""
    refuse_other_endings(file, *ENDINGS)
    codebook = parts.codebook
    ending = file.suffix.lower()
    if ending == ".qdc":
        with parts.store.reading() as connection:
            codes = RefiCodes(study_id(connection), codebook)
        whole(file, codebook_xml(RefiProject(origin="Tandem", codes=codes.all())))
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
