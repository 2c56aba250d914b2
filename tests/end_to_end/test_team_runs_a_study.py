"""A team runs a whole study in its browsers, after the one command of the demonstration: no terminal, no file edited."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import coder_of_a_team as coding
import lead_of_a_team as leading
import pytest
from builders import skip_or_fail
from demo_running import Demo, demo_running
from pages_of_a_team import Person

from service.label_studio.local import LocalLabelStudio

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.whole_way,
    pytest.mark.timeout(2400),
]
ADA, BO, CY = "Ada Lind", "Bo Ek", "Cy Dahl"
MAILS = {BO: "bo@example.org", CY: "cy@example.org"}
PHASES = {BO: "Adoption", CY: "Implementation"}
FIRST, SECOND = "NRB-11", "CRK-11"
INTERVIEWS = {
    FIRST: """Interviewer: What became of the peer workers after the grant ended?
NRB-11: The ward took two of them on, and paid for it out of a nurse's post that stood empty.
Interviewer: Who decided that?
NRB-11: The manager did, with all of us at the table, and nobody believed it would last a year.
Interviewer: And has it lasted?
NRB-11: It has, though the new ones get two days of training where we had two weeks.
""",
    SECOND: """Berit: How do you meet people now that the room is gone?
CRK-11: We walk. It began as a joke, and now half of the street comes along on a Thursday.
Berit: Does the council know?
CRK-11: They count our steps for some programme of theirs, and we let them have the numbers.
Berit: What would you need?
CRK-11: A dry place in November, and somebody on the payroll who picks up the telephone.
""",
}
# a wave that the study does not have, and a case that nobody knows
PLACES = """file,wave,case,site,participant
NRB-11.txt,33,Norrbäck,Acute ward,NRB-11
CRK-11.txt,3,Carick,Community team,CRK-11
"""


@pytest.fixture
def demo(tmp_path: Path, from_template: Callable[[LocalLabelStudio], None]) -> Iterator[Demo]:
    """What the demonstration starts in an empty folder, with a Label Studio that nobody has used."""
    state = tmp_path / "state"
    env = os.environ.get("TANDEM_LABEL_STUDIO_ENV")
    keeper = LocalLabelStudio(state, Path(env) if env else None)
    if keeper.program is None:
        skip_or_fail("Label Studio is not installed (make install)")
    from_template(keeper)
    with demo_running(tmp_path / "demo", {"TANDEM_STATE": str(state)}) as running:
        yield running
    keeper.stop()


def test_a_team_runs_its_study_without_a_terminal(demo: Demo, chromium: Any, tmp_path: Path) -> None:
    """From the first visit to a withdrawal: each does her part in a browser, sees what she may, and the log has it all."""
    ada, bo, cy = (Person(chromium, demo.url) for _ in range(3))
    leading.first_visit(ada, demo.first_visit, ADA)
    _own_files_come_in(ada, tmp_path / "own")
    leading.precode(ada)
    for coder, name in ((bo, BO), (cy, CY)):
        coder.joins(leading.invite(ada, name, MAILS[name]))
    parts = leading.hand_out(ada, (BO, CY), double="34")
    counts = {name: int(passages) for name, _, passages in parts}
    assert counts == {BO: 4, CY: 4}
    _coders_review(ada, bo, cy, counts)
    _what_people_say(ada)
    _what_is_learnt(ada)
    _what_goes_out(ada, bo)
    assert [*ada.complaints, *bo.complaints, *cy.complaints] == []


def _own_files_come_in(ada: Person, folder: Path) -> None:
    """Two interviews and a table with two mistakes, mended on the page; the files stay as they are."""
    folder.mkdir()
    files = [folder / f"{name}.txt" for name in INTERVIEWS]
    for file in files:
        file.write_text(INTERVIEWS[file.stem], "utf-8")
    places = folder / "places.csv"
    places.write_text(PLACES, "utf-8")
    leading.name_wave(ada)
    leading.send_files(ada, [*files, places])
    assert "Cannot come in yet (2)" in ada.main()
    leading.correct_file(ada, "NRB-11.txt", "wave", leading.WAVE)
    leading.correct_file(ada, "CRK-11.txt", "case", "Carrick")
    leading.say_who_asks(ada, "Berit")
    assert "2 transcripts would come in" in ada.main()
    came = leading.bring_in(ada)
    assert all(name in came for name in INTERVIEWS)
    assert places.read_text("utf-8") == PLACES


def _coders_review(ada: Person, bo: Person, cy: Person, counts: dict[str, int]) -> None:
    """Cy codes all of hers while Bo has not begun: Bo sees nothing of it, until her own reviews are in."""
    for coder, name in ((cy, CY), (bo, BO)):
        assert "You need a user in Label Studio first" in coder.main_of("/work")
        email, password = coding.make_user(coder)
        assert email == MAILS[name]
        if coder is bo:
            assert coding.margin_of(bo, FIRST) == coding.margin_of(bo, SECOND) == {}
        page = coding.begin(coder, leading.WAVE, email, password)
        coding.code_all(page, PHASES[name], counts[name])
        assert sorted(coding.done_of(coder, leading.WAVE)) == ["1 of 1", "3 of 3"]
    seen = [coding.margin_of(bo, name) for name in INTERVIEWS]
    shared = [turn for margin in seen for turn in margin.values() if any(CY in who for _, who in turn)]
    assert len(shared) == 2, seen
    assert all(any(who.startswith("you") for _, who in turn) for turn in shared)
    for path in (
        "/",
        "/people",
        "/audit",
        "/hand-out",
        "/settings",
        "/exports",
        "/participants",
        f"/work?coder={CY}",
    ):
        assert bo.status(path) == (200 if path == "/" else 403), path
    progress = ada.main_of("/")
    for name in (BO, CY):
        assert f"{name}\t" in progress


def _what_people_say(ada: Person) -> None:
    """Agreement in words, and a passage on which the two differ, talked over and agreed."""
    assert "People agree well on" in leading.measure_agreement(ada)
    heading = leading.record_consensus(ada, f"{BO} and {CY}", "Adoption", "The ward chose to keep them.")
    decisions = ada.main_of("/disagreements/decisions")
    assert heading.split(",")[0] in decisions
    assert ADA in decisions


def _what_is_learnt(ada: Person) -> None:
    """A second version is trained, put to serve with a reason, and taken back with a reason."""
    leading.train(ada, "v2")
    if leading.serves(ada, "v2"):  # the rule of promotion may have found it no worse
        leading.go_back(ada, "v1", "We want to look at it first.")
    leading.let_serve(ada, "v2", "It has read the new wave.")
    leading.go_back(ada, "v1", "Too few passages of the new wave were read.")
    lineage = ada.main_of("/models/v2")
    assert "It has read the new wave." in lineage


def _what_goes_out(ada: Person, bo: Person) -> None:
    """The codings leave as a file, a participant is erased everywhere, and the audit log tells who did what."""
    rows = list(csv.DictReader(io.StringIO(leading.export_codings(ada).decode("utf-8-sig"))))
    coders = {row["coder"] for row in rows if row["transcript"] in INTERVIEWS}
    assert coders >= {BO, CY}
    receipt = leading.withdraw(ada, SECOND)
    assert SECOND in receipt
    for person in (ada, bo):
        assert SECOND not in person.main_of("/interviews?q=CRK")
        assert FIRST in person.main_of("/interviews?q=NRB")
    assert SECOND not in bo.main_of("/work")
    told = ada.main_of("/audit")
    for said in ("imported", "invited", "chose a password", "handed out to coders", "saw a transcript"):
        assert said in told, said
    for said in (
        "decided on codes",
        "trained a model",
        "put a model to serve",
        "exported",
        "withdrew a participant",
    ):
        assert said in told, said
    assert "payroll" not in told
