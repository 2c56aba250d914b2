"""Another codebook for the study, from a file: what would change, and whether it may."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from annotations.codebook.check import check_codebook
from annotations.codebook.codes import Codebook
from annotations.codebook.files import FromFile, codebook_from, write_codebook
from annotations.codebook.what_tables_lack import with_unsaid
from annotations.errors import BadInput
from annotations.numbers_shown import counted
from annotations.refi.codebook_file import read_refi_codebook
from annotations.refi.container import ENDINGS as REFI
from annotations.store.code_counts import count_codings
from service.bringing_in.codebook_changes import ChangedCode, codebook_changes
from service.composition import Parts

_NAMED = 12
SAYS_ALL = (".yaml", ".yml")


@dataclass(frozen=True)
class NewCodebook:
    """A codebook that could take the place of the study's: codes that are new, gone, or say something else now.

    ``changes``: all of these, with what rests on each.
    """

    codebook: Codebook
    new: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]
    changes: tuple[ChangedCode, ...]
    notes: tuple[str, ...]


def look_at_codebook(parts: Parts, file: Path) -> NewCodebook:
    """Read it and compare. Raises BadInput for a file that is no codebook, and where codes that people applied would go."""
    is_refi = file.suffix.lower() in REFI
    read = FromFile(read_refi_codebook(file)) if is_refi else codebook_from(file)
    before, after = parts.codebook, read.codebook
    if file.suffix.lower() not in SAYS_ALL:
        after = with_unsaid(before, after)
    with parts.store.reading() as connection:
        used = count_codings(connection)
        changes = codebook_changes(connection, before, after)
    lost = [before[code].path for code in used if code in before.by_id and code not in after.by_id]
    if lost:
        more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
        raise BadInput(
            f"{counted(len(lost), 'code is', 'codes are')} in use and would be gone: "
            f"{', '.join(sorted(lost)[:_NAMED])}{more}. Keep them in the file under the same id: "
            f"the export of the codebook as a table has the ids. To offer one no more, keep it and write no in the column "
            f"applicable (applicable: false in YAML)."
        )
    findings = [
        f"{fault.what} {', '.join(fault.codes[:6])}. {fault.remedy}"
        for fault in check_codebook(after)[:_NAMED]
    ]
    return NewCodebook(
        after,
        tuple(code.path for code in after if code.id not in before.by_id),
        tuple(code.path for code in before if code.id not in after.by_id),
        tuple(code.path for code in after if code.id in before.by_id and code != before[code.id]),
        changes,
        (*read.notes, *findings),
    )


def take_codebook(parts: Parts, file: Path) -> NewCodebook:
    """Let it take the place of the study's codebook. Raises as ``look_at_codebook``, and changes nothing then."""
    codebook_read = look_at_codebook(parts, file)
    write_codebook(codebook_read.codebook, parts.study.codebook_file)
    parts.__dict__.pop("codebook", None)
    return codebook_read
