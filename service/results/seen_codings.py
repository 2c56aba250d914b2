"""Which codings count in a table that somebody sees: no more than an open interview would tell them.

A lead and a reader of the whole study see all. To a coder a coding counts once she may see it in its interview. Whoever is
limited to sites sees the codings of transcripts that these sites may see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from annotations.matrix.counted_codings import CountedPassage
from annotations.store.transcripts import KeptTranscript
from service.access.policy import Action, Rule, rule_for
from service.access.viewer import Viewer
from service.looking.seen_in_many import SeenInMany

ONLY_SEEN = "Counted is what you may see: of your sites, and to a coder others' codes of a passage once her own are in."


def sees_whole_tables(viewer: Viewer) -> bool:
    """Does a table show this person everything?"""
    return viewer.sites is None and not waits_for_own(viewer)


def waits_for_own(viewer: Viewer) -> bool:
    """Are others' codes of a passage shown once this person's own are in?"""
    return rule_for(viewer.role, Action.SEE_OTHERS_CODES) is Rule.AFTER_OWN


def seen_coding(
    passage: CountedPassage,
    kept: KeptTranscript,
    shown: Mapping[UUID, KeptTranscript],
    seen: SeenInMany | None,
) -> CountedPassage | None:
    """What of a coding may be seen: all of it, the word of some of its coders, or nothing.

    ``shown``: the transcripts that the viewer sees; ``seen``: her own passes, None where others' codes show without them.
    """
    if kept.id not in shown:
        return None
    if seen is None:
        return passage
    coders = tuple(coder for coder in passage.coders if seen.shows(kept, coder, passage.span))
    if len(coders) == len(passage.coders):
        return passage
    # what they say together would tell what those said who are not seen
    return replace(passage, coders=coders, influence=None, concrete_example=False) if coders else None
