"""The documentation does what it says: every block is run, every link leads somewhere, the pages need no network."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest
import yaml
from builders import REPOSITORY
from part_of_sample import thin_out
from typer.testing import CliRunner

from service.cli.main import add_commands, app

DOCS = REPOSITORY / "docs"
# what pages mkdocs.yml lists
NAV = re.findall(r":\s*([\w-]+\.md)$", (REPOSITORY / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
BLOCK = re.compile(
    r"^```(?P<language>\w*)(?: file=(?P<file>\S+))?\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE
)
# these start servers; the end-to-end tests run them
SERVERS = ("tandem demo", "tandem label-studio", " doctor", " push ")
RUN = ("codebooks.md", "tutorial-own.md", "tutorial-sample.md")


@dataclass(frozen=True)
class Block:
    """A block of a page: its language, the file that it stands for, and its text."""

    language: str
    file: str
    body: str


def _blocks(page: str) -> list[Block]:
    text = (DOCS / page).read_text("utf-8")
    return [Block(m["language"], m["file"] or "", m["body"]) for m in BLOCK.finditer(text)]


def _commands(page: str) -> list[str]:
    return [line for block in _blocks(page) if not block.language for line in block.body.splitlines() if line]


@pytest.fixture
def desk(tmp_path: Path, vectors_once: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like the one that the pages are typed in, with nothing of the user's around it."""
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", "MLFLOW_TRACKING_URI", "TANDEM_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    folder = tmp_path / "desk"
    (folder / "annotations").mkdir(parents=True)
    shutil.copytree(REPOSITORY / "annotations" / "sample_study", folder / "annotations" / "sample_study")
    monkeypatch.chdir(folder)
    return folder


def _do(block: Block, desk: Path) -> None:
    if block.file:
        file = desk / block.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.body, "utf-8")
    elif block.language == "yaml":
        # the one piece of codebook.yaml that a page shows, in place of its last line
        file = desk / "sample" / "codebook.yaml"
        text = file.read_text("utf-8").rstrip()
        assert text.endswith("\n  codes: []")
        file.write_text(text.removesuffix("  codes: []") + block.body, "utf-8")
    elif not block.language:
        for line in filter(None, block.body.splitlines()):
            if not any(server in line for server in SERVERS):
                _type(line)
    else:
        assert block.language == "text", f"a block of {block.language} is neither run nor put into a file"


def _type(line: str) -> None:
    """A command of tandem in this process, where its imports are loaded already; any other in one of its own."""
    words = shlex.split(line)
    if words[0] != "tandem":
        subprocess.run(words, check=True)
        return
    if not app.registered_commands:
        add_commands()
    done = CliRunner().invoke(app, words[1:])
    assert done.exit_code == 0, f"{line}\n{done.output}\n{done.exception!r}"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("page", RUN)
def test_what_a_page_says_can_be_typed(page: str, desk: Path) -> None:
    """Every block of the page in its order: files are made, commands are run and succeed.

    On a part of the sample study: tests/end_to_end/test_whole_flow.py goes over the whole of it.
    """
    if page == "tutorial-sample.md":
        thin_out(desk / "annotations" / "sample_study")
    for block in _blocks(page):
        _do(block, desk)
    if page == "tutorial-sample.md":
        codebook = yaml.safe_load((desk / "sample" / "codebook.yaml").read_text("utf-8"))
        assert codebook["frameworks"][-1]["codes"][0]["code"] == "Eating together"
        assert (desk / "suggestions.csv").stat().st_size > 10_000


def test_every_page_is_in_the_navigation_and_is_run_if_it_has_blocks() -> None:
    """No page of the list is missing, and a page with commands is among those that are run."""
    for page in NAV:
        assert (DOCS / page).is_file(), page
        assert page in RUN or not _blocks(page), page


@pytest.mark.parametrize("page", NAV)
@pytest.mark.slow
def test_links_and_commands_in_running_text_are_true(page: str) -> None:
    """Links lead to files, and every tandem command that is named exists."""
    text = (DOCS / page).read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", text):
        assert (DOCS / target).is_file(), target
    shown = _help()
    named = set(re.findall(r"`tandem ([a-z][a-z-]*)", text))
    assert {name for name in named if f" {name} " not in shown} == set()


@lru_cache(maxsize=1)  # asked for by every page
def _help() -> str:
    program = Path(sys.executable).with_name("tandem")
    return subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout


def test_the_page_for_coders_has_a_picture_and_no_terminal() -> None:
    """Coders live in a browser: no command, no block, no path."""
    text = (DOCS / "for-coders.md").read_text("utf-8")
    assert "](label-studio.png)" in text
    assert "`" not in text
    assert "tandem " not in text


@pytest.mark.slow
def test_the_pages_are_built_and_ask_for_nothing_from_elsewhere(tmp_path: Path) -> None:
    """The generator is strict about links, and no script, style, font or picture comes from another host."""
    pytest.importorskip("mkdocs")
    site = tmp_path / "site"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "NO_MKDOCS_2_WARNING": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for page in NAV:
        html = (site / page.replace(".md", ".html")).read_text("utf-8")
        loaded = re.findall(r'<(?:script|img|iframe)[^>]*\bsrc="(?:https?:)?//[^"]*"', html)
        loaded += re.findall(
            r'<link[^>]*rel="?(?:stylesheet|preconnect|preload|icon)"?[^>]*href="?(?:https?:)?//[^">]*', html
        )
        assert loaded == [], page
    for style in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//", style.read_text("utf-8")), style.name
