"""A lead in a browser, on a study whose reviews and suggestions are made up."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from accounts import add_person, form_token, quick_passwords, signed_in
from fastapi.testclient import TestClient
from made_up_study import MadeUp, fill

from annotations.study.config import read_study
from service.access.viewer import ViewerRole
from service.composition import Parts
from service.new_study import make_study
from service.settings import read_settings
from service.web.app import create_app

__all__ = ["quick_passwords"]
KEY = "k" * 43
Post = Callable[..., Any]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study, filled once."""
    folder = tmp_path_factory.mktemp("filled")
    config = {"name": "Made up", "coders": [{"name": "Ada"}, {"name": "Ben"}]}
    study, _ = make_study(folder / "s", codebook="common-framework", config=config)
    made = Parts(study, read_settings({"TANDEM_STATE": str(folder / "state")}))
    fill(made, MadeUp(transcripts=6, turns=12))
    made.close()
    return folder


@pytest.fixture
def parts(filled: Path, tmp_path: Path) -> Iterator[Parts]:
    """Six interviews, two coders, a model."""
    shutil.copytree(filled, tmp_path / "copy")
    settings = read_settings({"TANDEM_STATE": str(tmp_path / "copy" / "state")})
    made = Parts(read_study(tmp_path / "copy" / "s"), settings)
    yield made
    made.close()


@pytest.fixture
def app(parts: Parts, quick_passwords: None) -> Any:
    """The server, with a lead, a coder and a reader."""
    add_person(parts, "Lena", ViewerRole.LEAD)
    add_person(parts, "Ada", ViewerRole.CODER)
    add_person(parts, "Rolf", ViewerRole.READER)
    return create_app(parts, key=KEY)


@pytest.fixture
def lead(app: Any) -> TestClient:
    """Lena's browser."""
    return signed_in(app, "Lena")


@pytest.fixture
def post(lead: TestClient) -> Post:
    """Send a form of Lena's."""
    token = form_token(lead, "/account")

    def send(path: str, **fields: Any) -> Any:
        return lead.post(path, data={"csrf": token, **fields}, follow_redirects=False)

    return send
