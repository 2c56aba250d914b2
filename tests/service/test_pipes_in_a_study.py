"""A pipe among the files of a study would be waited for without end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from coded_study import make_coded_study, opened

from annotations.errors import BadInput
from models.model_folder import Linked, model_folder


@pytest.mark.parametrize("where", ["model.npz", "below/deep"])
def test_a_pipe_is_named_and_not_read(tmp_path: Path, where: str) -> None:
    """Whoever deletes it mends the model's folder."""
    place = tmp_path / "models" / "one" / where
    place.parent.mkdir(parents=True)
    os.mkfifo(place)
    with pytest.raises(Linked, match="pipe") as caught:
        model_folder(tmp_path / "models", "one")
    assert str(place) in str(caught.value)


@pytest.mark.parametrize("name", ["receipts", ".tandem.lock.holder", "mlruns"])
def test_a_pipe_in_the_study_is_refused(tmp_path: Path, name: str) -> None:
    """Before anything waits for it."""
    study = make_coded_study(tmp_path, names=("JKG-01",), coded=False)
    (study / name).unlink(missing_ok=True)
    os.mkfifo(study / name)
    parts = opened(study, tmp_path / "state")
    with pytest.raises(BadInput, match="pipe"), parts.alone("status"):
        pass
    parts.close()
