"""The real Label Studio and a real study, started once for all tests here."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import chromium_running, logged_in
from builders import skip_or_fail
from filelock import FileLock
from real_server import free_port
from study_to_push import CODERS, StudyToPush

from annotations.label_studio.client import LabelStudio
from service.label_studio.local import Access, LocalLabelStudio


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """What a test left unclosed is collected within it, where that is allowed, and not in whatever test comes later.

    A test that loaded libraries sets them aside: to look through them again would take half a second of every test.
    """
    loaded = len(sys.modules)
    yield
    gc.collect()
    if len(sys.modules) > loaded:
        gc.freeze()


@pytest.fixture
def chromium() -> Iterator[Any]:
    """A browser."""
    with chromium_running() as browser:
        yield browser


@pytest.fixture(scope="module", autouse=True)
def _vectors_once(vectors_once: None) -> None:
    """The flows go over the same sample study."""


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder for what belongs to this machine."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="session")
def environment(state: Path) -> Iterator[None]:
    """The process's environment, with that folder and nothing of the user's."""
    patch = pytest.MonkeyPatch()
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", "MLFLOW_TRACKING_URI", "TANDEM_DATABASE"):
        patch.delenv(name, raising=False)
    patch.setenv("TANDEM_STATE", str(state))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def local(state: Path, environment: None) -> Iterator[LocalLabelStudio]:
    """The local Label Studio's keeper; stopped at the end."""
    env = os.environ.get("TANDEM_LABEL_STUDIO_ENV")
    keeper = LocalLabelStudio(state, Path(env) if env else None)
    if keeper.program is None:
        skip_or_fail("Label Studio is not installed (make install)")
    _start_from_template(keeper)
    yield keeper
    keeper.stop()


@pytest.fixture(scope="session")
def from_template(environment: None) -> Callable[[LocalLabelStudio], None]:
    """Give a Label Studio that has not been started yet its tables."""
    return _start_from_template


def _start_from_template(keeper: LocalLabelStudio) -> None:
    """Copy the data of a Label Studio that has just made its tables: that takes a minute of computing otherwise.

    The copy lies beside the installed program and goes with it; the first run of the tests makes it.
    """
    if keeper.program is None:
        return
    template = keeper.program.parents[1] / "empty-for-tests"
    with FileLock(template.with_name(f"{template.name}.lock")):  # whoever comes second waits for the first
        if not template.is_dir():
            keeper.start(port=free_port())
            keeper.stop()
            new = template.with_name(f"{template.name}-{os.getpid()}")
            shutil.copytree(keeper.folder, new)
            new.rename(template)
            return
    shutil.copytree(template, keeper.folder, dirs_exist_ok=True)


@pytest.fixture(scope="session")
def label_studio(local: LocalLabelStudio) -> Access:
    """A running Label Studio."""
    return local.start(port=free_port())


@pytest.fixture(scope="module")
def label_studio_of_its_own(
    local: LocalLabelStudio, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Access]:
    """A Label Studio that holds nothing but what this module's tests put there; the environment names its folder."""
    state = tmp_path_factory.mktemp("own-state")
    env = os.environ.get("TANDEM_LABEL_STUDIO_ENV")
    keeper = LocalLabelStudio(state, Path(env) if env else None)
    _start_from_template(keeper)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_STATE", str(state))
        yield keeper.start(port=free_port())
    keeper.stop()


@pytest.fixture
def page(label_studio: Access) -> Iterator[Any]:
    """A Chromium page of a small laptop's size, logged in at Label Studio."""
    with logged_in(label_studio.url, label_studio.username, label_studio.password) as opened:
        yield opened


@pytest.fixture
def passages_each() -> int:
    """How many passages each transcript of the study to push has."""
    return 8


@pytest.fixture
def study(tmp_path: Path, label_studio: Access, passages_each: int) -> Iterator[StudyToPush]:
    """Three transcripts of as many passages each, two coders, model v1."""
    made = StudyToPush(tmp_path / "study", label_studio, coders=CODERS)
    made.add("A-01", "A-02", "A-03", units=passages_each)
    made.serve("v1")
    yield made
    made.parts.close()


@pytest.fixture
def server(label_studio: Access) -> Iterator[LabelStudio]:
    """A connection to the Label Studio."""
    with LabelStudio(label_studio.url, label_studio.token) as opened:
        yield opened
