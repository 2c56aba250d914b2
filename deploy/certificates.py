"""The certificate with which PostgreSQL proves who it is, made once, for the containers of this server alone.

An authority is made, signs one certificate for the name "postgresql", and is forgotten: nobody can sign another one.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

YEARS = 10
SERVER = "postgresql"


def make_certificates(folder: Path, names: tuple[str, ...] = (SERVER,)) -> None:
    """ca.crt for those who ask, server.crt and server.key for PostgreSQL; nothing is done where they are there."""
    if (folder / "ca.crt").exists():
        return
    authority, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _name("Tandem's database on this server")
    ca = _begun(issuer, issuer, authority).add_extension(x509.BasicConstraints(True, 0), critical=True)
    signed = (
        _begun(_name(names[0]), issuer, server)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False)
        .sign(authority, hashes.SHA256())
    )
    key = server.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(folder / "server.key", key, 0o600)
    _write(folder / "server.crt", signed.public_bytes(serialization.Encoding.PEM), 0o644)
    # last: where it is, all is there
    _write(
        folder / "ca.crt", ca.sign(authority, hashes.SHA256()).public_bytes(serialization.Encoding.PEM), 0o644
    )


def _name(said: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, said)])


def _begun(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    moment = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=365 * YEARS))
    )


def _write(file: Path, content: bytes, mode: int) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(content)


if __name__ == "__main__":
    make_certificates(Path(sys.argv[1]))
