"""tandem codebook list, show, check and crosswalk, as a lead types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from annotations.codebook.files import shipped_codebooks
from annotations.errors import BadInput, UnknownName
from service.cli.main import add_commands, app

Tandem = Callable[..., Result]


@pytest.fixture
def tandem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tandem:
    """Run a command in an empty folder; errors that are Tandem's come through."""
    for name in ("LABEL_STUDIO_URL", "MLFLOW_TRACKING_URI", "TANDEM_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    if not app.registered_commands:
        add_commands()

    def run(*arguments: str) -> Result:
        done = CliRunner().invoke(app, list(arguments))
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return run


def _json(done: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_list_names_what_init_takes(tandem: Tandem, tmp_path: Path) -> None:
    """Every listed codebook makes a study with as many codes as the list says."""
    listed = _json(tandem("codebook", "list", "--json"))["codebooks"]
    assert [one["name"] for one in listed] == list(shipped_codebooks())
    for one in listed:
        made = _json(tandem("init", str(tmp_path / one["name"]), "--codebook", one["name"], "--json"))
        assert (made["codes"], made["codebook_version"]) == (one["codes"], one["version"])
        assert one["name"] in tandem("codebook", "list").stdout


def test_show_reads_like_a_page(tandem: Tandem) -> None:
    """A code with its path, its four texts and its counterpart; one code alone on request."""
    shown = tandem("codebook", "show", "cfir-2022", "--code", "Space").stdout
    for words in (
        "Inner Setting › Available Resources › Space",
        "Means:",
        "Use when:",
        "Do not use when:",
        "“",
    ):
        assert words in shown
    assert "Funding  cfir22" not in shown
    assert "Funding" in tandem("codebook", "show", "cfir-2022").stdout


@pytest.mark.slow
def test_show_writes_a_page_and_a_document(tandem: Tandem, tmp_path: Path) -> None:
    """Both in one go; a folder that is not there is refused, and nothing is written."""
    done = tandem("codebook", "show", "doi-2004", "--html", "book.html", "--docx", "book.docx")
    assert "89 codes written to book.html" in done.stdout
    assert (tmp_path / "book.html").read_bytes().startswith(b"<!doctype html>")
    assert (tmp_path / "book.docx").read_bytes().startswith(b"PK")
    with pytest.raises(BadInput, match="the folder does not exist"):
        tandem("codebook", "show", "doi-2004", "--html", "no/such/book.html")


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (["show", "cfir-2202"], UnknownName, 'Did you mean "cfir-2022"'),
        (["show", "cfir-2022", "--code", "Spcae"], UnknownName, "Space"),
        (["show", "cfir-2022", "--code", "innovation deliverers"], BadInput, "several codes"),
        (["show", "nowhere.yaml"], BadInput, "nowhere.yaml"),
        (["check"], BadInput, "study"),
    ],
)
def test_what_cannot_be_shown_is_explained(
    tandem: Tandem, arguments: list[str], error: type[Exception], words: str
) -> None:
    """A name that is not known, one that means several codes, a file or study that is not there."""
    with pytest.raises(error, match=words):
        tandem("codebook", *arguments)


def test_check_looks_at_the_studys_codings(tandem: Tandem, tmp_path: Path) -> None:
    """A code taken out of codebook.yaml after people coded with it is wrong, exit status 1, with the count."""
    book = tmp_path / "book.csv"
    book.write_text("code,definition\nMoney,What it all costs\nPeople,Who does the work\n", "utf-8")
    (tmp_path / "P-01.txt").write_text("I: Well?\nP-01: No money.\nP-01: No people.\n", "utf-8")
    codings = tmp_path / "codings.csv"
    codings.write_text("transcript,coder,code,turn\nP-01,Ada,Money,1\n", "utf-8")
    study = tmp_path / "study"
    tandem("init", str(study), "--codebook", str(book))
    tandem("--study", str(study), "import", str(tmp_path / "P-01.txt"))
    tandem("--study", str(study), "import-codings", str(codings), "--complete", "all")

    sound = tandem("--study", str(study), "codebook", "check", "--json")
    assert (sound.exit_code, _json(sound)["codings"]) == (0, 1)
    assert ["People"] in [f["codes"] for f in _json(sound)["findings"] if "never used" in f["what"]]

    file = study / "codebook.yaml"
    file.write_text(file.read_text("utf-8").replace("id: money", "id: cash"), "utf-8")
    broken = tandem("--study", str(study), "codebook", "check", "--json")
    assert broken.exit_code == 1
    assert _json(broken)["findings"][0]["codes"] == ["money (1)"]
    assert "WRONG" in tandem("--study", str(study), "codebook", "check").stdout


def test_crosswalk_shows_the_status_of_each_row(tandem: Tandem) -> None:
    """In the terminal and as JSON, with what each status means."""
    shown = tandem("codebook", "crosswalk").stdout
    found = _json(tandem("codebook", "crosswalk", "--json"))
    assert found["statuses"].keys() == {row["status"] for row in found["rows"]}
    for status, meaning in found["statuses"].items():
        assert f"{status}: {meaning}" in shown
