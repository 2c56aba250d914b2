"""The composition root: what a command or the server works with, built once from a study and the environment."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from annotations.codebook.codes import Codebook
from annotations.codebook.files import read_codebook
from annotations.errors import BadInput, Busy
from annotations.segment import Segmentation
from annotations.store.database import Store, open_store
from annotations.store.jobs import settle_restored
from annotations.study.config import Study, find_study, read_study
from service.returned.returned_people import erase_returned, returned
from service.settings import Settings, read_settings
from service.trust.named import database_file_named
from service.trust.reach import database_address

if TYPE_CHECKING:  # they are heavy, and most commands need neither
    from models.embedder import EmbedderSource
    from models.embedding_cache import EmbeddingCache
    from service.returned.returned_words import ReturnedWords

log = logging.getLogger("tandem")


class Parts:
    """A study with its store, codebook, embedder and settings. What is not asked for is not built."""

    def __init__(self, study: Study, settings: Settings) -> None:
        self.study = study
        self.settings = settings
        # which threads hold the study's lock: shared with what is read again while they do
        self._holders: set[int] = set()
        self._before_upgrade: Callable[[str], None] | None = self._back_up

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
        """The study's database, its tables up to date, and nobody in it who withdrew."""
        _refuse_links(self.study, self.database_file)
        opened = open_store(self.database_url, before_upgrade=self._before_upgrade)
        try:
            self._erase_returned(opened)
        except BaseException:
            opened.close()
            raise
        return opened

    @property
    def tombstones_folder(self) -> Path:
        """Where this user's tombstones are, outside every study."""
        return self.settings.state / "tombstones"

    @property
    def forgettings_folder(self) -> Path:
        """Where this user keeps, outside every study, which words were taken out of transcripts, by their place."""
        return self.settings.state / "forgotten"

    @property
    def database_file(self) -> Path | None:
        """The file that holds the study's database, None where it is on a server. Raises BadInput."""
        if self.settings.database is None:
            named = self.study.config.database
            if named is None:
                return self.study.database_file
            return database_file_named(self.study)
        with suppress(ArgumentError):  # opening it says what is wrong with it
            url = make_url(self.settings.database)
            return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
        return None

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
        model = str(own) if own.is_dir() else entry.model
        return EmbedderSource(model, device=entry.device, languages=entry.languages)

    @cached_property
    def cache(self) -> EmbeddingCache:
        """The embeddings made so far."""
        from models.embedding_cache import EmbeddingCache

        return EmbeddingCache(self.study.embeddings_file)

    def held_for(self, command: str) -> AbstractContextManager[None]:
        """Hold the study's lock as ``alone``, unless this thread holds it already, as a worker does for its job."""
        return nullcontext() if threading.get_ident() in self._holders else self.alone(command)

    @contextmanager
    def alone(self, command: str) -> Iterator[None]:
        """Hold the study's lock: one command at a time changes a study. Raises Busy, naming the other one."""
        from filelock import FileLock, Timeout

        own, note = self.study.folder / ".tandem.lock", self.study.folder / ".tandem.lock.holder"
        _refuse_links(self.study, self.database_file)
        lock = FileLock(own)
        try:
            with lock.acquire(timeout=0.2):
                note.write_text(command, "utf-8")
                self._holders.add(threading.get_ident())
                try:
                    yield
                finally:
                    self._holders.discard(threading.get_ident())
        except Timeout as error:
            holder = _named_in(note)
            where = ' ("tandem jobs list" says at what)' if holder == "worker" else ""
            raise Busy(
                f'"tandem {holder}" is at work on {self.study.folder}{where}. Wait until it has finished, then try again. '
                f"Nothing was changed."
            ) from error

    def _back_up(self, tables: str) -> None:
        from service.backup.before_upgrade import back_up_before_upgrade

        back_up_before_upgrade(self.study, self.database_url, self.settings, tables)

    def take_up(self, study: Study) -> None:
        """Go on with what study.yaml says once a command has changed it."""
        self.study = study

    def read_again(self) -> Parts:
        """The study as its files say by now, on the database that is open: for a process that lives long."""
        again = Parts(read_study(self.study.folder), self.settings)
        again.__dict__["store"] = self.store
        again._holders = self._holders
        return again

    def with_codebook(self, codebook: Codebook) -> Parts:
        """The study with this codebook, on the database that is open."""
        if codebook is self.__dict__.get("codebook"):
            return self
        again = Parts(self.study, self.settings)
        again.__dict__.update(store=self.store, codebook=codebook)
        again._holders = self._holders
        return again

    def _erase_returned(self, store: Store) -> None:
        """A backup may have brought back who withdrew, or words that were taken out.

        What the study's own database says of withdrawals is not carried into the state folder here: of a study that
        came from elsewhere it would be a stranger's word, and would erase people in this machine's other copies.
        """
        returned_people = returned(store, self.tombstones_folder)
        if returned_people.tombstones:
            # a command that holds the study already may be the one that opens the database
            with self.held_for("withdraw"):
                erase_returned(store, self.study, returned_people, forget=self.forget)
        from service.returned.returned_words import returned_words

        words = returned_words(store, self.forgettings_folder)
        if words:
            with self.held_for("withdraw"):
                self.erase_returned_words(store, words)

    def erase_returned_words(self, store: Store, words: Sequence[ReturnedWords]) -> None:
        """Take words out again that a backup brought back."""
        from service.returned.returned_words import erase_returned_words

        erase_returned_words(
            store, self.study, words, codebook=lambda: self.codebook, forget_texts=self.forget
        )

    def forget(self, texts: Sequence[str]) -> None:
        """Take these texts, their sentences and what was computed of them out of the embeddings."""
        from models.passage_parts import windows_of
        from models.segmenter import sentences_in

        if not texts or not self.study.embeddings_file.exists():
            return
        pipeline = self.segmentation.pipeline
        held = list(texts)
        for words in texts:
            sentences = sentences_in(words, pipeline)
            held += [span.of(words) for span in (*sentences, *windows_of(words, sentences))]
        self.cache.forget(held)
        self.cache.compact()

    def close(self) -> None:
        """Give back what was opened."""
        if "store" in self.__dict__:
            self.store.close()


def _refuse_links(study: Study, database: Path | None) -> None:
    """Tandem writes and deletes in these. Raises BadInput where one is a link, or a pipe, which would be waited for."""
    kept = [study.database_file, study.embeddings_file, study.tracking_file, study.models_folder]
    if database is not None and database.parent == study.folder:
        kept.append(database)
    names = (
        *(place.name for place in (*kept, study.runs_folder, study.precoding_folder)),
        ".tandem.lock",
        "receipts",
    )
    for entry in study.folder.iterdir():
        # the files that SQLite and the lock lay beside them too
        if not entry.name.startswith(names):
            continue
        if not entry.is_symlink() and not entry.is_file() and not entry.is_dir():
            raise BadInput(
                f"{entry} is a pipe, a device or a socket, and no file of a study. Delete it, and ask whoever gave you this "
                f"study why it is there."
            )
        if entry.is_symlink():
            raise BadInput(
                f"{entry} is a link, and Tandem would write and delete where it leads. Delete it, put the file or "
                f"folder itself there if it is yours, and ask whoever gave you this study why it is there."
            )


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


def open_restored(study: Study, settings: Settings) -> None:
    """Open a study that was restored just now: who withdrew is erased again, its tables are brought up to date, and no job
    counts as running.

    It needs no backup first: it has come out of one.
    """
    parts = Parts(study, settings)
    parts._before_upgrade = None
    try:
        with parts.store.writing() as connection:
            settle_restored(connection)
    finally:
        parts.close()
