"""How far each wave is: what "tandem status" and the status page show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from annotations.labels import labels_of
from annotations.store.attributes import all_attributes
from annotations.store.coders import coder_names
from annotations.store.jobs import all_jobs
from annotations.store.loose_codings import loose_codings
from annotations.store.model_versions import (
    ModelVersion,
    Serving,
    all_models,
    champion,
    waiting_model,
    why_nothing_serves,
)
from annotations.store.pushed_tasks import count_pushed
from annotations.store.reviews import count_reviews, current_reviews, reviews_after
from annotations.store.seen_annotations import count_set_aside
from annotations.store.segments import segments_of
from annotations.store.stale_models import changed_since
from annotations.store.suggestions import count_suggestions
from annotations.store.transcripts import all_transcripts
from service.composition import Parts

JOBS_IN_WORDS: Mapping[str, str] = {
    "train": "training",
    "precode": "suggestions",
    "push": "handing out in Label Studio",
    "renew": "new suggestions into Label Studio",
    "measure": "how far people agree",
    "backup": "a backup of the study",
}


@dataclass(frozen=True, slots=True)
class WaveProgress:
    """How many transcripts and segments (units) a wave has; how many segments are reviewed, suggested for, pushed."""

    transcripts: int = 0
    segments: int = 0
    reviewed: int = 0
    suggested: int = 0
    pushed: int = 0


@dataclass(frozen=True, slots=True)
class ModelInService:
    """The version that serves. ``up_to_date``: codebook and segmentation are those that it was trained with.

    ``waiting``: a newer version that a person has to put to serve.
    """

    version: str
    kind: str
    since: str
    reviews: int
    codes_judged: int
    codes_too_few: int
    up_to_date: bool
    waiting: str | None


@dataclass(frozen=True, slots=True)
class JobState:
    """A job, and whether it waits, runs or has ended."""

    kind: str
    state: str

    @property
    def under_way(self) -> bool:
        """Does it wait for a worker, or is one at it?"""
        return self.state in ("waiting", "running")

    @property
    def in_words(self) -> str:
        """What a job that is under way does, and who is to do it."""
        what = JOBS_IN_WORDS.get(self.kind, self.kind)
        if self.state == "running":
            return f"A worker is at it: {what}. How far: tandem jobs list"
        return f"A job waits for a worker: {what}. tandem serve has one; without it: tandem worker --once"


@dataclass(frozen=True, slots=True)
class StudyProgress:
    """How far a study is: its waves by name, its people and what they coded, the model that serves, the latest jobs.

    ``not_learnt``: the reviews that came in since the newest model was trained; 0 before the first one. ``attributes``:
    of how many participants and cases each is known.
    """

    study: str
    folder: str
    waves: Mapping[str, WaveProgress]
    coders: tuple[str, ...]
    reviews: int
    codings: int
    set_aside: int
    codebook_version: str
    no_model: str | None
    model: ModelInService | None
    jobs: tuple[JobState, ...]
    not_learnt: int = 0
    attributes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ModelsNow:
    """The version that serves, why none does, and how many reviews came since the newest one was trained."""

    model: ModelInService | None
    no_model: str | None
    not_learnt: int


def models_now(connection: Connection, parts: Parts) -> ModelsNow:
    """What is known of the model without looking at any passage."""
    serving, waits = champion(connection), waiting_model(connection)
    newest = next(reversed(all_models(connection)), None)
    version = parts.segmentation.version
    return ModelsNow(
        None if serving is None else _model(serving, waits, parts.codebook.version, version),
        why_nothing_serves(connection),
        0 if newest is None else reviews_after(connection, newest.last_review),
    )


def progress_of(parts: Parts) -> StudyProgress:
    """How far the study is as things stand."""
    with parts.store.reading() as connection:
        return _progress(connection, parts)


def _progress(connection: Connection, parts: Parts) -> StudyProgress:
    version = parts.segmentation.version
    serving, now = champion(connection), models_now(connection, parts)
    suggested = count_suggestions(connection, serving.model.id, version) if serving else {}
    reviews, codings = count_reviews(connection)
    return StudyProgress(
        study=parts.study.config.name,
        folder=str(parts.study.folder),
        waves=_waves(connection, version, suggested),
        coders=tuple(coder_names(connection).values()),
        reviews=reviews,
        codings=codings,
        set_aside=count_set_aside(connection),
        codebook_version=parts.codebook.version,
        no_model=now.no_model,
        model=now.model,
        jobs=tuple(JobState(job.kind, job.state) for job in all_jobs(connection, latest=5)),
        not_learnt=now.not_learnt,
        attributes=all_attributes(connection).counts(),
    )


def _waves(
    connection: Connection, segmentation: str, suggested: Mapping[UUID, int]
) -> dict[str, WaveProgress]:
    """Each wave's counts, the waves in the order of their names. ``suggested``: segments by transcript."""
    segments, pushed = segments_of(connection, segmentation), count_pushed(connection, segmentation)
    judged: dict[UUID, set[int]] = {}
    for one in labels_of(segments, current_reviews(connection), loose_codings(connection)):
        if one.complete and one.whole:
            judged.setdefault(one.transcript, set()).update(one.judged)
    waves: dict[str, Counter[str]] = {}
    for kept in all_transcripts(connection):
        cut = segments.get(kept.id, ())
        units = {at for at, segment in enumerate(cut) if segment.role.is_coded}
        wave = waves.setdefault(kept.transcript.wave, Counter())
        wave["transcripts"] += 1
        wave["segments"] += len(units) if cut else len(kept.transcript.participants_turns)
        wave["reviewed"] += len(units & judged.get(kept.id, set()))
        wave["suggested"] += suggested.get(kept.id, 0)
        wave["pushed"] += pushed.get(kept.id, 0)
    return {name: WaveProgress(**wave) for name, wave in sorted(waves.items())}


def _model(serving: Serving, waits: ModelVersion | None, codebook: str, segmentation: str) -> ModelInService:
    model = serving.model
    return ModelInService(
        version=model.version,
        kind=model.kind,
        since=serving.created.isoformat(),
        reviews=model.reviews,
        codes_judged=sum(threshold is not None for threshold in model.thresholds.values()),
        codes_too_few=len(model.too_few),
        up_to_date=changed_since(model, codebook=codebook, segmentation=segmentation) is None,
        waiting=None if waits is None else waits.version,
    )
