"""Suggestions as rows, in reading order: what "tandem suggestions" lists. ``turn`` counts from 0, ``turn_shown`` from 1."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from annotations.errors import BadInput
from annotations.lots import lots
from annotations.segment import Segment
from annotations.store.attributes import all_attributes
from annotations.store.counted_suggestions import spoken_of
from annotations.store.described_transcripts import DescribedTranscript, described_transcripts
from annotations.store.model_versions import serving_model
from annotations.store.segments import segments_in
from annotations.store.suggestions import Suggested, suggestions_in
from annotations.turn_numbers import shown_number
from service.composition import Parts
from service.exported_file import safe_cell, write_cells, written_whole
from service.looking.attribute_filter import described_with_attributes
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
        # asdict copies deeply, which a mapping that may only be read does not allow
        return asdict(replace(self, attributes=dict(self.attributes)))


@dataclass(frozen=True, slots=True)
class _Said:
    """What the model says of a segment, and whether that must stay unseen."""

    transcript: DescribedTranscript
    segment: Segment
    said: Suggested
    hides: bool


# a few thousand segments at a time
TRANSCRIPTS = 20
COLUMNS = tuple(field.name for field in fields(ListedSuggestion) if field.name != "attributes")


class SuggestionsListing:
    """The suggestions of the serving model, of all waves or of one, and of those alone who have certain attributes.

    Rows are read some interviews at a time, so that a large study needs no more memory than a small one.

    ``hidden``: how many passages are left out, since a coder is still to judge them without a suggestion; ``looked_at``:
    how many the model has said anything of, those included; ``suggested``: how many codes it puts before coders. Raises
    BadInput for a wave that no transcript belongs to, and for attributes that nobody has.
    """

    def __init__(self, parts: Parts, wave: str | None, where: Sequence[str] = ()) -> None:
        self._codebook = parts.codebook
        self._store = parts.store
        with self._store.reading() as connection:
            self._model = model = serving_model(connection)
            transcripts = [said for said in described_transcripts(connection) if wave in (None, said.wave)]
            if wave is not None and not transcripts:
                raise BadInput(f'no transcript belongs to wave "{wave}". See the waves with "tandem status".')
            self._transcripts = (
                described_with_attributes(connection, transcripts, where) if transcripts else []
            )
            self._known = all_attributes(connection)
            self._hidden = Hidden.now(connection)
            spoken = spoken_of(connection, model.id, model.segmentation)
            left_out = [
                segment
                for lot in self._lots(connection, self._hidden.transcripts)
                for segment in lot
                if segment.hides
            ]
        self.hidden = len(left_out)
        its = [spoken[described.id] for described in self._transcripts if described.id in spoken]
        self.looked_at = sum(count.segments for count in its)
        self.suggested = sum(count.codes for count in its)
        self.suggested -= sum(len(segment.said.suggested) for segment in left_out)
        self._labels: dict[str, tuple[str, str]] = {}

    @property
    def only_ranks(self) -> bool:
        """Does the model know only the codebook's words, so that its numbers are no probabilities?"""
        return self._model.kind == "cold start"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table, with one for each attribute of the study."""
        return (*COLUMNS, *(f"{OF_ATTRIBUTES}{name}" for name in self._known.names))

    def rows(self) -> Iterator[ListedSuggestion]:
        """One row for each segment and code that the model judged, in reading order."""
        return (row for segment in self._each() for row in self._rows(segment))

    def suggested_rows(self) -> Iterator[ListedSuggestion]:
        """The rows of the codes that are put before coders, in reading order."""
        return (
            row
            for segment in self._each()
            if segment.said.suggested
            for row in self._rows(segment)
            if row.suggested
        )

    def cells(self) -> Iterator[list[Any]]:
        """The same as ``rows``, as cells in the order of ``columns`` that are safe in a spreadsheet.

        A million passages have tens of millions of rows, so what all rows of a passage or of a code share is made once.
        """
        labels = [
            (code, [safe_cell(label) for label in self._label(code)])
            if self._model.thresholds.get(code) is not None
            else None
            for code in self._model.codes
        ]
        version = safe_cell(self._model.version)
        for segment in self._each():
            place, suggested = segment.segment, frozenset(segment.said.suggested)
            of = segment.transcript
            known = self._known.of(participant=of.participant, case=of.case)
            first = [safe_cell(of.name), place.turn, place.span.start, place.span.end]
            last = [version, shown_number(place.turn)]
            last += [safe_cell(known.get(name)) for name in self._known.names]
            for judged, probability in zip(labels, segment.said.probabilities, strict=True):
                if judged is not None:
                    code, label = judged
                    ticked = "true" if code in suggested else "false"
                    yield [*first, *label, round(probability, 4), ticked, *last]

    def _each(self) -> Iterator[_Said]:
        with self._store.reading() as connection:
            for lot in self._lots(connection):
                yield from (segment for segment in lot if not segment.hides)

    def _lots(self, connection: Connection, only: Set[UUID] | None = None) -> Iterator[list[_Said]]:
        """What the model says of each segment, some transcripts at a time."""
        chosen = [described for described in self._transcripts if only is None or described.id in only]
        for some in lots(chosen, TRANSCRIPTS):
            ids = [described.id for described in some]
            cut = segments_in(connection, self._model.segmentation, ids)
            said = suggestions_in(connection, self._model, ids)
            yield [
                _Said(described, segment, said[segment.id], self._hidden.hides(described.id, segment.span))
                for described in some
                for segment in cut.get(described.id, ())
                if segment.id is not None and segment.id in said
            ]

    def _rows(self, said: _Said) -> Iterator[ListedSuggestion]:
        known = self._known.of(participant=said.transcript.participant, case=said.transcript.case)
        for suggestion in said.said.one_by_one(self._model):
            framework, code = self._label(suggestion.code)
            yield ListedSuggestion(
                transcript=said.transcript.name,
                turn=said.segment.turn,
                start=said.segment.span.start,
                end=said.segment.span.end,
                framework=framework,
                code=code,
                probability=round(suggestion.probability, 4),
                suggested=suggestion.suggested,
                model_version=self._model.version,
                turn_shown=shown_number(said.segment.turn),
                attributes=dict(known),
            )

    def _label(self, code: str) -> tuple[str, str]:
        if code not in self._labels:
            code_there = self._codebook.by_id.get(code)
            framework = self._codebook.framework(code_there.framework).name if code_there else ""
            self._labels[code] = (framework, self._codebook.label(code) if code_there else code)
        return self._labels[code]


def write_csv(listing: SuggestionsListing, file: Path) -> int:
    """Write the rows as CSV, whole or not at all; returns how many they were."""
    with written_whole(file) as out, io.TextIOWrapper(out, "utf-8", newline="") as lines:
        return write_cells(lines, listing.columns, listing.cells())
