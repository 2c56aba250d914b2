"""Backups under a password: AES-256-GCM in chunks, the key made from the password by scrypt.

``cryptography`` does the work: OpenSSL behind it, kept by the Python Cryptographic Authority (Apache-2.0 or BSD). The
age format would be readable by other programs too, but its library for Python (pyrage) takes a file under a password
only as one piece in memory, and a study's backup may be larger than that.

The chunks follow the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015, section 7): the number of a chunk and
whether it is the last one are in its nonce, so that none can be left out, moved or cut off unseen.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING

from annotations.errors import BadInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"tandem backup, encrypted, version 1\n"
CHUNK = 1 << 16
_TAG = 16
_SALT = 16
_PREFIX = 7
_HEAD = len(MAGIC) + _SALT + _PREFIX
# about 0.3 s and 128 MB a password; fixed by the version, so that no file can ask for more
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 1 << 17, 8, 1
LEAST_PASSWORD = 12


def refuse_weak(password: str) -> str:
    """The password, if it is long enough; raises BadInput."""
    if len(password) < LEAST_PASSWORD:
        raise BadInput(
            f"the backup's password has {len(password)} characters; use at least {LEAST_PASSWORD}, such as several words. "
            f"Nothing was written."
        )
    return password


def is_encrypted(file: Path) -> bool:
    """Does the file begin as an encrypted backup does?"""
    with file.open("rb") as opened:
        return opened.read(len(MAGIC)) == MAGIC


class EncryptingWriter(io.RawIOBase):
    """Encrypts what is written, and passes it on to ``out``. Closing it writes the last chunk; ``out`` stays open."""

    def __init__(self, out: IO[bytes], password: str) -> None:
        super().__init__()
        salt, prefix = os.urandom(_SALT), os.urandom(_PREFIX)
        self._out = out
        self._head = MAGIC + salt + prefix
        self._prefix = prefix
        self._key = _key(password, salt)
        self._waiting = bytearray()
        self._number = 0
        self._written = 0
        out.write(self._head)

    def writable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """No: a chunk that is written stays as it is."""
        return False

    def tell(self) -> int:
        """How many bytes were given so far."""
        return self._written

    def write(self, content: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Take bytes; a chunk goes out as soon as more follows it."""
        self._waiting += content
        self._written += len(content)
        at = 0
        while len(self._waiting) - at > CHUNK:
            self._send(bytes(self._waiting[at : at + CHUNK]), last=False)
            at += CHUNK
        del self._waiting[:at]
        return len(content)

    def finish(self) -> None:
        """Write the last chunk. A file without it is no backup."""
        self._send(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _send(self, plain: bytes, *, last: bool) -> None:
        self._out.write(self._key.encrypt(_nonce(self._prefix, self._number, last), plain, self._head))
        self._number += 1


class DecryptingReader(io.RawIOBase):
    """Reads an encrypted backup, at any place of it. Raises BadInput for a wrong password or a changed file."""

    def __init__(self, file: Path, password: str) -> None:
        super().__init__()
        self._file = file
        self._in = file.open("rb")
        self._head = self._in.read(_HEAD)
        body = file.stat().st_size - _HEAD
        self._chunks = max(1, -(-body // (CHUNK + _TAG)))
        self._size = max(0, body - self._chunks * _TAG)
        if len(self._head) < _HEAD or body < _TAG:
            self._in.close()
            raise BadInput(f"{file} is cut off. Take another backup.")
        self._key = _key(password, self._head[len(MAGIC) : len(MAGIC) + _SALT])
        self._at = 0
        self._held: tuple[int, bytes] | None = None
        try:
            self._chunk(0)
            # the last one says that nothing was cut off, and need not hold a byte that anybody reads
            self._chunk(self._chunks - 1)
        except BadInput:
            self._in.close()
            raise

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The place of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to another place."""
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Read what the chunk at this place still holds."""
        if self._at >= self._size or not len(buffer):
            return 0
        number, within = divmod(self._at, CHUNK)
        chunk = self._chunk(number)[within : within + len(buffer)]
        buffer[: len(chunk)] = chunk
        self._at += len(chunk)
        return len(chunk)

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._in.close()
        super().close()

    def _chunk(self, number: int) -> bytes:
        from cryptography.exceptions import InvalidTag

        if self._held is not None and self._held[0] == number:
            return self._held[1]
        self._in.seek(_HEAD + number * (CHUNK + _TAG))
        sealed = self._in.read(CHUNK + _TAG)
        try:
            nonce = _nonce(self._head[-_PREFIX:], number, number == self._chunks - 1)
            plain = self._key.decrypt(nonce, sealed, self._head)
        except InvalidTag as error:
            why = (
                "the password is not this backup's, or the file is damaged"
                if number == 0
                else "it is damaged, cut off or changed"
            )
            raise BadInput(f"{self._file} cannot be opened: {why}. Nothing was changed.") from error
        self._held = (number, plain)
        return plain


def _key(password: str, salt: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    made = Scrypt(salt=salt, length=32, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P)
    return AESGCM(made.derive(password.encode()))


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])
