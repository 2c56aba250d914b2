"""Suggestions as rows, in reading order: what "tandem suggestions" lists. ``turn`` counts from 0, ``turn_shown`` from 1."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any
from uuid import UUID

from annotations.errors import BadInput
from annotations.segment import Segment
from annotations.store.attributes import all_attributes
from annotations.store.model_versions import serving_model
from annotations.store.segments import segments_of
from annotations.store.suggestions import suggestions_of
from annotations.store.transcripts import all_transcripts
from annotations.transcript import Transcript
from annotations.turn_numbers import shown_number
from service.composition import Parts
from service.exported_file import safe_cell, written_whole
from service.looking.attribute_filter import with_attributes
from service.looking.hidden_spans import Hidden

OF_ATTRIBUTES = "attribute: "


@dataclass(frozen=True, slots=True)
class ListedSuggestion:
    """A code that the model judged on a segment, as it is listed. ``turn`` counts from 0; ``code``, ``framework``: names.

    ``attributes``: what the study knows of the participant and the case, by name.
    """

    transcript: str
    turn: int
    start: int
    end: int
    framework: str
    code: str
    probability: float
    suggested: bool
    model_version: str
    turn_shown: int
    attributes: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


COLUMNS = tuple(field.name for field in fields(ListedSuggestion) if field.name != "attributes")


class Listing:
    """The suggestions of the serving model, of all waves or of one, and of those alone who have certain attributes.

    ``hidden``: how many passages are left out, since a coder is still to judge them without a suggestion. Raises
    BadInput for a wave that no transcript belongs to, and for attributes that nobody has.
    """

    def __init__(self, parts: Parts, wave: str | None, where: Sequence[str] = ()) -> None:
        self._codebook = parts.codebook
        with parts.store.reading() as connection:
            self._model = serving_model(connection)
            self._found = suggestions_of(connection, self._model)
            self._segments = segments_of(connection, self._model.segmentation)
            self._transcripts = all_transcripts(connection, wave=wave)
            if self._transcripts:
                self._transcripts = tuple(with_attributes(connection, self._transcripts, where))
            self._known = all_attributes(connection)
            self._hidden = Hidden.now(connection)
        if wave is not None and not self._transcripts:
            raise BadInput(f'no transcript belongs to wave "{wave}". See the waves with "tandem status".')
        self.hidden = sum(
            self._hides(kept.id, segment_id) for kept in self._transcripts for segment_id in self._of(kept.id)
        )

    @property
    def only_ranks(self) -> bool:
        """Does the model know only the codebook's words, so that its numbers are no probabilities?"""
        return self._model.kind == "cold start"

    @property
    def looked_at(self) -> int:
        """How many passages the model has said anything of, those left out included."""
        return sum(1 for kept in self._transcripts for _ in self._of(kept.id))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table, with one for each attribute of the study."""
        return (*COLUMNS, *(f"{OF_ATTRIBUTES}{name}" for name in self._known.names))

    def rows(self) -> Iterator[ListedSuggestion]:
        """One row for each segment and code that the model judged, in reading order."""
        for kept in self._transcripts:
            for segment in self._of(kept.id):
                if not self._hides(kept.id, segment):
                    yield from self._rows(kept.transcript, segment)

    def _of(self, transcript: UUID) -> Iterator[Segment]:
        return (segment for segment in self._segments.get(transcript, ()) if segment.id in self._found)

    def _hides(self, transcript: UUID, segment: Segment) -> bool:
        return self._hidden.hides(transcript, segment.span)

    def _rows(self, transcript: Transcript, segment: Segment) -> Iterator[ListedSuggestion]:
        if segment.id is None:
            return
        known = self._known.of(participant=transcript.participant, case=transcript.case)
        for suggestion in self._found[segment.id].one_by_one(self._model):
            code = self._codebook.by_id.get(suggestion.code)
            yield ListedSuggestion(
                transcript=transcript.name,
                turn=segment.turn,
                start=segment.span.start,
                end=segment.span.end,
                framework=self._codebook.framework(code.framework).name if code else "",
                code=self._codebook.label(suggestion.code) if code else suggestion.code,
                probability=round(suggestion.probability, 4),
                suggested=suggestion.suggested,
                model_version=self._model.version,
                turn_shown=shown_number(segment.turn),
                attributes=dict(known),
            )


def write_csv(listing: Listing, file: Path) -> int:
    """Write the rows as CSV, whole or not at all; returns how many they were."""
    count = 0
    with written_whole(file) as out, io.TextIOWrapper(out, "utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, listing.columns)
        writer.writeheader()
        for row in listing.rows():
            cells = {name: getattr(row, name) for name in COLUMNS}
            cells |= {"suggested": "true" if row.suggested else "false"}
            cells |= {f"{OF_ATTRIBUTES}{name}": value for name, value in row.attributes.items()}
            writer.writerow({key: safe_cell(value) for key, value in cells.items()})
            count += 1
    return count
