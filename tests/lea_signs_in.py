"""A study whose lead signs in, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from accounts import KEY, add_person
from fastapi import FastAPI

from service.access.viewer import ViewerRole
from service.composition import Parts
from service.new_study import make_study
from service.settings import read_settings
from service.web.app import create_app


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """A study in which a lead, a coder and a reader have accounts."""
    config = {"name": "S", "cases": {"C": ["Lund", "Malmö"]}}
    study, _ = make_study(tmp_path / "s", codebook="common-framework", config=config)
    made = Parts(study, read_settings({"TANDEM_STATE": str(tmp_path / "state")}))
    for name, role in (("Lea", ViewerRole.LEAD), ("Cleo", ViewerRole.CODER), ("Rita", ViewerRole.READER)):
        add_person(made, name, role)
    yield made
    made.close()


@pytest.fixture
def app(parts: Parts) -> FastAPI:
    """Its server."""
    return create_app(parts, key=KEY)
