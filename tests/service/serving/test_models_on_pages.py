"""A lead lets a version serve and goes back, on pages: with a reason, in her name, told what coders will notice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from accounts import KEY, add_person, form_token, quick_passwords, signed_in
from builders import WordEncoder
from study_to_train import more_interviews

from annotations.store.audit_log import rows_of
from annotations.store.kept_figures import forget_figures
from annotations.store.model_versions import champion, serving_history
from service.access.viewer import ViewerRole
from service.composition import Parts
from service.jobs.worker import do_waiting_jobs
from service.serving.train_and_evaluate import evaluate
from service.web.app import create_app

__all__ = ["quick_passwords"]
# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]


def test_a_lead_promotes_and_goes_back(
    twice_trained_parts: Parts, quick_passwords: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both succeed, are kept with name and reason, shown, and stand in the audit log."""
    # a page reads the study's settings again, and would come to the encoder that they name
    monkeypatch.setattr(Parts, "embedder", WordEncoder())
    add_person(twice_trained_parts, "Lena", ViewerRole.LEAD)
    lead = signed_in(create_app(twice_trained_parts, key=KEY), "Lena")
    token = form_token(lead, "/account")

    def decide(path: str, reason: str) -> int:
        return lead.post(path, data={"csrf": token, "reason": reason}, follow_redirects=False).status_code

    assert "codes that it suggested were right" in lead.get("/models").text
    page = lead.get("/models/v1").text
    assert "codes that it suggested were right" in page
    assert "What coders will notice" in page
    assert decide("/models/v1/promote", "v2 suggests Money everywhere.") == 303
    with twice_trained_parts.store.reading() as connection:
        serving = champion(connection)
    assert serving is not None
    assert (serving.model.version, serving.by) == ("v1", "Lena")
    assert "v2 suggests Money everywhere." in lead.get("/models/v1").text
    assert decide("/models/v1/promote", "Again.") == 422
    assert decide("/models/rollback", "It was the codebook.") == 303
    with twice_trained_parts.store.reading() as connection:
        kept = [(one.model.version, one.by, one.reason) for one in serving_history(connection)]
        told = [(row.who, row.about) for row in rows_of(connection, did="put a model to serve")]
    assert kept[0] == ("v2", "Lena", "It was the codebook.")
    assert [one for one in told if one[0] == "Lena"] == [("Lena", "v2"), ("Lena", "v1")]
    assert "It was the codebook." in lead.get("/models/v2").text
    # the reason stands with the version, and the log leads there
    assert 'href="/models/v2"' in lead.get("/audit").text


def test_two_steps_back_from_one_page_are_one(
    twice_trained_parts: Parts, quick_passwords: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two leads, or one who presses twice, see "Go back to v1": the second is told, and v2 does not serve again."""
    monkeypatch.setattr(Parts, "embedder", WordEncoder())
    add_person(twice_trained_parts, "Lena", ViewerRole.LEAD)
    lead = signed_in(create_app(twice_trained_parts, key=KEY), "Lena")
    assert '<input type="hidden" name="to" value="v1">' in lead.get("/models").text
    typed = {"csrf": form_token(lead, "/account"), "reason": "Too many.", "to": "v1"}
    first, second = (lead.post("/models/rollback", data=typed, follow_redirects=False) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 422)
    assert "v1 serves by now" in second.text
    with twice_trained_parts.store.reading() as connection:
        serving = champion(connection)
    assert serving is not None
    assert serving.model.version == "v1"


def test_what_is_true_of_the_unseen_stands_beside_what_a_random_split_claims(
    parts: Parts, quick_passwords: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A worker measures what the page asked for; it shows the command's figures until something comes in, or is erased."""
    monkeypatch.setattr(Parts, "embedder", WordEncoder())
    add_person(parts, "Lena", ViewerRole.LEAD)
    lead = signed_in(create_app(parts, key=KEY), "Lena")
    lead.post("/models/unseen", data={"csrf": form_token(lead, "/account"), "by": "participant"})
    assert do_waiting_jobs(parts) == 1
    figures = evaluate(parts, group_by="participant").figures
    page = lead.get("/models/unseen").text
    assert "Nothing has come in since." in page
    assert "Measure again" not in page
    kappa, at_random = figures["overall"]["kappa"], figures["random_split"]["overall"]["kappa"]
    row = re.search(r"Kappa, mean of codes</th>(.*?)</tr>", page)
    assert row is not None
    assert row[1].count("<td") == 2
    assert re.findall(r"[0-9.]+(?=<)", row[1]) == [f"{kappa:.2f}", f"{at_random:.2f}"]
    assert "other words of the same participant" in page
    assert f"{figures['overall']['groups']} participants or documents." in page
    assert figures["people_reason"] in page
    assert lead.get("/models/unseen?by=participant&take=xlsx").content[:2] == b"PK"
    # other groups are another question
    assert "This has not been measured yet" in lead.get("/models/unseen?by=transcript").text
    more_interviews(parts, tmp_path, first=50, count=1)
    page = lead.get("/models/unseen").text
    assert "Something has come in since then" in page
    assert "Measure again" in page
    with parts.store.writing() as connection:
        forget_figures(connection)
    assert "This has not been measured yet" in lead.get("/models/unseen").text
