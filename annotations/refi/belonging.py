"""Whom and what sources belong to: participant, case, site and wave from another program's cases, variables and sets.

Which variable means what goes by its name, in several languages (``names_known.csv``); what means none of these is
an attribute. A case of another program is a person, unless the study lists its name as a case or site.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files

from annotations.attributes import Attribute, Owner, fault_of_attribute
from annotations.names import folded
from annotations.refi.map_file import LEFT_OUT, NameMap
from annotations.refi.project import RefiCase, RefiProject
from annotations.transcript import Kind

PLACES = ("participant", "case", "site", "wave", "session", "date", "kind", "language")
# Tandem's own export says of each of its cases what it is, under this variable
CASE_TYPE = "case type"
# these are said of a source, not of a person
_OF_SOURCES = ("date", "kind", "language", "session")
_WAVE = re.compile(
    r"(?:wave|welle|våg|vague|ola|oleada|onda|round|runde|omgång|ronda|ronde|t)\s*[-_ ]?\s*(\d{1,2})"
)


@dataclass(frozen=True, slots=True)
class KnownPlaces:
    """The cases and sites that study.yaml lists, as they are spelt there."""

    cases: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnderstoodName:
    """How one name of the project was understood: ``what`` it is there, ``ours`` in words, and how it was known."""

    what: str
    theirs: str
    ours: str
    by: str


@dataclass
class Belonging:
    """Of each source (by GUID) what is said of it; attributes of participants and cases; how names were understood.

    ``of_sources``: what is said of a source besides, to be kept as attributes of its participant.
    """

    said: dict[str, dict[str, str]] = field(default_factory=dict)
    of_sources: dict[str, dict[str, str]] = field(default_factory=dict)
    attributes: list[Attribute] = field(default_factory=list)
    understood: list[UnderstoodName] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)


def belonging(
    project: RefiProject, names: NameMap, known: KnownPlaces, on_whole: Mapping[str, Sequence[str]]
) -> Belonging:
    """What the project's cases, variables and sets say. ``on_whole``: by case GUID the sources that NVivo codes to it."""
    return _BelongingReading(project, names, known, on_whole).result


class _BelongingReading:
    def __init__(
        self, project: RefiProject, names: NameMap, known: KnownPlaces, on_whole: Mapping[str, Sequence[str]]
    ) -> None:
        self.result = Belonging()
        self._project, self._names, self._known = project, names, known
        self._variables: dict[str, str] = {}
        for guid, name in project.variables.items():
            self._variables[guid] = self._variable(name)
        self._unnamed: dict[str, dict[str, str]] = {}
        self._members: dict[str, list[tuple[RefiCase, str, str]]] = {}
        self._by_selection = {
            selection.guid: source.guid for source in project.sources for selection in source.selections
        }
        for case in project.cases:
            self._take_case(case, on_whole.get(case.guid, ()))
        for source in project.sources:
            self._take_source(source.guid, {**self._unnamed.get(source.guid, {}), **source.variables})
        self._take_sets()

    def _variable(self, name: str) -> str:
        """What a variable means: one of PLACES, "attribute NAME", or "" where it is left out."""
        told = self._names.get("variable", name)
        if told is not None:
            meaning = "" if told in LEFT_OUT else told if folded(told) in PLACES else f"attribute {told}"
            meaning = folded(told) if folded(told) in PLACES else meaning
            self._understand("variable", name, meaning or "left out", "the map")
            return meaning
        plain = folded(self._short(name)).replace("_", " ")
        if plain == CASE_TYPE:
            return CASE_TYPE
        meaning, by = known_names().get(plain, ""), "its name"
        if not meaning or meaning in self._variables.values():
            by = f"another one is the {meaning}" if meaning else "no name known"
            meaning = f"attribute {self._short(name)}"
        self._understand("variable", name, meaning, by)
        return meaning

    def _short(self, name: str) -> str:
        """A variable's name without NVivo's "Classification:", unless two would be called alike then."""
        short = name.rpartition(":")[2].strip() or name
        alike = [
            variable
            for variable in self._project.variables.values()
            if variable.rpartition(":")[2].strip() == short
        ]
        return short if len(alike) == 1 else name

    def _take_case(self, case: RefiCase, whole: Sequence[str]) -> None:
        if not case.name:
            # MAXQDA and Quirkos put the variables of a source into a case without a name
            for source in case.sources:
                self._unnamed.setdefault(source, {}).update(case.variables)
            return
        values = self._of_person(self._values(case.variables))
        what, ours, by = self._case(case, values)
        self._understand(
            "case", case.name, "left out" if not what else what if ours == case.name else f"{what}={ours}", by
        )
        sources = [
            *case.sources,
            *whole,
            *(s for guid in case.selections if (s := self._by_selection.get(guid))),
        ]
        if not what:
            return
        for source in dict.fromkeys(sources):
            self._members.setdefault(source, []).append((case, what, ours))
        owner = Owner.CASE if what == "case" else Owner.PARTICIPANT if what == "participant" else None
        self._keep_attributes(owner, ours, values, f'case "{case.name}"')

    def _case(self, case: RefiCase, values: Mapping[str, str]) -> tuple[str, str, str]:
        """What a case of the project is to the study: its sort, its name here, and how that was known."""
        told = self._names.get("case", case.name)
        if told is not None:
            sort, _, name = told.partition("=")
            if told in LEFT_OUT:
                return "", "", "the map"
            if folded(sort) in ("participant", "case", "site", "wave"):
                return folded(sort), name.strip() or case.name, "the map"
            return "participant", told, "the map"
        sort = folded(values.get(CASE_TYPE, ""))
        if sort in ("participant", "case"):
            return sort, case.name, f'its variable "{CASE_TYPE}"'
        for listed, what in ((self._known.cases, "case"), (self._known.sites, "site")):
            if folded(case.name) in listed:
                return what, listed[folded(case.name)], "study.yaml"
        if match := _WAVE.fullmatch(folded(case.name)):
            return "wave", match.group(1), "its name"
        return (
            "participant",
            values.get("participant", case.name),
            "a case is a person where nothing else is said",
        )

    def _take_source(self, guid: str, variables: Mapping[str, str]) -> None:
        said: dict[str, str] = {}
        people = []
        for case, what, ours in self._members.get(guid, ()):
            if what == "participant":
                people.append(ours)
                values = self._of_person(self._values(case.variables))
                said |= {key: value for key, value in values.items() if key in PLACES}
            elif folded(said.get(what, ours)) == folded(ours):
                said[what] = ours
            else:
                self.result.notes.append(
                    f'the source "{self._name(guid)}" belongs to two cases that are each a {what} ("{said[what]}" and '
                    f'"{ours}"); the first is taken. Say otherwise with --map.'
                )
        said.pop("participant", None)
        if len({folded(name) for name in people}) == 1:
            said["participant"] = people[0]
        elif people:
            self.result.notes.append(
                f'the source "{self._name(guid)}" belongs to {len(people)} people ({", ".join(people[:4])}'
                f"{' …' if len(people) > 4 else ''}), so it is nobody's alone. Say with --map if one of them is no person."
            )
        values = self._values(variables)
        said |= {key: value for key, value in values.items() if key in PLACES}
        self.result.said[guid] = said
        own = {key: value for key, value in values.items() if key.startswith("attribute ")}
        self.result.of_sources[guid] = {key.removeprefix("attribute "): value for key, value in own.items()}

    def _take_sets(self) -> None:
        for set_of_sources in self._project.sets:
            told = self._names.get("set", set_of_sources.name)
            what, sign, value = (told or "").partition("=")
            if told is None and (match := _WAVE.fullmatch(folded(set_of_sources.name))):
                what, sign, value = "wave", "=", match.group(1)
            elif told is None and ":" in set_of_sources.name:
                # ATLAS.ti keeps attributes of documents as groups called "gender: male"
                name, _, value = (part.strip() for part in set_of_sources.name.partition(":"))
                what, sign = known_names().get(folded(name), name), "="
            elif told is None:
                listed = (("case", self._known.cases), ("site", self._known.sites))
                what = next((sort for sort, its in listed if folded(set_of_sources.name) in its), "")
                sign, value = "=", dict(listed)[what][folded(set_of_sources.name)] if what else ""
            what = folded(what) if folded(what) in PLACES else what.strip()
            if not set_of_sources.sources or not (sign and value.strip() and what):
                self.result.sets.append(set_of_sources.name)
                continue
            self._understand(
                "set", set_of_sources.name, f"{what}={value.strip()}", "the map" if told else "its name"
            )
            for source in set_of_sources.sources:
                its = self.result.said if what in PLACES else self.result.of_sources
                its.setdefault(source, {}).setdefault(what, value.strip())

    def _values(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Values by what their variable means."""
        values = {}
        for guid, value in variables.items():
            meaning = self._variables.get(guid, "")
            value = value.strip()
            if meaning in _CHECKED and not _CHECKED[meaning](value):
                meaning = f"attribute {self._short(self._project.variables[guid])}"
            if meaning and value:
                values[meaning] = value
        return values

    def _of_person(self, values: Mapping[str, str]) -> dict[str, str]:
        """What is said of a case: a date, kind or language is then the person's, and no source's."""
        names = {self._variables[guid]: self._short(name) for guid, name in self._project.variables.items()}
        return {
            f"attribute {names[key]}" if key in _OF_SOURCES else key: value for key, value in values.items()
        }

    def _keep_attributes(self, owner: Owner | None, name: str, values: Mapping[str, str], where: str) -> None:
        own = {
            key.removeprefix("attribute "): value
            for key, value in values.items()
            if key.startswith("attribute ")
        }
        if own and owner is None:
            self.result.notes.append(
                f"{where} is no participant or case, so nobody has its {', '.join(list(own)[:4])}: not kept."
            )
            return
        for key, value in own.items():
            if fault := fault_of_attribute(key, value):
                self.result.notes.append(f"{where}: {fault}: not kept.")
            elif owner is not None:
                self.result.attributes.append(Attribute(owner, name, key, value))

    def _name(self, guid: str) -> str:
        return next((source.name for source in self._project.sources if source.guid == guid), guid)

    def _understand(self, what: str, theirs: str, ours: str, by: str) -> None:
        self.result.understood.append(UnderstoodName(what, theirs, ours, by))


def _is_date(value: str) -> bool:
    try:
        return bool(datetime.fromisoformat(value))
    except ValueError:
        return False


_CHECKED: Mapping[str, Callable[[str], bool]] = {
    "date": _is_date,
    "kind": lambda value: folded(value).replace("_", " ") in {kind.value for kind in Kind},
    "language": lambda value: re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", value) is not None,
}


@cache
def known_names() -> Mapping[str, str]:
    """What the names of variables mean: participant, case, site, wave, session, date."""
    text = (files("annotations") / "refi" / "names_known.csv").read_text("utf-8")
    return {folded(row["name"]): row["what"] for row in csv.DictReader(text.splitlines())}


def repeated(notes: Sequence[str], most: int = 5) -> Iterator[str]:
    """The first notes, and how many more there are."""
    yield from notes[:most]
    if len(notes) > most:
        yield f"… and {len(notes) - most} more notes of this kind."
