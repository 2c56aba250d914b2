"""The files of "tandem export" that people read: which were asked for, written one after another, with what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from annotations.codebook.codes import Codebook
from annotations.codebook.layout import lay_out
from annotations.errors import BadInput
from annotations.numbers_shown import counted
from service.composition import Parts
from service.exported_file import whole
from service.exporting.codebook_out import ENDINGS, write_codebook_file
from service.exporting.coded_passages import ExportedCoding, ExportedCodings, coded_passages
from service.exporting.codings_table import MEMO_COLUMNS, coding_rows, columns_with, memo_rows
from service.exporting.doubts_table import DOUBT_COLUMNS, doubt_rows
from service.exporting.exported import Exported
from service.exporting.tables_out import refuse_other_endings, write_table
from service.exporting.wanted import ExportRequest
from service.exporting.wide_table import wide_table

_TABLES = (".csv", ".xlsx")


@dataclass(frozen=True, slots=True)
class Files:
    """Where to: each file that is asked for, None for the others."""

    codings: Path | None = None
    wide: Path | None = None
    memos: Path | None = None
    quotes_by_code: Path | None = None
    codebook: Path | None = None
    doubts: Path | None = None

    @property
    def some(self) -> tuple[Path, ...]:
        """Those that are asked for."""
        all_of_them = (self.codings, self.wide, self.memos, self.quotes_by_code, self.codebook, self.doubts)
        return tuple(file for file in all_of_them if file is not None)


def export_tables(
    parts: Parts, files: Files, asked: ExportRequest, *, coded_only: bool = False
) -> tuple[Exported, ...]:
    """Write the files that are asked for. Raises BadInput, before anything is written, for what cannot be.

    Quotes stand in them by the consent of each transcript alone. ``coded_only``: no rows for passages on which a coder
    found that no code applies.
    """
    check_files(files)
    zone = ZoneInfo(parts.study.config.time_zone)
    passages = ExportedCodings()
    if files.codings or files.memos or files.quotes_by_code:
        passages = coded_passages(parts, asked)
    written = []
    doubts = doubt_rows(parts, asked, zone) if files.codings or files.doubts else []
    if files.codings:
        written.append(_codings(parts, files.codings, passages, zone, doubts, coded_only=coded_only))
    if files.wide:
        written.append(_wide(parts, files.wide, asked))
    if files.memos:
        rows = memo_rows(passages.found, parts.codebook, zone)
        write_table(files.memos, MEMO_COLUMNS, rows, sheet="Memos")
        written.append(Exported("memos", (files.memos,), {"memos": len(rows)}, left_out=passages.left_out))
    if files.quotes_by_code:
        written.append(_quotes(parts, files.quotes_by_code, passages, asked))
    if files.codebook:
        write_codebook_file(parts, files.codebook)
        written.append(Exported("codebook", (files.codebook,), _codes(parts.codebook)))
    if files.doubts:
        write_table(files.doubts, DOUBT_COLUMNS, doubts, sheet="Doubts")
        written.append(Exported("doubts", (files.doubts,), _counts(doubts)))
    return tuple(written)


def check_files(files: Files) -> None:
    """Raises BadInput for a file that cannot be written, before anything is."""
    for file, allowed in (
        (files.codings, _TABLES),
        (files.wide, _TABLES),
        (files.memos, _TABLES),
        (files.quotes_by_code, (".docx",)),
        (files.codebook, ENDINGS),
        (files.doubts, _TABLES),
    ):
        if file is not None:
            refuse_other_endings(file, *allowed)
            if not file.absolute().parent.is_dir():
                raise BadInput(f"{file}: the folder does not exist. Make it, or give another file.")
    if len({file.absolute() for file in files.some}) < len(files.some):
        raise BadInput("two exports have the same file. Give each a file of its own.")


def _codings(
    parts: Parts,
    file: Path,
    passages: ExportedCodings,
    zone: ZoneInfo,
    doubts: Sequence[Mapping[str, Any]],
    *,
    coded_only: bool,
) -> Exported:
    left_out = Counter(passages.left_out)
    codings = passages.found
    if coded_only:
        codings = [coding for coding in codings if coding.coding is not None]
        left_out["passages on which nothing applied"] += len(passages.found) - len(codings)
    rows = coding_rows(codings, parts.codebook, zone)
    beside = {"Doubts": doubts} if doubts else None
    write_table(file, columns_with(passages.attributes), rows, sheet="Codings", beside=beside)
    coded = sum(coding.coding is not None for coding in codings)
    counts = {"codings": coded, "passages on which nothing applied": len(codings) - coded}
    notes = (*_notes(parts, codings, rows), *_before_codes(passages))
    if beside and file.suffix.lower() == ".xlsx":
        counts |= _counts(doubts)
    return Exported("codings", (file,), counts, notes=notes, left_out=+left_out)


def _counts(doubts: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    answers = sum(row["kind"] == "answer" for row in doubts)
    return {"memos and questions": len(doubts) - answers, "answers": answers}


def _notes(parts: Parts, codings: Sequence[ExportedCoding], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    notes = []
    unquoted = sum(coding.quote is None for coding in codings)
    if unquoted:
        notes.append(
            f"{counted(unquoted, 'row has', 'rows have')} no quote, for it may not be quoted. Consents stand under "
            f'Participants; for all at once, in Settings ("consents: {{may_quote: true}}" in study.yaml).'
        )
    unfit = sum(
        bool((coding.quote or "").strip()) and not row["quote"]
        for coding, row in zip(codings, rows, strict=True)
    )
    if unfit:
        notes.append(f"{counted(unfit, 'quote does', 'quotes do')} not fit into a cell and were left empty.")
    gone = sum(coding.code is not None and coding.code not in parts.codebook.by_id for coding in codings)
    if gone:
        notes.append(
            f"{counted(gone, 'row carries a code', 'rows carry codes')} that the codebook holds no longer."
        )
    return notes


def _before_codes(passages: ExportedCodings) -> list[str]:
    read = counted(passages.before_codes, "passage was", "passages were")
    return [
        f"{read} read before the codebook held all of its codes, which a table cannot say: a study into which it is "
        f'brought takes the newer codes for looked for there. A project says it ("tandem export --refi").'
    ][: passages.before_codes]


def _codes(codebook: Codebook) -> dict[str, int]:
    """As the page of the codebook counts them: what may be applied, and what only stands above it."""
    applied = len(codebook.applicable)
    return {"codes": applied, "headings that are not applied": len(codebook.codes) - applied}


def _wide(parts: Parts, file: Path, asked: ExportRequest) -> Exported:
    table = wide_table(parts, asked)
    write_table(file, table.columns, table.rows, sheet="Segments", beside={"Codes": table.codes})
    notes = []
    if file.suffix.lower() == ".csv":
        notes.append(
            "Each column of a code is named by the code's id. Export as .xlsx for a sheet that says what each id means."
        )
    counts = {"rows of a segment and a coder": len(table.rows), "codes": len(table.codes)}
    return Exported("segments by codes", (file,), counts, notes=tuple(notes), left_out=table.left_out)


def _quotes(parts: Parts, file: Path, passages: ExportedCodings, asked: ExportRequest) -> Exported:
    from service.exporting.quotes_document import quotes_document

    codings = [coding for coding in passages.found if coding.coding is not None]
    content, more = quotes_document(
        codings,
        lay_out(parts.codebook),
        title=f"{parts.study.config.name}: quotes by code",
        asked=_in_words(asked),
    )
    whole(file, content)
    left_out = Counter(passages.left_out) + more
    return Exported("quotes by code", (file,), {"codings": len(codings)}, left_out=left_out)


def _in_words(asked: ExportRequest) -> str:
    kinds = (
        ("wave", asked.waves),
        ("case", asked.cases),
        ("coder", asked.coders),
        ("code", asked.codes),
        ("condition", asked.conditions),
    )
    said = [f"{kind} {' or '.join(names)}" for kind, names in kinds if names] + list(asked.where)
    return f"Only {', '.join(said)}." if said else "All codings as they stand now."
