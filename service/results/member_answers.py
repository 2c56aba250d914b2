"""Answers of member checking into the study: who was shown a summary, and agreed or corrected it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from annotations.attributes import Owner
from annotations.errors import BadInput
from annotations.names import folded
from annotations.store.member_checks import Answer, MemberCheck, add_member_checks, current_member_checks
from annotations.timeline.when import when_of
from service.composition import Parts
from service.results.check_words import check_json
from service.results.named_places import NamedPlaces, named_places
from service.results.rows_in import RowReader, RowsOnlyTried, filled_table, keep_or_take_back

ANSWERS = ("agreed", "corrected")
COLUMNS = ("for", "answer", "what", "date", "answered_by", "phase", "code", "by")
LONGEST = 20_000
_ALSO = {
    "agree": "agreed",
    "agrees": "agreed",
    "yes": "agreed",
    "corrects": "corrected",
    "correction": "corrected",
}


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """What became of answers. ``kept``: new; ``unchanged``: recorded before."""

    kept: tuple[MemberCheck, ...]
    unchanged: int
    dry_run: bool
    label: Callable[[str], str]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "new": [check_json(check, words=True, label=self.label) for check in self.kept],
            "unchanged": self.unchanged,
            "dry_run": self.dry_run,
        }


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer as somebody typed it; ``about``: a participant or a case."""

    about: str
    answer: str
    what: str = ""
    date: str = ""
    answered_by: str = ""
    phase: str = ""
    code: str = ""


def record_answer(parts: Parts, given: GivenAnswer, *, by: str, dry_run: bool = False) -> KeptAnswers:
    """Keep one answer. Raises FaultyAnswer for whoever is no participant or case, and for what is no answer."""
    kept: tuple[MemberCheck, ...] = ()
    unchanged = 0
    with suppress(RowsOnlyTried), parts.store.writing() as connection:
        places = named_places(parts, connection)
        try:
            check = _check(places, given, by)
        except _Faulty as fault:
            raise FaultyAnswer(fault.option, fault.reason) from fault
        kept, unchanged = _new(connection, [check])
        keep_or_take_back(dry_run)
    return KeptAnswers(kept, unchanged, dry_run, parts.codebook.label)


def import_answers(parts: Parts, file: Path, *, by: str = "", dry_run: bool = False) -> KeptAnswers:
    """Keep the answers of a table, all or nothing. ``by``: who recorded them where no column says so.

    Columns: ``for`` (a participant or a case), ``answer`` (agreed or corrected), ``what``, ``date``, ``answered_by``,
    ``phase``, ``code``, ``by``. Raises BadInput that says in few lines which rows cannot be used.
    """
    read = filled_table(file, required=("for", "answer"), optional=COLUMNS[2:])
    kept: tuple[MemberCheck, ...] = ()
    unchanged = 0
    with suppress(RowsOnlyTried), parts.store.writing() as connection:
        places = named_places(parts, connection)
        checks: list[MemberCheck] = []
        seen: dict[tuple[str, ...], int] = {}
        for row in read.rows():
            if not row["answer"] and not row["what"]:
                continue  # of a form, not filled in
            check = _of_row(row, places, by)
            if check is None:
                continue
            number = seen.setdefault(check.place, row.row.number)
            if number != row.row.number:
                row.fault(
                    "answer", f"row {number} gives an answer of the same person on the same thing; keep one"
                )
                continue
            checks.append(check)
        read.refuse_faults()
        kept, unchanged = _new(connection, checks)
        keep_or_take_back(dry_run)
    return KeptAnswers(kept, unchanged, dry_run, parts.codebook.label)


class FaultyAnswer(BadInput):
    """An answer that cannot be kept. ``option``: the field at fault; ``reason``: why, as the end of a sentence."""

    def __init__(self, option: str, reason: str) -> None:
        super().__init__(f"--{option}: {reason}. Nothing was recorded.")
        self.option, self.reason = option, reason


class _Faulty(ValueError):
    """Why an answer cannot be kept, with the option or column that is at fault."""

    def __init__(self, option: str, reason: str) -> None:
        super().__init__(reason)
        self.option, self.reason = option, reason


def _of_row(row: RowReader, places: NamedPlaces, by: str) -> MemberCheck | None:
    given = GivenAnswer(
        row["for"], row["answer"], row["what"], row["date"], row["answered_by"], row["phase"], row["code"]
    )
    try:
        return _check(places, given, row["by"] or by)
    except _Faulty as fault:
        row.fault(fault.option, fault.reason)
        return None


def _check(places: NamedPlaces, given: GivenAnswer, by: str) -> MemberCheck:
    of, owner = owner_named(places, given.about)
    answer = folded(given.answer)
    answer = _ALSO.get(answer, answer)
    if answer not in ANSWERS:
        raise _Faulty("answer", f'"{given.answer}" is no answer; it is agreed or corrected')
    words = given.what.strip()
    if answer == "corrected" and not words:
        raise _Faulty("what", "it is empty; whoever corrects something says what")
    if len(words) > LONGEST:
        raise _Faulty("what", f"it has {len(words):,} characters; it has at most {LONGEST:,}")
    who = given.answered_by.strip() or (owner if of is Owner.PARTICIPANT else "")
    if not who:
        raise _Faulty("answered_by", "it is empty; say who answered for the case")
    if folded(who) in places.withdrawn:
        raise _Faulty("answered_by", f"participant {who} withdrew, so nothing that they said may be kept")
    if not by.strip():
        raise _Faulty("by", "it is empty; say who records the answer")
    return MemberCheck(
        of=of,
        owner=owner,
        answered_by=" ".join(who.split()),
        answer=cast("Answer", answer),
        words=words,
        given=_day(places, given.date),
        by=_told("by", lambda: places.person(by)),
        phase=_told("phase", lambda: places.phase(given.phase)),
        code=_told("code", lambda: places.code(given.code)) if given.code.strip() else _no_code(given),
    )


def _no_code(given: GivenAnswer) -> str:
    if given.phase.strip():
        raise _Faulty("code", "it is empty; an answer about a phase names the code as well")
    return ""


def _told(option: str, how: Any) -> str:
    try:
        return str(how())
    except ValueError as error:
        raise _Faulty(option, str(error).rstrip(".")) from error


def owner_named(places: NamedPlaces, given: str) -> tuple[Owner, str]:
    """Whom a summary is of. A name that is a case's and a participant's is the participant's. Raises ValueError."""
    if not given.strip():
        raise _Faulty("for", "it is empty; name the participant or the case whose summary was answered")
    try:
        return Owner.PARTICIPANT, places.place("participant", given)
    except ValueError as error:
        if folded(given) in places.withdrawn:
            raise _Faulty("for", str(error)) from error
        try:
            return Owner.CASE, places.place("case", given)
        except ValueError:
            raise _Faulty("for", f'there is no participant and no case "{given}"') from error


def _day(places: NamedPlaces, given: str) -> date:
    """The day of an answer; today where none is given."""
    today = datetime.now(places.zone).date()
    if not given.strip():
        return today
    try:
        when = when_of(given)
    except ValueError as error:
        raise _Faulty("date", str(error)) from error
    if when.first != when.last:
        raise _Faulty("date", f'"{given}" is no day; write it as {today.isoformat()}')
    if when.first > today:
        raise _Faulty(
            "date", f'"{given}" lies in the future; an answer was given by today, {today.isoformat()}'
        )
    return when.first


def _new(connection: Any, checks: Sequence[MemberCheck]) -> tuple[tuple[MemberCheck, ...], int]:
    """Keep those that are not recorded yet."""
    before = {check.place: check.said() for check in current_member_checks(connection)}
    new = tuple(check for check in checks if before.get(check.place) != check.said())
    add_member_checks(connection, new)
    return new, len(checks) - len(new)
