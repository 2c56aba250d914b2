"""A person decides which model version serves: the work behind "tandem models promote" and "rollback"."""

from __future__ import annotations

from annotations.errors import BadInput, TandemError
from annotations.store.model_versions import (
    BY_HAND,
    ROLLED_BACK,
    ModelVersion,
    champion,
    get_model,
    previous_champion,
    rolled_back,
)
from annotations.store.put_to_serve import put_to_serve
from annotations.store.stale_models import Changed, changed_since
from annotations.store.withdrawals import models_that_learnt
from models.artifact import OtherLayout, load
from models.model_folder import model_folder
from service.composition import Parts
from service.person_named import person_named


def promote_by_hand(parts: Parts, version: str, *, by: str, reason: str) -> ModelVersion:
    """Let a version serve. Raises BadInput if it serves already or cannot, TandemError if its files are damaged."""
    with parts.store.reading() as connection:
        model = get_model(connection, version)
    _decide(parts, model, BY_HAND, by=by, reason=reason)
    return model


def roll_back(parts: Parts, *, by: str, reason: str, to: str = "") -> ModelVersion:
    """Let the version serve that served before the present one. Raises as ``promote_by_hand``.

    ``to``: the version that whoever decides had seen named as that one. It is refused where another stands there by now:
    two steps back, of two leads or of one who pressed twice, would otherwise end where they began. Without it, as on the
    command line, a step back is refused while the latest decision is one.
    """
    with parts.store.reading() as connection:
        model, serving, back = previous_champion(connection), champion(connection), rolled_back(connection)
    if model is None:
        raise BadInput(
            'no other version has served, so there is nothing to go back to. See "tandem models list".'
        )
    if to and to != model.version and serving is not None:
        raise BadInput(
            f"{serving.model.version} serves by now, and before it {model.version} did, so this would not go back to {to}. "
            f"Look at the versions again. Nothing was changed."
        )
    if not to and back is not None and serving is not None and back.model.id == serving.model.id:
        raise BadInput(
            f"{serving.model.version} serves already because {back.by or 'somebody'} went back to it, and the version that "
            f"served before it is {model.version}, which was left then. If {model.version} shall serve again, or an older "
            f'version, name it: "tandem models promote VERSION". Nothing was changed.'
        )
    _decide(parts, model, ROLLED_BACK, by=by, reason=reason)
    return model


def _decide(parts: Parts, model: ModelVersion, verdict: str, *, by: str, reason: str) -> None:
    by = person_named(by, "--by", purpose="Say who decides; it is kept with the decision.")
    if not reason.strip():
        raise BadInput("--reason is empty. Say why; it is kept with the decision. Nothing was changed.")
    with parts.store.reading() as connection:
        serving = champion(connection)
        withdrew = models_that_learnt(connection).get(model.version)
    if withdrew:
        raise BadInput(
            f"{model.version} cannot serve: it had learnt from {', '.join(withdrew)}, erased since, so its files were "
            f"erased. Nothing was changed."
        )
    if serving is not None and serving.model.id == model.id:
        raise BadInput(f"{model.version} serves already. Nothing was changed.")
    changed = stale(parts, model)
    if changed is not None:
        raise BadInput(
            f"{model.version} cannot serve: the {changed} has changed since it was trained. Put the {changed} back, or run "
            f'"tandem train". Nothing was changed.'
        )
    _refuse_damaged(parts, model)
    with parts.store.writing() as connection:
        put_to_serve(connection, model.id, verdict=verdict, reason=reason.strip(), by=by)


def _refuse_damaged(parts: Parts, model: ModelVersion) -> None:
    """A training would make another version; this one comes back only with its files."""
    try:
        load(model_folder(parts.study.models_folder, model.folder), model.sha256)
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


def stale(parts: Parts, model: ModelVersion) -> Changed | None:
    """What has changed since this version was trained, so that it cannot serve; None if nothing."""
    return changed_since(
        model,
        codebook=parts.codebook.version,
        segmentation=parts.segmentation.version,
        embedder=parts.embedder.fingerprint,
    )
