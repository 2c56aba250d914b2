"""Where a push finds the service: as study.yaml says, else where it last listened, else the usual port."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service.access.service_address import DEFAULT_URL, EVERYWHERE, address_of, note_address
from service.composition import Parts
from service.new_study import make_study
from service.settings import read_settings


def _parts(folder: Path, **config: Any) -> Parts:
    study, _ = make_study(folder / "study", codebook="common-framework", config={"name": "S", **config})
    return Parts(study, read_settings({"TANDEM_STATE": str(folder / "state")}))


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("127.0.0.1", "127.0.0.1"),
        (EVERYWHERE[0], "127.0.0.1"),
        ("::1", "[::1]"),
        ("box.example.org", "box.example.org"),
    ],
)
def test_a_service_is_found_where_it_listened(tmp_path: Path, host: str, reached: str) -> None:
    """Before it ever ran, the usual port; afterwards its own, by an address that can be called."""
    parts = _parts(tmp_path)
    assert address_of(parts) == DEFAULT_URL
    note_address(parts, host, 8500)
    assert address_of(parts) == f"http://{reached}:8500"


def test_what_the_study_says_comes_first(tmp_path: Path) -> None:
    """An address in study.yaml holds wherever the service listens."""
    parts = _parts(tmp_path, service={"url": "http://127.0.0.1:8500/"})
    note_address(parts, EVERYWHERE[0], 8430)
    assert address_of(parts) == "http://127.0.0.1:8500"


def test_what_the_environment_says_comes_before_it(tmp_path: Path) -> None:
    """In a network of containers Label Studio reaches the service by a name of its own, as compose.yaml says."""
    study, _ = make_study(tmp_path / "study", codebook="common-framework", config={"name": "S"})
    given = {"TANDEM_STATE": str(tmp_path / "state"), "TANDEM_SERVICE_URL": "http://service:8430/"}
    assert address_of(Parts(study, read_settings(given))) == "http://service:8430"
