"""The pages that a coder opens from a passage: each with its own key, and without anybody's codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from fake_label_studio import keys_of, pushed_study
from fastapi.testclient import TestClient

from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Review
from annotations.store.codebook_versions import keep_codebook
from annotations.store.reviews import add_reviews
from annotations.store.segments import places_of
from annotations.store.transcripts import all_transcripts
from annotations.store.withdrawals import erase
from service.access.page_links import links_to, page_key
from service.composition import Parts
from service.web.app import create_app

KEY = "k" * 43
BASE = "http://127.0.0.1:8430"


@pytest.fixture
def parts(tmp_path: Path, codebook: Codebook) -> Iterator[Parts]:
    """A pushed interview of twelve turns, six of them to code; one is done, with the code Money."""
    made = pushed_study(tmp_path / "study", codebook)
    first, *_ = keys_of(made)
    with made.store.writing() as connection:
        transcript, span = places_of(connection, [first])[first]
        review = Review(transcript, "Ada", span, (Coding("money", span, memo="private"),))
        version = keep_codebook(connection, made.codebook)
        add_reviews(connection, [replace(review, codebook_version=version, id=uuid4())])
    yield made
    made.close()


@pytest.fixture
def client(parts: Parts) -> TestClient:
    """A coder's browser."""
    return TestClient(create_app(parts, key=KEY), base_url=BASE)


def _links(parts: Parts, turn: int = 1) -> tuple[str, str, str]:
    with parts.store.reading() as connection:
        (kept,) = all_transcripts(connection)
    found = links_to(BASE, KEY)(kept, turn)
    return found.interview, found.definitions, found.interview.partition("#")[0].replace("?", "/done.svg?")


def test_the_link_opens_the_interview_at_the_passage_and_its_key_leaves_the_address(
    parts: Parts, client: TestClient
) -> None:
    """Every turn has its place; what is coded, by whom or how is not told to somebody who has yet to judge."""
    interview, _, _ = _links(parts, 3)
    assert interview.endswith("#turn-4")
    answer = client.get(interview)
    assert (answer.status_code, "key=" in str(answer.url)) == (200, False)
    for number in range(1, 13):
        assert f'id="turn-{number}"' in answer.text
    assert "6 passages to code" in answer.text
    assert "done" not in answer.text
    for hidden in ("Money", "money", "Ada", "private"):
        assert hidden not in answer.text
    assert client.get(interview.partition("?")[0]).status_code == 200


def test_a_key_opens_its_own_page_only(parts: Parts, client: TestClient) -> None:
    """Neither another interview nor the status page, and no page opens without one."""
    interview, definitions, done = _links(parts)
    for address in (interview, definitions, done):
        path = address.partition("?")[0]
        assert client.get(path).status_code == 401
        assert client.get(f"{path}?key=wrong").status_code == 401
    other = "/interviews/00000000-0000-0000-0000-000000000001"
    key = interview.partition("key=")[2].partition("#")[0]
    assert client.get(f"{other}?key={key}").status_code == 401
    assert client.get(f"/?key={key}").status_code == 401
    assert client.get(f"{other}?key={page_key(KEY, other)}").status_code == 404


def test_a_task_pushed_earlier_shows_no_old_count(parts: Parts, client: TestClient) -> None:
    """Its picture of what is done is empty, for it would be of nobody in particular."""
    answer = client.get(_links(parts)[2])
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "done" not in answer.text


def test_the_definitions_are_those_of_the_codebook(parts: Parts, client: TestClient) -> None:
    """Every code with what it means."""
    answer = client.get(_links(parts)[1])
    assert answer.status_code == 200
    assert "Money" in answer.text


def test_a_withdrawn_interview_is_gone(parts: Parts, client: TestClient) -> None:
    """Its link says so and shows nothing."""
    interview, _, done = _links(parts)
    with parts.store.writing() as connection:
        erase(connection, "JKG-01", by="the lead")
    answer = client.get(interview)
    assert (answer.status_code, "Words number" in answer.text) == (404, False)
    assert client.get(done).status_code == 404
