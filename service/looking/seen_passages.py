"""What of a transcript's codes somebody may see: her own at once, the rest of a passage once her own are in.

A passage that is still to be judged blind, doubly or again tells nothing to anybody, her own first codes included: they
would sway the second ones.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from annotations.coding import Review
from annotations.names import folded
from annotations.store.reviews import current_reviews
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Span
from service.access.policy import Action, may
from service.access.transcript_access import about
from service.access.viewer import Viewer, ViewerRole
from service.looking.hidden_spans import Hidden


class SeenPassages:
    """The passages of one transcript, for one viewer. ``reviews``: those that stand, of everybody.

    ``hidden``: what anybody still has to judge without being told; ``again``: of that, what waits for the viewer.
    """

    def __init__(
        self, viewer: Viewer, kept: KeptTranscript, hidden: Hidden, again: Hidden, reviews: Sequence[Review]
    ) -> None:
        self._viewer = viewer
        self._kept = kept
        self._hidden = hidden
        self._again = again
        self.reviews = tuple(reviews)
        self._own = [review.span for review in reviews if self.is_own(review.coder)]

    @classmethod
    def now(cls, connection: Connection, viewer: Viewer, kept: KeptTranscript) -> SeenPassages:
        """As things stand."""
        hidden = Hidden.now(connection, transcript=kept.id)
        again = Hidden.now(connection, of=viewer.name, transcript=kept.id)
        return cls(viewer, kept, hidden, again, current_reviews(connection, transcript=kept.id))

    def is_own(self, coder: str) -> bool:
        """Is it the viewer who goes by this name?"""
        return folded(coder) == folded(self._viewer.name)

    def own_is_in(self, span: Span) -> bool:
        """Has the viewer reviewed this passage, and is it not to be judged blind any more?"""
        return not self._hidden.hides(self._kept.id, span) and any(
            span.overlap(own_span) for own_span in self._own
        )

    def waits_for_viewer(self, span: Span) -> bool:
        """Has the viewer still to judge it blind, doubly or again? A colleague's waiting hides nobody's own codes."""
        return self._again.hides(self._kept.id, span)

    def shows_suggestion(self, span: Span) -> bool:
        """May the viewer see what a model says of this passage?"""
        return not self._hidden.hides(self._kept.id, span) and self._others(span)

    def shows(self, review: Review) -> bool:
        """May the viewer see the codes of this review?"""
        if self.is_own(review.coder):
            seen = may(self._viewer, Action.SEE_OWN_CODES, about(self._viewer, self._kept.transcript))
            # a lead looks after the study, and sees how far a repeated passage is
            again = self._viewer.role is not ViewerRole.LEAD and self.waits_for_viewer(review.span)
            return seen and not again
        return self._others(review.span)

    def _others(self, span: Span) -> bool:
        asked = about(self._viewer, self._kept.transcript, own_is_in=self.own_is_in(span))
        return may(self._viewer, Action.SEE_OTHERS_CODES, asked)
