"""Corrections teach: learning, judging, and what a training does with more of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from study_to_train import GROUPS, another_recipe, describe, judges_of, more_interviews, turn_round, versions

from annotations.store.jobs import all_jobs
from annotations.store.model_versions import (
    all_models,
    learnt_items,
)
from annotations.store.reviews import current_reviews
from annotations.store.transcripts import all_transcripts
from service.composition import Parts
from service.jobs.worker import ask_if_due
from service.serving.promote_by_hand import promote_by_hand
from service.serving.train_and_evaluate import catch_up, evaluate, reproduce, train
from training.mlflow_mirror import aliases_wanted

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]


def test_judges_never_teach(trained_parts: Parts, tmp_path: Path) -> None:
    """Three of sixteen judge; no review of theirs is learnt from; turning their codings round changes no digit."""
    (trained,) = versions(trained_parts)
    judges = judges_of(trained_parts)
    assert len(judges) == 3
    assert trained.figures["measured_on"] == "judge set"
    assert trained.figures["overall"]["groups"] == 3
    with trained_parts.store.reading() as connection:
        names = {kept.id: kept.transcript.name for kept in all_transcripts(connection)}
        items = learnt_items(connection, trained.id)
        for review in current_reviews(connection):
            assert (items[review.id] == "judge") == (names[review.transcript] in judges)
    first = reproduce(trained_parts, "v1")
    turn_round(trained_parts, judges)
    again = train(trained_parts)
    assert again.new
    assert first.identical
    one, two = (_arrays(trained_parts, model) for model in (trained, again.model))
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert again.figures["overall"]["micro_f1"] < trained.figures["overall"]["micro_f1"]


def _arrays(parts: Parts, model: object) -> dict[str, np.ndarray]:
    from models.artifact import load

    found = load(parts.study.models_folder / model.folder, model.sha256)  # type: ignore[attr-defined]
    return {
        "coefficients": found.weights.coefficients,
        "slopes": found.calibration.slopes,
        "thresholds": found.thresholds,
    }


def test_more_reviews_are_judged_beside_the_champion(trained_parts: Parts, tmp_path: Path) -> None:
    """A new wave adds judges; both models are compared on judges of whom neither has learnt; the verdict is kept."""
    before = judges_of(trained_parts)
    more_interviews(trained_parts, tmp_path, 20, 8)
    second = train(trained_parts)
    assert before < judges_of(trained_parts)
    assert len(judges_of(trained_parts)) == 6
    assert second.verdict.figures["groups"] == 6
    assert second.verdict.promoted
    with trained_parts.store.reading() as connection:
        kept = all_models(connection)[-1]
        parent = all_models(connection)[0]
    assert (kept.verdict, kept.reason, kept.parent) == (
        second.verdict.verdict,
        second.verdict.reason,
        parent.id,
    )
    assert kept.comparison is not None
    assert kept.comparison["groups"] == 6
    assert train(trained_parts).new is False


def test_a_refused_model_is_not_made_again_and_again(trained_parts: Parts, tmp_path: Path) -> None:
    """A worse model does not serve, is MLflow's challenger, and without new reviews there is nothing to do."""
    with trained_parts.store.reading() as connection:
        names = {one.transcript.name for one in all_transcripts(connection)}
    turn_round(trained_parts, names - judges_of(trained_parts))
    refused = train(trained_parts)
    assert (refused.verdict.verdict, refused.verdict.promoted) == ("cannot tell", False)
    assert "worse for every participant" in refused.verdict.reason
    assert not train(trained_parts).new
    wanted = aliases_wanted(trained_parts.store)
    assert wanted["challenger"] == refused.model.run_id
    promote_by_hand(trained_parts, "v2", by="Ada Lind", reason="we decided otherwise")
    assert catch_up(trained_parts) is None
    assert aliases_wanted(trained_parts.store) | {"challenger": None} == aliases_wanted(trained_parts.store)


def test_enough_new_reviews_ask_for_a_training(parts: Parts, tmp_path: Path) -> None:
    """The first training is asked for by a person; then twenty new reviews ask for one, once."""
    assert not ask_if_due(parts)
    train(parts)
    assert not ask_if_due(parts)
    more_interviews(parts, tmp_path, 20, 1)
    assert not ask_if_due(parts)
    more_interviews(parts, tmp_path, 21, 1)
    assert ask_if_due(parts)
    assert not ask_if_due(parts)
    with parts.store.reading() as connection:
        assert [(job.kind, job.state) for job in all_jobs(connection)] == [("train", "waiting")]


def test_who_turns_out_to_be_one_with_a_teacher_judges_no_model_that_learnt_from_them(
    trained_parts: Parts,
) -> None:
    """A judge and a teacher are found to be one person: a new training, and the champion is no longer judged there."""
    judges = judges_of(trained_parts)
    teacher = min({f"P-{at:02d}" for at in range(GROUPS)} - judges)
    describe(trained_parts, {min(judges), teacher}, participant="X")
    second = train(trained_parts)
    assert second.new
    assert judges_of(trained_parts) == judges
    assert second.figures["overall"]["groups"] == 3
    assert second.verdict.figures["groups"] == 2


def test_figures_of_groups_that_are_one_by_now_do_not_stand(parts: Parts) -> None:
    """Cross-validation is done anew, and what models said of one half, having learnt from the other, is left out."""
    describe(parts, {f"P-{at:02d}" for at in range(9)}, may_train=False)
    train(parts)
    assert evaluate(parts, group_by="participant").figures["overall"]["groups"] == 7
    describe(parts, {"P-10", "P-11"}, session="A day")
    assert evaluate(parts, group_by="participant").figures["overall"]["groups"] == 6
    second = train(parts)
    assert second.new
    assert second.verdict.figures["groups"] == 5


def test_what_cannot_be_compared_is_not_called_better(parts: Parts) -> None:
    """Of two participants nothing is held out: more of the same serves, a new recipe waits, and neither is "better"."""
    describe(parts, {f"P-{at:02d}" for at in range(2, GROUPS)}, may_train=False)
    assert train(parts).verdict.verdict == "better"
    again = train(parts, force=True).verdict
    assert (again.verdict, again.promoted) == ("cannot tell", True)
    another_recipe(parts)
    other = train(parts).verdict
    assert (other.verdict, other.promoted) == ("cannot tell", False)
    assert "tandem models promote" in other.reason


def test_a_study_made_before_has_no_judges_until_it_is_large_enough(parts: Parts, tmp_path: Path) -> None:
    """Fewer than fifteen coded groups: cross-validation measures, and nobody is drawn."""
    describe(parts, {f"P-{at:02d}" for at in range(9)}, may_train=False)
    trained = train(parts)
    assert trained.figures["measured_on"] == "cross-validation"
    assert not judges_of(parts)
    second = train(parts, force=True)
    assert second.verdict.figures["groups"] == 7
    assert second.verdict.promoted
    more_interviews(parts, tmp_path, 20, 8)
    third = train(parts)
    assert third.figures["measured_on"] == "judge set"
    # of the three judges of wave 1 the champion had learnt: there its held-out word counts
    assert third.verdict.figures["groups"] == len(judges_of(parts))
