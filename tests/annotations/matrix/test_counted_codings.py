"""Which codings count, and that sums over any grouping are those of all that count."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from builders import a_transcript
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.attributes import Attribute, Attributes, Owner
from annotations.coding import Coding, Condition, Influence, Review
from annotations.matrix.columns import columns_named
from annotations.matrix.counted_codings import CountedPassage, counted_codings
from annotations.matrix.tables import matrix_of
from annotations.store.applied_codings import AppliedCoding, of_none
from annotations.store.loose_codings import LooseCoding
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Kind, Span

HERE = uuid4()
PHASES = ("early", "late")
PASSAGE = Span(10, 30)


def _review(
    coder: str,
    *codes: str,
    span: Span = PASSAGE,
    influence: Influence | None = None,
    condition: Condition = Condition.INDEPENDENT,
    **said: object,
) -> Review:
    codings = tuple(Coding(code, span, influence=influence) for code in codes)
    return Review(HERE, coder, span, codings, condition=condition, id=uuid4(), **said)  # type: ignore[arg-type]


def _found(*reviews: Review, loose: Sequence[LooseCoding] = ()) -> tuple[CountedPassage, ...]:
    own = [
        AppliedCoding(HERE, review.coder, review.sequence or number, coding)
        for number, review in enumerate(reviews, start=100)
        for coding in review.codings
        if not review.condition.derived
    ]
    derived = [review for review in reviews if review.condition.derived]
    return counted_codings([*own, *map(of_none, loose)], derived, PHASES)


def _counted(*reviews: Review, loose: Sequence[LooseCoding] = ()) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.code, one.phase, one.coders) for one in _found(*reviews, loose=loose)]


def test_a_passage_that_two_people_coded_counts_once() -> None:
    """Also where their spans differ a little; another passage is another finding."""
    near, far = Span(12, 34), Span(40, 60)
    found = _counted(
        _review("Ada", "money"), _review("Ben", "money", span=near), _review("Ben", "money", span=far)
    )
    assert found == [("money", "", ("Ada", "Ben")), ("money", "", ("Ben",))]


def test_a_consensus_alone_counts_on_its_passage() -> None:
    """What it does not name is gone, what it names counts once, and passages beside it stay."""
    beside = _review("Ben", "money", span=Span(50, 70))
    agreed = _review("Team", "people", condition=Condition.CONSENSUS, sequence=9)
    found = _counted(_review("Ada", "money", "people"), _review("Ben", "people"), agreed, beside)
    assert found == [("people", "", ("Team",)), ("money", "", ("Ben",))]


def test_a_later_consensus_goes_before_an_earlier_one() -> None:
    """A moderator's word on the same passage, however it was recorded."""
    first = _review("Team", "money", condition=Condition.CONSENSUS, sequence=3)
    last = _review("Mona", "people", span=Span(9, 31), condition=Condition.MODERATED, sequence=8)
    assert _counted(last, first) == [("people", "", ("Mona",))]


def test_a_consensus_that_is_silent_on_influence_takes_that_of_its_coders() -> None:
    """What it says itself goes before."""
    own = [_review("Ada", "money", influence="+"), _review("Ben", "money", influence="-")]
    silent = _review("Team", "money", condition=Condition.CONSENSUS, sequence=9)
    says = _review("Team", "money", influence="+", condition=Condition.CONSENSUS, sequence=9)
    assert [one.influence for one in _found(*own, silent)] == ["mixed"]
    assert [one.influence for one in _found(*own, says)] == ["+"]


def test_a_consensus_says_nothing_of_a_code_that_came_later() -> None:
    """The coders' own word on that code stands."""
    agreed = _review("Team", "money", condition=Condition.CONSENSUS, sequence=9, decides=frozenset({"money"}))
    assert _counted(_review("Ada", "people"), agreed) == [("money", "", ("Team",)), ("people", "", ("Ada",))]


def test_the_same_coder_says_the_same_of_a_passage_once() -> None:
    """In two passes: before and after suggestions, say."""
    assert len(_counted(_review("Ada", "money"), _review("Ada", "money", condition=Condition.ASSISTED))) == 1


def test_two_codings_of_one_pass_are_two() -> None:
    """A coder may say of the same words that money helped once and hindered once."""
    twice = Review(
        HERE, "Ada", PASSAGE, (Coding("money", PASSAGE, "+"), Coding("money", PASSAGE, "-")), id=uuid4()
    )
    assert [one.influence for one in _found(twice)] == ["+", "-"]


def test_the_phase_is_that_of_the_same_coder_on_the_same_words() -> None:
    """From another pass too; of another coder it says nothing; on a part of the words where none covers them."""
    wide = _review("Ada", "late", span=Span(0, 40))
    assert _counted(_review("Ada", "money"), wide) == [("money", "late", ("Ada",))]
    assert _counted(_review("Ben", "money"), wide) == [("money", "", ("Ben",))]
    assert _counted(_review("Ada", "money", span=Span(0, 90)), wide) == [("money", "late", ("Ada",))]


def test_a_coding_in_two_phases_stands_in_both_and_a_phase_alone_in_none() -> None:
    """A phase is no finding of its own."""
    assert _counted(_review("Ada", "money", "early", "late")) == [
        ("money", "early", ("Ada",)),
        ("money", "late", ("Ada",)),
    ]
    assert _counted(_review("Ada", "early")) == []


def test_who_says_no_phase_agrees_with_who_says_one() -> None:
    """Two phases of two coders are two findings: nobody has decided between them yet."""
    ada, ben = _review("Ada", "money", "early"), _review("Ben", "money")
    assert _counted(ben, ada) == [("money", "early", ("Ada", "Ben"))]
    assert len(_counted(ada, _review("Ben", "money", "late"))) == 2


def test_codings_that_belong_to_no_review_count_too() -> None:
    """Once with those of others on the same words, and with the phase beside them."""
    loose = [
        LooseCoding(uuid4(), "Cleo", HERE, Condition.INDEPENDENT, Coding(code, PASSAGE))
        for code in ("money", "late")
    ]
    assert _counted(loose=loose) == [("money", "late", ("Cleo",))]
    assert _counted(_review("Ada", "money"), loose=loose) == [("money", "late", ("Cleo", "Ada"))]


NAMES = st.sampled_from(["", "A", "a ", "B"])
TRANSCRIPTS = st.lists(
    st.tuples(NAMES, NAMES, NAMES, NAMES, st.sampled_from(list(Kind))), min_size=1, max_size=5
)
CODINGS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["x", "y", "z"]), st.sampled_from(["", "early", "late"])),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(TRANSCRIPTS, CODINGS)
def test_sums_over_any_grouping_are_those_of_all_codings(
    described: list[tuple[str, str, str, str, Kind]], placed: list[tuple[int, str, str]]
) -> None:
    """Whatever stands in the columns, each coding stands in one cell; informants and sources are never more than codings."""
    kept = {}
    for at, (case, site, wave, participant, kind) in enumerate(described):
        transcript = a_transcript(f"T{at}", "How?", "So.", case=case, site=site, wave=wave, kind=kind)
        object.__setattr__(transcript, "participant", participant)
        one = KeptTranscript(UUID(int=at + 1), transcript)
        kept[one.id] = one
    found = [
        CountedPassage(code, phase, UUID(int=at % len(kept) + 1), Span(n, n + 1), ("Ada",))
        for n, (at, code, phase) in enumerate(placed)
    ]
    attributes = Attributes(
        [Attribute(Owner.PARTICIPANT, "A", "role", "leader"), Attribute(Owner.CASE, "B", "land", "S")]
    )
    for names in (
        ["case"],
        ["site"],
        ["wave"],
        ["participant"],
        ["kind"],
        ["role"],
        ["case", "wave"],
        ["land", "role"],
    ):
        matrix = matrix_of(found, kept, columns_named(names, attributes))
        assert matrix.codings == len(found)
        for phase, code in {(one.phase, one.code) for one in found}:
            row = [matrix.cell(phase, code, column) for column in matrix.columns]
            assert sum(cell.codings for cell in row) == sum(
                (one.phase, one.code) == (phase, code) for one in found
            )
        for cell in matrix.cells.values():
            assert len(cell.informants) <= sum(cell.sources.values()) <= cell.codings


@pytest.mark.slow
def test_a_hundred_codes_at_thirty_sites_in_five_waves() -> None:
    """A large study's table: every cell has its codings."""
    kept = {}
    for at in range(150):
        transcript = a_transcript(f"T{at}", "How?", "So.", site=f"S{at % 30}", wave=str(at // 30))
        kept[UUID(int=at + 1)] = KeptTranscript(UUID(int=at + 1), transcript)
    found = [
        CountedPassage(f"code {code}", "", transcript, Span(code, code + 1), ("Ada",))
        for transcript in kept
        for code in range(100)
    ]
    matrix = matrix_of(found, kept, columns_named(["site", "wave"], Attributes([])))
    assert (len(matrix.cells), len(matrix.columns), matrix.codings) == (15_000, 150, 15_000)
    assert {cell.codings for cell in matrix.cells.values()} == {1}
