"""What a worker does with a shard: reads it, embeds and classifies as any process does, writes what it found.

It gives counts back and nobody's words, in what it raises neither: a fault is a sentence of ours. Before it does anything
it looks whether it has the same Tandem, model and encoder as the process that asks.

A worker is told a run's folder and the number of a shard. All else it reads there: ``run.json`` (which model and
encoder), ``coded.npz`` (the coded passages that may be quoted, as vectors), and the shard's passages (``shards``).
"""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from annotations.arrays import Floats32
from annotations.disk_faults import disk_fault_of
from annotations.errors import TandemError, said_of
from annotations.transcript import Span
from models.arrays_file import read_arrays
from models.artifact import load
from models.embedder import Embedder, EmbedderSource
from models.embedding_cache import text_hash
from models.explain import Precedents
from models.long_runs import in_small_pieces
from models.model_folder import model_folder
from models.segmenter import sentences_in
from models.shards import Known, read_asked, write_found, write_private
from models.suggest_passages import QuotablePrecedents, Reader

RUN = "run.json"
CODED = "coded.npz"


@dataclass(frozen=True)
class ShardRun:
    """What all shards of a run have in common, as run.json says it.

    ``made_by``: which model, encoder, segmentation and Tandem, each by its hash; it goes into each shard's manifest.
    ``models``: the folder of models, at the same path on every machine.
    """

    made_by: Mapping[str, Any]
    models: str
    model: str
    pipeline: str
    embedder: str
    device: str | None


def write_run(folder: Path, run: ShardRun, coded: QuotablePrecedents, codes: Sequence[str]) -> None:
    """Put down what the workers of a run need besides their shards."""
    write_private(folder / RUN, json.dumps(vars(run)).encode())
    precedents = coded.precedents
    carried = precedents.carried.reshape(len(coded.segments), len(codes))
    with (folder / CODED).open("xb") as out:
        (folder / CODED).chmod(0o600)
        np.savez(
            out,
            allow_pickle=False,
            embeddings=precedents.embeddings,
            groups=precedents.groups.astype(str),
            carried=carried,
            segments=np.array([segment.hex for segment in coded.segments], dtype="U32"),
        )


def suggest_shard(run: Path, number: int) -> dict[str, Any]:
    """Suggest for one shard of the run in this folder.

    Returns ``shard``, ``embedded`` (passages, not their sentences), ``sha256`` (of what was written) and ``host``; or
    ``fault``, a sentence, where it could not be done.
    """
    host = socket.gethostname()
    try:
        said = _suggest(run, number)
    except Exception as error:  # noqa: BLE001
        # an exception that left here would stand in Ray's logs, with whatever it quotes
        of_disk = None if isinstance(error, TandemError) else disk_fault_of(error, run)
        return {"shard": number, "host": host, "fault": said_of(of_disk or error)}
    return {"shard": number, "host": host, **said}


def shard_folder(run: Path, number: int) -> Path:
    """Where a shard lies."""
    return run / f"{number:07}"


@cache
def code_hash() -> str:
    """16 hex digits over the code that suggests: another Tandem has others."""
    digest = hashlib.sha256()
    for name in ("annotations", "models"):
        top = Path(import_module(name).__path__[0])
        for file in sorted(top.rglob("*.py")):
            digest.update(file.relative_to(top).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


class _ShardSession:
    """A model as one worker process holds it for a run, with the encoder loaded when it is needed."""

    def __init__(self, folder: Path) -> None:
        file = folder / RUN
        if not file.is_file():
            raise TandemError(
                f"the machine {socket.gethostname()} does not find {folder}. Put the study into a folder that all machines "
                f"of the cluster share under the same path, then run the same command again."
            )
        self.run = ShardRun(**json.loads(file.read_text("utf-8")))
        made_by = self.run.made_by
        source = EmbedderSource(self.run.embedder, device=self.run.device)
        _refuse_other("Tandem", code_hash(), made_by["code"], "Install the same version of Tandem there")
        model_place = model_folder(Path(self.run.models), self.run.model)
        self.model = load(model_place, str(made_by["model_sha256"]), source)
        _refuse_other(
            "encoder", source.fingerprint, made_by["encoder"], "Put the same encoder there, at the same path"
        )
        self.source = source
        self.coded = _coded(folder / CODED)
        self._embedder: Embedder | None = None

    @property
    def embedder(self) -> Embedder:
        """Loaded once, and only where something is not known yet."""
        if self._embedder is None:
            self._embedder = self.source.load()
        return self._embedder


def _suggest(folder: Path, number: int) -> dict[str, Any]:
    session = _session(folder)
    shard = shard_folder(folder, number)
    passages, known = read_asked(shard)
    vectors, cut = dict(known.vectors), dict(known.sentences)

    def embed(texts: Sequence[str]) -> Floats32:
        keys = [text_hash(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in vectors}
        if new:
            made = session.embedder.embed(list(new.values()))
            vectors.update(zip(new, made, strict=True))
        dimensions = session.source.dimensions
        return np.stack([vectors[key] for key in keys]) if keys else np.zeros((0, dimensions), np.float32)

    def sentences(texts: Sequence[str]) -> Sequence[Sequence[Span]]:
        for text in texts:
            key = text_hash(text)
            if key not in cut:
                cut[key] = tuple(sentences_in(text, session.run.pipeline))
        return [cut[text_hash(text)] for text in texts]

    new_texts = sum(text_hash(text) not in vectors for text in passages.texts)
    own = embed(passages.texts)
    with in_small_pieces():
        _, rows = Reader(session.model, session.coded, embed, sentences).suggest(passages, own)
    new = Known(
        {key: its for key, its in vectors.items() if key not in known.vectors},
        {key: its for key, its in cut.items() if key not in known.sentences},
    )
    made_by = {**session.run.made_by, "shard": number, "embedded": new_texts}
    return {"embedded": new_texts, "sha256": write_found(shard, rows, new, made_by)}


@lru_cache(maxsize=1)
def _session(folder: Path) -> _ShardSession:
    """Kept while shards of one run come; a run's folder has a name of its own."""
    return _ShardSession(folder)


def _coded(file: Path) -> QuotablePrecedents:
    plain = read_arrays(file)
    groups = plain["groups"].astype(object)
    precedents = Precedents(plain["embeddings"], groups, plain["carried"])
    return QuotablePrecedents(precedents, [UUID(segment_id) for segment_id in plain["segments"].tolist()])


def _refuse_other(what: str, there: str, wanted: object, remedy: str) -> None:
    if there != wanted:
        raise TandemError(
            f"the machine {socket.gethostname()} has another {what} (its hash is {there}) than the one that was to be used "
            f"({wanted}), so nothing of it was kept. {remedy}, then run the same command again."
        )
