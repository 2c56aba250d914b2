"""A look at projects that were sent, each with the file beside it, and what was asked of them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from annotations.progress import quiet
from annotations.refi.map_file import WHATS
from service.bringing_in.beside_projects import Pairs
from service.bringing_in.good_table import good_table
from service.bringing_in.refused_files import page_sentence
from service.bringing_in.uploads import SentFile, Upload
from service.composition import Parts
from service.importing.import_project import Wishes, import_project


def project_table(parts: Parts, upload: Upload, file: SentFile, pairs: Pairs) -> dict[str, Any]:
    """What a project would bring, read with the file beside it; what waits says why."""
    if file.number in pairs.faults:
        return _waits(pairs.faults[file.number])
    imported = import_project(
        parts, upload.path(file), project_wishes(upload, file, pairs, dry_run=True), quiet
    )
    kept = imported.kept
    counts = {
        "sources": len(imported.sources),
        "codes": len(imported.codes),
        "codings that would come in": kept.codings,
        "codings that are there already": kept.unchanged,
        "attributes new or changed": imported.attributes,
    }
    seen = good_table(counts, (*imported.notes, *(f"Left out: {line}" for line in imported.left_in_words)))
    names = [
        ("code", code.theirs, imported.labels.get(code.ours or "", ""), code.by, code.nearest or "")
        for code in imported.codes
    ]
    names += [
        (understood.what, understood.theirs, understood.ours, understood.by, "")
        for understood in imported.understood
        if understood.what in WHATS
    ]
    names += [("coder", theirs, ours, "the name rule", "") for theirs, ours in imported.coders.items()]
    seen["names"] = [list(name) for name in names]
    seen["sources"] = [asdict(source) for source in imported.sources]
    seen["faults"] = [page_sentence(upload, fault) for fault in (*imported.refused, *imported.remedies)]
    seen["ready"] = not imported.refused
    seen["beside"] = imported.beside
    return seen


def beside_table(
    upload: Upload, second: SentFile, pairs: Pairs, tables: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """What the file beside a project adds to it. ``tables``: what was seen of the projects, by number."""
    number = pairs.project_of(second)
    if number is None:
        return _waits(pairs.faults[second.number])
    project, table = upload.file(number).short, tables[str(number)]
    if not table["ready"]:
        return {
            **_waits(),
            "notes": [f"This file is read with {project}, which cannot come in yet: see there."],
        }
    counts = table["beside"]
    adds = "adds what is listed here" if any(counts.values()) else "adds nothing new"
    return good_table(counts, [f"This file is read with {project} and {adds}"])


def _waits(*faults: str) -> dict[str, Any]:
    return {"ready": False, "groups": [], "faults": list(faults), "notes": []}


def project_wishes(upload: Upload, file: SentFile, pairs: Pairs, *, dry_run: bool) -> Wishes:
    """What was asked of a project, as its import takes it; names that people corrected stand in a map of ours."""
    asked = upload.said.asked.get(str(file.number), {})
    names: Mapping[str, str] = asked.get("names", {})
    map_file = None
    if names:
        map_file = upload.folder / f"names-{file.number}.csv"
        map_file.unlink(missing_ok=True)
        map_file.touch(0o600)
        with map_file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(("what", "theirs", "ours"))
            for key, ours in names.items():
                what, _, theirs = key.partition(":")
                writer.writerow((what, theirs, ours))
    second = pairs.of.get(file.number)
    return Wishes(
        map_file,
        complete=asked.get("complete") or "none",
        add_codes=bool(asked.get("add_codes")),
        dry_run=dry_run,
        beside=upload.path(second) if second else None,
    )
