"""Pages for a browser, rendered from templates that escape everything."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from fastapi import Request, status
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader

from service.access.viewer import Viewer
from service.web.browser_requests import csrf_field


def rendered(name: str, **known: Any) -> str:
    """The template of this name, filled in."""
    folder = str(files("service") / "web" / "templates")
    return Environment(autoescape=True, loader=FileSystemLoader(folder)).get_template(name).render(**known)


def page_for(
    request: Request, viewer: Viewer | None, name: str, *, code: int = status.HTTP_200_OK, **known: Any
) -> HTMLResponse:
    """A page within the layout."""
    return HTMLResponse(rendered(name, viewer=viewer, csrf_field=lambda: csrf_field(request), **known), code)
