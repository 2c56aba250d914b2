"""MLflow takes numbers alone: a figure that comes with a sentence does not keep a run from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from study_to_train import GROUPS, import_rows, judges_of, what_is_said

from models.model_folder import model_folder
from service.composition import Parts
from service.serving.train_and_evaluate import train
from training.lineage import RUN, read_run
from training.mlflow_mirror import owed

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]


def test_a_study_in_which_every_judged_passage_is_coded_reaches_mlflow(
    trained_parts: Parts, tmp_path: Path
) -> None:
    """Kappa of "coded at all" is 0 then and says why; the run is delivered all the same."""
    snow = [
        (f"P-{at:02d}", "Ines", "People", 2 * turn + 1)
        for at in range(GROUPS)
        for turn, (_, topic) in enumerate(what_is_said(at))
        if topic == 2 and f"P-{at:02d}" in judges_of(trained_parts)
    ]
    import_rows(trained_parts, tmp_path, snow)
    trained = train(trained_parts)
    assert "never varies" in trained.figures["spotting"]["reason"]
    assert not owed(trained_parts.store)
    run = read_run(model_folder(trained_parts.study.models_folder, trained.model.folder))
    assert run is not None
    assert run.metrics["spotting_kappa"] == 0
    assert all(value is None or isinstance(value, float) for value in run.metrics.values())


def test_a_run_that_was_written_with_a_sentence_is_read(tmp_path: Path) -> None:
    """What an earlier Tandem left beside a model is delivered: its numbers, without the sentence."""
    metrics = {"kappa": 0.5, "groups": 4, "macro_ap": None, "spotting_reason": "nothing varies"}
    (tmp_path / RUN).write_text(json.dumps({"name": "v1", "params": {}, "metrics": metrics, "tags": {}}))
    run = read_run(tmp_path)
    assert run is not None
    assert run.metrics == {"kappa": 0.5, "groups": 4.0, "macro_ap": None}
