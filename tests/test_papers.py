"""The papers for those who join, cite or trust: they name what is there."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml
from builders import REPOSITORY
from fastapi.routing import APIRoute

from service.web import api

PAPERS = ("CONTRIBUTING.md", "SECURITY.md", "docs/api.md", "docs/not-for.md", "docs/troubleshooting.md")


def test_version_and_licence_are_the_same_everywhere() -> None:
    """What is cited is what is installed."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    cited = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text("utf-8"))
    assert (cited["version"], cited["license"]) == (project["version"], project["license"])
    assert "Apache License" in (REPOSITORY / "LICENSE").read_text("utf-8")


@pytest.mark.parametrize("paper", PAPERS)
def test_what_a_paper_names_is_there(paper: str) -> None:
    """Files, folders and targets of make."""
    text = (REPOSITORY / paper).read_text("utf-8")
    targets = re.findall(r"^([\w-]+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE)
    for target in re.findall(r"`make ([a-z-]+)`", text):
        assert target in targets, target
    for path in re.findall(r"`((?:annotations|service|tests|docs|models|training)/[\w./-]+)`", text):
        assert (REPOSITORY / path).exists(), path


def test_the_page_for_programs_names_every_path() -> None:
    """None is missing, and none is made up."""
    routes = {
        (method, route.path)
        for route in api.router.routes
        if isinstance(route, APIRoute) and route.include_in_schema
        for method in route.methods
    }
    page = (REPOSITORY / "docs" / "api.md").read_text("utf-8")
    named = set(re.findall(r"^\| `(GET|POST) (/api/v1/\w+)", page, re.MULTILINE))
    assert named == routes
