"""Suggestions as rows, in reading order: what "tandem suggestions" lists."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotations.errors import BadInput
from annotations.store.models import serving_model
from annotations.store.segments import segments_of
from annotations.store.suggestions import suggestions_of
from annotations.store.transcripts import all_transcripts
from service.parts import Parts

COLUMNS = (
    "transcript",
    "turn",
    "start",
    "end",
    "framework",
    "code",
    "probability",
    "suggested",
    "model_version",
)


def each_row(parts: Parts, wave: str | None) -> Iterator[dict[str, Any]]:
    """One row for each segment and code that the serving model judged, in reading order."""
    codebook = parts.codebook
    with parts.store.reading() as connection:
        model = serving_model(connection)
        found = suggestions_of(connection, model)
        segments = segments_of(connection, model.segmentation)
        transcripts = all_transcripts(connection, wave=wave)
    if wave is not None and not transcripts:
        raise BadInput(f'no transcript belongs to wave "{wave}". See the waves with "tandem status".')
    for kept in transcripts:
        for segment in segments.get(kept.id, ()):
            one = found.get(segment.id) if segment.id else None
            for suggestion in one.one_by_one(model) if one else ():
                code = codebook.by_id.get(suggestion.code)
                yield {
                    "transcript": kept.transcript.name,
                    "turn": segment.turn,
                    "start": segment.span.start,
                    "end": segment.span.end,
                    "framework": codebook.framework(code.framework).name if code else "",
                    "code": codebook.label(suggestion.code) if code else suggestion.code,
                    "probability": round(suggestion.probability, 4),
                    "suggested": suggestion.suggested,
                    "model_version": model.version,
                }


def write_csv(parts: Parts, file: Path, wave: str | None) -> int:
    """Write the rows as CSV, whole or not at all; returns how many they were."""
    if not file.absolute().parent.is_dir():
        raise BadInput(f"{file}: the folder does not exist. Make it, or give another file.")
    unfinished = file.with_name(f".{file.name}.unfinished")
    count = 0
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, COLUMNS)
            writer.writeheader()
            for row in each_row(parts, wave):
                writer.writerow(row | {"suggested": "true" if row["suggested"] else "false"})
                count += 1
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return count
