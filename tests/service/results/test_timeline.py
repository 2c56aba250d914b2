"""Events in, timelines out: pictures, tables, and what is refused."""

from __future__ import annotations

import csv
import re
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from commands import Run
from commands_refused import refused, write_lines
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from lazily import Lazily
from openpyxl import load_workbook
from PIL import Image

from annotations.store.events import CaseEvent
from annotations.timeline.when import when_of
from service.results.picture_files import as_svg
from service.results.timeline_events import Dated, Timeline
from service.results.timeline_figure import figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

patches = Lazily("matplotlib.patches")

EVENTS = [
    "case,date,phase,event,actor,place,source",
    "Esk,2006–2016,Early,Two boards share a budget,Region,,minutes 2016",
    "esk,early 2017,Early,The first café opens,,Perth,E-01:2",
    "Esk,by 2016,,A strategy is there,,,letter of 2016; E-02",
    "Esk,2018-11-03,Late,The coordinator leaves,,,",
    "Tay,around 2014,Late,A law passes,,,report",
]
DATES = (
    "1997",
    "2006–2016",
    "early 2011",
    "by 2012",
    "March 2012",
    "2013-05-14",
    "around 2014",
    "since 2015",
    "2020s",
)
PHASES = ("Historical context", "Adoption", "Implementation", "Assimilation, in the words of a long name")


def _kept(tandem: Run, folder: Path) -> dict[str, object]:
    return tandem("timeline", str(write_lines(folder / "events.csv", EVENTS)))


def test_events_come_in_with_their_sources(tandem: Run, tmp_path: Path) -> None:
    """Transcripts and passages are linked, others are cited; the same file again changes nothing."""
    assert _kept(tandem, tmp_path) == {
        "new": 5,
        "changed": 0,
        "removed": 0,
        "unchanged": 0,
        "without_source": 1,
        "dry_run": False,
    }
    assert _kept(tandem, tmp_path)["unchanged"] == 5
    found = {one["event"]: one for one in tandem("timeline")["events"]}
    assert [one["case"] for one in tandem("timeline")["events"]] == ["Esk"] * 4 + ["Tay"]
    cafe, strategy = found["The first café opens"], found["A strategy is there"]
    assert (cafe["case"], cafe["passages"], cafe["source"]) == ("Esk", ["E-01:2"], "")
    assert (cafe["first"], cafe["last"], cafe["uncertain"]) == ("2017-01-01", "2017-04-30", True)
    assert (strategy["passages"], strategy["source"], strategy["start_unknown"]) == (
        ["E-02"],
        "letter of 2016",
        True,
    )
    assert [one["event"] for one in found.values() if not one["has_source"]] == ["The coordinator leaves"]
    assert {one["case"] for one in tandem("timeline", "--case", "tay")["events"]} == {"Tay"}


def test_events_change_and_go(tandem: Run, tmp_path: Path) -> None:
    """What is said of the same case, date and text takes its place; a dry run keeps nothing; start and end will do."""
    _kept(tandem, tmp_path)
    more = write_lines(
        tmp_path / "m.csv",
        [
            "case,start,end,event,phase,source,remove",
            "Esk,2018-11-03,,The coordinator leaves,Late,letter,",
            "Esk,2019,2021,Courses go on,Late,report,",
        ],
    )
    assert tandem("timeline", str(more), "--dry-run")["new"] == 2
    assert len(tandem("timeline")["events"]) == 5
    tandem("timeline", str(more))
    found = {(one["date"], one["event"]) for one in tandem("timeline")["events"]}
    assert ("2019 to 2021", "Courses go on") in found
    gone = write_lines(tmp_path / "g.csv", ["case,date,event,remove", "Esk,2019 to 2021,courses go on,yes"])
    assert tandem("timeline", str(gone))["removed"] == 1


def test_bad_events_are_named_and_nothing_is_kept(tandem: Run, study: Path, tmp_path: Path) -> None:
    """No readable date, an end before its start, an unknown case or phase, a passage that is none, nothing said, twice."""
    file = write_lines(
        tmp_path / "e.csv",
        [
            "case,date,event,phase,passages",
            "Esk,some day,It began,,",
            "Esk,2016–2006,It began,,",
            "Ask,2016,It began,,",
            "Esk,2016,It began,Erly,",
            "Esk,2016,It began,,E-01:99",
            "Esk,2016,,,",
            "Esk,,It began,,",
            "Esk,2017,It began,,",
            "Esk,2017,it began,,",
        ],
    )
    said = refused(tandem, study, "timeline", str(file))
    for part in (
        'row 2, column "date": "some day" is no date that can be read; write it as 2017-03-14,',
        'row 3, column "date": "2016–2006" ends before it starts; correct one of the two dates.',
        'row 4, column "case": there is no case "Ask"; did you mean "Esk"?',
        'row 5, column "phase": there is no phase "Erly"; did you mean "Early"?',
        'row 6, column "passages": E-01 has no turn 99',
        'row 7, column "event": it is empty; say what happened.',
        'row 8, column "date": it is empty; every event has a date',
        'row 10, column "event": row 9 says the same event',
        "8 of 9 rows cannot be used, so nothing was kept.",
    ):
        assert part in said, said
    no_date = write_lines(tmp_path / "n.csv", ["case,event", "Esk,It began"])
    assert "the column date is missing" in refused(tandem, study, "timeline", str(no_date))
    assert "no event is kept of a case" in refused(tandem, study, "timeline", "--case", "Tay")
    assert "there are no events to draw" in refused(
        tandem, study, "timeline", "--svg", str(tmp_path / "t.svg")
    )
    assert not (tmp_path / "t.svg").exists()


def test_nothing_rests_on_who_withdrew(tandem: Run, study: Path, tmp_path: Path) -> None:
    """What rested on their words alone is gone, and they can be no source again."""
    _kept(tandem, tmp_path)
    tandem("withdraw", "E-01", "--by", "Ada", "--yes")
    assert "The first café opens" not in {one["event"] for one in tandem("timeline")["events"]}
    assert "participant E-01 withdrew" in refused(tandem, study, "timeline", str(tmp_path / "events.csv"))


def test_a_draft_is_made_of_coded_passages(tandem: Run, tmp_path: Path) -> None:
    """Case, phase and passage stand there; filled in by people it is read, and rows that they leave are none."""
    draft = tmp_path / "d.csv"
    assert tandem("timeline", "--draft", str(draft), "--code", "Money")["passages"] == 4
    rows = list(csv.DictReader(draft.read_text("utf-8-sig").splitlines()))
    assert [(row["case"], row["phase"], row["passages"], row["date"], row["event"]) for row in rows[:1]] == [
        ("Esk", "Early", "E-01:2", "", "")
    ]
    rows[0] |= {"date": "late 2016", "event": "The grant comes late"}
    with draft.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert tandem("timeline", str(draft))["new"] == 1
    (event,) = tandem("timeline")["events"]
    assert (event["phase"], event["passages"], event["has_source"]) == ("Early", ["E-01:2"], True)


@pytest.mark.slow
def test_files_of_a_timeline(tandem: Run, tmp_path: Path) -> None:
    """SVG with words, PNG at 300 dots an inch, Word with figures and tables, a workbook, and CSV that is read back."""
    _kept(tandem, tmp_path)
    svg, png, docx, xlsx, out = (tmp_path / f"t.{ending}" for ending in ("svg", "png", "docx", "xlsx", "csv"))
    tandem(
        "timeline",
        "--svg",
        str(svg),
        "--png",
        str(png),
        "--docx",
        str(docx),
        "--xlsx",
        str(xlsx),
        "--csv",
        str(out),
    )
    drawn = svg.read_text("utf-8")
    assert ">The first café opens (Perth)<" in drawn
    assert ">The coordinator leaves †<" in drawn
    assert drawn.count('id="uncertain-event"') == 3
    assert drawn.count('id="certain-event"') == 2
    assert "http://" not in re.sub(
        r'xmlns(:\w+)?="[^"]*"|rdf:\w+="[^"]*"|<!DOCTYPE[^>]*>', "", drawn
    ).replace("http://purl.org/dc", "")
    with Image.open(png) as picture:
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert picture.width == 2220
    document = Document(str(docx))
    assert len(document.inline_shapes) == len(document.tables) == 2
    assert [cell.text for cell in document.tables[0].rows[4].cells] == [
        "2018-11-03",
        "Late",
        "The coordinator leaves",
        "",
        "† no source",
    ]
    assert "descr=" in ZipFile(BytesIO(docx.read_bytes())).read("word/document.xml").decode()
    rows = list(load_workbook(xlsx)["Events"].values)
    assert rows[1][:2] == ("Esk", "2006–2016")
    assert [row[-1] for row in rows[1:]].count("† no source") == 1
    assert tandem("timeline", str(out))["unchanged"] == 5


def _overlapping(figure: Figure) -> list[tuple[str, str]]:
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    boxes = [
        (one.get_text(), one.get_window_extent(renderer).padded(-0.6))
        for one in figure.axes[0].texts
        if one.get_text()
    ]
    return [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if one.overlaps(other)]


def _timeline(case: str, said: list[tuple[str, str, str]]) -> Timeline:
    events = [
        Dated(CaseEvent(case, date, words, actor="The council"), when_of(date), phase, ())
        for date, phase, words in said
    ]
    return Timeline(case, tuple(sorted(events, key=lambda one: one.when.first)), PHASES)


WORDS = st.text(alphabet="abcdefghij $_^é  ", min_size=1, max_size=160).filter(
    lambda words: words.strip() != ""
)
SAID = st.tuples(st.sampled_from(DATES), st.sampled_from(["", *PHASES]), WORDS)


@pytest.mark.slow
@settings(max_examples=3, deadline=None)
@given(st.lists(SAID, min_size=40, max_size=40), st.lists(SAID, min_size=1, max_size=4))
def test_no_label_covers_another_at_forty_events(
    many: list[tuple[str, str, str]], few: list[tuple[str, str, str]]
) -> None:
    """Whatever is said and whenever it was, for one case and for two under one axis; and no word leaves the sheet."""
    (figure,) = figures([_timeline("Esk and all its many partners", many), _timeline("Tay", few)])
    assert _overlapping(figure) == []
    width = figure.get_figwidth() * figure.dpi
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    assert all(one.get_window_extent(renderer).x1 <= width for one in figure.axes[0].texts)


@pytest.mark.slow
def test_a_long_timeline_is_parted_into_sheets() -> None:
    """Every event stands on one of them, and each sheet has room on a page."""
    said = [(DATES[at % 9], PHASES[at % 4], f"event {at} " + "with some words " * 6) for at in range(60)]
    sheets = list(figures([_timeline("Esk", said)], tallest=8))
    assert len(sheets) > 2
    assert all(sheet.get_figheight() <= 8.01 for sheet in sheets)
    words = " ".join(text.get_text() for sheet in sheets for text in sheet.axes[0].texts)
    assert {int(found) for found in re.findall(r"event (\d+)", words)} == set(range(60))
    assert "Esk (continued)" in words


def test_the_same_events_make_the_same_svg() -> None:
    """Byte for byte, so that a figure under version control changes only with its events."""
    drawn = [
        as_svg(next(figures([_timeline("Esk", [("2017", "Adoption", "It began")])])), "t") for _ in range(2)
    ]
    assert drawn[0] == drawn[1]


def test_a_phase_does_not_begin_before_anything_says_so() -> None:
    """By 2018 it was there: its band does not reach back to the first year of the figure."""
    said = [("2006–2016", "Adoption", "It came"), ("by 2018", "Implementation", "It ran everywhere")]
    (figure,) = figures([_timeline("Esk", said)])
    bands = {
        one.get_gid(): one
        for one in figure.axes[0].patches
        if isinstance(one, patches.Rectangle) and str(one.get_gid()).startswith("band-")
    }
    adoption, implementation = bands["band-Adoption"], bands["band-Implementation"]
    assert implementation.get_x() > adoption.get_x() + adoption.get_width()


def test_phases_differ_in_grey() -> None:
    """By at least an eighth of the way from black to white."""
    from service.results.timeline_figure import _FILLS

    grey = [
        sum(weight * int(colour[at : at + 2], 16) for weight, at in ((0.299, 1), (0.587, 3), (0.114, 5)))
        for colour, _ in _FILLS[:4]
    ]
    assert all(abs(a - b) > 32 for a, b in combinations(grey, 2)), grey
