"""Confirming an address, taking that back, and how each address of a study stands: the work behind "tandem trust"."""

from __future__ import annotations

from dataclasses import dataclass

from annotations.errors import BadInput
from annotations.study.config import Study
from service.settings import Settings
from service.trust.address import Address, Confirmation, may_be_called, ray_address, server, web_address
from service.trust.confirmed import confirm, confirmed_for, take_back
from service.trust.named import GOES_THERE, NamedAddress, all_named, database_parts
from service.trust.reach import is_the_users


@dataclass(frozen=True, slots=True)
class AddressStanding:
    """An address, the key of study.yaml that names it ("" for one that it names no more), and how it stands."""

    address: Address
    key: str
    goes_there: str
    state: str


def confirm_address(study: Study, settings: Settings, text: str, *, plain_http: bool) -> str:
    """Confirm an address for this study on this machine; returns what that means.

    Raises BadInput if study.yaml does not name it, or if it is plain http and that was not said too.
    """
    address = _typed(text)
    named = [named_address for named_address in all_named(study) if named_address.address == address]
    if not named and address.scheme == "ray":  # typed with --address, so the study need not name it
        named = [NamedAddress("precoding.address", text, address)]
    if not named:
        others = ", ".join(sorted({str(named_address.address) for named_address in all_named(study)}))
        raise BadInput(
            f"study.yaml does not name {address}; it names {others or 'no address'}. Nothing was confirmed."
        )
    goes = "; ".join(GOES_THERE[named_address.use] for named_address in named)
    if address.is_readable_on_the_way and not plain_http:
        raise BadInput(
            f"{address} is plain http to another machine: whoever is on the way can read and change what goes there "
            f"({goes}). Better use an address that begins with https. If you want it all the same, say it twice: "
            f'"tandem trust {address} --plain-http". Nothing was confirmed.'
        )
    confirm(settings, study.folder, Confirmation(address, plain_http=address.is_readable_on_the_way))
    return f"Confirmed for this study on this machine: {address}. There goes: {goes}.{_hint(named)}"


def remove_address(study: Study, settings: Settings, text: str) -> str:
    """Take back that an address was confirmed; returns what that means. Raises BadInput if it was not confirmed."""
    address = _typed(text)
    if not take_back(settings, study.folder, address):
        raise BadInput(f"{address} was not confirmed for this study. Nothing was changed.")
    return f"Taken back: nothing of this study goes to {address} any more."


def standing(study: Study, settings: Settings) -> list[AddressStanding]:
    """How each address stands that the study names, and what was confirmed and is named no more."""
    confirmed = confirmed_for(settings, study.folder)
    named = all_named(study)
    rows = [
        AddressStanding(
            named_address.address,
            named_address.use,
            GOES_THERE[named_address.use],
            _state(named_address, settings, confirmed),
        )
        for named_address in named
    ]
    gone = sorted(
        {confirmation.address for confirmation in confirmed}
        - {named_address.address for named_address in named}
    )
    return [*rows, *(_unnamed(address) for address in gone)]


def _unnamed(address: Address) -> AddressStanding:
    """A cluster is confirmed for whoever types its address; any other was named once."""
    if address.scheme == "ray":
        return AddressStanding(address, "--address", GOES_THERE["precoding.address"], "confirmed")
    return AddressStanding(address, "", "", "confirmed, named no more")


def _state(named: NamedAddress, settings: Settings, confirmed: frozenset[Confirmation]) -> str:
    if is_the_users(named.use, settings):
        return "not used: the environment names another"
    if named.address.is_loopback:
        known = any(confirmation.address == named.address for confirmation in confirmed)
        return "this machine, confirmed" if known else "this machine"
    if not may_be_called(named.address, by_study=True, confirmed=confirmed):
        return "not confirmed: nothing is sent"
    return "confirmed, readable on the way" if named.address.is_readable_on_the_way else "confirmed"


def _typed(text: str) -> Address:
    if text.startswith("ray://"):
        return ray_address(text)
    if text.startswith("postgres"):
        host, port = database_parts(text)
        return server("postgresql", host, port)
    return web_address(text)


def _hint(named: list[NamedAddress]) -> str:
    if all(named_address.use != "database" for named_address in named):
        return ""
    return ' PostgreSQL encrypts this for certain only with "?sslmode=verify-full" at the end of its address.'
