"""What marks in a whole interview mean for each passage, rule by rule."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from builders import a_transcript

from annotations.codebook.codes import Codebook
from annotations.errors import BadInput
from annotations.label_studio.annotation import Arrival, arrival_of
from annotations.label_studio.arrivals import ArrivalState
from annotations.label_studio.interview_answer import (
    NO_CODE,
    NO_WORDS,
    NOT_ASKED,
    AskedPassage,
    InterviewSaid,
    InterviewShown,
    furthest,
    said_of_interview,
)
from annotations.label_studio.interview_text import InterviewText
from annotations.transcript import Span, Transcript

QUESTION, ANSWERS = (
    "And then?",
    ("We had no money at all.", "People came and went.", "It took time.", "Nobody said why."),
)


@pytest.fixture
def talk() -> Transcript:
    """Four answers, each after a question."""
    return a_transcript("T-1", *(said for answer in ANSWERS for said in (QUESTION, answer)), wave="1")


@pytest.fixture
def shown(talk: Transcript) -> InterviewShown:
    """All four are asked for; the third is blind."""
    passages = [
        AskedPassage(UUID(int=at + 1), UUID(int=at + 1), turn.span, hidden=at == 2)
        for at, turn in enumerate(talk.participants_turns)
    ]
    return InterviewShown(InterviewText(talk.text, talk.turns), passages)


class Marks:
    """The result of an annotation, made mark by mark as Label Studio's interface makes it."""

    def __init__(self, shown: InterviewShown) -> None:
        self.shown = shown
        self.result: list[dict[str, Any]] = []

    def add(
        self,
        at: int,
        label: str,
        *codes: str,
        to: int | None = None,
        origin: str = "manual",
        name: str = "",
        memo: str = "",
        **place: Any,
    ) -> Marks:
        """A mark over the words of a passage, or from there to the end of another."""
        span = Span(
            self.shown.passages[at].span.start, self.shown.passages[at if to is None else to].span.end
        )
        found = self.shown.text.place(span).to_json()
        found.pop("words")
        value = {**found, "text": self.shown.text.words(span), **place}
        its = {"id": name or f"m{len(self.result)}", "origin": origin, "to_name": "interview-text"}
        self.result.append({**its, "from_name": "state", "value": {**value, "hypertextlabels": [label]}})
        if codes:
            topics = [[code] for code in codes if code not in ("early", "late")]
            phases = [code for code in codes if code in ("early", "late")]
            if topics:
                self.result.append({**its, "from_name": "codes", "value": {**value, "taxonomy": topics}})
            if phases:
                self.result.append({**its, "from_name": "f-phase", "value": {**value, "choices": phases}})
        if memo:
            self.result.append({**its, "from_name": "memo", "value": {**value, "text": [memo]}})
        return self

    def arrival(self) -> Arrival:
        """As it arrives, read twice: from Label Studio and from what was kept."""
        moment = datetime(2026, 3, 1, tzinfo=UTC).isoformat()
        plain = {"id": 1, "task": 1, "result": self.result, "created_at": moment, "lead_time": 9.0}
        once = arrival_of(plain)
        assert arrival_of(once.to_json()) == once
        assert not any(
            answer in str(once.to_json()) for answer in ANSWERS
        )  # no word of the interview is kept
        return once

    def said(self, codebook: Codebook) -> InterviewSaid:
        """What it says."""
        return said_of_interview(self.arrival(), self.shown, codebook)


def codes_in(said: InterviewSaid) -> list[tuple[str, ...] | str]:
    """Of each passage that was read the codes, or its state."""
    return [
        one.verdict.decision.codes if one.verdict.state is ArrivalState.REVIEW else one.verdict.state.value
        for one in said.passages
    ]


def test_each_passage_without_a_mark_is_an_empty_review(shown: InterviewShown, codebook: Codebook) -> None:
    """Submitted is read to the end; a mark holds its own words, memo and codes of several controls."""
    said = Marks(shown).add(0, "mine", "money", "late", memo="really?").said(codebook)
    assert codes_in(said) == [("late", "money"), (), (), ()]
    (coded,) = said.passages[0].verdict.decision.marked
    assert (coded.span, coded.memo, coded.origin) == (shown.passages[0].span, "really?", "manual")


def test_a_sure_suggestion_counts_and_a_doubtful_one_only_if_it_was_touched(
    shown: InterviewShown, codebook: Codebook
) -> None:
    """As a tick that stays, and a box that stays empty."""
    marks = Marks(shown).add(0, "sure", "money", origin="prediction")
    marks.add(1, "doubtful", "people", origin="prediction")
    marks.add(3, "doubtful", "people", origin="prediction-changed")
    assert codes_in(marks.said(codebook)) == [("money",), (), (), ("people",)]


def test_what_lies_behind_the_mark_was_not_read(shown: InterviewShown, codebook: Codebook) -> None:
    """Suggestions there are not accepted; what the coder marked there themselves counts."""
    marks = Marks(shown).add(1, "read").add(2, "sure", "money", origin="prediction").add(3, "mine", "people")
    said = marks.said(codebook)
    assert [one.passage.key.int for one in said.passages] == [1, 2, 4]
    assert codes_in(said) == [(), (), ("people",)]


def test_a_mark_over_several_passages_is_one_coding_of_the_first(
    shown: InterviewShown, codebook: Codebook
) -> None:
    """The others carry it by the rule of halves, and are not set aside as empty."""
    said = Marks(shown).add(0, "mine", "money", to=1).said(codebook)
    assert codes_in(said) == [("money",), (), (), ()]
    assert said.passages[1].verdict.decision.reached == ("money",)
    (coded,) = said.passages[0].verdict.decision.marked
    assert coded.span == Span(shown.passages[0].span.start, shown.passages[1].span.end)


def test_a_mark_is_cut_where_suggestions_were_hidden(shown: InterviewShown, codebook: Codebook) -> None:
    """Its parts were judged under different conditions, so each belongs to a review of its own."""
    said = Marks(shown).add(1, "mine", "money", to=3).said(codebook)
    assert codes_in(said) == [(), ("money",), ("money",), ("money",)]
    spans = [one.span for passage in said.passages for one in passage.verdict.decision.marked]
    assert [span.start for span in spans] == [one.span.start for one in shown.passages[1:]]
    assert [one.end for one in spans[:-1]] == [one.start for one in spans[1:]]


def test_overlapping_marks_are_codings_of_their_own(shown: InterviewShown, codebook: Codebook) -> None:
    """Two marks on the same words, with a code in common."""
    said = Marks(shown).add(0, "mine", "money").add(0, "mine", "money", "people").said(codebook)
    assert codes_in(said)[0] == ("money", "people")
    assert len(said.passages[0].verdict.decision.marked) == 2


@pytest.mark.parametrize("wrong", [{"text": ""}, {"text": "other words"}, {"start": "/p[77]/text()[1]"}])
def test_marks_without_their_words_are_set_aside(
    shown: InterviewShown, codebook: Codebook, wrong: dict[str, Any]
) -> None:
    """Label Studio gives back what it never drew: a suggestion is known by its name, a coder's mark lies nowhere."""
    name = f"s-{shown.passages[0].segment.hex}-1"
    said = Marks(shown).add(0, "sure", "money", origin="prediction", name=name, **wrong).said(codebook)
    assert (codes_in(said), said.passages[0].verdict.why) == (["set aside", (), (), ()], NO_WORDS)
    said = Marks(shown).add(0, "mine", "money", **wrong).said(codebook)
    assert (codes_in(said), said.nowhere) == ([(), (), (), ()], (NO_WORDS,))


def test_what_contradicts_itself_is_set_aside_alone(shown: InterviewShown, codebook: Codebook) -> None:
    """No code, an unknown code, "nothing here" beside codes; the other passages count."""
    marks = (
        Marks(shown).add(0, "mine").add(1, "mine", "no-such-code").add(2, "nothing").add(2, "mine", "money")
    )
    said = marks.said(codebook)
    assert codes_in(said) == ["set aside", "set aside", "set aside", ()]
    assert said.passages[0].verdict.why == NO_CODE
    assert "no-such-code" in said.passages[1].verdict.why


def test_nothing_here_is_an_empty_review_with_its_memo(shown: InterviewShown, codebook: Codebook) -> None:
    """It says by a mark what a passage without any says too."""
    said = Marks(shown).add(0, "nothing", memo="small talk").said(codebook)
    assert (codes_in(said)[0], said.passages[0].verdict.decision.memo) == ((), "small talk")


def test_marks_on_what_was_not_asked_for_are_shown_and_not_taken_in(
    shown: InterviewShown, codebook: Codebook
) -> None:
    """A second coder who gets one passage has marked another one."""
    marks = Marks(shown).add(3, "mine", "money")
    marks.shown = InterviewShown(shown.text, shown.passages[:1], whole=False)
    said = marks.said(codebook)
    assert (codes_in(said), said.nowhere) == ([()], (NOT_ASKED,))


def test_a_mark_on_a_question_belongs_to_the_answer_before(shown: InterviewShown, codebook: Codebook) -> None:
    """It keeps its own words, and no passage is made to carry it."""
    marks = Marks(shown)
    question = shown.text.turns[2].span
    marks.add(1, "mine", "money", **{**shown.text.place(question).to_json(), "text": QUESTION})
    for region in marks.result:
        region["value"].pop("words")
    said = marks.said(codebook)
    assert codes_in(said) == [("money",), (), (), ()]
    assert said.passages[0].verdict.decision.marked[0].span == question


def test_without_a_place_for_the_end_nobody_knows_what_was_read(
    shown: InterviewShown, codebook: Codebook
) -> None:
    """So nothing of it counts."""
    with pytest.raises(BadInput, match="read up to here"):
        Marks(shown).add(1, "read", text="other words").said(codebook)


def test_how_far_somebody_is(shown: InterviewShown) -> None:
    """The last words on which they had their hands; what only stands there does not count."""
    marks = Marks(shown).add(1, "mine", "money").add(3, "sure", "money", origin="prediction")
    last, count = furthest(marks.arrival().result, shown.text)
    assert (last, count) == (shown.passages[1].span, 1)
    assert furthest((), shown.text) == (None, 0)


@pytest.mark.parametrize(
    ("label", "codes", "memo", "told"),
    [
        ("nothing", (), "", ()),
        ("nothing", (), "Who said that?", (NOT_ASKED,)),
        ("nothing", ("money",), "", (NOT_ASKED,)),
        ("mine", ("money",), "", (NOT_ASKED,)),
    ],
)
def test_the_one_mark_that_an_empty_interview_needs_may_stand_anywhere(
    shown: InterviewShown,
    codebook: Codebook,
    label: str,
    codes: tuple[str, ...],
    memo: str,
    told: tuple[str, ...],
) -> None:
    """Whoever finds no code marks one word as "nothing here", on a grey answer too; what is lost with it is told."""
    marks = Marks(shown).add(0, label, *codes, memo=memo)
    marks.shown = InterviewShown(shown.text, shown.passages[2:], whole=False)
    said = marks.said(codebook)
    assert (codes_in(said), said.nowhere) == ([(), ()], told)
