"""A small study on a database of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgresql import POSTGRESQL, a_schema
from study_to_back_up import a_small_study

from service.composition import Parts


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """A small study whose database is a file."""
    made = a_small_study(tmp_path)
    yield made
    made.close()


@pytest.fixture
def new_schema_url() -> Iterator[str]:
    """The address of a PostgreSQL schema that is not there yet."""
    with a_schema() as name:
        yield f"{POSTGRESQL}?schema={name}"


@pytest.fixture
def on_postgresql(tmp_path: Path, new_schema_url: str) -> Iterator[tuple[Parts, str]]:
    """A small study on PostgreSQL, and the address of a new schema for its backup."""
    with a_schema() as name:
        made = a_small_study(tmp_path, TANDEM_DATABASE=f"{POSTGRESQL}?schema={name}")
        yield made, new_schema_url
        made.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def either(request: pytest.FixtureRequest) -> tuple[Parts, str | None]:
    """A small study on a database of each kind, and where its backup is restored to (None: into a file)."""
    if request.param == "sqlite":
        return request.getfixturevalue("parts"), None
    found: tuple[Parts, str] = request.getfixturevalue("on_postgresql")
    return found
