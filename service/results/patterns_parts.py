"""Patterns as tables and pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from annotations.numbers_shown import number
from annotations.patterns.similarity import Similarity
from service.results.patterns import CHANCE, Patterns
from service.results.result_parts import MOST_ROWS_PRINTED, ResultFigure, ResultParts, ResultTable
from service.results.similarity_figure import MOST, similarity_figures
from service.results.study_findings import NOT_STATED

_NEIGHBOURS = 3


def patterns_parts(found: Patterns) -> ResultParts:
    """The pairs, the similarities, and what one source supports."""
    label, corner = found.findings.label, found.findings.corner
    by_corner = f"Similar by {corner}"[:31]
    return ResultParts(
        title=f"{found.findings.study}: patterns",
        tables=(
            _pairs(found),
            _similar(
                "Similar codes", "Codes by the passages that they share", "passages", found.codes, label
            ),
            _similar(
                by_corner,
                f"Columns ({corner}) by what was found in them",
                "coded sources",
                found.columns,
                _stated,
            ),
            _single(found),
        ),
        figures=(
            _figure(
                "codes",
                "How alike the codes are, by the passages that they share",
                "Similar codes",
                found.codes,
                label,
            ),
            _figure(
                "columns",
                f"How alike the columns ({corner}) are, by what was found in them",
                by_corner,
                found.columns,
                _stated,
            ),
        ),
        notes=(f"Codebook: {found.findings.codebook.name}, version {found.findings.codebook.version}.",),
    )


def _stated(name: str) -> str:
    return name or NOT_STATED


def _pairs(found: Patterns) -> ResultTable:
    """Those that meet, the clearest first; then those that never do and by chance would."""
    ordered = sorted(
        found.pairs,
        key=lambda it: (not it.passages, 2.0 if it.p is None else it.p, -it.passages, -it.expected),
    )
    label = found.findings.label
    return ResultTable(
        name="Codes that meet",
        subject=f"Codes that meet on a passage ({found.passages:,} coded passages)",
        columns=(
            "First code",
            "Second code",
            "Passages with both",
            "with the first",
            "with the second",
            "Informants",
            "Documents",
            "By chance",
            "Ratio",
            "p",
            "p adjusted",
        ),
        rows=tuple(
            (
                label(one.a),
                label(one.b),
                one.passages,
                one.with_a,
                one.with_b,
                len(one.informants),
                one.documents,
                round(one.expected, 2),
                None if one.ratio is None else round(one.ratio, 2),
                one.p,
                one.p_adjusted,
            )
            for one in ordered
        ),
        widths=(3.2, 3.2, 1.6, 1.4, 1.4, 1.8, 1.8, 1.5, 1.2, 1.4, 1.6),
        notes=(CHANCE,),
        # those that never meet would fill many pages
        first=min(MOST_ROWS_PRINTED, sum(1 for one in ordered if one.passages)),
    )


def _similar(name: str, subject: str, of: str, found: Similarity, label: Callable[[str], str]) -> ResultTable:
    """Each with those that are most like it."""
    return ResultTable(
        name=name,
        subject=f"{subject}; to each the three that are most alike",
        columns=("", of, "Most alike", "Second", "Third"),
        rows=tuple((label(one), size, *nearest) for one, size, nearest in _nearest(found, label)),
        widths=(4, 1.4, 4, 4, 4),
        notes=(found.measure + ".",),
    )


def _nearest(found: Similarity, label: Callable[[str], str]) -> Iterator[tuple[str, int, list[str]]]:
    for at, one in enumerate(found.names):
        others = [i for i in range(len(found.names)) if i != at and found.values[at, i] > 0]
        others.sort(key=lambda i: -found.values[at, i])
        said = [
            f"{label(found.names[i])} ({number(float(found.values[at, i]))})" for i in others[:_NEIGHBOURS]
        ]
        yield one, found.sizes[at], [*said, *[""] * (_NEIGHBOURS - len(said))]


def _single(found: Patterns) -> ResultTable:
    f = found.findings
    return ResultTable(
        name="One source alone",
        subject="Findings that only one source or one informant supports",
        columns=("Phase", "Code", f.corner.capitalize(), "Source", "Informant", "Codings", "Silent sources"),
        rows=tuple(
            (
                f.phase_label(one.phase),
                f.label(one.code),
                one.column or NOT_STATED,
                one.source,
                one.informant,
                one.codings,
                one.others,
            )
            for one in found.single
        ),
        widths=(2.4, 4, 2.4, 3, 2.2, 1.4, 1.6),
        notes=("Silent: sources of the same column that were read and do not carry the code in this phase.",),
    )


def _figure(name: str, subject: str, of: str, found: Similarity, label: Callable[[str], str]) -> ResultFigure:
    more = f"; the {MOST} with most are shown" if len(found.names) > MOST else ""
    return ResultFigure(
        name=name,
        subject=f"{subject}{more}",
        describes=f"{subject}: a square for each two, the darker the more alike; the table lists the nearest of each.",
        of=of,
        draw=lambda _: similarity_figures(found, label),
        notes=(found.measure + ".",),
    )
