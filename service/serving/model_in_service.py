"""Which model version serves, decided by a person: the work behind "tandem models"; and what if its files are damaged."""

from __future__ import annotations

from annotations.errors import BadInput, TandemError
from annotations.store.jobs import ask_for
from annotations.store.label_studio_projects import projects
from annotations.store.model_versions import (
    BY_HAND,
    DAMAGED,
    ROLLED_BACK,
    ModelVersion,
    champion,
    get_model,
    previous_champion,
    promote,
    serving_history,
)
from annotations.store.withdrawals import models_that_learnt
from models.artifact import OtherLayout, load
from service.composition import Parts


def promote_by_hand(parts: Parts, version: str, *, by: str, reason: str) -> ModelVersion:
    """Let a version serve. Raises BadInput if it serves already or cannot, TandemError if its files are damaged."""
    with parts.store.reading() as connection:
        model = get_model(connection, version)
    _put_to_serve(parts, model, BY_HAND, by=by, reason=reason)
    return model


def roll_back(parts: Parts, *, by: str, reason: str) -> ModelVersion:
    """Let the version serve that served before the present one. Raises as ``promote_by_hand``."""
    with parts.store.reading() as connection:
        model = previous_champion(connection)
    if model is None:
        raise BadInput(
            'no other version has served, so there is nothing to go back to. See "tandem models list".'
        )
    _put_to_serve(parts, model, ROLLED_BACK, by=by, reason=reason)
    return model


def ensure_sound(parts: Parts) -> str | None:
    """If the files of the version that serves are damaged, let the last one serve whose files are right.

    Returns what was done, None where nothing had to be. Raises TandemError if no other version can serve.
    """
    with parts.store.reading() as connection:
        served = serving_history(connection)
    if not served:
        return None
    broken = served[0].model
    fault = _fault(parts, broken)
    if fault is None:
        return None
    for one in served[1:]:
        model = one.model
        if model.id == broken.id or _stale(parts, model) is not None or _fault(parts, model) is not None:
            continue
        reason = f"the files of {broken.version} are damaged, so {model.version}, which served before, serves again"
        _record(parts, model, DAMAGED, by=None, reason=reason)
        return f'{reason}. To replace {broken.version}, run "tandem train --force".'
    raise TandemError(fault)


def _put_to_serve(parts: Parts, model: ModelVersion, verdict: str, *, by: str, reason: str) -> None:
    for what, given in (("--by", by), ("--reason", reason)):
        if not given.strip():
            raise BadInput(f"{what} is empty. Say who decides and why; both are kept with the decision.")
    with parts.store.reading() as connection:
        serving = champion(connection)
        withdrew = models_that_learnt(connection).get(model.version)
    if withdrew:
        raise BadInput(
            f"{model.version} cannot serve: it had learnt from {', '.join(withdrew)}, who withdrew, so its files were "
            f"erased. Nothing was changed."
        )
    if serving is not None and serving.model.id == model.id:
        raise BadInput(f"{model.version} serves already. Nothing was changed.")
    stale = _stale(parts, model)
    if stale is not None:
        raise BadInput(
            f"{model.version} cannot serve: the {stale} has changed since it was trained. Put the {stale} back, or run "
            f'"tandem train". Nothing was changed.'
        )
    _refuse_damaged(parts, model)
    _record(parts, model, verdict, by=by.strip(), reason=reason.strip())


def _refuse_damaged(parts: Parts, model: ModelVersion) -> None:
    """A training would make another version; this one comes back only with its files."""
    try:
        _load(parts, model)
    except OtherLayout:
        raise BadInput(
            f"{model.version} cannot serve any more: another version of Tandem made its files, and this one does not "
            f'read them. Choose another version ("tandem models list"), or make a new one with "tandem train --force". '
            f"Nothing was changed."
        ) from None
    except TandemError as error:
        raise TandemError(
            f"{model.version} cannot serve: its files in {parts.study.models_folder / model.folder} are missing or not "
            f"as they were made. Put the folder back from your backup, or choose another version "
            f'("tandem models list"). Nothing was changed.'
        ) from error


def _record(parts: Parts, model: ModelVersion, verdict: str, *, by: str | None, reason: str) -> None:
    """In one transaction: what serves, and that Label Studio shall show its suggestions."""
    with parts.store.writing() as connection:
        promote(connection, model.id, verdict=verdict, reason=reason, by=by)
        if projects(connection):
            ask_for(connection, "renew", {})


def _stale(parts: Parts, model: ModelVersion) -> str | None:
    """What has changed since this version was trained, so that it cannot serve; None if nothing."""
    for what, then, present in (
        ("codebook", model.codebook_version, parts.codebook.version),
        ("segmentation", model.segmentation, parts.segmentation.version),
        ("encoder", model.embedder, parts.embedder.fingerprint),
    ):
        if then != present:
            return what
    return None


def _fault(parts: Parts, model: ModelVersion) -> str | None:
    try:
        _load(parts, model)
    except TandemError as error:
        return str(error)
    return None


def _load(parts: Parts, model: ModelVersion) -> None:
    load(parts.study.models_folder / model.folder, model.sha256)
