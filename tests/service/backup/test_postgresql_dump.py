"""A dump is read as rows: nothing else in it is run, and pg_dump gets no password on its command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.errors import BadInput, TandemError
from annotations.store.database import HEAD, as_it_is, new_schema
from service.backup import postgresql_dump
from service.backup.postgresql_dump import dump_schema, load_dump, read_dump

HEAD_LINES = b"--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\nSET statement_timeout = 0;\n"
SEARCH = b"SELECT pg_catalog.set_config('search_path', '', false);\n"
END = b"--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict abc\n"
ROWS = b'COPY s.jobs (sequence, id, kind, "end") FROM stdin;\n1\ta\t\\N\tx\n2\tb\tc\t\\\\.\n\\.\n\n'
NUMBER = b"SELECT pg_catalog.setval('s.jobs_sequence_seq', 2, true);\n\n"
WHOLE = HEAD_LINES + SEARCH + ROWS + NUMBER + END


@given(st.lists(st.integers(1, 60)))
def test_a_dump_is_read_however_it_is_cut(cuts: list[int]) -> None:
    """Rows and numberings are the same wherever the blocks end."""
    at, blocks = 0, []
    for size in cuts:
        blocks.append(WHOLE[at : at + size])
        at += size
    blocks.append(WHOLE[at:])
    facts = read_dump(blocks, "dump")
    assert facts.rows == {"jobs": 2}
    assert facts.numbers == {"jobs_sequence_seq": (2, True)}


@pytest.mark.parametrize(
    "evil",
    [
        b"DROP SCHEMA public CASCADE;\n",
        b"COPY s.jobs (id) FROM PROGRAM 'touch /tmp/evil';\n",
        b"\\! touch /tmp/evil\n",
        b"SELECT pg_catalog.setval('s.x', 1, true); DROP TABLE y;\n",
        b"SET role = postgres; DROP TABLE y;\n",
        b"COPY s.jobs (id) FROM stdin; DROP TABLE y;\n",
        b'COPY s.jobs (id"); DROP TABLE y; --) FROM stdin;\n\\.\n',
    ],
)
def test_anything_but_rows_is_refused(evil: bytes) -> None:
    """A stranger's dump is no program."""
    with pytest.raises(BadInput):
        read_dump([HEAD_LINES, evil, END], "dump")


@pytest.mark.parametrize("cut", [len(HEAD_LINES), len(WHOLE) - len(END), len(HEAD_LINES + SEARCH) + 60])
def test_a_dump_that_is_cut_off_is_refused(cut: int) -> None:
    """Between tables, and within one."""
    with pytest.raises(BadInput, match="cut off"):
        read_dump([WHOLE[:cut]], "dump")


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "evil",
    [
        b"COPY s.pg_authid (rolname) FROM stdin;\nevil\n\\.\n",
        b"COPY s.jobs (evil) FROM stdin;\n1\n\\.\n",
        b"COPY s.jobs (sequence, kind) FROM stdin;\nwords of a row\tx\n\\.\n",
        b"SELECT pg_catalog.setval('s.evil', 2, true);\n",
    ],
)
def test_rows_that_a_study_does_not_have_leave_no_schema(evil: bytes, new_schema_url: str) -> None:
    """Other tables, other columns, rows that do not fit: a sentence without a row's words, and nothing is kept."""
    with pytest.raises(BadInput) as refused, new_schema(new_schema_url, HEAD) as connection:
        load_dump(connection, [HEAD_LINES, evil, END], "dump")
    assert "words" not in str(refused.value)
    with as_it_is(new_schema_url) as connection:
        assert not connection.dialect.has_schema(connection, new_schema_url.rpartition("=")[2])


def test_the_password_is_not_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody on the machine reads command lines; the environment of a process is its user's."""
    program, seen = tmp_path / "pg_dump", tmp_path / "seen"
    program.write_text(f'#!/bin/sh\necho "$@" > {seen}\necho "$PGPASSWORD" > {seen}.env\n', "utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(postgresql_dump, "find_pg_dump", lambda: program)
    dump_schema("postgresql+psycopg://me:s3cret@host:1/name?schema=x&sslmode=require", tmp_path / "dump")
    assert "s3cret" not in seen.read_text("utf-8")
    assert "sslmode=require" in seen.read_text("utf-8")
    assert "schema=x" in seen.read_text("utf-8")
    assert (tmp_path / "seen.env").read_text("utf-8").strip() == "s3cret"


def test_a_machine_without_pg_dump_is_told_which_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence with the next step."""
    monkeypatch.setattr(postgresql_dump, "find_pg_dump", lambda: None)
    with pytest.raises(TandemError, match="apt install postgresql-client"):
        dump_schema("postgresql://host/name", tmp_path / "dump")


@pytest.mark.postgresql
def test_a_refusal_of_pg_dump_is_a_sentence(new_schema_url: str, tmp_path: Path) -> None:
    """Such as that the schema is not there."""
    with pytest.raises(TandemError, match="pg_dump could not dump"):
        dump_schema(new_schema_url, tmp_path / "dump")
