"""The server lets in who holds the key, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from accounts import SESSION
from builders import a_transcript
from fastapi.testclient import TestClient

from annotations.attributes import Attribute, Owner
from annotations.errors import BadInput, Busy
from annotations.store.attributes import keep_attributes
from annotations.store.transcripts import add_transcript
from service.access.keys import door_key, key_for, session_key
from service.cli.main import _say
from service.cli.output import say, table, warn
from service.composition import Parts
from service.new_study import make_study
from service.settings import read_settings
from service.web.app import create_app

KEY = "k" * 43


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """An empty study."""
    study, _ = make_study(tmp_path / "s", codebook="common-framework", config={"name": "S"})
    made = Parts(study, read_settings({"TANDEM_STATE": str(tmp_path / "state")}))
    yield made
    made.close()


@pytest.fixture
def client(parts: Parts) -> TestClient:
    """A browser on the same machine."""
    return TestClient(create_app(parts, key=KEY), base_url="http://127.0.0.1:8430")


def test_health_needs_no_key(client: TestClient) -> None:
    """Whoever watches the server may ask whether it is well."""
    assert client.get("/health").json() == {"status": "UP", "parts": {"database": "ok"}}


@pytest.mark.slow
def test_everything_else_needs_the_key(client: TestClient) -> None:
    """Without the key there is neither status nor job."""
    assert client.get("/api/v1/status").status_code == 401
    assert client.post("/api/v1/jobs", json={"kind": "train"}).status_code == 401
    assert client.get("/").status_code == 401
    holding = {"Authorization": f"Bearer {KEY}"}
    assert client.get("/api/v1/status", headers=holding).json()["study"] == "S"
    assert client.post("/api/v1/jobs", json={"kind": "train"}, headers=holding).json()["state"] == "waiting"
    assert client.post("/api/v1/jobs", json={"kind": "sing"}, headers=holding).status_code == 422


def test_what_is_not_there_is_said_at_once(client: TestClient, parts: Parts) -> None:
    """A transcript of no such name is 404, and no job waits for a wave that nobody has."""
    with parts.store.writing() as connection:
        add_transcript(connection, a_transcript("P-01", "How?", "Well.", wave="Two"))
    holding = {"Authorization": f"Bearer {KEY}"}
    for kind in ("segments", "suggestions", "reviews"):
        answer = client.get(f"/api/v1/{kind}?transcript=P-02", headers=holding)
        assert answer.status_code == 404
        assert 'transcript "P-02" is not known' in answer.json()["detail"]
    asked = {"kind": "precode", "wave": "7"}
    answer = client.post("/api/v1/jobs", json=asked, headers=holding)
    assert answer.status_code == 422
    assert "Known: Two" in answer.json()["detail"]
    assert client.get("/api/v1/jobs", headers=holding).json() == []
    assert client.post("/api/v1/jobs", json=asked | {"wave": "two"}, headers=holding).status_code == 202


def test_a_cookie_alone_reads_and_does_not_write(client: TestClient) -> None:
    """The link sets a cookie; it opens the page and starts no job without what our own pages send along."""
    page = client.get(f"/?key={KEY}")
    assert (page.status_code, str(page.url)) == (200, "http://127.0.0.1:8430/")
    assert "There are no transcripts yet" in page.text
    assert client.post("/api/v1/jobs", json={"kind": "train"}).status_code == 403


def test_the_waves_of_some_people_alone(client: TestClient, parts: Parts) -> None:
    """The API counts those alone who have an attribute; one that nobody has is a sentence."""
    with parts.store.writing() as connection:
        for name, wave in (("P-01", "1"), ("P-02", "2")):
            add_transcript(connection, a_transcript(name, "How?", "Well.", wave=wave))
        keep_attributes(connection, [Attribute(Owner.PARTICIPANT, "P-01", "Role", "leader")])
    holding = {"Authorization": f"Bearer {KEY}"}
    found = client.get("/api/v1/status", params={"where": "role=leader"}, headers=holding).json()
    assert list(found["waves"]) == ["1"]
    answer = client.get("/api/v1/status", params={"where": "role=nobody"}, headers=holding)
    assert 400 <= answer.status_code < 500


def test_another_host_name_is_refused(parts: Parts) -> None:
    """A web page that makes its name lead here is not answered."""
    assert (
        TestClient(create_app(parts, key=KEY), base_url="http://evil.example").get("/health").status_code
        == 400
    )


def test_a_large_body_is_refused(client: TestClient) -> None:
    """Nobody fills the memory."""
    answer = client.post("/api/v1/jobs", content=b"x" * 1_000_001, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 413


def test_the_key_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    """The same study has the same key, in a file that nobody else reads."""
    key = session_key(tmp_path, Path("/a"))
    assert session_key(tmp_path, Path("/a")) == key
    (file,) = (tmp_path / "keys").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_one_command_at_a_time(parts: Parts) -> None:
    """While one command changes a study, another is told which."""
    with parts.alone("train"), pytest.raises(Busy, match='"tandem train" is at work'), parts.alone("push"):
        pass


def test_a_study_is_made_once(parts: Parts) -> None:
    """A folder that holds a study is left alone, and a codebook that is none leaves no folder behind."""
    with pytest.raises(BadInput, match="holds a study already"):
        make_study(parts.study.folder, codebook="common-framework", config={"name": "S"})
    other = parts.study.folder.parent / "other"
    with pytest.raises(BadInput, match='Did you mean "common-framework"'):
        make_study(other, codebook="common-framewrk", config={"name": "S"})
    assert not other.exists()


def test_a_half_written_key_lets_nobody_in(tmp_path: Path, parts: Parts) -> None:
    """A key file that a full disk left empty is made anew; an empty key would be what everybody holds."""
    (tmp_path / "keys").mkdir(mode=0o755)
    whole = session_key(tmp_path, Path("/a"))
    (file,) = (tmp_path / "keys").iterdir()
    file.write_text("")
    made = session_key(tmp_path, Path("/a"))
    assert len(made) > 40
    assert made != whole
    assert [one.stat().st_mode & 0o777 for one in ((tmp_path / "keys"), *(tmp_path / "keys").iterdir())] == [
        0o700,
        0o600,
    ]
    with pytest.raises(BadInput, match="16 at least"):
        key_for(read_settings({"TANDEM_SESSION_KEY": "secret"}), Path("/a"))
    with pytest.raises(ValueError, match="empty"):
        create_app(parts, key="")


@pytest.mark.slow
def test_a_key_opens_its_own_door_alone(client: TestClient) -> None:
    """What Label Studio shows to its accounts, and what a browser sends to every port, is not the session key."""
    given = client.get(f"/?key={KEY}", follow_redirects=False).cookies[SESSION]
    client.cookies.clear()
    found = {
        "session": KEY,
        "page": given,
        "backend": door_key(KEY, "backend"),
        "webhook": door_key(KEY, "webhook"),
    }
    opened = {
        name: [
            client.get("/api/v1/status", headers={"Authorization": f"Bearer {key}"}).status_code == 200,
            client.get("/api/v1/status", headers={"Cookie": f"{SESSION}={key}"}).status_code == 200,
            client.get("/ml/health", auth=("tandem", key)).status_code == 200,
            client.post("/hooks/label-studio", headers={"X-Tandem-Key": key}).status_code == 422,
        ]
        for name, key in found.items()
    }
    assert opened == {
        "session": [True, False, False, False],
        "page": [False, True, False, False],
        "backend": [False, False, True, False],
        "webhook": [False, False, False, True],
    }


def test_the_database_is_for_its_owner_only(parts: Parts) -> None:
    """Whatever mode the folder has: neither the database nor the files beside it can be read by others."""
    with parts.store.reading():
        files = list(parts.study.folder.glob("tandem.db*"))
        assert [file.stat().st_mode & 0o777 for file in files] == [0o600] * len(files)
    assert len(files) == 3


@pytest.mark.parametrize("name", [".tandem.lock", ".tandem.lock.holder"])
def test_a_link_for_a_lock_is_refused(parts: Parts, tmp_path: Path, name: str) -> None:
    """A study's folder from somebody else does not choose which file of ours is emptied."""
    target = tmp_path / "target"
    target.write_text("untouched")
    (parts.study.folder / name).symlink_to(target)
    with pytest.raises(BadInput, match="is a link"), parts.alone("train"):
        pass
    assert target.read_text() == "untouched"


def test_what_steers_a_terminal_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """A transcript, a name or a message cannot move the cursor, retitle the window or write to the clipboard."""
    evil = "a\x1b]52;c;eA==\x07b\x9b2Jc\rd\te"
    say(evil)
    warn(evil)
    table(evil, [evil], [[evil]])
    _say(evil)
    told = capsys.readouterr()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", told.out + told.err)
    assert "a\ufffd]52;c;eA==\ufffdb\ufffd2Jc\ufffdd" in told.out


def test_a_key_is_made_where_a_disk_knows_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a stick; the key is the same afterwards, and nothing lies beside it."""

    def refuses(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("os.link", refuses)
    assert session_key(tmp_path, Path("/a")) == session_key(tmp_path, Path("/a"))
    assert len(list((tmp_path / "keys").iterdir())) == 1
