"""The study as a .qdpx file, with a file beside it for what the standard has no place for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotations.codebook.codes import Codebook
from annotations.errors import BadInput
from annotations.numbers_shown import counted
from annotations.refi.beside import beside, mark_of
from annotations.refi.write import project_archive, project_xml, unwritable
from annotations.transcript import Role
from service.composition import Parts
from service.exported_file import whole
from service.exporting.exported import Exported
from service.exporting.refi_project import MadeProject, refi_project


def export_refi(parts: Parts, file: Path, *, suggestions: bool) -> Exported:
    """Write the study as it stands, and the sidecar ``FILE.tandem.json`` beside it. Raises BadInput.

    ``suggestions``: those of each model version too, under a user of its own.
    """
    if file.suffix.lower() != ".qdpx":
        raise BadInput(f'{file}: a REFI-QDA project ends in .qdpx. Give "{file.with_suffix(".qdpx")}".')
    with parts.store.reading() as connection:
        made = refi_project(connection, parts.study.config.name, parts.codebook, suggestions=suggestions)
    if not made.project.sources:
        raise BadInput("there are no transcripts yet, so there is nothing to export. Import some first.")
    second = beside(file)
    plain = json.dumps(_sidecar(made, parts.codebook), ensure_ascii=False, indent=1)
    whole(file, project_archive(made.project, made.texts))
    whole(second, plain.encode("utf-8"))
    counts = {
        "transcripts": len(made.project.sources),
        "codes": sum(code.codable for code in made.project.codes),
        "codings": made.codings,
        "memos": made.memos,
        "suggestions": made.suggestions,
        "users": len(made.project.users),
        "participants and cases": len(made.project.cases),
    }
    return Exported("refi", (file, second), counts, tuple(_lost(made, parts.codebook)), tuple(_notes(made)))


def _sidecar(made: MadeProject, codebook: Codebook) -> dict[str, Any]:
    return {
        "what": "What a REFI-QDA project has no place for; see docs/exchange.md of Tandem.",
        "version": 1,
        "project": mark_of(project_xml(made.project)),
        "codebook_version": codebook.version,
        "codebook": codebook.content(),
        "codings": made.beside,
        "empty_reviews": made.empty_reviews,
        "coded_reviews": made.coded_reviews,
        "sources": made.consents,
    }


def _lost(made: MadeProject, codebook: Codebook) -> Iterator[str]:
    """What goes into the sidecar alone, or not at all."""
    if made.coded_reviews:
        yield f"which codings belong to one of {counted(len(made.coded_reviews), 'review')}, so what else was looked for"
    if made.empty_reviews:
        yield f"{counted(len(made.empty_reviews), 'review')} in which a coder looked and found that no code applies"
    if made.conditions:
        yield f"of {counted(made.conditions, 'coding')}, that they were made with suggestions in view, or by consensus"
    if made.influences:
        yield f'influence and "concrete example" of {counted(made.influences, "coding")}'
    if made.suggestions:
        yield f"probability and threshold of {counted(made.suggestions, 'suggestion')}"
    yield "consents and sites of transcripts, and who speaks in which role"
    if any(code.names or code.carried_by != (Role.PARTICIPANT,) for code in codebook):
        yield "what CFIR and others call the codes, and which speakers may carry them"
    yield f"the version of the codebook ({codebook.version})"
    yield "reviews that were superseded or taken back (the second file does not hold them either)"


def _notes(made: MadeProject) -> Iterator[str]:
    yield (
        "the file holds every transcript in full, with codes and memos. Keep it like the transcripts: a withdrawal cannot "
        "erase it."
    )
    if made.hidden:
        yield (
            f"{counted(made.hidden, 'suggestion')} left out: a coder is still to judge these passages without seeing them."
        )
    if made.repeats:
        yield f"{counted(made.repeats, 'second reading')} by the same coder left out (drawn to see how steady they are)."
    if made.gone_codes:
        gone = counted(made.gone_codes, "code that is still applied", "codes that are still applied")
        yield f"{gone} left the codebook; what carries them stands in a group apart."
    lost = unwritable([*made.texts.values(), *(note.text for note in made.project.notes.values())])
    if lost:
        holding = counted(lost, "text holds", "texts hold")
        yield f"{holding} characters that XML has no sign for; in memos and names they became \ufffd."
