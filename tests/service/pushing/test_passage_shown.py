"""What a passage shows once a code of its suggestion is offered no longer: a push and the ML backend say the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_label_studio import keys_of, pushed_study

from annotations.codebook.codes import Codebook
from annotations.coding import Draw
from annotations.deal_and_draw import DealtSegment
from annotations.store.model_versions import get_model
from annotations.store.suggestions import Suggested, add_suggestions, suggestions_of
from annotations.store.transcripts import all_transcripts
from models.corpus import read_corpus
from service.composition import Parts
from service.pushing.passage_shown import ShownPassages
from service.web.standing_predictions import StandingPredictions

PROJECT = 7
BOXED = ("money", "people")


@pytest.fixture
def parts(tmp_path: Path, codebook: Codebook) -> Iterator[Parts]:
    """A pushed study: of the first passage the model suggests two codes, of the second one."""
    made = pushed_study(tmp_path / "study", codebook)
    first, second, *_ = keys_of(made)
    with made.store.writing() as connection:
        model = get_model(connection, "v1")
        both = Suggested(first, (0.9, 0.8), ("money", "people"))
        add_suggestions(connection, model.id, [both, Suggested(second, (0.9, 0.01), ("money",))])
    yield made
    made.close()


def _without(codebook: Codebook, code: str) -> Codebook:
    return replace(codebook, codes=tuple(one for one in codebook.codes if one.id != code))


def _not_applicable(codebook: Codebook, code: str) -> Codebook:
    codes = (replace(one, applicable=False) if one.id == code else one for one in codebook.codes)
    return replace(codebook, codes=tuple(codes))


def _shown(parts: Parts, codebook: Codebook, *, draws: bool, least_precision: float = 0.3) -> ShownPassages:
    corpus = read_corpus(parts.store, parts.segmentation)
    with parts.store.reading() as connection:
        model = get_model(connection, "v1")
        found = suggestions_of(connection, model)
        turns = {kept.id: kept.transcript.turns for kept in all_transcripts(connection)}
    return ShownPassages(
        corpus,
        turns,
        codebook,
        lambda _: (model, found),
        label="tandem v1",
        draws=draws,
        least_precision=least_precision,
    )


@pytest.mark.parametrize("leave", [_without, _not_applicable])
def test_a_passage_keeps_its_other_suggestions(
    parts: Parts, codebook: Codebook, leave: Callable[[Codebook, str], Codebook]
) -> None:
    """The code that is offered no longer goes, with its reason; the other one of the passage stays."""
    first, second, *_ = keys_of(parts)
    now = leave(codebook, "money")
    with parts.store.reading() as connection:
        model = get_model(connection, "v1").id
        answers = StandingPredictions().on(connection, now, PROJECT, dict.fromkeys([first, second], BOXED))
    shown = _shown(parts, now, draws=False)
    pushed = shown.prediction(DealtSegment(first, Draw.ORDINARY), model)
    assert pushed is not None
    assert [region["value"] for region in pushed.regions] == [{"choices": ["people"]}]
    assert json.loads(answers[first]) == pushed.to_json()
    why = shown.data(DealtSegment(first, Draw.ORDINARY), model)["why"]
    assert ("People" in why, "Money" in why) == (True, False)


@pytest.mark.parametrize("leave", [_without, _not_applicable])
def test_a_passage_whose_only_code_is_offered_no_longer_looks_like_one_without(
    parts: Parts, codebook: Codebook, leave: Callable[[Codebook, str], Codebook]
) -> None:
    """In a study with blind passages nobody can tell it from them; the backend answers it as it answers those."""
    _, second, *_ = keys_of(parts)
    now = leave(codebook, "money")
    with parts.store.reading() as connection:
        model = get_model(connection, "v1").id
        assert StandingPredictions().on(connection, now, PROJECT, {second: BOXED}) == {second: b"[]"}
    blind = _shown(parts, now, draws=True)
    assert blind.prediction(DealtSegment(second, Draw.ORDINARY), model) is None
    plain = _shown(parts, now, draws=False).prediction(DealtSegment(second, Draw.ORDINARY), model)
    assert plain is not None
    assert plain.regions == ()


def test_a_blind_passage_looks_like_one_for_which_nothing_is_likely(parts: Parts, codebook: Codebook) -> None:
    """No boxes, the same words beside them, and nothing filled in; one that is only doubtful has its boxes."""
    _, second, *_ = keys_of(parts)
    without = _without(codebook, "money")
    shown = _shown(parts, without, draws=True)
    with parts.store.reading() as connection:
        model = get_model(connection, "v1").id
    ordinary, blind = DealtSegment(second, Draw.ORDINARY), DealtSegment(second, Draw.BLIND)
    assert shown.data(ordinary, model) == shown.data(blind, None)
    assert shown.candidates(ordinary, model) is None


def test_what_is_offered_without_a_tick_says_so(parts: Parts, codebook: Codebook) -> None:
    """Its boxes stand there with their odds; the panel says that none is likely enough."""
    first, *_ = keys_of(parts)
    shown = _shown(parts, codebook, draws=True, least_precision=0.95)
    with parts.store.reading() as connection:
        model = get_model(connection, "v1").id
    placed = DealtSegment(first, Draw.ORDINARY)
    found = shown.candidates(placed, model)
    assert found is not None
    assert (found.ticked, found.offered) == ((), ("money", "people"))
    data = shown.data(placed, model)
    assert [box["alias"] for box in data["candidates"]][:2] == ["money", "people"]
    assert "9 in 10" in data["candidates"][0]["value"]
    assert data["turn"].startswith("turn ")
