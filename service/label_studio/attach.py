"""Our service attached to Label Studio's projects: by "tandem push" where it answers, and by itself when it starts."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import httpx

from annotations.errors import BadInput, TandemError
from annotations.label_studio.attached_service import attach_backend, attach_webhook
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.projects import project_exists
from annotations.store.label_studio_projects import projects
from service.access.keys import door_key, key_for
from service.access.proof import PATH as PROOF_PATH
from service.access.proof import fresh_nonce, is_handed_on, proves
from service.access.service_address import address_of
from service.composition import Parts

LIMIT_S = 3.0
LONGEST = 100_000  # bytes: what answers could be any program, and tell without end


@dataclass(frozen=True, slots=True)
class AttachedService:
    """The service's address and the study's session key, and why it cannot be attached (empty: it can)."""

    url: str
    key: str
    why_not: str = ""

    def __repr__(self) -> str:
        return f"Service(url={self.url!r}, …)"


def find_service(parts: Parts) -> AttachedService:
    """Does "tandem serve" answer for this study, and can it prove that? Asked once per push."""
    key = key_for(parts.settings, parts.study.folder)
    try:
        url = address_of(parts)
    except BadInput as error:
        return AttachedService("", key, f"corrections do not come back by themselves: {error}")
    return AttachedService(url, key, _why_not(url, key))


def attach(server: LabelStudio, project: int, service: AttachedService) -> str:
    """Attach backend and webhook, each once; returns a sentence if that could not be done, else nothing."""
    if service.why_not:
        return service.why_not
    try:
        attach_webhook(server, project, service=service.url, key=door_key(service.key, "webhook"))
        attach_backend(server, project, service=service.url, key=door_key(service.key, "backend"))
    except TandemError as error:
        return (
            f"corrections do not come back by themselves: {error} Then push again; until then use "
            f'"tandem pull".'
        )
    return ""


def attach_everywhere(parts: Parts, server: LabelStudio) -> list[str]:
    """Attach to every project in use that stands in this Label Studio; returns why one could not be, if any."""
    service = find_service(parts)
    if service.why_not:
        return [service.why_not]
    with parts.store.reading() as connection:
        used = [row for row in projects(connection) if row.url == server.url]
    undone = [
        attach(server, row.project_id, service) for row in used if project_exists(server, row.project_id)
    ]
    return [why for why in undone if why]


def _why_not(url: str, key: str) -> str:
    """Empty where the service of this study answers; no key goes to the address, whoever does."""
    later = 'then push again; until then use "tandem pull".'
    nonce = fresh_nonce()
    try:
        # no proxy and no .netrc: nothing goes to another address
        with httpx.Client(timeout=LIMIT_S, trust_env=False) as client:
            if "parts" not in _plain(client, f"{url}/health"):
                return (
                    f"corrections do not come back by themselves, since what answers at {url} is not Tandem's service. "
                    f"Name its address in study.yaml (service: url), {later}"
                )
            answer = _plain(client, f"{url}{PROOF_PATH}", nonce=nonce)
    except (httpx.HTTPError, httpx.InvalidURL):
        return (
            f"corrections do not come back by themselves, since Tandem's service does not answer at {url}: run "
            f'"tandem serve", {later}'
        )
    if not proves(answer, key=key, nonce=nonce):
        return (
            f"corrections do not come back by themselves, since what answers at {url} does not prove that it holds "
            f'this study\'s key; it may serve another study, or be another program. Run "tandem serve" for this one '
            f"on another port, name that address in study.yaml (service: url), {later}"
        )
    if is_handed_on(answer, url):
        return (
            f"corrections do not come back by themselves, since some other program answers at {url} and hands on to "
            f"Tandem's service, which listens on port {answer['port']}. Name that address in study.yaml "
            f"(service: url), {later}"
        )
    return ""


def _plain(client: httpx.Client, url: str, **params: str) -> dict[str, object]:
    """What is answered there, as plain data; nothing if that is too long, takes too long or is none."""
    said = bytearray()
    with client.stream("GET", url, params=params, headers={"Accept-Encoding": "identity"}) as answer:
        end = time.monotonic() + LIMIT_S
        for some in answer.iter_raw():
            said += some
            if len(said) > LONGEST or time.monotonic() > end:
                return {}
    try:
        plain = json.loads(said)
    except (ValueError, RecursionError):
        return {}
    return plain if isinstance(plain, dict) else {}
