"""The packages that are imported are this repository's own, and their names say one thing each."""

from __future__ import annotations

import ast
import symtable
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from builders import REPOSITORY


@pytest.mark.parametrize("name", ["annotations", "models", "training", "service"])
def test_a_package_is_the_repositorys_own(name: str) -> None:
    """A folder of the same name elsewhere is never taken for it."""
    file = import_module(name).__file__
    assert file is not None
    assert Path(file).parent == REPOSITORY / name


def test_help_loads_nothing_heavy() -> None:
    """Asking for help imports neither the encoder's libraries nor the database's."""
    import subprocess

    code = (
        "import sys; from service.cli.main import add_commands; add_commands(); "
        "heavy = {'torch', 'sklearn', 'mlflow', 'spacy', 'sqlalchemy', 'pandas', 'numpy'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _parsed() -> Iterator[tuple[Path, ast.Module]]:
    for package in ("annotations", "models", "training", "service"):
        for file in sorted((REPOSITORY / package).rglob("*.py")):
            yield file.relative_to(REPOSITORY), ast.parse(file.read_text("utf-8"))


@pytest.mark.slow
def test_no_two_classes_have_the_same_name() -> None:
    """A name says what the class holds, and whoever searches for it finds one; private ones count too."""
    places: dict[str, list[str]] = {}
    for file, module in _parsed():
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name.lstrip("_"), []).append(f"{file}:{node.lineno}")
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def _local_names(table: symtable.SymbolTable) -> Iterator[tuple[str, str]]:
    if table.get_type() != "class":
        yield from (
            (symbol.get_name(), table.get_name()) for symbol in table.get_symbols() if symbol.is_assigned()
        )
        yield from (
            (symbol.get_name(), table.get_name()) for symbol in table.get_symbols() if symbol.is_parameter()
        )
    for inner in table.get_children():
        yield from _local_names(inner)


@pytest.mark.slow
def test_a_variable_says_what_it_holds() -> None:
    """None is called "one" or "found", which a reader has to carry along to know what it is."""
    nameless = [
        f"{file}: {name} in {where}"
        for file, _ in _parsed()
        for name, where in _local_names(
            symtable.symtable((REPOSITORY / file).read_text("utf-8"), str(file), "exec")
        )
        if name in ("one", "found")
    ]
    assert nameless == []


# tables, and the keys of study.yaml
DECLARATIONS = {"annotations/store/tables.py", "annotations/study/config.py"}
MOST_LINES = 350


def test_a_module_is_read_in_one_sitting() -> None:
    """Tests and benchmarks too."""
    rooms = ("annotations", "models", "training", "service", "tests", "benchmarks")
    files = [file for room in rooms for file in (REPOSITORY / room).rglob("*.py")]
    assert len(files) > 500
    long = {
        file.relative_to(REPOSITORY).as_posix(): lines
        for file in files
        if (lines := file.read_bytes().count(b"\n")) > MOST_LINES
    }
    assert {name: lines for name, lines in long.items() if name not in DECLARATIONS} == {}
