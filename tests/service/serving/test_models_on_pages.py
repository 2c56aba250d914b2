"""A lead lets a version serve and goes back, on pages: with a reason, in her name, told what coders will notice."""

from __future__ import annotations

import pytest
from accounts import KEY, add_person, form_token, quick_passwords, signed_in
from builders import WordEncoder

from annotations.store.audit_log import rows_of
from annotations.store.model_versions import champion, serving_history
from service.access.viewer import ViewerRole
from service.composition import Parts
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

    page = lead.get("/models/v1").text
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
