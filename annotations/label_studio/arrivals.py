"""What an annotation that arrives from Label Studio means by itself: pure rules, one outcome for each case.

| it is | outcome |
|---|---|
| codes, or the tick "no code applies" | a review |
| skipped | seen, not judged |
| neither code nor tick | incomplete |
| tick and codes together | set aside |
| a code or control that the codebook does not know | set aside |
| made in bulk from predictions, read by nobody | set aside |
| saved over by somebody else | set aside; the coder's own earlier word stands |
| by a user who is no coder of the study | set aside |

What follows from earlier annotations or from the task stands in ``service.corrections.reviews_follow_annotations``: on
a task that Tandem did not put there, it is not ours; deleted, its review is taken back; of several annotations of one
coder on one task the latest holds. Drafts never come here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from annotations.codebook.codes import Codebook
from annotations.coding import Coder, Influence
from annotations.errors import BadInput
from annotations.label_studio.annotation import UNFIT, Arrival, arrival_of, fault
from annotations.label_studio.answer_of_annotation import SegmentAnswer, answer_of
from annotations.names import folded
from annotations.transcript import Span


class ArrivalState(StrEnum):
    """What became of an annotation."""

    REVIEW = "review"
    SKIPPED = "skipped"
    INCOMPLETE = "incomplete"
    SET_ASIDE = "set aside"
    # a colleague saved over it, or its coder did on a text that had been corrected; the coder's own earlier word is kept
    OVERWRITTEN = "overwritten"
    NOT_OURS = "not ours"
    CARRIED = "carried"  # a coder's earlier words, put there by Tandem for them to go on; it says nothing new
    DELETED = "deleted"


HOLDING = (ArrivalState.REVIEW, ArrivalState.OVERWRITTEN)
WAITING = (ArrivalState.SET_ASIDE, ArrivalState.NOT_OURS)


@dataclass(frozen=True, slots=True)
class CodedWords:
    """Words that a coder marked, with the codes that apply to them. ``origin``: Label Studio's word for who made it."""

    codes: tuple[str, ...]
    span: Span
    memo: str = ""
    influence: Influence | None = None
    concrete_example: bool = False
    origin: str = "manual"

    def to_json(self) -> dict[str, Any]:
        """As plain data, to be kept."""
        return {
            "codes": list(self.codes),
            "start": self.span.start,
            "end": self.span.end,
            "memo": self.memo,
            "influence": self.influence,
            "concrete_example": self.concrete_example,
            "origin": self.origin,
        }


@dataclass(frozen=True, slots=True)
class CoderDecision:
    """What a coder decided about a passage; without codes: none applies.

    ``marked``: where the coder saw the whole interview, the very words that are coded; else the codes hold for all of it.
    ``reached``: codes of marks that begin in an earlier passage, whose review holds them.
    """

    codes: tuple[str, ...] = ()
    memo: str = ""
    influence: Influence | None = None
    concrete_example: bool = False
    marked: tuple[CodedWords, ...] = ()
    reached: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain data, to be kept; ``decision_of`` reads it."""
        plain: dict[str, Any] = {
            "codes": list(self.codes),
            "memo": self.memo,
            "influence": self.influence,
            "concrete_example": self.concrete_example,
        }
        plain |= {"marked": [marked.to_json() for marked in self.marked]} if self.marked else {}
        return plain | ({"reached": list(self.reached)} if self.reached else {})

    @property
    def content(self) -> str:
        """A hash of what the coder said."""
        plain = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class ArrivalVerdict:
    """What becomes of an arrival, why if it is no review, and what was decided if it is one."""

    state: ArrivalState
    why: str = ""
    decision: CoderDecision = CoderDecision()


@dataclass(frozen=True, slots=True)
class JudgedAnnotation:
    """An annotation as it arrived, and what was decided with it, if it is a review."""

    arrival: Arrival
    decision: CoderDecision

    def to_json(self) -> dict[str, Any]:
        """As plain data, to be kept; ``judged_annotation`` reads it."""
        return self.arrival.to_json() | {"said": self.decision.to_json()}


def judged_annotation(plain: Mapping[str, Any]) -> JudgedAnnotation:
    """What ``to_json`` of such a one kept. Raises BadInput if it lacks what every annotation has."""
    arrival = arrival_of(plain)
    try:
        said = plain["said"]
    except UNFIT as error:
        raise BadInput(f"what was kept of an annotation cannot be read ({fault(error)}).") from error
    return JudgedAnnotation(arrival, decision_of(said))


def decision_of(said: Mapping[str, Any]) -> CoderDecision:
    """What ``to_json`` of a decision kept. Raises BadInput if it is damaged."""
    try:
        return CoderDecision(
            tuple(said["codes"]),
            said["memo"],
            said["influence"],
            bool(said["concrete_example"]),
            tuple(map(_coded_words, said.get("marked", ()))),
            tuple(said.get("reached", ())),
        )
    except UNFIT as error:
        raise BadInput(f"what was kept of an annotation cannot be read ({fault(error)}).") from error


def _coded_words(said: Mapping[str, Any]) -> CodedWords:
    return CodedWords(
        tuple(said["codes"]),
        Span(said["start"], said["end"]),
        said["memo"],
        said["influence"],
        bool(said["concrete_example"]),
        said["origin"],
    )


def judge(arrival: Arrival, codebook: Codebook, *, coder: str | None, unmatched: str) -> ArrivalVerdict:
    """What an arrival on a task of ours means. ``coder``: whose it is; ``unmatched``: why nobody's."""
    verdict = nobodys_word(arrival)
    if verdict is not None:
        return verdict
    try:
        answer = answer_of(arrival.result, codebook)
    except BadInput as error:
        return ArrivalVerdict(ArrivalState.SET_ASIDE, str(error))
    if answer.nothing_applies and answer.codes:
        return ArrivalVerdict(
            ArrivalState.SET_ASIDE,
            '"no code applies" is ticked, and there are codes too. Ask the coder to take one of the two away.',
        )
    if not answer.nothing_applies and not answer.codes:
        return ArrivalVerdict(ArrivalState.INCOMPLETE)
    if coder is None:
        return ArrivalVerdict(ArrivalState.SET_ASIDE, unmatched)
    return ArrivalVerdict(ArrivalState.REVIEW, "", _decision(answer))


def nobodys_word(arrival: Arrival) -> ArrivalVerdict | None:
    """What becomes of an arrival that no coder has said, or that says nothing; None for all others."""
    if arrival.saved_by_another:
        return ArrivalVerdict(
            ArrivalState.SET_ASIDE,
            "somebody else saved over this coder's annotation, so it is not this coder's word. Ask the coder to open "
            "the task and save it anew.",
        )
    if arrival.skipped:
        return ArrivalVerdict(ArrivalState.SKIPPED)
    if arrival.in_bulk:
        return ArrivalVerdict(
            ArrivalState.SET_ASIDE,
            "it was made in bulk from predictions, so nobody has read the passage. Delete it in Label Studio, or open "
            "it there and save it.",
        )
    return None


class KnownCoders:
    """The people of a study, and whose an e-mail address is; of two with one address the first."""

    def __init__(self, people: Sequence[Coder]) -> None:
        self.people = tuple(people)
        self._by_address: dict[str, str] = {}
        for person in people:
            for address in (person.email, *person.aliases):
                if address:
                    self._by_address.setdefault(folded(address), person.name)

    def coder_of(self, email: str | None, own: str) -> tuple[str | None, str]:
        """The coder whom a Label Studio user is, or None and what to do about it.

        ``own``: the address of the account that Tandem itself made in the local Label Studio. Whoever works alone uses
        it: it is the one coder without an address, or, if study.yaml lists no coders, stands under its own name.
        """
        if not email:
            return None, "Label Studio does not say whose it is. Ask the coder to save it anew."
        known = self._by_address.get(folded(email))
        if known is not None:
            return known, ""
        if folded(email) == folded(own):
            if not self.people:
                return email, ""
            if len(self.people) == 1 and not self.people[0].email:
                return self.people[0].name, ""
        return None, (
            f"{email} is no coder of this study. Say in study.yaml whose address it is, then pull again:\n"
            f"    coders:\n    - {{name: THE CODER'S NAME, email: {email}}}"
        )


def _decision(answer: SegmentAnswer) -> CoderDecision:
    codes = tuple(sorted(answer.codes))
    return CoderDecision(codes, answer.memo, answer.influence, answer.concrete_example)
