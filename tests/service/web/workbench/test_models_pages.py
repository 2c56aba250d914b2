"""A lead looks at model versions, lets one serve, and chooses what comes ticked."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from annotations.store.chosen_cuts import chosen_for
from annotations.store.jobs import latest_of
from annotations.store.model_versions import champion, serving_model
from annotations.store.tables import model_versions
from models.ticking import tick_cuts
from service.composition import Parts


@pytest.fixture
def measured(parts: Parts) -> Parts:
    """v2 has been measured: ticks of Money are right often enough, those of Place from .80 on alone."""
    with parts.store.writing() as connection:
        row = connection.execute(model_versions.select().where(model_versions.c.version == "v2")).one()
        figures = dict(row.figures) | {"spotting": {"kappa": 0.61}, "labelling": {"micro_f1": 0.72}}
        figures["measured_on"] = "cross-validation"
        figures["overall"] = dict(figures.get("overall", {})) | {
            "groups": 9,
            "n_segments": 60,
            "micro_f1": 0.6,
        }
        for one in figures["codes"]:
            good = one["code_id"] == "money"
            one |= {"ticked": 60, "ticked_right": 50 if good else 12, "carried": 60, "recall_at_5": 0.8}
            one["curve"] = [
                [cut / 100, 60, 50] if good else [cut / 100, 20, 15] if cut >= 80 else [cut / 100, 60, 12]
                for cut in range(5, 100, 5)
            ]
        these = model_versions.update().where(model_versions.c.version == "v2")
        connection.execute(these.values(figures=figures))
    return parts


def test_a_version_tells_what_it_is_worth(lead: TestClient, measured: Parts) -> None:
    """Precision of ticks, recall among the first five, and what it lacks stand beside each code."""
    assert "v2" in lead.get("/models").text
    page = lead.get("/models/v2").text
    assert "83 % of 60" in page
    assert "80 %" in page
    # what taught a code is not what judges it
    assert ">Judged on<" in re.sub(r"\s*<a [^>]*>\s*|\s*</a>\s*", "", page)
    assert "Examples" not in page
    assert "1 code comes ticked: in all, 50 of 60 ticks were right." in page
    assert "Is it coded at all: κ</dt><dd>0.61" in page
    assert "Which codes, where coders coded: F1</dt><dd>0.72" in page
    assert "Passages dealt out at random" in page
    # a document of nobody is judged by itself, and is no participant
    assert "cross-validation, 9 participants or documents that it had not seen" in page
    assert lead.get("/models/v9").status_code == 422
    assert lead.get("/models?take=xlsx").status_code == 200


def test_training_is_a_job(post: Any, parts: Parts) -> None:
    """The page asks, a worker does it."""
    assert post("/models/train").status_code == 303
    with parts.store.reading() as connection:
        job = latest_of(connection, "train")
    assert job is not None
    assert job.state == "waiting"


def test_a_reason_is_asked_for_and_damaged_files_never_serve(post: Any, parts: Parts) -> None:
    """Without a reason, and without files that can be read, nothing changes."""
    assert post("/models/v1/promote", reason="  ").status_code == 422
    refused = post("/models/v1/promote", reason="It reads better.")
    assert refused.status_code in (422, 503)
    assert "v1 cannot serve" in refused.text
    assert post("/models/rollback", reason="").status_code == 422
    with parts.store.reading() as connection:
        serving = champion(connection)
    assert serving is not None
    assert serving.model.version == "v2"


def test_a_suggestion_is_traced_and_a_wrong_name_is_a_sentence(lead: TestClient) -> None:
    """From a suggestion to the version and the reviews it learnt from."""
    page = lead.get("/models/trace?suggestion=JKG-02:2:Money").text
    assert "Invented words number 1 of JKG-02" in page
    assert "What the code meant" in page
    wrong = lead.get("/models/trace?suggestion=nobody")
    assert wrong.status_code == 404
    assert 'role="alert"' in wrong.text


def test_what_comes_ticked_is_chosen_where_it_was_shown_right(
    post: Any, lead: TestClient, measured: Parts
) -> None:
    """A cut that held-out passages speak for is kept in the lead's name and used; others are refused."""
    assert "12 of 60" in lead.get("/hand-out/ticks").text
    assert "<svg" in lead.get("/hand-out/ticks/place").text
    for cut in ("0.60", "0.10", "", "soon", "0.61"):
        assert post("/hand-out/ticks/place", version="v2", choice="from", cut=cut).status_code == 422, cut
    assert post("/hand-out/ticks/place", version="v1", choice="never").status_code == 422
    assert post("/hand-out/ticks/place", version="v2", choice="maybe").status_code == 422
    assert post("/hand-out/ticks/place", version="v2", choice="from", cut="0.85").status_code == 303
    assert post("/hand-out/ticks/money", version="v2", choice="never").status_code == 303
    with measured.store.reading() as connection:
        model = serving_model(connection)
        chosen = chosen_for(connection, model.id)
    assert tick_cuts(model, 0.3, chosen) == {"place": 0.85}
    page = lead.get("/hand-out/ticks").text
    assert "from 0.85" in page
    assert "Lena chose that it never comes ticked" in page
    assert post("/hand-out/ticks/money", version="v2", choice="rule").status_code == 303
    with measured.store.reading() as connection:
        chosen = chosen_for(connection, model.id)
    assert set(tick_cuts(model, 0.3, chosen)) == {"money", "place"}


def test_a_code_that_is_none_is_a_sentence(lead: TestClient) -> None:
    """An address that was made up."""
    assert lead.get("/hand-out/ticks/nothing").status_code == 422


def test_what_was_measured_on_nothing_says_so(lead: TestClient, measured: Parts) -> None:
    """A model without figures was judged by nobody, on the pages as in "tandem models", and the reason stands there."""
    with measured.store.writing() as connection:
        row = connection.execute(model_versions.select().where(model_versions.c.version == "v2")).one()
        nothing = dict(row.figures) | {"overall": {"micro_f1": None, "groups": 0}, "codes": []}
        these = model_versions.update().where(model_versions.c.version == "v2")
        connection.execute(these.values(figures=nothing, kind="cold start", reviews=0))
    page = lead.get("/models/v2").text
    assert "Measured on</dt><dd>nothing: it knows only the codebook" in page
    assert "cross-validation" not in page
    assert "cross-validation" not in lead.get("/models").text
    with measured.store.writing() as connection:
        connection.execute(these.values(kind="trained", reviews=3))
    assert "nothing: too few participants were coded" in lead.get("/models/v2").text
    told = nothing | {"overall": {"n_segments": 0, "groups": 9, "reason": "nobody was asked about a code"}}
    coded = nothing | {"overall": {"n_segments": 60, "groups": 9, "micro_f1": None}}
    for figures, said in (
        (told, "nothing: nobody was asked about a code"),
        (coded, "cross-validation, 9 part"),
    ):
        with measured.store.writing() as connection:
            connection.execute(these.values(figures=figures))
        assert f"Measured on</dt><dd>{said}" in lead.get("/models/v2").text


def test_codes_that_are_not_suggested_yet_are_not_said_to_want_examples(
    lead: TestClient, measured: Parts
) -> None:
    """A code that every passage carries has examples enough: each page names the reason that holds."""
    with measured.store.writing() as connection:
        row = connection.execute(model_versions.select().where(model_versions.c.version == "v2")).one()
        lacking = {
            "place": {"examples": 60, "groups": 4, "reason": "every passage that was judged carries it"}
        }
        known = dict(row.thresholds) | {"place": None}
        these = model_versions.update().where(model_versions.c.version == "v2")
        connection.execute(these.values(too_few=lacking, thresholds=known))
    pages = {path: lead.get(path).text for path in ("/", "/models", "/models/v2", "/hand-out/wave?wave=2")}
    for path, page in pages.items():
        assert not re.search("too few examples|more examples|want of examples", page), path
    assert "It does not suggest 1 other code yet" in pages["/"]
    assert "every passage that was judged carries it" in pages["/models/v2"]
    assert re.search("1 code is not suggested yet: .*Place", pages["/hand-out/wave?wave=2"])
