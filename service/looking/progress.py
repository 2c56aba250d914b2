"""How far each wave is: what "tandem status" and the status page show."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection

from annotations.labels import labels_of
from annotations.store.coders import coder_names
from annotations.store.jobs import all_jobs
from annotations.store.loose_codings import loose_codings
from annotations.store.model_versions import ModelVersion, Serving, champion, waiting_model
from annotations.store.pushed_tasks import count_pushed
from annotations.store.reviews import count_reviews, current_reviews
from annotations.store.seen_annotations import count_set_aside
from annotations.store.segments import segments_of
from annotations.store.suggestions import count_suggestions
from annotations.store.transcripts import all_transcripts
from service.composition import Parts


def progress_of(parts: Parts) -> dict[str, Any]:
    """Per wave: transcripts, segments (units), reviewed, suggested, pushed; and the model that serves."""
    with parts.store.reading() as connection:
        return _progress(connection, parts)


def _progress(connection: Connection, parts: Parts) -> dict[str, Any]:
    version = parts.segmentation.version
    transcripts = all_transcripts(connection)
    segments = segments_of(connection, version)
    serving, waits = champion(connection), waiting_model(connection)
    suggested = count_suggestions(connection, serving.model.id, version) if serving else {}
    pushed = count_pushed(connection, version)
    labels = labels_of(segments, current_reviews(connection), loose_codings(connection))
    judged: dict[Any, set[int]] = {}
    for one in labels:
        if one.complete and one.whole:
            judged.setdefault(one.transcript, set()).update(one.judged)
    waves: dict[str, Counter[str]] = {}
    for kept in transcripts:
        cut = segments.get(kept.id, ())
        units = {at for at, segment in enumerate(cut) if segment.role.is_coded}
        wave = waves.setdefault(kept.transcript.wave, Counter())
        wave["transcripts"] += 1
        wave["segments"] += len(units) if cut else len(kept.transcript.participants_turns)
        wave["reviewed"] += len(units & judged.get(kept.id, set()))
        wave["suggested"] += suggested.get(kept.id, 0)
        wave["pushed"] += pushed.get(kept.id, 0)
    reviews, codings = count_reviews(connection)
    return {
        "study": parts.study.config.name,
        "folder": str(parts.study.folder),
        "waves": {name: {key: int(wave[key]) for key in _COUNTED} for name, wave in sorted(waves.items())},
        "coders": list(coder_names(connection).values()),
        "reviews": reviews,
        "codings": codings,
        "set_aside": count_set_aside(connection),
        "codebook_version": parts.codebook.version,
        "model": None if serving is None else _model(serving, waits, parts.codebook.version, version),
        "jobs": [{"kind": job.kind, "state": job.state} for job in all_jobs(connection, latest=5)],
    }


_COUNTED = ("transcripts", "segments", "reviewed", "suggested", "pushed")


def _model(serving: Serving, waits: ModelVersion | None, codebook: str, segmentation: str) -> dict[str, Any]:
    model = serving.model
    return {
        "version": model.version,
        "kind": model.kind,
        "since": serving.created.isoformat(),
        "reviews": model.reviews,
        "codes_judged": sum(threshold is not None for threshold in model.thresholds.values()),
        "codes_too_few": len(model.too_few),
        "up_to_date": model.codebook_version == codebook and model.segmentation == segmentation,
        "waiting": None if waits is None else waits.version,
    }
