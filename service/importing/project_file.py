"""A project of another program, opened and read: its sources with their texts, passages in place, and whom they are of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from annotations.errors import BadInput
from annotations.names import fault_of_name, folded, name_in_short
from annotations.progress import Progress
from annotations.readers.description import Description, describe
from annotations.readers.line_switches import rules_for
from annotations.readers.reading import ENDINGS, MOST_NAME, SAVE_AS_DOCX
from annotations.refi.belonging import Belonging, KnownPlaces, belonging
from annotations.refi.container import Container, open_container
from annotations.refi.counting import Counting
from annotations.refi.map_file import LEFT_OUT, NameMap
from annotations.refi.project import RefiProject, RefiSource
from annotations.refi.read import read_project
from annotations.refi.source_text import (
    PlacedPassages,
    SourceText,
    evidence_of,
    place_passages,
    read_source,
)
from annotations.refi.unit_decision import UnitEvidence, habit_of
from annotations.study.config import StudyConfig
from annotations.transcript import Transcript
from service.importing.project_sidecar import Sidecar, read_sidecar
from service.importing.transcript_files import RECORDINGS

_ENDINGS = (*ENDINGS, *SAVE_AS_DOCX, *RECORDINGS)
_NOTES_TEXT = 1_000_000


@dataclass(frozen=True)
class SourceRead:
    """A source with its text as a transcript, and its passages in place; ``why_not``: why it is left out."""

    source: RefiSource
    name: str
    transcript: Transcript | None = None
    found: SourceText | None = None
    placed: PlacedPassages | None = None
    why_not: str = ""

    @property
    def shown(self) -> str:
        """Its name, and what is known of why it is left out, for a message."""
        if self.found is not None and self.found.named:
            return f'"{self.source.name}", {self.found.named}'
        if (
            self.placed is not None
            and self.placed.decision.counting is None
            and self.placed.decision.passages
        ):
            of = self.placed.decision
            return f'"{self.source.name}", {of.whole} of {of.passages} would begin and end between words'
        return f'"{self.source.name}"'

    @property
    def codings(self) -> int:
        """How many codes are put on it and its passages."""
        return len(self.source.codings) + sum(len(selection.codings) for selection in self.source.selections)


@dataclass
class ProjectRead:
    """A project as read, before it meets the study. ``faults``: sentences for which nothing may be imported."""

    file: Path
    project: RefiProject
    sources: list[SourceRead] = field(default_factory=list)
    belonging: Belonging = field(default_factory=Belonging)
    faults: list[str] = field(default_factory=list)
    beside: Sidecar = field(default_factory=Sidecar)

    @property
    def used(self) -> set[str]:
        """The GUIDs of what is put on passages or whole sources that are taken: codes, and NVivo's cases."""
        taken = [source.source for source in self.sources if source.transcript is not None]
        codes = {coding.target for source in taken for coding in source.codings}
        return codes | {c.target for source in taken for s in source.selections for c in s.codings}


def read_project_file(
    file: Path, config: StudyConfig, names: NameMap, progress: Progress, *, beside: Path | None = None
) -> ProjectRead:
    """Read a .qdpx, .qde or .qdc file, with what Tandem wrote beside it.

    ``beside``: that file, where it lies in another folder. Raises BadInput for a file that is none, or is made to do harm.
    """
    container = open_container(file)
    try:
        project = read_project(container.xml, str(file), _reader_of_notes(container, str(file)))
        project_there = ProjectRead(file, project)
        project_there.beside = read_sidecar(project, container.xml, file, beside)
        project_there.faults += [project_there.beside.fault] * bool(project_there.beside.fault)
        cases = {folded(name): name for name in config.cases}
        sites = {folded(site): site for its in config.cases.values() for site in its}
        project_there.belonging = belonging(
            project, names, KnownPlaces(cases, sites), _coded_to_cases(project)
        )
        read = []
        for done, (source, name) in enumerate(_named(project.sources, names), start=1):
            read.append(_read(project_there, container, source, name, config))
            progress(done, len(project.sources))
        evidence = [
            evidence_of(source.found, source.source, project.origin) if source.found else None
            for source in read
        ]
        # one program counts all of its sources alike, so where one cannot tell the others may
        habit = habit_of(its for its, source in zip(evidence, read, strict=True) if its and _counts(source))
        project_there.sources += [
            _placed(source, its, habit) for source, its in zip(read, evidence, strict=True)
        ]
    finally:
        container.close()
    return project_there


def _read(
    project_there: ProjectRead, container: Container, source: RefiSource, name: str, config: StudyConfig
) -> SourceRead:
    if name in LEFT_OUT:
        return SourceRead(source, source.name, why_not="left out, as the map says")
    file = str(project_there.file)
    fault = fault_of_name(name) or (
        f"has {len(name)} characters; at most {MOST_NAME} may be" if len(name) > MOST_NAME else None
    )
    if fault:
        project_there.faults.append(
            f'{file}: the name of the source "{name_in_short(name)}" {fault}. Give another with --map (what: source).'
        )
        return SourceRead(source, name_in_short(name), why_not="its name")
    rules = rules_for(source.name, config, None)
    text = read_source(
        source, container.source, name=name, file=file, interviewers=config.interviewers, rules=rules
    )
    if text.read is None:
        return SourceRead(source, name, why_not=text.missing, found=text)
    said = {
        **project_there.beside.consents.get(source.guid, {}),
        **project_there.belonging.said.get(source.guid, {}),
    }
    read = replace(text.read, described=said, source=source.name or name)
    try:
        transcript = describe(read, options=Description(), manifest=None, config=config)
    except BadInput as error:
        project_there.faults.append(
            f"{file}, source {error!s} With --map its variable or case can mean something else."
        )
        return SourceRead(source, name, why_not="what is said of it", found=text)
    return SourceRead(source, name, transcript, text)


def _counts(source: SourceRead) -> bool:
    return source.found is not None and source.found.how == "plain"


def _placed(source: SourceRead, evidence: UnitEvidence | None, habit: Mapping[Counting, float]) -> SourceRead:
    """A source with its passages in place; one whose passages fit nowhere is left out."""
    if source.transcript is None or source.found is None:
        return source
    placed = place_passages(source.found, source.source, evidence, habit)
    if placed.decision.counting is None and placed.decision.passages and not placed.passages:
        why = "its passages fit its text in no way of counting, so neither its text nor its codings are taken"
        return replace(source, transcript=None, placed=placed, why_not=why)
    return replace(source, placed=placed)


def _named(sources: Sequence[RefiSource], names: NameMap) -> list[tuple[RefiSource, str]]:
    """Each source with its name here: the file's name without its ending; a second one of a name gets a number."""
    taken: Counter[str] = Counter()
    named = []
    for at, source in enumerate(sources, start=1):
        told = names.get("source", source.name, stem(source.name), source.guid)
        name = told or stem(source.name) or f"Source {at}"
        if name not in LEFT_OUT:
            taken[folded(name)] += 1
            if taken[folded(name)] > 1:
                name = f"{name} ({taken[folded(name)]})"
        named.append((source, name))
    return named


def stem(name: str) -> str:
    """A source's name without the ending of a file."""
    path = PurePosixPath(name.replace("\\", "/"))
    plain = path.name if path.suffix else name
    return plain[: -len(path.suffix)] if path.suffix.lower() in _ENDINGS and path.stem else name


def _coded_to_cases(project: RefiProject) -> Mapping[str, list[str]]:
    """By a case's GUID, the sources that are coded to it alone: NVivo says so who a source is of."""
    cases = {case.guid for case in project.cases}
    sources_of: dict[str, list[str]] = {}
    for source in project.sources:
        on_whole = {coding.target for coding in source.codings} & cases
        on_parts = {c.target for selection in source.selections for c in selection.codings} & cases
        for case in on_whole or (on_parts if len(on_parts) == 1 else ()):
            sources_of.setdefault(case, []).append(source.guid)
    return sources_of


def _reader_of_notes(container: Container, file: str) -> Callable[[str], str]:
    from annotations.decoding import decode_text

    def text_at(path: str) -> str:
        try:
            content = container.source(path)
            return "" if content is None else decode_text(content[:_NOTES_TEXT], file)[0]
        except BadInput:
            return ""

    return text_at
