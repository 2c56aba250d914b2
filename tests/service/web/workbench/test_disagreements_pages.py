"""A team talks about passages, and what it agrees on is recorded in place."""

from __future__ import annotations

import re
from typing import Any

from accounts import form_token, signed_in
from fastapi.testclient import TestClient

from annotations.store.reviews import derived_reviews
from service.agreement.telling_disagreements import PlacedDisagreement, TellingDisagreements
from service.composition import Parts


def _first(parts: Parts) -> PlacedDisagreement:
    with parts.store.reading() as connection:
        return TellingDisagreements().now(connection, parts).found[0]


def test_the_list_leads_to_a_passage_with_everything_said_of_it(lead: TestClient, parts: Parts) -> None:
    """A passage stands in its interview, with who said what and what the codes mean."""
    listed = lead.get("/disagreements").text
    path = re.search(r'href="(/disagreements/[0-9a-f-]+/[0-9a-f-]+)"', listed)
    assert path is not None
    page = lead.get(path[1]).text
    placed = _first(parts)
    assert path[1] == f"/disagreements/{placed.transcript}/{placed.one.segment}"
    for said in placed.one.said:
        assert said.coder in page
    for code in placed.one.differ_on:
        assert parts.codebook[code].definition in page
    assert "<mark>" in page


def test_next_stays_within_the_filters_of_the_list(lead: TestClient, parts: Parts) -> None:
    """A passage that is opened from the list of a wave leads on to passages of this wave alone."""
    wave = _first(parts).one.wave
    listed = lead.get(f"/disagreements?wave={wave}").text
    paths = re.findall(r'href="(/disagreements/[0-9a-f-]+/[0-9a-f-]+[^"]*)"', listed)
    assert paths
    assert all(path.endswith(f"?wave={wave}") for path in paths)


def test_a_consensus_is_recorded_in_the_leads_name_and_the_next_passage_follows(
    lead: TestClient, post: Any, parts: Parts
) -> None:
    """Who was there, why, and which definition it changed are kept; the coders' own reviews stay."""
    placed = _first(parts)
    path = f"/disagreements/{placed.transcript}/{placed.one.segment}"
    answer = post(
        path,
        code=["Money"],
        present=["Ada", "Ben"],
        guests="Uma, ",
        memo="It is about costs.",
        changes="Money",
    )
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/disagreements/")
    assert f"{placed.one.segment}?" not in answer.headers["location"]
    with parts.store.reading() as connection:
        (kept,) = derived_reviews(connection)
    assert (kept.coder, [one.code for one in kept.codings]) == ("Lena", ["money"])
    assert kept.origin["present"] == ["Ada", "Ben", "Uma"]
    assert kept.origin["changed_definitions"] == ["money"]
    assert len(kept.sources) == 2
    decided = lead.get("/disagreements/decisions").text
    assert "It is about costs." in decided
    assert "/codebook?q=Money" in decided
    assert "Agreed: <strong>Money" in lead.get(path).text


def test_a_decision_is_opened_and_taken_back(lead: TestClient, post: Any, parts: Parts) -> None:
    """It leads to its passage; taken back it counts no more, and the passage is open again. Twice says so."""
    placed = _first(parts)
    path = f"/disagreements/{placed.transcript}/{placed.one.segment}"
    post(path, code=["Money"])
    opened = re.search(
        r'href="(/disagreements/decisions/[0-9a-f-]+)"', lead.get("/disagreements/decisions").text
    )
    assert opened is not None
    page = lead.get(opened[1])
    assert page.url.path == path
    assert "Take it back" in page.text
    assert post(f"{path}/take-back").status_code == 303
    with parts.store.reading() as connection:
        assert derived_reviews(connection) == ()
    assert "Agreed:" not in lead.get(path).text
    assert post(f"{path}/take-back").status_code == 422
    assert lead.get(opened[1]).status_code == 422


def test_bad_answers_keep_nothing(post: Any, parts: Parts) -> None:
    """Neither codes nor nothing, both, and a code that is none are refused in place."""
    placed = _first(parts)
    path = f"/disagreements/{placed.transcript}/{placed.one.segment}"
    for fields in ({}, {"code": ["Money"], "nothing": "yes"}, {"other": "Mony"}):
        answer = post(path, **fields)
        assert answer.status_code == 422, fields
        assert 'role="alert"' in answer.text
    with parts.store.reading() as connection:
        assert derived_reviews(connection) == ()


def test_no_code_applies_is_an_answer(post: Any, parts: Parts) -> None:
    """A team may agree that no code applies."""
    placed = _first(parts)
    assert post(f"/disagreements/{placed.transcript}/{placed.one.segment}", nothing="yes").status_code == 303
    with parts.store.reading() as connection:
        (kept,) = derived_reviews(connection)
    assert kept.codings == ()


def test_a_coder_sees_what_her_own_review_is_in_for_and_records_nothing(app: Any, parts: Parts) -> None:
    """Ada reviewed these passages, so she may see what others said; deciding is a lead's."""
    ada, placed = signed_in(app, "Ada"), _first(parts)
    path = f"/disagreements/{placed.transcript}/{placed.one.segment}"
    page = ada.get(path)
    assert page.status_code == 200
    assert "We agree on" not in page.text
    token = form_token(ada, "/account")
    assert ada.post(path, data={"csrf": token, "nothing": "yes"}).status_code == 403
    assert ada.get("/disagreements/decisions").status_code == 403


def test_ids_that_are_none_are_sentences(lead: TestClient) -> None:
    """An address that was made up, and a code that is none."""
    nobody = "00000000-0000-4000-8000-000000000000"
    assert lead.get(f"/disagreements/{nobody}/{nobody}").status_code == 422
    assert "Mony" in lead.get("/disagreements?code=Mony").text
    assert lead.get("/disagreements?page=99999999&sort=nothing&case=nowhere").status_code == 200


def test_the_model_is_shown_where_it_is_surest_against_people(lead: TestClient) -> None:
    """Only where all who judged agree; each line leads to its passage and to what the suggestion rests on."""
    page = lead.get("/models/disagreements").text
    assert "the model sees it, people do not" in page
    assert "/models/trace?suggestion=" in page
    chances = [float(one) for one in re.findall(r">(\d+\.\d)</td>", page)]
    assert chances == sorted(chances, reverse=True)
