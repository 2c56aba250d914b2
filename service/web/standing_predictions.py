"""The suggestions that stand on tasks, as Label Studio is answered: bytes, made once per model version and segment.

What a version said of a segment never changes, so a finished answer is kept. Which version stands on a task, and
whether any does, is asked of the store every time: a task that has turned blind or was erased finds no answer here.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.coding import Suggestion
from annotations.label_studio.offered_codes import still_offered
from annotations.label_studio.predicted_answer import prediction, version_label
from annotations.store.model_versions import ModelVersion, erased_models, model_by_id
from annotations.store.suggestions import suggestions_on
from annotations.store.suggestions_on_tasks import Standing, standing_on

NOTHING = b"[]"
# some 10 MB
MOST_KEPT = 20_000


class StandingPredictions:
    """Answers by task. Safe among threads. ``most``: how many are kept, those asked for last."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._turn = threading.Lock()
        self._codebook: Codebook | None = None
        self._made: OrderedDict[tuple[UUID, UUID], bytes] = OrderedDict()

    @property
    def count(self) -> int:
        """How many answers are kept."""
        return len(self._made)

    def on(
        self, connection: Connection, codebook: Codebook, number: int, keys: Collection[UUID]
    ) -> Mapping[UUID, bytes]:
        """For these tasks of the project with this number the answer in JSON; a task that shows none is left out."""
        # a model that learnt from somebody who withdrew says nothing more, whatever stands there still
        erased = erased_models(connection)
        standing = [one for one in standing_on(connection, number, keys) if one.model not in erased]
        known = self._known(codebook, standing)
        missing = [one for one in standing if one.said not in known]
        if missing:
            made = _made(connection, codebook, missing)
            self._keep(codebook, made)
            known |= made
        return {one.key: known[one.said] for one in standing if one.said in known}

    def _known(self, codebook: Codebook, standing: Iterable[Standing]) -> dict[tuple[UUID, UUID], bytes]:
        with self._turn:
            if codebook is not self._codebook:  # it was edited: a code may have left it, or moved
                self._made.clear()
                self._codebook = codebook
            found = {one.said: self._made[one.said] for one in standing if one.said in self._made}
            for said in found:
                self._made.move_to_end(said)
            return found

    def _keep(self, codebook: Codebook, made: Mapping[tuple[UUID, UUID], bytes]) -> None:
        with self._turn:
            if codebook is self._codebook:
                self._made.update(made)
            while len(self._made) > self._most:
                self._made.popitem(last=False)


def _made(
    connection: Connection, codebook: Codebook, standing: Iterable[Standing]
) -> dict[tuple[UUID, UUID], bytes]:
    by_model: dict[UUID, set[UUID]] = {}
    for one in standing:
        by_model.setdefault(one.model, set()).add(one.segment)
    found: dict[tuple[UUID, UUID], bytes] = {}
    for version, segments in by_model.items():
        model = model_by_id(connection, version)
        if model is None:
            continue
        for segment, said in suggestions_on(connection, model, segments).items():
            put = still_offered((one for one in said.one_by_one(model) if one.suggested), codebook)
            found[version, segment] = _answer(put, codebook, model)
    return found


def _answer(put: Sequence[Suggestion], codebook: Codebook, model: ModelVersion) -> bytes:
    if not put:
        return NOTHING  # just as a blind task: nothing tells the two apart
    made = prediction(put, codebook, version=version_label(model.version))
    return json.dumps(made.to_json(), ensure_ascii=False, allow_nan=False).encode()
