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
    assert note_address(parts, host, 8500) == f"http://{reached}:8500"
    assert address_of(parts) == f"http://{reached}:8500"


def test_what_the_study_says_comes_first(tmp_path: Path) -> None:
    """An address in study.yaml holds wherever the service listens."""
    parts = _parts(tmp_path, service={"url": "http://service:8430/"})
    assert note_address(parts, EVERYWHERE[0], 8430) == "http://service:8430"
