"""Words that a correction took out of transcripts, erased everywhere: the work behind "tandem import --replace --forget".

The corrected text stands in the study already. The order is that of a withdrawal, and the same command again goes on
where it stopped: the database first, in one transaction, then Label Studio, the files of models, and freed pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from annotations.errors import BadInput, TandemError
from annotations.numbers_shown import counted
from annotations.progress import Progress
from annotations.store.erasing import compact
from annotations.store.forgettings import (
    Forgetting,
    ForgottenRows,
    earlier_texts_left,
    finish_forgetting,
    forget,
    forgettings_of,
    forgotten_words,
    still_to_forget,
)
from annotations.store.forgotten_outside import (
    ForgottenWords,
    keep_forgotten,
    kept_forgotten,
    words_to_forget,
)
from annotations.store.tables import now
from annotations.store.tasks_to_erase import Pending
from annotations.store.transcript_versions import all_versions
from annotations.store.transcripts import KeptTranscript, all_transcripts, get_transcript
from annotations.text_changes import TextChanges
from service.composition import Parts
from service.passing_files.folders import sweep
from service.withdrawal.backups_of_before import look_at_backups_of_words
from service.withdrawal.erase_models import erase_files, new_model
from service.withdrawal.erase_tasks import erase_from_label_studio
from service.withdrawal.look_afterwards import look_for_words
from service.withdrawal.receipt import FOLDER, ErasedThing, Receipt, of_words, write_receipt
from service.withdrawal.withdrawn import Withdrawn
from service.withdrawal.word_search import distinctive

STEPS = 6
OUT_OF_REACH = (
    "files outside the study are not Tandem's to erase: the recording, the file that was imported first, tables and "
    "reports that were exported, backups (one that is put back on this machine is rid of the words when it is opened; "
    "elsewhere only with the receipt: tandem withdraw --tombstones RECEIPT), and copies that other people hold."
)


@dataclass(frozen=True, slots=True)
class ForgetPlan:
    """What would go of the words of earlier versions: rows of the database, models, tasks, memos that are blanked."""

    transcripts: tuple[str, ...]
    versions: int
    segments: int
    memos: int
    models: tuple[str, ...]
    tasks: int
    quotes: int
    around: int

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "transcripts": list(self.transcripts),
            "earlier_texts": self.versions,
            "passages": self.segments,
            "memos_blanked": self.memos,
            "models": list(self.models),
            "label_studio_tasks": self.tasks,
            "tasks_with_quotes": self.quotes,
            "tasks_around": self.around,
        }


@dataclass(frozen=True, slots=True)
class _Together:
    """What several transcripts are rid of, as one."""

    what: str
    models: tuple[str, ...]
    state: str


def what_would_be_forgotten(connection: Connection, names: Sequence[str]) -> ForgetPlan:
    """By doing it in a transaction that is taken back: what would go."""
    done = [forget(connection, kept.id, by="nobody") for kept in _with_earlier_words(connection, names)]
    pending = [pending for rows in done for pending in rows.forgetting.pending]
    return ForgetPlan(
        transcripts=tuple(rows.forgetting.name for rows in done),
        versions=sum(rows.versions for rows in done),
        segments=sum(rows.segments for rows in done),
        memos=sum(rows.memos for rows in done),
        models=tuple(dict.fromkeys(model for rows in done for model in rows.forgetting.models)),
        tasks=sum(len(task.keys) for task in pending),
        quotes=sum(len(task.quoting) for task in pending),
        around=sum(len(task.around) for task in pending),
    )


def forget_words(parts: Parts, names: Sequence[str], *, by: str, progress: Progress) -> Withdrawn | None:
    """Erase everywhere what earlier versions of these transcripts said and the newest does not; None: nothing is left.

    What cannot be erased is said in the result, which is not done then. Raises BadInput where nobody says who erases.
    """
    if not by.strip():
        raise BadInput("--by is missing. Say who erases; it is kept on record. Nothing was erased.")
    withdrawn = Withdrawn(", ".join(dict.fromkeys(names)))
    with parts.store.reading() as connection:
        theirs = [get_transcript(connection, name) for name in names]
        new = _with_earlier_words(connection, names)
        passages = _passages(connection, new)
        words = [text for kept in new for text in forgotten_words(connection, kept.id)]
        outside = _outside(parts, connection, new, by.strip())
    # before the words go: afterwards nobody knows any more where they stood
    withdrawn.still_there += _keep_outside(parts, outside)
    parts.forget(words)
    with parts.store.writing() as connection:
        rows = [
            forget(connection, forgotten.transcript, by=forgotten.by, again=forgotten.id)
            for forgotten in outside
        ]
        todo = [
            forgetting
            for forgetting in forgettings_of(connection, [kept.id for kept in theirs])
            if forgetting.state != "done"
        ]
    if not todo:
        return None
    progress(1, STEPS)
    together = _together(todo)
    withdrawn.models = together.models
    pending = _from_label_studio(parts, todo, withdrawn)
    progress(2, STEPS)
    erase_files(parts, together, withdrawn)
    parts.study.import_preview.unlink(missing_ok=True)
    # what was sent and not brought in yet, and what was made to be taken along, may hold these words
    sweep(parts, older_than=-1.0)
    progress(3, STEPS)
    compact(parts.store)
    if parts.study.embeddings_file.exists():
        parts.cache.compact()
    progress(4, STEPS)
    _look_afterwards(parts, todo, rows, words, passages, withdrawn)
    new_model(parts, together, withdrawn)
    progress(5, STEPS)
    withdrawn.transcripts = len(todo)
    withdrawn.done = not pending and not withdrawn.still_there
    if withdrawn.done:
        with parts.store.writing() as connection:
            for forgetting in todo:
                finish_forgetting(connection, forgetting.id)
    withdrawn.notes.append(OUT_OF_REACH)
    look_at_backups_of_words(
        parts,
        [forgetting.name for forgetting in todo],
        max(forgetting.created for forgetting in todo),
        withdrawn,
    )
    receipt = _receipt(parts, todo, outside, pending, withdrawn)
    withdrawn.receipt = write_receipt(receipt, parts.study.folder / FOLDER)
    progress(STEPS, STEPS)
    return withdrawn


def _with_earlier_words(connection: Connection, names: Sequence[str]) -> list[KeptTranscript]:
    """Those of these transcripts of which the study still holds the words of an earlier version."""
    kept_by_id = {kept.id: kept for kept in (get_transcript(connection, name) for name in names)}
    return [kept for kept in kept_by_id.values() if earlier_texts_left(connection, kept.id)]


def _outside(
    parts: Parts, connection: Connection, new: Sequence[KeptTranscript], by: str
) -> list[ForgottenWords]:
    """What is kept outside the study of these: where the words stood, and not what they were."""
    before = kept_forgotten(parts.store, parts.forgettings_folder) if new else ()
    return [words_to_forget(connection, kept, uuid4(), by=by, created=now(), before=before) for kept in new]


def _keep_outside(parts: Parts, outside: Sequence[ForgottenWords]) -> list[str]:
    try:
        keep_forgotten(parts.store, parts.forgettings_folder, outside)
    except (OSError, TandemError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        return [
            f"where the words stood could not be kept outside the study ({why}), so a backup that is put back would bring "
            f"them back. Make {parts.forgettings_folder} writable, and keep the receipt."
        ]
    return []


def _passages(connection: Connection, new: Sequence[KeptTranscript]) -> tuple[str, ...]:
    """What is looked for afterwards: what was taken out with what stood around it, where nobody else says so."""
    ids = {kept.id: kept.transcript.text for kept in new}
    current = [kept.transcript.text for kept in all_transcripts(connection)]
    gone = [
        piece
        for version in all_versions(connection)
        if version.transcript in ids and version.text is not None
        for piece in _taken_out(version.text, ids[version.transcript])
    ]
    return distinctive(gone, current)


def _taken_out(before: str, after: str) -> list[str]:
    """The words of the one text that the other has no more, each with a little of what stood around it."""
    ends, pieces = 0, []
    for begin, _, length in (*TextChanges(before, after).same, (len(before), 0, 0)):
        if ends < begin:
            pieces.append(" ".join(before[max(0, ends - 12) : begin + 12].split()))
        ends = begin + length
    return pieces


def _together(todo: Sequence[Forgetting]) -> _Together:
    names = ", ".join(dict.fromkeys(forgetting.name for forgetting in todo))
    models = tuple(dict.fromkeys(model for forgetting in todo for model in forgetting.models))
    return _Together(f"the words that were taken out of {names}", models, "erasing")


def _from_label_studio(parts: Parts, todo: Sequence[Forgetting], withdrawn: Withdrawn) -> tuple[Pending, ...]:
    left: list[Pending] = []
    for forgetting in todo:

        def note(pending: Sequence[Pending], this: Forgetting = forgetting) -> None:
            with parts.store.writing() as connection:
                still_to_forget(connection, this.id, pending)

        left += erase_from_label_studio(parts, forgetting.pending, withdrawn, left=note)
    return tuple(left)


def _look_afterwards(
    parts: Parts,
    todo: Sequence[Forgetting],
    rows: Sequence[ForgottenRows],
    words: Sequence[str],
    passages: tuple[str, ...],
    withdrawn: Withdrawn,
) -> None:
    """Look for what was erased, in the database, among the embeddings, and in every file of the study."""
    with parts.store.reading() as connection:
        left = sum(earlier_texts_left(connection, forgetting.transcript) for forgetting in todo)
        still_said = {
            text for kept in all_transcripts(connection) for text in words if text in kept.transcript.text
        }
    if left:
        withdrawn.still_there.append(f"{counted(left, 'earlier text')} in {parts.store.place}")
    else:
        what = (
            f"{counted(sum(row.versions for row in rows), 'earlier text')}, "
            f"{counted(sum(row.segments for row in rows), 'passage')} with what "
            f"was suggested there, and their words in {counted(sum(row.memos for row in rows), 'memo')}"
        )
        withdrawn.gone.append(ErasedThing(what, parts.store.place, "asked for again: none is there"))
    if parts.study.embeddings_file.exists():
        count = parts.cache.count([text for text in words if text not in still_said])
        if count:
            withdrawn.still_there.append(
                f"{counted(count, 'embedding')} of these words in {parts.study.embeddings_file}"
            )
        else:
            what, where = "the numbers made of these passages", str(parts.study.embeddings_file)
            withdrawn.gone.append(ErasedThing(what, where, "asked for: none is there"))
    look_for_words(parts, _together(todo).what, passages, withdrawn)


def _receipt(
    parts: Parts,
    todo: Sequence[Forgetting],
    outside: Sequence[ForgottenWords],
    pending: Sequence[Pending],
    withdrawn: Withdrawn,
) -> Receipt:
    waiting = [
        f"tasks in project {pending_task.project} of Label Studio at {pending_task.url}"
        for pending_task in pending
    ]
    return Receipt(
        study=parts.study.config.name,
        subject=of_words(tuple(dict.fromkeys(forgetting.name for forgetting in todo)), todo[0], outside),
        gone=tuple(withdrawn.gone),
        still_there=(*withdrawn.still_there, *waiting),
        for_people=tuple(withdrawn.notes),
        models=withdrawn.models,
        serves=withdrawn.serves,
    )
