"""When a review counts as assisted: when suggestions stood on its task as the coder opened it for the first time.

What counts is our own record of what was shown (``shown_models``), or that Label Studio tells of a prediction in the
answer. Everything else is independent. A coder who changes their mind later does not undo what they saw.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from annotations.coding import Condition
from annotations.store.annotation_reviews import Word
from annotations.store.pushed_tasks import OnScreen, shown_first
from annotations.store.seen_annotations import Seen


def assisted_or_independent(
    connection: Connection, row: Seen, stood: OnScreen | None, first: Word | None, *, saw: bool
) -> tuple[Condition, UUID | None]:
    """The condition of a review, and the model version whose suggestions stood there.

    ``stood``: what stood on the task when the coder opened it, None where it showed no suggestion; ``first``: the
    review that the annotation became before, if it did; ``saw``: does Label Studio tell of a prediction in it?
    """
    if first is not None:
        return first.condition, first.shown_version
    if row.key is None:
        return Condition.INDEPENDENT, None
    if stood is None and saw:
        # the clocks differ, or the prediction came while the task was open: it was seen all the same
        stood = shown_first(connection, row.project, row.key)
        return Condition.ASSISTED, None if stood is None else stood.model
    return (Condition.INDEPENDENT, None) if stood is None else (Condition.ASSISTED, stood.model)
