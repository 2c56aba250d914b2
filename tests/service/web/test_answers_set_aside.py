"""A coder is told which of her answers do not count, why, and what she can do; a lead has links to the tasks."""

from __future__ import annotations

from pathlib import Path

import pytest
from accounts import KEY, add_person, signed_in
from fake_label_studio import FakeLabelStudio, chosen, keys_of, pushed_study
from reviews_arriving import pull_now

from annotations.codebook.codes import Codebook
from annotations.label_studio import arrivals, interview_answer
from service.access.viewer import ViewerRole
from service.corrections import interviews_arriving, reviews_follow_annotations
from service.page_words import for_their_coder
from service.web.app import create_app


@pytest.mark.slow
def test_a_coder_sees_her_answers_that_are_set_aside(tmp_path: Path, codebook: Codebook) -> None:
    """With the task and what to do; not a colleague's; once it is mended the page says nothing of it."""
    parts = pushed_study(tmp_path / "study", codebook)
    for name, role in (("Ada", ViewerRole.CODER), ("Ben", ViewerRole.CODER), ("Lea", ViewerRole.LEAD)):
        add_person(parts, name, role)
    app = create_app(parts, key=KEY)
    ada, ben, lea = (signed_in(app, name) for name in ("Ada", "Ben", "Lea"))
    server = FakeLabelStudio(keys_of(parts))
    both = server.save(1, 1, chosen("money", nothing=True))
    server.save(2, 1, chosen("money"))
    pull_now(parts, server)
    page = ada.get("/work").text
    assert "1 answer of yours does not count yet:" in page
    assert "there are codes too. Take one of the two away.</li>" in page
    assert page.count('/data?task=1">JKG-01, turn 2</a>') == 1
    assert "5 passages are left for you." in page
    assert "1 answer of theirs does not count yet:" in lea.get("/work?coder=Ada").text
    assert "not count yet" not in ben.get("/work").text
    assert '/data?task=1">' in lea.get("/set-aside").text
    server.update(both, chosen("money"))
    pull_now(parts, server)
    assert "not count yet" not in ada.get("/work").text
    parts.close()


def test_no_reason_speaks_to_a_coder_of_a_coder() -> None:
    """Each of those that tell a lead to ask the coder for something."""
    told = [
        value
        for module in (arrivals, interview_answer, interviews_arriving, reviews_follow_annotations)
        for value in vars(module).values()
        if isinstance(value, str) and "the coder" in value and "sk the coder" in value and len(value) < 400
    ]
    assert len(told) >= 7
    for why in told:
        said = for_their_coder(why)
        assert "the coder" not in said, said
        assert "tandem" not in said, said
        assert said[0].isupper()
