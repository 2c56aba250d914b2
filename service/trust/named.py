"""The addresses that a study names, each with what would go there."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from annotations.errors import BadInput
from annotations.study.config import Study
from service.trust.address import USUAL_PORTS, Address, ray_address, server, web_address

Use = Literal["label_studio.url", "service.url", "database", "precoding.address"]
GOES_THERE: dict[Use, str] = {
    "label_studio.url": "passages of transcripts, suggestions and your token for Label Studio",
    "service.url": "from Label Studio, passages of transcripts with what coders answer",
    "database": "everything: transcripts, codings, participants",
    "precoding.address": "the words of all passages, which its machines read in the study's folder",
}
VARIABLE: dict[Use, str] = {
    "label_studio.url": "LABEL_STUDIO_URL",
    "service.url": "TANDEM_SERVICE_URL",
    "database": "TANDEM_DATABASE",
    "precoding.address": "--address",
}
# others of PostgreSQL's settings choose another server, read files, or take secrets along
_OF_TANDEM = frozenset({"study.yaml", "codebook.yaml", "import-preview.html", "models", "mlruns", "receipts"})
_DATABASES_BESIDE = ("embeddings.", "mlflow.db")
_HARMLESS = frozenset({"schema", "sslmode", "application_name", "connect_timeout"})


@dataclass(frozen=True, slots=True)
class NamedAddress:
    """An address in study.yaml: the key that holds it, the text that is called, and the server."""

    use: Use
    text: str
    address: Address


def label_studio_named(study: Study) -> NamedAddress | None:
    """The Label Studio that study.yaml names. Raises BadInput for an address that is none."""
    return _web("label_studio.url", study.config.label_studio.url)


def service_named(study: Study) -> NamedAddress | None:
    """The address by which Label Studio shall call the service, as study.yaml names it. Raises as above."""
    return _web("service.url", study.config.service.url)


def database_named(study: Study) -> NamedAddress | None:
    """The database server that study.yaml names, if it names one. Raises BadInput for what it may not say there."""
    text = study.config.database
    url = None if text is None else _database_url(text)
    if text is None or url is None or url.get_backend_name() == "sqlite":
        return None
    strange = sorted(set(url.query) - _HARMLESS)
    if strange or re.search("[=:/]", url.database or ""):
        raise BadInput(
            f'study.yaml: "database" may not say {", ".join(strange) or url.database}. Take it out, or name the database '
            f"in TANDEM_DATABASE, where everything may be said."
        )
    return NamedAddress("database", text, server("postgresql", *database_parts(text)))


def database_file_named(study: Study) -> Path | None:
    """The database file that study.yaml names, if it names one. Raises BadInput for a file outside the study's folder."""
    text = study.config.database
    url = None if text is None else _database_url(text)
    if url is None or url.get_backend_name() != "sqlite":
        return None
    named = Path(os.path.normpath(study.folder / (url.database or "")))
    where = named.resolve()
    if where != named and named.is_relative_to(study.folder):
        raise BadInput(
            f'study.yaml: "database" names {url.database}, which is or lies behind a link. Delete the link, put the file '
            f"itself there if it is yours, and ask whoever gave you this study why it is there."
        )
    within = where.relative_to(study.folder).parts if where.is_relative_to(study.folder) else ()
    if within and (within[0] in _OF_TANDEM or within[0].startswith((".", *_DATABASES_BESIDE))):
        raise BadInput(
            f'study.yaml: "database" names {url.database}, which Tandem keeps other things in. Name another file, such as '
            f"sqlite:///words.db, or leave the key out."
        )
    if url.query or not within or ":" in where.name:
        raise BadInput(
            f'study.yaml: "database" names {url.database or "no file"}, and a study may name only a plain file in its '
            f"own folder. Leave the key out to keep the data there, or name the file in TANDEM_DATABASE."
        )
    return where


def cluster_named(study: Study) -> NamedAddress | None:
    """The Ray cluster that study.yaml names, if it names one. Raises BadInput for an address that is none."""
    text = study.config.precoding.address
    if text is None:
        return None
    try:
        return NamedAddress("precoding.address", text, ray_address(text))
    except BadInput as error:
        raise BadInput(f'study.yaml: "precoding.address": {error}') from error


def all_named(study: Study) -> list[NamedAddress]:
    """Every server that study.yaml names. Raises as the four above."""
    addresses = (label_studio_named(study), service_named(study), database_named(study), cluster_named(study))
    return [address_named for address_named in addresses if address_named is not None]


def _web(use: Use, text: str | None) -> NamedAddress | None:
    if text is None:
        return None
    try:
        return NamedAddress(use, text.rstrip("/"), web_address(text))
    except BadInput as error:
        raise BadInput(f'study.yaml: "{use}": {error}') from error


def database_parts(text: str) -> tuple[str, int]:
    """The host ("" for this machine's own) and the port of a database server. Raises BadInput for no address."""
    url = _database_url(text)
    return url.host or "", url.port or USUAL_PORTS["postgresql"]


def _database_url(text: str) -> URL:
    try:
        return make_url(text)
    except (ArgumentError, ValueError) as error:
        raise BadInput(
            f'database "{re.sub("//[^@/]*@", "//…@", text)}" is no database address. Give one such as '
            f'"postgresql://user@host/name", or leave the key out to keep the data in the study\'s folder.'
        ) from error
