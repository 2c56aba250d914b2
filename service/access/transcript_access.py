"""Which transcripts somebody may see: their own site's, and those that the participants allowed their site to see."""

from __future__ import annotations

from typing import Protocol

from annotations.transcript import Consents, Transcript
from service.access.policy import About, Action, may, must
from service.access.viewer import Viewer


class PlacedTranscript(Protocol):
    """What decides who may see a transcript: where it was made, and the sites that its consents name."""

    @property
    def site(self) -> str | None: ...  # noqa: D102 (as in Transcript)

    @property
    def consents(self) -> Consents: ...  # noqa: D102 (as in Transcript)


def sites_that_see(transcript: PlacedTranscript) -> tuple[str, ...]:
    """The sites whose people may see it: those of its consents (``visible_to``), else the one where it was made.

    Whoever is limited to sites sees nothing of other ones by default, even where the consents name none.
    """
    allowed = transcript.consents.visible_to
    if allowed is not None:
        return allowed
    return (transcript.site,) if transcript.site else ()


def about(viewer: Viewer, transcript: PlacedTranscript, *, own_is_in: bool = False) -> About:
    """This transcript, as the policy is asked about it: by the site through which the viewer sees it, if by any."""
    sites = sites_that_see(transcript)
    through = next((site for site in sites if viewer.sees_site(site)), None)
    return About(site=through, one_site=True, own_is_in=own_is_in)


def sees(viewer: Viewer, transcript: PlacedTranscript) -> bool:
    """May this person know of this transcript at all?"""
    return may(viewer, Action.SEE_FIGURES, about(viewer, transcript))


def must_read(viewer: Viewer, transcript: Transcript) -> None:
    """Raises NotAllowed for whoever may not read its words."""
    must(viewer, Action.READ_TEXT, about(viewer, transcript))


def sees_drafts(viewer: Viewer) -> bool:
    """May this person see who has begun on which interview? It names transcripts and coders of every site."""
    return viewer.sites is None and may(viewer, Action.HAND_OUT)
