"""What may be wrong is seen: in the table, explained, on a page; and a person says how lines are taken."""

from __future__ import annotations

import json
import stat
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from annotations.errors import BadInput
from annotations.study.config import read_study
from service.cli.main import add_commands, app

Run = Callable[..., str]

TALK = (
    "Mar 16, 2026\nI: How was it?\nP-01: Slow.\nThe ward manager here: no.\nI: And?\nP-01: Yes.\nPorter: So.\nI: Why?\n"
    "P-01: Money.\n"
)
NOTE = "We opened at nine.\nPeople waited.\nInterviewer: none came.\nI: nobody.\nWe left.\n"
ALOUD = "I look.\n\nI: What do you see?\n\nA button.\n\nPorter: Hello.\n\nI: And now?\n\nNone.\n"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study without transcripts."""
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", "MLFLOW_TRACKING_URI", "TANDEM_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "160")
    (tmp_path / "book.csv").write_text("framework,code\nTopics,Money\n", "utf-8")
    if not app.registered_commands:
        add_commands()
    made = tmp_path / "study"
    done = CliRunner().invoke(app, ["init", str(made), "--codebook", str(tmp_path / "book.csv")])
    assert done.exit_code == 0, done.output
    return made


@pytest.fixture
def tandem(study: Path) -> Run:
    """Run a command; all that it prints."""

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["--study", str(study), *words])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.output

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of files that are transcripts, and of others."""
    inside = tmp_path / "drive"
    (inside / "notes").mkdir(parents=True)
    (inside / "talk.txt").write_text(TALK, "utf-8")
    (inside / "notes" / "note.txt").write_text(NOTE, "utf-8")
    for name in ("old.doc", "scan.qdpx", "settings.json", "bare", "codes.xlsx", "talk.mp3"):
        (inside / name).write_text("{}", "utf-8")
    return inside


def _json(output: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(output[output.index("{") : output.rindex("}") + 1])
    return found


def _turns(tandem: Run, name: str) -> list[tuple[str, str]]:
    return [(turn["speaker"], turn["text"]) for turn in json.loads(tandem("show", name, "--json"))["turns"]]


def test_the_table_says_what_to_look_at(tandem: Run, folder: Path) -> None:
    """Lines like labels, words before the first speaker, who speaks once; and where to look further."""
    output = tandem("import", str(folder / "talk.txt"), "--yes")
    assert "1 line like a label, not taken" in output
    assert "3 words before the first speaker" in output
    assert "speaks once: Porter" in output
    assert "tandem import --explain talk.txt" in output
    look = _json(tandem("import", str(folder / "talk.txt"), "--json"))["transcripts"][0]
    assert (look["look"]["lines_like_labels"], look["look"]["words_before_first"]) == (1, 3)
    assert look["words"]["in"] == look["words"]["kept"] + look["words"]["marks"] + look["words"]["left_out"]


def test_a_turn_far_longer_than_the_others_is_named(tandem: Run, folder: Path) -> None:
    """It may hold the turns of somebody whose label was not seen."""
    (folder / "talk.txt").write_text(TALK + "I: So?\nP-01: " + "word " * 300 + "\n", "utf-8")
    assert "unusually long turns: P-01 (up to 300 words)" in tandem(
        "import", str(folder / "talk.txt"), "--dry-run"
    )


def test_explain_says_why_and_what_is_left_out(tandem: Run, study: Path, folder: Path) -> None:
    """Each label with its reason, each line with its first words, and the words counted; nothing is written."""
    output = " ".join(tandem("import", "--explain", str(folder / "talk.txt")).split())
    assert "study.yaml lists it; it stands there 3 times" in output
    assert 'line 4: "The ward manager here: no."' in output
    assert 'line 1: "Mar 16, 2026": before the first speaker (3 words)' in output
    assert "participant_speakers or interviewers of study.yaml" in output
    assert _json(tandem("status", "--json"))["waves"] == {}


def test_the_preview_is_a_page_of_first_turns(tandem: Run, study: Path, folder: Path) -> None:
    """For its owner alone, without scripts; what files hold is escaped; nothing is imported."""
    (folder / "talk.txt").write_text("I: Is <script>alert(1)</script> so?\nP-01: Yes.\n", "utf-8")
    output = tandem("import", str(folder), "--preview")
    page = study / "import-preview.html"
    assert str(page) in output.replace("\n", "")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    text = page.read_text("utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script" not in text
    assert "old.doc" in text
    assert _json(tandem("status", "--json"))["waves"] == {}
    tandem("import", str(folder / "talk.txt"), "--yes")
    assert not page.exists(), "it holds participants' words"


def test_every_file_that_is_not_read_is_named(tandem: Run, folder: Path) -> None:
    """Also those that might have been transcripts, and those without an ending; the others come in."""
    output = tandem("import", str(folder), "--yes")
    for name in ("old.doc", "scan.qdpx", "settings.json", "bare", "codes.xlsx", "talk.mp3"):
        assert name in output
    assert "2 new" in output
    found = _json(tandem("import", str(folder), "--json"))
    assert {one["file"] for one in found["not_read_files"]} >= {"old.doc", "scan.qdpx", "bare"}
    assert found["not_read"][".doc"] == 1


def test_no_speakers_holds_for_a_folder_and_stays_in_study_yaml(
    tandem: Run, study: Path, folder: Path
) -> None:
    """Written once, it holds for later imports; for a file or a pattern as well."""
    tandem("import", str(folder / "notes"), "--no-speakers", "--yes")
    assert read_study(study).config.no_speakers == ("notes/",)
    assert _turns(tandem, "note") == [("", NOTE.strip())]
    (folder / "notes" / "later.txt").write_text("I: one.\nI: two.\n", "utf-8")
    tandem("import", str(folder), "--yes")
    assert [speaker for speaker, _ in _turns(tandem, "later")] == [""]
    assert _turns(tandem, "talk")[0][0] == "I"
    tandem("import", str(folder / "t*.txt"), "--no-speakers", "--yes")
    assert read_study(study).config.no_speakers == ("notes/", "drive/t*.txt")
    assert [speaker for speaker, _ in _turns(tandem, "talk")] == [""]


def test_a_dry_run_with_a_switch_leaves_study_yaml(tandem: Run, study: Path, folder: Path) -> None:
    """It shows what the switch would do."""
    before = (study / "study.yaml").read_bytes()
    found = _json(tandem("import", str(folder / "talk.txt"), "--no-speakers", "--dry-run", "--json"))
    assert found["transcripts"][0]["turns"] == 1
    assert (study / "study.yaml").read_bytes() == before


def test_a_field_note_has_no_speakers(tandem: Run, folder: Path) -> None:
    """Its kind says so: on the command line or in a manifest."""
    tandem("import", str(folder / "notes" / "note.txt"), "--kind", "field note", "--yes")
    assert _turns(tandem, "note") == [("", NOTE.strip())]
    (folder / "m.csv").write_text("file,kind\ntalk.txt,field note\n", "utf-8")
    tandem("import", "--manifest", str(folder / "m.csv"), "--yes")
    assert [speaker for speaker, _ in _turns(tandem, "talk")] == [""]


def test_unlabelled_lines_may_be_the_participants(tandem: Run, study: Path, folder: Path) -> None:
    """Kept in study.yaml, and not together with the other switch."""
    (folder / "aloud.txt").write_text(ALOUD, "utf-8")
    tandem("import", str(folder / "aloud.txt"), "--unlabelled-participant", "--yes")
    assert read_study(study).config.unlabelled_participant == ("aloud.txt",)
    assert [speaker for speaker, _ in _turns(tandem, "aloud")] == ["", "I", "", "Porter", "I", ""]
    with pytest.raises(BadInput, match="both cannot be"):
        tandem("import", str(folder / "aloud.txt"), "--no-speakers", "--yes")
    with pytest.raises(BadInput, match="name them"):
        tandem("import", "--no-speakers", "--yes")


def test_a_switch_reads_anew_what_nobody_has_coded(tandem: Run, folder: Path) -> None:
    """Without one, what is there stays as it is."""
    tandem("import", str(folder / "talk.txt"), "--yes")
    assert "1 read anew" in tandem("import", str(folder / "talk.txt"), "--no-speakers", "--yes")
    assert "1 already there" in tandem("import", str(folder / "talk.txt"), "--yes")


def test_reread_shows_what_would_be_read_otherwise(tandem: Run, study: Path, folder: Path) -> None:
    """From the kept text, or from the file; nothing is changed."""
    tandem("import", str(folder / "talk.txt"), "--yes")
    assert "0 of 1 would be read otherwise" in tandem("import", "--reread")
    with (study / "study.yaml").open("a", encoding="utf-8") as file:
        file.write("participant_speakers: [The ward manager here]\n")
    for words in ((), (str(folder / "talk.txt"),)):
        output = tandem("import", "--reread", *words)
        assert "1 of 1 would be read otherwise" in output
        assert "The ward manager here" in output
    found = _json(tandem("import", "--reread", "--json"))["compared"][0]
    assert (found["turns_before"], found["turns_after"], found["first_different_turn"]) == (7, 8, 1)
    assert len(_turns(tandem, "talk")) == 7
    again = _json(tandem("import", str(folder / "talk.txt"), "--json"))["transcripts"][0]
    assert any("--reread" in warning for warning in again["warnings"])
    assert len(_turns(tandem, "talk")) == 7


def test_one_name_is_guessed_the_same_in_all_files(tandem: Run, tmp_path: Path) -> None:
    """Who speaks in every file and often asks is the interviewer, also where the file shows few questions."""
    inside = tmp_path / "many"
    inside.mkdir()
    for at, ask in enumerate(("How?", "So?", "I see.", "And?")):
        lines = f"Ines Falk: {ask}\nOrla{at}: Well, is it?\nInes Falk: {ask}\nOrla{at}: It was.\nBo: Yes?\n"
        (inside / f"{at}.txt").write_text(lines, "utf-8")
    found = _json(tandem("import", str(inside), "--dry-run", "--json"))
    guesses = {
        (speaker["speaker"], speaker["guess"]) for one in found["transcripts"] for speaker in one["speakers"]
    }
    assert ("Ines Falk", "interviewer") in guesses
    assert len({guess for name, guess in guesses if name == "Ines Falk"}) == 1
    for one in found["transcripts"]:
        assert "participant" in {speaker["guess"] for speaker in one["speakers"]}


def test_interviewers_may_be_numbered(tandem: Run, folder: Path) -> None:
    """ "Interviewer 1", "INT2" and "Moderator (Ines)" ask as "Interviewer" does; "INT-03" is a participant's code."""
    (folder / "talk.txt").write_text(
        "Interviewer 1: How?\nINT2: So?\nModerator (Ines): And?\nINT-03: Well.\nINTERVIEWER-2: Yes?\nINT-03: So.\n",
        "utf-8",
    )
    found = _json(tandem("import", str(folder / "talk.txt"), "--json"))["transcripts"][0]
    assert found["interviewers"] == ["Interviewer 1", "INT2", "Moderator (Ines)", "INTERVIEWER-2"]
    assert found["participants"] == ["INT-03"]


def test_a_name_from_a_mac_is_the_same_as_one_typed_elsewhere(tandem: Run, tmp_path: Path) -> None:
    """Its letters and marks are characters of their own; the words of the file are never changed."""
    apart = unicodedata.normalize("NFD", "Malmö-01")
    words = unicodedata.normalize("NFD", "Malmö-01: På våren.")
    (tmp_path / f"{apart}.txt").write_text(f"Interviewer: How?\n{words}\n", "utf-8")
    (tmp_path / "codings.csv").write_text("transcript,coder,code,turn\nMalmö-01,Ada,Money,1\n", "utf-8")
    tandem("import", str(tmp_path / f"{apart}.txt"), "--yes")
    assert "codings imported" in tandem("import-codings", str(tmp_path / "codings.csv"), "--complete", "none")
    assert _turns(tandem, "Malmö-01")[1][1] == words.partition(": ")[2]


def test_taguettes_export_is_read(tandem: Run, tmp_path: Path) -> None:
    """Its columns are known, its document is the file's name; who coded has to be said where it matters."""
    (tmp_path / "P1.txt").write_text("I: How?\nP-01: The budget was small.\n", "utf-8")
    (tmp_path / "all.csv").write_text("id,document,tag,content\n1,P1.txt,Money,budget was small\n", "utf-8")
    tandem("import", str(tmp_path / "P1.txt"), "--yes")
    output = tandem("import-codings", str(tmp_path / "all.csv"), "--complete", "none")
    assert "coder not named" in output
    with pytest.raises(BadInput, match="does not say who coded"):
        tandem("import-codings", str(tmp_path / "all.csv"), "--complete", "listed")
    assert "Ada" in tandem(
        "import-codings", str(tmp_path / "all.csv"), "--complete", "listed", "--coder", "Ada"
    )
    (tmp_path / "tags.csv").write_text("tag,description\nMoney,What it costs\n", "utf-8")
    assert "tags: 1 code," in tandem("codebook", "check", str(tmp_path / "tags.csv"))


def test_a_fault_that_many_rows_share_is_said_once(tandem: Run, tmp_path: Path) -> None:
    """With the first rows, and how many there are."""
    (tmp_path / "a.txt").write_text("I: How?\nP-01: Well.\n", "utf-8")
    (tmp_path / "c.csv").write_text("transcript,coder,code,turn\n" + "Nobody,Ada,Money,1\n" * 1930, "utf-8")
    tandem("import", str(tmp_path / "a.txt"), "--yes")
    with pytest.raises(BadInput, match=r"1,930 ×") as caught:
        tandem("import-codings", str(tmp_path / "c.csv"), "--complete", "none")
    assert len(str(caught.value).splitlines()) < 4
