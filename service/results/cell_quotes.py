"""The words of a cell, as far as those who said them allow: only where they may be quoted, and only when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from annotations.matrix.tables import CodingCell
from annotations.names import folded
from annotations.segment import carries
from annotations.store.cell_place import RestingPassage
from annotations.store.member_checks import MemberCheck
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Span
from service.results.study_table import StudyTable


@dataclass(frozen=True, slots=True)
class CellQuote:
    """Words that may be quoted. ``chosen``: somebody chose them for this code."""

    text: str
    participant: str
    transcript: str
    span: Span
    chosen: bool


@dataclass(frozen=True, slots=True)
class Quotes:
    """The quotes of a cell; ``withheld``: of so many of its passages nobody may quote a word."""

    found: tuple[CellQuote, ...]
    withheld: int


def quotes_of(table: StudyTable, cell: CodingCell, *, site: str | None, only_chosen: bool = False) -> Quotes:
    """The chosen quotes of a cell, or else all of its passages that may be quoted where people of ``site`` read them."""
    chosen = tuple(_chosen(table, cell, site))
    withheld = sum(not kept.transcript.consents.may_quote_at(site) for _, kept in cell.found)
    if chosen or only_chosen:
        return Quotes(chosen, withheld)
    everything = {
        (kept.id, passage.span): _quote(kept, passage.span, chosen=False)
        for passage, kept in cell.found
        if kept.transcript.consents.may_quote_at(site)
    }
    return Quotes(tuple(everything.values()), withheld)


def _chosen(table: StudyTable, cell: CodingCell, site: str | None) -> Iterator[CellQuote]:
    given: set[RestingPassage] = set()
    for quote in table.quotes:
        span = quote.passage.span
        for counted, kept in cell.found:
            if (
                span is not None
                and quote.passage not in given
                and (counted.code, kept.id) == (quote.code, quote.passage.transcript)
                and carries(counted.span, span)
                and kept.transcript.consents.may_quote_at(site)
                and stands_still(kept, quote.passage)
            ):
                given.add(quote.passage)
                yield _quote(kept, span, chosen=True)


def may_tell(kept: Iterable[KeptTranscript], check: MemberCheck, *, site: str | None) -> bool:
    """May what somebody answered be told where people of ``site`` read it? It may where all their words may be quoted."""
    who = folded(check.answered_by)
    theirs = [it.transcript.consents for it in kept if folded(it.transcript.participant) == who]
    return bool(theirs) and all(its.may_quote_at(site) for its in theirs)


def stands_still(kept: KeptTranscript, passage: RestingPassage) -> bool:
    """Is the text the one that the passage was counted in?"""
    return kept.transcript.text_hash == passage.text_hash


def _quote(kept: KeptTranscript, span: Span, *, chosen: bool) -> CellQuote:
    t = kept.transcript
    return CellQuote(" ".join(span.of(t.text).split()), t.participant or t.name, t.name, span, chosen)
