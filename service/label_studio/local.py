"""The Label Studio that Tandem starts on this machine: its own environment, its own data, loopback only."""

from __future__ import annotations

import json
import os
import secrets
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil

from annotations.errors import BadInput, TandemError
from service.process.stop_signals import heard_afterwards

PORT = 8431
START_LIMIT_S = 240.0
STOP_LIMIT_S = 15.0
PORT_LIMIT_S = 5.0
# Label Studio's own list of addresses that it may not call, but for this machine's loopback
_BANNED = (
    "0.0.0.0/8,10.0.0.0/8,100.64.0.0/10,169.254.0.0/16,172.16.0.0/12,192.0.0.0/24,192.0.2.0/24,192.88.99.0/24,"
    "192.168.0.0/16,198.18.0.0/15,198.51.100.0/24,203.0.113.0/24,224.0.0.0/4,240.0.0.0/4,::/128,::ffff:0:0/96,"
    "fc00::/7,fe80::/10,ff00::/8"
)


@dataclass(frozen=True)
class Access:
    """How to reach the local Label Studio. The password and the token never show in the repr."""

    url: str
    username: str
    password: str
    token: str

    def __repr__(self) -> str:
        return f"Access(url={self.url!r}, username={self.username!r}, …)"


class LocalLabelStudio:
    """One Label Studio per machine. ``state``: the folder for its data; ``env``: the environment that holds it."""

    def __init__(self, state: Path, env: Path | None = None) -> None:
        self.folder = state / "label-studio"
        self._env = env
        self._started: subprocess.Popen[bytes] | None = None

    @property
    def program(self) -> Path | None:
        """The installed program, or None."""
        candidates = [self._env] if self._env else [Path(__file__).parents[2] / ".label-studio"]
        for env in candidates:
            for program in (env / "bin" / "label-studio", env / "Scripts" / "label-studio.exe"):
                if program.is_file():
                    return program
        return None

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.folder / "label-studio.log"

    def access(self) -> Access | None:
        """The address and the credentials of the server that runs, or None."""
        running = self._running()
        if running is None:
            return None
        secret = self._secrets()
        return Access(running["url"], secret["username"], secret["password"], secret["token"])

    def running_process(self) -> dict[str, Any] | None:
        """The server that runs: the number of its process, when that began, and its address."""
        return self._running()

    def status(self) -> dict[str, Any]:
        """Is it installed, does it run, does it answer, and where."""
        running = self._running()
        return {
            "installed": self.program is not None,
            "running": running is not None,
            "answers": running is not None and _up(running["url"]),
            "url": running["url"] if running else None,
            "pid": running["pid"] if running else None,
            "data": str(self.folder),
        }

    def start(self, *, port: int = PORT, waiting: Callable[[float], None] | None = None) -> Access:
        """Start it and wait until it answers; if it runs already, that one is given back.

        Raises BadInput for a port that is taken, TandemError with the last lines of its log if it does not come up.
        """
        present = self.access()
        if present is not None:
            if _up(present.url):
                return present
            self.stop()
        program = self.program
        if program is None:
            raise TandemError(
                'Label Studio is not installed. Run "make install", or name an environment that holds it in '
                "TANDEM_LABEL_STUDIO_ENV."
            )
        _refuse_taken(port)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret = self._secrets()
        url = f"http://127.0.0.1:{port}"
        try:
            with heard_afterwards():
                process = self._started = self._launch(program, port, secret)
                self._note(process.pid, url)
            self._wait(process, url, waiting)
            _verify(url, secret["token"])
        except BaseException:
            self.stop()
            raise
        return Access(url, secret["username"], secret["password"], secret["token"])

    def stop(self) -> bool:
        """Stop it, with all its processes, and wait until its port is free; says whether it ran."""
        running = self._running()
        self._pid_file.unlink(missing_ok=True)
        if running is None:
            return False
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(running["pid"], sign)
            except ProcessLookupError:
                break
            if _within(STOP_LIMIT_S, lambda: not _alive(running["pid"])):
                break
        if self._started is not None:
            # collects it; it may have left its group a moment before it can be collected
            with suppress(subprocess.TimeoutExpired):
                self._started.wait(PORT_LIMIT_S)
        # a process that has ended may hold its port a moment longer, and a start would find it taken
        _within(PORT_LIMIT_S, lambda: _free(urlsplit(running["url"]).port or PORT))
        return True

    def compact(self) -> None:
        """Give its database's freed pages back, so that no file holds what was deleted."""
        file = self.folder / "data" / "label_studio.sqlite3"
        if not file.is_file():
            return
        try:
            with closing(sqlite3.connect(file, timeout=30)) as connection:
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise TandemError(
                f'{file} could not be compacted ({error}). Stop Label Studio ("tandem label-studio stop"), then run '
                f"the same command again."
            ) from error

    @property
    def _pid_file(self) -> Path:
        return self.folder / "running.json"

    def _running(self) -> dict[str, Any] | None:
        try:
            noted: dict[str, Any] = json.loads(self._pid_file.read_text("utf-8"))
        except (OSError, ValueError):
            return None
        # a number that another process bears by now is not ours
        if noted["began"] is None or when_began(noted["pid"]) != noted["began"]:
            return None
        return noted

    def _note(self, pid: int, url: str) -> None:
        self._pid_file.write_text(json.dumps({"pid": pid, "began": when_began(pid), "url": url}), "utf-8")

    def _secrets(self) -> dict[str, str]:
        file = self.folder / "secrets.json"
        if file.is_file():
            secrets_kept: dict[str, str] = json.loads(file.read_text("utf-8"))
            return secrets_kept
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = {
            "username": "tandem@localhost.local",
            "password": secrets.token_urlsafe(12),
            "token": secrets.token_hex(20),
        }
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            json.dump(made, out)
        return made

    def _launch(self, program: Path, port: int, secret: dict[str, str]) -> subprocess.Popen[bytes]:
        environment = {
            key: os.environ[key]
            for key in ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
            if key in os.environ
        }
        environment |= {
            "LABEL_STUDIO_BASE_DATA_DIR": str(self.folder / "data"),
            "LABEL_STUDIO_USERNAME": secret["username"],
            "LABEL_STUDIO_PASSWORD": secret["password"],
            "LABEL_STUDIO_USER_TOKEN": secret["token"],
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
            "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
            "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
            "LABEL_STUDIO_USE_DEFAULT_BANNED_SUBNETS": "false",
            "LABEL_STUDIO_USER_ADDITIONAL_BANNED_SUBNETS": _BANNED,
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
            "DO_NOT_TRACK": "true",
            "PYTHONSAFEPATH": "1",
            "PYTHONNOUSERSITE": "1",
            "LOG_LEVEL": "WARNING",
        }
        command = [str(program), "start", "--no-browser", "--internal-host", "127.0.0.1", "-p", str(port)]
        (self.folder / "data").mkdir(mode=0o700, exist_ok=True)
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 (our own program with our own arguments)
                command,
                env=environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait(
        self, process: subprocess.Popen[bytes], url: str, waiting: Callable[[float], None] | None
    ) -> None:
        begun = time.monotonic()
        while not _up(url):
            passed = time.monotonic() - begun
            if process.poll() is not None or passed > START_LIMIT_S:
                what = (
                    "stopped by itself"
                    if process.poll() is not None
                    else f"does not answer after {passed:.0f} s"
                )
                raise TandemError(
                    f"Label Studio {what}. The end of its log ({self.log}):\n{self._last_lines()}"
                )
            if waiting:
                waiting(passed)
            time.sleep(0.5)

    def _last_lines(self, most: int = 12) -> str:
        try:
            lines = self.log.read_text("utf-8", "replace").splitlines()
        except OSError:
            return "(there is no log)"
        return "\n".join(f"  {line}" for line in lines[-most:])


def _refuse_taken(port: int) -> None:
    # a busy port would make Label Studio take the next free one in silence
    from service.process.free_port import refuse_busy_port

    refuse_busy_port("127.0.0.1", port)


def _free(port: int) -> bool:
    try:
        _refuse_taken(port)
    except BadInput:
        return False
    return True


def _within(limit_s: float, true: Callable[[], bool]) -> bool:
    """Wait until something holds; False if it does not in time."""
    end = time.monotonic() + limit_s
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _alive(group: int) -> bool:
    """Does any process of this group run? One that has ended and waits to be collected does not."""
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                return True
        except (psutil.Error, ProcessLookupError):
            continue
    return False


def _up(url: str) -> bool:
    try:
        with httpx.Client(trust_env=False, timeout=3) as client:
            return bool(client.get(f"{url}/health").json().get("status") == "UP")
    except (httpx.HTTPError, ValueError):
        return False


def _verify(url: str, token: str) -> None:
    """Whoever answers on this port must know our token: another program may have been quicker."""
    with httpx.Client(trust_env=False, timeout=20) as client:
        answer = client.get(f"{url}/api/current-user/whoami", headers={"Authorization": f"Token {token}"})
    if answer.status_code != 200:
        raise BadInput(
            f"the server on {url} does not know Tandem's token (it answered {answer.status_code}). Another Label "
            f"Studio may be using this port: stop it, or give another --port."
        )


def when_began(pid: int) -> float | None:
    """When a process began, in seconds; None if there is none, or if it has ended and only waits to be collected."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None
