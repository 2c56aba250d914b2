"""Patterns, saturation, triangulation, change, and the pack of methods and results, as whichever file is asked for."""

from __future__ import annotations

from pathlib import Path

from annotations.numbers_shown import counted
from service.composition import Parts
from service.exporting.exported import Exported
from service.reporting.wanted_pack import WantedPack
from service.results.named_results import ResultAsked, read_result

ENDINGS = (".docx", ".xlsx", ".png", ".svg")


def export_result(parts: Parts, name: str, asked: ResultAsked, file: Path) -> Exported:
    """A result, as the file's ending says. Raises BadInput for names that are not known, and for nothing to draw."""
    from service.results.parts_files import write_result

    result_parts = read_result(parts, name, asked).parts()
    files = tuple(write_result(result_parts, file))
    if file.suffix.lower() in (".png", ".svg"):
        counts = {"pictures": len(files)}
    else:
        filled = [table for table in result_parts.tables if table.rows]
        counts = {"tables": len(filled), "rows": sum(len(table.rows) for table in filled)}
    return Exported(name, files, counts, notes=result_parts.notes)


def export_pack(parts: Parts, wanted: WantedPack, file: Path) -> Exported:
    """The pack of methods and results as an export."""
    from service.reporting.pack import write_pack

    made = write_pack(parts, wanted, file)
    counts = {"tables": made.tables, "figures": made.figures, "quotes": made.quotes}
    return Exported("report", (file,), counts)


def export_summary(parts: Parts, about: str, site: str | None, file: Path) -> Exported:
    """A summary for member checking as an export. Raises BadInput for a name that is no participant and no case."""
    from service.reporting.member_summary import member_summary, write_summary

    summary = member_summary(parts, about, site=site)
    write_summary(summary, file)
    passages = sum(len(understood.passages) for understood in summary.understood)
    counts = {"findings": len(summary.understood), "passages": passages, "sources": len(summary.sources)}
    notes = (
        (f"The words of {counted(summary.withheld, 'passage')} are not shown.",) if summary.withheld else ()
    )
    return Exported("summary", (file,), counts, notes=notes)
