"""How corrections arrive in a test: a webhook delivered, a pull, and what the store then says."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fake_label_studio import FakeLabelStudio

from annotations.coding import Review
from annotations.label_studio.read_answers import Answers
from annotations.label_studio.webhook import webhook_of
from annotations.progress import quiet
from annotations.store.reviews import count_reviews, current_reviews
from service.composition import Parts
from service.corrections.inbox import Inbox
from service.corrections.pull import Pulled, pull_all


def deliver(inbox: Inbox, body: dict[str, Any]) -> Counter[str]:
    """Label Studio tells of an annotation, and it is worked off."""
    inbox.store(webhook_of(body))
    return inbox.work_off()


def pull_now(parts: Parts, server: FakeLabelStudio) -> Pulled:
    """As "tandem pull" does."""
    return pull_all(parts, Inbox(parts), Answers(server), quiet)


def reviews_of(parts: Parts) -> tuple[Review, ...]:
    """The reviews that stand."""
    with parts.store.reading() as connection:
        return current_reviews(connection)


def said_in(parts: Parts) -> list[tuple[str, int, tuple[str, ...]]]:
    """Who said what where, as the store has it."""
    return sorted(
        (one.coder, one.span.start, tuple(sorted(c.code for c in one.codings))) for one in reviews_of(parts)
    )


def counted_in(parts: Parts) -> tuple[int, int]:
    """How many reviews there are, and how many codings."""
    with parts.store.reading() as connection:
        return count_reviews(connection)
