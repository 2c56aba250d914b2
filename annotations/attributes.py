"""What a study knows of its participants and cases besides their names: role, organisation, date of interview …

Names and values are the team's own words. They are filter and column wherever results are made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from annotations.errors import BadInput, unknown
from annotations.names import fault_of_name, folded, name_in_short

LONGEST_VALUE = 2000
# these belong to transcripts, which have them already
OF_TRANSCRIPTS = (
    "transcript",
    "participant",
    "case",
    "site",
    "wave",
    "kind",
    "session",
    "may_train",
    "may_quote",
    "visible_to",
)


class Owner(StrEnum):
    """Whom an attribute belongs to."""

    PARTICIPANT = "participant"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing known of a participant or a case: ``owner`` is the participant's code or the case's name.

    >>> Attribute(Owner.PARTICIPANT, "JKG-01", "role", "leader").value
    'leader'
    """

    of: Owner
    owner: str
    name: str
    value: str


class Attributes:
    """All attributes of a study, to ask of a participant and a case what is known of them.

    >>> known = Attributes([Attribute(Owner.PARTICIPANT, "JKG-01", "role", "leader")])
    >>> dict(known.of(participant="jkg-01", case="Esther"))
    {'role': 'leader'}
    """

    def __init__(self, attributes: Iterable[Attribute]) -> None:
        self.all = tuple(attributes)
        self._of: dict[tuple[Owner, str], dict[str, str]] = {}
        own = {folded(attribute.name) for attribute in self.all if attribute.of is Owner.PARTICIPANT}
        names: dict[str, str] = {}
        for attribute in self.all:
            # where both have an attribute of this name, the case's says so
            twice = attribute.of is Owner.CASE and folded(attribute.name) in own
            name = f"case {attribute.name}" if twice else attribute.name
            name = names.setdefault(folded(name), name)
            self._of.setdefault((attribute.of, folded(attribute.owner)), {})[name] = attribute.value
        self.names = tuple(names.values())

    def of(self, *, participant: str, case: str) -> Mapping[str, str]:
        """What is known of whoever is this participant of this case, by name; what is not known is left out."""
        return MappingProxyType(
            {
                **(self._of.get((Owner.CASE, folded(case)), {}) if case else {}),
                **(self._of.get((Owner.PARTICIPANT, folded(participant)), {}) if participant else {}),
            }
        )

    def among(self, whose: Iterable[tuple[str, str]]) -> Attributes:
        """What is known of these participants and cases alone, for whoever may not know of others.

        >>> known = Attributes([Attribute(Owner.PARTICIPANT, "JKG-01", "role", "leader")])
        >>> known.among([("DND-03", "Esther")]).names
        ()
        """
        pairs = list(whose)
        owners = {(Owner.PARTICIPANT, folded(participant)) for participant, _ in pairs}
        owners |= {(Owner.CASE, folded(case)) for _, case in pairs}
        return Attributes(known for known in self.all if (known.of, folded(known.owner)) in owners)

    def resolve(self, name: str) -> str:
        """An attribute's name in the study's spelling. Raises UnknownName."""
        known = {folded(name_known): name_known for name_known in self.names}
        if folded(name) not in known:
            remedy = 'List them with "tandem participants".'
            raise unknown("attribute", name, self.names, remedy=remedy)
        return known[folded(name)]

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Of how many participants and cases each attribute is known."""
        counts = {name: {"participants": 0, "cases": 0} for name in self.names}
        for (of, _), its in self._of.items():
            for name in its:
                counts[name][f"{of}s"] += 1
        return counts

    def values(self, name: str) -> tuple[str, ...]:
        """The values that an attribute has, each once, in the order in which they came. Raises UnknownName."""
        wanted = self.resolve(name)
        return tuple(
            dict.fromkeys(value for its in self._of.values() if (value := its.get(wanted)) is not None)
        )


@dataclass(frozen=True, slots=True)
class Filter:
    """Keeps participants and cases of which an attribute has one of these values."""

    name: str
    values: tuple[str, ...]

    def keeps(self, known: Mapping[str, str]) -> bool:
        """Does it keep whoever has these attributes? Of a value with ";" each part counts too."""
        said = known.get(self.name, "")
        have = {folded(said), *(folded(part) for part in said.split(";"))} - {""}
        return any(folded(value) in have for value in self.values)


def filters_of(given: Sequence[str], attributes: Attributes) -> tuple[Filter, ...]:
    """Filters from words such as "role=leader" or "role=leader;provider". Raises BadInput, UnknownName.

    A value that nobody has is refused too: the result would be empty without a reason.
    """
    filters = []
    for words in given:
        name, sign, value = words.partition("=")
        wanted = tuple(part.strip() for part in value.split(";") if part.strip())
        if not sign or not name.strip() or not wanted:
            raise BadInput(
                f'"{words}" is no filter. Write an attribute and its value, such as "role=leader".'
            )
        own = attributes.resolve(name)
        there = attributes.values(own)
        for given_value in wanted:
            if not any(Filter(own, (given_value,)).keeps({own: value}) for value in there):
                raise unknown(f'value of the attribute "{own}"', given_value, there)
        filters.append(Filter(own, wanted))
    return tuple(filters)


def fault_of_attribute(name: str, value: str) -> str | None:
    """Why this may be no attribute, as a sentence without an end; None if it may."""
    if fault := fault_of_name(name):
        return f'the name "{name_in_short(name)}" of an attribute {fault}'
    if folded(name).replace(" ", "_") in OF_TRANSCRIPTS:
        return f'"{name}" is said of each transcript, so no attribute may be called so'
    if len(value) > LONGEST_VALUE:
        return f'the value of "{name}" has {len(value):,} characters; it has at most {LONGEST_VALUE:,}'
    if any(ord(character) < 32 and character not in "\n\t" for character in value):
        return f'the value of "{name}" holds a control character'
    return None
