"""What somebody may not see changes nothing of what she sees: two studies that differ in that alone look alike to her."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from accounts import KEY, add_person, form_token, quick_passwords, signed_in
from commands import Run, commands_on
from commands_refused import write_lines
from fastapi import FastAPI
from fastapi.testclient import TestClient
from results_on_pages import made

from annotations.study.config import read_study
from service.access.viewer import ViewerRole
from service.composition import Parts
from service.jobs.worker import do_waiting_jobs
from service.results import kept_results
from service.settings import read_settings
from service.web.app import create_app

__all__ = ["made", "quick_passwords"]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_passwords")]
HILL = frozenset({"Hill"})
RESULTS = ("patterns", "saturation", "triangulation", "change")
ASKED = (
    "",
    "?columns=participant",
    "?columns=secret",
    "?where=role%3Dnobody",
    "?where=role%3Dsecretary",
    "?where=secret%3Dx",
    "?role=nothing",
    "?wave=9",
    "?case=Nowhere",
    "?site=North",
    "?table=0",
)
PAGES = (
    *(f"/results/{name}{asked}" for name in RESULTS for asked in ASKED),
    *(f"/results/{name}/picture/0-0" for name in RESULTS),
    *(f"/results{asked}" for asked in ASKED),
    "/results?columns=participant&outcome=secret",
    "/results/ratings",
    "/results/timeline",
    "/study/work",
    "/disagreements",
    "/interviews",
    "/agreement",
    "/api/v1/transcripts",
    "/api/v1/jobs",
)


def _codings(folder: Path, run: Run, rows: list[tuple[str, str, str, int]]) -> None:
    with (folder / "more.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("transcript", "coder", "code", "turn"), *rows])
    run("import-codings", str(folder / "more.csv"), "--complete", "listed")


def _another_site(folder: Path, run: Run) -> None:
    """Two more people elsewhere, with words of their own for what they are, and codings."""
    texts = folder / "more"
    texts.mkdir()
    for name in ("E-07", "E-08"):
        said = ("the roof leaked", "no money at all")
        lines = [f"{who}: {words}" for word in said for who, words in (("Interviewer", "And?"), (name, word))]
        write_lines(texts / f"{name}.txt", lines)
    rows = [
        "file,participant,case,site,wave,kind,role,secret",
        "E-07.txt,E-07,Esk,North,2,interview,secretary,hidden",
        "E-08.txt,E-08,Tay,,2,interview,secretary,hidden",
    ]
    run("import", "--manifest", str(write_lines(texts / "manifest.csv", rows)))
    codings = [("E-07", "Ada", "Rooms", 1), ("E-07", "Ben", "People", 1), ("E-08", "Ada", "Money", 3)]
    _codings(folder, run, [*codings, ("E-01", "Ben", "People", 5)])


def _other_codes(folder: Path, run: Run) -> None:
    """Others judged passages that Cleo is still to judge, and differ about them."""
    _codings(
        folder, run, [("E-01", "Ben", "People", 5), ("T-01", "Ben", "Money", 5), ("T-01", "Ada", "Late", 1)]
    )


@pytest.fixture
def servers(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., FastAPI]]:
    """The server of a copy of the study, with something more in it."""
    opened: list[Parts] = []

    def server(name: str, more: Callable[[Path, Run], None] | None = None) -> FastAPI:
        folder = tmp_path / name
        shutil.copytree(made, folder)
        monkeypatch.setenv("TANDEM_STATE", str(folder / "state"))
        if more is not None:
            more(folder, commands_on(folder / "study"))
        parts = Parts(read_study(folder / "study"), read_settings({"TANDEM_STATE": str(folder / "state")}))
        opened.append(parts)
        add_person(parts, "Lena", ViewerRole.LEAD)
        add_person(parts, "Cleo", ViewerRole.CODER)
        add_person(parts, "Hank", ViewerRole.CODER, sites=HILL)
        add_person(parts, "Hedda", ViewerRole.LEAD, sites=HILL)
        add_person(parts, "Hugo", ViewerRole.READER, sites=HILL, sees_text=True)
        return create_app(parts, key=KEY)

    yield server
    for parts in opened:
        parts.close()


def _looks(client: TestClient, path: str) -> tuple[int, str]:
    answer = client.get(path)
    # the form's token, the design's mark and ids differ from study to study
    plain = re.sub(r"[0-9a-f]{64}|/static/\w+/|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", answer.text)
    return answer.status_code, plain


@pytest.mark.parametrize(
    ("more", "names"), [(_another_site, ("Hank", "Hedda", "Hugo")), (_other_codes, ("Cleo",))]
)
def test_what_is_not_theirs_changes_no_page(
    servers: Callable[..., FastAPI], more: Callable[[Path, Run], None], names: tuple[str, ...]
) -> None:
    """No count, choice, picture, order or refusal tells of it."""
    first, second = servers("first"), servers("second", more)
    for name in names:
        one, other = signed_in(first, name), signed_in(second, name)
        for path in PAGES:
            assert _looks(one, path) == _looks(other, path), (name, path)


def test_a_lead_sees_that_they_differ(servers: Callable[..., FastAPI]) -> None:
    """So the comparison above would have found it."""
    one, other = (
        signed_in(servers(name, more), "Lena") for name, more in (("a", None), ("b", _another_site))
    )
    differ = [path for path in PAGES if _looks(one, path) != _looks(other, path)]
    assert len(differ) > len(PAGES) // 2


def test_what_was_worked_out_before_a_consent_was_narrowed_is_not_shown(
    servers: Callable[..., FastAPI], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lead sees the old result, which is told to be old; whoever is limited to sites has it worked out anew."""
    monkeypatch.setattr(kept_results, "MOST_AT_ONCE", 0)
    app = servers("kept")
    parts: Parts = app.state.parts
    lena, hugo = signed_in(app, "Lena"), signed_in(app, "Hugo")
    for client in (lena, hugo):
        client.post("/results/triangulation/count", data={"csrf": form_token(client, "/account")})
    assert do_waiting_jobs(parts) == 2
    assert "People" in hugo.get("/results/triangulation").text
    narrowed = {"csrf": form_token(lena, "/account"), "who": "T-01", "visible_to": "North"}
    assert lena.post("/participants/consents", data=narrowed).status_code == 200
    assert "Something has come in since then" in lena.get("/results/triangulation").text
    assert "Work it out</button>" in hugo.get("/results/triangulation").text
    assert hugo.get("/results/triangulation/picture/0-0").status_code == 404


def test_a_value_that_takes_the_place_of_another_changes_results_at_once(
    servers: Callable[..., FastAPI],
) -> None:
    """What is known of a participant is a column; no figure goes on under the value of before."""
    lena = signed_in(servers("values"), "Lena")
    pages = ("/results?columns=role", "/results/triangulation?columns=role")
    for path in pages:
        assert "nurse" in lena.get(path).text.split("</form>")[-1]
    sent = {"csrf": form_token(lena, "/account"), "attribute-role": "midwife"}
    for who in ("T-01", "E-02"):
        lena.post("/participants/attributes", data={**sent, "who": who})
    for path in pages:
        told = lena.get(path).text.split("</form>")[-1]
        assert "midwife" in told
        assert "nurse" not in told
