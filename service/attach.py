"""Our service attached to Label Studio's projects: by "tandem push" where it answers, and by itself when it starts."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from annotations.errors import TandemError
from annotations.label_studio import LabelStudio
from annotations.label_studio_hooks import attach_backend, attach_webhook
from annotations.store.pushes import projects
from service.address import address_of
from service.parts import Parts
from service.session_key import door_key, key_for

LIMIT_S = 3.0


@dataclass(frozen=True, slots=True)
class Service:
    """The service's address and the study's session key, and why it cannot be attached (empty: it can)."""

    url: str
    key: str
    why_not: str = ""

    def __repr__(self) -> str:
        return f"Service(url={self.url!r}, …)"


def find_service(parts: Parts) -> Service:
    """Does "tandem serve" answer for this study? Asked once per push."""
    url = address_of(parts)
    key = key_for(parts.settings, parts.study.folder)
    return Service(url, key, _why_not(url, key))


def attach(server: LabelStudio, project: int, service: Service) -> str:
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
    undone = [attach(server, row.project_id, service) for row in used if server.exists(row.project_id)]
    return [why for why in undone if why]


def _why_not(url: str, key: str) -> str:
    later = 'then push again; until then use "tandem pull".'
    try:
        # no proxy and no .netrc: the key goes to this address and nowhere else
        with httpx.Client(timeout=LIMIT_S, trust_env=False) as client:
            if "parts" not in _plain(client.get(f"{url}/health")):
                return (
                    f"corrections do not come back by themselves, since what answers at {url} is not Tandem's service. "
                    f"Name its address in study.yaml (service: url), {later}"
                )
            # a program that only pretends to be Tandem gets no more than Label Studio would tell it
            answer = client.get(f"{url}/ml/health", auth=("tandem", door_key(key, "backend")))
    except (httpx.HTTPError, httpx.InvalidURL):
        return (
            f"corrections do not come back by themselves, since Tandem's service does not answer at {url}: run "
            f'"tandem serve", {later}'
        )
    if answer.status_code != 200:
        return (
            f"corrections do not come back by themselves, since what answers at {url} does not take this study's key; "
            f'it may serve another study. Run "tandem serve" for this one on another port, name that address in '
            f"study.yaml (service: url), {later}"
        )
    return ""


def _plain(answer: httpx.Response) -> dict[str, object]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
