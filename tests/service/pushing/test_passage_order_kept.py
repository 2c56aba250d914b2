"""In which order new passages come."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from builders import WordEncoder
from made_up_study import MadeUp, fill

from annotations.errors import BadInput
from models.corpus import read_corpus
from service.composition import Parts
from service.new_study import make_study
from service.pushing.passage_order import PassageOrder, order_by
from service.pushing.push_asked import order_named
from service.settings import read_settings


@pytest.fixture
def parts(tmp_path: Path) -> Any:
    """A made-up study with a model's suggestions, and a small encoder."""
    study, _ = make_study(tmp_path / "study", codebook="common-framework", config={"name": "Made up"})
    made = Parts(study, read_settings({}))
    fill(made, MadeUp(transcripts=5, turns=12))
    made.__dict__["embedder"] = WordEncoder()
    yield made
    made.close()


@pytest.mark.parametrize("by", [PassageOrder.TRANSCRIPTS, PassageOrder.RARE, PassageOrder.UNSURE])
@pytest.mark.slow
def test_an_order_gives_every_passage_once_with_its_reason(parts: Parts, by: PassageOrder) -> None:
    """Nothing is lost or doubled, and each place says why."""
    corpus = read_corpus(parts.store, parts.segmentation)
    order = order_by(parts, by)
    assert order is not None
    found = order(list(corpus.ids))
    assert sorted(map(str, corpus.ids)) == sorted(str(segment) for segment, _ in found)
    assert all(reason for _, reason in found)


def test_whole_transcripts_stay_in_the_order_of_reading(parts: Parts) -> None:
    """Transcripts change places; within each, nothing does."""
    corpus = read_corpus(parts.store, parts.segmentation)
    order = order_by(parts, PassageOrder.TRANSCRIPTS)
    assert order is not None
    places = [corpus.at[corpus.position[segment]] for segment, _ in order(list(corpus.ids))]
    runs = [list(its) for _, its in groupby(places, key=lambda place: place[0])]
    assert len(runs) == len(corpus.transcripts)
    assert all(run == sorted(run) for run in runs)


def test_reading_needs_no_order_and_an_unknown_one_is_refused(parts: Parts) -> None:
    """The default changes nothing; a slip gets the nearest name."""
    assert order_by(parts, PassageOrder.READING) is None
    assert order_named("Rare") is PassageOrder.RARE
    with pytest.raises(BadInput, match='Did you mean "unsure"'):
        order_named("unshure")
