"""The team's server as compose.yaml starts it: every address is the environment's."""

from __future__ import annotations

from pathlib import Path

import typer
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
    for name in ("service", "worker", "backup"):
        environment = {key: str(value) for key, value in plain["services"][name]["environment"].items()}
        settings = read_settings(environment | {"TANDEM_STATE": str(tmp_path / "state")})
        assert database_address(study, settings) == settings.database
        assert label_studio_address(study, settings) == "http://label-studio:8080"
        assert label_studio_token(study, settings) == settings.label_studio_token
        assert service_address(study, settings) == "http://service:8430"
        assert not_confirmed(study, settings) == []


def test_the_backup_service_says_what_the_command_understands() -> None:
    """Its options are right, its folder is a mounted one, and the image has the pg_dump of that PostgreSQL."""
    from typer.main import get_command

    from service.cli.backup import command

    plain = yaml.safe_load((REPOSITORY / "compose.yaml").read_text("utf-8"))["services"]
    words = plain["backup"]["command"]
    assert words[:2] == ["tandem", "backup"]
    app = typer.Typer()
    app.command("backup")(command)
    given = get_command(app).make_context("backup", words[2:]).params
    assert (given["keep"], given["nightly"]) == (14, "02:30")
    assert f"./backups:{given['to']}" in plain["backup"]["volumes"]
    version = plain["postgresql"]["image"].partition(":")[2]
    assert f"postgresql-client-{version}" in (REPOSITORY / "Dockerfile").read_text("utf-8")
