"""The addresses that are called: every way to Label Studio, a database server or the service asks here first."""

from __future__ import annotations

from collections.abc import Sequence

from annotations.errors import BadInput
from annotations.study.config import Study
from service.settings import Settings
from service.trust.address import Address, may_be_called, may_have_token, ray_address, web_address
from service.trust.confirmed import confirmed_for
from service.trust.named import (
    GOES_THERE,
    VARIABLE,
    NamedAddress,
    Use,
    all_named,
    cluster_named,
    database_file_named,
    database_named,
    label_studio_named,
    service_named,
)


class NotConfirmed(BadInput):
    """Only the study names this address, and nobody on this machine has said that it may be called."""

    def __init__(self, named: NamedAddress) -> None:
        address, use = named.address, named.use
        readable = (
            " It is plain http: whoever is on the way could read all of it."
            if address.is_readable_on_the_way
            else ""
        )
        double = " --plain-http" if address.is_readable_on_the_way else ""
        super().__init__(
            f"study.yaml ({use}) names {address}, and only the study says so. There would go: {GOES_THERE[use]}.{readable} "
            f"Nobody has confirmed this address on this machine, so nothing was sent. If you know it and want that, run "
            f'"tandem trust {address}{double}"; to use another one, set {VARIABLE[use]}.'
        )


class ClusterNotConfirmed(BadInput):
    """Nobody on this machine has said that words of this study may go to this Ray cluster."""

    def __init__(self, address: Address, where: str = "") -> None:
        super().__init__(
            f"the Ray cluster at {address}{where} is not this machine. There would go: {GOES_THERE['precoding.address']}. "
            f"Nobody has confirmed this address on this machine, so nothing was sent. If you know it and want that, run "
            f'"tandem trust {address}"; without --address this machine does the work.'
        )


class TokenElsewhere(BadInput):
    """A token would go to an address that it was not given for."""

    def __init__(self, address: Address) -> None:
        super().__init__(
            f"study.yaml (label_studio.url) names {address}, and nothing says that your token (LABEL_STUDIO_API_KEY) is "
            f'meant for it, so nothing was sent. If it is, set LABEL_STUDIO_URL={address}, or run "tandem trust '
            f'{address}".'
        )


def label_studio_address(study: Study, settings: Settings) -> str | None:
    """The configured Label Studio, None for the local one. Raises NotConfirmed, BadInput."""
    if settings.label_studio_url is not None:
        return settings.label_studio_url
    return _allowed(label_studio_named(study), study, settings)


def label_studio_token(study: Study, settings: Settings) -> str | None:
    """The token for the configured Label Studio, None where there is none. Raises TokenElsewhere, BadInput."""
    url = label_studio_address(study, settings)
    if settings.label_studio_token is None or url is None:
        return settings.label_studio_token
    given_for = None if settings.label_studio_url is None else web_address(settings.label_studio_url)
    confirmed = confirmed_for(settings, study.folder)
    if not may_have_token(web_address(url), given_for=given_for, confirmed=confirmed):
        raise TokenElsewhere(web_address(url))
    return settings.label_studio_token


def service_address(study: Study, settings: Settings) -> str | None:
    """Where Label Studio shall call the service, None where nothing is said. Raises NotConfirmed, BadInput."""
    if settings.service_url is not None:
        _ = web_address(settings.service_url)
        return settings.service_url
    return _allowed(service_named(study), study, settings)


def database_address(study: Study, settings: Settings) -> str | None:
    """The configured database, None for the file in the study's folder. Raises NotConfirmed, BadInput."""
    if settings.database is not None:
        return settings.database
    if study.config.database is None:
        return None
    file = database_file_named(study)
    return f"sqlite:///{file}" if file is not None else _allowed(database_named(study), study, settings)


def cluster_address(study: Study, settings: Settings, given: str | None) -> str | None:
    """The head of the Ray cluster that shall pre-code, "host:port"; None where this machine alone shall.

    ``given``: typed with the command, before study.yaml's. Either must have been confirmed if it leads elsewhere: whoever
    types it may not know that the words go there. Raises ClusterNotConfirmed, NotConfirmed, BadInput.
    """
    if given is None:
        named = cluster_named(study)
        _allowed(named, study, settings)
        return None if named is None else _host_and_port(named.address)
    address = ray_address(given)
    if not may_be_called(address, by_study=True, confirmed=confirmed_for(settings, study.folder)):
        raise ClusterNotConfirmed(address)
    return _host_and_port(address)


def machines_allowed(study: Study, settings: Settings, head: str, machines: Sequence[str]) -> None:
    """May passages go to these machines of the cluster at ``head``? A port of this machine may lead elsewhere.

    Whoever confirmed the head meant its cluster. Raises ClusterNotConfirmed.
    """
    address = ray_address(head)
    confirmed = {confirmation.address for confirmation in confirmed_for(settings, study.folder)}
    if machines and address.is_loopback and address not in confirmed:
        raise ClusterNotConfirmed(address, f" (it leads to other machines: {', '.join(machines[:3])})")


def not_confirmed(study: Study, settings: Settings) -> list[str]:
    """A sentence for each address that the study names and that is not called. Raises BadInput."""
    said = []
    for named in all_named(study):
        try:
            if not is_the_users(named.use, settings):
                _allowed(named, study, settings)
        except NotConfirmed as error:
            said.append(str(error))
    return said


def is_the_users(use: Use, settings: Settings) -> bool:
    """Does the environment name an address for this, which holds instead of the study's?"""
    given = {
        "label_studio.url": settings.label_studio_url,
        "service.url": settings.service_url,
        "database": settings.database,
        "precoding.address": None,
    }
    return given[use] is not None


def _host_and_port(address: Address) -> str:
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"{host}:{address.port}"


def _allowed(named: NamedAddress | None, study: Study, settings: Settings) -> str | None:
    if named is None:
        return None
    if not may_be_called(named.address, by_study=True, confirmed=confirmed_for(settings, study.folder)):
        raise NotConfirmed(named)
    return named.text
