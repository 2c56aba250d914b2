"""The draw of who teaches and who judges: once, evenly, and never back."""

from __future__ import annotations

from collections import Counter
from uuid import UUID, uuid5

import pytest
from builders import a_transcript
from hypothesis import given
from hypothesis import strategies as st

from annotations.groups import groups_of
from annotations.store.judge_draws import Purpose
from annotations.store.transcripts import KeptTranscript
from training.judge_set import draw, judging_groups

SPACE = UUID(int=7)


def _kept(name: str, case: str = "E", wave: str = "1", session: str = "") -> KeptTranscript:
    transcript = a_transcript(name, "How?", "So.", case=case, wave=wave, session=session)
    return KeptTranscript(uuid5(SPACE, name), transcript)


def _draw(
    kept: list[KeptTranscript], so_far: dict[UUID, Purpose] | None = None, gold: int | None = None
) -> dict[UUID, Purpose]:
    ids = [source.id for source in kept]
    placements = draw(
        kept,
        reviewed=frozenset(ids),
        with_gold=frozenset(ids if gold is None else ids[:gold]),
        so_far=so_far or {},
    )
    return {**(so_far or {}), **{placement.transcript: placement.purpose for placement in placements}}


def test_a_fifth_of_each_wave_judges_evenly_over_cases() -> None:
    """Of 30 groups of two cases six judge, three of each case; the draw is the same every time."""
    kept = [_kept(f"P-{at:02d}", case="EF"[at % 2]) for at in range(30)]
    purposes = _draw(kept)
    judges = [source for source in kept if purposes[source.id] == "judge"]
    assert Counter(source.transcript.case for source in judges) == {"E": 3, "F": 3}
    assert purposes == _draw(list(kept))
    assert len(purposes) == 30


def test_fewer_than_fifteen_groups_are_not_drawn() -> None:
    """Fourteen groups all teach, and so do groups that nobody has coded independently."""
    kept = [_kept(f"P-{at}") for at in range(14)]
    assert _draw(kept) == {}
    more = [*kept, *(_kept(f"Q-{at}") for at in range(9))]
    assert _draw(more, gold=14) == {}
    purposes = _draw(more, gold=15)
    assert Counter(purposes.values())["judge"] == 3
    assert all(purposes[source.id] == "learn" for source in more[15:])


def test_a_new_wave_adds_judges_and_nothing_leaves() -> None:
    """Every draw stays; each wave has its own fifth, at least three of six and more; few groups leave half to teach."""
    first = [_kept(f"P-{at}") for at in range(20)]
    before = _draw(first)
    for size, wanted in ((1, 0), (2, 1), (5, 3), (6, 3), (25, 5)):
        second = [_kept(f"Q-{at}", wave="2") for at in range(size)]
        after = _draw(first + second, before)
        assert {key: after[key] for key in before} == before
        assert sum(after[source.id] == "judge" for source in second) == wanted, size


def test_a_later_transcript_goes_where_its_group_is() -> None:
    """A person who judges in wave 1 judges in wave 2; where two groups are joined, the whole judges if one did."""
    first = [_kept(f"P-{at}") for at in range(20)]
    before = _draw(first)
    judge = next(source for source in first if before[source.id] == "judge")
    learn = next(source for source in first if before[source.id] == "learn")
    again = KeptTranscript(
        uuid5(SPACE, "again"), a_transcript("again", "a", "b", speaker=judge.transcript.name, wave="2")
    )
    assert _draw([*first, again], before)[again.id] == "judge"
    joined = [
        KeptTranscript(source.id, a_transcript(source.transcript.name, "a", "b", session="s", wave="1"))
        if source in (judge, learn)
        else source
        for source in first
    ]
    groups = dict(
        zip(
            (source.id for source in joined), groups_of([source.transcript for source in joined]), strict=True
        )
    )
    judging = judging_groups(groups, _draw(joined, before))
    assert groups[judge.id] in judging
    assert groups[learn.id] in judging


@given(
    st.lists(st.tuples(st.sampled_from("EFG"), st.sampled_from("123")), min_size=15, max_size=60),
    st.integers(0, 60),
)
@pytest.mark.slow
def test_growing_a_study_never_moves_anybody(places: list[tuple[str, str]], cut: int) -> None:
    """However a study grows, what was drawn stays, everybody is drawn once, and each wave keeps some who teach."""
    kept = [_kept(f"P-{at}", case, wave) for at, (case, wave) in enumerate(places)]
    some = _draw(kept[:cut])
    whole = _draw(kept, some)
    assert {key: whole[key] for key in some} == some
    assert set(whole) == {source.id for source in kept}
    for wave in {source.transcript.wave for source in kept}:
        here = [whole[source.id] for source in kept if source.transcript.wave == wave]
        assert here.count("learn") >= 1
        assert here.count("judge") >= (min(3, len(here) // 2))
