"""The whole circle: a coder's corrections become a model, its suggestions stand before the next passages, and a
named person takes them back; with the real Label Studio, a real server with its worker, MLflow and Chromium."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import PATIENCE_S, REPOSITORY
from commands import Run, commands_on
from real_server import answers, free_port, until
from study_to_push import exported

from annotations.codebook.codes import Code
from annotations.codebook.files import shipped_codebook, write_codebook
from annotations.label_studio.client import LabelStudio
from service.label_studio.local import Access

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.browser,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]
SAMPLE = REPOSITORY / "annotations" / "sample_study"
SOURCES = ("NRB-01", "NRB-02", "CRK-02", "CRK-03", "WLK-01", "WLK-03")
LEAD, REASON = "Ines Falk", "the new theme is to be talked over first"
THEME = Code(
    "emergent-getting-there",
    "Getting there",
    "emergent",
    "Emergent/Getting there",
    definition="The way to the place decides who comes and who stays at home.",
    use_when="A bus, a road, snow or the distance keeps people away or brings them.",
)
# wave 2, invented, with what the coder finds there: the way to the place is a theme that nobody coded in wave 1, so that
# all that is known of it then are the codebook's words
DECIDED, WAY = "Adoption", THEME.name
SECOND_WAVE = {
    "NRB-05": {
        "There was a national strategy and money to be spent that year, so the director signed for it.": DECIDED,
        "The director signed for a bus that year, there was money, and it never came out to the lake.": WAY,
        "When there is snow on the road the bus does not run, and half of the people stay at home.": WAY,
    },
    "CRK-06": {
        "There is no bus on a Sunday, so people who have no car cannot come to us at all.": WAY,
        "It is forty miles of bad road, and in the snow nobody drives it, so they stay at home.": WAY,
        "Somebody has to fetch them by car, because the bus stops too far from the house in winter.": WAY,
    },
    "WLK-06": {
        "The road is closed by snow for weeks, there is no bus, and whoever has no car stays at home.": WAY,
        "Without the bus from the village they cannot come to the group in the evening.": WAY,
    },
}
TICKS = "aim: {least_precision: 0.05}\n"
REVIEWED, NEXT = ("NRB-05", "CRK-06"), "WLK-06"


@pytest.fixture
def study(tmp_path: Path, environment: None) -> Path:
    """Six interviews of the sample study with their phases as wave 1, three short ones as wave 2, and model v1."""
    folder, book, codings = tmp_path / "study", tmp_path / "book.yaml", tmp_path / "codings.csv"
    common = shipped_codebook("common-framework")
    frameworks = tuple(one for one in common.frameworks if one.role in ("phase", "emergent"))
    phases = tuple(common.of_framework("phase"))
    write_codebook(replace(common, frameworks=frameworks, codes=(*phases, THEME)), book)
    with (SAMPLE / "codings-wave1.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["transcript"] in SOURCES]
    with codings.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if row["code"] in {code.id for code in phases})
    tandem = commands_on(folder)
    tandem("init", str(folder), "--codebook", str(book))
    shutil.copy(SAMPLE / "study.yaml", folder / "study.yaml")
    with (folder / "study.yaml").open("a", encoding="utf-8") as file:
        file.write(TICKS)  # so few interviews show too little for the usual one
    tandem("import", *(str(SAMPLE / "wave1" / f"{name}.txt") for name in SOURCES), "--wave", "1")
    tandem("import-codings", str(codings), "--complete", "all")
    for name, said in SECOND_WAVE.items():
        file = tmp_path / f"{name}.txt"
        file.write_text("".join(f"Interviewer: And then?\n{name}: {words}\n" for words in said), "utf-8")
        tandem("import", str(file), "--wave", "2")
    assert tandem("train")["model_version"] == "v1"
    tandem("precode", "--wave", "2")
    return folder


@contextmanager
def _serving(study: Path) -> Iterator[None]:
    """The server with its worker, which hears of a review by its webhook alone."""
    port = free_port()
    command = [sys.executable, "-m", "service.cli.main", "--study", str(study), "serve", "--port", str(port)]
    process = subprocess.Popen([*command, "--reconcile", "0"], stdout=subprocess.DEVNULL)
    try:
        until(lambda: answers(port))
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def test_the_circle_closes(study: Path, label_studio: Access, page: Any) -> None:
    """Reviewed in the browser, learnt, judged, promoted, seen on the next passages, and taken back by a named person."""
    tandem = commands_on(study)
    with _serving(study):
        (project,) = tandem("push", "--wave", "2")["projects"]
        assert project["notes"] == []
        stream = f"{project['url']}/data?labeling=1"

        # a coder leaves what is right, unticks what is wrong and adds what is missing
        page.goto(stream)
        for name in REVIEWED:
            for at, finds in enumerate(SECOND_WAVE[name].values()):
                _review(page, name, at, finds)
        before = _shown(page, NEXT, 0)
        doubtful = _odds(page, NEXT, 0)[WAY]
        until(lambda: tandem("status")["waves"]["2"]["reviewed"] == 6)
        assert _decisions(tandem, "NRB-05:2") == [([DECIDED], [], [])]
        assert _decisions(tandem, "NRB-05:4") == [([], [DECIDED], [WAY])]
        assert _decisions(tandem, "CRK-06:2") == [([], [], [WAY])]
        reviewed = _reviewed(label_studio, project["id"])
        assert len(reviewed) == 6
        first_task = f"{project['url']}/data?task={reviewed[0]['id']}"
        page.goto(first_task)
        why = _reasons(page)
        assert DECIDED in why

        # the button in Label Studio's settings; the rule's verdict is kept, shown and mirrored
        page.goto(f"{project['url']}/settings/ml")
        page.get_by_role("button", name="Machine learning model options").click()
        page.get_by_text("Start Training", exact=True).click()
        page.locator("button", has_text="Start Training").click()
        until(lambda: _finished(tandem, "train", "renew"), 300)
        v1, v2 = tandem("models", "list")["models"]
        assert (v1["serves"], v2["serves"]) == (False, True)
        assert (v1["codes"], v2["codes"]) == (5, 5)
        # six more passages cannot show much, and the rule says so
        assert "over 6 participants" in v2["reason"]
        assert _aliases(study) == {"champion": v2["run_id"], "previous_champion": v1["run_id"]}

        # of the theme it is surer now, on the next passages; a reviewed one keeps what its coder saw
        page.goto(stream)
        surer = _odds(page, NEXT, 0)[WAY]
        assert surer > doubtful
        assert _reviewed(label_studio, project["id"]) == reviewed
        page.goto(first_task)
        assert _shown(page, "NRB-05", 0) == {DECIDED}
        assert _reasons(page) == why

        # a version made in another way has to show that it is not worse: it waits, and nothing on the screen changes
        said = (study / "study.yaml").read_text("utf-8")
        (study / "study.yaml").write_text(said.replace("aim: {", "aim: {precision: 0.8, "), "utf-8")
        refused = tandem("train")
        assert (refused["promoted"], refused["model_version"]) == (False, "v3")
        serving = {"champion": v2["run_id"], "previous_champion": v1["run_id"]}
        assert _aliases(study) == serving | {"challenger": refused["run_id"]}
        page.goto(stream)
        assert _odds(page, NEXT, 0)[WAY] == surer

        # a named person takes the promotion back, and the old suggestions are on the screen again
        rolled_back = tandem("models", "rollback", "--by", LEAD, "--reason", REASON)
        assert (rolled_back["model_version"], rolled_back["mlflow"]) == ("v1", "ok")
        until(lambda: _finished(tandem, "renew"))
        page.goto(stream)
        assert _shown(page, NEXT, 0) == before
        served = tandem("models", "show", "v1")["served"]
        assert (served[-1]["by"], served[-1]["why"]) == (LEAD, REASON)
        back = {"champion": v1["run_id"], "previous_champion": v2["run_id"]}
        assert _aliases(study) == back | {"challenger": refused["run_id"]}
        assert _reviewed(label_studio, project["id"]) == reviewed


def _shown(page: Any, name: str, at: int) -> set[str]:
    """The codes that stand ticked on the screen, on an interview's passage."""
    _wait_for(page, name, at)
    boxes = page.locator("input[type=checkbox]:checked").all()
    return {str(box.get_attribute("name")).partition(" (")[0] for box in boxes}


def _odds(page: Any, name: str, at: int) -> dict[str, int]:
    """How likely the codes are that are offered on an interview's passage: of ten; one that is ticked counts as ten."""
    ticked = dict.fromkeys(_shown(page, name, at), 10)
    boxes = page.locator('.tandem-likely input[name*=" in 10"]').all()
    offered = [str(box.get_attribute("name")).partition(" (") for box in boxes]
    return {
        code: 0 if odds.startswith("under") else int(odds.split()[0]) for code, _, odds in offered
    } | ticked


def _wait_for(page: Any, name: str, at: int) -> None:
    place = f"{name} · participant · wave 2 · turn {2 * at + 2} of {2 * len(SECOND_WAVE[name])}"
    # beside the list of tasks, which holds the same words, the passage stands last
    page.get_by_text(place).last.wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)


def _review(page: Any, name: str, at: int, finds: str) -> None:
    """Leave what is right, untick what is not, add what is missing, and submit."""
    found = _shown(page, name, at)
    for wrong in found - {finds}:
        page.locator(f'input[name^="{wrong}"]').uncheck()
    if finds not in found:
        page.locator(f'input[name^="{finds}"]').check()
    page.get_by_role("button", name="Submit current annotation").click()


def _reasons(page: Any) -> str:
    """What a passage says under "Why these suggestions"."""
    page.get_by_text("Why these suggestions").first.click()
    box = page.locator(".ant-collapse-content-box").first
    box.wait_for()
    return str(box.inner_text())


def _decisions(tandem: Run, place: str) -> list[tuple[list[str], list[str], list[str]]]:
    """What coders accepted, rejected and added on a passage, review by review."""
    reviews = tandem("history", place)["reviews"]
    return [(one["accepted"], one["rejected"], one["added"]) for one in reviews]


def _reviewed(access: Access, project: int) -> list[dict[str, Any]]:
    """The tasks that were answered as Label Studio holds them, with what they show and the predictions on them."""
    with LabelStudio(access.url, access.token) as server:
        found = exported(server, project).values()
    return [
        {
            "id": task["id"],
            "data": task["data"],
            "predictions": [_lasting(one) for one in task["predictions"]],
        }
        for task in found
        if task["annotations"]
    ]


def _lasting(prediction: dict[str, Any]) -> dict[str, Any]:
    """A prediction without how long ago it was made."""
    return {key: prediction[key] for key in ("id", "model_version", "result", "score")}


def _finished(tandem: Run, *kinds: str) -> bool:
    """Has the newest job of each kind been done? An AssertionError if one has failed."""
    newest: dict[str, str] = {}
    for job in tandem("jobs", "list")["jobs"]:
        assert job["state"] != "failed", job["error"]
        newest.setdefault(job["kind"], job["state"])
    return all(newest.get(kind) == "done" for kind in kinds)


def _aliases(study: Path) -> dict[str, str]:
    """The run of the version that each of MLflow's aliases names, as MLflow's own client says."""
    from mlflow.tracking import MlflowClient

    uri = f"sqlite:///{study / 'mlflow.db'}"
    client = MlflowClient(uri, uri)
    (model,) = client.search_registered_models()
    return {
        alias: client.get_model_version(model.name, number).run_id for alias, number in model.aliases.items()
    }
