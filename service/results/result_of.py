"""Patterns, saturation, triangulation and change by name, as tables and pictures, and as whichever file is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from service.composition import Parts
from service.results.changed import change_over_waves, change_parts
from service.results.parts_files import write_docx, write_pictures, write_xlsx
from service.results.patterns import patterns
from service.results.patterns_parts import patterns_parts
from service.results.result_parts import ResultParts
from service.results.saturations import saturations, saturations_parts
from service.results.study_findings import WantedFindings
from service.results.triangulated import triangulation, triangulation_parts

RESULTS: Mapping[str, Callable[[Parts, WantedFindings], ResultParts]] = {
    "patterns": lambda parts, wanted: patterns_parts(patterns(parts, wanted)),
    "saturation": lambda parts, wanted: saturations_parts(saturations(parts, wanted)),
    "triangulation": lambda parts, wanted: triangulation_parts(triangulation(parts, wanted)),
    "change": lambda parts, wanted: change_parts(change_over_waves(parts, wanted)),
}


def write_result(found: ResultParts, file: Path) -> tuple[Path, ...]:
    """Write it as the file's ending says (.docx, .xlsx, .svg, .png); those written. Raises BadInput for nothing to draw."""
    if file.suffix.lower() in (".svg", ".png"):
        return tuple(write_pictures(found, file))
    (write_docx if file.suffix.lower() == ".docx" else write_xlsx)(found, file)
    return (file,)
