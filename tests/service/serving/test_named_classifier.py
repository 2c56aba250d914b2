"""One line of study.yaml chooses what learns the codes; a data scientist's own goes the whole way."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from textwrap import dedent

import pytest
from builders import REPOSITORY
from study_to_train import judges_of

from annotations.errors import BadInput
from models import classifier_names
from models.artifact import load
from models.classifier import Model
from models.classifier_names import register
from models.other_classifiers import NamedClassifier
from service.composition import Parts
from service.serving.precode import precode
from service.serving.train_and_evaluate import evaluate, reproduce, train
from training.training_parts import RECIPE

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]


@pytest.fixture
def fourth(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> NamedClassifier:
    """The classifier that docs/models.md shows, known for one test."""
    page = (REPOSITORY / "docs" / "models.md").read_text("utf-8")
    lines = page[page.index("    # models/nearest_centre.py") : page.index("Then add `NearestCentre()`")]
    file = tmp_path / "nearest_centre.py"
    file.write_text(dedent(lines), "utf-8")
    spec = spec_from_file_location("nearest_centre", file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(classifier_names, "_KNOWN", dict(classifier_names._KNOWN))
    made: NamedClassifier = module.NearestCentre()
    register(made)
    return made


def test_a_fourth_classifier_goes_the_whole_way(parts: Parts, fourth: NamedClassifier) -> None:
    """Trained, judged by those who never teach, kept, loaded, asked for suggestions, measured and made again."""
    usual = train(parts)
    _choose(parts, fourth.name)
    trained = train(parts)
    assert trained.new
    assert trained.model.recipe == f"{RECIPE}, nearest centre 1"
    assert trained.figures["measured_on"] == "judge set"
    assert trained.figures["overall"]["micro_f1"] > 0.9
    assert trained.verdict.verdict == "not worse"
    assert trained.verdict.promoted
    assert judges_of(parts)
    model = load(parts.study.models_folder / trained.model.folder, trained.model.sha256)
    assert isinstance(model, Model)
    assert set(model.weights.arrays()) == {"with_code", "without"}
    assert model.sentences is None
    made = precode(parts)
    assert made.model.version == trained.model.version
    assert made.with_suggestion > 60
    assert train(parts).new is False
    assert reproduce(parts, trained.model.version).identical
    figures = evaluate(parts, group_by="participant").figures
    assert figures["overall"]["micro_f1"] > 0.9
    assert usual.model.recipe == RECIPE


def test_a_support_vector_machine_of_scikit_learn_suggests(parts: Parts) -> None:
    """By one line; its suggestions come out of the same calibration and thresholds."""
    _choose(parts, "linear svm")
    trained = train(parts)
    assert trained.model.recipe == f"{RECIPE}, linear svm 1"
    assert trained.figures["overall"]["micro_f1"] > 0.9
    assert precode(parts).with_suggestion > 60


def test_an_unknown_name_trains_nothing(parts: Parts) -> None:
    """The nearest one is offered, and the study is as it was."""
    _choose(parts, "linear svn")
    with pytest.raises(BadInput, match='Did you mean "linear svm"'):
        train(parts)
    assert not list(parts.study.models_folder.glob("*"))


def _choose(parts: Parts, name: str) -> None:
    parts.study.__dict__["config"] = parts.study.config.model_copy(update={"classifier": name})
