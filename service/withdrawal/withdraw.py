"""Erasing a participant everywhere: the work behind "tandem withdraw".

The order makes a crash harmless: the database erases everything in one transaction and notes which tasks in Label
Studio have yet to go; these are erased next, then the files of models that learnt from the participant and whatever
belongs to nobody, then the freed pages of every file. A new model is trained last: no model that learnt from the
participant serves from the first step on. The same command again goes on where it stopped. What was erased is looked
for afterwards, and the receipt says how.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.progress import Progress
from annotations.store.erasing import compact, texts_of, words_of
from annotations.store.tasks_to_erase import Pending
from annotations.store.tombstones import tombstones_in
from annotations.store.transcripts import all_transcripts
from annotations.store.withdrawals import (
    Withdrawal,
    erase,
    finish_withdrawal,
    same_session,
    still_pending,
    transcripts_of,
    withdrawal_of,
)
from service.composition import Parts
from service.passing_files.folders import sweep
from service.returned.returned_people import keep_outside
from service.withdrawal.backups_of_before import look_at_backups
from service.withdrawal.erase_models import erase_files, new_model
from service.withdrawal.erase_tasks import erase_from_label_studio
from service.withdrawal.erasure_dry_run import what_would_go
from service.withdrawal.look_afterwards import look_afterwards
from service.withdrawal.receipt import FOLDER, ErasedThing, Receipt, of_person, without_codes, write_receipt
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
    withdrawn = Withdrawn(participant)
    passages = _passages(parts, participant)
    tombstone = _from_database(parts, participant, by, withdrawn)
    withdrawn.still_there += keep_outside(parts.store, parts.tombstones_folder)
    progress(1, STEPS)
    pending = erase_from_label_studio(parts, tombstone.pending, withdrawn, left=_note_left(parts, tombstone))
    progress(2, STEPS)
    erase_files(parts, tombstone, withdrawn)
    parts.study.import_preview.unlink(missing_ok=True)
    # what was sent and not brought in yet, and what was made to be taken along, may be of anybody
    sweep(parts, older_than=-1.0)
    look_at_backups(parts, tombstone.participant, tombstone.created, withdrawn)
    progress(3, STEPS)
    compact(parts.store)
    if parts.study.embeddings_file.exists():
        parts.cache.compact()
    progress(4, STEPS)
    look_afterwards(parts, tombstone, passages, withdrawn)
    new_model(parts, tombstone, withdrawn)
    progress(5, STEPS)
    withdrawn.done = not pending and not withdrawn.still_there
    if withdrawn.done:
        with parts.store.writing() as connection:
            finish_withdrawal(connection, tombstone.id)
    withdrawn.notes.append(OUT_OF_REACH)
    withdrawn.receipt = _receipt(parts, tombstone, pending, withdrawn)
    progress(STEPS, STEPS)
    return withdrawn


def _passages(parts: Parts, participant: str) -> tuple[str, ...]:
    """What is looked for afterwards: passages of theirs that nobody else has said."""
    with parts.store.reading() as connection:
        theirs = transcripts_of(connection, participant)
        own, every = texts_of(connection, theirs), all_transcripts(connection)
    ids = {kept.id for kept in theirs}
    return distinctive(own, [kept.transcript.text for kept in every if kept.id not in ids])


def _from_database(parts: Parts, participant: str, by: str, withdrawn: Withdrawn) -> Withdrawal:
    with parts.store.reading() as connection:
        theirs = transcripts_of(connection, participant)
        before = withdrawal_of(connection, participant)
        shared = same_session(connection, theirs)
        texts = words_of(connection, theirs)
    if not theirs and before is not None:
        withdrawn.models, withdrawn.transcripts, withdrawn.again = before.models, before.transcripts, True
        withdrawn.notes.append(
            f"the words of {participant} were erased by an earlier run, so this one went on without them: it read the "
            f"tables again and swept the study's files, and could not search these for the words. What the earlier run had "
            f"found stands in its own receipt, if it came to write one."
        )
        return before
    if shared:
        withdrawn.notes.append(
            f"these share a session with what was erased, and may hold words of {participant}: {', '.join(shared)}. Read "
            f"them, and replace or withdraw them too if so."
        )
    # a cache can be emptied before the rest: what is missing there is made again
    parts.forget(texts)
    with parts.store.writing() as connection:
        erased = erase(connection, participant, by=by)
    withdrawn.transcripts, withdrawn.reviews = erased.withdrawal.transcripts, erased.reviews
    withdrawn.codings, withdrawn.models = erased.codings, erased.withdrawal.models
    if parts.study.embeddings_file.exists():
        left = parts.cache.count(texts)
        if left:
            withdrawn.still_there.append(
                f"{counted(left, 'embedding')} of theirs in {parts.study.embeddings_file}"
            )
        else:
            withdrawn.gone.append(
                ErasedThing(
                    "the numbers made of their passages",
                    str(parts.study.embeddings_file),
                    "asked for: none is there",
                )
            )
    return erased.withdrawal


def _note_left(parts: Parts, tombstone: Withdrawal) -> Callable[[Sequence[Pending]], None]:
    def note(pending: Sequence[Pending]) -> None:
        with parts.store.writing() as connection:
            still_pending(connection, tombstone.id, pending)

    return note


def _receipt(
    parts: Parts, tombstone: Withdrawal, pending: tuple[Pending, ...], withdrawn: Withdrawn
) -> tuple[Path, ...]:
    others, mine = set[str](), folded(tombstone.participant)
    with parts.store.reading() as connection:
        (said,) = [stone for stone in tombstones_in(connection) if stone.id == tombstone.id]
        for kept in all_transcripts(connection):
            others |= {kept.transcript.participant, kept.transcript.name}
        others |= {stone.participant for stone in tombstones_in(connection)}
    others = {other for other in others if folded(other) != mine}

    def clean(lines: list[str]) -> tuple[str, ...]:
        return tuple(without_codes(line, others) for line in lines)

    waiting = [
        f"tasks in project {pending_task.project} of Label Studio at {pending_task.url}"
        for pending_task in pending
    ]
    receipt = Receipt(
        study=parts.study.config.name,
        subject=of_person(said),
        gone=tuple(
            ErasedThing(*clean([thing.what, thing.where, thing.verified])) for thing in withdrawn.gone
        ),
        still_there=clean([*withdrawn.still_there, *waiting]),
        for_people=clean(withdrawn.notes),
        models=withdrawn.models,
        serves=without_codes(withdrawn.serves, others),
    )
    return write_receipt(receipt, parts.study.folder / FOLDER)
