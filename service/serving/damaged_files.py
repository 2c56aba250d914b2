"""What happens if the files of the model version that serves are damaged: the one before it serves again."""

from __future__ import annotations

from annotations.errors import TandemError
from annotations.store.model_versions import (
    DAMAGED,
    ModelVersion,
    champion,
    erased_versions,
    serving_history,
)
from annotations.store.put_to_serve import put_to_serve
from models.artifact import load
from models.model_folder import model_folder
from service.composition import Parts
from service.serving.promote_by_hand import stale


def ensure_sound(parts: Parts) -> str | None:
    """If the files of the version that serves are damaged, let the last one serve whose files are right.

    Returns what was done, None where nothing had to be. Raises TandemError if no other version can serve.
    """
    with parts.store.reading() as connection:
        erased = erased_versions(connection)
        served = [spell for spell in serving_history(connection) if spell.model.version not in erased]
        if champion(connection) is None:
            return None
    broken = served[0].model
    fault = _fault(parts, broken)
    if fault is None:
        return None
    for spell in served[1:]:
        model = spell.model
        if model.id == broken.id or stale(parts, model) is not None or _fault(parts, model) is not None:
            continue
        reason = f"the files of {broken.version} are damaged, so {model.version}, which served before, serves again"
        with parts.store.writing() as connection:
            put_to_serve(connection, model.id, verdict=DAMAGED, reason=reason)
        return f'{reason}. To replace {broken.version}, run "tandem train --force".'
    raise TandemError(fault)


def _fault(parts: Parts, model: ModelVersion) -> str | None:
    try:
        load(model_folder(parts.study.models_folder, model.folder), model.sha256)
    except TandemError as error:
        return str(error)
    return None
