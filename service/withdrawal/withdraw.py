"""Erasing a participant everywhere: the work behind "tandem withdraw".

The order makes a crash harmless: the database erases everything in one transaction and notes which tasks in Label
Studio have yet to go; these are erased next, then the files of models that learnt from the participant and whatever
belongs to nobody, then the freed pages of every file. A new model is trained last: no model that learnt from the
participant serves from the first step on. The same command again goes on where it stopped. What was erased is looked
for afterwards, and the receipt says how.
"""

from __future__ import annotations

from pathlib import Path

from annotations.errors import TandemError
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.erase import erase_tasks, forget_evidence
from annotations.label_studio.projects import project_exists
from annotations.label_studio.tasks import tasks_by_key
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.progress import Progress
from annotations.store.tombstones import tombstones_in
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
from service.composition import Parts
from service.label_studio.connect import label_studio_of
from service.label_studio.local import LocalLabelStudio
from service.returned_people import keep_outside
from service.withdrawal.backups_of_before import look_at_backups
from service.withdrawal.erase_models import erase_files, new_model
from service.withdrawal.erasure_plan import what_would_go
from service.withdrawal.look_afterwards import look_afterwards
from service.withdrawal.receipt import FOLDER, Gone, Receipt, without_codes, write_receipt
from service.withdrawal.withdrawn import Withdrawn
from service.withdrawal.word_search import distinctive

STEPS = 6
OUT_OF_REACH = (
    "files outside the study are not Tandem's to erase: the recordings and transcripts that were imported, tables "
    "and reports that were exported, backups, and copies that other people hold."
)


def withdraw(parts: Parts, participant: str, *, by: str, progress: Progress) -> Withdrawn:
    """Erase a participant: text, spans, codings, embeddings, suggestions, tasks, and models that learnt from them.

    Raises BadInput for a participant who is none. What cannot be erased is said in the result, which is not done then.
    """
    what_would_go(parts, participant)
    found = Withdrawn(participant)
    passages = _passages(parts, participant)
    tombstone = _from_database(parts, participant, by, found)
    found.still_there += keep_outside(parts.store, parts.tombstones_folder)
    progress(1, STEPS)
    pending = _from_label_studio(parts, tombstone, found)
    progress(2, STEPS)
    erase_files(parts, tombstone, found)
    parts.study.import_preview.unlink(missing_ok=True)
    look_at_backups(parts, tombstone.participant, tombstone.created, found)
    progress(3, STEPS)
    compact(parts.store)
    if parts.study.embeddings_file.exists():
        parts.cache.compact()
    progress(4, STEPS)
    look_afterwards(parts, tombstone, passages, found)
    new_model(parts, tombstone, found)
    progress(5, STEPS)
    found.done = not pending and not found.still_there
    if found.done:
        with parts.store.writing() as connection:
            finish_withdrawal(connection, tombstone.id)
    found.notes.append(OUT_OF_REACH)
    found.receipt = _receipt(parts, tombstone, pending, found)
    progress(STEPS, STEPS)
    return found


def _passages(parts: Parts, participant: str) -> tuple[str, ...]:
    """What is looked for afterwards: passages of theirs that nobody else has said."""
    with parts.store.reading() as connection:
        theirs = {kept.id for kept in transcripts_of(connection, participant)}
        every = all_transcripts(connection)
    own = [kept.transcript.text for kept in every if kept.id in theirs]
    return distinctive(own, [kept.transcript.text for kept in every if kept.id not in theirs])


def _from_database(parts: Parts, participant: str, by: str, found: Withdrawn) -> Withdrawal:
    with parts.store.reading() as connection:
        theirs = transcripts_of(connection, participant)
        before = withdrawal_of(connection, participant)
        shared = same_session(connection, theirs)
        texts = words_of(connection, theirs)
    if not theirs and before is not None:
        found.models, found.transcripts, found.again = before.models, before.transcripts, True
        found.notes.append(
            f"the words of {participant} were erased by an earlier run, so this one went on without them: it read the "
            f"tables again and swept the study's files, and could not search these for the words. What the earlier run had "
            f"found stands in its own receipt, if it came to write one."
        )
        return before
    if shared:
        found.notes.append(
            f"these share a session with what was erased, and may hold words of {participant}: {', '.join(shared)}. Read "
            f"them, and replace or withdraw them too if so."
        )
    # a cache can be emptied before the rest: what is missing there is made again
    parts.forget(texts)
    with parts.store.writing() as connection:
        erased = erase(connection, participant, by=by)
    found.transcripts, found.reviews = erased.withdrawal.transcripts, erased.reviews
    found.codings, found.models = erased.codings, erased.withdrawal.models
    if parts.study.embeddings_file.exists():
        left = parts.cache.count(texts)
        if left:
            found.still_there.append(
                f"{counted(left, 'embedding')} of theirs in {parts.study.embeddings_file}"
            )
        else:
            found.gone.append(
                Gone(
                    "the numbers made of their passages",
                    str(parts.study.embeddings_file),
                    "asked for: none is there",
                )
            )
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
                _from_project(server, one, found)
                left.remove(one)
                with parts.store.writing() as connection:
                    still_pending(connection, tombstone.id, left)
        _compact_label_studio(parts, found)
    except TandemError as error:
        found.notes.append(
            f"the tasks in Label Studio are still there ({error}) Run the same command again once it answers."
        )
    return tuple(left)


def _from_project(server: LabelStudio, one: Pending, found: Withdrawn) -> None:
    where = f"Label Studio at {server.url}, project {one.project}"
    if not project_exists(server, one.project):
        found.gone.append(Gone("tasks", where, "looked for: the project is no longer there"))
        return
    erased = erase_tasks(server, one.project, one.keys)
    quotes = forget_evidence(server, one.project, one.quoting)
    there = tasks_by_key(server, one.project)
    left = [key for key in one.keys if key in there]
    if left:
        raise TandemError(f"project {one.project} at {server.url} still holds {len(left)} of their tasks.")
    found.tasks += erased
    what = f"{counted(erased, 'task')}, and quotes of theirs beside {counted(quotes, 'other task')}"
    found.gone.append(Gone(what, where, "all tasks of the project read again: none of theirs is there"))


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


def _receipt(
    parts: Parts, tombstone: Withdrawal, pending: tuple[Pending, ...], found: Withdrawn
) -> tuple[Path, ...]:
    others, mine = set[str](), folded(tombstone.participant)
    with parts.store.reading() as connection:
        (said,) = [one for one in tombstones_in(connection) if one.id == tombstone.id]
        for kept in all_transcripts(connection):
            others |= {kept.transcript.participant, kept.transcript.name}
        others |= {one.participant for one in tombstones_in(connection)}
    others = {one for one in others if folded(one) != mine}

    def clean(lines: list[str]) -> tuple[str, ...]:
        return tuple(without_codes(one, others) for one in lines)

    waiting = [f"tasks in project {one.project} of Label Studio at {one.url}" for one in pending]
    receipt = Receipt(
        study=parts.study.config.name,
        tombstone=said,
        gone=tuple(Gone(*clean([one.what, one.where, one.verified])) for one in found.gone),
        still_there=clean([*found.still_there, *waiting]),
        for_people=clean(found.notes),
        models=found.models,
        serves=without_codes(found.serves, others),
    )
    return write_receipt(receipt, parts.study.folder / FOLDER)
