"""How far a study is, as whoever asks may know it: somebody limited to sites, of what they may see alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection

from annotations.store.counted_suggestions import CountedSuggestions
from annotations.store.described_transcripts import described_transcripts
from annotations.store.judged_passages import JudgedPassages
from annotations.store.model_versions import champion
from annotations.store.pushed_tasks import CountedPushed
from annotations.store.reviews import count_reviews_of
from service.access.policy import Action, may
from service.access.transcript_access import sees
from service.access.viewer import Viewer
from service.composition import Parts
from service.looking.attribute_filter import described_with_attributes
from service.looking.wave_progress import (
    StudyProgress,
    WaveProgress,
    model_in_service,
    progress_of,
    waves_of,
)


@dataclass(frozen=True, slots=True)
class SitesProgress:
    """How far the transcripts are that somebody limited to sites may see: nothing here is counted from other ones.

    ``model``: the version that serves, "" where none does; ``since``: since when; ``up_to_date``: as in ModelInService.
    """

    study: str
    waves: Mapping[str, WaveProgress]
    reviews: int
    codings: int
    codebook_version: str
    model: str
    since: str
    up_to_date: bool

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def progress_seen(
    parts: Parts,
    viewer: Viewer,
    where: Sequence[str] = (),
    *,
    judged: JudgedPassages | None = None,
    pushed: CountedPushed | None = None,
    suggested: CountedSuggestions | None = None,
) -> StudyProgress | SitesProgress:
    """How far the study is, as this person may know it: whoever is limited to sites, of what they may see.

    Where the study lies, and whose drafts are how far, is for those who run it. ``where``, ``judged``, ``pushed``,
    ``suggested``: as in ``progress_of``. Raises BadInput for attributes that nobody has of whom this person may know.
    """
    if viewer.sites is not None:
        with parts.store.reading() as connection:
            return sites_progress(
                connection, parts, viewer, where, judged=judged, pushed=pushed, suggested=suggested
            )
    progress = progress_of(parts, where, judged=judged, pushed=pushed, suggested=suggested)
    if may(viewer, Action.CHANGE_STUDY):
        return progress
    return replace(progress, folder="", begun=(), not_forgotten=())


def sites_progress(
    connection: Connection,
    parts: Parts,
    viewer: Viewer,
    where: Sequence[str] = (),
    *,
    judged: JudgedPassages | None = None,
    pushed: CountedPushed | None = None,
    suggested: CountedSuggestions | None = None,
) -> SitesProgress:
    """The same for somebody who is limited to sites."""
    version, serving = parts.segmentation.version, champion(connection)
    seen = [kept for kept in described_transcripts(connection) if sees(viewer, kept)]
    its = described_with_attributes(connection, seen, where, viewer)
    counted = suggested or CountedSuggestions()
    spoken = counted.now(connection, serving.model.id, version) if serving else {}
    counted_of = count_reviews_of(connection)
    model = None if serving is None else model_in_service(serving, None, parts.codebook.version, version)
    return SitesProgress(
        study=parts.study.config.name,
        waves=waves_of(
            connection, version, spoken, its, judged or JudgedPassages(), pushed or CountedPushed()
        ),
        reviews=sum(counted_of.get(kept.id, (0, 0))[0] for kept in seen),
        codings=sum(counted_of.get(kept.id, (0, 0))[1] for kept in seen),
        codebook_version=parts.codebook.version,
        model=model.version if model else "",
        since=model.since if model else "",
        up_to_date=model is not None and model.up_to_date,
    )
