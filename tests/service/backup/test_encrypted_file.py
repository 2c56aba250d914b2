"""Encrypted backups: what goes in comes out, and what was changed does not."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from annotations.errors import BadInput
from service.backup import encrypted_file
from service.backup.encrypted_file import (
    CHUNK,
    DecryptingReader,
    EncryptingWriter,
    is_encrypted,
    refuse_weak,
)

PASSWORD = "four words of a password"
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key made with less work: what is tested here is the rest."""
    monkeypatch.setattr(encrypted_file, "_SCRYPT_N", 2)


def _sealed(folder: Path, content: bytes, pieces: int = 1000) -> Path:
    file = folder / "sealed"
    with file.open("wb") as out:
        writer = EncryptingWriter(out, PASSWORD)
        for at in range(0, len(content), pieces):
            writer.write(content[at : at + pieces])
        writer.finish()
    return file


def _opened(file: Path, password: str = PASSWORD) -> bytes:
    with DecryptingReader(file, password) as reader:
        return io.BufferedReader(reader).read()


@pytest.mark.parametrize("size", SIZES)
def test_what_goes_in_comes_out(size: int, tmp_path: Path) -> None:
    """At every size around a chunk's, written in pieces that do not fit it."""
    content = bytes(at % 251 for at in range(size))
    file = _sealed(tmp_path, content, pieces=30_011)
    assert is_encrypted(file)
    assert _opened(file) == content
    assert content[:20] == b"" or content[:20] not in file.read_bytes() or size < 20


def test_any_place_can_be_read(tmp_path: Path) -> None:
    """As a zip archive is read: from its end."""
    content = bytes(at % 253 for at in range(3 * CHUNK + 17))
    with DecryptingReader(_sealed(tmp_path, content), PASSWORD) as raw, io.BufferedReader(raw) as reader:
        for at in (3 * CHUNK + 10, CHUNK - 3, 0, 2 * CHUNK):
            reader.seek(at)
            assert reader.read(7) == content[at : at + 7]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_that_is_cut_off_is_refused(size: int, tmp_path: Path) -> None:
    """Wherever it is cut, between two chunks too."""
    file = _sealed(tmp_path, bytes(size))
    whole = file.read_bytes()
    for cut in {1, 16, 17, CHUNK, CHUNK + 16, len(whole) - 40} & set(range(1, len(whole))):
        file.write_bytes(whole[:-cut])
        with pytest.raises(BadInput, match=r"cut off|damaged"):
            _opened(file)


def test_a_changed_moved_or_repeated_chunk_is_refused(tmp_path: Path) -> None:
    """Each chunk says where it stands, and the head belongs to all of them."""
    file = _sealed(tmp_path, bytes(3 * CHUNK))
    whole, sealed = file.read_bytes(), CHUNK + 16
    head = len(whole) - 3 * sealed
    chunks = [whole[head + at * sealed : head + (at + 1) * sealed] for at in range(3)]
    changed = [
        whole[:head] + chunks[1] + chunks[0] + chunks[2],
        whole[:head] + chunks[0] + chunks[0] + chunks[2],
        whole[:head] + chunks[0] + chunks[1],
        whole + chunks[2],
        whole[: head - 1] + bytes([whole[head - 1] ^ 1]) + whole[head:],
        whole[:-5] + bytes([whole[-5] ^ 1]) + whole[-4:],
    ]
    for content in changed:
        file.write_bytes(content)
        with pytest.raises(BadInput):
            _opened(file)


def test_another_password_opens_nothing(tmp_path: Path) -> None:
    """The sentence says that it may be the password."""
    with pytest.raises(BadInput, match="password"):
        _opened(_sealed(tmp_path, b"words"), "another password")


def test_a_short_password_is_refused() -> None:
    """It would be guessed."""
    with pytest.raises(BadInput, match="at least 12"):
        refuse_weak("secret")
