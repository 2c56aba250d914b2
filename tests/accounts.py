"""Accounts for tests: passwords that hash quickly, people, and browsers that sign in."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from annotations.store.accounts import add_account, set_password
from service.access.viewer import ViewerRole
from service.accounts import passwords
from service.composition import Parts

KEY = "k" * 43
PASSWORD = "violet harbour copper"
BASE = "http://127.0.0.1:8430"
# how the browser calls the session of that server
SESSION = "tandem_session_8430"


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2id with parameters that take no time: what is tested is what is made of its answers."""
    from argon2 import PasswordHasher

    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: quick)
    passwords._nobodys.cache_clear()


def add_person(
    parts: Parts,
    name: str,
    role: ViewerRole,
    *,
    sites: frozenset[str] | None = None,
    sees_text: bool = False,
    password: str | None = PASSWORD,
) -> None:
    """An account, with a password that was chosen already."""
    kept = None if password is None else passwords.hashed(password)
    with parts.store.writing() as connection:
        made = add_account(connection, name, role, sites=sites, sees_text=sees_text)
        set_password(connection, made.id, kept)


def browser(app: FastAPI, *, address: str = "127.0.0.1", base: str = BASE) -> TestClient:
    """A browser at this address; it asks for pages."""
    return TestClient(app, base_url=base, client=(address, 50_000), headers={"Accept": "text/html"})


def signed_in(app: FastAPI, name: str, password: str = PASSWORD) -> TestClient:
    """A browser in which somebody has signed in."""
    client = browser(app)
    answer = client.post("/sign-in", data={"name": name, "password": password}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return client


def form_token(client: TestClient, path: str) -> str:
    """What the forms of a page carry."""
    found = re.search('name="csrf" value="([0-9a-f]{64})"', client.get(path).text)
    assert found is not None
    return found[1]
