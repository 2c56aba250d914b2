"""Whoever withdrew and is in the study once more, since a backup was put back or an old copy opened: erased again.

It happens whenever a study's database is opened, before anything else is done with it. Label Studio is not asked here,
and nothing is trained: what is left to do stands in the tombstone, and a training waits for a worker.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.attributes import Owner
from annotations.errors import TandemError
from annotations.names import folded
from annotations.store.attributes import all_attributes
from annotations.store.database import Store
from annotations.store.erasing import compact, words_of
from annotations.store.jobs import ask_for
from annotations.store.model_versions import all_models, champion, erased_versions
from annotations.store.tables import transcripts
from annotations.store.tombstones import (
    Tombstone,
    concerning,
    keep_in_folder,
    keep_in_schema,
    kept_in_folder,
    kept_in_schema,
    study_id,
    tombstones_in,
)
from annotations.store.withdrawals import erase, finish_withdrawal, transcripts_of
from annotations.study.config import Study

log = logging.getLogger("tandem")


@dataclass(frozen=True, slots=True)
class Returned:
    """Tombstones that the database did not have, or whose people it has once more. ``here``: the codes of these."""

    tombstones: tuple[Tombstone, ...] = ()
    here: tuple[str, ...] = ()


def returned(store: Store, folder: Path, more: Iterable[Tombstone] = ()) -> Returned:
    """Compare the study with the tombstones in the state folder ``folder``, in the schema beside it, and ``more``."""
    outside = (*kept_in_folder(folder), *kept_in_schema(store), *more)
    with store.reading() as connection:
        own = tombstones_in(connection)
        if not outside and not own:
            return Returned()
        known = {tombstone.id for tombstone in own}
        there = _participants(connection)
        described = {folded(a.owner) for a in all_attributes(connection).all if a.of is Owner.PARTICIPANT}
        study = study_id(connection)
        returned_ones, here = [], dict[str, str]()
        for tombstone in concerning(connection, (*outside, *own)):
            as_here = _as_here(tombstone, study, there)
            theirs = folded(as_here.participant) in described
            theirs = theirs or any(_is_theirs(as_here, id_, code) for id_, code in there.items())
            if theirs:
                here.setdefault(folded(as_here.participant), as_here.participant)
            if theirs or (tombstone.id not in known and tombstone.study == study):
                returned_ones.append(as_here)
    return Returned(tuple(returned_ones), tuple(here.values()))


def keep_outside(store: Store, folder: Path) -> tuple[str, ...]:
    """Keep the study's tombstones in the state folder and beside its schema; sentences about what did not go."""
    with store.reading() as connection:
        own = tombstones_in(connection)
    failed = []
    try:
        keep_in_folder(folder, own) if own else None
    except OSError as error:
        failed.append(
            f"the tombstones could not be kept in {folder} ({error.strerror}), so a backup of the study that is put back "
            f"would bring back who withdrew. Make the folder writable, then run the same command again."
        )
    try:
        keep_in_schema(store, own)
    except TandemError as error:
        failed.append(
            f"the tombstones could not be kept beside the study's schema ({error}), so a backup of the schema that is "
            f"put back would bring back who withdrew. Let the database's user make schemas."
        )
    return tuple(failed)


def erase_returned(
    store: Store, study: Study, returned: Returned, *, forget: Callable[[Sequence[str]], None]
) -> None:
    """Erase them again: rows, what the caches hold (``forget``), and the files of every model that learnt from them."""
    served = False
    for tombstone in returned.tombstones:
        with store.reading() as connection:
            texts = words_of(
                connection, transcripts_of(connection, tombstone.participant, ids=tombstone.transcripts)
            )
            served = served or champion(connection) is not None
        forget(texts)
        with store.writing() as connection:
            made = erase(connection, tombstone.participant, by=tombstone.by, again=tombstone).withdrawal
            if not made.pending:
                finish_withdrawal(connection, made.id)
    erase_files(store, study)
    compact(store)
    with store.writing() as connection:
        if served and champion(connection) is None:
            ask_for(connection, "train", {})
    count = len(returned.here)
    if count:
        log.warning(
            "%s who withdrew %s in this study again, as after a backup was put back, and %s been erased again. "
            '"tandem status" says whether a model serves, "tandem doctor" whether anything is left to erase.',
            "One person" if count == 1 else f"{count} people",
            "was" if count == 1 else "were",
            "has" if count == 1 else "have",
        )


def erase_files(store: Store, study: Study) -> None:
    """Erase the files of every model that learnt from what was erased.

    What cannot be deleted is said, and once more by "tandem doctor".
    """
    from models.model_folder import erase_folder, model_folder
    from models.run_folders import erase_runs

    with store.reading() as connection:
        erased = erased_versions(connection)
        models = [model for model in all_models(connection) if model.version in erased]
    for model in models:
        try:
            erase_folder(model_folder(study.models_folder, model.folder))
            if model.run_id is not None:
                erase_runs(study.runs_folder, {model.run_id})
        except TandemError as error:
            log.warning("%s", error)


def _participants(connection: Connection) -> dict[UUID, str]:
    """The participant's code of each transcript, without its words."""
    rows = connection.execute(select(transcripts.c.id, transcripts.c.participant))
    return {row.id: row.participant or "" for row in rows}


def _as_here(tombstone: Tombstone, study: UUID, there: dict[UUID, str]) -> Tombstone:
    """A tombstone of another study (of which this one holds transcripts) with the code that its person has here."""
    if tombstone.study == study:
        return tombstone
    code = next((there[id_] for id_ in tombstone.transcripts if there.get(id_)), tombstone.participant)
    return replace(tombstone, participant=code)


def _is_theirs(tombstone: Tombstone, transcript: UUID, code: str) -> bool:
    return transcript in tombstone.transcripts or folded(code) == folded(tombstone.participant)
