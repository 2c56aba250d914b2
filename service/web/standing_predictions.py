"""The suggestions that stand on tasks, as Label Studio is answered: bytes, made once per model version and segment.

What a version said of a segment never changes, so a finished answer is kept. Which version stands on a task, and
whether any does, is asked of the store every time: a task that has turned blind or was erased finds no answer here.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.label_studio.candidates import Candidates, candidates
from annotations.label_studio.predicted_answer import prediction, version_label
from annotations.store.chosen_cuts import chosen_for, newest_choice
from annotations.store.model_versions import ModelVersion, erased_models, model_by_id
from annotations.store.suggestions import suggestions_on
from annotations.store.suggestions_on_tasks import StandingSuggestion, standing_on
from models.ticking import LEAST_PRECISION, tick_cuts

NOTHING = b"[]"
# some 10 MB
MOST_KEPT = 20_000


class Ready(NamedTuple):
    """An answer in JSON, and the codes that it ticks in boxes."""

    answer: bytes
    in_boxes: frozenset[str] = frozenset()


class StandingPredictions:
    """Answers by task. Safe among threads. ``most``: how many are kept, those asked for last.

    ``least_precision``: see ``models.ticking``.
    """

    def __init__(self, most: int = MOST_KEPT, least_precision: float = LEAST_PRECISION) -> None:
        self._most = most
        self._least = least_precision
        self._turn = threading.Lock()
        self._codebook: Codebook | None = None
        self._choices = 0
        self._made: OrderedDict[tuple[UUID, UUID], Ready] = OrderedDict()

    @property
    def count(self) -> int:
        """How many answers are kept."""
        return len(self._made)

    def on(
        self, connection: Connection, codebook: Codebook, number: int, boxes: Mapping[UUID, Collection[str]]
    ) -> Mapping[UUID, bytes]:
        """For these tasks of the project with this number the answer in JSON; a task that shows none is left out.

        ``boxes``: for each task the codes that have a box on it. What is ticked without one nobody sees, and Label
        Studio gives it back as accepted; so a task without its boxes gets no answer.
        """
        keys = boxes.keys()
        # a model that learnt from somebody who withdrew says nothing more, whatever stands there still
        erased = erased_models(connection)
        standing = [
            suggestion
            for suggestion in standing_on(connection, number, keys)
            if suggestion.model not in erased
        ]
        known = self._known(codebook, newest_choice(connection), standing)
        missing = [suggestion for suggestion in standing if suggestion.said not in known]
        if missing:
            made = self._made_of(connection, codebook, missing)
            self._keep(codebook, made)
            known |= made
        return {
            suggestion.key: known[suggestion.said].answer
            for suggestion in standing
            if suggestion.said in known
            and known[suggestion.said].in_boxes <= frozenset(boxes[suggestion.key])
        }

    def _known(
        self, codebook: Codebook, choices: int, standing: Iterable[StandingSuggestion]
    ) -> dict[tuple[UUID, UUID], Ready]:
        with self._turn:
            # it was edited: a code may have left it, or moved; or a lead chose what comes ticked
            if codebook is not self._codebook or choices != self._choices:
                self._made.clear()
                self._codebook, self._choices = codebook, choices
            ready_ones = {
                suggestion.said: self._made[suggestion.said]
                for suggestion in standing
                if suggestion.said in self._made
            }
            for said in ready_ones:
                self._made.move_to_end(said)
            return ready_ones

    def _keep(self, codebook: Codebook, made: Mapping[tuple[UUID, UUID], Ready]) -> None:
        with self._turn:
            if codebook is self._codebook:
                self._made.update(made)
            while len(self._made) > self._most:
                self._made.popitem(last=False)

    def _made_of(
        self, connection: Connection, codebook: Codebook, standing: Iterable[StandingSuggestion]
    ) -> dict[tuple[UUID, UUID], Ready]:
        by_model: dict[UUID, set[UUID]] = {}
        for suggestion in standing:
            by_model.setdefault(suggestion.model, set()).add(suggestion.segment)
        made: dict[tuple[UUID, UUID], Ready] = {}
        for version, segments in by_model.items():
            model = model_by_id(connection, version)
            if model is None:
                continue
            cuts = tick_cuts(model, self._least, chosen_for(connection, model.id))
            for segment, said in suggestions_on(connection, model, segments).items():
                has_odds = model.kind != "cold start"
                put = candidates(said.one_by_one(model), codebook, cuts, with_odds=has_odds)
                made[version, segment] = _ready(put, codebook, model)
        return made


def _ready(put: Candidates, codebook: Codebook, model: ModelVersion) -> Ready:
    if not put.ticked:
        return Ready(NOTHING)  # just as a blind task: nothing tells the two apart
    made = prediction(put, codebook, version=version_label(model.version))
    plain = json.dumps(made.to_json(), ensure_ascii=False, allow_nan=False)
    return Ready(plain.encode(), frozenset(box.code for box in put.boxes if box.ticked))
