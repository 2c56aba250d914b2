"""A tuning that was killed goes on where it stopped, and comes to the same end as one that was not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
from made_for_run import made_for_run
from small_encoder import make_small_encoder

from annotations.errors import TandemError
from models.embedder import EmbedderSource
from models.kept_tunings import FOLDER, KeptTunings
from models.tune_encoder import TuningRecipe, tune_on
from models.tuned import Tuned
from models.tuned_passage import PassageInContext

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
    pytest.mark.slow,
]
RECIPE = TuningRecipe(rate=2e-4, top_rate=5e-3, passes=(3, 3))
PASSAGES = [
    PassageInContext(f"What it cost us {at}.") if at % 2 else PassageInContext(f"Who came to help {at}.")
    for at in range(40)
]
LABELS = np.array([[at % 2, 1 - at % 2] for at in range(40)], dtype=float)


class Tune(Protocol):
    """Tune an encoder on these passages; ``stop_at``: the step after which somebody kills it."""

    def __call__(
        self, kept: KeptTunings | None, *, stop_at: int = 0, recipe: TuningRecipe = RECIPE
    ) -> tuple[Tuned, list[int]]:
        """What it was tuned to, and the steps that were told."""


@pytest.fixture(scope="module")
def tune(folder_of_this_run: Path) -> Tune:
    """A small encoder: where a tuning goes on does not depend on its size."""
    encoder = made_for_run(folder_of_this_run / "small-encoder", make_small_encoder)
    source = EmbedderSource(str(encoder), device="cpu")

    def tuning(
        kept: KeptTunings | None, *, stop_at: int = 0, recipe: TuningRecipe = RECIPE
    ) -> tuple[Tuned, list[int]]:
        told: list[int] = []

        def progress(done: int, _total: int) -> None:
            told.append(done)
            if done == stop_at:
                raise KeyboardInterrupt

        weights = np.ones((40, 2))
        return tune_on(source, PASSAGES, LABELS, weights, recipe=recipe, kept=kept, progress=progress), told

    return tuning


@pytest.fixture(scope="module")
def uninterrupted(tune: Tune) -> Tuned:
    """Six steps in three passes, at one go."""
    return tune(None)[0]


def test_a_killed_tuning_goes_on_after_its_last_whole_pass(
    uninterrupted: Tuned, tune: Tune, tmp_path: Path
) -> None:
    """To the last digit the same end; the second time there is nothing left to do; then nothing is left of it."""
    kept = KeptTunings(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        tune(kept, stop_at=5)
    found, told = tune(kept)
    assert told == [5, 6]
    assert found.same_as(uninterrupted)
    again, told = tune(kept)
    assert told == []
    assert again.same_as(uninterrupted)
    assert [file.suffixes for file in (tmp_path / FOLDER).iterdir()] == [[".done", ".npz"]]
    kept.erase()
    assert list(tmp_path.iterdir()) == []
    kept.erase()


@pytest.mark.parametrize("damage", ["cut off", "other shapes", "not finite", "another recipe"])
def test_what_does_not_fit_is_begun_anew(
    uninterrupted: Tuned, tune: Tune, tmp_path: Path, damage: str
) -> None:
    """A damaged file, one of another encoder, and one of another recipe are not gone on with."""
    kept = KeptTunings(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        tune(kept, stop_at=3, recipe=replace(RECIPE, top_rate=1e-3) if damage == "another recipe" else RECIPE)
    (file,) = (tmp_path / FOLDER).iterdir()
    if damage == "cut off":
        file.write_bytes(file.read_bytes()[:-1000])
    elif damage != "another recipe":
        arrays = dict(np.load(file))
        weight = arrays["top/weight"]
        arrays["top/weight"] = weight[:, :3] if damage == "other shapes" else weight * np.nan
        np.savez(file, **arrays)
    found, told = tune(kept)
    assert told == [1, 2, 3, 4, 5, 6]
    assert found.same_as(uninterrupted)


def test_a_link_in_the_folder_s_place_is_not_followed(tmp_path: Path) -> None:
    """Neither written nor deleted is what it leads to."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").write_text("mine")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / FOLDER).symlink_to(tmp_path / "elsewhere")
    kept = KeptTunings(tmp_path / "models")
    with pytest.raises(TandemError, match="is a link"):
        kept.of("anything")
    with pytest.raises(TandemError, match="is a link"):
        kept.erase()
    assert (tmp_path / "elsewhere" / "kept").read_text() == "mine"
