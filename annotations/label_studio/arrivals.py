"""What an annotation that arrives from Label Studio means: pure rules, one outcome for each case.

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
| on a task that Tandem did not put there | not ours |
| deleted | its review is taken back |

Drafts never come here. When several annotations of one coder are on one task, the latest holds.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from annotations.codebook.codes import Codebook
from annotations.coding import Coder
from annotations.errors import BadInput
from annotations.label_studio.screen import MEMO, UNREADABLE, answer_of

# Label Studio writes both times of a new annotation within milliseconds
_SAME_SAVE = timedelta(seconds=2)
# what every database can keep as a number
_MOST = 2**31 - 1
_YEARS = range(1970, 9000)
_LONGEST_NAME = 200


class State(StrEnum):
    """What became of an annotation."""

    REVIEW = "review"
    SKIPPED = "skipped"
    INCOMPLETE = "incomplete"
    SET_ASIDE = "set aside"
    OVERWRITTEN = "overwritten"  # a colleague saved over it; what is kept is the coder's own earlier word
    NOT_OURS = "not ours"
    DELETED = "deleted"


HOLDING = (State.REVIEW, State.OVERWRITTEN)
WAITING = (State.SET_ASIDE, State.NOT_OURS)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An annotation as Label Studio tells of it, without the words of its task.

    ``key``: what the task's data calls itself. ``made``, ``changed``, ``drafted``: by Label Studio's clock.
    ``from_prediction``: it began as a copy of a prediction.
    """

    annotation: int
    task: int | None
    key: UUID | None
    result: tuple[Mapping[str, Any], ...]
    skipped: bool
    user: int | None
    saved_by: int | None
    made: datetime
    changed: datetime
    drafted: datetime | None = None
    lead_time: float | None = None
    from_prediction: bool = False

    @property
    def opened(self) -> datetime:
        """When the coder had the task before them, as far as can be told; never later than that.

        ``lead_time`` grows with every save, so it says nothing of the first pass once there was a second.
        """
        moment = self.made
        if self.lead_time and self.changed - self.made < _SAME_SAVE:
            moment -= timedelta(seconds=min(max(self.lead_time, 0.0), 86_400.0))
        return moment if self.drafted is None else min(moment, self.drafted)

    @property
    def saw_prediction(self) -> bool:
        """Does the annotation itself show that a prediction was on the screen?"""
        return self.from_prediction or any(
            str(region.get("origin", "")).startswith("prediction") for region in self.result
        )

    @property
    def in_bulk(self) -> bool:
        """Made by "create annotations from predictions": nobody opened the task, so nobody saved it."""
        return self.lead_time is None and self.saved_by is None and not self.skipped

    @property
    def saved_by_another(self) -> bool:
        """Somebody else saved over it. Whoever makes one for a coder (an import by API) is not meant."""
        if self.saved_by is None or self.saved_by == self.user:
            return False
        return self.changed - self.made >= _SAME_SAVE

    def to_json(self) -> dict[str, Any]:
        """As plain data, to be kept."""
        return {
            "id": self.annotation,
            "task": self.task,
            "key": None if self.key is None else str(self.key),
            "result": [dict(region) for region in self.result],
            "was_cancelled": self.skipped,
            "completed_by": self.user,
            "updated_by": self.saved_by,
            "created_at": self.made.isoformat(),
            "updated_at": self.changed.isoformat(),
            "draft_created_at": None if self.drafted is None else self.drafted.isoformat(),
            "lead_time": self.lead_time,
            "parent_prediction": 1 if self.from_prediction else None,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of an arrival, why if it is no review, and what it says if it is one."""

    state: State
    why: str = ""
    codes: tuple[str, ...] = ()
    memo: str = ""
    influence: str | None = None
    concrete_example: bool = False

    @property
    def said(self) -> dict[str, Any]:
        """What the coder said, as plain data."""
        return {
            "codes": list(self.codes),
            "memo": self.memo,
            "influence": self.influence,
            "concrete_example": self.concrete_example,
        }

    @property
    def content(self) -> str:
        """A hash of what the coder said."""
        plain = json.dumps(self.said, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def arrival_of(plain: Mapping[str, Any], key: object = None) -> Arrival:
    """An annotation as Label Studio's webhooks and lists write it, or as ``to_json`` kept it.

    Raises BadInput if it lacks what every annotation has.
    """
    try:
        return Arrival(
            annotation=number_in(plain["id"]),
            task=_number(plain.get("task")),
            key=key_in(key if key is not None else plain.get("key")),
            result=tuple(_region(region) for region in plain.get("result") or ()),
            skipped=bool(plain.get("was_cancelled")),
            user=_number(plain.get("completed_by")),
            saved_by=_number(plain.get("updated_by")),
            made=_moment(plain["created_at"]),
            changed=_moment(plain.get("updated_at") or plain["created_at"]),
            drafted=_moment(plain["draft_created_at"]) if plain.get("draft_created_at") else None,
            lead_time=_seconds(plain.get("lead_time")),
            from_prediction=plain.get("parent_prediction") is not None,
        )
    except UNFIT as error:
        raise BadInput(f"Label Studio sent an annotation that cannot be read ({fault(error)}).") from error


def key_in(given: object) -> UUID | None:
    """The key of a task of ours, or None if this is none."""
    try:
        return None if given is None else UUID(str(given))
    except ValueError:
        return None


def judge(arrival: Arrival, codebook: Codebook, *, coder: str | None, unmatched: str) -> Verdict:
    """What an arrival on a task of ours means. ``coder``: whose it is; ``unmatched``: why nobody's."""
    if arrival.saved_by_another:
        return Verdict(
            State.SET_ASIDE,
            "somebody else saved over this coder's annotation, so it is not this coder's word. Ask the coder to open "
            "the task and save it anew.",
        )
    if arrival.skipped:
        return Verdict(State.SKIPPED)
    if arrival.in_bulk:
        return Verdict(
            State.SET_ASIDE,
            "it was made in bulk from predictions, so nobody has read the passage. Delete it in Label Studio, or open "
            "it there and save it.",
        )
    try:
        answer = answer_of(arrival.result, codebook)
    except BadInput as error:
        return Verdict(State.SET_ASIDE, str(error))
    if answer.nothing_applies and answer.codes:
        return Verdict(
            State.SET_ASIDE,
            '"no code applies" is ticked, and there are codes too. Ask the coder to take one of the two away.',
        )
    if not answer.nothing_applies and not answer.codes:
        return Verdict(State.INCOMPLETE)
    if coder is None:
        return Verdict(State.SET_ASIDE, unmatched)
    codes = tuple(sorted(answer.codes))
    return Verdict(State.REVIEW, "", codes, answer.memo, answer.influence, answer.concrete_example)


def coder_of(email: str | None, people: Sequence[Coder], own: str) -> tuple[str | None, str]:
    """The coder whom a Label Studio user is, or None and what to do about it.

    ``own``: the address of the account that Tandem itself made in the local Label Studio. Whoever works alone uses
    it: it is the one coder without an address, or, if study.yaml lists no coders, stands under its own name.
    """
    if not email:
        return None, "Label Studio does not say whose it is. Ask the coder to save it anew."
    folded = email.strip().casefold()
    for person in people:
        if folded in {name.strip().casefold() for name in (person.email, *person.aliases) if name}:
            return person.name, ""
    if folded == own.casefold():
        if not people:
            return email, ""
        if len(people) == 1 and not people[0].email:
            return people[0].name, ""
    return None, (
        f"{email} is no coder of this study. Say in study.yaml whose address it is, then pull again:\n"
        f"    coders:\n    - {{name: THE CODER'S NAME, email: {email}}}"
    )


def number_in(given: Any) -> int:
    """A number that Label Studio gave to something of its own. Raises ValueError or TypeError for any other."""
    found = int(given)
    if not 0 <= found <= _MOST:
        raise ValueError("no number of Label Studio's")
    return found


# what reading plain data of the wrong form raises
UNFIT = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


def fault(error: Exception) -> str:
    """What was wrong with plain data, without a word of what it held: that may be somebody's."""
    name = type(error).__name__
    missing = str(error.args[0]) if isinstance(error, KeyError) and error.args else ""
    return f"{name}: {missing!r}" if re.fullmatch("[a-z_]{1,30}", missing) else name


def _region(region: Any) -> dict[str, Any]:
    """What a coder chose or wrote; never words of the task, which a marked passage would bring along.

    Label Studio keeps whatever form of answer its API is given; one that is none is marked, so that it is set aside
    and others follow.
    """
    try:
        name = _text(str(region.get("from_name")))[:_LONGEST_NAME]
        found: dict[str, Any] = {"from_name": name, "value": dict(_answers(name, region.get("value") or {}))}
        if region.get("origin"):
            found["origin"] = _text(str(region["origin"]))[:_LONGEST_NAME]
    except UNFIT:
        return {"from_name": "", "value": {UNREADABLE: True}}
    return found


def _answers(name: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if value.get(UNREADABLE):
        yield UNREADABLE, True
    if "choices" in value:
        yield "choices", _texts(value["choices"])
    if "taxonomy" in value:
        yield "taxonomy", [_texts(path) for path in _listed(value["taxonomy"])]
    if name == MEMO and "text" in value:
        yield "text", _texts([value["text"]] if isinstance(value["text"], str) else value["text"])


def _texts(given: Any) -> list[str]:
    return [_text(one) for one in _listed(given)]


def _listed(given: Any) -> Sequence[Any]:
    if not isinstance(given, list | tuple):
        raise TypeError("no list")
    return given


def _text(given: Any) -> str:
    """A text that every database can keep: without NUL and halves of characters."""
    if not isinstance(given, str):
        raise TypeError("no text")
    return given.replace("\0", "").encode("utf-8", "replace").decode()


def _number(given: Any) -> int | None:
    if isinstance(given, Mapping):
        given = given.get("id")
    return None if given is None else number_in(given)


def _seconds(given: Any) -> float | None:
    found = None if given is None else float(given)
    return found if found is None or math.isfinite(found) else None


def _moment(given: str) -> datetime:
    found = datetime.fromisoformat(given)
    if found.year not in _YEARS:
        raise ValueError("no time of our days")
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
