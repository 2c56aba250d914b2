"""The pages People, Audit and one's own account: what a lead changes, who may not, and what is written down."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from accounts import KEY, PASSWORD, SESSION, add_person, browser, form_token, quick_passwords, signed_in
from fastapi import FastAPI
from filelock import FileLock
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from annotations.errors import TandemError
from annotations.store.accounts import account_named
from annotations.store.audit_log import rows_of
from annotations.store.database import Store
from annotations.study.config import read_study
from annotations.study.list_in_file import set_values
from service.access.viewer import ViewerRole
from service.accounts.label_studio_users import NewUser
from service.audit import Actor, Did, noted, saw
from service.composition import Parts
from service.new_study import make_study
from service.settings import read_settings
from service.web.app import create_app

__all__ = ["quick_passwords"]
pytestmark = pytest.mark.usefixtures("quick_passwords")
HOSTILE = "<script>alert(1)</script>\"'>"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """A study of two sites with a lead, a lead of one site, a coder and a reader."""
    config = {"name": "S", "cases": {"C": ["Lund", "Malmö"]}}
    study, _ = make_study(tmp_path / "s", codebook="common-framework", config=config)
    made = Parts(study, read_settings({"TANDEM_STATE": str(tmp_path / "state")}))
    for name, role in (("Lea", ViewerRole.LEAD), ("Cleo", ViewerRole.CODER), ("Rita", ViewerRole.READER)):
        add_person(made, name, role)
    add_person(made, "Lotta", ViewerRole.LEAD, sites=frozenset({"Lund"}))
    yield made
    made.close()


@pytest.fixture
def app(parts: Parts) -> FastAPI:
    """Its server."""
    return create_app(parts, key=KEY)


def _account(parts: Parts, name: str) -> UUID:
    with parts.store.reading() as connection:
        found = account_named(connection, name)
    assert found is not None
    return found.id


def _did(store: Store) -> list[tuple[str, str, str]]:
    with store.reading() as connection:
        return [(row.who, row.did, row.about) for row in reversed(rows_of(connection))]


def test_a_lead_invites_and_the_link_opens_once(app: FastAPI, parts: Parts) -> None:
    """The page shows the link with this server's address; the invited coder is what the lead said."""
    lea = signed_in(app, "Lea")
    token = form_token(lea, "/people")
    answer = lea.post(
        "/people/invite",
        data={"csrf": token, "name": "Nina", "role": "coder", "site": ["Lund"], "email": "nina@example.org"},
    )
    found = re.search(r"<code>http://127\.0\.0\.1:8430(/invitation/[\w-]+)</code>", answer.text)
    assert found is not None
    nina = browser(app)
    assert "coder, only Lund" in nina.get(found[1]).text
    assert nina.post(found[1], data={"password": PASSWORD, "again": PASSWORD}).status_code == 200
    assert nina.get("/people").status_code == 403
    assert ("Lea", "invited", "Nina") in _did(parts.store)
    assert ("Nina", "chose a password", "") in _did(parts.store)


def test_a_coder_without_an_address_is_told_of_and_the_study_learns_one(app: FastAPI, parts: Parts) -> None:
    """At the invitation and in the list, until it is written down; then the study's list of coders has it too."""
    set_values(parts.study, {"coders": [{"name": "Nina Sand", "aliases": ["Nina"]}, {"name": "Per"}]})
    parts.take_up(read_study(parts.study.folder))
    lea = signed_in(app, "Lea")
    token = form_token(lea, "/people")
    made = lea.post("/people/invite", data={"csrf": token, "name": "Nina", "role": "coder"}).text
    assert "Nina Sand cannot code in Label Studio yet" in made
    assert "Nina Sand has no e-mail address" in lea.get("/people").text
    path = f"/people/{_account(parts, 'Nina Sand')}/email"
    refused = lea.post(path, data={"csrf": token, "email": "nina"})
    assert "is no e-mail address" in refused.text
    for mail in ("nina@example.org", "sand@example.org"):
        assert lea.post(path, data={"csrf": token, "email": mail}).status_code == 200
        assert [coder.email for coder in read_study(parts.study.folder).config.coders] == [mail, ""]
    assert "Nina Sand has no e-mail address" not in lea.get("/people").text
    lea.post(
        "/people/invite", data={"csrf": token, "name": "Per", "role": "coder", "email": "per@example.org"}
    )
    assert "Per; ; per@example.org" in lea.get("/settings").text


def test_an_address_is_kept_while_a_worker_holds_the_study(app: FastAPI, parts: Parts) -> None:
    """The account has it at once; the page says that the study's list of coders does not yet."""
    set_values(parts.study, {"coders": [{"name": "Cleo"}]})
    parts.take_up(read_study(parts.study.folder))
    lea = signed_in(app, "Lea")
    token = form_token(lea, "/people")
    path = f"/people/{_account(parts, 'Cleo')}/email"
    with FileLock(parts.study.folder / ".tandem.lock"):
        page = lea.post(path, data={"csrf": token, "email": "cleo@example.org"}).text
    assert "The address of Cleo is kept here." in page
    assert "try again" in page
    assert read_study(parts.study.folder).config.coders[0].email == ""
    lea.post(path, data={"csrf": token, "email": "cleo@example.org"})
    assert read_study(parts.study.folder).config.coders[0].email == "cleo@example.org"


def test_a_password_that_is_shown_once_stands_first(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """In view without scrolling, before every form of the page."""
    made = NewUser("http://127.0.0.1:8080", "cleo@example.org", "shown-once")
    monkeypatch.setattr("service.web.account_page._make_user", lambda *_: made)
    cleo = signed_in(app, "Cleo")
    page = cleo.post("/account/label-studio", data={"csrf": form_token(cleo, "/account")}).text
    assert page.index("shown-once") < page.index("<h2")


@pytest.mark.parametrize("name", ["Cleo", "Rita", "Lotta"])
def test_only_a_lead_of_every_site_manages_people(app: FastAPI, parts: Parts, name: str) -> None:
    """Neither pages nor forms, whatever is sent: nobody gives herself a role."""
    client = signed_in(app, name)
    token = form_token(client, "/account")
    own, lea = _account(parts, name), _account(parts, "Lea")
    asked = [
        client.get("/people"),
        client.get(f"/people/{lea}"),
        client.get("/audit"),
        client.get("/audit?take=xlsx"),
        client.get("/audit.csv"),
        client.post("/people/invite", data={"csrf": token, "name": "Eve", "role": "lead"}),
        client.post(f"/people/{own}/rights", data={"csrf": token, "role": "lead"}),
        client.post(f"/people/{lea}/link", data={"csrf": token}),
        client.post(f"/people/{lea}/sign-out", data={"csrf": token}),
        client.post(f"/people/{lea}/close", data={"csrf": token, "sure": "yes"}),
        client.post("/first-account", data={"csrf": token, "name": "Eve"}),
    ]
    assert [one.status_code for one in asked] == [403] * len(asked)
    assert signed_in(app, "Lea").get("/people").status_code == 200


def test_rights_hold_from_the_next_request(app: FastAPI, parts: Parts) -> None:
    """A coder who becomes a reader is one at once; the last lead of every site stays one."""
    lea, cleo = signed_in(app, "Lea"), signed_in(app, "Cleo")
    token = form_token(lea, "/people")
    path = f"/people/{_account(parts, 'Cleo')}/rights"
    assert "coder" in cleo.get("/account").text
    assert lea.post(path, data={"csrf": token, "role": "reader", "site": ["malmö"]}).status_code == 200
    assert "reader, only Malmö" in cleo.get("/account").text
    for data in ({"role": "coder"}, {"role": "lead", "site": ["Lund"]}):
        refused = lea.post(f"/people/{_account(parts, 'Lea')}/rights", data={"csrf": token, **data})
        assert (refused.status_code, "only lead" in refused.text) == (422, True)
    for data in ({"role": "king"}, {"role": "coder", "site": ["Atlantis"]}, {}):
        assert lea.post(path, data={"csrf": token, **data}).status_code == 422
    closed = lea.post(f"/people/{_account(parts, 'Lea')}/close", data={"csrf": token, "sure": "yes"})
    assert closed.status_code == 422


def test_rights_that_were_changed_since_are_not_put_back(app: FastAPI, parts: Parts) -> None:
    """A page that was opened before shows what holds by now, and changes nothing."""
    lea, path = signed_in(app, "Lea"), f"/people/{_account(parts, 'Cleo')}"
    token = form_token(lea, "/people")
    seen = re.findall(r'name="seen" value="(\w+)"', lea.get(path).text)[0]
    old = {"csrf": token, "role": "lead", "seen": seen}
    assert lea.post(f"{path}/rights", data=old | {"role": "reader"}).status_code == 200
    refused = lea.post(f"{path}/rights", data=old)
    assert (refused.status_code, "The rights of this account were changed elsewhere" in refused.text) == (
        422,
        True,
    )
    assert "Reader" in lea.get(path).text
    now = re.findall(r'name="seen" value="(\w+)"', refused.text)[0]
    assert lea.post(f"{path}/rights", data=old | {"seen": now}).status_code == 200


def test_whom_a_lead_signs_out_or_closes_is_out(app: FastAPI, parts: Parts) -> None:
    """At once; without "I am sure" nothing is closed; a closed account is no page any more."""
    lea, cleo, rita = signed_in(app, "Lea"), signed_in(app, "Cleo"), signed_in(app, "Rita")
    token = form_token(lea, "/people")
    lea.post(f"/people/{_account(parts, 'Cleo')}/sign-out", data={"csrf": token})
    assert cleo.get("/", follow_redirects=False).status_code == 303
    path = f"/people/{_account(parts, 'Rita')}"
    assert lea.post(f"{path}/close", data={"csrf": token}).status_code == 422
    assert rita.get("/", follow_redirects=False).status_code == 200
    assert lea.post(f"{path}/close", data={"csrf": token, "sure": "yes"}).status_code == 200
    assert rita.get("/", follow_redirects=False).status_code == 303
    assert lea.get(path).status_code == 404
    assert lea.get(f"/people/{uuid4()}").status_code == 404


def test_a_token_may_no_more_than_whoever_made_it(app: FastAPI, parts: Parts) -> None:
    """Privilege by token: no lead's token for a coder, no page of accounts for a program, and it falls with its maker."""
    lea, cleo = signed_in(app, "Lea"), signed_in(app, "Cleo")
    mine = form_token(cleo, "/account")
    for role in ("lead", "king", ""):
        refused = cleo.post("/account/tokens", data={"csrf": mine, "name": "script", "role": role})
        assert refused.status_code == 422
    made = cleo.post("/account/tokens", data={"csrf": mine, "name": "script", "role": "coder"})
    found = re.search(r"<code>(tandem_[\w-]+)</code>", made.text)
    assert found is not None
    assert found[1] not in cleo.get("/account").text
    program = browser(app)
    program.headers["Authorization"] = f"Bearer {found[1]}"
    assert program.get("/api/v1/transcripts").status_code == 200
    assert program.post("/api/v1/jobs", json={"kind": "train"}).status_code == 403
    for path in ("/account", "/people", "/audit"):
        assert program.get(path).status_code == 403, path
    for path in ("/account/tokens", "/account/password", "/people/invite"):
        assert program.post(path, data={"name": "x", "role": "lead"}).status_code == 403, path
    # somebody else's token is not hers to withdraw
    hers = form_token(lea, "/account")
    page = cleo.get("/account").text
    token = re.search(r"/account/tokens/([0-9a-f-]{36})/withdraw", page)
    assert token is not None
    assert lea.post(f"/account/tokens/{token[1]}/withdraw", data={"csrf": hers}).status_code == 422
    assert program.get("/api/v1/transcripts").status_code == 200
    path = f"/people/{_account(parts, 'Cleo')}"
    lea.post(f"{path}/rights", data={"csrf": hers, "role": "reader"})
    assert program.get("/api/v1/segments?transcript=x").status_code == 403
    lea.post(f"{path}/tokens/{token[1]}/withdraw", data={"csrf": hers})
    assert program.get("/api/v1/transcripts").status_code == 401


def test_a_new_password_ends_every_other_session(app: FastAPI) -> None:
    """The old one must be right; guesses of it are slowed down too."""
    here, there = signed_in(app, "Cleo"), signed_in(app, "Cleo")
    new = "granite teapot lantern"

    def change(old: str, password: str = new, again: str = new) -> int:
        data = {"csrf": form_token(here, "/account"), "old": old, "password": password, "again": again}
        return here.post("/account/password", data=data, follow_redirects=False).status_code

    assert change("wrong") == 422
    assert change(PASSWORD, again="granite teapot lamp") == 422
    assert change(PASSWORD, "cleo cleo cleo", "cleo cleo cleo") == 422
    before = here.cookies[SESSION]
    assert change(PASSWORD) == 303
    assert here.cookies[SESSION] != before
    assert here.get("/", follow_redirects=False).status_code == 200
    assert there.get("/", follow_redirects=False).status_code == 303
    assert [change("wrong") for _ in range(5)] == [422] * 5
    assert change(new) == 422


@pytest.mark.parametrize("field", ["name", "email", "role", "site"])
def test_what_people_type_is_shown_and_does_not_run(app: FastAPI, field: str) -> None:
    """XSS in every field of the forms of people."""
    lea = signed_in(app, "Lea")
    typed = {"name": "Nina", "email": "", "role": "coder"} | {field: HOSTILE}
    answer = lea.post("/people/invite", data={"csrf": form_token(lea, "/people"), **typed})
    assert "<script>alert" not in answer.text
    for page in ("/people", "/audit", "/account"):
        assert "<script>alert" not in lea.get(page).text
    assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_names_and_tokens_that_look_like_programs_run_nowhere(app: FastAPI, parts: Parts) -> None:
    """A name may hold signs; pages escape them, and a workbook shows them as words."""
    lea = signed_in(app, "Lea")
    token = form_token(lea, "/people")
    lea.post("/people/invite", data={"csrf": token, "name": "=1+1 <b>Nina</b>", "role": "coder"})
    lea.post("/account/tokens", data={"csrf": token, "name": "<i>=cmd</i>", "role": "coder"})
    for path in ("/people", f"/people/{_account(parts, '=1+1 <b>Nina</b>')}", "/audit", "/account"):
        assert "<b>Nina" not in lea.get(path).text, path
        assert "<i>=cmd" not in lea.get(path).text, path
    browser_of_nobody = browser(app)
    wrong = browser_of_nobody.post("/sign-in", data={"name": HOSTILE, "password": "x", "next": HOSTILE})
    assert "<script>alert" not in wrong.text
    sheet = load_workbook(io.BytesIO(lea.get("/audit?take=xlsx").content)).active
    assert sheet is not None
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert "'=1+1 <b>Nina</b>" in cells
    rows = list(csv.reader(io.StringIO(lea.get("/audit.csv").content.decode("utf-8-sig"))))
    assert "'=1+1 <b>Nina</b>" in [row[5] for row in rows]


def test_the_audit_log_says_who_came_in_and_who_did_not(app: FastAPI, parts: Parts) -> None:
    """With the address; what was typed for a password or an unknown name is not in it."""
    signed_in(app, "Cleo")
    browser(app, address="192.0.2.5").post("/sign-in", data={"name": "Cleo", "password": "my other password"})
    browser(app).post("/sign-in", data={"name": "my password", "password": ""})
    assert _did(parts.store) == [
        ("Cleo", "signed in", ""),
        ("nobody", "was not let in", "Cleo"),
        ("nobody", "was not let in", ""),
    ]
    page = signed_in(app, "Lea").get("/audit?did=was+not+let+in").text
    assert "192.0.2.5" in page
    assert "my other password" not in page
    assert "my password" not in page


def test_entries_are_neither_changed_nor_deleted(store: Store) -> None:
    """The database itself refuses, on SQLite and PostgreSQL."""
    by = Actor("Ada", "session", "192.0.2.1")
    noted(store, by, Did.EXPORTED, "codings.csv")
    statements = ["UPDATE audit_log SET who = 'Eve'", "DELETE FROM audit_log"]
    if store.schema is not None:
        statements.append("TRUNCATE audit_log")
    for statement in statements:
        with pytest.raises((TandemError, DBAPIError)), store.writing() as connection:
            connection.execute(text(statement))
    with store.reading() as connection:
        assert [row.who for row in rows_of(connection)] == ["Ada"]


def test_a_page_that_is_loaded_again_is_written_down_once(parts: Parts) -> None:
    """Within a quarter of an hour, of one person and one transcript."""
    ada, bo = Actor("Ada", "session", "a"), Actor("Bo", "session", "b")
    for by, name in ((ada, "P-01"), (ada, "P-01"), (bo, "P-01"), (ada, "P-02")):
        saw(parts.store, by, name)
    assert [(who, about) for who, _, about in _did(parts.store)] == [
        ("Ada", "P-01"),
        ("Bo", "P-01"),
        ("Ada", "P-02"),
    ]
