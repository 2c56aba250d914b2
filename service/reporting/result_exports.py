"""Patterns, saturation, triangulation and change as exports, by name: what each is for, and whichever file is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from service.agreement.report import ReportScope
from service.composition import Parts
from service.exporting.exported import Exported
from service.results.study_findings import WantedFindings

if TYPE_CHECKING:
    # a server that draws nothing loads no drawing program
    from service.results.result_parts import ResultParts

ENDINGS = (".docx", ".xlsx", ".png", ".svg")


@dataclass(frozen=True, slots=True)
class ResultExport:
    """A result by the name of its command. ``by_wave``: can it be asked of one wave?"""

    name: str
    title: str
    what_for: str
    parts: Callable[[Parts, WantedFindings], ResultParts]
    by_wave: bool = True

    def write(self, parts: Parts, file: Path, among: ReportScope, where: Sequence[str]) -> Exported:
        """Write it as the file's ending says. Raises BadInput for names that are not known, and for nothing to draw."""
        from service.results.parts_files import write_docx, write_pictures, write_xlsx

        result = self.parts(parts, WantedFindings(among=among, where=where))
        if file.suffix.lower() in (".svg", ".png"):
            return Exported(self.name, tuple(write_pictures(result, file)), notes=result.notes)
        (write_docx if file.suffix.lower() == ".docx" else write_xlsx)(result, file)
        return Exported(self.name, (file,), notes=result.notes)


def _patterns(parts: Parts, wanted: WantedFindings) -> ResultParts:
    from service.results.patterns import patterns
    from service.results.patterns_parts import patterns_parts

    return patterns_parts(patterns(parts, wanted))


def _saturation(parts: Parts, wanted: WantedFindings) -> ResultParts:
    from service.results.saturations import saturations, saturations_parts

    return saturations_parts(saturations(parts, wanted))


def _triangulation(parts: Parts, wanted: WantedFindings) -> ResultParts:
    from service.results.triangulated import triangulation, triangulation_parts

    return triangulation_parts(triangulation(parts, wanted))


def _change(parts: Parts, wanted: WantedFindings) -> ResultParts:
    from service.results.changed import change_over_waves, change_parts

    return change_parts(change_over_waves(parts, wanted))


RESULTS = (
    ResultExport(
        "patterns",
        "Patterns",
        "Codes that meet, codes and cases that are alike, what one source supports.",
        _patterns,
    ),
    ResultExport(
        "saturation",
        "Saturation",
        "When interviews stopped bringing new codes.",
        _saturation,
    ),
    ResultExport(
        "triangulation",
        "Triangulation",
        "Which sources support each finding, contradict it, or are silent.",
        _triangulation,
    ),
    ResultExport(
        "change",
        "Change over waves",
        "What is new, gone or turned round from wave to wave.",
        _change,
        by_wave=False,
    ),
)


def export_pack(
    parts: Parts, file: Path, among: ReportScope, where: Sequence[str], *, with_quotes: bool
) -> Exported:
    """The pack of methods and results as an export."""
    from service.reporting.pack import WantedPack, write_pack

    made = write_pack(parts, WantedPack(among=among, where=where, with_quotes=with_quotes), file)
    counts = {"tables": made.tables, "figures": made.figures, "quotes": made.quotes}
    return Exported("report", (file,), counts)
