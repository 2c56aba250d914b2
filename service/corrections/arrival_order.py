"""What comes twice, late or in disorder from Label Studio: does it say more than what was seen before?"""

from __future__ import annotations

from annotations.label_studio.annotation import Arrival
from annotations.label_studio.arrivals import ArrivalState
from annotations.store.seen_annotations import Seen


def is_news(known: Seen, arrival: Arrival, event: int, read_after: int) -> bool:
    """Does an arrival say more than what was seen before?

    A webhook is news if it is newer by Label Studio's clock. A pull saw how things stand, so it is news whatever
    the clocks say, unless a webhook came after it had begun to read.
    """
    if not event and known.last_event <= read_after:
        return True
    if known.state is ArrivalState.DELETED:
        # a number given again: the annotation was made after the last that we know of the deleted one
        return known.changed is not None and arrival.made > known.changed
    return known.changed is None or arrival.changed > known.changed


def own_word_late(known: Seen, arrival: Arrival) -> bool:
    """Does a coder's own word arrive after that of a colleague who saved over it?"""
    if known.state is not ArrivalState.SET_ASIDE or known.told is None or arrival.saved_by_another:
        return False
    over = known.told.arrival
    return over.saved_by_another and over.key == arrival.key and arrival.changed < over.changed
