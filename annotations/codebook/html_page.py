"""A codebook as one web page that needs nothing else: no script, font or picture from anywhere."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from annotations.codebook.crosswalk import STATUSES
from annotations.codebook.layout import Layout


def codebook_page(layout: Layout) -> str:
    """The page as HTML. All words of the codebook are escaped."""
    template = (files("annotations") / "codebook" / "codebook.html").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(template).render(
        codebook=layout.codebook, sections=layout.sections, crosswalk=layout.crosswalk, statuses=STATUSES
    )
