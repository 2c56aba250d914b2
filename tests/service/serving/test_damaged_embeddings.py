"""Embeddings that were cut short teach nothing, and a person hears of them."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from builders import WordEncoder
from made_up_study import MadeUp, fill
from typer.testing import CliRunner

from annotations.store.jobs import all_jobs, ask_for
from annotations.study.config import read_study
from service.cli.main import add_commands, app
from service.composition import Parts
from service.jobs.worker import do_waiting_jobs
from service.new_study import make_study
from service.serving.train_and_evaluate import evaluate
from service.settings import read_settings

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]


Evaluated = tuple[Path, dict[str, Any]]


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Evaluated:
    """The folder of a coded study that was evaluated, so that its embeddings are kept, and what came of it."""
    folder = tmp_path_factory.mktemp("evaluated")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_STATE", str(folder / "state"))
        patch.setattr(Parts, "embedder", WordEncoder())
        study, _ = make_study(folder / "study", codebook="common-framework", config={"name": "S"})
        with closing(Parts(study, read_settings())) as made:
            fill(made, MadeUp(transcripts=6, turns=8, model=False, assisted=False, repeats=False))
            figures = evaluate(made, group_by="participant").figures
            assert made.cache.notes == []
    return study.folder, figures


@pytest.fixture
def parts(evaluated: Evaluated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    """A copy of it, all of whose embeddings have been cut to three numbers."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(Parts, "embedder", WordEncoder())
    shutil.copytree(evaluated[0], tmp_path / "study")
    with closing(Parts(read_study(tmp_path / "study"), read_settings())) as made:
        with closing(sqlite3.connect(made.study.embeddings_file)) as connection, connection:
            connection.execute("UPDATE embeddings SET vector = substr(vector, 1, 12)")
        yield made


def test_the_figures_are_those_of_whole_embeddings(parts: Parts, evaluated: Evaluated) -> None:
    """What was cut short is made anew before anything is learnt."""
    again = evaluate(parts, group_by="participant").figures
    assert again == evaluated[1]
    assert parts.cache.damaged > 20


def test_a_command_says_how_many_were_damaged(parts: Parts) -> None:
    """On the error stream, so that no file of results holds it."""
    if not app.registered_commands:
        add_commands()
    done = CliRunner().invoke(app, ["--study", str(parts.study.folder), "evaluate", "--json"])
    assert done.exit_code == 0, done.output
    assert "damaged in embeddings.db and made anew" in " ".join(done.stderr.split())
    assert "damaged" not in done.stdout


def test_a_worker_keeps_it_with_the_job(parts: Parts) -> None:
    """Nobody looks at its error stream; "tandem jobs list" shows what it found."""
    with parts.store.writing() as connection:
        ask_for(connection, "train", {})
    do_waiting_jobs(parts)
    with parts.store.reading() as connection:
        (job,) = all_jobs(connection)
    assert job.error is None
    assert "damaged in embeddings.db" in (job.result or {})["embeddings"][0]
    if not app.registered_commands:
        add_commands()
    done = CliRunner().invoke(app, ["--study", str(parts.study.folder), "jobs", "list"])
    assert "damaged in embeddings.db" in " ".join(done.output.split())
