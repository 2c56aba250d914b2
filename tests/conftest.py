"""Fixtures that tests of every room share."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import hypothesis
import pytest
import typer.testing
from builders import REPOSITORY
from made_for_run import folder_of_run
from new_mlflow_tables import made_once as mlflow_made_once
from new_tables import made_once
from postgresql import POSTGRESQL, a_schema, administrator, emptied
from statements_once import statements_made_once
from vectors_once import vectors_kept

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.store.database import Store, open_store
from service.cli.main import SELDOM

# a busy machine makes no test fail: speed is measured in benchmarks/
hypothesis.settings.register_profile("no clock", deadline=None)
hypothesis.settings.load_profile("no clock")
# made of all its commands once: a third of every command's time
typer.testing._get_command = lru_cache(typer.testing._get_command)  # type: ignore[attr-defined]
# what a test starts imports nothing from the folder in which the tests were started
os.environ["PYTHONSAFEPATH"] = "1"
# whatever is made until the tests are collected stays: there is nothing to look for
gc.disable()
# what takes longest begins first, so that no process is left alone with it at the end; one that starts Label Studio is
# followed by those that start none, since in a new clone it makes what the others copy, and they would wait for a minute
LONGEST = (
    "test_team_runs_a_study.py",
    "test_distributed.py",
    "test_whole_circle.py",
    "test_docs.py",
    "test_pages_in_browser.py",
    "test_planted_modules.py",
    "test_workbench_in_browser.py",
    "test_corrections.py",
    "test_replay_of_coders.py",
    "test_erased_words.py",
    "test_whole_flow.py",
    "test_flow_on_postgresql.py",
    "test_readme.py",
    "test_fine_tuning.py",
    "test_killed_withdrawal.py",
    "test_version_that_serves.py",
    "test_retraining.py",
)
FIRST = ("label_studio", "slow")
# as many modules as torch or MLflow bring along, not what a small library does
MANY_MODULES = 200
MODULES = pytest.StashKey[int]()
# half a second and more each, in every process: tests name them through lazily.py
SLOW_TO_LOAD = ("matplotlib", "mlflow", "nltk", "pandas", "scipy.stats", "sklearn", "statsmodels", "torch")
LOADED = pytest.StashKey[list[str]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files in order: the longest, then those with tests that need Label Studio, then those with slow ones."""
    place: dict[Path, int] = {}
    for item in items:
        if item.path.name in LONGEST:
            place[item.path] = LONGEST.index(item.path.name) - len(LONGEST)
            continue
        its = next((at for at, name in enumerate(FIRST) if item.get_closest_marker(name)), len(FIRST))
        place[item.path] = min(its, place.get(item.path, its))
    items.sort(key=lambda item: place[item.path])


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process more than there are cores, six at most: tests of servers and browsers wait a third of their time.

    Two more would take a tenth longer, measured on two cores: each loads the libraries for itself, and they get in each
    other's way.
    """
    return min(6, (os.cpu_count() or 1) + 1)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported stays: collecting garbage in a test need not look at it again."""
    gc.enable()
    gc.set_threshold(*SELDOM)
    session.stash[LOADED] = [name for name in SLOW_TO_LOAD if name in sys.modules]
    _set_aside(session)


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """So does a large library that a test was the first to ask for."""
    if len(sys.modules) > item.session.stash[MODULES] + MANY_MODULES and nextitem is not None:
        _set_aside(item.session)


@pytest.fixture(scope="session")
def loaded_by_collecting(request: pytest.FixtureRequest) -> list[str]:
    """Which of the libraries that are slow to load were loaded while tests were collected."""
    return request.session.stash[LOADED]


def _set_aside(session: pytest.Session) -> None:
    gc.collect()
    gc.freeze()
    session.stash[MODULES] = len(sys.modules)


@pytest.fixture(scope="session")
def folder_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run share: for what ``made_for_run`` makes once."""
    return folder_of_run(tmp_path_factory)


@pytest.fixture(scope="module")
def vectors_once(folder_of_this_run: Path) -> Iterator[None]:
    """While it lasts, what the shipped encoder makes of a text is made once for this run. For flows on the sample study."""
    with vectors_kept(folder_of_this_run / "vectors"):
        yield


@pytest.fixture(scope="session", autouse=True)
def _tables_made_once(folder_of_this_run: Path) -> Iterator[None]:
    """Migrations are run for the first new database, MLflow's too; the others get the same tables at once."""
    with made_once(), statements_made_once(), mlflow_made_once(folder_of_this_run):
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real coded data, where they are."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared real data are not on this machine (../shared/data)")
    return folder


KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=KINDS)
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table, of each kind that Tandem supports."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'tandem.db'}"
        return
    with a_schema() as name:
        yield f"{POSTGRESQL}?schema={name}"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with all tables and no rows, made once."""
    file = tmp_path_factory.mktemp("migrated") / "tandem.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture(scope="session")
def migrated_schema() -> Iterator[str]:
    """A PostgreSQL schema with all tables and no rows, made once; whoever fills it empties it again."""
    with a_schema() as name:
        open_store(f"{POSTGRESQL}?schema={name}").close()
        yield name


@pytest.fixture(params=KINDS)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database with its tables, of each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "tandem.db")
        yield f"sqlite:///{tmp_path / 'tandem.db'}"
        return
    schema = request.getfixturevalue("migrated_schema")
    yield f"{POSTGRESQL}?schema={schema}"
    with administrator() as connection:
        emptied(connection, schema)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store of each kind."""
    opened = open_store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def codebook() -> Codebook:
    """A small codebook: topics of which several may apply, and a phase of which one may."""
    return Codebook(
        name="Small",
        frameworks=(
            Framework("topics", "Topics"),
            Framework("phase", "Phase", role="phase", select="one"),
        ),
        codes=(
            Code("money", "Money", "topics", "Topics/Money", definition="What it costs."),
            Code("people", "People", "topics", "Topics/People", definition="Who does it."),
            Code("early", "Early", "phase", "Phase/Early"),
            Code("late", "Late", "phase", "Phase/Late"),
        ),
    )
