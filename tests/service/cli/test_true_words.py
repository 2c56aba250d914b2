"""What commands say is true: what is not there has its reason, and nothing is said that was not recorded."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from commands_refused import Tandem, codings_file
from typer.testing import CliRunner

from annotations.errors import BadInput, Busy
from annotations.store.jobs import ask_for, take
from service.cli.language_figures import show_languages
from service.cli.main import app
from service.composition import open_parts

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
Said = Callable[..., str]


@pytest.fixture
def said(tandem: Tandem, study: Path) -> Said:
    """Runs a command as for people, and gives what it printed; an error comes through."""

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["--study", str(study), *arguments])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.output

    return run


def test_show_tells_nothing_applies_from_not_looked_at(tandem: Tandem, tmp_path: Path, said: Said) -> None:
    """A blank means neither; what an interviewer says has no word at all."""
    assert said("show", "JKG-01").count("(not looked at)") == 2
    tandem("import-codings", codings_file(tmp_path, "JKG-01,Ada,Money,1", "JKG-01,Bo,,1"))
    shown = said("show", "JKG-01")
    assert "Ada: Money" in shown
    assert "Bo: no code applies" in shown
    assert shown.count("(not looked at)") == 1


def test_a_consensus_is_the_word_of_who_recorded_it(tandem: Tandem, tmp_path: Path, said: Said) -> None:
    """The others' reviews are named as what it was made from, not as agreement."""
    tandem("import-codings", codings_file(tmp_path, "JKG-01,Ada,Money,1", "JKG-01,Bo,,1"))
    shown = " ".join(said("consensus", "JKG-01", "--turn", "2", "--by", "Cy", "--code", "Money").split())
    assert "Cy recorded as consensus: Money" in shown
    assert "from the reviews of Ada and Bo" in shown


def test_status_says_which_job_is_under_way(tandem: Tandem, study: Path, said: Said) -> None:
    """A job that waits, and what does it."""
    with open_parts(study) as parts, parts.store.writing() as connection:
        ask_for(connection, "renew", {})
    shown = said("status")
    assert "A job waits for a worker: new suggestions into Label Studio" in shown
    assert "Next: tandem worker --once" in shown
    with open_parts(study) as parts, parts.store.writing() as connection:
        take(connection, "somewhere/1/1")
    assert "Next: wait for the worker" in said("status")


def test_a_worker_at_work_is_called_by_a_command_that_there_is(tandem: Tandem, study: Path) -> None:
    """ "tandem renew" is none."""
    with open_parts(study) as parts, open_parts(study) as others, parts.alone("worker"):
        with pytest.raises(Busy, match='"tandem worker" is at work') as caught, others.alone("precode"):
            pass
        assert "tandem jobs list" in str(caught.value)


@pytest.mark.slow
def test_a_cold_start_ranks_and_has_no_probability(tandem: Tandem, said: Said) -> None:
    """Training, the list and the trace call its numbers the same; an interviewer's turn is said to be one."""
    assert "no probabilities" in " ".join(said("train").split())
    said("precode")
    assert "rank" in said("trace", "JKG-01:2:Money")
    assert "is no probability" in " ".join(said("trace", "JKG-01:2:Money").split())
    with pytest.raises(BadInput, match="is an interviewer's"):
        said("trace", "JKG-01:1:Money")
    assert "probability" not in said("suggestions").replace("no probabilities", "")


@pytest.mark.slow
def test_reviews_that_nothing_has_learnt_from_are_counted(tandem: Tandem, tmp_path: Path, said: Said) -> None:
    """Until the next training; then training is the next step."""
    tandem("train")
    tandem("import-codings", codings_file(tmp_path, "JKG-01,Ada,Money,1"), "--complete", "all")
    shown = said("status")
    assert "2 new reviews that no model has learnt yet." in shown
    assert "Next: tandem train" in shown


def test_an_agreement_without_a_figure_says_why(tandem: Tandem, tmp_path: Path, said: Said) -> None:
    """Every dash of a table has its reason below it."""
    rows = ["JKG-01,Ada,Money,1", "JKG-01,Bo,Money,1"]
    tandem("import-codings", codings_file(tmp_path, *rows), "--complete", "listed")
    shown = said("agreement")
    assert "–" in shown
    assert re.search(r"– for .+: .+\.", shown)


def test_one_of_a_thing_is_said_as_one(tandem: Tandem, tmp_path: Path, said: Said) -> None:
    """No "1 transcripts" anywhere."""
    printed = [said("import-codings", codings_file(tmp_path, "JKG-01,Ada,Money,1"), "--complete", "listed")]
    printed += [said(command) for command in ("status", "agreement")]
    wrong = re.findall(
        r"(?<![\d.,])1 (?:transcripts|codings|coders|reviews|segments|rows|codes|participants)\b",
        "".join(printed),
    )
    assert wrong == []


def test_nothing_known_is_no_list(tandem: Tandem, study: Path) -> None:
    """ "Known: ." never stands there."""
    with pytest.raises(BadInput) as caught:
        tandem("withdraw", "Nobody", "--by", "A", "--yes")
    assert "Known: ." not in str(caught.value)


def test_codings_that_teach_nothing_do_not_send_to_training(
    tandem: Tandem, tmp_path: Path, said: Said
) -> None:
    """Their next step is to say what was read; the passage's history names them, and is no "nobody"."""
    shown = said("import-codings", codings_file(tmp_path, "JKG-01,Ada,Money,1"))
    assert "Next: tandem train" not in shown
    assert "--complete all" in shown.splitlines()[-1]
    shown = " ".join(said("history", "JKG-01:2").split())
    assert "Ada coded it as" in shown
    assert "no review" in shown
    assert "An interviewer says it" in said("history", "JKG-01:1")


def test_a_transcript_is_no_participant(tandem: Tandem, tmp_path: Path) -> None:
    """Whoever withdraws by its name hears how its person gets a code."""
    file = tmp_path / "Talk.txt"
    file.write_text("Interviewer: So?\nAnna: So it is.\n", "utf-8")
    tandem("import", str(file))
    with pytest.raises(BadInput, match="--participant CODE"):
        tandem("withdraw", "talk", "--by", "A", "--yes")


def test_no_model_is_none_of_a_list(tandem: Tandem) -> None:
    """The next step is to train one."""
    with pytest.raises(BadInput, match='Run "tandem train"'):
        tandem("models", "show", "v1")


@pytest.mark.slow
def test_a_model_that_was_not_measured_says_why(tandem: Tandem, said: Said) -> None:
    """In the list and on its own; no dash stands without a reason."""
    tandem("train")
    assert "– under F1 or kappa: not measured" in said("models", "list")
    shown = said("models", "show", "v1")
    assert "–" not in shown
    assert "only the codebook" in shown


def test_figures_by_language_stand_where_there_are_some(capsys: pytest.CaptureFixture[str]) -> None:
    """No table of dashes below figures that are not there, and no row for a language of which nothing was coded."""
    nothing = {"languages": [], "n_segments": 0, "micro_f1": None, "kappa": None}
    swedish = {"languages": ["sv"], "n_segments": 9, "micro_f1": None, "kappa": None}
    show_languages({"taught": nothing, "others": [swedish]})
    assert capsys.readouterr().out == ""
    show_languages({"taught": nothing, "others": [swedish | {"micro_f1": 0.5}]})
    shown = capsys.readouterr().out
    assert "sv (it was not)" in shown
    assert "the encoder was taught" not in shown
    show_languages({"taught": swedish | {"languages": ["en"], "kappa": 0.4}, "others": []})
    assert "en (the encoder was taught)" in capsys.readouterr().out
