"""What the environment says. The only module that reads it; nothing is read at import.

| variable | meaning |
|---|---|
| TANDEM_DATABASE | database address, instead of the one in study.yaml |
| TANDEM_STATE | folder for what belongs to this machine and no study: Label Studio's data, session keys |
| TANDEM_LABEL_STUDIO_ENV | the environment that holds Label Studio, instead of the one ``make install`` made |
| LABEL_STUDIO_URL, LABEL_STUDIO_API_KEY | another Label Studio, and its token |
| MLFLOW_TRACKING_URI | an MLflow server, instead of the store in the study's folder |
| TANDEM_SESSION_KEY | the key that "tandem serve" asks for, instead of one made at the first start |
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment's answers; None or empty where it says nothing. Secrets never show in the repr."""

    state: Path
    database: str | None = None
    label_studio_env: Path | None = None
    label_studio_url: str | None = None
    label_studio_token: str | None = None
    tracking_uri: str | None = None
    session_key: str | None = None

    def __repr__(self) -> str:
        return f"Settings(state={str(self.state)!r}, label_studio_url={self.label_studio_url!r}, …)"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the process's environment, or from the mapping given."""
    given = os.environ if environment is None else environment

    def said(name: str) -> str | None:
        return given.get(name, "").strip() or None

    state = said("TANDEM_STATE")
    env = said("TANDEM_LABEL_STUDIO_ENV")
    return Settings(
        state=Path(state) if state else _state_folder(),
        database=said("TANDEM_DATABASE"),
        label_studio_env=Path(env) if env else None,
        label_studio_url=said("LABEL_STUDIO_URL"),
        label_studio_token=said("LABEL_STUDIO_API_KEY"),
        tracking_uri=said("MLFLOW_TRACKING_URI"),
        session_key=said("TANDEM_SESSION_KEY"),
    )


def _state_folder() -> Path:
    from platformdirs import user_state_path

    return user_state_path("tandem", appauthor=False)
