"""What takes hours on two cores, learnt on a machine with a graphics processor and brought back.

    python benchmarks/elsewhere.py pack FOLDER          here: the public sets and the encoder, some 45 MB
    python benchmarks/elsewhere.py learn FOLDER OUT     there: needs PyTorch, sentence-transformers and scikit-learn
    python benchmarks/elsewhere.py take OUT             here: SetFit into the ruler's runs, figures of fine-tuning printed

SetFit learns with 200 and 1,000 labelled segments, three draws each. The encoder is fine-tuned whole on all segments,
without each fold and without pairs of folds, so that calibration and thresholds are nested as Tandem's are. The
encoder travels in 16 bits, which moves its vectors by less than a thousandth, and learns in 32.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruler.fine_tune import Recipe, fine_tuned
from ruler.setfit import setfit_scores

from annotations.arrays import Bools
from models.tuned_passage import PassageInContext
from training.folds import folds_of

Rows = NDArray[np.intp]

ROOT = Path(__file__).parents[1]
SETFIT_SIZES = ("1000", "200")
DRAWS = 3
RECIPES: Mapping[str, tuple[str, Recipe]] = {
    "AnnoMI, three turns": ("AnnoMI", Recipe(turns=3, epochs=4)),
    "NHS, question": ("NHS", Recipe(turns=3, epochs=8)),
    "AnnoMI, own words": ("AnnoMI", Recipe(turns=0, epochs=4)),
    "AnnoMI, three turns, longer": ("AnnoMI", Recipe(turns=3, epochs=8)),
    "NHS, question, longer": ("NHS", Recipe(turns=3, epochs=16, rate=1e-4)),
    "AnnoMI, one turn": ("AnnoMI", Recipe(turns=1, epochs=4)),
    "AnnoMI, three turns, again": ("AnnoMI", Recipe(turns=3, epochs=4, seed=1)),
    "NHS, question, shorter": ("NHS", Recipe(turns=3, epochs=6, rate=1e-4)),
    "AnnoMI, three turns, faster": ("AnnoMI", Recipe(turns=3, epochs=3, rate=1e-4)),
}
SMALLER = {"AnnoMI": "AnnoMI, three turns", "NHS": "NHS, question"}  # these with 1,000 labelled too
PAIRS = ((0, 1), (1, 2), (2, 3), (3, 4), (0, 4))  # the ring of training/cross_validation.py


@dataclass(frozen=True)
class _Task:
    """SetFit on a draw (``what`` is its size), or a fine-tuning (``what`` its name) without some folds."""

    data: str
    what: str
    folds: tuple[int, ...]

    @property
    def name(self) -> str:
        return f"{self.data}|{self.what}|{'-'.join(map(str, self.folds))}"


@dataclass(frozen=True)
class _Packed:
    """A set as it travels."""

    passages: tuple[PassageInContext, ...]
    said: tuple[str, ...]
    questions: tuple[str, ...]
    dialogue: tuple[bool, ...]
    groups: tuple[str, ...]
    labels: Bools
    folds: NDArray[np.intp]
    draws: Mapping[str, list[list[int]]]


def _tasks(only: list[str] | None) -> Iterator[_Task]:
    sets = ("NHS", "AnnoMI", "TalkMoves")
    if only is None:
        yield from (
            _Task(data, size, (draw,)) for size in SETFIT_SIZES for draw in range(DRAWS) for data in sets
        )
    for name, (data, _) in RECIPES.items():
        if only is None or name in only:
            yield from (_Task(data, name, folds) for folds in (*PAIRS, *((fold,) for fold in range(5))))
    for data, name in SMALLER.items():
        if only is None or "smaller" in only:
            yield from (
                _Task(data, f"{name}|1000", (draw, inner)) for draw in range(DRAWS) for inner in range(4)
            )


def _pack(folder: Path, data: Path, embeddings: Path) -> None:
    from ruler.runs import Run, rows_of
    from ruler.sets import read_set
    from safetensors.numpy import load_file, save_file

    from models.embedder import EmbedderSource
    from models.embedding_cache import EmbeddingCache

    folder.mkdir(parents=True)
    own = EmbedderSource().folder
    (folder / "encoder").mkdir()
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(own / name, folder / "encoder" / name)
    weights = {name: its.astype(np.float16) for name, its in load_file(own / "model.safetensors").items()}
    save_file(weights, folder / "encoder" / "model.safetensors", metadata={"format": "pt"})
    cache = EmbeddingCache(embeddings)
    for name in ("NHS", "AnnoMI", "TalkMoves"):
        its = read_set(name, data, cache)
        draws = {
            size: [rows_of(its, Run(name, "SetFit", size, fold))[0].tolist() for fold in range(DRAWS)]
            for size in SETFIT_SIZES
        }
        content = {
            "texts": [unit.text for unit in its.units],
            "speakers": [unit.speaker for unit in its.units],
            "questions": [unit.question for unit in its.units],
            "dialogue": [unit.dialogue for unit in its.units],
            "groups": list(its.groups),
            "labels": [np.flatnonzero(row).tolist() for row in its.labels],
            "codes": len(its.codes),
            "folds": its.folds.tolist(),
            "draws": draws,
        }
        with gzip.open(folder / f"{name}.json.gz", "wt", encoding="utf-8") as file:
            json.dump(content, file)


def _read(folder: Path, name: str) -> _Packed:
    with gzip.open(folder / f"{name}.json.gz", "rt", encoding="utf-8") as file:
        its: dict[str, Any] = json.load(file)
    labels = np.zeros((len(its["texts"]), its["codes"]), dtype=bool)
    for row, codes in enumerate(its["labels"]):
        labels[row, codes] = True
    said = [f"{who}: {text}" for who, text in zip(its["speakers"], its["texts"], strict=True)]
    return _Packed(
        tuple(PassageInContext(text) for text in its["texts"]),
        tuple(said),
        tuple(its["questions"]),
        tuple(its["dialogue"]),
        tuple(its["groups"]),
        labels,
        np.array(its["folds"], dtype=np.intp),
        its["draws"],
    )


def _with_surroundings(its: _Packed, turns: int) -> list[PassageInContext]:
    """Each segment with its speaker, the turns before it and the one after it; a comment with its question."""
    found = []
    for at, text in enumerate(its.said):
        if not its.dialogue[at]:
            found.append(PassageInContext(text, its.questions[at]))
            continue
        near = [row for row in range(max(at - turns, 0), at) if its.groups[row] == its.groups[at]]
        following = at + 1 < len(its.said) and its.groups[at + 1] == its.groups[at]
        found.append(
            PassageInContext(
                text, " ".join(its.said[row] for row in near), its.said[at + 1] if following else ""
            )
        )
    return found


def _learn_one(folder: Path, task: _Task, device: str, deadline: float) -> tuple[_Task, Any, float]:
    import torch

    if time.time() > deadline:
        return task, None, 0.0
    torch.set_num_threads(2)
    torch.set_float32_matmul_precision("high")
    its = _read(folder, task.data)
    begin = time.perf_counter()
    out = np.isin(its.folds, task.folds)
    if task.what in SETFIT_SIZES:
        train = np.array(its.draws[task.what][task.folds[0]], dtype=np.intp)
        texts = [passage.text for passage in its.passages]
        found = setfit_scores(folder / "encoder", texts, its.labels, train, np.flatnonzero(out), device)
    else:
        name, _, size = task.what.partition("|")
        recipe = RECIPES[name][1]
        if size:
            recipe = replace(recipe, epochs=recipe.epochs * 3)
        train, test = _smaller(its, size, task.folds) if size else (np.flatnonzero(~out), np.flatnonzero(out))
        passages = _with_surroundings(its, recipe.turns) if recipe.turns else its.passages
        found = fine_tuned(
            folder / "encoder",
            passages,
            its.labels,
            train,
            test,
            recipe,
            device,
        )
    return task, found.astype(np.float32), time.perf_counter() - begin


def _smaller(its: _Packed, size: str, draw_and_inner: tuple[int, ...]) -> tuple[Rows, Rows]:
    """Training and test rows of a draw: all of it, tested on its fold; or without one of three inner folds."""
    draw, inner = draw_and_inner
    drawn = np.array(its.draws[size][draw], dtype=np.intp)
    if inner == 3:
        return drawn, np.flatnonzero(its.folds == draw)
    fold = folds_of([its.groups[row] for row in drawn], its.labels[drawn].astype(float), folds=3)
    return drawn[fold != inner], drawn[fold == inner]


def _learn(
    folder: Path, out: Path, device: str, workers: int, seconds: float, only: list[str] | None
) -> None:
    begin = time.time()
    kept: dict[str, NDArray[Any]] = {}
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        tasks = list(_tasks(only))
        running = [pool.submit(_learn_one, folder, task, device, begin + seconds) for task in tasks]
        for done in as_completed(running):
            try:
                task, found, took = done.result()
            except Exception as error:  # noqa: BLE001 - the others are worth bringing back
                print(f"failed: {error!r}", flush=True)
                continue
            if found is None:
                print(f"{task.name}: no time left", flush=True)
                continue
            kept[task.name] = found
            kept[f"{task.name}|seconds"] = np.array(took)
            part = out.with_suffix(".part.npz")
            np.savez_compressed(part, **kept)
            part.replace(out)
            print(f"{time.time() - begin:.0f} s: {task.name} took {took:.1f} s", flush=True)


def main() -> None:
    """Pack, learn or take."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("step", choices=("pack", "learn", "take"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=3600, help="nothing is begun after this")
    parser.add_argument("--only", action="append", help='a fine-tuning by its name, or "smaller"')
    parser.add_argument("--results", type=Path, default=ROOT / "results" / "quality")
    parser.add_argument("--embeddings", type=Path, default=ROOT / "results" / "embeddings.db")
    asked = parser.parse_args()
    data = ROOT.parent / "shared" / "data"
    if asked.step == "pack":
        _pack(asked.folder, data, asked.embeddings)
    elif asked.step == "learn":
        _learn(asked.folder, asked.out, asked.device, asked.workers, asked.seconds, asked.only)
    else:
        from ruler.taken import take

        take(asked.folder, data, asked.results, asked.embeddings)


if __name__ == "__main__":
    main()
