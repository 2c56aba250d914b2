"""Tables, ratings and timelines tell a person no more than an interview would: no count, no column, no name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote
from uuid import uuid4

import pytest
from accounts import KEY, add_person, form_token, signed_in
from builders import a_transcript
from fastapi.testclient import TestClient
from study_with_pages import INES, MONEY, TOM, WithPages, study_with_pages

from annotations.coding import Coding, Review
from annotations.store.cell_place import CellPlace
from annotations.store.codebook_versions import keep_codebook
from annotations.store.ratings import Rating, add_ratings
from annotations.store.reviews import add_reviews
from annotations.store.transcripts import add_transcript, transcript_by_id
from annotations.store.written_cells import Summary, add_summary
from annotations.transcript import Consents
from service.access.viewer import ViewerRole
from service.audit import Did
from service.composition import Parts
from service.new_study import make_study
from service.settings import read_settings
from service.web.app import create_app

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WithPages]:
    """Ines has judged the first half of two interviews, Tom three passages of one."""
    found = study_with_pages(tmp_path_factory.mktemp("tells"))
    yield found
    found.parts.close()


@pytest.fixture
def browsers(made: WithPages) -> dict[str, TestClient]:
    """A browser of each person."""
    app = create_app(made.parts, key=KEY)
    return {name: signed_in(app, name) for name in ("Lea", INES, TOM, "Rita")}


def _words(made: WithPages, number: int) -> str:
    with made.parts.store.reading() as connection:
        kept = transcript_by_id(connection, made.both)
    assert kept is not None
    return made.passages[number].span.of(kept.transcript.text)[:60]


def _participants(made: WithPages) -> dict[str, str]:
    with made.parts.store.reading() as connection:
        kept = [transcript_by_id(connection, one) for one in (made.alone, made.both)]
    return {one.transcript.name: one.transcript.participant for one in kept if one is not None}


def test_a_cell_and_its_count_wait_for_ones_own_review(
    made: WithPages, browsers: dict[str, TestClient]
) -> None:
    """A passage that Tom is still to judge is in no cell of his, is not counted there, and is not said to be hidden."""
    who = _participants(made)
    cell = f"/results/cell?columns=participant&code={MONEY}&column={quote(who['NRB-03'])}"
    tom, ines, lea = (browsers[name].get(cell) for name in (TOM, INES, "Lea"))
    assert {tom.status_code, ines.status_code, lea.status_code} == {200}
    assert _words(made, 4) in ines.text.replace("&#39;", "'")
    assert _words(made, 4) in lea.text.replace("&#39;", "'")
    assert _words(made, 4) not in tom.text.replace("&#39;", "'")
    assert _words(made, 0) in tom.text.replace("&#39;", "'")
    assert "you may not read" not in tom.text
    # of CRK-04 he has judged nothing: no cell of it leads anywhere, by count or by address
    alone = f"/results/cell?columns=participant&code={MONEY}&column={quote(who['CRK-04'])}"
    assert browsers[INES].get(alone).status_code == 200
    assert browsers[TOM].get(alone).status_code == 422
    link = f"column={quote(who['CRK-04'])}"
    assert link in browsers["Lea"].get("/results?columns=participant").text
    assert link not in browsers[TOM].get("/results?columns=participant").text
    # and whoever only reads figures sees those of everybody
    assert link in browsers["Rita"].get("/results?columns=participant").text


def test_a_doubt_beside_a_turn_needs_ones_own_review_of_that_passage_alone(
    made: WithPages, browsers: dict[str, TestClient]
) -> None:
    """Tom has judged the passage of the question, and not all of the interview."""
    page = browsers[TOM].get(f"/interviews/{made.both}").text
    assert f"/doubts/{made.question}" in page


def test_the_audit_log_names_the_transcripts_of_every_page_with_words(
    made: WithPages, browsers: dict[str, TestClient]
) -> None:
    """A search, examples of a code and a cell say whose words were seen, and none of these words."""
    lea = browsers["Lea"]
    who = _participants(made)
    lea.get("/interviews/search?words=the")
    lea.get(f"/codebook/{MONEY}")
    lea.get(f"/results/cell?columns=participant&code={MONEY}&column={quote(who['NRB-03'])}")
    found = lea.get(f"/audit?q={quote(Did.SAW_PASSAGES)}").text
    rows = [row for row in found.split("<tr>") if "saw passages" in row and "Lea" in row]
    for where in ("a search", f"examples of {MONEY}", f"cell {MONEY}"):
        assert any(where in row and "NRB-03" in row for row in rows), where
    assert _words(made, 0)[:30] not in found


@pytest.fixture
def two_sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """Lund and Malmö, a participant each; one of Lund allows Malmö alone."""
    folder = tmp_path_factory.mktemp("sites")
    config = {"name": "S", "cases": {"C": ["Lund", "Malmö"]}, "coders": [{"name": "Ada"}]}
    study, _ = make_study(folder / "s", codebook="common-framework", config=config)
    parts = Parts(study, read_settings({"TANDEM_STATE": str(folder / "state")}))
    closed = Consents(may_quote=True, visible_to=("Malmö",))
    found = {
        "L-01": a_transcript("L-01", "How?", "Words of Lund.", site="Lund", speaker="PL-1", case="C"),
        "M-01": a_transcript("M-01", "How?", "Words of Malmö.", site="Malmö", speaker="PM-1", case="C"),
        "L-02": a_transcript(
            "L-02", "How?", "For Malmö.", site="Lund", speaker="PL-2", case="C", consents=closed
        ),
    }
    add_person(parts, "Lea", ViewerRole.LEAD)
    add_person(parts, "Lotta", ViewerRole.LEAD, sites=frozenset({"Lund"}))
    add_person(parts, "Rosa", ViewerRole.READER, sites=frozenset({"Lund"}), sees_text=True)
    with parts.store.writing() as connection:
        version = keep_codebook(connection, parts.codebook)
        reviews = []
        for one in found.values():
            new = add_transcript(connection, one)
            span = one.turns[1].span
            reviews.append(Review(new, "Ada", span, (Coding(MONEY, span),), id=uuid4()))
        add_reviews(connection, [replace(one, codebook_version=version) for one in reviews])
        for who in ("PL-1", "PM-1"):
            place = CellPlace("", MONEY, (("participant", who),))
            add_summary(connection, Summary(place, "Ada", f"What {who} makes of it."))
            add_ratings(connection, [Rating(place, "Ada", "1", f"{who} says so", False)])
    yield parts
    parts.close()


@pytest.mark.parametrize("name", ["Lotta", "Rosa"])
def test_results_of_other_sites_are_not_there(two_sites: Parts, name: str) -> None:
    """No column, count, summary or rating of a participant whom one's site may not see, and no guess opens one."""
    app = create_app(two_sites, key=KEY)
    limited, lead = signed_in(app, name), signed_in(app, "Lea")
    for path in ("/results?columns=participant", "/results/ratings"):
        everything, own = lead.get(path).text, limited.get(path).text
        assert "PM-1" in everything, path
        assert "PL-1" in own, path
        assert "PM-1" not in own, path
        assert "PL-2" not in own, path
    cell = f"/results/cell?columns=participant&code={MONEY}&column="
    assert "Words of Lund." in limited.get(f"{cell}PL-1").text
    refused, unknown = limited.get(f"{cell}PM-1"), limited.get(f"{cell}PX-9")
    assert refused.status_code == unknown.status_code == 422
    assert refused.text.count("PM-1") == unknown.text.count("PX-9")
    assert "PM-1" not in unknown.text
    if name == "Lotta":
        token = form_token(limited, "/account")
        sent = limited.post(f"{cell}PM-1", data={"csrf": token, "value": "1"})
        assert sent.status_code == 422


def test_a_consent_that_changes_changes_the_table_at_once(two_sites: Parts) -> None:
    """What a site may see no more does not stay in a table that the server keeps."""
    app = create_app(two_sites, key=KEY)
    limited, lead = signed_in(app, "Lotta"), signed_in(app, "Lea")
    cell = f"/results/cell?columns=participant&code={MONEY}&column=PL-1"
    assert "Words of Lund." in limited.get(cell).text
    form = {"csrf": form_token(lead, "/account"), "who": "PL-1", "visible_to": "Malmö"}
    assert lead.post("/participants/consents", data=form).status_code == 200
    assert "Words of Lund." not in limited.get(cell).text
