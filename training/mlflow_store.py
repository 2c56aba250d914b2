"""MLflow's store in the study's own folder: ``mlflow.db``, and below ``mlruns`` what the runs hold as files.

MLflow keeps absolute addresses of files, and takes relative ones from whatever folder a program was started in. So in a
study that was moved, copied or restored they name another place: runs would be written there and files deleted there.
Here each address follows from the ids alone: a run's files lie in a folder of its name directly below ``mlruns``, or
below a folder of its experiment's number if MLflow put it there. Where MLflow's tables say something else they are set
anew before MLflow reads them, and what they said is never followed.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from annotations.disk_faults import sqlite_fault
from annotations.errors import TandemError
from annotations.store.sqlite_file import calm, refuse_programs, refuse_traps
from models.model_folder import Linked
from models.run_folders import RUN_ID

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# where what goes by no proper id is said to lie: a folder that is never made
_NOWHERE: tuple[str, ...] = ("refused",)
# the tables and columns in which MLflow keeps addresses, and by which column each is known
_ADDRESSES = (
    ("experiments", "artifact_location", "experiment_id"),
    ("runs", "artifact_uri", "run_uuid"),
    ("logged_models", "artifact_location", "model_id"),
    ("model_versions", "source", "run_id"),
    ("model_versions", "storage_location", "run_id"),
)
# MLflow's only trigger: it keeps a column from being changed, and does nothing else
_MLFLOWS_TRIGGER = (
    r"CREATE TRIGGER prevent_secrets_aad_mutation BEFORE UPDATE ON secrets FOR EACH ROW "
    r"WHEN OLD\.\w+ != NEW\.\w+(?: OR OLD\.\w+ != NEW\.\w+)* BEGIN SELECT RAISE\(ABORT, '[^']*'\); END"
)
WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run of MLflow's. ``model``: the id of Tandem's model version, empty for a run of somebody else's.

    ``deleted``: MLflow shows it no more, and keeps its files.
    """

    id: str
    model: str
    deleted: bool


class OwnStore:
    """The store in a study's folder: MLflow's database, and the folder below which each run has one of its own."""

    def __init__(self, file: Path, folder: Path) -> None:
        self.file = file
        self.folder = folder

    def refuse_links(self) -> None:
        """Raises Linked where the store is a link: MLflow would write into another study."""
        for file in (self.file, self.folder):
            if file.is_symlink():
                raise Linked(
                    f"{file} is a link, and Tandem would write and delete where it leads. Delete it, and put the file or "
                    f"folder itself there."
                )

    def set_anew(self) -> int:
        """Let MLflow's tables name this study's folder, in one transaction; returns how many addresses were set.

        Raises Linked for a link, TandemError where the file cannot be read or written.
        """
        self.refuse_links()
        if not self.file.is_file():
            return 0
        with self._opened() as connection:
            wanted = list(self._to_be_set(connection))
            if not wanted:
                return 0
            connection.execute("BEGIN IMMEDIATE")
            # read again: another program may have written before the lock was ours
            wanted = list(self._to_be_set(connection))
            for table, column, value, row in wanted:
                change = f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?'  # noqa: S608 (names from _ADDRESSES)
                connection.execute(change, (value, row))
            connection.execute("COMMIT")
            return len(wanted)

    def runs(self) -> tuple[StoredRun, ...]:
        """Every run, those that MLflow shows no more included. Raises TandemError where the file cannot be read."""
        if not self.file.is_file():
            return ()
        with self._opened() as connection:
            if not {"runs", "tags"} <= _tables(connection):
                return ()
            rows = connection.execute(
                "SELECT runs.run_uuid, tags.value, runs.lifecycle_stage FROM runs "
                "LEFT JOIN tags ON tags.run_uuid = runs.run_uuid AND tags.key = 'model_id'"
            ).fetchall()
        return tuple(StoredRun(str(run), str(model or ""), stage == "deleted") for run, model, stage in rows)

    def _to_be_set(self, connection: sqlite3.Connection) -> Iterator[tuple[str, str, str, int]]:
        """Table, column, address as it should be, and row, of each that says something else."""
        # what is said only tells which of two folders within the study it is
        experiments: dict[str, tuple[str, ...]] = {}
        runs: dict[str, tuple[str, ...]] = {}
        for number, said in _rows(connection, "experiments", "experiment_id", "artifact_location"):
            experiments[number] = (number,) if said.endswith(f"/{number}") and _ID.fullmatch(number) else ()
        for run, number in _rows(connection, "runs", "run_uuid", "experiment_id"):
            runs[run] = (
                (*experiments.get(number, ()), run, "artifacts") if RUN_ID.fullmatch(run) else _NOWHERE
            )
        for table, column, key in _ADDRESSES:
            for row, said, name, number in _rows(connection, table, "rowid", column, key, "experiment_id"):
                if table == "experiments":
                    parts = experiments[name]
                elif table == "logged_models":
                    above = experiments.get(number, ())
                    parts = (*above, "models", name, "artifacts") if _ID.fullmatch(name) else _NOWHERE
                else:
                    parts = runs.get(name, _NOWHERE)
                    parts = (*parts, "model") if table == "model_versions" else parts
                wanted = self._address(parts)
                if said != wanted:
                    yield table, column, wanted, int(row)

    def _address(self, parts: tuple[str, ...]) -> str:
        return self.folder.resolve().joinpath(*parts).as_uri()

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        refuse_traps(self.file)
        try:
            with closing(sqlite3.connect(self.file, timeout=WAIT_S, isolation_level=None)) as connection:
                calm(connection)
                refuse_programs(connection, self.file, harmless=_MLFLOWS_TRIGGER)
                yield connection
        except sqlite3.Error as error:
            fault = sqlite_fault(error, self.file)
            if fault is not None:
                raise fault from error
            raise TandemError(
                f"MLflow's store {self.file} cannot be used ({type(error).__name__}). Close the program that holds it, or "
                f"put the file back from your backup."
            ) from None


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _rows(connection: sqlite3.Connection, table: str, *columns: str) -> list[tuple[str, ...]]:
    """These columns as text, empty where MLflow's table has none of that name; no rows where it has no such table."""
    there = {"rowid", *(name for _, name, *_ in connection.execute(f'PRAGMA table_info("{table}")'))}
    if table not in _tables(connection) or not {*columns[:2]} <= there:
        return []
    named = ", ".join(f'"{column}"' if column in there else "''" for column in columns)
    rows = connection.execute(f'SELECT {named} FROM "{table}"').fetchall()  # noqa: S608 (names from this module)
    return [tuple("" if value is None else str(value) for value in row) for row in rows]
