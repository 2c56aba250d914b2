"""A study with "fine_tune: true": every model has an encoder of its own, tuned on what that model may see."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import yaml
from made_for_run import made_for_run
from small_encoder import make_small_encoder

from annotations.progress import Progress, quiet
from annotations.study.config import read_study
from models import tune_encoder as tuning
from models.artifact import load
from models.classifier import Model
from models.embedder import EmbedderSource
from models.kept_tunings import FOLDER
from models.segment_words import SegmentWords
from models.tune_encoder import FineTuning, TuningRecipe
from models.tuned import Tuned
from service.composition import Parts
from service.importing.import_codings import import_codings
from service.importing.import_transcripts import import_transcripts
from service.new_study import make_study
from service.serving.precode import precode
from service.serving.train_and_evaluate import evaluate, reproduce, train
from service.settings import read_settings
from training import cross_validation, fit_on_rows, training_parts
from training.cross_validation import cross_validate, fit_final, left_out_once
from training.dataset import Dataset, Judgement
from training.sweep_leftovers import sweep

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
)
SOURCE = EmbedderSource(device="cpu")
TUNING = FineTuning(SOURCE)
GROUPS = 8
MODELS = 7  # without each of three folds, without each pair of them, and of all rows
SAID = ("the budget and the cost", "a nurse of the team", "snow on the road")


def _dataset() -> Dataset:
    """Six groups of thirty passages, of which the words say which of two codes apply."""
    topic = np.random.default_rng(0).integers(0, 3, 180)
    units = tuple(SegmentWords(f"{SAID[t]} {at % 9}", f"P-{at // 30}") for at, t in enumerate(topic))
    vectors = np.random.default_rng(1).normal(size=(len(units), 8)).astype(np.float32)
    labels = np.stack([topic == 0, topic == 1], axis=1).astype(float)
    names = tuple(unit.speaker for unit in units)
    judged = Judgement("Ines", np.arange(len(units)), labels)
    return Dataset(units, vectors, names, np.ones(len(units), bool), ("money", "people"), (judged,))


@dataclass(frozen=True)
class _Counting:
    """Stands for a tuned encoder: its logits say how many units it learnt from, and nothing of any."""

    learnt: tuple[SegmentWords, ...]
    codes: int

    def logits(self, units: Sequence[SegmentWords]) -> np.ndarray:
        assert not {id(unit) for unit in units} & {id(unit) for unit in self.learnt}
        return np.full((len(units), self.codes), 0.5)


@pytest.fixture
def tunings(monkeypatch: pytest.MonkeyPatch) -> list[_Counting]:
    """The tunings that were asked for."""
    tuned_encoders: list[_Counting] = []

    def tune(
        _tuning: FineTuning,
        units: Sequence[SegmentWords],
        _speakers: Sequence[str],
        labels: np.ndarray,
        _weights: np.ndarray,
        progress: Progress | None,
    ) -> _Counting:
        tuned_encoders.append(_Counting(tuple(units), labels.shape[1]))
        if progress:
            progress(1, 1)
        return tuned_encoders[-1]

    monkeypatch.setattr(fit_on_rows, "tune", tune)
    return tuned_encoders


@pytest.mark.slow
def test_no_encoder_has_seen_what_it_predicts(tunings: list[_Counting]) -> None:
    """Fifteen of them for the scores, one of all rows for the model; half of each logit is the encoder's."""
    dataset = _dataset()
    told: list[tuple[int, int]] = []
    validated = cross_validate(dataset, encoder=TUNING, progress=lambda *at: told.append(at))
    assert len(tunings) == 10 + 5
    assert max(len(tuning.learnt) for tuning in tunings) < len(dataset)
    model, _ = fit_final(dataset, validated)
    assert len(tunings) == 16
    assert tunings[-1].learnt == dataset.units
    assert model.tuned is tunings[-1]
    plain = cross_validate(dataset, folds=5)
    assert validated.logits is not None
    assert plain.logits is not None
    known = ~np.isnan(validated.logits)
    assert known.any()
    # where both chose the same penalty, the mean of the linear logit and one half
    assert np.corrcoef(validated.logits[known], plain.logits[known])[0, 1] > 0.99
    assert told[-1] == (1600, 1600)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_with_judges_each_fold_has_one(tunings: list[_Counting]) -> None:
    """Five for calibration and thresholds, and none of them has seen what it says."""
    left_out_once(_dataset(), folds=5, encoder=TUNING)
    assert len(tunings) == 5


@pytest.fixture
def parts(tmp_path: Path, folder_of_this_run: Path, monkeypatch: pytest.MonkeyPatch) -> Parts:
    """A small coded study whose encoder, a small one too, is fine-tuned in one pass."""
    monkeypatch.setattr(tuning, "RECIPE", TuningRecipe(passes=(1, 1)))
    monkeypatch.setattr(training_parts, "LEAST_SEGMENTS", 20)
    monkeypatch.setattr(cross_validation, "FOLDS", 3)
    book = tmp_path / "book.csv"
    book.write_text("code,definition\nMoney,What it costs\nPeople,Who does it\n", "utf-8")
    encoder = made_for_run(folder_of_this_run / "small-encoder", make_small_encoder)
    study, _ = make_study(
        tmp_path / "study",
        codebook=str(book),
        config={"name": "S", "embedder": {"model": str(encoder), "fine_tune": True, "device": "cpu"}},
    )
    made = Parts(read_study(study.folder), read_settings({"TANDEM_STATE": str(tmp_path / "state")}))
    random = np.random.default_rng(0)
    rows, files = [], []
    for at in range(GROUPS):
        topics = random.integers(0, 3, 6)
        file = tmp_path / f"P-{at}.txt"
        file.write_text(
            "".join(
                f"Interviewer: And?\nP-{at}: {SAID[topic]} {turn}.\n" for turn, topic in enumerate(topics)
            )
        )
        files.append(file)
        rows += [
            (file.stem, "Ines", ("Money", "People", "")[topic], 2 * turn + 1)
            for turn, topic in enumerate(topics)
        ]
    described = {"wave": "1", "case": "E"}
    import_transcripts(made, files, manifest=None, described=described, replace=False, progress=quiet)
    codings = tmp_path / "codings.csv"
    with codings.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("transcript", "coder", "code", "turn"), *rows])
    import_codings(made, codings, complete="listed", skip_bad_rows=False)
    return made


@pytest.mark.slow
def test_from_study_yaml_to_suggestions(parts: Parts) -> None:
    """Trained, measured, loaded, used and made again with its encoder; without "fine_tune" it is the usual one."""
    trained = train(parts)
    assert trained.model.recipe == f"{training_parts.RECIPE}, fine-tuned-1"
    model = load(parts.study.models_folder / trained.model.folder, trained.model.sha256)
    assert isinstance(model, Model)
    assert isinstance(model.tuned, Tuned)
    assert model.tuned.speakers == ()
    assert any("was tuned on these codings" in note for note in trained.notes)
    assert not any("fine_tune" in note for note in trained.notes)
    assert precode(parts, wave="1").segments == 6 * GROUPS
    figures = evaluate(parts, group_by="participant").figures
    assert figures["overall"]["micro_f1"] == trained.figures["overall"]["micro_f1"]
    assert reproduce(parts, "v1").identical
    plain = _configured(parts, fine_tune=False)
    usual = train(plain)
    assert usual.model.recipe == training_parts.RECIPE
    assert not any("tuned" in note for note in usual.notes)
    assert not (parts.study.models_folder / usual.model.folder / "tuned.npz").exists()
    parts.close()
    plain.close()


@pytest.mark.slow
def test_a_killed_training_goes_on_and_a_withdrawal_ends_it(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finished encoders are not tuned again; what is kept of them is erased with the training, or by a withdrawal."""
    folder = parts.study.models_folder / FOLDER
    fitted: list[int] = []
    real = tuning._fit

    def fit(*given: object) -> None:
        fitted.append(1)
        if len(fitted) == 4:
            raise KeyboardInterrupt
        real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(tuning, "_fit", fit)
    with pytest.raises(KeyboardInterrupt):
        train(parts)
    assert len(list(folder.glob("*.done.npz"))) == 3
    sweep(parts.store, parts.study)
    assert not folder.exists()
    del fitted[:]
    with pytest.raises(KeyboardInterrupt):
        train(parts)
    assert train(parts).new
    # the killed one had done three of them, and begun a fourth
    assert len(fitted) == MODELS + 1
    assert not folder.exists()
    parts.close()


@pytest.mark.slow
def test_too_little_to_tune_on_is_said(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual model is trained instead, and the note says what is lacking."""
    monkeypatch.setattr(training_parts, "LEAST_SEGMENTS", 1000)
    trained = train(parts)
    assert trained.new
    said = [note for note in trained.notes if "fine_tune" in note]
    assert said
    assert "1,000 coded passages of 5 participants" in said[0]
    assert re.search(r"only judge, and there are \d+ of \d+\. The model is the usual one", said[0])
    parts.close()


def _configured(parts: Parts, **embedder: object) -> Parts:
    file = parts.study.folder / "study.yaml"
    plain = yaml.safe_load(file.read_text("utf-8"))
    plain["embedder"] |= embedder
    file.write_text(yaml.safe_dump(plain, sort_keys=False), "utf-8")
    return Parts(read_study(parts.study.folder), parts.settings)
