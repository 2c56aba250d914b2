"""Fixtures that tests of every room share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from builders import REPOSITORY, skip_or_fail

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.store.database import Store, open_store
from annotations.store.tombstones import beside

POSTGRESQL = os.environ.get("TANDEM_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real coded data, where they are."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared real data are not on this machine (../shared/data)")
    return folder


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, of each kind that Tandem supports."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'tandem.db'}"
        return
    import psycopg

    try:
        administrator = psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        skip_or_fail(f"no PostgreSQL answers at {POSTGRESQL}")
        raise
    schema = f"test_{uuid4().hex[:12]}"
    try:
        yield f"{POSTGRESQL}?schema={schema}"
    finally:
        for one in (schema, beside(schema)):
            administrator.execute(f'DROP SCHEMA IF EXISTS "{one}" CASCADE')
        administrator.close()


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store of each kind."""
    opened = open_store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def codebook() -> Codebook:
    """A small codebook: topics of which several may apply, and a phase of which one may."""
    return Codebook(
        name="Small",
        frameworks=(
            Framework("topics", "Topics"),
            Framework("phase", "Phase", role="phase", select="one"),
        ),
        codes=(
            Code("money", "Money", "topics", "Topics/Money", definition="What it costs."),
            Code("people", "People", "topics", "Topics/People", definition="Who does it."),
            Code("early", "Early", "phase", "Phase/Early"),
            Code("late", "Late", "phase", "Phase/Late"),
        ),
    )
