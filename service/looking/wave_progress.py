"""How far each wave is: what "tandem status" and the status page show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from annotations.numbers_shown import counted
from annotations.store.attributes import all_attributes
from annotations.store.coders import names_of_those_who_coded
from annotations.store.counted_suggestions import CountedSuggestions
from annotations.store.described_transcripts import DescribedTranscript, described_transcripts
from annotations.store.forgettings import all_forgettings
from annotations.store.interviews import all_drafts
from annotations.store.jobs import all_jobs
from annotations.store.judged_passages import JudgedPassages
from annotations.store.label_studio_projects import projects
from annotations.store.model_versions import (
    ModelVersion,
    Serving,
    champion,
    newest_kept,
    waiting_model,
    why_nothing_serves,
)
from annotations.store.pushed_tasks import CountedPushed
from annotations.store.reviews import count_reviews, reviews_after
from annotations.store.seen_annotations import count_set_aside
from annotations.store.stale_models import changed_since
from annotations.store.transcript_versions import count_open
from annotations.store.transcripts import count_coded_turns
from annotations.store.wave_views import view_of
from annotations.turn_numbers import shown_number
from service.composition import Parts
from service.looking.attribute_filter import described_with_attributes

JOBS_IN_WORDS: Mapping[str, str] = {
    "train": "training",
    "precode": "suggestions",
    "push": "handing out in Label Studio",
    "renew": "new suggestions into Label Studio",
    "measure": "how far people agree",
    "evaluate": "how good suggestions are on the unseen",
    "count": "working out a result",
    "export": "making a file to take along",
    "backup": "a backup of the study",
    "foresee": "what a withdrawal would erase",
    "withdraw": "erasing a participant",
    "look": "a look at files that were sent",
    "bring in": "bringing files in",
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
class BegunInterview:
    """An interview that a coder has begun as a whole and not submitted: a draft, no review.

    ``turn``: the last one they worked on, from 0, of ``turns``; ``marks``: how many they set or changed.
    """

    wave: str
    interview: str
    who: str
    turn: int
    turns: int
    marks: int
    changed: str

    @property
    def in_words(self) -> str:
        """How far it is."""
        who = f"by {self.who}, " if self.who else ""
        where = (
            f"as far as turn {shown_number(self.turn)} of {self.turns}"
            if self.marks
            else "nothing marked yet"
        )
        return f"{self.interview}: begun {who}{where} ({counted(self.marks, 'mark')} set or changed)"


@dataclass(frozen=True, slots=True)
class StudyProgress:
    """How far a study is: its waves by name, its people and what they coded, the model that serves, the latest jobs.

    ``not_learnt``: the reviews that no model that is still there has learnt; 0 where there is none. ``attributes``:
    of how many participants and cases each is known. ``views``: what one task of a wave is, where it was pushed;
    ``begun``: interviews that coders have begun as a whole and not submitted. ``to_settle``: reviews and codings whose
    words were corrected and that wait for a person; ``not_forgotten``: transcripts whose words that were taken out are
    not erased everywhere yet.
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
    views: Mapping[str, str] = field(default_factory=dict)
    begun: tuple[BegunInterview, ...] = ()
    to_settle: int = 0
    not_forgotten: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ModelsNow:
    """The version that serves, why none does, and how many reviews no version that is still there has learnt."""

    model: ModelInService | None
    no_model: str | None
    not_learnt: int


def models_now(connection: Connection, parts: Parts) -> ModelsNow:
    """What is known of the model without looking at any passage."""
    serving, waits = champion(connection), waiting_model(connection)
    newest = newest_kept(connection)
    version = parts.segmentation.version
    return ModelsNow(
        None if serving is None else model_in_service(serving, waits, parts.codebook.version, version),
        why_nothing_serves(connection),
        0 if newest is None else reviews_after(connection, newest.last_review),
    )


def progress_of(
    parts: Parts,
    where: Sequence[str] = (),
    *,
    judged: JudgedPassages | None = None,
    pushed: CountedPushed | None = None,
    suggested: CountedSuggestions | None = None,
) -> StudyProgress:
    """How far the study is as things stand; ``where``: the waves of those alone who have certain attributes.

    ``judged``, ``pushed``, ``suggested``: what a server has counted so far and goes on with. Raises BadInput for attributes
    that nobody has.
    """
    with parts.store.reading() as connection:
        counts = (judged or JudgedPassages(), pushed or CountedPushed(), suggested or CountedSuggestions())
        return _progress(connection, parts, where, *counts)


def _progress(
    connection: Connection,
    parts: Parts,
    where: Sequence[str],
    judged: JudgedPassages,
    pushed: CountedPushed,
    suggested: CountedSuggestions,
) -> StudyProgress:
    version = parts.segmentation.version
    serving, now = champion(connection), models_now(connection, parts)
    spoken = suggested.now(connection, serving.model.id, version) if serving else {}
    reviews, codings = count_reviews(connection)
    return StudyProgress(
        study=parts.study.config.name,
        folder=str(parts.study.folder),
        waves=waves_of(
            connection,
            version,
            spoken,
            described_with_attributes(connection, described_transcripts(connection), where),
            judged,
            pushed,
        ),
        coders=names_of_those_who_coded(connection),
        reviews=reviews,
        codings=codings,
        set_aside=count_set_aside(connection),
        codebook_version=parts.codebook.version,
        no_model=now.no_model,
        model=now.model,
        jobs=tuple(JobState(job.kind, job.state) for job in all_jobs(connection, latest=5)),
        not_learnt=now.not_learnt,
        attributes=all_attributes(connection).counts(),
        views={row.wave: view_of(connection, row.wave).value for row in projects(connection)},
        begun=tuple(_begun(connection)),
        to_settle=sum(count_open(connection).values()),
        not_forgotten=tuple(
            dict.fromkeys(
                forgetting.name for forgetting in all_forgettings(connection) if forgetting.state != "done"
            )
        ),
    )


def _begun(connection: Connection) -> Iterator[BegunInterview]:
    for draft in all_drafts(connection):
        yield BegunInterview(
            draft.wave,
            draft.interview,
            draft.who,
            draft.turn,
            draft.turns,
            draft.marks,
            draft.changed.isoformat(),
        )


def waves_of(
    connection: Connection,
    segmentation: str,
    suggested: Mapping[UUID, int],
    kept_ones: Iterable[DescribedTranscript],
    judged: JudgedPassages,
    pushed: CountedPushed,
) -> dict[str, WaveProgress]:
    """Each wave's counts of these transcripts, in the order of names. ``suggested``: segments by transcript."""
    standing, counts = pushed.now(connection, segmentation), judged.now(connection, segmentation)
    uncut = count_coded_turns(connection, but=counts.keys())
    waves: dict[str, Counter[str]] = {}
    for kept in kept_ones:
        wave = waves.setdefault(kept.wave, Counter())
        count = counts.get(kept.id)
        wave["transcripts"] += 1
        wave["segments"] += count.passages if count else uncut.get(kept.id, 0)
        wave["reviewed"] += count.judged if count else 0
        wave["suggested"] += suggested.get(kept.id, 0)
        wave["pushed"] += standing.get(kept.id, 0)
    return {name: WaveProgress(**wave) for name, wave in sorted(waves.items())}


def model_in_service(
    serving: Serving, waits: ModelVersion | None, codebook: str, segmentation: str
) -> ModelInService:
    """What serves, beside the codebook and segmentation that are in force."""
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
