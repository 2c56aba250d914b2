"""The composition root: what a command or the server works with, built once from a study and the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from annotations.codebook.codes import Codebook
from annotations.codebook.files import read_codebook
from annotations.errors import BadInput, Busy
from annotations.segment import Segmentation
from annotations.store.database import Store, open_store
from annotations.study.config import Study, find_study, read_study
from service.settings import Settings, read_settings
from service.trust.reach import database_address

if TYPE_CHECKING:  # they are heavy, and most commands need neither
    from models.embedder import EmbedderSource
    from models.embedding_cache import EmbeddingCache


class Parts:
    """A study with its store, codebook, embedder and settings. What is not asked for is not built."""

    def __init__(self, study: Study, settings: Settings) -> None:
        self.study = study
        self.settings = settings

    @cached_property
    def codebook(self) -> Codebook:
        """The codebook in force."""
        file = self.study.codebook_file
        if not file.is_file():
            raise BadInput(f'{file} is missing. Put it back, or make the study anew with "tandem init".')
        return read_codebook(file)

    @cached_property
    def segmentation(self) -> Segmentation:
        """How transcripts are cut."""
        return self.study.config.segmentation_used

    @cached_property
    def store(self) -> Store:
        """The study's database, its tables up to date."""
        return open_store(self.database_url)

    @property
    def database_url(self) -> str:
        """Where the database is: the environment's word, else study.yaml's, else a file in the study's folder.

        Raises NotConfirmed for a server that only study.yaml names.
        """
        given = database_address(self.study, self.settings)
        if given is None:
            return f"sqlite:///{self.study.database_file}"
        if given.startswith("postgres") and "schema=" not in given:
            return f"{given}{'&' if '?' in given else '?'}schema={self.slug.replace('-', '_')}"
        return given

    @property
    def slug(self) -> str:
        """The study's name as a name for schemas, experiments and registered models."""
        plain = re.sub(r"[^a-z0-9]+", "-", self.study.config.name.casefold()).strip("-")
        return f"tandem-{plain or 'study'}"[:60]

    @cached_property
    def embedder(self) -> EmbedderSource:
        """The configured encoder, not loaded yet."""
        from models.embedder import EmbedderSource

        entry = self.study.config.embedder
        own = self.study.folder / Path(entry.model).expanduser()
        return EmbedderSource(str(own) if own.is_dir() else entry.model, device=entry.device)

    @cached_property
    def cache(self) -> EmbeddingCache:
        """The embeddings made so far."""
        from models.embedding_cache import EmbeddingCache

        return EmbeddingCache(self.study.embeddings_file)

    @contextmanager
    def alone(self, command: str) -> Iterator[None]:
        """Hold the study's lock: one command at a time changes a study. Raises Busy, naming the other one."""
        from filelock import FileLock, Timeout

        own, note = self.study.folder / ".tandem.lock", self.study.folder / ".tandem.lock.holder"
        for file in (own, note):
            if file.is_symlink():
                raise BadInput(
                    f"{file} is a link, and Tandem would write where it leads. Delete it, and ask whoever gave you this "
                    f"folder why it is there."
                )
        lock = FileLock(own)
        try:
            with lock.acquire(timeout=0.2):
                note.write_text(command, "utf-8")
                yield
        except Timeout as error:
            holder = _named_in(note)
            where = ' ("tandem jobs list" says at what)' if holder == "worker" else ""
            raise Busy(
                f'"tandem {holder}" is at work on {self.study.folder}{where}. Wait until it has finished, then try again. '
                f"Nothing was changed."
            ) from error

    def take_up(self, study: Study) -> None:
        """Go on with what study.yaml says once a command has changed it."""
        self.study = study

    def read_again(self) -> Parts:
        """The study as its files say by now, on the database that is open: for a process that lives long."""
        again = Parts(read_study(self.study.folder), self.settings)
        again.__dict__["store"] = self.store
        return again

    def close(self) -> None:
        """Give back what was opened."""
        if "store" in self.__dict__:
            self.store.close()


def _named_in(note: Path) -> str:
    """The command that a note names; whatever else stands in it is not repeated."""
    try:
        said = note.read_text("utf-8")[:40].strip()
    except (OSError, UnicodeDecodeError):
        said = ""
    return said if re.fullmatch("[a-z -]+", said) else "another command"


@contextmanager
def open_parts(study: Path | None) -> Iterator[Parts]:
    """The parts of the study in ``study``, or of the nearest one upwards from here."""
    parts = Parts(find_study(study), read_settings())
    try:
        yield parts
    finally:
        parts.close()
