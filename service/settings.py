"""What the environment says. The only module that reads it; nothing is read at import.

| variable | meaning |
|---|---|
| TANDEM_DATABASE | database address, instead of the one in study.yaml |
| TANDEM_STATE | folder for what belongs to this machine and no study: Label Studio's data, session keys |
| TANDEM_LABEL_STUDIO_ENV | the environment that holds Label Studio, instead of the one ``make install`` made |
| LABEL_STUDIO_URL, LABEL_STUDIO_API_KEY | another Label Studio, and its token |
| TANDEM_SERVICE_URL | where that Label Studio reaches "tandem serve", instead of the address in study.yaml |
| MLFLOW_TRACKING_URI | an MLflow server, instead of the store in the study's folder |
| TANDEM_BACKUP_PASSWORD_FILE | a file whose first line is the password under which backups are made |
| TANDEM_SESSION_KEY | the key that "tandem serve" asks for, instead of one made at the first start |
| TANDEM_PUBLIC_URL | by which people reach "tandem serve", where that is another address than Label Studio's way to it |
| LABEL_STUDIO_PUBLIC_URL | by which people reach that Label Studio, where that is another address than Tandem's way to it |
| TANDEM_PROXIES | how many reverse proxies of yours stand before "tandem serve"; their word on addresses is believed |
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_SQLITE = "sqlite:///"
# what is harmless of Python's own variables; the others name code, or where it is looked for
_PYTHON_KEPT = frozenset({"PYTHONUTF8", "PYTHONIOENCODING", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"})


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
    service_url: str | None = None
    backup_password_file: Path | None = None
    proxies: int = 0
    public_url: str | None = None
    label_studio_public_url: str | None = None

    def __repr__(self) -> str:
        return f"Settings(state={str(self.state)!r}, label_studio_url={self.label_studio_url!r}, …)"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the process's environment, or from the mapping given."""
    given = os.environ if environment is None else environment

    def said(name: str) -> str | None:
        return given.get(name, "").strip() or None

    state = said("TANDEM_STATE")
    env = said("TANDEM_LABEL_STUDIO_ENV")
    password_file = said("TANDEM_BACKUP_PASSWORD_FILE")
    return Settings(
        state=Path(state).absolute() if state else _state_folder(),
        database=_from_here(said("TANDEM_DATABASE")),
        label_studio_env=Path(env).absolute() if env else None,
        label_studio_url=said("LABEL_STUDIO_URL"),
        label_studio_token=said("LABEL_STUDIO_API_KEY"),
        tracking_uri=_from_here(said("MLFLOW_TRACKING_URI")),
        session_key=said("TANDEM_SESSION_KEY"),
        service_url=said("TANDEM_SERVICE_URL"),
        backup_password_file=Path(password_file).absolute() if password_file else None,
        public_url=_address(said("TANDEM_PUBLIC_URL")),
        label_studio_public_url=_address(said("LABEL_STUDIO_PUBLIC_URL")),
        proxies=int(proxies) if (proxies := said("TANDEM_PROXIES") or "").isdecimal() else 0,
    )


def child_environment(settings: Settings, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a process that Tandem starts is given: it imports nothing from where somebody stands or a study lies.

    It may run in another folder, so paths that were given from here are whole ones.
    """
    given = os.environ if environment is None else environment
    kept = {key: value for key, value in given.items() if not key.startswith("PYTHON") or key in _PYTHON_KEPT}
    whole = {
        "TANDEM_STATE": str(settings.state),
        "TANDEM_DATABASE": settings.database,
        "TANDEM_LABEL_STUDIO_ENV": settings.label_studio_env and str(settings.label_studio_env),
        "MLFLOW_TRACKING_URI": settings.tracking_uri,
        "TANDEM_BACKUP_PASSWORD_FILE": settings.backup_password_file and str(settings.backup_password_file),
    }
    return kept | {key: value for key, value in whole.items() if value} | {"PYTHONSAFEPATH": "1"}


def postgresql_environment(
    password: str | None, environment: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What a program of PostgreSQL is given: the user's own PostgreSQL variables, and the password of the address."""
    given = os.environ if environment is None else environment
    kept = {key: value for key, value in given.items() if key in ("PATH", "HOME", "SYSTEMROOT")}
    kept |= {key: value for key, value in given.items() if key.startswith("PG") and key != "PGOPTIONS"}
    return kept | ({"PGPASSWORD": password} if password else {})


def _from_here(address: str | None) -> str | None:
    """An address of a SQLite file with its whole path; others as they are."""
    if (
        address is None
        or not address.startswith(_SQLITE)
        or address[len(_SQLITE) :].startswith((":", "/", "?"))
    ):
        return address
    file = address[len(_SQLITE) :]
    return f"{_SQLITE}{Path(file).absolute()}" if file else address


def _address(given: str | None) -> str | None:
    return None if given is None else given.rstrip("/")


def _state_folder() -> Path:
    from platformdirs import user_state_path

    return user_state_path("tandem", appauthor=False)
