"""A model can be traced and made again: from suggestion to reviews and back, and in MLflow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from study_to_train import GROUPS, more_interviews, turn_round, versions

from annotations.errors import BadInput
from annotations.store.transcripts import all_transcripts
from service.composition import Parts
from service.looking.trace import trace_review, trace_suggestion
from service.serving.precode import precode
from service.serving.train_and_evaluate import reproduce, train

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]


def test_a_run_is_made_again_to_the_last_digit(trained_parts: Parts, tmp_path: Path) -> None:
    """Also when reviews have come, been superseded and groups been joined since; not when reviews were erased."""
    (first,) = versions(trained_parts)
    assert reproduce(trained_parts, str(first.run_id)).identical
    more_interviews(trained_parts, tmp_path, 20, 4)
    with trained_parts.store.reading() as connection:
        names = {one.transcript.name for one in all_transcripts(connection)}
    turn_round(trained_parts, names)
    book = trained_parts.study.codebook_file
    book.write_text(book.read_text("utf-8").replace("Who does it", "Whoever does it"), "utf-8")
    del trained_parts.__dict__["codebook"]
    train(trained_parts)
    found = reproduce(trained_parts, str(first.run_id)[:12])
    assert (found.differs, found.notes) == ((), ())
    with pytest.raises(BadInput, match="v1"):
        reproduce(trained_parts, "v11")


def test_a_suggestion_is_traced_to_what_it_rests_on_and_back(trained_parts: Parts) -> None:
    """From a suggestion to model, run, reviews and codebook; from one of these reviews back to the model."""
    (trained,) = versions(trained_parts)
    precode(trained_parts)
    found = trace_suggestion(trained_parts, "p-03:2:money", version=None)
    assert found.suggestion.code_id == "money"
    assert found.model.run_id == trained.run_id
    assert found.model.reviews_hash == trained.reviews_hash
    assert found.codebook.version == trained_parts.codebook.version
    assert found.reviews.learnt + found.reviews.judged_by == GROUPS * 12
    assert found.reviews.judged_by == 3 * 12
    by_segment = trace_suggestion(trained_parts, f"{found.suggestion.segment}:Money", version="v1")
    assert by_segment.suggestion == found.suggestion
    back = trace_review(trained_parts, found.reviews.ids[0])
    assert [one.version for one in back.versions] == ["v1"]
    for name, said in (
        ("P-03:2", "TRANSCRIPT:TURN:CODE"),
        ("P-03:0:Money", "turns count from 1, as in Label Studio"),
        ("P-03:77:Money", "no segment in turn 77"),
        ("P-99:2:Money", "P-9"),
        ("P-03:2:Mony", "Money"),
    ):
        with pytest.raises(BadInput, match=said):
            trace_suggestion(trained_parts, name, version=None)


def test_a_run_in_mlflow_tells_everything_and_no_text(parts: Parts) -> None:
    """Parameters, metrics per code, pictures, snapshot, libraries and parent are there; nobody's words and names are not."""
    from mlflow.tracking import MlflowClient

    train(parts)
    train(parts, force=True)
    first, second = versions(parts)
    uri = f"sqlite:///{parts.study.tracking_file}"
    client = MlflowClient(uri, uri)
    run = client.get_run(str(second.run_id))
    assert run.data.params["library/scikit-learn"]
    assert run.data.params["measured_on"] == "judge set"
    assert run.data.tags["parent_run_id"] == first.run_id
    assert run.data.tags["verdict"] == "not worse"
    assert {"micro_f1", "f1/money", "average_precision/people"} <= run.data.metrics.keys()
    files = {Path(file.path).name for file in client.list_artifacts(str(second.run_id), "model")}
    assert {"snapshot.json", "curves.png", "calibration.png", "model.npz", "held_out.npz"} <= files
    folder = parts.study.models_folder / second.folder
    snapshot = json.loads((folder / "snapshot.json").read_text("utf-8"))
    assert len(snapshot["learn"]) + len(snapshot["judge"]) == GROUPS * 12
    for file in folder.glob("*.json"):
        text = file.read_text("utf-8")
        assert "P-03" not in text
        assert "the budget and the grant and" not in text
