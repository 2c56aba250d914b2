"""tandem people and audit: accounts from the command line, whose name a command may use, and whom files are for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from accounts import browser, form_token
from commands_refused import Tandem

from annotations.errors import BadInput, UnknownName
from annotations.store.accounts import account_named
from service.access.keys import session_key
from service.access.policy import NotAllowed
from service.cli.serve import _accounts_from_elsewhere
from service.composition import Parts
from service.settings import read_settings
from service.web.app import create_app

PASSWORD = "violet harbour copper"


def _parts(study: Path) -> Parts:
    from annotations.study.config import read_study

    return Parts(read_study(study), read_settings())


@pytest.mark.slow
def test_people_come_in_by_the_links_that_are_printed(tandem: Tandem, study: Path) -> None:
    """First the lead, who invites; the link opens under the study's own key."""
    assert tandem("people", "list") == {"people": []}
    first = tandem("people", "first", "Ada Lind")
    with pytest.raises(BadInput, match="accounts already"):
        tandem("people", "first", "Eve")
    tandem("people", "invite", "Bo Ek", "--role", "reader", "--text")
    with pytest.raises(UnknownName, match="lead, coder or reader"):
        tandem("people", "invite", "Cleo", "--role", "king")
    with pytest.raises(UnknownName, match='Did you mean "Bo Ek"'):
        tandem("people", "rights", "Bo E", "--role", "coder")
    changed = tandem("people", "rights", "bo ek", "--role", "coder")
    assert changed == {"name": "Bo Ek", "before": "reader, with text", "now": "coder"}
    with pytest.raises(BadInput, match="only lead"):
        tandem("people", "remove", "Ada Lind")
    listed = {one["name"]: one for one in tandem("people", "list")["people"]}
    assert {name: (one["role"], one["password"]) for name, one in listed.items()} == {
        "Ada Lind": ("lead", False),
        "Bo Ek": ("coder", False),
    }
    parts = _parts(study)
    key = session_key(parts.settings.state, parts.study.folder)
    client = browser(create_app(parts, key=key))
    data = {"password": PASSWORD, "again": PASSWORD}
    assert client.post(first["path"], data=data, follow_redirects=False).status_code == 303
    assert form_token(client, "/people")
    assert _accounts_from_elsewhere(parts)[0].startswith("this study comes with accounts")
    parts.close()
    # a new key ends the session, and the old link of Bo opens nothing
    tandem("people", "new-key", "--yes")
    parts = _parts(study)
    renewed = session_key(parts.settings.state, parts.study.folder)
    assert renewed != key
    again = browser(create_app(parts, key=renewed))
    again.cookies = client.cookies
    assert again.get("/", follow_redirects=False).status_code == 303
    parts.close()
    done = [one["did"] for one in reversed(tandem("audit")["entries"])]
    assert done == [
        "imported",
        "invited",
        "invited",
        "invited",
        "changed rights",
        "chose a password",
        "made a new study key",
    ]


@pytest.mark.slow
def test_a_command_acts_in_the_name_of_whoever_may(tandem: Tandem, study: Path) -> None:
    """Without accounts any name; with them one that exists, spelt as there, and whose role allows it."""
    with pytest.raises(BadInput, match=r"nobody|no transcript|no participant|not known"):
        tandem("withdraw", "P-99", "--by", "Whoever", "--yes")
    tandem("people", "first", "Ada Lind")
    tandem("people", "invite", "Bo Ek")
    with pytest.raises(UnknownName, match='account "Whoever" is not known'):
        tandem("withdraw", "P-99", "--by", "Whoever", "--yes")
    for command in (
        ("withdraw", "P-99", "--by", "Bo Ek", "--yes"),
        ("models", "promote", "v1", "--by", "BO EK", "--reason", "r"),
        ("consensus", "P-99", "--turn", "2", "--by", "bo ek", "--nothing"),
    ):
        with pytest.raises(NotAllowed, match=r"Bo Ek \(coder\), who may not"):
            tandem(*command)


@pytest.mark.slow
def test_files_are_for_their_owner_whatever_the_umask(tmp_path: Path) -> None:
    """A study, its database and exports, made by a process whose umask gives everything to everybody."""
    (tmp_path / "P-01.txt").write_text("Interviewer: How?\nP-01: We lack money.\n")
    (tmp_path / "codings.csv").write_text("transcript,coder,code,turn\nP-01,Ada,Money,1\n")
    (tmp_path / "codebook.csv").write_text("code\nMoney\nPeople\n")
    environment = {**os.environ, "TANDEM_STATE": str(tmp_path / "state")}

    def run(*command: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "service.cli.main", "--study", str(tmp_path / "study"), *command],
            env=environment,
            umask=0,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    run("init", str(tmp_path / "study"), "--codebook", str(tmp_path / "codebook.csv"), "--lead", "Ada")
    run("import", str(tmp_path / "P-01.txt"))
    run("import-codings", str(tmp_path / "codings.csv"), "--complete", "all")
    out = tmp_path / "out"
    out.mkdir()
    run(
        "export",
        "--codings",
        str(out / "a.csv"),
        "--refi",
        str(out / "b.qdpx"),
        "--codebook",
        str(out / "c.xlsx"),
    )
    run("audit", "--to", str(out / "audit.xlsx"))
    made = [one for top in ("study", "state", "out") for one in (tmp_path / top).rglob("*")]
    assert len(made) > 8
    for one in made:
        assert one.stat().st_mode & 0o077 == 0, one
    assert (tmp_path / "study").stat().st_mode & 0o777 == 0o700


def test_the_first_lead_is_named_when_the_study_is_made(tandem: Tandem, tmp_path: Path) -> None:
    """And a name that is none makes no study."""
    with pytest.raises(BadInput, match="--lead"):
        tandem("init", str(tmp_path / "other"), "--lead", " ")
    assert not (tmp_path / "other").exists()
    tandem("init", str(tmp_path / "other"), "--lead", "Ada Lind")
    parts = _parts(tmp_path / "other")
    with parts.store.reading() as connection:
        found = account_named(connection, "ada lind")
    parts.close()
    assert found is not None
    assert (found.role, found.password) == ("lead", None)
