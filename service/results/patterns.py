"""Patterns of a study: which codes meet, which codes and cases are alike, and what rests on one source alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from annotations.codebook.codes import Codebook
from annotations.errors import BadInput, nearest
from annotations.names import folded
from annotations.patterns.co_occurrence import CodePair, co_occurrences
from annotations.patterns.coded_passages import coded_passages, codes_on
from annotations.patterns.similarity import Similarity, similar_codes, similar_columns
from annotations.patterns.single_sources import SingleSource, single_sources
from annotations.patterns.triangulation import findings_of
from service.results.study_findings import StudyFindings

CHANCE = (
    "Passages are what was coded: codings of nearly the same words (half of each lies in the other) are of one passage, "
    "and a coding also carries its code to every shorter passage of which it covers at least half. Two codes meet where "
    "one passage carries both. By chance: the passages that carry the one code are drawn at random among all coded "
    "passages of the same participant (or document), whichever carry the other. p: the two-sided probability of as few or "
    "as many meetings, exact (conditional test over one 2 × 2 table for each participant; Birch 1964) or, where the "
    "criterion of Mantel and Fleiss (1980) allows, by Mantel and Haenszel's χ² with continuity correction. p adjusted: "
    "for all pairs that were looked at (Benjamini and Hochberg 1995). Passages of one interview are not independent of "
    "each other, so p says where to look and proves nothing. Two codes of a framework of which one code applies to a "
    "passage are not compared."
)


@dataclass(frozen=True)
class Patterns:
    """``pairs``: every two codes that were compared; ``codes``, ``columns``: how alike codes are, and cases."""

    findings: StudyFindings
    pairs: tuple[CodePair, ...]
    passages: int
    codes: Similarity
    columns: Similarity
    single: tuple[SingleSource, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        label = self.findings.label
        return {
            "study": self.findings.study,
            "made": self.findings.made.isoformat(timespec="seconds"),
            "codebook_version": self.findings.codebook.version,
            "passages": self.passages,
            "pairs": [_pair_json(pair, self.findings) for pair in self.pairs],
            "codes": _similarity_json(self.codes, label),
            "columns": _similarity_json(self.columns, str),
            "columns_stand_for": list(self.findings.columns.names),
            "single_source": [
                {
                    "phase": label(finding.phase) if finding.phase else "",
                    "code": label(finding.code),
                    "column": finding.column,
                    "source": finding.source,
                    "informant": finding.informant,
                    "codings": finding.codings,
                    "silent_sources": finding.others,
                }
                for finding in self.single
            ],
            "notes": [CHANCE, self.codes.measure, self.columns.measure],
        }


def patterns_of(
    findings: StudyFindings, *, framework: str | None = None, crossed_with: str | None = None
) -> Patterns:
    """The patterns of these findings. ``framework``: only pairs with a code of it; ``crossed_with``: and one of this.

    Raises BadInput for names that are not known.
    """
    book = findings.codebook
    if crossed_with is not None and framework is None:
        raise BadInput("name the framework that it is crossed with: --framework NAME --with NAME.")
    framework_id = None if framework is None else framework_named(book, framework)
    other = None if crossed_with is None else framework_named(book, crossed_with)
    passages = coded_passages(findings.found)
    rows = {code: at for at, code in enumerate((*findings.rows, *findings.phases))}
    codes = sorted(codes_on(passages), key=lambda code: rows.get(code, len(rows)))
    every = findings_of(findings.found, findings.read, findings.column_of, findings.role_of)
    return Patterns(
        findings=findings,
        pairs=co_occurrences(passages, findings.voices, _pairs(codes, book, framework_id, other)),
        passages=len(passages),
        codes=similar_codes(
            passages,
            [code for code in codes if framework_id is None or _of(code, book) in (framework_id, other)],
        ),
        columns=similar_columns(findings.found, findings.column_of),
        single=single_sources(sorted(every, key=lambda it: in_order(findings, it.phase, it.code, it.column))),
    )


def in_order(findings: StudyFindings, phase: str, code: str, column: str) -> tuple[int, int, int]:
    """The place of a cell in the study's own order."""
    return (findings.phases.index(phase), findings.rows.index(code), findings.column_names.index(column))


def framework_named(book: Codebook, given: str) -> str:
    """The id of a framework. Raises BadInput."""
    for framework in book.frameworks:
        if folded(given) in (folded(framework.id), folded(framework.name)):
            return framework.id
    names = [framework.name for framework in book.frameworks]
    close = nearest(given, names)
    guess = f'Did you mean "{close}"?' if close else f"It is one of {', '.join(names)}."
    raise BadInput(f'there is no framework "{given}" in the codebook. {guess}')


def _pairs(
    codes: Sequence[str], book: Codebook, of_first: str | None, other: str | None
) -> Iterator[tuple[str, str]]:
    """Every two codes that could meet on a passage, and are of the frameworks asked for; the first of the first."""
    for a, b in combinations(codes, 2):
        of_a, of_b = _of(a, book), _of(b, book)
        if _never_meet(a, b, book):
            continue
        if of_first is None or (of_a == of_first and other in (None, of_b)):
            yield a, b
        elif of_b == of_first and other in (None, of_a):
            yield b, a


def _of(code: str, book: Codebook) -> str:
    return book[code].framework if code in book.by_id else ""


def _never_meet(a: str, b: str, book: Codebook) -> bool:
    """Are they of a framework of which one code applies, or does one stand above the other?"""
    if a not in book.by_id or b not in book.by_id:
        return False
    framework = book[a].framework
    if framework == book[b].framework and book.framework(framework).select == "one":
        return True
    return _above(a, b, book) or _above(b, a, book)


def _above(upper: str, code: str, book: Codebook) -> bool:
    parent = book[code].parent
    while parent is not None:
        if parent == upper:
            return True
        parent = book[parent].parent
    return False


def _pair_json(pair: CodePair, findings: StudyFindings) -> dict[str, Any]:
    return {
        "a": findings.label(pair.a),
        "b": findings.label(pair.b),
        "passages": pair.passages,
        "with_a": pair.with_a,
        "with_b": pair.with_b,
        "informants": len(pair.informants),
        "informant_codes": list(pair.informants),
        "documents": pair.documents,
        "expected": round(pair.expected, 4),
        "difference": round(pair.passages - pair.expected, 4),
        "ratio": None if pair.ratio is None else round(pair.ratio, 4),
        "jaccard": round(pair.jaccard, 4),
        "p": pair.p,
        "p_adjusted": pair.p_adjusted,
        "method": pair.method,
        "reason": pair.reason,
    }


def _similarity_json(similarity: Similarity, label: Any) -> dict[str, Any]:
    return {
        "names": [label(name) for name in similarity.names],
        "sizes": list(similarity.sizes),
        "values": [[round(float(value), 4) for value in row] for row in similarity.values],
        "measure": similarity.measure,
    }
