"""A folder with an encoder, checked before anything of it is loaded: it may hold numbers and texts, and no program."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotations.errors import BadInput

# what sentence-transformers itself brings along; any other class would be code of somebody else
_KINDS = frozenset({"Transformer", "Pooling", "Normalize", "Dense", "LayerNorm", "Dropout"})
_OWN = "sentence_transformers."
# weights as pickle, which runs a program when it is read
_PICKLED = frozenset({".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt"})
_ACTIVATION = re.compile(r"torch\.nn\.modules\.(activation|linear)\.\w+")
_NAMES_CODE = ("auto_map", "custom_pipelines")
LARGEST_CONFIG = 5_000_000


def refuse_code(folder: Path) -> None:
    """Raises BadInput if the encoder needs code of its own, or weights that are read by running a program."""
    for file in sorted(folder.rglob("*.py")):
        raise _refused(folder, f"{file.name} is a program")
    for kind in _kinds(folder):
        if not (kind.startswith(_OWN) and kind.rpartition(".")[2] in _KINDS):
            raise _refused(
                folder, f"modules.json names the part {kind}, which is not sentence-transformers' own"
            )
    for file in sorted(folder.rglob("*config.json")):
        said = _keys(file)
        named = [key for key in _NAMES_CODE if key in said]
        if named:
            raise _refused(folder, f'{file.name} names code of its own ("{named[0]}")')
        activation = str(said.get("activation_function", ""))
        if "." in activation and not _ACTIVATION.fullmatch(activation):
            raise _refused(
                folder, f"{file.name} names {activation}, which is no activation function of PyTorch's"
            )
    for file in sorted(folder.rglob("*")):
        if file.suffix in _PICKLED and not any(file.parent.glob("*.safetensors")):
            raise _refused(folder, f"{file.name} holds weights as pickle, which can run a program")


def _kinds(folder: Path) -> Iterator[str]:
    modules = _read(folder / "modules.json")
    for one in modules if isinstance(modules, list) else ():
        yield str(one.get("type", "")) if isinstance(one, dict) else ""


def _keys(file: Path) -> dict[str, Any]:
    found = _read(file)
    return found if isinstance(found, dict) else {}


def _read(file: Path) -> Any:
    if not file.is_file():
        return None
    try:
        if file.stat().st_size > LARGEST_CONFIG:
            raise ValueError("too long")
        return json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _refused(file.parent, f"{file.name} cannot be read") from error


def _refused(folder: Path, why: str) -> BadInput:
    return BadInput(
        f'embedder.model "{folder}" is not loaded: {why}. Give the folder of a sentence-transformers model whose weights '
        f"are *.safetensors and that needs no code of its own, or leave the key out to use the shipped one."
    )
