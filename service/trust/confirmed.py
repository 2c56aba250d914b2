"""Which addresses this machine's user has confirmed: for one study each, in the state folder, outside every study."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Collection
from pathlib import Path

from annotations.errors import BadInput
from service.settings import Settings
from service.trust.address import Address, Confirmation


def confirmed_for(settings: Settings, study: Path) -> frozenset[Confirmation]:
    """What was confirmed for the study in this folder. What cannot be read counts as not confirmed."""
    if _lies_within(settings.state, study):
        return frozenset()
    try:
        plain = json.loads(_file(settings, study).read_text("utf-8"))
        return frozenset(
            Confirmation(
                Address(plain_address["scheme"], plain_address["host"], int(plain_address["port"])),
                plain_address["plain_http"] is True,
            )
            for plain_address in plain["addresses"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def confirm(settings: Settings, study: Path, new: Confirmation) -> None:
    """Keep that this address was confirmed. Raises BadInput if the state folder lies within the study."""
    if _lies_within(settings.state, study):
        raise BadInput(
            f"TANDEM_STATE names {settings.state}, which lies in the study's folder: whoever sends a study could confirm "
            f"addresses there. Name another folder. Nothing was confirmed."
        )
    others = {
        confirmation for confirmation in confirmed_for(settings, study) if confirmation.address != new.address
    }
    _keep(settings, study, others | {new})


def take_back(settings: Settings, study: Path, address: Address) -> bool:
    """Forget that this address was confirmed; says whether it was."""
    before = confirmed_for(settings, study)
    after = {confirmation for confirmation in before if confirmation.address != address}
    if len(after) < len(before):
        _keep(settings, study, after)
    return len(after) < len(before)


def _keep(settings: Settings, study: Path, confirmed: Collection[Confirmation]) -> None:
    file = _file(settings, study)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.parent.chmod(0o700)
    rows = [
        {"scheme": a.scheme, "host": a.host, "port": a.port, "plain_http": confirmation.plain_http}
        for confirmation in sorted(confirmed, key=lambda confirmation: confirmation.address)
        for a in (confirmation.address,)
    ]
    whole = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump({"study": str(study), "addresses": rows}, out)
    whole.replace(file)


def _file(settings: Settings, study: Path) -> Path:
    return settings.state / "trust" / f"{hashlib.sha256(str(study).encode()).hexdigest()[:24]}.json"


def _lies_within(state: Path, study: Path) -> bool:
    return state.resolve().is_relative_to(study.resolve())
