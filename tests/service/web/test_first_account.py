"""The first account of a study, and addresses that are not believed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from accounts import BASE, KEY, add_person, browser, form_token, quick_passwords
from lea_signs_in import app, parts

from annotations.store.accounts import set_password
from annotations.store.audit_log import rows_of
from service.access.viewer import ViewerRole
from service.accounts import passwords
from service.accounts.people import first_account
from service.composition import Parts
from service.new_study import make_study
from service.settings import read_settings
from service.web.app import create_app

__all__ = ["app", "parts"]


__all__ = ["quick_passwords"]


pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Parts]:
    """A study without an account."""
    study, _ = make_study(tmp_path / "alone", codebook="common-framework", config={"name": "A"})
    made = Parts(study, read_settings({"TANDEM_STATE": str(tmp_path / "state")}))
    yield made
    made.close()


def test_the_first_account_is_made_on_this_machine_by_whoever_holds_the_key(alone: Parts) -> None:
    """One click signs in; who she is, she says once; then the same click signs her in by name."""
    app = create_app(alone, key=KEY, hosts=["127.0.0.1", "study.example.org"])
    assert browser(app).get("/first-account", follow_redirects=False).status_code == 303
    client = browser(app)
    assert client.get(f"/?key={KEY}").status_code == 200
    token = form_token(client, "/first-account")
    bad = client.post("/first-account", data={"name": "", "csrf": token})
    assert (bad.status_code, "name" in bad.text) == (422, True)
    made = client.post("/first-account", data={"name": "Ada Lind", "csrf": token})
    assert (made.status_code, "Ada Lind" in client.get("/account").text) == (200, True)
    again = browser(app)
    again.get(f"/?key={KEY}")
    assert "Ada Lind" in again.get("/account").text
    with pytest.raises(Exception, match="accounts already"):
        first_account(alone.store, "Eve")


def test_once_there_are_accounts_the_link_signs_in_a_person_or_nobody(alone: Parts) -> None:
    """The first lead, on this machine, without a password; else the sign-in page. Nobody decides as "the study's key"."""
    app = create_app(alone, key=KEY)
    before = browser(app)
    before.get(f"/?key={KEY}")
    assert "Tandem does not know who you are" in before.get("/").text
    lead = first_account(alone.store, "Ada Lind")
    add_person(alone, "Bo Ek", ViewerRole.CODER, password=None)
    assert before.get("/people", follow_redirects=False).headers["location"].startswith("/sign-in")
    alone_still = browser(app)
    alone_still.get(f"/?key={KEY}")
    assert "Ada Lind" in alone_still.get("/account").text
    elsewhere = browser(app, address="192.0.2.1")
    assert elsewhere.get(f"/?key={KEY}", follow_redirects=False).headers["location"] == "/sign-in"
    with alone.store.writing() as connection:
        set_password(connection, lead.id, passwords.hashed("violet harbour copper"))
    with_password = browser(app)
    answer = with_password.get(f"/?key={KEY}")
    assert "Forgotten" in answer.text or "forgotten" in answer.text
    assert with_password.get("/account", follow_redirects=False).status_code == 303
    with alone.store.reading() as connection:
        came = {row.who for row in rows_of(connection, did="signed in") if row.account}
    assert came == {"Ada Lind"}


@pytest.mark.parametrize(
    ("address", "base", "headers"),
    [
        ("192.0.2.1", BASE, {}),
        ("127.0.0.1", "http://study.example.org", {}),
        ("127.0.0.1", BASE, {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", BASE, {"Via": "1.1 proxy"}),
    ],
)
def test_the_first_account_is_not_made_from_elsewhere(
    alone: Parts, address: str, base: str, headers: dict[str, str]
) -> None:
    """Not from another machine, and not through a proxy of this one."""
    app = create_app(alone, key=KEY, hosts=["127.0.0.1", "study.example.org"])
    client = browser(app, address=address, base=base)
    client.get(f"/?key={KEY}")
    answer = client.get("/first-account", headers=headers)
    assert (answer.status_code, "on the machine where Tandem runs" in answer.text) == (403, True)


def test_an_address_that_anybody_could_write_is_not_believed(tmp_path: Path, parts: Parts) -> None:
    """X-Forwarded-For counts only where proxies of ours stand before the server, and then from its end."""
    plain = browser(create_app(parts, key=KEY), address="192.0.2.1")
    found = [
        plain.post(
            "/sign-in",
            data={"name": "Cleo", "password": "wrong wrong wrong"},
            headers={"X-Forwarded-For": f"198.51.100.{n}"},
        ).status_code
        for n in range(4)
    ]
    assert found[-1] == 429
    settings = read_settings({"TANDEM_STATE": str(tmp_path / "state"), "TANDEM_PROXIES": "1"})
    behind = Parts(parts.study, settings)
    client = browser(create_app(behind, key=KEY), address="192.0.2.200")
    codes = [
        client.post(
            "/sign-in",
            data={"name": "Rita", "password": "wrong wrong wrong"},
            headers={"X-Forwarded-For": f"{made_up}, 203.0.113.7"},
        ).status_code
        for made_up in ("1.1.1.1", "2.2.2.2", "3.3.3.3", "4.4.4.4")
    ]
    assert codes[-1] == 429
    behind.close()
