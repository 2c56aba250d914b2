"""What the task of a whole interview shows: marks, names of what is suggested, and which passages it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from fake_label_studio import keys_of, pushed_study

from annotations.codebook.codes import Codebook
from annotations.coding import Draw
from annotations.deal_and_draw import DealtSegment
from annotations.label_studio.interview_data import HTML
from annotations.store.model_versions import get_model
from annotations.store.suggestions import Suggested, add_suggestions, suggestions_of
from annotations.store.transcripts import all_transcripts
from models.corpus import read_corpus
from service.composition import Parts
from service.pushing.interview_shown import WholeShown, hash_of_marks
from service.pushing.passage_shown import ShownPassages


@pytest.fixture
def parts(tmp_path: Path, codebook: Codebook) -> Iterator[Parts]:
    """Of the first passage the model suggests a sure code and a doubtful one; of the others nothing."""
    made = pushed_study(tmp_path / "study", codebook)
    with made.store.writing() as connection:
        model = get_model(connection, "v1")
        first, *rest = keys_of(made)
        said = [Suggested(first, (0.9, 0.55), ("money", "people"))]
        add_suggestions(connection, model.id, [*said, *(Suggested(one, (0.01, 0.01), ()) for one in rest)])
    yield made
    made.close()


@pytest.fixture
def model(parts: Parts) -> UUID:
    """The version that speaks."""
    with parts.store.reading() as connection:
        return get_model(connection, "v1").id


@pytest.fixture
def shown(parts: Parts, codebook: Codebook) -> WholeShown:
    """What its interviews show; from 0.6 on a code is sure."""
    corpus = read_corpus(parts.store, parts.segmentation)
    with parts.store.reading() as connection:
        model = get_model(connection, "v1")
        found = suggestions_of(connection, model)
        turns = {kept.id: kept.transcript.turns for kept in all_transcripts(connection)}
    label = "tandem v1"
    faces = ShownPassages(
        corpus, turns, codebook, lambda _: (model, found), label=label, draws=True, least_precision=0.6
    )
    return WholeShown(faces, corpus, turns, codebook, label=label, links=None)


def classes(html: str) -> list[str]:
    """How each turn is drawn."""
    return re.findall(r'class="tandem-(\w+)"', html)


def test_sure_and_doubtful_suggestions_are_marks_of_their_own(
    parts: Parts, shown: WholeShown, model: UUID
) -> None:
    """Each under its label, with its code, and named below the turn with its odds."""
    (whole,) = shown.interviews([DealtSegment(one, Draw.ORDINARY) for one in keys_of(parts)])
    found = shown.prediction(whole, model)
    assert found is not None
    labels = [one["value"]["hypertextlabels"] for one in found.regions if one["from_name"] == "state"]
    codes = [one["value"]["choices"] for one in found.regions if one["from_name"] == "likely"]
    assert (labels, codes) == ([["sure"], ["doubtful"]], [["money"], ["people"]])
    marks = shown.marks(whole.placed[0], model)
    assert (marks.offered, marks.ticked) == (("money", "people"), ("money",))
    below = re.findall(r'data-below="([^"]*)"', shown.data(whole, model)[HTML])
    assert below == ["suggested: Money; doubtful: People (6 in 10)"]
    assert shown.prediction(whole, model) == found
    assert hash_of_marks(found) != hash_of_marks(None)


@pytest.mark.parametrize("draw", [Draw.BLIND, Draw.DOUBLE])
def test_a_passage_that_hides_its_suggestions_looks_like_one_without(
    parts: Parts, shown: WholeShown, model: UUID, draw: Draw
) -> None:
    """No mark, no name, no other class; and no word of the model before anything is pushed on it."""
    first, *rest = keys_of(parts)
    (whole,) = shown.interviews(
        [DealtSegment(first, draw), *(DealtSegment(one, Draw.ORDINARY) for one in rest)]
    )
    assert shown.prediction(whole, model) is None
    data = shown.data(whole, model)[HTML]
    assert "data-below" not in data
    assert classes(data) == ["context", "said"] * 6
    assert shown.data(whole, None) == shown.data(whole, model)


def test_a_second_coder_sees_which_passages_are_theirs(parts: Parts, shown: WholeShown) -> None:
    """The others are context, and the line on top says so."""
    keys = keys_of(parts)
    (whole,) = shown.interviews([DealtSegment(keys[4], Draw.DOUBLE), DealtSegment(keys[1], Draw.DOUBLE)])
    data = shown.data(whole, None)
    assert [one.segment for one in whole.placed] == [keys[1], keys[4]]
    assert [at for at, kind in enumerate(classes(data[HTML])) if kind == "asked"] == [3, 9]
    assert "2 passages asked for here" in data["header"]


def test_what_comes_again_is_a_task_of_its_own_at_the_end(parts: Parts, shown: WholeShown) -> None:
    """It asks for these passages alone, under another key."""
    keys = keys_of(parts)
    placed = [DealtSegment(one, Draw.BLIND if at == 2 else Draw.ORDINARY) for at, one in enumerate(keys)]
    whole, again = shown.interviews([DealtSegment(keys[2], Draw.REPEAT), *placed])
    assert (len(whole.placed), whole.again) == (6, False)
    assert ([one.segment for one in again.placed], again.again) == ([keys[2]], True)
    assert whole.key != again.key != replace(whole, text_hash="another").key
    assert "for a second time" in shown.data(again, None)["header"]
