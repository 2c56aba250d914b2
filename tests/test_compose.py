"""The team's server as compose.yaml starts it: every address is the environment's."""

from __future__ import annotations

from pathlib import Path

import yaml
from builders import REPOSITORY

from service.new_study import make_study
from service.settings import read_settings
from service.trust.reach import (
    database_address,
    label_studio_address,
    label_studio_token,
    not_confirmed,
    service_address,
)


def test_the_teams_server_needs_no_confirmation(tmp_path: Path) -> None:
    """A study that names other addresses, or none, is served there as the environment says."""
    plain = yaml.safe_load((REPOSITORY / "compose.yaml").read_text("utf-8"))
    study, _ = make_study(
        tmp_path / "study",
        codebook="common-framework",
        config={"name": "S", "label_studio": {"url": "http://other:1"}, "service": {"url": "http://other:2"}},
    )
    for name in ("service", "worker"):
        environment = {key: str(value) for key, value in plain["services"][name]["environment"].items()}
        settings = read_settings(environment | {"TANDEM_STATE": str(tmp_path / "state")})
        assert database_address(study, settings) == settings.database
        assert label_studio_address(study, settings) == "http://label-studio:8080"
        assert label_studio_token(study, settings) == settings.label_studio_token
        assert service_address(study, settings) == "http://service:8430"
        assert not_confirmed(study, settings) == []
