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
    "Passages are what was coded: codings of nearly the same words (half of each lies in the other) are of one passage, and "
    "a coding also carries its code to every shorter passage of which it covers at least half. Two codes meet where one "
    "passage carries both. By chance: the passages that carry the one code are drawn at random among all coded passages of "
    "the same informant (or document), whichever carry the other. p: the two-sided probability of as few or as many "
    "meetings, exact (conditional test over one 2 × 2 table an informant; Birch 1964) or, where the criterion of Mantel and "
    "Fleiss (1980) allows, by Mantel and Haenszel's χ² with continuity correction. p adjusted: for all pairs that were "
    "looked at (Benjamini and Hochberg 1995). Passages of one interview are not independent of each other, so p says where "
    "to look and proves nothing. Two codes of a framework of which one code applies to a passage are not compared."
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
            "pairs": [_pair_json(one, self.findings) for one in self.pairs],
            "codes": _similarity_json(self.codes, label),
            "columns": _similarity_json(self.columns, str),
            "columns_stand_for": list(self.findings.columns.names),
            "single_source": [
                {
                    "phase": label(one.phase) if one.phase else "",
                    "code": label(one.code),
                    "column": one.column,
                    "source": one.source,
                    "informant": one.informant,
                    "codings": one.codings,
                    "silent_sources": one.others,
                }
                for one in self.single
            ],
            "notes": [CHANCE, self.codes.measure, self.columns.measure],
        }


def patterns_of(
    found: StudyFindings, *, framework: str | None = None, crossed_with: str | None = None
) -> Patterns:
    """The patterns of these findings. ``framework``: only pairs with a code of it; ``crossed_with``: and one of this.

    Raises BadInput for names that are not known.
    """
    book = found.codebook
    if crossed_with is not None and framework is None:
        raise BadInput("name the framework that it is crossed with: --framework NAME --with NAME.")
    one = None if framework is None else framework_named(book, framework)
    other = None if crossed_with is None else framework_named(book, crossed_with)
    passages = coded_passages(found.found)
    rows = {code: at for at, code in enumerate((*found.rows, *found.phases))}
    codes = sorted(codes_on(passages), key=lambda code: rows.get(code, len(rows)))
    every = findings_of(found.found, found.read, found.column_of, found.role_of)
    return Patterns(
        findings=found,
        pairs=co_occurrences(passages, found.voices, _pairs(codes, book, one, other)),
        passages=len(passages),
        codes=similar_codes(
            passages, [code for code in codes if one is None or _of(code, book) in (one, other)]
        ),
        columns=similar_columns(found.found, found.column_of),
        single=single_sources(sorted(every, key=lambda it: in_order(found, it.phase, it.code, it.column))),
    )


def in_order(found: StudyFindings, phase: str, code: str, column: str) -> tuple[int, int, int]:
    """The place of a cell in the study's own order."""
    return (found.phases.index(phase), found.rows.index(code), found.column_names.index(column))


def framework_named(book: Codebook, given: str) -> str:
    """The id of a framework. Raises BadInput."""
    for one in book.frameworks:
        if folded(given) in (folded(one.id), folded(one.name)):
            return one.id
    names = [one.name for one in book.frameworks]
    close = nearest(given, names)
    guess = f'Did you mean "{close}"?' if close else f"It is one of {', '.join(names)}."
    raise BadInput(f'there is no framework "{given}" in the codebook. {guess}')


def _pairs(
    codes: Sequence[str], book: Codebook, one: str | None, other: str | None
) -> Iterator[tuple[str, str]]:
    """Every two codes that could meet on a passage, and are of the frameworks asked for; the first of the first."""
    for a, b in combinations(codes, 2):
        of_a, of_b = _of(a, book), _of(b, book)
        if _never_meet(a, b, book):
            continue
        if one is None or (of_a == one and other in (None, of_b)):
            yield a, b
        elif of_b == one and other in (None, of_a):
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


def _pair_json(one: CodePair, found: StudyFindings) -> dict[str, Any]:
    return {
        "a": found.label(one.a),
        "b": found.label(one.b),
        "passages": one.passages,
        "with_a": one.with_a,
        "with_b": one.with_b,
        "informants": len(one.informants),
        "informant_codes": list(one.informants),
        "documents": one.documents,
        "expected": round(one.expected, 4),
        "difference": round(one.passages - one.expected, 4),
        "ratio": None if one.ratio is None else round(one.ratio, 4),
        "jaccard": round(one.jaccard, 4),
        "p": one.p,
        "p_adjusted": one.p_adjusted,
        "method": one.method,
        "reason": one.reason,
    }


def _similarity_json(one: Similarity, label: Any) -> dict[str, Any]:
    return {
        "names": [label(name) for name in one.names],
        "sizes": list(one.sizes),
        "values": [[round(float(value), 4) for value in row] for row in one.values],
        "measure": one.measure,
    }
