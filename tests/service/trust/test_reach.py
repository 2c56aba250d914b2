"""Nothing is called or sent to an address that only the study names, by any way, until a person confirms it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from commands import commands_on
from listening import Listening, listening, taking_calls
from real_server import answers, free_port, until

from annotations.errors import BadInput, TandemError
from annotations.label_studio.client import LabelStudio
from annotations.study.config import read_study
from service.composition import Parts
from service.label_studio.attach import find_service
from service.label_studio.connect import label_studio_of
from service.new_study import make_study
from service.settings import read_settings
from service.trust.reach import NotConfirmed, TokenElsewhere, not_confirmed
from service.web.pings import Pings

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
    pytest.mark.slow,
]
TOKEN = "t0ken" * 8
Tandem = Callable[..., dict[str, Any]]


@pytest.fixture
def elsewhere() -> Iterator[Listening]:
    """A server that a study names."""
    with listening() as heard:
        yield heard


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty study, and an environment that names a token and no address."""
    for name in ("LABEL_STUDIO_URL", "MLFLOW_TRACKING_URI", "TANDEM_DATABASE", "TANDEM_SERVICE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", TOKEN)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    make_study(tmp_path / "study", codebook="common-framework", config={"name": "S"})
    return (tmp_path / "study").resolve()


def _names(study: Path, **config: Any) -> Parts:
    (study / "study.yaml").write_text(yaml.safe_dump({"name": "S", **config}), "utf-8")
    return Parts(read_study(study), read_settings())


def _carefully(tandem: Tandem, *command: str) -> str:
    """What a command says where it fails."""
    try:
        return str(tandem(*command))
    except (TandemError, AssertionError) as error:
        return str(error)


def test_no_command_calls_what_only_the_study_names(
    study: Path, elsewhere: Listening, tmp_path: Path
) -> None:
    """Neither Label Studio nor the service: each command that would says what would go where."""
    url = elsewhere.url_as_elsewhere
    _names(study, label_studio={"url": url}, service={"url": url}).close()
    words = tmp_path / "JKG-01.txt"
    words.write_text("I: And?\nJKG-01: We lack money.\n", "utf-8")
    tandem = commands_on(study)
    tandem("import", str(words), "--wave", "1")
    said = {
        " ".join(command): _carefully(tandem, *command)
        for command in (
            ("doctor",), ("status",), ("train",), ("precode", "--wave", "1"), ("push", "--wave", "1"), ("pull",),
            ("suggestions",), ("trust",), ("models", "list"), ("jobs", "list"),
            ("withdraw", "JKG-01", "--by", "Ada"),
        )
    }  # fmt: skip
    assert elsewhere.asked == []
    for command in ("push --wave 1", "pull", "doctor"):
        assert f"tandem trust {url} --plain-http" in said[command], command
        assert TOKEN not in said[command]


def test_the_server_calls_neither(study: Path, elsewhere: Listening) -> None:
    """It starts, says what it does not call, and answers; its health does not ask there either."""
    url = elsewhere.url_as_elsewhere
    _names(study, label_studio={"url": url}, service={"url": url}).close()
    port = free_port()
    command = [sys.executable, "-m", "service.cli.main", "serve", "--study", str(study), "--port", str(port)]
    with subprocess.Popen(
        [*command, "--reconcile", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            until(lambda: answers(port))
            parts = httpx.get(f"http://127.0.0.1:{port}/health", timeout=5).json()["parts"]
        finally:
            server.terminate()
        said = server.communicate(timeout=30)[1]
    assert "not asked" in parts["label studio"]
    assert said.count("tandem trust") == 2
    assert elsewhere.asked == []


def test_once_confirmed_it_is_called_with_the_token(study: Path, elsewhere: Listening) -> None:
    """For plain http the confirmation is said twice; it can be taken back."""
    url = elsewhere.url_as_elsewhere
    parts = _names(study, label_studio={"url": url})
    tandem = commands_on(study)
    with pytest.raises(BadInput, match="say it twice"):
        tandem("trust", url)
    with pytest.raises(NotConfirmed):
        label_studio_of(parts)
    assert elsewhere.asked == []
    tandem("trust", url, "--plain-http")
    with label_studio_of(parts, pauses=()) as server:
        server.get("api/version", {})
    assert elsewhere.asked
    assert TOKEN in elsewhere.heads[-1]
    tandem("trust", "--remove", url)
    with pytest.raises(NotConfirmed):
        label_studio_of(parts)


def test_a_confirmed_service_is_asked_for_its_proof_only(study: Path, elsewhere: Listening) -> None:
    """Before that it is not even asked whether it is there; no key goes there in any case."""
    parts = _names(study, service={"url": elsewhere.url_as_elsewhere})
    assert "tandem trust" in find_service(parts).why_not
    assert elsewhere.asked == []
    commands_on(study)("trust", elsewhere.url_as_elsewhere, "--plain-http")
    service = find_service(parts)
    assert "is not Tandem's service" in service.why_not
    assert elsewhere.asked == ["GET /health"]
    assert service.key not in "".join(elsewhere.heads)


@pytest.mark.parametrize(
    "given", ["postgresql://ada:secret@{}/s", "postgresql://ada:secret@{}/s?sslmode=require"]
)
def test_a_database_that_only_the_study_names_is_not_connected_to(study: Path, given: str) -> None:
    """A sentence names it without its password; confirmed, it is connected to."""
    with taking_calls() as heard:
        named = f"0.0.0.0:{heard.port}"
        parts = _names(study, database=given.format(named))
        tandem = commands_on(study)
        for command in ("status", "doctor", "train", "suggestions"):
            said = _carefully(tandem, command)
            assert f"tandem trust postgresql://{named}" in said
            assert "secret" not in said
        assert heard.asked == []
        tandem("trust", f"postgresql://{named}")
        with pytest.raises(TandemError, match="does not answer"):
            _ = parts.store
        assert heard.asked


@pytest.mark.parametrize(
    "given",
    [
        "postgresql://127.0.0.1/s?host=box.example.org", "postgresql://127.0.0.1/s?hostaddr=10.0.0.1",
        "postgresql://127.0.0.1/s?service=other", "postgresql://127.0.0.1/s?sslkey=/home/ada/key",
        "postgresql://127.0.0.1/s?options=-cfoo", "postgresql://127.0.0.1/host=box dbname=s",
        "postgresql://127.0.0.1,box.example.org/s", "postgresql:///s?host=/tmp/socket", "no address",
        "postgresql://box.example.org:port/s",
    ],
)  # fmt: skip
def test_a_database_address_that_leads_elsewhere_by_a_detour_is_refused(study: Path, given: str) -> None:
    """PostgreSQL's own settings can name another server than the address does."""
    with pytest.raises(BadInput):
        _ = _names(study, database=given).database_url


@pytest.mark.parametrize(
    "given",
    [
        "sqlite:////tmp/other.db", "sqlite:///../other.db", "sqlite:///own.db?mode=ro", "sqlite://", "sqlite:///:memory:",
        "sqlite:///file:own.db?uri=true", "sqlite:///link.db",
    ],
)  # fmt: skip
def test_a_file_outside_the_study_is_no_database_of_it(study: Path, given: str) -> None:
    """It would be written to: another study's records, or any file that is one."""
    (study / "link.db").symlink_to(study.parent / "other.db")
    with pytest.raises(BadInput, match="link" if "link" in given else "own folder"):
        _ = _names(study, database=given).database_url


def test_a_database_file_is_looked_for_in_the_study(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever somebody stands."""
    monkeypatch.chdir("/")
    assert _names(study, database="sqlite:///own.db").database_url == f"sqlite:///{study / 'own.db'}"


def test_what_the_environment_says_holds_without_a_question(
    study: Path, elsewhere: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is this machine's user who sets it; what the study names is not called then."""
    with listening() as other:
        monkeypatch.setenv("LABEL_STUDIO_URL", elsewhere.url_as_elsewhere)
        monkeypatch.setenv("TANDEM_SERVICE_URL", elsewhere.url_as_elsewhere)
        parts = _names(
            study, label_studio={"url": other.url_as_elsewhere}, service={"url": other.url_as_elsewhere}
        )
        with label_studio_of(parts, pauses=()) as server:
            server.get("api/version", {})
        assert find_service(parts).url == elsewhere.url_as_elsewhere
        assert Pings(parts).ask()["label studio"] == "ok"
        assert not_confirmed(parts.study, parts.settings) == []
        assert other.asked == []
    assert TOKEN in elsewhere.heads[0]


def test_a_token_given_for_no_address_waits_even_on_loopback(study: Path, elsewhere: Listening) -> None:
    """Any user of this machine can listen there, and the study chose the port."""
    parts = _names(study, label_studio={"url": elsewhere.url})
    with pytest.raises(TokenElsewhere, match=f"LABEL_STUDIO_URL={elsewhere.url}"):
        label_studio_of(parts)
    assert elsewhere.asked == []
    commands_on(study)("trust", elsewhere.url)
    with label_studio_of(parts, pauses=()) as server:
        server.get("api/version", {})
    assert TOKEN in elsewhere.heads[-1]


def test_a_redirect_takes_no_token_along(elsewhere: Listening) -> None:
    """Whoever answers at the right address cannot send it to another one."""
    with listening(redirect=elsewhere.url) as first, LabelStudio(first.url, TOKEN, pauses=()) as server:
        for ask in (
            server.check,
            lambda: server.ask("POST", "api/projects/", {"a": 1}),
            lambda: server.get("a", {}),
        ):
            with suppress(TandemError, AttributeError):
                ask()
        assert len(first.asked) == 3
    assert elsewhere.asked == []


def test_what_is_confirmed_must_be_named(study: Path) -> None:
    """A slip of the pen confirms nothing, and neither does a study's other address."""
    _names(study, label_studio={"url": "https://box.example.org"}).close()
    tandem = commands_on(study)
    with pytest.raises(BadInput, match="it names https://box"):
        tandem("trust", "https://bax.example.org")
    with pytest.raises(BadInput, match="was not confirmed"):
        tandem("trust", "--remove", "https://box.example.org")
    with pytest.raises(BadInput, match="one address"):
        tandem("trust", "https://box.example.org", "--list")


def test_the_list_says_how_each_address_stands(study: Path) -> None:
    """What is named, what goes there, and what was confirmed and is named no more."""
    _names(
        study, label_studio={"url": "https://box.example.org"}, service={"url": "http://127.0.0.1:8500"}
    ).close()
    tandem = commands_on(study)
    assert [(row["address"], row["state"]) for row in tandem("trust", "--list")["addresses"]] == [
        ("https://box.example.org", "not confirmed: nothing is sent"),
        ("http://127.0.0.1:8500", "this machine"),
    ]
    tandem("trust", "https://box.example.org/")
    assert tandem("trust", "--list")["addresses"][0]["state"] == "confirmed"
    _names(study).close()
    assert [row["state"] for row in tandem("trust")["addresses"]] == ["confirmed, named no more"]
