"""Pages for a browser, rendered from templates that escape everything."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from jinja2 import Environment, select_autoescape


def rendered(name: str, **known: Any) -> str:
    """The template of this name, filled in."""
    environment = Environment(autoescape=select_autoescape(default=True))
    source = (files("service") / "web" / "templates" / name).read_text("utf-8")
    return environment.from_string(source).render(**known)
