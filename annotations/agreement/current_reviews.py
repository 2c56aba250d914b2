"""Current reviews by what they may be used for, and the newest on each unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from annotations.agreement.judged import Units
from annotations.codebook.codes import Codebook
from annotations.coding import Draw, Review
from annotations.numbers_shown import counted
from annotations.segment import carrying


def by_kind(reviews: Sequence[Review]) -> dict[str, dict[str, list[Review]]]:
    """Independent, assisted and repeated reviews, each by coder; derived ones are nobody's own."""
    kinds: dict[str, dict[str, list[Review]]] = {"independent": {}, "assisted": {}, "repeat": {}}
    for review in reviews:
        if review.condition.derived:
            continue
        kind = "repeat" if review.draw is Draw.REPEAT else review.condition.value
        kinds[kind].setdefault(review.coder, []).append(review)
    return kinds


def newest_on_rows(units: Units, reviews: Sequence[Review]) -> dict[int, Review]:
    """The newest of these reviews on each row; one for some codes alone only where there is no other."""
    newest: dict[int, Review] = {}
    spans = {
        t: [segment.span for segment in units.segments.get(t, ())] for t in {r.transcript for r in reviews}
    }
    ends = {t: [span.end for span in its] for t, its in spans.items()}
    for review in sorted(reviews, key=lambda older: (older.only is None, older.sequence or 0)):
        for position in carrying(spans[review.transcript], ends[review.transcript], review.span):
            row = units.row.get((review.transcript, position))
            if row is not None:
                newest[row] = review
    return newest


def notes_on(reviews: Sequence[Review], codebook: Codebook) -> tuple[str, ...]:
    """What of these reviews cannot be used, in sentences."""
    notes = []
    foreign = Counter(c.code for review in reviews for c in review.codings if c.code not in codebook.by_id)
    if foreign:
        named = ", ".join(f'"{code}" ({n})' for code, n in foreign.most_common(5))
        total = sum(foreign.values())
        carry = counted(total, "coding carries a code", "codings carry codes")
        count = "counts" if total == 1 else "count"
        notes.append(f"{carry} that the codebook does not hold, and so {count} as not coded: {named}")
    unsourced = sum(review.condition.derived and not review.sources for review in reviews)
    if unsourced:
        name = counted(unsourced, "derived review names", "derived reviews name")
        notes.append(f"{name} no sources, so nobody can be compared with them: it is not known who took part")
    return tuple(notes)
