"""Where this study's service is reached: as was said, else where it last listened, else the usual port."""

from __future__ import annotations

import hashlib
from pathlib import Path

from service.composition import Parts
from service.trust.reach import service_address

DEFAULT_URL = "http://127.0.0.1:8430"
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 (what serve may be told; nothing is bound here)


def address_of(parts: Parts) -> str:
    """The address that Label Studio shall call: the environment's, else study.yaml's. Raises NotConfirmed, BadInput."""
    given = service_address(parts.study, parts.settings)
    if given:
        return given.rstrip("/")
    try:
        return _note(parts).read_text("utf-8").strip() or DEFAULT_URL
    except OSError:
        return DEFAULT_URL


def public_address(parts: Parts) -> str:
    """The address by which people reach the service; that of Label Studio's where no other is said."""
    return parts.settings.public_url or address_of(parts)


def note_address(parts: Parts, host: str, port: int) -> None:
    """Remember where "tandem serve" listens, so that a push finds it on any port."""
    file = _note(parts)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    reached = "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    file.write_text(f"http://{reached}:{port}\n", "utf-8")


def _note(parts: Parts) -> Path:
    name = hashlib.sha256(str(parts.study.folder).encode()).hexdigest()[:24]
    return parts.settings.state / "addresses" / name
