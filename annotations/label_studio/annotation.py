"""An annotation, read from what Label Studio tells of it: once, where it comes in.

What is kept of it holds what a coder chose or wrote and no words of the task. Plain data that was kept is read by the
same function.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from annotations.errors import BadInput
from annotations.label_studio.answer_of_annotation import UNREADABLE
from annotations.label_studio.controls import MEMO
from annotations.label_studio.interview_text import MarkedPlace, hash_of_words

# Label Studio writes both times of a new annotation within milliseconds
_SAME_SAVE = timedelta(seconds=2)
# what every database can keep as a number
_MOST = 2**31 - 1
_YEARS = range(1970, 9000)
_LONGEST_NAME = 200
# of marked words: the labels, the place, and what tells one mark's answers from another's
MARKS, PLACE, MARK = "hypertextlabels", "place", "mark"
# how the names of marks begin that Tandem sets: a suggestion, which names its passage, and a coder's own earlier words
OURS, KEPT = "s-", "w-"
# what reading plain data of the wrong form raises
UNFIT = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


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
    def is_interview(self) -> bool:
        """Are words of an interview marked in it, or is it the answer to a passage?"""
        return any(MARKS in region["value"] for region in self.result)

    @property
    def carried(self) -> bool:
        """Did Tandem put it there for a coder to go on with, and has nobody saved it since?"""
        names = [str(region.get(MARK, "")) for region in self.result]
        return self.lead_time is None and bool(names) and all(name.startswith((OURS, KEPT)) for name in names)

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
        """As plain data, to be kept: under Label Studio's own names, so that it is read as a webhook is."""
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
            # Label Studio has the prediction's number there; only whether there is one is asked
            "parent_prediction": 1 if self.from_prediction else None,
        }


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


def number_in(given: Any) -> int:
    """A number that Label Studio gave to something of its own. Raises ValueError or TypeError for any other."""
    number = int(given)
    if not 0 <= number <= _MOST:
        raise ValueError("no number of Label Studio's")
    return number


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
        region_kept: dict[str, Any] = {
            "from_name": name,
            "value": dict(_answers(name, region.get("value") or {})),
        }
        if region.get("origin"):
            region_kept["origin"] = _text(str(region["origin"]))[:_LONGEST_NAME]
        which = str(region.get(MARK, region.get("id", "")))
        if MARK in region or "startOffset" in (region.get("value") or {}) or which.startswith(KEPT):
            region_kept[MARK] = _text(which)[:_LONGEST_NAME]
    except UNFIT:
        return {"from_name": "", "value": {UNREADABLE: True}}
    return region_kept


def _answers(name: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if value.get(UNREADABLE):
        yield UNREADABLE, True
    if "choices" in value:
        yield "choices", _texts(value["choices"])
    if "taxonomy" in value:
        yield "taxonomy", [_texts(path) for path in _listed(value["taxonomy"])]
    if MARKS in value:
        yield MARKS, _texts(value[MARKS])
        yield PLACE, _place(value.get(PLACE, value))
    if name == MEMO and "text" in value:
        yield "text", _texts([value["text"]] if isinstance(value["text"], str) else value["text"])


def _place(value: Mapping[str, Any]) -> dict[str, Any]:
    """Where words are marked; of the words themselves only a hash, by which they are told from others."""
    if "startOffset" not in value:
        return {}
    said = value.get("text")
    known = value.get("words")
    words = (
        str(known)[:_LONGEST_NAME] if known else hash_of_words(said) if isinstance(said, str) and said else ""
    )
    begin, stop = number_in(value["startOffset"]), number_in(value["endOffset"])
    start, end = (_text(value[name])[:_LONGEST_NAME] for name in ("start", "end"))
    return MarkedPlace(start, begin, end, stop, words).to_json()


def _texts(given: Any) -> list[str]:
    return [_text(text) for text in _listed(given)]


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
    seconds_given = None if given is None else float(given)
    return seconds_given if seconds_given is None or math.isfinite(seconds_given) else None


def _moment(given: str) -> datetime:
    moment = datetime.fromisoformat(given)
    if moment.year not in _YEARS:
        raise ValueError("no time of our days")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
