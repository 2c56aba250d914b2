"""The papers for those who join, cite or trust: they name what is there."""

from __future__ import annotations

import ast
import re
import tomllib
from typing import get_args

import pytest
import yaml
from builders import REPOSITORY
from fastapi.routing import APIRoute
from pydantic import BaseModel

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


def test_the_architecture_is_one_page() -> None:
    """What does not fit stands in docs/inside.md."""
    assert len((REPOSITORY / "ARCHITECTURE.md").read_text("utf-8").split()) < 800


def test_the_architecture_names_what_is_there() -> None:
    """Each module, room and file that it names is one, and other names stand in the code."""
    rooms = [REPOSITORY / name for name in ("annotations", "models", "training", "service")]
    files = [*rooms, *(file for room in rooms for file in room.rglob("*") if file.suffix != ".pyc")]
    ends = set()
    for file in files:
        parts = file.relative_to(REPOSITORY).with_suffix("").parts
        ends |= {"/".join(parts[at:]) for at in range(len(parts))}
    text = "".join((REPOSITORY / name).read_text("utf-8") for name in ("ARCHITECTURE.md", "docs/inside.md"))
    named = set(re.findall(r"`([a-z_]+(?:/[a-z_]+)*)(?:/|\.py)?`", text))
    code = "\n".join(file.read_text("utf-8") for file in files if file.suffix == ".py")
    assert len(named) > 100
    assert [name for name in named - ends if re.search(rf"\b{name}\b", code) is None] == []


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


def test_the_page_for_programs_names_every_field() -> None:
    """Of each thing in a list that the API answers with, in its order."""
    page = (REPOSITORY / "docs" / "api.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(/api/v1/\w+)` \| (.+) \|$", page, re.MULTILINE))
    fields = {}
    for route in api.router.routes:
        answer = get_args(route.response_model) if isinstance(route, APIRoute) else ()
        if answer and issubclass(answer[0], BaseModel):
            fields[route.path] = list(answer[0].model_fields)
    assert {path: re.findall(r"`(\w+)`", row) for path, row in rows.items()} == fields


def _said_by_the_code() -> str:
    """Every text that stands in the code, what is filled in left out, with single spaces."""
    texts = []
    for package in ("annotations", "models", "training", "service"):
        for file in (REPOSITORY / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    texts.append(node.value)
                elif isinstance(node, ast.JoinedStr):
                    texts.append(
                        "".join(
                            getattr(part, "value", "…") if isinstance(part, ast.Constant) else "…"
                            for part in node.values
                        )
                    )
    return " ".join("\n".join(texts).split())


@pytest.mark.slow
def test_the_page_on_trouble_quotes_what_is_printed() -> None:
    """Each sentence in quotation marks in its first column is one that the code says."""
    page = (REPOSITORY / "docs" / "troubleshooting.md").read_text("utf-8")
    said = _said_by_the_code()
    quoted = [
        words
        for row in re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE)
        for words in re.findall(r'"([^"]+)"', row)
    ]
    assert len(quoted) > 10
    for words in quoted:
        for piece in re.split(r"…|[A-Z]{3}-\d+|v\d", words):
            assert piece.strip() in said, words
