"""Shards: what comes back is what this process would have found; nothing is kept twice, half or from another model."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sharded_study import (
    PASSAGES,
    Words,
    a_store,
    a_study,
    assert_alike,
    forget_suggestions,
    in_shards,
    said_by,
    worker_here,
)

from annotations.codebook.codes import Codebook
from annotations.errors import TandemError
from annotations.progress import quiet
from models import shard_worker, sharded
from models.shard_worker import RUN, shard_folder, suggest_shard
from models.sharded import Answer, Spread
from models.shards import FOUND, MANIFEST, SUGGESTIONS
from models.suggester import Suggester


@pytest.fixture
def suggester(
    migrated_file: Path, codebook: Codebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Suggester]:
    """A study in shards of five passages, with a small encoder on every machine."""
    monkeypatch.setattr(sharded, "SHARD", 5)
    monkeypatch.setattr(sharded, "ROUND", 3)
    monkeypatch.setattr(shard_worker, "EmbedderSource", lambda *_, **__: Words())
    shard_worker._session.cache_clear()
    with a_store(migrated_file, tmp_path) as store:
        yield a_study(store, codebook, tmp_path, Words(), unknown=7)


def _altering(what: Sequence[int], alter: object) -> object:
    """A cluster of this process in which something happens to some answers before they are taken in."""
    left = list(what)

    @contextmanager
    def entered() -> Iterator[Spread]:
        def spread(run: Path, numbers: Sequence[int]) -> Iterator[Answer]:
            for number in numbers:
                answer: Answer = suggest_shard(run, number)
                if number in left:
                    left.remove(number)
                    answer = alter(run, number, answer)  # type: ignore[operator]
                yield answer

        yield spread

    return entered


@pytest.mark.slow
def test_shards_come_to_what_this_process_finds(suggester: Suggester, tmp_path: Path) -> None:
    """Probabilities, suggestions, evidence and sentences; what was embedded elsewhere is not embedded again here."""
    made = in_shards(suggester, worker_here).precode(wave="2", progress=quiet)
    in_all = said_by(suggester)
    assert (made.segments, made.embedded, made.from_cache) == (PASSAGES, 7, PASSAGES - 7)
    assert len(in_all) == PASSAGES
    assert made.with_evidence > 0
    assert any(its.sentences for its in in_all.values())
    forget_suggestions(suggester)
    again = suggester.precode(wave="2", progress=quiet)
    assert again.embedded == 0
    assert_alike(in_all, said_by(suggester))
    assert not (tmp_path / ".tandem-precoding").exists()


def test_words_lie_in_a_folder_of_the_owner_alone_and_go_with_the_run(suggester: Suggester) -> None:
    """Nobody else can look into a run's folder or its files, and what comes back holds no word."""
    seen = []

    def look(run: Path, number: int, answer: Answer) -> Answer:
        every = (run.parent, *run.parent.rglob("*"))
        seen.extend((one.name, one.stat().st_mode & 0o077) for one in every)
        back = shard_folder(run, number) / FOUND
        assert not any(b"money is gone" in file.read_bytes() for file in back.iterdir())
        return answer

    in_shards(suggester, _altering([0], look)).precode(wave="2", progress=quiet)
    assert SUGGESTIONS in {name for name, _ in seen}
    assert {mode for _, mode in seen} == {0}


def test_a_run_that_is_stopped_keeps_whole_shards_and_goes_on(suggester: Suggester, tmp_path: Path) -> None:
    """Cancelled after two shards: these count, the folder is gone, and the next run asks only for the others."""
    asked: list[int] = []

    def count(_run: Path, number: int, answer: Answer) -> Answer:
        asked.append(number)
        return answer

    def stop(done: int, _total: int) -> None:
        if done >= 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_shards(suggester, worker_here).precode(wave="2", progress=stop)
    assert len(said_by(suggester)) == 10
    assert not (tmp_path / ".tandem-precoding").exists()
    made = in_shards(suggester, _altering(range(9), count)).precode(wave="2", progress=quiet)
    assert (made.already, len(asked), len(said_by(suggester))) == (10, 3, PASSAGES)


def test_what_a_killed_run_left_is_erased_by_the_next(suggester: Suggester, tmp_path: Path) -> None:
    """Nothing of it is taken in: it may have been changed since."""
    left = tmp_path / ".tandem-precoding" / "old" / "0000000" / FOUND
    left.mkdir(parents=True)
    in_shards(suggester, worker_here).precode(wave="2", progress=quiet)
    assert not (tmp_path / ".tandem-precoding").exists()


def _damage(run: Path, number: int, answer: Answer) -> Answer:
    file = shard_folder(run, number) / FOUND / SUGGESTIONS
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    return answer


def test_a_damaged_shard_is_made_again(suggester: Suggester) -> None:
    """One flipped bit is found by the hash, said, and mended; damaged twice, the run ends with what it has kept."""
    told: list[str] = []
    in_shards(suggester, _altering([1], _damage), told).precode(wave="2", progress=quiet)
    assert len(said_by(suggester)) == PASSAGES
    assert len(told) == 1
    assert "shard 0000001 came back damaged" in told[0]
    forget_suggestions(suggester)
    with pytest.raises(TandemError, match=r"damaged.*of 24 segments were kept"):
        in_shards(suggester, _altering([1, 1], _damage)).precode(wave="2", progress=quiet)
    assert 0 < len(said_by(suggester)) < PASSAGES


def test_a_shard_of_another_model_is_not_taken_in(suggester: Suggester) -> None:
    """A manifest that names another model, or one that the worker did not speak of, is no manifest of this run."""

    def other(run: Path, number: int, answer: Answer) -> Answer:
        file = shard_folder(run, number) / FOUND / MANIFEST
        file.write_text(file.read_text("utf-8").replace('"v1"', '"v0"'), "utf-8")
        return answer

    with pytest.raises(TandemError, match=r"manifest\.json is not what was made"):
        in_shards(suggester, _altering([0, 0], other)).precode(wave="2", progress=quiet)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("code", "another Tandem"),
        ("encoder", "another encoder"),
        ("model_sha256", "not the one that was trained"),
    ],
)
def test_a_worker_with_another_version_is_refused_by_hash(
    suggester: Suggester, monkeypatch: pytest.MonkeyPatch, key: str, said: str
) -> None:
    """Its sentence names what differs; nothing of it is kept, and no folder stays."""
    wanted = sharded.made_by_of
    monkeypatch.setattr(sharded, "made_by_of", lambda work: {**wanted(work), key: "0123"})
    with pytest.raises(TandemError, match=rf"{said}.*0 of 24 segments were kept"):
        in_shards(suggester, worker_here).precode(wave="2", progress=quiet)
    assert said_by(suggester) == {}


def test_a_worker_that_does_not_share_the_folder_says_so(tmp_path: Path) -> None:
    """It names the folder and what to do."""
    answer = suggest_shard(tmp_path / "nowhere", 0)
    assert "does not find" in answer["fault"]
    assert "share under the same path" in answer["fault"]


def test_an_unforeseen_fault_quotes_no_words(suggester: Suggester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its kind and place are said, not its message."""

    def fail(*_: object) -> None:
        raise ValueError("the money is gone")

    monkeypatch.setattr(shard_worker, "read_asked", fail)
    with pytest.raises(TandemError, match="unforeseen fault: ValueError") as found:
        in_shards(suggester, worker_here).precode(wave="2", progress=quiet)
    assert "money" not in str(found.value)


def test_a_full_disk_on_a_worker_is_a_sentence(suggester: Suggester) -> None:
    """Files may not grow on it: it is said by its name, and what was done stays done."""

    @contextmanager
    def entered() -> Iterator[Spread]:
        def spread(run: Path, numbers: Sequence[int]) -> Iterator[Answer]:
            for number in numbers:
                before = resource.getrlimit(resource.RLIMIT_FSIZE)
                if number == 2:
                    resource.setrlimit(resource.RLIMIT_FSIZE, (300, before[1]))
                try:
                    answer = suggest_shard(run, number)
                finally:
                    resource.setrlimit(resource.RLIMIT_FSIZE, before)
                yield answer

        yield spread

    with pytest.raises(TandemError, match=r"may not grow further.*10 of 24 segments were kept"):
        in_shards(suggester, entered).precode(wave="2", progress=quiet)
    assert len(said_by(suggester)) == 10


def test_shards_without_an_answer_are_said(suggester: Suggester) -> None:
    """A cluster that forgets some of them is none that may end in silence."""

    @contextmanager
    def entered() -> Iterator[Spread]:
        yield lambda run, numbers: (suggest_shard(run, one) for one in numbers[:-1])

    with pytest.raises(TandemError, match="1 shard got no answer"):
        in_shards(suggester, entered).precode(wave="2", progress=quiet)


def test_a_run_says_who_makes_its_shards(suggester: Suggester) -> None:
    """run.json and each manifest hold hashes of model, encoder and code, the recipe and the segments' ids."""
    seen = []

    def look(run: Path, number: int, answer: Answer) -> Answer:
        seen.append(json.loads((run / RUN).read_text("utf-8"))["made_by"])
        seen.append(json.loads((shard_folder(run, number) / FOUND / MANIFEST).read_text("utf-8")))
        return answer

    in_shards(suggester, _altering([0], look)).precode(wave="2", progress=quiet)
    common, manifest = seen
    assert common.items() <= manifest.items()
    assert {"model", "model_sha256", "recipe", "encoder", "segmentation", "code"} <= common.keys()
    assert len(manifest["segments"]) == 5


def test_a_run_that_cannot_even_begin_leaves_nothing(
    suggester: Suggester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full as its folder is made: half of what is for workers alone lies there no longer."""

    def full(run: Path, *_: object) -> None:
        (run / RUN).write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sharded, "write_run", full)
    with pytest.raises(OSError, match="No space left"):
        in_shards(suggester, worker_here).precode(wave="2", progress=quiet)
    assert not (tmp_path / ".tandem-precoding").exists()
