"""Every command on the smallest studies there are: each ends in a result or a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from builders import WordEncoder
from commands_refused import write_lines
from typer.main import get_command
from typer.testing import CliRunner

from annotations.errors import TandemError
from service.cli.main import add_commands, app
from service.composition import Parts

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

# servers and what installs or starts one; they have tests of their own
SERVERS = {"serve", "demo", "label-studio start", "label-studio stop", "label-studio status"}
READING = [
    "status",
    "show P-01",
    "settle",
    "settle P-01",
    "participants",
    "history P-01:2",
    "suggestions",
    "trace P-01:2:Money",
    "trace P-01:1:Money",
    "trace --review 7f0c1b52-0000-4000-8000-000000000000",
    "agreement",
    "disagreements",
    "matrix",
    "matrix --open Money --in E",
    "ratings",
    "timeline",
    "patterns",
    "saturation",
    "triangulation",
    "change",
    "report",
    "report --for P-01",
    "report --for Nobody",
    "report --out {folder}/report.docx",
    "report --out {folder}/report.odt",
    "models list",
    "models show v1",
    "jobs list",
    "doubts list",
    "doubts list --open",
    "jobs show 1",
    "codebook list",
    "codebook show",
    "codebook check",
    "codebook crosswalk",
    "codebook print",
    "codebook draft",
    "people list",
    "audit",
]
CHANGING = [
    "consensus P-01 --turn 2 --by Ada --nothing",
    "import-codings {folder}/codings.csv --complete all",
    "import {folder}/P-01.txt",
    "participants {folder}/codings.csv",
    "matrix {folder}/codings.csv",
    "ratings {folder}/codings.csv",
    "timeline {folder}/codings.csv",
    "report --answers {folder}/codings.csv",
    "report --for P-01 --answer agreed --by A",
    "export --codings {folder}/a.xlsx --wide {folder}/b.csv --memos {folder}/c.csv --quotes-by-code {folder}/d.docx",
    "export --codebook {folder}/e.qdc",
    "export --doubts {folder}/f.csv",
    "doubts note Why? --by Ada --code Money",
    "doubts note Why? --by Ada --transcript P-01 --turn 2",
    "doubts answer 7f0c Because. --by Ada",
    "evaluate",
    "precode",
    "push",
    "pull",
    "jobs cancel 1",
    "jobs retry 1",
    "models promote v1 --by A --reason b",
    "models rollback --by A --reason b",
    "worker --once",
    "trust http://127.0.0.1:1",
    "init {folder}/study --codebook common-framework",
    "withdraw Nobody --by A --yes",
    "import-project {folder}/no-such-project.qdpx",
    "export --refi {folder}/study.qdpx",
    "backup --to {folder}/backups",
    "restore {folder}/no-such-backup.zip --to {folder}/again",
    "people first Ada",
    "people invite Bo --site Atlantis --email bo@example.org",
    "people link Bo",
    "people rights Bo --role reader --text",
    "people label-studio Bo",
    "people sign-out Bo",
    "people remove Bo",
    "people new-key --yes",
    "audit --did exported --to {folder}/audit.xlsx",
]
TALK = ["Interviewer: How?", "P-01: We lack money.", "I: And?", "P-01: People leave. So sad."]
STATES: dict[str, tuple[list[str], bool, list[str]]] = {
    # the codes, whether there is a transcript, the codings
    "nothing": (["Money", "People"], False, []),
    "one transcript": (["Money", "People"], True, []),
    "one coding": (["Money", "People"], True, ["P-01,Ada,Money,1"]),
    "one code": (["Money"], True, ["P-01,Ada,Money,1", "P-01,Bo,,1"]),
    "one coder, all read": (["Money"], True, ["P-01,Ada,Money,1", "P-01,Ada,,3"]),
}
Run = Callable[[str], str]


@pytest.fixture(params=STATES)
def run(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on a study that holds next to nothing; gives what it printed, or the sentence of its error."""
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", "MLFLOW_TRACKING_URI", "TANDEM_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(Parts, "embedder", WordEncoder())
    if not app.registered_commands:
        add_commands()
    codes, with_transcript, codings = STATES[request.param]
    study = tmp_path / "study"

    def command(line: str) -> str:
        arguments = ["--study", str(study), *line.format(folder=tmp_path).split()]
        done = CliRunner().invoke(app, arguments, input="n\n" * 20)
        error = done.exception
        if error is None or isinstance(error, SystemExit):
            return done.output
        assert isinstance(error, TandemError), f"{line}: {error!r}"
        return str(error)

    write_lines(tmp_path / "book.csv", ["code,definition", *(f"{code},What it is" for code in codes)])
    write_lines(tmp_path / "P-01.txt", TALK)
    write_lines(tmp_path / "codings.csv", ["transcript,coder,code,turn", *codings])
    command("init {folder}/study --codebook {folder}/book.csv")
    assert study.is_dir()
    if with_transcript:
        command("import {folder}/P-01.txt --wave 1")
    if codings:
        command("import-codings {folder}/codings.csv --complete listed")
    return command


@pytest.mark.slow
def test_every_command_ends_in_a_sentence_or_a_result(run: Run) -> None:
    """Before any model was trained, whatever there is or is not."""
    for line in [*READING, *CHANGING, *READING]:
        said = run(line)
        assert "Traceback" not in said
        assert said.strip(), line


@pytest.mark.slow
def test_every_command_ends_so_with_a_model(run: Run) -> None:
    """With a model that learnt from next to nothing, and after suggestions of it."""
    for line in ["train", *READING, "precode", *READING, *CHANGING, "train", *READING]:
        assert run(line).strip(), line


def test_no_command_is_left_out() -> None:
    """A new command joins the walk, or the servers."""
    if not app.registered_commands:
        add_commands()
    group = get_command(app)
    names = set[str]()
    for name, one in group.commands.items():  # type: ignore[attr-defined]
        names |= {f"{name} {sub}" for sub in one.commands} if hasattr(one, "commands") else {name}
    walked = [*READING, *CHANGING, "train", "doctor"]
    missing = {
        name for name in names - SERVERS if not any(f"{line} ".startswith(f"{name} ") for line in walked)
    }
    assert missing == set()
