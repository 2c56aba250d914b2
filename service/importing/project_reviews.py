"""Reviews that stand in the file beside a project: who read which words, with the codes that they found or none.

A project holds codings alone. Without these reviews nobody would know that a coder who put one code on a passage found no
other there, and an agreement would be computed of the passages alone on which nothing applies.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from annotations.codebook.codes import Code, Codebook
from annotations.coding import Condition, Draw, Review
from annotations.codings.coding_cells import condition_in
from annotations.names import fault_of_name
from annotations.numbers_shown import counted
from annotations.refi.guids import normal
from annotations.store.codebook_versions import keep_codebook
from annotations.store.loose_codings import LooseCoding, loose_codings, take_into_review
from annotations.store.reviews import add_review_codings, add_reviews, current_reviews
from annotations.transcript import Span

# a coding as it is looked for here: who put which code on which words
_Key = tuple[str, str, Span, Condition]


@dataclass(frozen=True, slots=True)
class BesideReview:
    """A coder's finished pass over words of a source, as the file beside the project says it.

    ``codings``: code (its GUID) and words of each coding; none where no code applies. ``reached``: codes of wide codings
    that another review holds. ``only``, ``decides``: GUIDs of the codes that it says something of, None for all.
    ``id``, ``sources``: by which reviews of the file name each other.
    """

    source: str
    coder: str
    span: Span
    condition: Condition
    codings: tuple[tuple[str, Span], ...] = ()
    reached: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    decides: frozenset[str] | None = None
    id: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptReviews:
    """How many reviews are new: with the codes that were found, and empty ones."""

    with_codes: int = 0
    empty: int = 0

    @property
    def notes(self) -> list[str]:
        """What is said of them; a preview says it too, when nothing has come in yet."""
        parts = []
        if self.with_codes:
            parts.append(f"{counted(self.with_codes, 'review')} with the codes that were found")
        if self.empty:
            reviews = counted(self.empty, "review")
            parts.append(f"{reviews} in which a coder found that no code applies")
        return [f"The file beside the project adds {' and '.join(parts)}."] if parts else []


@dataclass(frozen=True, slots=True)
class ReviewsHere:
    """How reviews of the file are understood here.

    ``place``: the transcript here and the words in it, None where they are not taken; ``coder``: who that is here;
    ``codes``: the code here by its GUID there, None where it is left out. ``new``: the codings that came in just now; none
    where the file does not say which of them belong to a review, so that an empty review never stands on a coded passage.
    """

    place: Callable[[str, Span], tuple[UUID, Span] | None]
    coder: Callable[[str], str | None]
    codes: Mapping[str, str | None]
    new: Collection[tuple[UUID, _Key]]
    codebook: Codebook
    file: str


def says_codings(plain: Mapping[str, Any]) -> bool:
    """Does the file say which codings belong to a review? Those of an earlier Tandem know empty reviews alone."""
    return isinstance(plain.get("coded_reviews"), list)


def reviews_in(plain: Mapping[str, Any]) -> tuple[BesideReview, ...]:
    """The reviews of a file that may be a stranger's: what is not as Tandem writes it is none."""
    return tuple(
        review
        for part in ("empty_reviews", "coded_reviews")
        for entry in _list(plain.get(part))
        if (review := _review_in(entry, coded=part == "coded_reviews")) is not None
    )


def _list(plain: Any) -> Sequence[Any]:
    return plain if isinstance(plain, list) else ()


def _review_in(entry: Any, *, coded: bool) -> BesideReview | None:
    try:
        span, coder = _span(entry), entry["coder"]
        codings = tuple((normal(str(its["code"])), _span(its)) for its in entry["codings"]) if coded else ()
        if not isinstance(coder, str) or fault_of_name(coder) is not None or coded != bool(codings):
            return None
        only, decides = (_guids(entry.get(key)) for key in ("only", "decides"))
        return BesideReview(
            normal(str(entry["source"])),
            coder,
            span,
            condition_in(str(entry.get("condition", ""))),
            codings,
            _guids(entry.get("reached")) or frozenset(),
            only,
            decides,
            str(entry.get("id", "")),
            tuple(sorted(_guids(entry.get("sources")) or ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _span(entry: Any) -> Span:
    start, end = entry["start"], entry["end"]
    if not (type(start) is int and type(end) is int and 0 <= start < end):
        raise ValueError("no words")
    return Span(start, end)


def _guids(plain: Any) -> frozenset[str] | None:
    return frozenset(normal(str(guid)) for guid in plain) if isinstance(plain, list) else None


def keep_beside_reviews(
    connection: Connection, reviews: Sequence[BesideReview], here: ReviewsHere
) -> KeptReviews:
    """Keep these reviews; codings that came in with the project are taken into them.

    A passage of which the coder has said something here already keeps what is said there. A review of which a coding did
    not come in is left out, since what the coder found is not known then; its other codings stay as they are. Of a code
    that has come since, or is none of these here, a review says nothing.
    """
    versions = _Versions(connection, here.codebook)
    came: dict[UUID, dict[_Key, LooseCoding]] = {}
    judged: dict[UUID, dict[str, list[Span]]] = {}
    made: list[tuple[Review, list[LooseCoding]]] = []
    ids = {review.id: uuid4() for review in reviews if review.id}
    for review in reviews:
        at, name = here.place(review.source, review.span), here.coder(review.coder)
        if at is None or name is None:
            continue
        transcript, span = at
        if transcript not in came:
            came[transcript] = _came(connection, transcript, here)
            judged[transcript] = _judged(connection, transcript, came[transcript])
        its = _codings(review, name, came[transcript], here)
        if its is None or any(span.overlap(other) for other in judged[transcript].get(name, ())):
            continue
        made.append((_review(review, transcript, name, span, versions, ids, here), its))
    kept = {review.id for review, _ in made}
    add_reviews(connection, [_with_sources_of(review, kept) for review, _ in made])
    _take_in(connection, made)
    coded = sum(bool(its) for _, its in made)
    return KeptReviews(coded, len(made) - coded)


def _came(connection: Connection, transcript: UUID, here: ReviewsHere) -> dict[_Key, LooseCoding]:
    """The codings of a transcript that came in with the project and belong to no review yet."""
    loose = ((_key(coding), coding) for coding in loose_codings(connection, transcript=transcript))
    return {key: coding for key, coding in loose if (transcript, key) in here.new}


def _key(loose: LooseCoding) -> _Key:
    return loose.coder, loose.coding.code, loose.coding.span, loose.condition


def _judged(
    connection: Connection, transcript: UUID, came: Mapping[_Key, LooseCoding]
) -> dict[str, list[Span]]:
    """Of which words each coder has said something here before."""
    spans_of: dict[str, list[Span]] = {}
    for review in current_reviews(connection, transcript=transcript):
        spans_of.setdefault(review.coder, []).append(review.span)
    for loose in loose_codings(connection, transcript=transcript):
        if _key(loose) not in came:
            spans_of.setdefault(loose.coder, []).append(loose.coding.span)
    return spans_of


def _codings(
    review: BesideReview, coder: str, came: Mapping[_Key, LooseCoding], here: ReviewsHere
) -> list[LooseCoding] | None:
    """The codings of a review, as they are here; None where one of them did not come in."""
    its: list[LooseCoding] = []
    for guid, span in review.codings:
        at, code = here.place(review.source, span), here.codes.get(guid)
        coding = None if at is None or code is None else came.get((coder, code, at[1], review.condition))
        if coding is None:
            return None
        its.append(coding)
    return its


def _review(
    review: BesideReview,
    transcript: UUID,
    coder: str,
    span: Span,
    versions: _Versions,
    ids: Mapping[str, UUID],
    here: ReviewsHere,
) -> Review:
    only = _here(review.only, here.codes)
    reached = sorted(ours for guid in review.reached if (ours := here.codes.get(guid)) is not None)
    return Review(
        transcript,
        coder,
        span,
        condition=review.condition,
        draw=Draw.ORDINARY,
        codebook_version=versions.of(None if only is not None else _here(review.decides, here.codes)),
        origin={"import": here.file} | ({"reached": reached} if reached else {}),
        only=only,
        sources=tuple(ids[source] for source in review.sources if source in ids),
        id=ids.get(review.id) or uuid4(),
    )


def _with_sources_of(review: Review, kept: Collection[UUID | None]) -> Review:
    # a consensus of which one source is missing would be compared with whoever made it
    return review if all(source in kept for source in review.sources) else replace(review, sources=())


def _take_in(connection: Connection, made: Sequence[tuple[Review, Sequence[LooseCoding]]]) -> None:
    taken: set[UUID] = set()
    for review, codings in made:
        for loose in codings:
            # two readings may hold the same coding, which the project has once
            if loose.id in taken:
                add_review_codings(connection, review, [loose.coding])
            else:
                take_into_review(connection, loose.id, review)
                taken.add(loose.id)


def _here(given: frozenset[str] | None, codes: Mapping[str, str | None]) -> frozenset[str] | None:
    """The codes here that these are; None for every code."""
    if given is None:
        return None
    return frozenset(ours for guid in given if (ours := codes.get(guid)) is not None)


class _Versions:
    """Versions of the codebook under which reviews were made, kept as they are asked for.

    Who read for the whole codebook of that time did not read for some of its codes alone: of codes that came since, the
    review says nothing, since they are not in its version.
    """

    def __init__(self, connection: Connection, codebook: Codebook) -> None:
        self._connection, self._codebook = connection, codebook
        self._kept: dict[frozenset[str] | None, str] = {}

    def of(self, decides: frozenset[str] | None) -> str:
        """The version that holds these codes to apply and no others; None: all of today's."""
        if decides not in self._kept:
            book = self._codebook if decides is None else _with_these(self._codebook, decides)
            self._kept[decides] = keep_codebook(self._connection, book)
        return self._kept[decides]


def _with_these(codebook: Codebook, wanted: Collection[str]) -> Codebook:
    """The codebook without the codes that are not wanted; those that group others stay, and may not be applied."""
    codes: list[Code] = []
    above: set[str | None] = set()
    for code in reversed(codebook.codes):
        if code.id in wanted or not code.applicable or code.id in above:
            codes.append(replace(code, applicable=code.applicable and code.id in wanted))
            above.add(code.parent)
    return replace(codebook, codes=tuple(reversed(codes)))
