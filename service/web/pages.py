"""Pages for a browser: a template within the layout, for whoever looks at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from fastapi import Depends, Request, Response, status
from fastapi.responses import HTMLResponse, RedirectResponse

from service.access.policy import WHOLE_STUDY, About, Action, may, must
from service.access.viewer import Viewer
from service.audit import Actor, Did, noted, saw, saw_passages
from service.composition import Parts
from service.design.templating import templates_in
from service.web.dependencies import Served
from service.web.lists import ShownList
from service.web.navigation import PageGroup, groups_for, place_of
from service.web.signed_in import SignedIn, by_of

TEMPLATES = Path(__file__).parent / "templates"
THEME = "tandem_theme"


@dataclass(frozen=True, slots=True)
class Shell:
    """What stands around a page. ``here``: the address of the navigation's item; ``taken``: the form just saved;
    ``came_from``: the page before; ``zone``: by whose clock times are told."""

    study: str
    viewer: Viewer | None
    groups: tuple[PageGroup, ...]
    here: str
    theme: str
    csrf: str
    taken: str
    came_from: str
    zone: ZoneInfo


def shell_of(request: Request, viewer: Viewer | None) -> Shell:
    """What stands around this request's page, for this person, or for nobody in particular."""
    theme = request.cookies.get(THEME, "")
    return Shell(
        study=request.app.state.parts.study.config.name if viewer else "Tandem",
        viewer=viewer,
        groups=groups_for(viewer),
        here=place_of(request.url.path),
        theme=theme if theme in ("light", "dark") else "",
        csrf=getattr(request.state, "csrf", ""),
        taken=request.query_params.get("taken", "")[:250],
        came_from=_came_from(request),
        zone=_zone_of(request.app.state.parts),
    )


def _zone_of(parts: Parts) -> ZoneInfo:
    return ZoneInfo(parts.study.config.time_zone)


def _came_from(request: Request) -> str:
    """The page here from which this one was asked for, as its path; "" where the browser says none, or another server's."""
    before = urlsplit(request.headers.get("referer", "")[:2000])
    own = request.headers.get("host", "")
    if not own or before.netloc != own or not before.path.startswith("/") or before.path.startswith("//"):
        return ""
    path = before.path + (f"?{before.query}" if before.query else "")
    here = request.method == "GET" and before.path == request.url.path
    return "" if here or before.path == "/" else path


def rendered(name: str, **known: Any) -> str:
    """The template of this name, filled in."""
    return templates_in(TEMPLATES).get_template(name).render(**known)


def page_for(
    request: Request, viewer: Viewer | None, name: str, *, code: int = status.HTTP_200_OK, **known: Any
) -> HTMLResponse:
    """A page within the layout."""
    return HTMLResponse(rendered(name, shell=shell_of(request, viewer), **known), code)


@dataclass(frozen=True, slots=True)
class Visit:
    """A request by somebody who is signed in: what they may, and pages for them."""

    request: Request
    parts: Parts
    viewer: Viewer
    by: Actor

    @property
    def zone(self) -> ZoneInfo:
        """By whose clock times are told: the study's."""
        return _zone_of(self.parts)

    def may(self, action: Action, about: About = WHOLE_STUDY) -> bool:
        """May this person do this?"""
        return may(self.viewer, action, about)

    def must(self, action: Action, about: About = WHOLE_STUDY, *, asked: str = "") -> None:
        """Raises NotAllowed for whoever may not. ``asked``: what they asked for, where the action's words are others."""
        must(self.viewer, action, about, asked=asked)

    def reads(self, transcript: str) -> None:
        """Write down that this person reads a transcript, before it is shown."""
        saw(self.parts.store, self.by, transcript)

    def sees_passages(self, where: str, transcripts: Iterable[str]) -> None:
        """Write down, before they are shown, that this person sees passages; each is given by its transcript."""
        saw_passages(self.parts.store, self.by, where, transcripts)

    def takes(self, shown: ShownList[Any], name: str) -> Response:
        """What a list shows as a workbook, for whoever may export; it is written down. Raises NotAllowed."""
        self.must(Action.EXPORT)
        noted(self.parts.store, self.by, Did.EXPORTED, f"{name}.xlsx", kind="list", rows=len(shown.found))
        return shown.workbook_answer(name)

    def page(self, name: str, *, code: int = status.HTTP_200_OK, **known: Any) -> HTMLResponse:
        """A page within the layout; ``visit`` is known to it."""
        return page_for(self.request, self.viewer, name, code=code, visit=self, **known)


def saved(path: str, form: str = "") -> RedirectResponse:
    """After a form was taken: go to a page of ours, which forgets what the browser kept of that form."""
    mark = f"{'&' if '?' in path else '?'}taken={quote(form)}" if form else ""
    before, hash_, place = path.partition("#")
    return RedirectResponse(f"{before}{mark}{hash_}{place}", status.HTTP_303_SEE_OTHER)


async def visit_of(request: Request, parts: Served, viewer: SignedIn) -> Visit:
    """The request with whoever is signed in."""
    return Visit(request, parts, viewer, await by_of(request))


Visited = Annotated[Visit, Depends(visit_of)]
