"""A folder with an encoder, checked before anything of it is loaded: it may hold numbers and texts, and no program."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from annotations.errors import BadInput
from annotations.study.refused_yaml import refuse_tricks

# what sentence-transformers itself brings along; any other class would be code of somebody else
_KINDS = frozenset({"Transformer", "Pooling", "Normalize", "Dense", "LayerNorm", "Dropout"})
_OWN = "sentence_transformers."
# weights as pickle, which runs a program when it is read
_PICKLED = frozenset({".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt"})
_ACTIVATION = re.compile(r"torch\.nn\.modules\.(activation|linear)\.\w+")
_NAMES_CODE = ("auto_map", "custom_pipelines")
# parts that cannot be loaded without a configuration
_WITH_SETTINGS = frozenset({"Transformer", "Pooling", "Dense"})
_TOKENIZERS = frozenset({"tokenizer.json", "vocab.txt", "vocab.json"})
LARGEST_CONFIG = 5_000_000
# what says who wrote a folder, and not what its vectors are
_COSMETIC = frozenset(
    {
        "__version__",
        "_name_or_path",
        "name_or_path",
        "architectures",
        "dtype",
        "torch_dtype",
        "transformers_version",
    }
)
_CARD = re.compile(r"---\r?\n(.*?)\r?\n---", re.DOTALL)


def refuse_code(folder: Path) -> None:
    """Raises BadInput if the encoder needs code of its own, or weights that are read by running a program."""
    for part in _parts(folder):
        where = Path(str(part.get("path", "")))
        if where.is_absolute() or ".." in where.parts or ((folder / where).is_symlink() and where != Path()):
            raise _refused(folder, f"modules.json names {where}, outside the folder")
    for file in sorted(folder.rglob("*.py")):
        raise _refused(folder, f"{file.name} is a program")
    for kind in (str(part.get("type", "")) for part in _parts(folder)):
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


def refuse_incomplete(folder: Path) -> None:
    """Raises BadInput if a file is missing without which the encoder is not loaded, or its vectors mean nothing."""
    parts = _parts(folder)
    if not parts and any(folder.glob("[0-9]_*/config.json")):
        raise _not_whole(folder, "modules.json is missing, which says how its parts work together")
    width = None
    for part in parts or [{"type": "Transformer"}]:
        kind = str(part.get("type", "")).rpartition(".")[2]
        where = Path(str(part.get("path", ""))) / "config.json"
        if kind not in _WITH_SETTINGS:
            continue
        if not (folder / where).is_file():
            raise _not_whole(folder, f"{where} is missing")
        said = _keys(folder / where)
        if kind == "Transformer":
            width = _number(said.get("hidden_size", said.get("dim")))
        elif kind == "Pooling":
            taken = _number(said.get("embedding_dimension", said.get("word_embedding_dimension")))
            if width is not None and taken is not None and taken != width:
                raise _not_whole(
                    folder, f"{where} counts on {taken} numbers for each word, and config.json gives {width}"
                )
    if not any(file.name in _TOKENIZERS or file.suffix == ".model" for file in folder.rglob("*")):
        raise _not_whole(
            folder, "it holds no tokenizer (tokenizer.json, or a vocabulary), so it would know no word"
        )


def how_it_embeds(folder: Path) -> bytes:
    """What makes vectors of the same weights: which parts, how they pool, how long a text may be, how it is cut."""
    said: dict[str, Any] = {
        "parts": [str(part.get("type", "")).rpartition(".")[2] for part in _parts(folder)]
    }
    for at, part in enumerate(_parts(folder) or [{}]):
        where = folder / str(part.get("path", ""))
        for name in ("config.json", "sentence_bert_config.json", "tokenizer_config.json"):
            said[f"{at} {name}"] = _keys(where / name)
    said["prompts"] = _keys(folder / "config_sentence_transformers.json")
    plain = {
        name: {key: value for key, value in keys.items() if key not in _COSMETIC}
        if isinstance(keys, dict)
        else keys
        for name, keys in said.items()
    }
    return json.dumps(plain, sort_keys=True).encode()


def languages_of(folder: Path) -> frozenset[str] | None:
    """The languages that the model card (README.md) lists at its beginning; None where it lists none."""
    card = folder / "README.md"
    if not card.is_file() or card.stat().st_size > LARGEST_CONFIG:
        return None
    begins = _CARD.match(card.read_text("utf-8", errors="replace"))
    if begins is None:
        return None
    try:
        refuse_tricks(begins[1], card.name)
        said = yaml.safe_load(begins[1])
    except (yaml.YAMLError, ValueError, RecursionError, BadInput):
        return None  # it only describes the encoder
    listed = said.get("language") if isinstance(said, dict) else None
    names = listed if isinstance(listed, list) else [listed]
    # "no" is Norwegian, and to YAML it is the opposite of yes
    spelt = {"no" if name is False else str(name).casefold().split("-")[0] for name in names}
    return frozenset(name for name in spelt if re.fullmatch("[a-z]{2,3}", name)) or None


def dimensions_of(folder: Path) -> int | None:
    """The length of a vector as the folder's files say it, None where they do not."""
    size = None
    for part in _parts(folder) or [{"type": "Transformer"}, {"type": "Mean"}]:
        said = _keys(folder / str(part.get("path", "")) / "config.json")
        kind = str(part.get("type", "")).rpartition(".")[2]
        if kind == "Transformer":
            size = _number(said.get("hidden_size", said.get("dim")))
        elif kind == "Pooling":
            width = _number(said.get("embedding_dimension", said.get("word_embedding_dimension")))
            size = None if width is None else width * _ways_to_pool(said)
        elif kind == "Dense":
            size = _number(said.get("out_features"))
    return size


def _ways_to_pool(said: dict[str, Any]) -> int:
    """Several are put one after the other."""
    named = said.get("pooling_mode")
    if named is None:
        return max(1, sum(value is True for key, value in said.items() if key.startswith("pooling_mode_")))
    return 1 if isinstance(named, str) else max(1, len(named))


def _number(said: Any) -> int | None:
    return said if isinstance(said, int) and 0 < said < 100_000 else None


def _parts(folder: Path) -> list[dict[str, Any]]:
    """What modules.json lists; a thing that is no part is one of an unknown kind."""
    modules = _read(folder / "modules.json")
    return [
        module_plain if isinstance(module_plain, dict) else {}
        for module_plain in (modules if isinstance(modules, list) else ())
    ]


def _keys(file: Path) -> dict[str, Any]:
    plain = _read(file)
    return plain if isinstance(plain, dict) else {}


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


def _not_whole(folder: Path, why: str) -> BadInput:
    return BadInput(
        f'embedder.model "{folder}" is not loaded: {why}. Copy the whole folder of the model again, or leave the key out to '
        f"use the shipped one."
    )
