"""Modules and settings that a stranger could put into a study's folder; each module that runs leaves a mark."""

from __future__ import annotations

import sys
from importlib.metadata import packages_distributions
from pathlib import Path

MARK = "ran.txt"
_CODE = "with open({mark!r}, 'a') as out:\n    out.write(__file__ + '\\n')\n"  # imports nothing: that may be planted too
_SETTINGS = {
    "alembic.ini": "[alembic]\nscript_location = .\nprepend_sys_path = .\n",
    "pyproject.toml": "[tool.alembic]\nscript_location = '.'\nprepend_sys_path = ['.']\n",
    ".env": "MLFLOW_TRACKING_URI=http://127.0.0.1:9\nDJANGO_SETTINGS_MODULE=manage\nHF_ENDPOINT=http://127.0.0.1:9\n",
    "matplotlibrc": "backend: module://manage\nlines.linewidth: 77\n",
    "pip.conf": "[global]\nindex-url = http://127.0.0.1:9\n",
    "pyvenv.cfg": "home = .\n",
    "MLproject": "name: planted\n",
}


def plant(folder: Path) -> None:
    """Put a module of every name there that could be imported, and settings that libraries look for."""
    names = {name for name in packages_distributions() if name.isidentifier()} | set(sys.stdlib_module_names)
    names |= {"annotations", "models", "training", "service", "sitecustomize", "usercustomize", "manage"}
    names |= {"settings", "conftest", "label_studio", "core", "env"}
    code = _CODE.format(mark=str(folder / MARK))
    for name in names:
        (folder / f"{name}.py").write_text(code, "utf-8")
    for name, text in _SETTINGS.items():
        (folder / name).write_text(text, "utf-8")


def ran(folder: Path) -> list[str]:
    """The planted modules that have run."""
    file = folder / MARK
    return file.read_text("utf-8").splitlines() if file.exists() else []
