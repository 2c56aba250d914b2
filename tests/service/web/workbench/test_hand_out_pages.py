"""A lead pre-codes a wave and hands it out: who gets what is shown first, and just that is done."""

from __future__ import annotations

import re
from typing import Any

from accounts import add_person
from fastapi.testclient import TestClient

from annotations.store.deals import dealt_so_far, plan_in_force
from annotations.store.described_transcripts import described_transcripts
from annotations.store.jobs import all_jobs, latest_of
from annotations.store.judged_passages import counted_passages
from annotations.store.model_versions import serving_model
from annotations.store.suggestions import suggested_in_wave
from annotations.study.config import read_study
from service.access.viewer import ViewerRole
from service.composition import Parts
from service.looking.wave_notice_kept import without_quotes
from service.pushing.coded_before import said_of_coded_before
from service.pushing.keep_dealt_wave import deal_new, settle
from service.pushing.push_asked import asked_of, try_hand_out

TRY = "/hand-out/wave?wave=2&try=1&blind=20&double=30&repeat=10&coder=Ada&coder=Ben&seed=7"


def test_who_would_get_what_is_shown_and_nothing_is_kept(lead: TestClient, parts: Parts) -> None:
    """The table says for each coder what comes without suggestions, and how long it takes."""
    assert "wave=2" in lead.get("/hand-out").text
    page = lead.get(TRY).text
    assert "Who would get what" in page
    assert re.search(r"about \d+ min", page)
    with parts.store.reading() as connection:
        assert plan_in_force(connection) is None
        assert not dealt_so_far(connection, parts.segmentation.version)


def test_what_was_shown_is_what_is_dealt(parts: Parts) -> None:
    """The same seed deals and draws in the push what the page has shown."""
    asked = asked_of({"blind": 0.2, "double": 0.3, "repeat": 0.1, "seed": 7, "coders": ["Ada", "Ben"]})
    shown = try_hand_out(parts, "2", asked)
    version = parts.segmentation.version
    with parts.store.reading() as connection:
        its = suggested_in_wave(connection, serving_model(connection).id, version, "2")
    transcripts = [(one, list(segments)) for one, segments in its.items()]
    dealing = settle(parts.store, parts.study, version, asked)
    dealt = deal_new(parts.store, dealing, version, transcripts, lambda _new: {}).dealt
    again = try_hand_out(parts, "2", asked_of({}))
    assert again.shares == shown.shares
    assert (shown.new, again.dealt) == (len(dealt), len(dealt))


def test_handing_out_is_a_job_with_all_that_was_asked(post: Any, lead: TestClient, parts: Parts) -> None:
    """The job keeps parts, seed and coders, so that it survives the browser."""
    answer = post(
        "/hand-out/push",
        wave="2",
        blind="20",
        double="30",
        repeat="10",
        seed="7",
        coder=["Ada", "Ben"],
        order="reading",
        view="passage",
    )
    assert answer.headers["location"] == "/hand-out/wave?wave=2"
    with parts.store.reading() as connection:
        job = latest_of(connection, "push")
    assert job is not None
    assert job.arguments == {
        "wave": "2", "blind": 0.2, "double": 0.3, "repeat": 0.1, "seed": 7, "coders": ["Ada", "Ben"], "order": "reading",
        "view": "passage",
    }  # fmt: skip
    assert "Handing out in Label Studio" in lead.get("/hand-out/wave?wave=2").text


def test_two_leads_who_hand_out_one_wave_at_once(post: Any, lead: TestClient, parts: Parts) -> None:
    """The second is told: what she saw would not be done any more. Who presses twice asks once."""
    pages = [lead.get(TRY).text, lead.get(TRY.replace("blind=20", "blind=40")).text]
    marks = [re.findall(r'name="seen" value="(\w+)"', page)[-1] for page in pages]
    fields = {"wave": "2", "double": "30", "repeat": "10", "seed": "7", "coder": ["Ada", "Ben"]}
    fields |= {"order": "reading", "view": "passage"}
    assert post("/hand-out/push", **fields, blind="20", seen=marks[0]).status_code == 303
    refused = post("/hand-out/push", **fields, blind="40", seen=marks[1])
    assert refused.status_code == 422
    assert "somebody handed out wave" in refused.text
    assert post("/hand-out/push", **fields, blind="20", seen=marks[0]).status_code == 303
    with parts.store.reading() as connection:
        asked = [job for job in all_jobs(connection) if job.kind == "push"]
    assert [job.arguments["blind"] for job in asked] == [0.2]


def test_what_cannot_be_asked_is_refused(post: Any, lead: TestClient, parts: Parts) -> None:
    """Parts over all, a coder that is none, two people where there is one, an order that is none, a wave that is none."""
    for fields in (
        {"blind": "80", "double": "30"},
        {"blind": "much"},
        {"coder": ["Adam"]},
        {"double": "20", "coder": ["Ada"]},
        {"order": "by heart"},
        {"seed": "x"},
        {"wave": "9"},
    ):
        assert post("/hand-out/push", **{"wave": "2", **fields}).status_code == 422, fields
    assert post("/hand-out/precode", wave="9").status_code == 422
    assert lead.get("/hand-out/wave?wave=9").status_code == 422
    assert 'role="alert"' in lead.get("/hand-out/wave?wave=2&try=1&blind=200").text
    with parts.store.reading() as connection:
        assert latest_of(connection, "push") is None


def test_every_part_that_cannot_be_is_named_in_the_pages_own_units(lead: TestClient) -> None:
    """Beside its field, of 100 passages and not from 0 to 1; the page says first how many there are."""
    page = lead.get("/hand-out/wave?wave=2&try=1&blind=-5&double=130&repeat=some").text
    assert "Nothing was drawn: 3 fields need mending." in page
    for name, said in (("blind", "found -5"), ("double", "found 130"), ("repeat", "is no number")):
        error = re.search(rf'<p class="error" id="{name}-error">([^<]*)</p>', page)
        assert error is not None
        assert said in error[1]
        assert "write 15 for 15 of 100 passages" in error[1]
    assert "--" not in re.sub("<!--|-->", "", page.split("<main")[1])
    together = lead.get("/hand-out/wave?wave=2&try=1&blind=80&double=30").text
    assert together.count("Together these are 110 of 100 passages") == 2
    lonely = lead.get("/hand-out/wave?wave=2&try=1&double=30&coder=Ada").text
    assert "Tick two people" in lonely
    assert "--double" not in lonely


def test_what_was_asked_for_stands_at_the_top(post: Any, lead: TestClient) -> None:
    """Whoever has just pressed the button sees the work without scrolling, and once only."""
    assert post("/hand-out/push", wave="2").status_code == 303
    page = lead.get("/hand-out/wave?wave=2").text
    assert page.count('sse-swap="progress"') == 1
    assert page.index('sse-swap="progress"') < page.index("<h2>1. Pre-code")


def test_precoding_is_a_job_and_its_result_holds_no_words() -> None:
    """What participants said may have to be erased; jobs stay."""
    found = {
        "model_version": "v1",
        "novelty": {"codes": [], "clusters": [{"segments": 6, "quotes": [{"text": "my own words"}]}]},
    }
    assert without_quotes(found)["novelty"]["clusters"] == [{"segments": 6}]
    assert without_quotes({"novelty": None}) == {"novelty": None}


def test_whoever_was_invited_to_code_is_put_on_the_list_of_coders(
    post: Any, lead: TestClient, parts: Parts
) -> None:
    """An account alone gets no passages: the page names it, and one button writes it into study.yaml, once."""
    add_person(parts, "Cleo", ViewerRole.CODER)
    page = lead.get("/hand-out/wave?wave=2").text
    assert "Cleo" in page
    assert 'value="Cleo"' not in page
    assert post("/hand-out/coders", wave="2").headers["location"] == "/hand-out/wave?wave=2#coders"
    page = lead.get("/hand-out/wave?wave=2").text
    assert 'value="Cleo"' in page
    assert "Put this person on the list" not in page
    assert [one.name for one in read_study(parts.study.folder).config.coders] == ["Ada", "Ben", "Cleo"]
    before = (parts.study.folder / "study.yaml").read_text("utf-8")
    assert post("/hand-out/coders", wave="2").status_code == 303
    assert (parts.study.folder / "study.yaml").read_text("utf-8") == before


def test_passages_that_are_coded_already_are_told_before_they_are_handed_out(
    lead: TestClient, parts: Parts
) -> None:
    """They would come to their coders all the same, so whoever hands out knows how many they are."""
    version = parts.segmentation.version
    with parts.store.reading() as connection:
        its = [one for one in described_transcripts(connection) if one.wave == "2"]
        before = sum(
            one.judged for one in counted_passages(connection, version, [it.id for it in its]).values()
        )
    assert try_hand_out(parts, "2", asked_of({})).coded == before > 0
    assert said_of_coded_before(before) in lead.get(TRY).text


def test_what_is_said_of_passages_that_are_coded_already() -> None:
    """Nothing where there is none, and one is one."""
    assert said_of_coded_before(0) == ""
    assert said_of_coded_before(1).startswith("1 passage that is handed out now has been coded before. It is")
    assert said_of_coded_before(47).startswith("47 passages that are handed out now have been coded")
