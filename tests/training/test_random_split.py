"""What a split of passages by chance would have claimed: more than unseen participants bear out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.progress import quiet
from models.calibration import BEST_F1
from models.segment_words import SegmentWords
from models.ticking import LEAST_PRECISION
from training.dataset import Dataset, Judgement
from training.evaluation import _cross_validated, _random_split, repeated_elsewhere

BOOK = Codebook("B", (Framework("f", "F"),), (Code("a", "A", "f", "F/A"),))
PARTS: Any = SimpleNamespace(
    classifier=None,
    taught=None,
    encoder_for=lambda _: None,
    exclusive_sets=(),
    aim=BEST_F1,
    least_precision=LEAST_PRECISION,
    codebook=BOOK,
    fine_tune=None,
)


def _told_by_the_person(people: int = 6, each: int = 20) -> Dataset:
    """Who speaks gives the code away, and the vectors give away who speaks."""
    random = np.random.default_rng(0)
    who = np.repeat(np.arange(people), each)
    vectors = (4 * np.eye(people)[who] + random.normal(size=(len(who), people))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = (who % 2 == 0).astype(float)[:, None]
    names = tuple(f"P-{at}" for at in who)
    units = tuple(SegmentWords("so it went on") for _ in who)
    judgement = Judgement("Ada", np.arange(len(who)), labels)
    return Dataset(units, vectors, names, np.ones(len(who), bool), ("a",), (judgement,))


@pytest.mark.slow
def test_a_random_split_claims_what_unseen_participants_do_not_bear_out() -> None:
    """The model that has heard everybody knows everybody; asked about somebody new it knows nothing."""
    dataset = _told_by_the_person()
    grouped, _ = _cross_validated(PARTS, dataset, dataset, quiet)
    split_figures, _ = _random_split(PARTS, dataset, quiet)
    assert split_figures["random_split_reason"] is None
    assert split_figures["random_split"]["overall"]["kappa"] > 0.8
    assert grouped["overall"]["kappa"] < 0.3
    assert [row["code_id"] for row in split_figures["random_split"]["codes"]] == ["a"]


def test_where_there_is_no_random_split_the_reason_is_given() -> None:
    """Too few participants for any figure."""
    split_figures, _ = _random_split(PARTS, _told_by_the_person(people=2), quiet)
    assert split_figures["random_split"] is None
    assert "2 participants" in split_figures["random_split_reason"]


def test_what_two_participants_say_in_the_same_words_is_counted() -> None:
    """However it is spaced or capitalised; what one of them says twice is theirs alone."""
    said = ("Good.", "good.", "Well  then", "well then", "Mine", "Mine")
    groups = ("a", "b", "a", "c", "a", "a")
    judgement = Judgement("Ada", np.arange(6), np.ones((6, 1)))
    units = [SegmentWords(words) for words in said]
    dataset = Dataset(units, np.zeros((6, 2), np.float32), groups, np.ones(6, bool), ("x",), [judgement])
    assert repeated_elsewhere(dataset) == 4
