"""A pushed study, the Label Studio that it was pushed to, and where its webhooks go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_label_studio import FakeLabelStudio, keys_of, pushed_study

from annotations.codebook.codes import Codebook
from service.composition import Parts
from service.corrections.inbox import Inbox


@pytest.fixture
def parts(tmp_path: Path, codebook: Codebook, store_url: str) -> Iterator[Parts]:
    """A pushed study, on each kind of database."""
    made = pushed_study(tmp_path / "study", codebook, database=store_url)
    yield made
    made.close()


@pytest.fixture
def server(parts: Parts) -> FakeLabelStudio:
    """The Label Studio that it was pushed to."""
    return FakeLabelStudio(keys_of(parts))


@pytest.fixture
def inbox(parts: Parts, server: FakeLabelStudio) -> Inbox:
    """Where its webhooks go."""
    return Inbox(parts, lambda: (server.url, server.people))
