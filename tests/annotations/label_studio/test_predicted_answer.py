"""Suggestions as a filled-in answer: only what is suggested, and only what the screen offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.codebook.codes import Codebook
from annotations.codebook.files import shipped_codebook
from annotations.coding import Suggestion
from annotations.errors import BadInput
from annotations.label_studio.answer_of_annotation import answer_of
from annotations.label_studio.offered_codes import still_offered
from annotations.label_studio.predicted_answer import prediction, version_label

SHIPPED = shipped_codebook("common-framework")
APPLICABLE = [code.id for code in SHIPPED.applicable]


def _suggestion(code: str, probability: float, *, suggested: bool = True) -> Suggestion:
    return Suggestion(uuid4(), code, probability, 0.5, suggested, "v1")


@given(st.lists(st.sampled_from(APPLICABLE), unique=True, max_size=12))
def test_what_is_suggested_comes_back_as_the_answer(codes: list[str]) -> None:
    """A prediction that a coder accepts as it is says exactly the suggested codes."""
    made = prediction([_suggestion(code, 0.7) for code in codes], SHIPPED, version="v1")
    answer = answer_of(made.regions, SHIPPED)
    assert answer.codes == set(codes)
    assert not answer.nothing_applies
    assert len({region["from_name"] for region in made.regions}) == len(made.regions)


def test_only_what_is_suggested_is_filled_in() -> None:
    """Codes under their threshold are judged, stored and not shown; the score is the least sure one's."""
    found = [_suggestion(APPLICABLE[0], 0.9), _suggestion(APPLICABLE[1], 0.6)]
    hidden = _suggestion(APPLICABLE[2], 0.2, suggested=False)
    made = prediction([*found, hidden], SHIPPED, version="tandem v7")
    assert answer_of(made.regions, SHIPPED).codes == set(APPLICABLE[:2])
    assert (made.score, made.version) == (0.6, "tandem v7")
    assert prediction([hidden], SHIPPED, version="v").regions == ()


def test_every_region_has_an_id_of_its_own() -> None:
    """Also where controls' names begin alike, as those of the assimilation types do."""
    made = prediction([_suggestion(code, 0.7) for code in APPLICABLE], SHIPPED, version="v1")
    ids = [region["id"] for region in made.regions]
    assert len(set(ids)) == len(ids)


def test_a_code_that_the_screen_does_not_hold_is_refused() -> None:
    """Label Studio would drop it in silence."""
    with pytest.raises(BadInput, match="gone"):
        prediction([_suggestion("gone", 0.9)], SHIPPED, version="v")


def _without(codebook: Codebook, code: str) -> Codebook:
    return replace(codebook, codes=tuple(one for one in codebook.codes if one.id != code))


def _not_applicable(codebook: Codebook, code: str) -> Codebook:
    codes = (replace(one, applicable=False) if one.id == code else one for one in codebook.codes)
    return replace(codebook, codes=tuple(codes))


@pytest.mark.parametrize("leave", [_without, _not_applicable])
def test_a_code_that_the_screen_offers_no_longer_takes_no_other_along(
    leave: Callable[[Codebook, str], Codebook], codebook: Codebook
) -> None:
    """Whether it left the codebook or only orders other codes now."""
    found = [
        _suggestion("money", 0.9),
        _suggestion("people", 0.8),
        _suggestion("early", 0.2, suggested=False),
    ]
    assert still_offered(found, codebook) == found
    left = still_offered(found, leave(codebook, "money"))
    assert [one.code for one in left] == ["people", "early"]
    made = prediction(left, leave(codebook, "money"), version=version_label("v3"))
    assert (made.version, [region["value"] for region in made.regions]) == (
        "tandem v3",
        [{"taxonomy": [["people"]]}],
    )
