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


def patterns_parts(patterns: Patterns) -> ResultParts:
    """The pairs, the similarities, and what one source supports."""
    label, corner = patterns.findings.label, patterns.findings.corner
    by_corner = f"Similar by {corner}"[:31]
    return ResultParts(
        title=f"{patterns.findings.study}: patterns",
        tables=(
            _pairs(patterns),
            _similar(
                "Similar codes", "Codes by the passages that they share", "passages", patterns.codes, label
            ),
            _similar(
                by_corner,
                f"Columns ({corner}) by what was found in them",
                "coded sources",
                patterns.columns,
                _stated,
            ),
            _single(patterns),
        ),
        figures=(
            _figure(
                "codes",
                "How alike the codes are, by the passages that they share",
                "Similar codes",
                patterns.codes,
                label,
            ),
            _figure(
                "columns",
                f"How alike the columns ({corner}) are, by what was found in them",
                by_corner,
                patterns.columns,
                _stated,
            ),
        ),
        notes=(
            f"Codebook: {patterns.findings.codebook.name}, version {patterns.findings.codebook.version}.",
        ),
    )


def _stated(name: str) -> str:
    return name or NOT_STATED


def _pairs(patterns: Patterns) -> ResultTable:
    """Those that meet, the clearest first; then those that never do and by chance would."""
    ordered = sorted(
        patterns.pairs,
        key=lambda it: (not it.passages, 2.0 if it.p is None else it.p, -it.passages, -it.expected),
    )
    label = patterns.findings.label
    return ResultTable(
        name="Codes that meet",
        subject=f"Codes that meet on a passage ({patterns.passages:,} coded passages)",
        columns=(
            "First code",
            "Second code",
            "Passages with both",
            "with the first",
            "with the second",
            "Participants",
            "Documents",
            "By chance",
            "Ratio",
            "p",
            "p adjusted",
        ),
        rows=tuple(
            (
                label(pair.a),
                label(pair.b),
                pair.passages,
                pair.with_a,
                pair.with_b,
                len(pair.informants),
                pair.documents,
                round(pair.expected, 2),
                None if pair.ratio is None else round(pair.ratio, 2),
                pair.p,
                pair.p_adjusted,
            )
            for pair in ordered
        ),
        widths=(3.2, 3.2, 1.6, 1.4, 1.4, 1.8, 1.8, 1.5, 1.2, 1.4, 1.6),
        notes=(CHANCE,),
        # those that never meet would fill many pages
        first=min(MOST_ROWS_PRINTED, sum(1 for pair in ordered if pair.passages)),
    )


def _similar(
    name: str, subject: str, of: str, similarity: Similarity, label: Callable[[str], str]
) -> ResultTable:
    """Each with those that are most like it."""
    return ResultTable(
        name=name,
        subject=f"{subject}; to each the three that are most alike",
        columns=("", of, "Most alike", "Second", "Third"),
        rows=tuple((label(name), size, *nearest) for name, size, nearest in _nearest(similarity, label)),
        widths=(4, 1.4, 4, 4, 4),
        notes=(similarity.measure + ".",),
    )


def _nearest(similarity: Similarity, label: Callable[[str], str]) -> Iterator[tuple[str, int, list[str]]]:
    for at, name in enumerate(similarity.names):
        others = [i for i in range(len(similarity.names)) if i != at and similarity.values[at, i] > 0]
        others.sort(key=lambda i: -similarity.values[at, i])
        said = [
            f"{label(similarity.names[i])} ({number(float(similarity.values[at, i]))})"
            for i in others[:_NEIGHBOURS]
        ]
        yield name, similarity.sizes[at], [*said, *[""] * (_NEIGHBOURS - len(said))]


def _single(patterns: Patterns) -> ResultTable:
    f = patterns.findings
    return ResultTable(
        name="One source alone",
        subject="Findings that only one source or one participant supports",
        columns=(
            "Phase",
            "Code",
            f.corner.capitalize(),
            "Source",
            "Participant",
            "Codings",
            "Silent sources",
        ),
        rows=tuple(
            (
                f.phase_label(finding.phase),
                f.label(finding.code),
                finding.column or NOT_STATED,
                finding.source,
                finding.informant,
                finding.codings,
                finding.others,
            )
            for finding in patterns.single
        ),
        widths=(2.4, 4, 2.4, 3, 2.2, 1.4, 1.6),
        notes=("Silent: sources of the same column that were read and do not carry the code in this phase.",),
    )


def _figure(
    name: str, subject: str, of: str, similarity: Similarity, label: Callable[[str], str]
) -> ResultFigure:
    more = f"; the {MOST} with most are shown" if len(similarity.names) > MOST else ""
    return ResultFigure(
        name=name,
        subject=f"{subject}{more}",
        describes=f"{subject}: a square for each two, the darker the more alike; the table lists the nearest of each.",
        of=of,
        draw=lambda _: similarity_figures(similarity, label),
        notes=(similarity.measure + ".",),
    )
