"""The order of review: rare codes soon, half at random, nothing twice, and the same again with the same seed."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.review_order import review_order

CODES = ("common", "rare")


def _given(n: int, seed: int = 0) -> dict[str, object]:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(n, 5)).astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return {
        "probabilities": random.random((n, 2)),
        "thresholds": np.array([0.5, np.inf]),
        "embeddings": vectors,
        "codes": CODES,
        "examples": (90, 1),
        "seed": seed,
    }


@given(
    n=st.integers(0, 40),
    count=st.integers(0, 60),
    seed=st.integers(0, 5),
    strategy=st.sampled_from(["rare and random", "rare", "unsure", "random"]),
)
@settings(max_examples=60, deadline=None)
def test_every_segment_at_most_once(n: int, count: int, seed: int, strategy: str) -> None:
    """As many as asked for or as there are, none twice, and again the same."""
    told = _given(n, seed)
    found = review_order(**told, count=count, strategy=strategy)  # type: ignore[arg-type]
    assert len(found) == min(n, count)
    assert len({place.segment for place in found}) == len(found)
    assert found == review_order(**told, count=count, strategy=strategy)  # type: ignore[arg-type]


def test_half_look_like_the_rare_code_and_half_are_drawn() -> None:
    """Each place says why, in words that a coder reads."""
    told = _given(200)
    found = review_order(**told, count=20)  # type: ignore[arg-type]
    assert [place.why for place in found] == ["rare", "random"] * 10
    assert found[0].code == "rare"
    assert found[0].segment == int(np.argmax(told["probabilities"][:, 1]))  # type: ignore[index]
    assert found[0].reason(str.upper) == "may be RARE, which has few examples"
    assert found[1].reason() == "drawn at random"


def test_two_segments_that_say_the_same_are_not_both_chosen_first() -> None:
    """The second likeliest is passed over where it repeats the likeliest."""
    told = _given(50)
    vectors = told["embeddings"]
    probabilities = told["probabilities"]
    probabilities[:, 1] = np.linspace(0.1, 0.4, 50)  # type: ignore[index]
    vectors[48] = vectors[49]  # type: ignore[index]
    found = review_order(**told, count=2, strategy="rare")  # type: ignore[arg-type]
    assert found[0].segment == 49
    assert found[1].segment != 48
