"""Erasing a participant everywhere: the work behind "tandem withdraw".

The order makes a crash harmless: the database erases everything in one transaction and notes which tasks in Label
Studio have yet to go; these are erased next, then the caches, the models that learnt from the participant, and the
freed pages of every file. The same command again goes on where it stopped.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import Any

from annotations.errors import BadInput, TandemError, nearest
from annotations.label_studio.erase import erase_tasks, forget_evidence
from annotations.label_studio.projects import project_exists
from annotations.progress import Progress
from annotations.store.model_versions import all_models, champion
from annotations.store.put_to_serve import put_to_serve
from annotations.store.transcripts import all_transcripts
from annotations.store.withdrawals import (
    Pending,
    Withdrawal,
    compact,
    erase,
    finish_withdrawal,
    same_session,
    still_pending,
    transcripts_of,
    withdrawal_of,
    words_of,
)
from models.segmenter import sentences_in
from service.composition import Parts
from service.label_studio.connect import label_studio_of
from service.label_studio.local import LocalLabelStudio
from service.serving.train_and_evaluate import catch_up, tracking_of, train


@dataclass
class Withdrawn:
    """What was erased, what could not be yet, and what a person must look at."""

    participant: str
    transcripts: int = 0
    reviews: int = 0
    codings: int = 0
    tasks: int = 0
    models: tuple[str, ...] = ()
    new_model: str | None = None
    done: bool = False
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "participant": self.participant,
            "transcripts": self.transcripts,
            "reviews": self.reviews,
            "codings": self.codings,
            "label_studio_tasks": self.tasks,
            "models_that_learnt": list(self.models),
            "new_model": self.new_model,
            "done": self.done,
            "notes": self.notes,
        }


def what_would_go(parts: Parts, participant: str) -> tuple[str, ...]:
    """The names of the transcripts that a withdrawal would erase. Raises BadInput for a participant who is none."""
    with parts.store.reading() as connection:
        theirs = transcripts_of(connection, participant)
        before = withdrawal_of(connection, participant)
        known = [kept.transcript.participant for kept in all_transcripts(connection)]
    if theirs:
        return tuple(kept.transcript.name for kept in theirs)
    if before is not None:
        return ()
    people = sorted({name for name in known if name})
    close = nearest(participant, people)
    named = f" Known: {', '.join(people[:12])}." if people else " No transcript names a participant."
    guess = f' Did you mean "{close}"?' if close else named
    raise BadInput(f'no transcript is of participant "{participant}".{guess} Nothing was erased.')


def withdraw(parts: Parts, participant: str, *, by: str, progress: Progress) -> Withdrawn:
    """Erase a participant: text, spans, codings, embeddings, suggestions, tasks, and models that learnt from them."""
    what_would_go(parts, participant)
    found = Withdrawn(participant)
    tombstone = _from_database(parts, participant, by, found)
    progress(1, 4)
    pending = _from_label_studio(parts, tombstone, found)
    progress(2, 4)
    _from_models(parts, tombstone, by, found)
    progress(3, 4)
    compact(parts.store)
    parts.cache.compact()
    if not pending:
        with parts.store.writing() as connection:
            finish_withdrawal(connection, tombstone.id)
    found.done = not pending
    found.notes.append(
        "files outside the study are not Tandem's to erase: the recordings and transcripts that were imported, tables "
        "and reports that were exported, backups, and copies that other people hold."
    )
    progress(4, 4)
    return found


def _from_database(parts: Parts, participant: str, by: str, found: Withdrawn) -> Withdrawal:
    with parts.store.reading() as connection:
        theirs = transcripts_of(connection, participant)
        before = withdrawal_of(connection, participant)
        shared = same_session(connection, theirs)
        texts = words_of(connection, theirs)
    if not theirs and before is not None:
        found.models = before.models
        return before
    if shared:
        found.notes.append(
            f"{', '.join(shared)} share a session with what was erased and may hold words of {participant}: read them, "
            f"and replace or withdraw them too if so."
        )
    # a cache can be emptied before the rest: what is missing there is made again
    sentences = [
        span.of(words) for words in texts for span in sentences_in(words, parts.segmentation.pipeline)
    ]
    parts.cache.forget([*texts, *sentences])
    with parts.store.writing() as connection:
        erased = erase(connection, participant, by=by)
    found.transcripts, found.reviews = erased.withdrawal.transcripts, erased.reviews
    found.codings, found.models = erased.codings, erased.withdrawal.models
    return erased.withdrawal


def _from_label_studio(parts: Parts, tombstone: Withdrawal, found: Withdrawn) -> tuple[Pending, ...]:
    """Delete the tasks; returns what could not be reached."""
    left = list(tombstone.pending)
    if not left:
        return ()
    try:
        with label_studio_of(parts) as server:
            for one in tuple(left):
                if one.url != server.url:
                    found.notes.append(_elsewhere(one))
                    continue
                if project_exists(server, one.project):
                    found.tasks += erase_tasks(server, one.project, one.keys)
                    forget_evidence(server, one.project, one.quoting)
                left.remove(one)
                with parts.store.writing() as connection:
                    still_pending(connection, tombstone.id, left)
        _compact_label_studio(parts, found)
    except TandemError as error:
        found.notes.append(
            f"the tasks in Label Studio are still there ({error}) Run the same command again once it answers."
        )
    return tuple(left)


def _compact_label_studio(parts: Parts, found: Withdrawn) -> None:
    if parts.settings.label_studio_url or parts.study.config.label_studio.url:
        found.notes.append(
            "Label Studio deleted the tasks; what its database keeps in freed pages and backups, its administrator "
            "has to clear (VACUUM)."
        )
        return
    LocalLabelStudio(parts.settings.state, parts.settings.label_studio_env).compact()


def _elsewhere(one: Pending) -> str:
    return (
        f"project {one.project} stands in another Label Studio, at {one.url}. Set LABEL_STUDIO_URL and "
        f"LABEL_STUDIO_API_KEY to it and run the same command again, or delete the project there."
    )


def _from_models(parts: Parts, tombstone: Withdrawal, by: str, found: Withdrawn) -> None:
    """Train anew where the model that serves learnt from them, and erase the files of every version that did."""
    with parts.store.reading() as connection:
        serving = champion(connection)
        learnt = [model for model in all_models(connection) if model.version in tombstone.models]
    if serving is not None and serving.model.version in tombstone.models:
        trained = train(parts, force=True)
        if not trained.verdict.promoted:
            why = f"{serving.model.version} had learnt from a participant who withdrew"
            with parts.store.writing() as connection:
                put_to_serve(connection, trained.model.id, verdict=trained.verdict.verdict, reason=why, by=by)
            catch_up(parts)
        found.new_model = trained.model.version
    for model in learnt:
        shutil.rmtree(parts.study.models_folder / model.folder, ignore_errors=True)
        if model.run_id is not None:
            _from_mlflow(parts, model.run_id, found)


def _from_mlflow(parts: Parts, run: str, found: Withdrawn) -> None:
    try:
        tracking_of(parts).erase_files(run)
    except TandemError as error:
        found.notes.append(f"MLflow still holds the files of run {run} ({error}) Run the same command again.")
