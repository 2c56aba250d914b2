"""Who supports a finding, who contradicts it, who is silent; what rests on one source; what changed."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.coding import Influence
from annotations.matrix.counted_codings import CountedPassage
from annotations.patterns.agreement_words import in_words
from annotations.patterns.change import changes
from annotations.patterns.single_sources import single_sources
from annotations.patterns.stances import Voices, stance_of, voices_of
from annotations.patterns.triangulation import SourcedFinding, findings_of
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Kind, Span, Transcript

KINDS = {"i": Kind.INTERVIEW, "d": Kind.DOCUMENT, "f": Kind.FIELD_NOTE}
INFLUENCES = st.sampled_from(["+", "-", "mixed", "none stated", None])


def _kept(number: int, name: str, wave: str = "1", participant: str | None = None) -> KeptTranscript:
    kind = KINDS[name[0]]
    who = participant if participant is not None else (name if kind is Kind.INTERVIEW else "")
    return KeptTranscript(
        UUID(int=number), Transcript(name, "words", (), kind=kind, wave=wave, participant=who)
    )


def _finding(**said: Influence | str | None) -> SourcedFinding:
    """One finding of sources called i1, d1, f1 …: what each says, "silent" or nothing at all."""
    sources = [_kept(at, name) for at, name in enumerate(said)]
    found = [
        CountedPassage("A", "", kept.id, Span(0, 5), ("Ada",), influence)  # type: ignore[arg-type]
        for kept, influence in zip(sources, said.values(), strict=True)
        if influence != "silent"
    ]
    roles = {
        kept.id: "nurse" if kept.transcript.name == "i1" else "leader"
        for kept in sources
        if kept.transcript.participant
    }
    (one,) = findings_of(found, sources, {kept.id: "E" for kept in sources}, roles)
    return one


def test_who_supports_and_who_contradicts() -> None:
    """By the direction of most; who says the opposite contradicts, and a role is asked as a kind is."""
    one = _finding(i1="-", i2="-", i3="silent", d1="+", f1="silent")
    assert one.direction == "hinders"
    assert (one.supporting(one.kinds), one.contradicting(one.kinds)) == (("interview",), ("document",))
    assert one.silent(one.kinds) == ("field note",)
    assert (one.supporting(one.roles), one.silent(one.roles)) == (("nurse", "leader"), ())
    assert (one.informants, one.of_nobody) == (("i1", "i2"), 1)
    assert in_words(one) == (
        "They do not agree: interviews (2 of 3) say that it hinders and documents (1 of 1) say that it helps. "
        "Field notes are silent."
    )


def test_without_a_direction_who_says_that_it_hinders_contradicts() -> None:
    """And as many on either side have none."""
    one = _finding(i1="+", d1="-")
    assert one.direction == "both ways"
    assert (one.supporting(one.kinds), one.contradicting(one.kinds)) == (("interview",), ("document",))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            {"i1": "+", "d1": "+"},
            "Interviews (1 of 1) and documents (1 of 1) agree: they say that it helps. No field notes were read.",
        ),
        (
            {"i1": None, "d1": "silent"},
            "Only interviews (1 of 1) speak of it without a direction. Documents are silent. No field notes were read.",
        ),
        (
            {"i1": None, "d1": None, "f1": None},
            "Interviews (1 of 1), documents (1 of 1) and field notes (1 of 1) speak of it without a direction.",
        ),
        (
            {"i1": "+", "i2": "-", "i3": "+", "d1": None, "f1": "silent"},
            "Interviews (3 of 3) say that it helps; documents (1 of 1) speak of it without a direction. Interviews differ "
            "among themselves: 2 say that it helps and 1 says that it hinders. Field notes are silent.",
        ),
        (
            # one that says both, and two that both say both, do not differ
            {"i1": "mixed", "d1": "mixed", "d2": "mixed", "f1": "silent"},
            "Interviews (1 of 1) and documents (2 of 2) agree: they say that it helps and that it hinders. Field notes are "
            "silent.",
        ),
        (
            {"i1": "mixed", "i2": "+"},
            "Only interviews (2 of 2) say that it helps. Interviews differ among themselves: 1 says that it helps and 1 "
            "says that it does both. No documents or field notes were read.",
        ),
    ],
)
def test_agreement_in_words(said: dict[str, Influence | None], words: str) -> None:
    """No more than the counts say."""
    assert in_words(_finding(**said)) == words


@given(st.lists(st.lists(INFLUENCES, min_size=1), max_size=8), st.integers(0, 5))
def test_every_source_speaks_or_is_silent(said: list[list[Influence | None]], silent: int) -> None:
    """The counts add up to the sources, and nobody who speaks neither supports nor contradicts."""
    voices = voices_of([stance_of(its) for its in said], len(said) + silent)
    assert (voices.read, voices.silent, voices.speaking) == (len(said) + silent, silent, len(said))
    for direction in ("helps", "hinders", "both ways", "no direction"):
        both = voices.supporting(direction) + voices.contradicting(direction)  # type: ignore[arg-type]
        assert both == voices.speaking + voices.both_ways
    assert (voices.stance is None) == (not said)


def test_nobody_speaking_has_no_stance() -> None:
    """Silence is no opinion."""
    assert Voices(silent=3).stance is None


def test_what_rests_on_one_source() -> None:
    """One transcript, or one informant in several; not an informant whom a document bears out."""
    alone = _finding(i1="+", i2="silent")
    (one,) = single_sources([alone])
    assert (one.source, one.informant, one.others) == ("i1", "i1", 1)
    assert single_sources([_finding(i1="+", d1="+")]) == ()
    assert [one.informant for one in single_sources([_finding(d1="+")])] == [""]
    twice = [_kept(0, "i1", participant="P"), _kept(1, "i2", participant="p")]
    found = [CountedPassage("A", "", kept.id, Span(0, 5), ("Ada",)) for kept in twice]
    (both,) = single_sources(findings_of(found, twice, {kept.id: "E" for kept in twice}, {}))
    assert (both.source, both.codings) == ("i1; i2", 2)


def test_new_gone_and_turned_round() -> None:
    """From wave to wave; where nothing was read, nothing is new or gone."""
    kept = [_kept(at, f"i{at}", wave=str(at)) for at in range(4)]
    codings = {"A": {0: "+", 1: "-", 2: "-"}, "B": {1: None}, "C": {0: "+", 2: "+"}}
    found = [
        CountedPassage(code, "", kept[wave].id, Span(0, 5), ("Ada",), influence)  # type: ignore[arg-type]
        for code, its in codings.items()
        for wave, influence in its.items()
    ]
    column = {one.id: "E" for one in kept}
    # wave 3 was imported, and nobody has read it
    by_code = {one.code: one for one in changes(found, kept[:3], column, ["0", "1", "2", "3"])}
    assert by_code["A"].steps == ("turned round", "stays", "no source read")
    assert by_code["B"].steps == ("new", "gone", "no source read")
    assert by_code["C"].steps == ("gone", "new", "no source read")
    assert [cell.read for cell in by_code["A"].cells] == [1, 1, 1, 0]
    assert by_code["A"].cells[0].stance == "helps"
