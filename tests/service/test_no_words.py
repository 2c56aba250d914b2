"""No exception, log, job or answer ever carries text of a transcript, whatever is damaged."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from coded_study import make_coded_study, opened
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from annotations.errors import BadInput, TandemError, said_of
from annotations.label_studio.annotation import fault
from annotations.label_studio.client import _in_words
from annotations.store.database import Store, open_store
from annotations.store.jobs import ask_for
from annotations.store.tables import jobs
from annotations.store.withdrawals import erase
from service.cli.main import main
from service.jobs import worker
from service.process.log_lines import LogLines
from service.serving.train_and_evaluate import train
from service.web.app import create_app

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]
WORD = "quagmire"  # of participant JKG-01 alone, in each passage
KEY = "k" * 43
HOLDING = {"Authorization": f"Bearer {KEY}"}
PATHS = (
    "/api/v1/status",
    "/api/v1/transcripts",
    "/api/v1/segments?transcript=JKG-01",
    "/api/v1/suggestions?transcript=JKG-01",
    "/api/v1/reviews?transcript=JKG-01",
    "/api/v1/models",
    "/api/v1/jobs",
    "/health",
)
# damaged text, and text where something else belongs
DAMAGE = ("CAST(x'ff' || '{word} and the rest' AS TEXT)", "'{word} and the rest'", "x'00' || '{word}'")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with a model and suggestions, made once."""
    folder = tmp_path_factory.mktemp("template")
    study = make_coded_study(folder, names=("JKG-01", "JKG-02"))
    parts = opened(study, folder / "state")
    train(parts)
    with parts.store.writing() as connection:
        ask_for(connection, "precode", {})
    worker.do_waiting_jobs(parts)
    parts.close()
    return study


# names that people have to read, and that no part of Tandem makes of what somebody said
NAMES = {("model_versions", "version"), ("model_versions", "folder")}


def _places(study: Path) -> list[tuple[str, str]]:
    """Every column of every table that holds a row."""
    with closing(sqlite3.connect(study / "tandem.db")) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return [
            (table, column)
            for table in tables
            if not table.startswith("sqlite_") and connection.execute(f'SELECT 1 FROM "{table}"').fetchone()  # noqa: S608
            for _, column, *_ in connection.execute(f'PRAGMA table_info("{table}")')
            if (table, column) not in NAMES
        ]


@contextmanager
def _logged() -> Iterator[io.StringIO]:
    """Every line that this process would write to its log."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(LogLines())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield out
    finally:
        root.removeHandler(handler)


def _command(study: Path, state: Path, *arguments: str) -> str:
    """What the command line says on its error stream, as its own entry point says it."""
    err, out, argv = io.StringIO(), io.StringIO(), sys.argv
    before = os.environ.get("TANDEM_STATE")
    os.environ["TANDEM_STATE"] = str(state)
    sys.argv, sys.stderr, sys.stdout = ["tandem", "--study", str(study), *arguments], err, out
    try:
        main()
    except SystemExit:
        pass
    finally:
        sys.argv, sys.stderr, sys.stdout = argv, sys.__stderr__, sys.__stdout__
        os.environ.pop("TANDEM_STATE")
        if before is not None:
            os.environ["TANDEM_STATE"] = before
    return err.getvalue()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_damaged_no_word_gets_out(template: Path, tmp_path: Path, data: st.DataObject) -> None:
    """Any column of any table: a worker, the server, the command line and their logs tell of the fault without words."""
    table, column = data.draw(st.sampled_from(_places(template)))
    damage = data.draw(st.sampled_from(DAMAGE)).format(word=WORD)
    place = tmp_path / uuid4().hex
    shutil.copytree(template, place / "study")
    with closing(sqlite3.connect(place / "study" / "tandem.db")) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        try:
            last = f'(SELECT max(rowid) FROM "{table}")'  # noqa: S608
            connection.execute(f'UPDATE "{table}" SET "{column}" = {damage} WHERE rowid = {last}')  # noqa: S608
        except sqlite3.Error:
            return  # SQLite itself refuses this value there
    said = [_command(place / "study", place / "state", name) for name in ("status", "suggestions")]
    parts = opened(place / "study", place / "state")
    with _logged() as log:
        try:
            with parts.store.writing() as connection:
                ask_for(connection, "precode", {"wave": "1"})
            worker.do_waiting_jobs(parts)
        except Exception as error:  # noqa: BLE001 (whatever it is, what is said of it is looked at)
            said.append(said_of(error))
        client = TestClient(
            create_app(parts, key=KEY), base_url="http://127.0.0.1:8430", raise_server_exceptions=False
        )
        for path in PATHS:
            answer = client.get(path, headers=HOLDING)
            if answer.status_code >= 400:
                said.append(answer.text)
    with closing(sqlite3.connect(place / "study" / "tandem.db")) as connection:
        connection.text_factory = lambda content: content.decode("utf-8", "replace")
        # but where this test put it there itself
        if (table, column) != ("jobs", "error"):
            said += [str(row) for row in connection.execute("SELECT error FROM jobs")]
    parts.close()
    assert WORD not in "\n".join(said)
    assert WORD not in log.getvalue()


def test_a_real_server_prints_no_words(template: Path, tmp_path: Path) -> None:
    """A damaged row makes requests fail; neither the answers nor what the server prints holds what stood in it."""
    shutil.copytree(template, tmp_path / "study")
    with closing(sqlite3.connect(tmp_path / "study" / "tandem.db")) as connection, connection:
        connection.execute(f"UPDATE transcripts SET text = CAST(x'ff' || '{WORD} here' AS TEXT)")  # noqa: S608
        connection.execute(f"UPDATE transcripts SET date = '{WORD} here'")  # noqa: S608
        connection.execute(f"UPDATE model_versions SET codes = '{WORD} here'")  # noqa: S608
    environment = {**os.environ, "TANDEM_SESSION_KEY": KEY, "TANDEM_STATE": str(tmp_path / "state")}
    port = _free_port()
    program = [sys.executable, "-c", "from service.cli.main import main; main()"]
    command = [*program, "--study", str(tmp_path / "study"), "serve", "--port", str(port), "--no-worker"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        try:
            answers = _answers(port)
        finally:
            process.terminate()
            process.wait(30)
    assert any(code >= 500 for code, _ in answers)
    assert not any(WORD in answer for _, answer in answers)
    printed = (tmp_path / "log").read_text()
    # where the rows are what is wrong, the answer says that in place of the fault they make
    assert any("cannot be read" in answer for _, answer in answers) or "an unforeseen fault: " in printed
    assert WORD not in printed


def _free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _answers(port: int) -> list[tuple[int, str]]:
    end = time.monotonic() + 90
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=HOLDING, timeout=60) as client:
        while True:
            try:
                client.get("/health")
                break
            except httpx.TransportError:
                assert time.monotonic() < end
                time.sleep(0.2)
        found = [client.get(path) for path in PATHS]
    return [(answer.status_code, answer.text) for answer in found]


def test_a_row_that_the_database_refuses_is_not_quoted(store_url: str) -> None:
    """Drivers quote rows and values in their messages: SQLite damaged text, PostgreSQL what it was given."""
    store = open_store(store_url)
    statements = {
        "sqlite": "SELECT CAST(x'ff' || :word AS TEXT)",
        "postgresql": "SELECT CAST(CAST(:word AS TEXT) AS INTEGER)",
    }
    with pytest.raises(TandemError) as raised, store.reading() as connection:
        connection.execute(text(statements[store.engine.dialect.name]), {"word": WORD}).all()
    assert WORD not in str(raised.value)
    assert raised.value.__suppress_context__
    store.close()


def test_an_unreachable_database_says_why() -> None:
    """What no row is at fault of is still said in the server's words."""
    from sqlalchemy.exc import OperationalError

    from annotations.store.database_errors import database_error

    error = OperationalError("SELECT 1", None, psycopg.OperationalError("connection refused"))
    assert "connection refused" in str(database_error(error, "postgresql://host/name", waited_s=10))


def test_a_text_that_postgresql_cannot_keep_is_no_fault_of_the_database() -> None:
    """The driver refuses a NUL before it asks the server: whoever wrote it is told, and not that nobody answers."""
    from sqlalchemy.exc import DataError

    from annotations.store.database_errors import database_error

    cause = psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    said = database_error(DataError("INSERT", None, cause), "postgresql://host/name", waited_s=10)
    assert isinstance(said, BadInput)
    assert "A text holds a NUL" in str(said)


def test_label_studio_is_not_quoted() -> None:
    """Its refusals quote the task that was sent; the fields at fault are named, no value of theirs."""
    body = json.dumps(
        {"validation_errors": {"data": [f"wanted text in {{'words': '{WORD}'}}"]}, "detail": WORD}
    )
    for status in (400, 404, 500, 403):
        said = str(_in_words(status, body, "http://127.0.0.1:8080"))
        assert WORD not in said
    assert "at fault: data" in str(_in_words(400, body, "http://127.0.0.1:8080"))
    assert WORD not in str(_in_words(400, WORD, "http://127.0.0.1:8080"))


def test_plain_data_that_does_not_fit_is_not_quoted() -> None:
    """A missing key of ours is named, another one is not."""
    assert fault(KeyError("result")) == "KeyError: 'result'"
    assert WORD not in fault(KeyError(f"{WORD} and the rest"))
    assert WORD not in fault(ValueError(WORD))


def test_a_withdrawal_clears_why_jobs_failed(store: Store) -> None:
    """Reasons that an earlier version wrote may hold words; none is left after somebody withdrew."""
    with store.writing() as connection:
        new = ask_for(connection, "train", {})
        connection.execute(jobs.update().where(jobs.c.id == new).values(error=f"a fault in '{WORD}'"))
        erase(connection, "JKG-01", by="Ines")
        (said,) = connection.execute(select(jobs.c.error)).scalars()
    assert said == "the reason was erased, since it may have held words that had to go"


@given(
    st.sampled_from((ValueError, KeyError, UnicodeError, RuntimeError, json.JSONDecodeError)), st.booleans()
)
def test_an_exception_is_said_by_kind_and_place(kind: type[Exception], chained: bool) -> None:
    """Its message, its notes and what caused it are left out, in what is stored and in every line of a log."""

    def fails() -> None:
        made: Any = kind(WORD, WORD, 0) if kind is json.JSONDecodeError else kind(WORD)
        if chained:
            raise made from ValueError(WORD)
        raise made

    with _logged() as log:
        try:
            fails()
        except Exception as error:
            said = said_of(error)
            logging.getLogger("somebody").exception("it failed: %s", error)
            logging.getLogger("somebody").error(error)
    assert kind.__name__ in said
    assert "test_no_words.py, line" in said
    assert WORD not in said
    assert kind.__name__ in log.getvalue()
    assert WORD not in log.getvalue()


def test_a_column_that_has_slipped_is_not_quoted(tmp_path: Path) -> None:
    """Where a time is wanted and a sentence stands, the sentence is not repeated."""
    from annotations.errors import BadInput
    from annotations.readers.reading import read_transcripts

    file = tmp_path / "a.csv"
    file.write_text(f"speaker,text,start\nP,a,{WORD} said in the hall\n")
    with pytest.raises(BadInput, match="what stands there is no time") as raised:
        read_transcripts(file, interviewers=())
    assert WORD not in str(raised.value)
