"""What is new in a wave is noticed, what is not new is not, and nobody's own words are shown."""

from __future__ import annotations

import numpy as np
from builders import WordEncoder

from models.novelty import ComparedSegments, Novelty, novelty

TOPICS = ("the budget money grant cost", "nurses colleagues team staff")
ENCODER = WordEncoder()


def _side(topics: tuple[str, ...], groups: int = 6, each: int = 10, own: str = "") -> ComparedSegments:
    texts = [
        f"{topics[(g + at) % len(topics)]} talk{at % 4} {own}{g if own else ''}"
        for g in range(groups)
        for at in range(each)
    ]
    return ComparedSegments(
        texts, ENCODER.embed(texts), [f"p{g}" for g in range(groups) for _ in range(each)]
    )


def _notice(new: ComparedSegments, p: float = 0.01, prevalence: float = 0.01) -> Novelty:
    return novelty(
        _side(TOPICS),
        new,
        np.full((len(new.texts), 2), p),
        np.array([0.4, np.inf]),
        ("a", "b"),
        {"a": prevalence, "b": prevalence},
    )


def test_more_of_the_same_is_not_new() -> None:
    """The same topics: no share of segments to speak of, no cluster, no shifted code."""
    found = _notice(_side(TOPICS))
    assert found.far is not None
    assert found.far <= 0.1
    assert (found.clusters, found.shifts) == ((), ())


def test_a_theme_that_nobody_coded_is_a_cluster_with_its_words() -> None:
    """Snow and roads, said by six participants and like no code, are shown by the words they share."""
    new = _side((*TOPICS, "snow covered every road and bridge"))
    found = _notice(new)
    (cluster,) = found.clusters
    assert cluster.groups == 6
    assert "snow" in cluster.words
    assert all("snow" in new.texts[at] for at in cluster.segments)


def test_what_a_known_code_explains_is_no_candidate() -> None:
    """The same segments with a probability above half the threshold are no emergent theme."""
    assert _notice(_side((*TOPICS, "snow covered every road and bridge")), p=0.3).clusters == ()


def test_a_participant_s_own_word_is_never_shown() -> None:
    """A word that fewer than three participants use is in no list."""
    found = _notice(_side((*TOPICS, "snow covered every road and bridge"), own="granny"))
    words = [word for cluster in found.clusters for word in cluster.words]
    assert words
    assert not [word for word in words if "granny" in word]


def test_a_code_that_is_much_more_frequent_is_told() -> None:
    """One in a hundred where the model learnt, three in ten expected now."""
    shift = _notice(_side(TOPICS), p=0.3).shifts[0]
    assert (shift.learnt, round(shift.now, 3)) == (0.01, 0.3)


def test_with_too_little_to_compare_nothing_is_claimed() -> None:
    """Two participants, or no segment: None, not 0."""
    small = _side(TOPICS, groups=2)
    found = novelty(small, _side(TOPICS), np.zeros((60, 1)), np.array([0.5]), ("a",), {})
    assert found.far is None
    empty = _side(TOPICS, groups=0)
    assert _notice(empty).far is None
