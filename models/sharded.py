"""Suggestions made in shards by workers elsewhere: what goes out, and how what comes back is taken in.

Each shard is taken in by small transactions, so that nobody who saves meanwhile waits for it. A run that is killed has
kept whole passages, and the next run asks only for those that are missing. The folder of a run holds participants'
words: it lies in the study's, for its owner alone, and goes with the run. What a killed run has left is erased by the
next one, by a training and by a withdrawal.
"""

from __future__ import annotations

import shutil
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from annotations.errors import TandemError
from annotations.lots import lots
from annotations.numbers_shown import counted
from annotations.progress import Progress
from models.embedding_cache import text_hash
from models.model_folder import erase_folder
from models.passage_parts import windows_of
from models.shard_worker import ShardRun, code_hash, shard_folder, write_run
from models.shards import DamagedShard, Known, make_folder, read_found, write_asked
from models.suggest_passages import AskedPassages
from models.suggester import Lot, SuggestingWork

SHARD = 1000  # passages: a worker holds a few megabytes of it, and little is done again after a kill
ROUND = 250  # shards that lie on the disk at once
TRIES = 2

# what a worker said of a shard, or None when nothing has come for a second
Answer = Mapping[str, Any] | None
# sends shards of the run in this folder to workers, and gives their answers as they come
Spread = Callable[[Path, Sequence[int]], Iterator[Answer]]


@dataclass(frozen=True)
class Sharded:
    """An engine that lets workers elsewhere do the work.

    ``folder``: where runs lie, within the study's; ``cluster``: holds the workers while it is entered; ``models``: the
    folder of models. ``tell``: hears a sentence where a shard had to be made again.
    """

    folder: Path
    models: Path
    cluster: Callable[[], AbstractContextManager[Spread]]
    tell: Callable[[str], None] = lambda _sentence: None

    def lots(self, work: SuggestingWork, progress: Progress) -> Generator[Lot, None, None]:
        """As ``models.suggester.Engine``. Raises TandemError where a worker cannot do its part; what was given is kept."""
        parts = list(lots(work.todo, SHARD))
        with self.cluster() as spread:
            run = self.folder / uuid4().hex
            try:
                self._begin(run, work)
                yield from self._rounds(work, parts, run, spread, progress)
            finally:
                with suppress(OSError):
                    shutil.rmtree(run)
                    self.folder.rmdir()

    def _begin(self, run: Path, work: SuggestingWork) -> None:
        erase_left(self.folder)
        make_folder(self.folder)
        make_folder(run)
        version = work.version
        made_by = made_by_of(work)
        plain = ShardRun(
            made_by,
            str(self.models),
            version.folder,
            work.segmentation.pipeline,
            work.source.model,
            work.source.device,
        )
        write_run(run, plain, work.reader.coded, version.codes)

    def _rounds(
        self,
        work: SuggestingWork,
        parts: Sequence[Sequence[int]],
        run: Path,
        spread: Spread,
        progress: Progress,
    ) -> Generator[Lot, None, None]:
        waiting, tried = deque(range(len(parts))), Counter[int]()
        done, total = 0, len(work.todo)
        while waiting:
            some = [waiting.popleft() for _ in range(min(ROUND, len(waiting)))]
            for number in some:
                if not tried[number]:
                    passages = work.passages(parts[number])
                    write_asked(shard_folder(run, number), passages, _known(work, passages))
                progress(done, total)  # raises where the run shall stop
            answered = set()
            for answer in spread(run, some):
                progress(done, total)
                if answer is None:
                    continue
                if answer.get("fault"):
                    raise TandemError(f"{answer['fault']} {_kept(done, total)}")
                number = int(answer["shard"])
                answered.add(number)
                try:
                    lot = _taken_in(work, parts[number], shard_folder(run, number), answer)
                except DamagedShard as error:
                    tried[number] += 1
                    if tried[number] == TRIES:
                        raise TandemError(f"{error} {_kept(done, total)}") from error
                    self.tell(f"{error} It is made again now.")
                    waiting.append(number)
                    continue
                yield lot
                done += len(lot.units)
                shutil.rmtree(shard_folder(run, number))
            if missing := len(set(some) - answered):
                raise TandemError(
                    f"{counted(missing, 'shard')} got no answer from any worker. {_kept(done, total)}"
                )


def made_by_of(work: SuggestingWork) -> dict[str, Any]:
    """Which model, encoder, segmentation and Tandem make a run's shards, each by its hash or version."""
    version = work.version
    return {
        "model": str(version.id),
        "model_version": version.version,
        "model_sha256": version.sha256,
        "recipe": version.recipe,
        "encoder": work.source.fingerprint,
        "segmentation": work.segmentation.version,
        "code": code_hash(),
    }


def erase_left(folder: Path) -> None:
    """Erase what a killed run has left, for whoever holds the study. Raises TandemError where it stays."""
    if folder.is_symlink() or folder.exists():
        erase_folder(folder)


def _known(work: SuggestingWork, passages: AskedPassages) -> Known:
    """What need not be made again: vectors of passages, questions and sentences, and where sentences lie."""
    pipeline = work.segmentation.pipeline
    texts = dict.fromkeys((*passages.texts, *(unit.question for unit in passages.units if unit.question)))
    vectors, sentences = work.cache.known(work.source, list(texts), pipeline)
    cut = [(text, its) for text in texts if len(its := sentences.get(text_hash(text), ())) > 1]
    within = dict.fromkeys(span.of(text) for text, its in cut for span in (*its, *windows_of(text, its)))
    if within:
        vectors |= work.cache.known(work.source, list(within), pipeline)[0]
    return Known(vectors, sentences)


def _taken_in(work: SuggestingWork, units: Sequence[int], shard: Path, answer: Mapping[str, Any]) -> Lot:
    corpus = work.corpus
    made_by = {**made_by_of(work), "shard": int(answer["shard"])}
    answered = read_found(
        shard, answer["sha256"], [corpus.ids[unit] for unit in units], work.version.codes, made_by
    )
    work.cache.take_in(work.source, answered.new.vectors, answered.new.sentences, work.segmentation.pipeline)
    vectors = work.cache.embed(work.source, [corpus.text(unit) for unit in units]).vectors
    return Lot(
        units,
        vectors,
        answered.probabilities,
        answered.rows,
        answered.embedded,
        len(units) - answered.embedded,
    )


def _kept(done: int, total: int) -> str:
    return f"{done:,} of {total:,} segments were kept; the same command goes on with the others."
