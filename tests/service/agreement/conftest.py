"""Studies whose reviews are made up in the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from agreement_asked import MakeParts
from made_up_study import MadeUp, fill

from service.composition import Parts, open_parts
from service.new_study import make_study


@pytest.fixture
def parts_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeParts]:
    """Makes a study of what is asked for."""
    for name in ("TANDEM_DATABASE", "MLFLOW_TRACKING_URI", "LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    opened = []

    def make(made: MadeUp) -> Parts:
        folder = tmp_path / "study"
        book = tmp_path / "book.csv"
        book.write_text("code\nAny\n", "utf-8")
        make_study(folder, codebook=str(book), config={"name": "Made up"})
        context = open_parts(folder)
        parts = context.__enter__()
        opened.append(context)
        fill(parts, made)
        return parts

    yield make
    for context in opened:
        context.__exit__(None, None, None)
