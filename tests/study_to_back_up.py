"""A small study with two interviews, what stands in it, and how a process is killed in the middle of its work."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select
from study_to_train import import_rows, interview_file, opened, quiet, what_is_said

from annotations.store.database import Store
from annotations.store.tables import metadata
from service.composition import Parts
from service.importing.import_transcripts import import_transcripts
from service.new_study import make_study


def a_small_study(folder: Path, **environment: str) -> Parts:
    """A study with two coded interviews, on the database that the environment names."""
    book = folder / "book.csv"
    book.write_text("code,definition\nMoney,What it costs\nPeople,Who does it\n", "utf-8")
    study, _ = make_study(folder / "study", codebook=str(book), config={"name": "Small study"})
    parts = opened(study.folder, folder, **environment)
    files = [interview_file(folder, f"P-{at:02d}", what_is_said(at)) for at in range(2)]
    described = {"wave": "1", "case": "E"}
    import_transcripts(parts, files, manifest=None, described=described, replace=False, progress=quiet)
    import_rows(
        parts,
        folder,
        [(f"P-{at:02d}", "Ines", "Money", 2 * turn + 1) for at in range(2) for turn in range(4)],
    )
    (study.folder / "models" / "one").mkdir(parents=True)
    (study.folder / "models" / "one" / "numbers.bin").write_bytes(bytes(range(256)) * 500)
    return parts


def rows_of(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with store.reading() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in metadata.sorted_tables
        }


def count_of(store: Store, table: str) -> int:
    """How many rows a table holds."""
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one())


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but the databases and what lies beside them."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and not file.name.startswith((".tandem", "tandem.db", "embeddings.db", "mlflow.db"))
        and not file.relative_to(folder).parts[0].startswith(".tandem-backup-")
    }


def killed_at(wanted: str, work: Callable[[Callable[[str], None]], object]) -> bool:
    """Do the work in a process of its own, which is killed (SIGKILL) at the step; says whether it came to the step."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a fork beside idle threads of numpy's
        child = os.fork()
    if child == 0:

        def step(name: str) -> None:
            if name == wanted:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            work(step)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
