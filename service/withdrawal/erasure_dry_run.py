"""What a withdrawal would erase, and where: the work behind "tandem withdraw --dry-run".

It does the erasure in the database, counts what is gone, and takes it back: so it shows what would happen. What is
erased is decided in ``annotations/store/withdrawals`` (``erase``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from annotations.errors import BadInput, TandemError, nearest
from annotations.names import folded
from annotations.store.attributes import count_of
from annotations.store.erasing import words_of
from annotations.store.model_versions import ModelVersion, all_models, champion
from annotations.store.tables import metadata
from annotations.store.transcripts import all_transcripts
from annotations.store.withdrawals import (
    Erased,
    erase,
    same_session,
    transcripts_of,
    withdrawal_of,
)
from models.model_folder import model_folder
from models.run_folders import run_folders
from service.composition import Parts


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """A model version that learnt from the person: where its files lie, and whether it serves."""

    version: str
    serves: bool
    folders: tuple[str, ...]
    refused: str = ""


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """What would go in one Label Studio project: tasks, and quotes on other people's tasks."""

    url: str
    project: int
    tasks: int
    quotes: int


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What would go. ``rows``: how many of each table. ``same_session``: transcripts of others to be read by people."""

    participant: str
    transcripts: tuple[str, ...]
    database: str
    rows: dict[str, int]
    embeddings: int
    embeddings_file: str
    models: tuple[ModelPlan, ...]
    projects: tuple[ProjectPlan, ...]
    mlflow: str
    leftovers: tuple[str, ...]
    unknown: tuple[str, ...]
    same_session: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


class _Undo(Exception):
    """Take the transaction back."""


def what_would_go(parts: Parts, participant: str) -> tuple[str, ...]:
    """The names of the transcripts that a withdrawal would erase: none where only attributes are kept of them.

    Raises BadInput for a participant who is none.
    """
    if not participant.strip():
        raise BadInput(
            "a participant's code is missing: a withdrawal erases one person, and transcripts without a code are of "
            "nobody that Tandem knows. Nothing was erased."
        )
    with parts.store.reading() as connection:
        theirs = transcripts_of(connection, participant)
        before = withdrawal_of(connection, participant)
        attributes = count_of(connection, participant)
        every = [kept.transcript for kept in all_transcripts(connection)]
    known = [known_person.participant for known_person in every]
    unnamed = [kept_transcript.name for kept_transcript in every if not kept_transcript.participant]
    if theirs:
        return tuple(kept.transcript.name for kept in theirs)
    if before is not None or attributes:
        return ()
    people = sorted({name for name in known if name})
    if any(folded(nameless) == folded(participant) for nameless in unnamed):
        raise BadInput(
            f'transcript "{participant}" names no participant, so no code stands for anybody. Import its file again with '
            f"--participant CODE, then withdraw that code. Nothing was erased."
        )
    close = nearest(participant, people)
    named = f" Known: {', '.join(people[:12])}." if people else " No transcript names a participant."
    guess = f' Did you mean "{close}"?' if close else named
    raise BadInput(f'no transcript is of participant "{participant}".{guess} Nothing was erased.')


def plan(
    parts: Parts, participant: str, *, dead: Sequence[Path] = (), unknown: Sequence[Path] = ()
) -> ErasurePlan:
    """What a withdrawal would erase. Nothing is changed. Raises BadInput for a participant who is none.

    ``dead``, ``unknown``: what lies in the study's folder for nobody, where somebody has looked (see
    ``plan_with_leftovers``).
    """
    names = what_would_go(parts, participant)
    with parts.store.reading() as connection:
        theirs = transcripts_of(connection, participant)
        shared = same_session(connection, theirs)
        texts = words_of(connection, theirs)
        models, serving = all_models(connection), champion(connection)
    erased, rows = _tried(parts, participant)
    learnt = [model for model in models if model.version in erased.withdrawal.models]
    here = parts.settings.tracking_uri or str(parts.study.runs_folder)
    return ErasurePlan(
        participant=participant,
        transcripts=names,
        database=parts.store.place,
        rows=rows,
        embeddings=parts.cache.count(texts) if parts.study.embeddings_file.exists() else 0,
        embeddings_file=str(parts.study.embeddings_file),
        models=tuple(
            _model(parts, version, serves=serving is not None and serving.model.id == version.id)
            for version in learnt
        ),
        projects=tuple(
            ProjectPlan(pending.url, pending.project, len(pending.keys), len(pending.quoting))
            for pending in erased.withdrawal.pending
        ),
        mlflow=here,
        leftovers=tuple(map(str, dead)),
        unknown=tuple(map(str, unknown)),
        same_session=shared,
    )


def _tried(parts: Parts, participant: str) -> tuple[Erased, dict[str, int]]:
    """Erase, count what is missing then, and take it all back."""
    tried: list[tuple[Erased, dict[str, int]]] = []
    try:
        with parts.store.writing() as connection:

            def count() -> dict[str, int]:
                return {
                    table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                    for table in metadata.sorted_tables
                }

            before = count()
            erased = erase(connection, participant, by="nobody")
            after = count()
            rows = {name: before[name] - after[name] for name in before if before[name] > after[name]}
            tried.append((erased, rows))
            raise _Undo
    except _Undo:
        return tried[0]


def _model(parts: Parts, model: ModelVersion, *, serves: bool) -> ModelPlan:
    try:
        own = model_folder(parts.study.models_folder, model.folder)
    except TandemError as error:
        return ModelPlan(model.version, serves, (), str(error))
    runs: list[Path] = [folder for run, folder in run_folders(parts.study.runs_folder) if run == model.run_id]
    return ModelPlan(model.version, serves, tuple(str(folder) for folder in (own, *runs) if folder.exists()))
