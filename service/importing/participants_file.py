"""A table of participants or cases with the study's own attributes, read and checked against the study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from annotations.attributes import OF_TRANSCRIPTS, Attribute, Owner, fault_of_attribute
from annotations.codings.faults import Fault
from annotations.errors import BadInput, nearest
from annotations.names import fault_of_name, folded, name_in_short
from annotations.numbers_shown import counted
from annotations.sheets.sheet import Sheet, SheetRow, read_sheet

# how programs and teams call the column
_ALSO = {
    "participant": (
        "participants",
        "participant_id",
        "participant_code",
        "informant",
        "interviewee",
        "respondent",
        "person",
        "deltagare",
        "teilnehmer",
        "teilnehmerin",
        "teilnehmende",
        "participante",
    ),
    "case": ("cases", "fall", "cas", "caso"),
    "site": ("standort", "plats", "lieu", "sitio"),
}
TAKEN_AWAY = ("-", "–", "—")
_NAMED = 5


@dataclass(frozen=True, slots=True)
class KnownParticipants:
    """Whom the study knows: the places (case, site) of each participant's transcripts, the cases, and who withdrew.

    ``listed``: does study.yaml list the cases, so that no other may be named?
    """

    participants: Mapping[str, tuple[str, frozenset[tuple[str, str]]]]
    cases: Mapping[str, str]
    withdrawn: Mapping[str, str]
    listed: bool


@dataclass
class PeopleTable:
    """What a table says: attributes, sentences to know, and the rows that cannot be used."""

    file: str
    rows: int
    attributes: list[Attribute] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_people(file: Path, known: KnownParticipants) -> PeopleTable:
    """Read a table with a column ``participant`` or ``case`` and any others, which are attributes.

    A row that names a participant is about them; one that names a case alone is about the case. An empty cell says
    nothing, one with "-" takes the attribute away. Raises BadInput for a file that is no such table.
    """
    sheet = read_sheet(file, required=(), optional=tuple(_ALSO), also_called=_ALSO).refuse_hidden()
    if not {"participant", "case"} & set(sheet.columns):
        raise BadInput(
            f"{file}: it has no column participant or case. The first row names the columns; found: "
            f"{', '.join(sheet.headings.values()) or 'nothing'}."
        )
    own = [column for column in sheet.ignored if column not in OF_TRANSCRIPTS]
    if not own:
        raise BadInput(
            f"{file}: it has no column but {', '.join(sheet.columns)}. Each further one is an attribute."
        )
    people_read = PeopleTable(str(file), len(sheet.rows), notes=list(sheet.unread))
    if of_transcripts := [sheet.headings[ignored] for ignored in sheet.ignored if ignored in OF_TRANSCRIPTS]:
        people_read.notes.append(
            f"{', '.join(of_transcripts)}: this is said of each transcript, when it is imported, and was not read here."
        )
    for column in own:
        if fault := fault_of_attribute(sheet.headings[column], ""):
            raise BadInput(f"{file}: {fault}. Call the column otherwise.")
    _read_rows(sheet, own, known, people_read)
    people_read.notes.extend(_strangers(people_read.attributes, known))
    return people_read


def _read_rows(sheet: Sheet, own: Sequence[str], known: KnownParticipants, people_read: PeopleTable) -> None:
    seen: dict[tuple[Owner, str, str], tuple[str, int]] = {}
    elsewhere = []
    for row in sheet.rows:
        of = Owner.PARTICIPANT if row["participant"] else Owner.CASE
        owner = _owner(row, of, known, sheet.file, people_read.faults)
        if owner is None:
            continue
        elsewhere += _otherwise(row, owner, known) if of is Owner.PARTICIPANT else []
        for column in own:
            name, value = sheet.headings[column], row[column]
            fault = fault_of_attribute(name, value)
            earlier = (
                seen.setdefault((of, folded(owner), column), (value, row.number)) if value else (value, 0)
            )
            if earlier[0] != value:
                before = _short(earlier[0])
                fault = (
                    f'row {earlier[1]} says "{before}" of the same {of}, this one "{_short(value)}". Keep one'
                )
            if fault:
                people_read.faults.append(Fault(sheet.file, row.number, name, fault))
            elif value:
                people_read.attributes.append(
                    Attribute(of, owner, name, "" if value in TAKEN_AWAY else value)
                )
    if elsewhere:
        people_read.notes.append(
            f"{counted(len(elsewhere), 'row says', 'rows say')} another case or site than the transcripts do "
            f"({'; '.join(elsewhere[:_NAMED])}{' …' if len(elsewhere) > _NAMED else ''}). What the transcripts say stays; "
            f"import them again with the right one to change it."
        )


def _owner(row: SheetRow, of: Owner, known: KnownParticipants, file: str, faults: list[Fault]) -> str | None:
    given = row[of.value]
    fault = None
    if not given:
        fault = "it names neither a participant nor a case. Every row is about one of them"
    elif reason := fault_of_name(given):
        fault = f'"{name_in_short(given)}" {reason}'
    elif of is Owner.PARTICIPANT and folded(given) in known.withdrawn:
        fault = (
            f"participant {known.withdrawn[folded(given)]} withdrew, so nothing of theirs is kept. If this is somebody "
            f"else, give them another code"
        )
    elif of is Owner.CASE and known.listed and folded(given) not in known.cases:
        close = nearest(given, known.cases.values())
        fault = f'the case "{given}" is not in study.yaml{f". Did you mean {chr(34)}{close}{chr(34)}?" if close else ""}'
    if fault:
        faults.append(Fault(file, row.number, of.value, fault))
        return None
    if of is Owner.CASE:
        return known.cases.get(folded(given), given)
    return known.participants.get(folded(given), (given, frozenset()))[0]


def _otherwise(row: SheetRow, owner: str, known: KnownParticipants) -> list[str]:
    """Where the table and the participant's transcripts disagree about case or site."""
    _, places = known.participants.get(folded(owner), (owner, frozenset()))
    said = []
    for at, what in enumerate(("case", "site")):
        there = {folded(place[at]) for place in places}
        if row[what] and there and folded(row[what]) not in there:
            said.append(f'row {row.number}: {what} "{row[what]}" of {owner}')
    return said


def _strangers(attributes: Sequence[Attribute], known: KnownParticipants) -> Iterator[str]:
    """Participants and cases of which the study has no transcript: a slip of the pen, or somebody who is still to come."""
    for of, there in (
        (Owner.PARTICIPANT, {key: name for key, (name, _) in known.participants.items()}),
        (Owner.CASE, known.cases),
    ):
        new = list(dict.fromkeys(a.owner for a in attributes if a.of is of and folded(a.owner) not in there))
        if not new:
            continue
        named = []
        for stranger in new[:_NAMED]:
            close = nearest(stranger, there.values(), at_least=80)
            named.append(f'{stranger} (did you mean "{close}"?)' if close else stranger)
        more = f" and {len(new) - _NAMED} more" if len(new) > _NAMED else ""
        no = counted(len(new), f"{of} has", f"{of}s have")
        yield f"{no} no transcript yet: {', '.join(named)}{more}. They are kept; if one is misspelt, correct it."


def _short(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:39]}…"
