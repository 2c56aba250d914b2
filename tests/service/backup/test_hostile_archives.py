"""A backup from a stranger: nothing is written outside, nothing runs, and half a study never counts."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.errors import BadInput, TandemError
from annotations.study.config import Study
from service.backup.archive import opened_archive, refuse_name
from service.backup.make import make_backup
from service.backup.restore import restore_backup
from service.composition import Parts

Content = dict[str, bytes]


def _never(_study: Study) -> None:
    raise AssertionError("nothing of it may be opened")


def _rewritten(
    parts: Parts, folder: Path, change: Callable[[Content, dict[str, Any]], None], *, rehash: bool
) -> Path:
    """A backup whose files somebody has changed, the hashes with them."""
    made = make_backup(parts.study, parts.database_url, parts.settings)
    with zipfile.ZipFile(made.file) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(content.pop("manifest.json"))
    change(content, manifest)
    if rehash:
        manifest["files"] = [
            {"name": name, "bytes": len(words), "sha256": hashlib.sha256(words).hexdigest()}
            for name, words in content.items()
        ]
    file = folder / "from-a-stranger.tandem.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, words in content.items():
            archive.writestr(name, words)
        archive.writestr("manifest.json", json.dumps(manifest))
    return file


def _refused(file: Path, folder: Path, match: str, password: str | None = None) -> None:
    before = sorted(folder.rglob("*"))
    with pytest.raises(TandemError, match=match):
        restore_backup(file, folder / "again", open_study=_never, password=password)
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "models/../../evil", "/evil", "models//evil", "C:/evil", "C:evil", "models\\..\\evil", ".tandem.lock",
        ".git/hooks/x", "tandem.db-journal", "tandem.db-wal", "mlflow.db-shm", "models/nul", "models/con.txt", "models/e ",
        "models/e.", "models/\u0000e", "models/\ne", "models/" + "e" * 300, "manifest.json/x", "TANDEM.DB", "tandem.db/x",
    ],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(name: str, parts: Parts, tmp_path: Path) -> None:
    """Before anything is unpacked."""

    def add(content: Content, _manifest: dict[str, Any]) -> None:
        content[name.replace("\x00", "\x01")] = b"evil"

    _refused(_rewritten(parts, tmp_path, add, rehash=True), tmp_path, "name|twice|just the files")


@given(st.text(max_size=60))
def test_a_name_that_is_taken_stays_below_the_folder(name: str) -> None:
    """Whatever the name: it is refused, or it names a file below the folder and is no hidden one."""
    try:
        refuse_name(name, "x")
    except BadInput:
        return
    where = Path("/a/b") / name
    assert where.is_relative_to("/a/b")
    assert ".." not in where.parts
    assert len(where.parts) > 3
    assert not name.startswith(".")


def _change_words(content: Content, _manifest: dict[str, Any]) -> None:
    content["codebook.yaml"] += b"#"


def _leave_out(content: Content, _manifest: dict[str, Any]) -> None:
    del content["study.yaml"]


def _other_rows(_content: Content, manifest: dict[str, Any]) -> None:
    manifest["databases"][0]["rows"]["transcripts"] += 1


def _newer(_content: Content, manifest: dict[str, Any]) -> None:
    manifest["databases"][0]["head"] = "9000"


def _no_version(_content: Content, manifest: dict[str, Any]) -> None:
    manifest["databases"][0]["head"] = "zz what Ann said"


def _unknown_key(_content: Content, manifest: dict[str, Any]) -> None:
    manifest["run"] = "evil"


def _half_a_database(content: Content, _manifest: dict[str, Any]) -> None:
    content["tandem.db"] = content["tandem.db"][: len(content["tandem.db"]) // 2]


def _bad_study(content: Content, _manifest: dict[str, Any]) -> None:
    content["study.yaml"] += b"\nevil: 1\n"


@pytest.mark.parametrize(
    ("change", "rehash", "match"),
    [
        (_change_words, False, "size|not what was put in"),
        (_leave_out, False, "just the files"),
        (_leave_out, True, "no whole backup"),
        (_other_rows, False, "does not hold the rows"),
        (_newer, False, "Update Tandem"),
        (_no_version, True, "does not say of which version its tables are. Take another backup"),
        (_unknown_key, False, "is no backup that this Tandem reads"),
        (_half_a_database, True, "damaged"),
        (_bad_study, True, '"evil" is not known'),
    ],
)
def test_a_backup_that_is_not_whole_is_refused(
    change: Callable[[Content, dict[str, Any]], None], rehash: bool, match: str, parts: Parts, tmp_path: Path
) -> None:
    """And nothing of it is left, not even under another name."""
    _refused(_rewritten(parts, tmp_path, change, rehash=rehash), tmp_path, match)


def test_a_database_that_runs_something_is_refused(parts: Parts, tmp_path: Path) -> None:
    """A trigger of a stranger's would run as soon as the study is used."""

    def add_trigger(content: Content, _manifest: dict[str, Any]) -> None:
        file = tmp_path / "made.db"
        file.write_bytes(content["tandem.db"])
        with closing(sqlite3.connect(file)) as opened:
            opened.execute("CREATE TRIGGER evil AFTER INSERT ON jobs BEGIN DELETE FROM reviews; END")
            opened.commit()
        content["tandem.db"] = file.read_bytes()

    _refused(_rewritten(parts, tmp_path, add_trigger, rehash=True), tmp_path, "trigger")


def test_more_than_the_manifest_says_is_not_unpacked(parts: Parts, tmp_path: Path) -> None:
    """A file that unfolds to more than it says, and one that says more than the disk holds."""

    def huge(_content: Content, manifest: dict[str, Any]) -> None:
        manifest["files"][0]["bytes"] = 1 << 60

    _refused(_rewritten(parts, tmp_path, huge, rehash=False), tmp_path, "size|no room")


def test_a_link_in_the_archive_is_refused(parts: Parts, tmp_path: Path) -> None:
    """It is no plain file."""
    file = make_backup(parts.study, parts.database_url, parts.settings).file
    linked = tmp_path / "linked.zip"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(linked, "w") as new:
        for entry in old.infolist():
            if entry.filename == "codebook.yaml":
                entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            new.writestr(entry, old.read(entry.filename))
    _refused(linked, tmp_path, "no plain file")


def test_what_is_no_backup_is_a_sentence(tmp_path: Path) -> None:
    """An empty file, random bytes, another zip archive, and nothing at all."""
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "a")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "random").write_bytes(bytes(range(256)) * 99)
    (tmp_path / "end").write_bytes(b"PK\x05\x06" + b"\xff" * 18)
    for file in (other, tmp_path / "empty", tmp_path / "random", tmp_path / "end", tmp_path / "none"):
        _refused(file, tmp_path, "is no backup|is no file|lists more files")


@pytest.mark.slow
def test_every_byte_of_the_list_of_files_may_flip(parts: Parts, tmp_path: Path) -> None:
    """Other names, sizes, ways of packing, passwords that there are none of, places before the beginning: sentences."""
    whole = bytearray(make_backup(parts.study, parts.database_url, parts.settings).file.read_bytes())
    begins = int.from_bytes(whole[-6:-2], "little")
    assert whole[begins : begins + 4] == b"PK\x01\x02"
    bad, refused = tmp_path / "flipped.zip", 0
    for at in range(begins, len(whole)):
        for bit in (0x01, 0x40, 0x80):
            whole[at] ^= bit
            bad.write_bytes(whole)
            whole[at] ^= bit
            try:
                with opened_archive(bad, None) as archive:
                    for entry in archive.manifest.files:
                        archive.check(entry)
            except BadInput:
                refused += 1
    assert refused > len(whole) - begins


def test_every_byte_that_flips_is_noticed(parts: Parts, tmp_path: Path) -> None:
    """The backup is refused, or what comes out of it is what went in."""
    from study_to_back_up import files_below

    made = make_backup(parts.study, parts.database_url, parts.settings)
    whole = made.file.read_bytes()
    wanted = files_below(parts.study.folder)
    for at in range(0, len(whole), len(whole) // 25):
        bad = tmp_path / "flipped.zip"
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
        to = tmp_path / f"again-{at}"
        try:
            restore_backup(bad, to, open_study=lambda _study: None)
        except TandemError:
            assert not to.exists()
        else:
            assert files_below(to) == wanted
    assert not list(tmp_path.glob("*half-restored*"))
