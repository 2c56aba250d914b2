"""Killed in the middle of a training or a withdrawal, and withdrawn then: nothing of the person remains."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from coded_study import MARKS, opened, quiet
from hostile_sqlite import run_sql
from study_to_back_up import killed_at

from annotations.store.model_versions import all_models, champion, erased_versions
from service.composition import Parts
from service.serving.train_and_evaluate import train
from service.withdrawal.withdraw import withdraw
from training.sweep_leftovers import leftovers

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]
GONE = "JKG-01"
IN_A_WITHDRAWAL = (
    "service.withdrawal.withdraw.erase",
    "service.withdrawal.withdraw.keep_outside",
    "service.withdrawal.erase_models.erase_folder",
    "service.withdrawal.erase_models.erase_runs",
    "service.withdrawal.withdraw.compact",
    "service.withdrawal.withdraw.look_afterwards",
    "training.train.put_to_serve",
    "service.withdrawal.withdraw.finish_withdrawal",
    "service.withdrawal.withdraw.write_receipt",
)
IN_A_TRAINING = ("training.train.put_to_serve", "training.tracking.Tracking._register")


def _killed(study: Path, state: Path, where: str, work: Callable[[Parts], object]) -> None:
    """Do this in a process of its own, which is killed where this function would be called."""

    def in_a_child(step: Callable[[str], None]) -> None:
        parts = opened(study, state)
        with mock.patch(where, side_effect=lambda *_, **__: step("here")), parts.alone("withdraw"):
            work(parts)

    assert killed_at("here", in_a_child), where


def _holding(*folders: Path) -> list[Path]:
    """Files that hold a word which only this person says, forwards or backwards."""
    words = [word.encode() for word in MARKS[GONE].split()]
    found = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return [file for file in found if any(word in file.read_bytes() for word in words)]


@pytest.mark.parametrize(
    ("where", "work"),
    [(one, "withdraw") for one in IN_A_WITHDRAWAL] + [(one, "train") for one in IN_A_TRAINING],
)
def test_nothing_of_them_remains(trained_study: Path, tmp_path: Path, where: str, work: str) -> None:
    """The same command goes on where it stopped: no word, no model that learnt, no file of a killed training."""
    study, state = tmp_path / "study", tmp_path / "state"
    shutil.copytree(trained_study, study)
    assert _holding(study)
    if work == "withdraw":
        _killed(study, state, where, lambda parts: withdraw(parts, GONE, by="Ada", progress=quiet))
    else:
        _killed(study, state, where, lambda parts: train(parts, force=True))
    parts = opened(study, state)
    found = withdraw(parts, GONE, by="Ada", progress=quiet)
    assert found.done, found.still_there
    assert leftovers(parts.store, parts.study).dead == ()
    with parts.store.reading() as connection:
        erased = erased_versions(connection)
        living = {one.folder for one in all_models(connection) if one.version not in erased}
        serving = champion(connection)
    assert "v1" in erased
    assert serving is not None
    assert serving.model.version not in erased
    parts.close()
    assert {one.name for one in (study / "models").iterdir()} == living
    assert _holding(study, state) == []


def test_a_second_withdrawal_says_so_and_keeps_the_first_receipt(trained_study: Path, tmp_path: Path) -> None:
    """It erases nothing more, and what the first one verified stays written down."""
    shutil.copytree(trained_study, tmp_path / "study")
    parts = opened(tmp_path / "study", tmp_path / "state")
    first = withdraw(parts, GONE, by="Ada", progress=quiet)
    before = [file.read_bytes() for file in first.receipt]
    second = withdraw(parts, GONE, by="Bo", progress=quiet)
    parts.close()
    assert second.done
    assert second.again
    assert not first.again
    assert [file.read_bytes() for file in first.receipt] == before
    assert set(first.receipt).isdisjoint(second.receipt)
    assert "by an earlier run" in second.receipt[0].read_text("utf-8")


def test_a_store_of_mlflow_that_is_refused_leaves_no_half_told_withdrawal(
    trained_study: Path, tmp_path: Path
) -> None:
    """Their rows and models are gone, the receipt says what nobody could look at, and the same command goes on."""
    study, state = tmp_path / "study", tmp_path / "state"
    shutil.copytree(trained_study, study)
    run_sql(
        study / "mlflow.db",
        "CREATE TRIGGER planted AFTER INSERT ON runs BEGIN DELETE FROM runs; END",
    )
    parts = opened(study, state)
    found = withdraw(parts, GONE, by="Ada", progress=quiet)
    assert not found.done
    assert any("planted" in one for one in found.still_there)
    assert "NOT everything is erased yet" in found.receipt[0].read_text("utf-8")
    assert _holding(study / "models", study / "tandem.db") == []
    run_sql(study / "mlflow.db", "DROP TRIGGER planted")
    assert withdraw(parts, GONE, by="Ada", progress=quiet).done
    parts.close()
    assert _holding(study, state) == []
