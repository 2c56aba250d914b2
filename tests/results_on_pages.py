"""The study of two towns behind a server: a lead, a coder, a reader, and somebody of one site."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from accounts import add_person, form_token, quick_passwords, signed_in
from fastapi.testclient import TestClient
from results_study import make_results_study

from annotations.study.config import read_study
from service.access.viewer import ViewerRole
from service.composition import Parts
from service.settings import read_settings
from service.web.app import create_app

__all__ = ["app", "coded", "lead", "made", "quick_passwords", "send"]
KEY = "k" * 43


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with two cases, coded."""
    folder = tmp_path_factory.mktemp("results")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_STATE", str(folder / "state"))
        make_results_study(folder)
    return folder


@pytest.fixture
def coded(made: Path, tmp_path: Path) -> Iterator[Parts]:
    """A copy of it."""
    shutil.copytree(made, tmp_path / "copy")
    settings = read_settings({"TANDEM_STATE": str(tmp_path / "copy" / "state")})
    opened = Parts(read_study(tmp_path / "copy" / "study"), settings)
    yield opened
    opened.close()


@pytest.fixture
def app(coded: Parts, quick_passwords: None) -> Any:
    """The server, with its people."""
    add_person(coded, "Lena", ViewerRole.LEAD)
    add_person(coded, "Ada", ViewerRole.CODER)
    add_person(coded, "Cleo", ViewerRole.CODER)
    add_person(coded, "Rolf", ViewerRole.READER)
    add_person(coded, "Hilda", ViewerRole.READER, sites=frozenset({"Hill"}))
    return create_app(coded, key=KEY)


@pytest.fixture
def lead(app: Any) -> TestClient:
    """Lena's browser."""
    return signed_in(app, "Lena")


def send(client: TestClient, path: str, **fields: Any) -> Any:
    """Send a form, and do not follow where it leads."""
    data = {"csrf": form_token(client, "/account"), **fields}
    return client.post(path, data=data, follow_redirects=False)
