"""Suggestions as a filled-in answer: only what is ticked, and only where a coder sees it."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from annotations.codebook.codes import Codebook
from annotations.codebook.files import shipped_codebook
from annotations.coding import Suggestion
from annotations.errors import BadInput
from annotations.label_studio.candidates import Candidates, CodeBox, candidates
from annotations.label_studio.predicted_answer import prediction, version_label

SHIPPED = shipped_codebook("common-framework")
ONE, OTHER = "internal-context-culture", "process-planning"


def test_only_what_is_ticked_is_filled_in() -> None:
    """An offered box stays empty; the score is that of the code that is least sure."""
    found = Candidates((CodeBox(ONE, True), CodeBox(OTHER)), ("phase-adoption",), (ONE, OTHER), 0.6)
    made = prediction(found, SHIPPED, version=version_label("v7"))
    assert (made.version, made.score) == ("tandem v7", 0.6)
    assert [(one["from_name"], one["value"]) for one in made.regions] == [
        ("f-phase", {"choices": ["phase-adoption"]}),
        ("likely", {"choices": [ONE]}),
    ]


def test_nothing_is_ticked_that_has_no_box() -> None:
    """Nobody would see it, and Label Studio gives it back as accepted."""
    found = Candidates((CodeBox(ONE, True), CodeBox(OTHER, True)), ("phase-adoption",))
    made = prediction(found, SHIPPED, version="v", among={OTHER})
    assert [one["value"] for one in made.regions] == [{"choices": ["phase-adoption"]}, {"choices": [OTHER]}]
    assert prediction(Candidates((CodeBox(ONE, True),)), SHIPPED, version="v", among=()).regions == ()


def test_a_code_that_the_screen_does_not_hold_is_refused() -> None:
    """Label Studio would drop it in silence."""
    with pytest.raises(BadInput, match="gone"):
        prediction(Candidates(in_rows=("gone",)), SHIPPED, version="v")


@pytest.mark.parametrize("left", [True, False])
def test_a_code_that_the_screen_offers_no_longer_takes_no_other_along(left: bool, codebook: Codebook) -> None:
    """Whether it left the codebook or only orders other codes now."""
    said = [Suggestion(uuid4(), code, 0.9, 0.5, True, "v") for code in ("money", "people")]
    codes = [one for one in codebook.codes if one.id != "money"]
    if not left:
        codes = [replace(one, applicable=one.id != "money") for one in codebook.codes]
    now = replace(codebook, codes=tuple(codes))
    found = candidates(said, now, {"money": 0.3, "people": 0.3}, with_odds=True)
    assert found.ticked == ("people",)
    assert [one["value"] for one in prediction(found, now, version="v").regions] == [{"choices": ["people"]}]
