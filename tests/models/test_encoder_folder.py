"""An encoder's folder may come from a stranger: it runs nothing."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from annotations.errors import BadInput
from models.embedder import EmbedderSource
from models.encoder_folder import refuse_code, refuse_incomplete


class _Runs:
    """What a pickle can do: it makes a file when it is read."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.file,)


def _with_class(folder: Path, mark: Path) -> None:
    code = f"from pathlib import Path\nPath({str(mark)!r}).touch()\nclass Evil: pass\n"
    (folder / "modeling_evil.py").write_text(code, "utf-8")
    _first_module(folder, "modeling_evil.Evil")


def _with_installed_class(folder: Path, _mark: Path) -> None:
    _first_module(folder, "subprocess.Popen")


def _with_hidden_class(folder: Path, _mark: Path) -> None:
    _first_module(folder, "sentence_transformers.util.misc.import_from_string")


def _with_auto_map(folder: Path, mark: Path) -> None:
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config |= {
        "model_type": "evil",
        "auto_map": {"AutoConfig": "somewhere--evil.Config", "AutoModel": "evil.Model"},
    }
    (folder / "config.json").write_text(json.dumps(config), "utf-8")


def _with_pickle(folder: Path, mark: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(_Runs(mark)))


def _with_activation(folder: Path, _mark: Path) -> None:
    dense = folder / "3_Dense"
    dense.mkdir()
    (dense / "config.json").write_text(json.dumps({"activation_function": "torch.hub.load"}), "utf-8")


def _with_long_config(folder: Path, _mark: Path) -> None:
    (folder / "config.json").write_text(" " * 5_000_001, "utf-8")


def _first_module(folder: Path, kind: str) -> None:
    modules = json.loads((folder / "modules.json").read_text("utf-8"))
    modules[0]["type"] = kind
    (folder / "modules.json").write_text(json.dumps(modules), "utf-8")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_with_class, "is a program"),
        (_with_installed_class, "subprocess.Popen"),
        (_with_hidden_class, "import_from_string"),
        (_with_auto_map, "auto_map"),
        (_with_pickle, "pickle"),
        (_with_activation, "torch.hub.load"),
        (_with_long_config, "cannot be read"),
    ],
)
def test_an_encoder_that_would_run_something_is_refused(
    tmp_path: Path, change: Callable[[Path, Path], None], said: str
) -> None:
    """Code of its own, parts of other libraries, weights as pickle: a sentence, and nothing has run."""
    folder, mark = tmp_path / "model", tmp_path / "ran"
    shutil.copytree(EmbedderSource().folder, folder)
    change(folder, mark)
    with pytest.raises(BadInput, match=said):
        EmbedderSource(str(folder), device="cpu").load()
    assert not mark.exists()


def test_the_shipped_encoder_is_taken() -> None:
    """The check refuses nothing that Tandem brings along."""
    refuse_code(EmbedderSource().folder)


@pytest.mark.slow
def test_weights_in_both_forms_are_taken(tmp_path: Path) -> None:
    """Many models come with a pickle beside their safetensors; only the latter are read."""
    folder = tmp_path / "model"
    shutil.copytree(EmbedderSource().folder, folder)
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(_Runs(tmp_path / "ran")))
    assert EmbedderSource(str(folder), device="cpu").load().dimensions == 384
    assert not (tmp_path / "ran").exists()


def test_a_name_is_not_taken_for_a_folder_where_somebody_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of the model's name in the current folder is not the model."""
    shutil.copytree(EmbedderSource().folder, tmp_path / "some" / "model")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(BadInput, match="not on this machine"):
        _ = EmbedderSource("some/model").folder


@pytest.mark.parametrize(
    ("gone", "why"),
    [
        (("config.json",), r"not loaded: config\.json is missing"),
        (("modules.json",), r"modules\.json is missing"),
        (("1_Pooling/config.json",), r"1_Pooling/config\.json is missing"),
        (("tokenizer.json", "vocab.txt"), "holds no tokenizer"),
    ],
)
def test_a_folder_that_was_copied_in_part_is_refused(gone: tuple[str, ...], why: str, tmp_path: Path) -> None:
    """Without a tokenizer it would have been loaded all the same, and known no word."""
    folder = tmp_path / "model"
    shutil.copytree(EmbedderSource().folder, folder)
    refuse_incomplete(folder)
    for name in gone:
        (folder / name).unlink()
    with pytest.raises(BadInput, match=why):
        EmbedderSource(str(folder)).load()


def test_parts_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    """The pooling counts on another width than the transformer has."""
    folder = tmp_path / "model"
    shutil.copytree(EmbedderSource().folder, folder)
    pooling = folder / "1_Pooling" / "config.json"
    pooling.write_text(pooling.read_text("utf-8").replace("384", "768"), "utf-8")
    with pytest.raises(BadInput, match=r"counts on 768 numbers for each word, and config\.json gives 384"):
        EmbedderSource(str(folder)).load()
