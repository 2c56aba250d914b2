"""Erasing a participant everywhere: the work behind "tandem withdraw".

The order makes a crash harmless: the database erases everything in one transaction and notes which tasks in Label
Studio have yet to go; these are erased next, then the files of models that learnt from the participant and whatever
belongs to nobody, then the freed pages of every file. A new model is trained last: no model that learnt from the
participant serves from the first step on. The same command again goes on where it stopped. What was erased is looked
for afterwards, and the receipt says how.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from annotations.errors import TandemError
from annotations.store.model_versions import ModelVersion, all_models, champion, why_nothing_serves
from annotations.store.tombstones import tombstones_in
from annotations.store.transcripts import all_transcripts, key_of
from annotations.store.withdrawals import (
    Pending,
    Withdrawal,
    compact,
    erase,
    finish_withdrawal,
    rows_left,
    same_session,
    transcripts_of,
    withdrawal_of,
    words_of,
)
from models.model_folder import Linked, OutsideStudy, erase_folder, model_folder
from models.run_folders import erase_runs
from service.composition import Parts
from service.erased_tasks import erase_from_label_studio, show_nothing
from service.erasure_plan import what_would_go
from service.receipt import FOLDER, Gone, Receipt, without_codes, write_receipt
from service.returned_people import keep_outside
from service.serving.train_study import catch_up, something_teaches, tracking_of, train
from service.withdrawn import Withdrawn
from service.word_search import distinctive, search
from training.leftovers import sweep

Progress = Callable[[int, int], None]
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
    pending = erase_from_label_studio(parts, tombstone, found)
    progress(2, STEPS)
    _from_files(parts, tombstone, found)
    progress(3, STEPS)
    compact(parts.store)
    if parts.study.embeddings_file.exists():
        parts.cache.compact()
    progress(4, STEPS)
    _look(parts, tombstone, passages, found)
    _new_model(parts, tombstone, found)
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
        found.models = before.models
        return before
    if shared:
        found.notes.append(
            f"{', '.join(shared)} share a session with what was erased and may hold words of {participant}: read them, "
            f"and replace or withdraw them too if so."
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
            found.still_there.append(f"{left} embeddings of theirs in {parts.study.embeddings_file}")
        else:
            found.gone.append(
                Gone(
                    "the numbers made of their passages",
                    str(parts.study.embeddings_file),
                    "asked for: none is there",
                )
            )
    return erased.withdrawal


def _from_files(parts: Parts, tombstone: Withdrawal, found: Withdrawn) -> None:
    """The files of every version that learnt from them, in the study and in MLflow, and what belongs to nobody."""
    with parts.store.reading() as connection:
        learnt = [model for model in all_models(connection) if model.version in tombstone.models]
    for model in learnt:
        _erase_model(parts, model, found)
    swept = sweep(parts.store, parts.study)
    found.still_there += swept.left
    if swept.gone:
        what = f"{len(swept.gone)} files and folders that belonged to no living run or model"
        found.gone.append(Gone(what, str(parts.study.folder), "looked for: none is there"))
    if swept.unknown:
        found.notes.append(
            f"Tandem did not make these, and left them alone: {', '.join(map(str, swept.unknown))}. Look whether they "
            f"hold anything of {tombstone.participant}."
        )


def _erase_model(parts: Parts, model: ModelVersion, found: Withdrawn) -> None:
    try:
        folder = model_folder(parts.study.models_folder, model.folder)
        erase_folder(folder)
        found.gone.append(
            Gone(f"model {model.version}, which had learnt from them", str(folder), "looked for: not there")
        )
    except Linked as error:
        found.still_there.append(str(error))
    except OutsideStudy as error:
        # nobody can put this right in the study, and nothing of it lies here
        found.notes.append(f"model {model.version}: {error}")
    except TandemError as error:
        found.still_there.append(str(error))
    try:
        # in the study too where a server is configured: it may have been without one before
        runs = set() if model.run_id is None else {model.run_id}
        places = [str(folder) for folder in erase_runs(parts.study.runs_folder, runs)]
        places += tracking_of(parts).erase_files(model.id)
        what = f"MLflow's copy of model {model.version}, with what it said of them and what it was made of"
        where = ", ".join(places) or parts.settings.tracking_uri or str(parts.study.runs_folder)
        found.gone.append(Gone(what, where, "looked for: no file is there"))
    except TandemError as error:
        found.still_there.append(
            f"MLflow may still hold the files of model {model.version} ({error}) Run the same command again."
        )


def _look(parts: Parts, tombstone: Withdrawal, passages: tuple[str, ...], found: Withdrawn) -> None:
    """Look for what was erased: rows of the database, and their words in every file of the study."""
    with parts.store.reading() as connection:
        left = rows_left(connection, tombstone.transcript_ids, tombstone.participant)
    found.still_there += [
        f"{count} rows of table {name} in {parts.store.place}" for name, count in left.items()
    ]
    if not left:
        what = f"{tombstone.transcripts} transcripts with their words, passages, reviews, codings, memos and suggestions"
        found.gone.append(Gone(what, parts.store.place, "every table read again: no row of theirs is there"))
    if not passages:
        return
    seen = search(parts.study.folder, passages)
    unread = f"; {len(seen.unread)} files could not be read" if seen.unread else ""
    how = f"{seen.passages} passages of theirs looked for in {seen.files} files{unread}"
    ours = [file for file in seen.holding if _is_kept(parts, file)]
    found.still_there += [f"{file} still holds words of theirs" for file in ours]
    for file in seen.holding:
        if file not in ours:
            found.notes.append(
                f"{file} holds words of {tombstone.participant}. Tandem does not keep this file: delete it yourself."
            )
    if not ours:
        none = "in none of those that Tandem keeps" if seen.holding else "in none"
        found.gone.append(Gone("their words in the study's files", str(parts.study.folder), f"{how}: {none}"))


def _is_kept(parts: Parts, file: Path) -> bool:
    """Is this one of the files in which Tandem keeps what it knows? Others were put into the study's folder by people."""
    study = parts.study
    kept = (study.database_file, study.embeddings_file, study.tracking_file)
    return any(file.name.startswith(one.name) and file.parent == one.parent for one in kept) or any(
        file.is_relative_to(folder) for folder in (study.models_folder, study.runs_folder)
    )


def _new_model(parts: Parts, tombstone: Withdrawal, found: Withdrawn) -> None:
    """Train anew where the model that served had learnt from them; where nobody is left to learn from, none serves."""
    with parts.store.reading() as connection:
        serving, any_model = champion(connection), bool(all_models(connection))
    if serving is None and any_model and tombstone.models:
        try:
            if something_teaches(parts):
                found.new_model = train(parts, force=True).model.version
            else:
                catch_up(parts)
        except TandemError as error:
            found.still_there.append(f"no new model could be trained, so none serves ({error})")
    with parts.store.reading() as connection:
        serving, why = champion(connection), why_nothing_serves(connection)
    if serving is not None:
        learnt = "was trained without them" if found.new_model else "had not learnt from them"
        found.serves = f"Model {serving.model.version} serves; it {learnt}."
        return
    found.serves = (
        f"{(why or '')[:1].upper()}{(why or '')[1:]}" if any_model else "No model has been trained."
    )
    if any_model and tombstone.state != "done":
        show_nothing(parts, tombstone, found)


def _receipt(
    parts: Parts, tombstone: Withdrawal, pending: tuple[Pending, ...], found: Withdrawn
) -> tuple[Path, ...]:
    others, mine = set[str](), key_of(tombstone.participant)
    with parts.store.reading() as connection:
        (said,) = [one for one in tombstones_in(connection) if one.id == tombstone.id]
        for kept in all_transcripts(connection):
            others |= {kept.transcript.participant, kept.transcript.name}
        others |= {one.participant for one in tombstones_in(connection)}
    others = {one for one in others if key_of(one) != mine}

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
