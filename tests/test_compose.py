"""The team's server as compose.yaml starts it: every address is the environment's."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from builders import REPOSITORY, skip_or_fail
from real_server import free_port

from annotations.store.database import is_up_to_date, open_store
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


def _services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load((REPOSITORY / "compose.yaml").read_text("utf-8"))[
        "services"
    ]
    return found


def test_nothing_gains_rights_and_nothing_fills_the_machine() -> None:
    """No service has a capability or may take one (but Caddy, for its ports), and each has a limit of memory."""
    for name, one in _services().items():
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert one["cap_drop"] == ["ALL"], name
        assert one.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else []), name
        assert one["mem_limit"], name
        assert "privileged" not in one, name
        # why not is said there
        assert one.get("read_only", False) == (name != "label-studio"), name


def test_caddy_alone_is_reached_and_reaches_outside() -> None:
    """Every network of the others is an internal one, and no other port is published."""
    plain = yaml.safe_load((REPOSITORY / "compose.yaml").read_text("utf-8"))
    internal = {name for name, one in plain["networks"].items() if (one or {}).get("internal")}
    for name, one in plain["services"].items():
        if name != "proxy":
            assert set(one.get("networks", ())) <= internal, name
            assert "ports" not in one, name
    assert plain["services"]["proxy"]["ports"] == ["80:80", "443:443"]
    for name in ("inside", "front"):
        assert name in internal


def test_no_password_stands_in_a_command_or_an_address() -> None:
    """They come by the environment, each service has its own, and the superuser's stays with PostgreSQL."""
    services = _services()
    for name, one in services.items():
        said = " ".join(map(str, one.get("command", ()))) + str(one.get("healthcheck", ""))
        assert not re.search("PASSWORD|TOKEN|KEY", said), name
        environment = {key: str(value) for key, value in one.get("environment", {}).items()}
        for key, value in environment.items():
            if "://" in value:
                assert not re.search("PASSWORD|TOKEN|_KEY", value), (name, key)
        if name != "postgresql":
            assert "${POSTGRES_PASSWORD:?}" not in environment.values(), name
    given = {name: services[name]["environment"].get("PGPASSWORD") for name in ("service", "mlflow")}
    assert given == {"service": "${TANDEM_DB_PASSWORD:?}", "mlflow": "${MLFLOW_DB_PASSWORD:?}"}
    for name in ("service", "worker", "backup", "mlflow", "label-studio"):
        assert services[name]["environment"]["PGSSLMODE"] == "verify-full", name


def test_what_compose_asks_of_the_environment_is_documented() -> None:
    """Every variable of .env stands in the description of the team's server."""
    text = (REPOSITORY / "compose.yaml").read_text("utf-8")
    described = (REPOSITORY / "docs" / "team-server.md").read_text("utf-8")
    for name in set(re.findall(r"\$\{([A-Z_]+)", text)):
        assert f"{name}=" in described, name
    for file in re.findall(r"file: (\./[^}]+)\}", text):
        assert (REPOSITORY / file).is_file(), file


def test_the_service_understands_its_command() -> None:
    """Caddy's name for it is one that it answers to."""
    from typer.main import get_command

    from service.cli.serve import command

    app = typer.Typer()
    app.command("serve")(command)
    given = get_command(app).make_context("serve", _services()["service"]["command"][2:]).params
    assert (given["host"], given["worker"], len(given["allow_host"])) == ("0.0.0.0", False, 2)  # noqa: S104


def test_every_package_is_locked_by_its_hash() -> None:
    """What pyproject.toml asks for stands in the lock, at the version that constraints.txt names; torch apart."""
    lock = (REPOSITORY / "requirements.lock").read_text("utf-8")
    locked = dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^ \\;]+)", lock, re.M))
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.M)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    plain = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    wanted = {_normal(re.split(r"[\[<>=~ ]", one)[0]) for one in plain["project"]["dependencies"]} - {"torch"}
    assert wanted <= {_normal(name) for name in locked}
    assert not {name for name in locked if name.startswith(("torch", "nvidia-", "cuda-", "triton"))}
    constraints = dict(
        line.split("==")
        for line in (REPOSITORY / "constraints.txt").read_text("utf-8").splitlines()
        if "==" in line
    )
    named = {_normal(name): version for name, version in constraints.items()}
    differing = {name for name, version in locked.items() if named.get(_normal(name), version) != version}
    assert differing == set()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """A PostgreSQL set up with the files of the team's server, on a port of its own: its folder and port."""
    programs = shutil.which("initdb"), shutil.which("pg_ctl"), shutil.which("psql")
    if None in programs or (os.getuid() == 0 and shutil.which("setpriv") is None):
        skip_or_fail("initdb, pg_ctl and psql are not on this machine")
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    spec = importlib.util.spec_from_file_location("certificates", REPOSITORY / "deploy" / "certificates.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make_certificates(folder, ("localhost",))
    # as the container's superuser is the one of this system
    hba = (REPOSITORY / "deploy" / "pg_hba.conf").read_text("utf-8")
    (folder / "pg_hba.conf").write_text(hba)
    shutil.copy(REPOSITORY / "deploy" / "databases.sql", folder)
    run = _as_postgres(folder)
    port = free_port()
    run("initdb", "--pgdata", str(folder / "data"), "--username", "postgres", "--auth", "peer")
    options = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "ssl": "on",
        "ssl_cert_file": folder / "server.crt",
        "ssl_key_file": folder / "server.key",
        "ssl_min_protocol_version": "TLSv1.3",
        "hba_file": folder / "pg_hba.conf",
    }
    said = " ".join(f"-c {key}={value}" for key, value in options.items())
    run(
        "pg_ctl",
        "--pgdata",
        str(folder / "data"),
        "--wait",
        "--log",
        str(folder / "log"),
        "-o",
        said,
        "start",
    )
    try:
        inside = ("psql", "--host", str(folder), "--port", str(port), "--username", "postgres")
        run(*inside, "--set", "ON_ERROR_STOP=1", "--file", str(folder / "databases.sql"))
        yield folder, port
    finally:
        run("pg_ctl", "--pgdata", str(folder / "data"), "--mode", "immediate", "stop")
        shutil.rmtree(folder)


def _as_postgres(folder: Path) -> Callable[..., str]:
    prefix: list[str] = []
    if os.getuid() == 0:
        # PostgreSQL does not run as root
        user = pwd.getpwnam("postgres")
        for one in (folder, *folder.iterdir()):
            os.chown(one, user.pw_uid, user.pw_gid)
        prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    passwords = {
        f"{name}_DB_PASSWORD": f"{name.lower()} secret" for name in ("TANDEM", "MLFLOW", "LABEL_STUDIO")
    }

    def run(*command: str) -> str:
        done = subprocess.run(
            [*prefix, *command],
            cwd=folder,
            env={**os.environ, **passwords},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.slow
@pytest.mark.postgresql
def test_each_service_reaches_its_own_database_over_tls_and_nothing_else(cluster: tuple[Path, int]) -> None:
    """Verified TLS, one role and database each, no superuser among them, and the superuser only from within."""
    import psycopg

    folder, port = cluster

    def connect(
        user: str, database: str, password: str, mode: str = "verify-full"
    ) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host="localhost",
            hostaddr="127.0.0.1",
            port=port,
            user=user,
            dbname=database,
            password=password,
            sslmode=mode,
            sslrootcert=str(folder / "ca.crt") if mode == "verify-full" else "",
            connect_timeout=20,
        )

    for user in ("tandem", "mlflow", "label_studio"):
        with connect(user, user, f"{user} secret") as opened:
            row = opened.execute(
                "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication, ssl, version FROM pg_roles, "
                "pg_stat_ssl WHERE rolname = current_user AND pid = pg_backend_pid()"
            ).fetchone()
            assert row == (False, True, "TLSv1.3")
            opened.execute("CREATE TABLE t (n int)")
    for user, database, password, mode in (
        ("tandem", "tandem", "tandem secret", "disable"),
        ("tandem", "tandem", "wrong", "verify-full"),
        ("tandem", "label_studio", "tandem secret", "verify-full"),
        ("label_studio", "tandem", "label_studio secret", "verify-full"),
        ("mlflow", "postgres", "mlflow secret", "verify-full"),
        ("postgres", "postgres", "postgres", "verify-full"),
    ):
        with pytest.raises(psycopg.OperationalError):
            connect(user, database, password, mode)
    assert (folder / "server.key").stat().st_mode & 0o777 == 0o600
    assert not list(folder.glob("ca.key"))


@pytest.mark.slow
@pytest.mark.postgresql
def test_a_study_stands_in_such_a_database(
    cluster: tuple[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tandem's own role makes the schema and its tables, with the password from the environment."""
    folder, port = cluster
    for name, value in (
        ("PGPASSWORD", "tandem secret"),
        ("PGSSLMODE", "verify-full"),
        ("PGSSLROOTCERT", str(folder / "ca.crt")),
    ):
        monkeypatch.setenv(name, value)
    url = f"postgresql://tandem@localhost:{port}/tandem?schema=tandem_s"
    open_store(url).close()
    assert is_up_to_date(url)
