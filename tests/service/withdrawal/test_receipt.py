"""What would go is shown before, and a receipt says afterwards what went, where, and how that was verified."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from coded_study import MARKS, opened, quiet
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from service.cli.main import add_commands, app
from service.composition import Parts
from service.withdrawal.erasure_dry_run import plan
from service.withdrawal.receipt import without_codes
from service.withdrawal.withdraw import withdraw
from service.withdrawal.word_search import distinctive, search

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]
GONE = "JKG-01"


@pytest.fixture
def parts(trained_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    """A copy of it."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    shutil.copytree(trained_study, tmp_path / "study")
    made = opened(tmp_path / "study", tmp_path / "state")
    yield made
    made.close()


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(file): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and ".db" not in file.name
    }


def _dump(parts: Parts) -> list[str]:
    """Every row of the database."""
    from sqlalchemy import select

    from annotations.store.tables import metadata

    with parts.store.reading() as connection:
        return [str(connection.execute(select(table)).all()) for table in metadata.sorted_tables]


def test_a_dry_run_shows_what_goes_and_changes_nothing(parts: Parts) -> None:
    """Rows, model, MLflow's copy and embeddings are shown with their places, and are all still there."""
    before, rows = _files(parts.study.folder), _dump(parts)
    shown = plan(parts, GONE)
    assert shown.transcripts == (GONE,)
    assert shown.rows["transcripts"] == 1
    assert shown.rows["reviews"] == 8
    assert shown.embeddings > 0
    (model,) = shown.models
    assert (model.version, model.serves) == ("v1", True)
    assert all(Path(folder).is_dir() for folder in model.folders)
    assert len(model.folders) == 2
    assert _files(parts.study.folder) == before
    assert _dump(parts) == rows


def test_what_the_dry_run_shows_is_what_goes(parts: Parts) -> None:
    """The same rows and the same folders."""
    shown = plan(parts, GONE)
    found = withdraw(parts, GONE, by="Ines Falk", progress=quiet)
    assert (found.transcripts, found.reviews) == (shown.rows["transcripts"], shown.rows["reviews"])
    assert not any(Path(folder).exists() for folder in shown.models[0].folders)


def test_the_receipt_says_what_went_where_when_and_by_whom(parts: Parts) -> None:
    """As a page and as JSON, readable by its owner alone, with how each was looked for."""
    found = withdraw(parts, GONE, by="Ines Falk", progress=quiet)
    text, plain = found.receipt
    page, data = text.read_text("utf-8"), json.loads(plain.read_text("utf-8"))
    assert data["complete"]
    assert data["tombstone"]["participant"] == GONE
    assert data["tombstone"]["by"] == "Ines Falk"
    assert data["models_that_learnt"] == ["v1"]
    assert data["what_serves_now"] == "Model v2 serves; it was trained without them."
    assert all(one["what"] and one["where"] and one["verified"] for one in data["erased"])
    assert any("passages of theirs looked for in" in one["verified"] for one in data["erased"])
    assert GONE in page
    assert "by Ines Falk" in page
    assert stat.S_IMODE(text.parent.stat().st_mode) == 0o700
    assert GONE not in text.name


def test_the_receipt_holds_no_content_and_no_other_code(parts: Parts) -> None:
    """Neither words of anybody nor another participant's code, whatever the notes for the lead say."""
    stray = parts.study.models_folder / "copy for JKG-02"
    stray.mkdir()
    found = withdraw(parts, GONE, by="Ines Falk", progress=quiet)
    assert any("JKG-02" in note for note in found.notes)
    for file in found.receipt:
        said = file.read_text("utf-8")
        for name, mark in MARKS.items():
            assert name == GONE or name not in said
            assert not any(word in said for word in mark.split())


def test_words_that_are_still_in_a_file_are_found(parts: Parts) -> None:
    """A file that somebody put into the study is named, for a person to delete."""
    (parts.study.folder / "old export.txt").write_bytes(_said(parts))
    found = withdraw(parts, GONE, by="Ines Falk", progress=quiet)
    assert found.done
    assert any("old export.txt holds words of JKG-01" in note for note in found.notes)


def test_a_codebook_that_quotes_them_is_to_be_changed_and_not_deleted(parts: Parts) -> None:
    """Its versions in the study lose the words, and the file that people write is named to them."""
    line = _said(parts).decode().splitlines()[1]
    file = parts.study.codebook_file
    with file.open("a", encoding="utf-8") as codebook:
        codebook.write(f"# as somebody said: {line}\n")
    found = withdraw(parts, GONE, by="Ines Falk", progress=quiet)
    assert found.done
    (note,) = (note for note in found.notes if f"{file} holds words" in note)
    assert "Take them out of it yourself" in note
    assert "delete" not in note


def _said(parts: Parts) -> bytes:
    from annotations.store.withdrawals import transcripts_of

    with parts.store.reading() as connection:
        return transcripts_of(connection, GONE)[0].transcript.text.encode()


def test_the_command_shows_asks_and_tells(parts: Parts) -> None:
    """With --dry-run nothing is asked for; without --by nothing is done; the result names the receipt."""
    if not app.registered_commands:
        add_commands()
    study = str(parts.study.folder)

    def run(*given: str) -> str:
        done = CliRunner().invoke(app, ["--study", study, "withdraw", *given])
        return done.output if done.exception is None else str(done.exception)

    assert "Nothing is erased yet" in run(GONE, "--dry-run")
    assert "--by is missing" in run(GONE, "--yes")
    assert "give a participant's code" in run()
    said = run(GONE, "--by", "Ines Falk", "--yes")
    assert "Receipt: " in said
    assert "looked for" in said


@given(st.lists(st.from_regex(r"[A-Z]{2,3}-[0-9]{2}", fullmatch=True), min_size=1, max_size=5), st.data())
def test_no_code_is_left_in_a_sentence(codes: list[str], data: st.DataObject) -> None:
    """Wherever a code stands by itself, in any case, it is taken out; other words stay."""
    said = data.draw(st.lists(st.sampled_from([*codes, *(code.lower() for code in codes), "model", "v1,"])))
    cleaned = without_codes(" ".join(said), codes)
    assert not any(code.casefold() in cleaned.casefold() for code in codes)
    assert cleaned.count("model") == said.count("model")


@given(st.text(min_size=12, max_size=200), st.integers(0, 50))
def test_what_was_said_is_found_wherever_it_stands(words: str, before: int) -> None:
    """A passage is found in a file as UTF-8 and as JSON; nothing is found in a file without it."""
    import tempfile

    passages = distinctive([words], [])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "none").write_bytes(b"nothing of the kind")
        assert search(place, passages).holding == ()
        (place / "plain").write_bytes(b"x" * before + words.encode("utf-8", "surrogatepass"))
        (place / "json").write_text(json.dumps({"text": words}), "utf-8")
        found = search(place, passages).holding
    assert {file.name for file in found} == ({"plain", "json"} if passages else set())


def test_what_people_wrote_by_hand_is_named_and_left(parts: Parts) -> None:
    """study.yaml may list the code as a speaker: the line is said, and Tandem does not change it."""
    file = parts.study.folder / "study.yaml"
    before = file.read_text("utf-8")
    file.write_text(f"{before}\n# {GONE.lower()} speaks softly\n# {GONE}0 is somebody else\n", "utf-8")
    found = withdraw(parts, GONE, by="Ines Falk", progress=quiet)
    line = len(before.splitlines()) + 2
    assert [one for one in found.notes if "still names" in one] == [
        f"{file} still names {GONE} (line {line}). Take it out yourself: Tandem leaves it as it is."
    ]
