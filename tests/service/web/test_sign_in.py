"""Getting in and out: passwords, sessions, invitations, the first account; and how somebody would get in who may not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from accounts import BASE, KEY, PASSWORD, SESSION, browser, form_token, quick_passwords, signed_in
from fastapi import FastAPI
from fastapi.testclient import TestClient
from lea_signs_in import app, parts

from annotations.store.accounts import account_named, close_account
from annotations.store.api_tokens import add_token
from annotations.store.tables import now, sessions, sign_in_attempts
from service.access.viewer import ViewerRole
from service.accounts.people import Rights, invite
from service.accounts.secrets_given import fresh_token, hash_of
from service.audit import Actor
from service.composition import Parts
from service.web.app import create_app
from service.web.browser_requests import own_path

__all__ = ["app", "parts"]


LEA = Actor("Lea", "session", "192.0.2.77")


__all__ = ["quick_passwords"]


pytestmark = pytest.mark.usefixtures("quick_passwords")


def signs_in(client: TestClient, name: str, password: str) -> int:
    answer = client.post("/sign-in", data={"name": name, "password": password}, follow_redirects=False)
    return answer.status_code


def test_whoever_is_not_signed_in_is_led_to_the_page_and_back(app: FastAPI) -> None:
    """A browser comes back to where it wanted to go; a program is told in JSON."""
    client = browser(app)
    asked = client.get("/api/v1/status?x=1", headers={"Accept": "application/json"})
    assert (asked.status_code, "signed in" in asked.json()["detail"]) == (401, True)
    led = client.get("/?wave=2", follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=/%3Fwave%3D2")
    page = client.get(led.headers["location"])
    assert 'value="/?wave=2"' in page.text
    answer = client.post(
        "/sign-in", data={"name": "cleo", "password": PASSWORD, "next": "/?wave=2"}, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/?wave=2")
    assert "Cleo" in client.get("/account").text


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "",
        "x",
    ],
)
def test_no_link_leads_elsewhere_after_signing_in(app: FastAPI, elsewhere: str) -> None:
    """Whatever "next" says, one stays here."""
    assert own_path(elsewhere) == "/"
    data = {"name": "Cleo", "password": PASSWORD, "next": elsewhere}
    assert browser(app).post("/sign-in", data=data, follow_redirects=False).headers["location"] == "/"
    client = signed_in(app, "Cleo")
    assert (
        client.get("/sign-in", params={"next": elsewhere}, follow_redirects=False).headers["location"] == "/"
    )


def test_it_is_not_said_whether_the_name_or_the_password_is_wrong(app: FastAPI) -> None:
    """Nobody learns who has an account."""
    client = browser(app)
    said = [
        client.post("/sign-in", data={"name": name, "password": "wrong wrong wrong"}).text.replace(name, "")
        for name in ("Cleo", "Nobody")
    ]
    assert said[0] == said[1]
    assert "do not belong together" in said[0]


def test_guesses_are_slowed_down_and_an_account_is_not_locked(app: FastAPI, parts: Parts) -> None:
    """After three slips one waits, from this address at once; another address is let in."""
    client = browser(app, address="192.0.2.1")
    found = [signs_in(client, "Cleo", f"wrong password {n}") for n in range(6)]
    assert found == [401, 401, 401, 429, 429, 429]
    refused = client.post("/sign-in", data={"name": "Cleo", "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert "Wait" in refused.text
    assert signs_in(browser(app, address="192.0.2.2"), "Cleo", PASSWORD) == 303
    # once the wait is over the right password is taken
    with parts.store.writing() as connection:
        earlier = now() - timedelta(minutes=30)
        connection.execute(sign_in_attempts.update().values(created=earlier))
    assert signs_in(client, "Cleo", PASSWORD) == 303


def test_guesses_at_the_same_moment_are_all_counted(app: FastAPI) -> None:
    """Many at once are not all the first."""
    clients = [browser(app, address="192.0.2.3") for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda client: signs_in(client, "Cleo", "wrong wrong wrong"), clients))
    assert sorted(found) == [401] * 3 + [429] * 5


def test_one_address_does_not_try_one_name_after_the_other(app: FastAPI) -> None:
    """Many names from one address are slowed down as many passwords for one name; so is one IPv6 network."""
    for addresses in (["192.0.2.9"] * 12, [f"2001:db8::{n}" for n in range(12)]):
        found = [
            signs_in(browser(app, address=address), f"Person {n}", "wrong password")
            for n, address in enumerate(addresses)
        ]
        assert found == [401] * 10 + [429] * 2


def test_what_was_typed_for_a_name_is_not_kept(app: FastAPI, parts: Parts) -> None:
    """People type passwords into the field of names."""
    signs_in(browser(app), PASSWORD, "")
    with parts.store.reading() as connection:
        (row,) = connection.execute(sign_in_attempts.select()).all()
    assert PASSWORD not in str(row)


def test_a_session_that_was_there_before_is_worth_nothing_afterwards(app: FastAPI) -> None:
    """Session fixation: what an attacker planted is not what is signed in, and ends."""
    attacker = signed_in(app, "Rita")
    planted = attacker.cookies[SESSION]
    victim = browser(app)
    victim.cookies.set(SESSION, planted)
    assert signs_in(victim, "Lea", PASSWORD) == 303
    # the browser is given another one
    fresh = [one.value for one in victim.cookies.jar if one.name == SESSION]
    assert any(one != planted for one in fresh)
    assert attacker.get("/", follow_redirects=False).status_code == 303
    made_up = browser(app)
    made_up.cookies.set(SESSION, "chosen by the attacker")
    assert made_up.get("/", follow_redirects=False).status_code == 303


def test_the_cookie_is_for_this_server_alone(app: FastAPI, parts: Parts) -> None:
    """Scripts do not read it; over https it has the name that no neighbouring host can set."""
    plain = browser(app).post("/sign-in", data={"name": "Cleo", "password": PASSWORD}, follow_redirects=False)
    cookie = plain.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "domain" not in cookie
    served = create_app(parts, key=KEY, hosts=["study.example.org"])
    secure = browser(served, base="https://study.example.org").post(
        "/sign-in", data={"name": "Cleo", "password": PASSWORD}, follow_redirects=False
    )
    assert secure.headers["set-cookie"].startswith("__Host-tandem_session=")
    assert "; secure" in secure.headers["set-cookie"].lower()


def test_another_study_on_this_machine_takes_no_session_away(app: FastAPI) -> None:
    """A browser sends the cookies of a host to all its ports: each port has a name of its own for them."""
    here = browser(app, base="http://127.0.0.1:8430")
    assert signs_in(here, "Lea", PASSWORD) == 303
    (own,) = [one.name for one in here.cookies.jar]
    other = browser(app, base="http://127.0.0.1:8440")
    other.cookies.update(here.cookies)
    # the other server has no session in it, and gives one of another name
    assert other.get("/", follow_redirects=False).status_code == 303
    assert signs_in(other, "Rita", PASSWORD) == 303
    assert own in other.cookies
    assert len({one.name for one in other.cookies.jar}) == 2
    here.cookies.update(other.cookies)
    assert "Lea" in here.get("/account").text
    assert "Rita" in other.get("/account").text


def test_sessions_end_when_nobody_is_there_and_after_a_week(app: FastAPI, parts: Parts) -> None:
    """Idle for half a day, or a week old however busy."""
    client = signed_in(app, "Cleo")

    def after(**values: object) -> int:
        with parts.store.writing() as connection:
            connection.execute(sessions.update().values(**values))
        return client.get("/", follow_redirects=False).status_code

    assert after(seen=now() - timedelta(hours=11)) == 200
    assert after(seen=now() - timedelta(hours=13)) == 303
    assert after(seen=now(), expires=now() + timedelta(hours=1)) == 200
    assert after(seen=now(), expires=now() - timedelta(seconds=1)) == 303


def test_a_form_of_another_site_changes_nothing(app: FastAPI) -> None:
    """CSRF: without the token, with a stranger's, or from another origin."""
    client = signed_in(app, "Cleo")
    token = csrf_of(client)
    other = csrf_of(signed_in(app, "Lea"))
    assert token != other
    for data, headers in (
        ({}, {}),
        ({"csrf": ""}, {}),
        ({"csrf": other}, {}),
        ({"csrf": token}, {"Origin": "https://evil.example"}),
        ({"csrf": token}, {"Origin": "null"}),
        ({"csrf": token}, {"Sec-Fetch-Site": "cross-site"}),
        ({"csrf": token}, {"Sec-Fetch-Site": "same-site"}),
    ):
        answer = client.post("/sign-out", data=data, headers=headers)
        assert answer.status_code == 403, (data, headers)
        assert "nothing was changed" in answer.text
    assert client.get("/", follow_redirects=False).status_code == 200
    assert client.post("/sign-out", data={"csrf": token}, headers={"Origin": BASE}).status_code == 200
    assert client.get("/", follow_redirects=False).status_code == 303


def test_nobody_is_signed_in_as_somebody_else_by_another_site(app: FastAPI) -> None:
    """Signing in and accepting an invitation are refused from other origins too."""
    for path in ("/sign-in", "/invitation/x"):
        answer = browser(app).post(
            path, data={"name": "Rita", "password": PASSWORD}, headers={"Origin": "https://evil.example"}
        )
        assert answer.status_code == 403


def test_signed_out_everywhere(app: FastAPI) -> None:
    """All of a person's browsers, and nobody else's."""
    first, second, other = signed_in(app, "Cleo"), signed_in(app, "Cleo"), signed_in(app, "Lea")
    first.post("/sign-out-everywhere", data={"csrf": csrf_of(first)})
    assert [one.get("/", follow_redirects=False).status_code for one in (first, second, other)] == [
        303,
        303,
        200,
    ]


def test_an_invitation_is_used_once_and_looking_at_it_uses_nothing(app: FastAPI, parts: Parts) -> None:
    """The link lets one choose a password and signs in; then it opens nothing, and neither does an older one."""
    config = parts.study.config
    old = invite(parts.store, KEY, "Nina", Rights(ViewerRole.CODER), by=LEA, config=config)
    with pytest.raises(Exception, match="has an account already"):
        invite(parts.store, KEY, "NINA ", Rights(ViewerRole.LEAD), by=LEA, config=config)
    client = browser(app)
    for _ in range(2):
        assert "Welcome, Nina" in client.get(old.path).text
    for password, again, said in (
        ("short", "short", "12 are the fewest"),
        ("password1234", "password1234", "tried first"),
        (PASSWORD, "violet harbour coppre", "not the same"),
    ):
        answer = client.post(old.path, data={"password": password, "again": again})
        assert (answer.status_code, said in answer.text) == (422, True), answer.text
    done = client.post(old.path, data={"password": PASSWORD, "again": PASSWORD})
    assert (done.status_code, "Nina" in client.get("/account").text) == (200, True)
    for method in ("GET", "POST"):
        answer = browser(app).request(method, old.path, data={"password": PASSWORD, "again": PASSWORD})
        assert (answer.status_code, "opens nothing" in answer.text) == (404, True)


def test_a_closed_account_is_out_at_once(app: FastAPI, parts: Parts) -> None:
    """Its session, its password and its programs' tokens."""
    client, token = signed_in(app, "Cleo"), fresh_token()
    with parts.store.writing() as connection:
        cleo = account_named(connection, "Cleo")
        assert cleo is not None
        add_token(
            connection,
            cleo.id,
            hash_of(KEY, token),
            name="t",
            role="coder",
            sites=None,
            sees_text=False,
            expires=None,
        )
    program = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/status", headers=program).status_code == 200
    with parts.store.writing() as connection:
        close_account(connection, cleo.id)
    assert client.get("/", follow_redirects=False).status_code == 303
    assert client.get("/api/v1/status", headers=program).status_code == 401
    assert signs_in(browser(app), "Cleo", PASSWORD) == 401


def test_a_wrong_token_is_not_helped_by_a_cookie(app: FastAPI) -> None:
    """Who sends one is judged by it alone."""
    client = signed_in(app, "Lea")
    assert client.get("/api/v1/status", headers={"Authorization": "Bearer tandem_wrong"}).status_code == 401


def test_a_copy_of_the_database_opens_nothing_elsewhere(app: FastAPI, parts: Parts) -> None:
    """Sessions hold under one key of the study: another machine, or a new key, has signed everybody out."""
    client = signed_in(app, "Lea")
    elsewhere = browser(create_app(parts, key="o" * 43))
    elsewhere.cookies.set(SESSION, client.cookies[SESSION])
    assert elsewhere.get("/", follow_redirects=False).status_code == 303


def csrf_of(client: TestClient) -> str:
    return form_token(client, "/account")
