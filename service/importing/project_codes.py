"""The codes of a project and the study's codebook: matched by path and name, added, or taken as the codebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from annotations.codebook.codes import Codebook
from annotations.codebook.files import read_codebook, write_codebook
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.refi.codebook_of import ProjectCodebook, added_to, codebook_of
from annotations.refi.map_file import NameMap
from annotations.refi.match_codes import CodeMatch, match_codes
from annotations.refi.project import RefiCode, RefiProject
from service.composition import Parts
from service.importing.project_file import ProjectRead
from service.importing.project_outcome import ProjectOutcome


class ProjectCodes:
    """The project's codes and the study's codebook, and the one that holds after the import."""

    def __init__(
        self, parts: Parts, read: ProjectRead, names: NameMap, outcome: ProjectOutcome, *, add: bool
    ) -> None:
        project = read.project
        self._file = parts.study.codebook_file
        cases = {case.guid for case in project.cases}
        used = read.used - cases
        # NVivo lists its cases among the codes, with the same GUIDs
        theirs = [code for code in _with_notes(project) if code.guid not in cases]
        before = read_codebook(self._file) if self._file.is_file() else None
        outcome.unused_codes = sum(code.guid not in used for code in theirs)
        self.changed = False
        self.ids: dict[str, str | None] = {}
        if before is None or not before.codes:
            self._take_theirs(theirs, used, read, before, outcome)
        else:
            self._match(before, theirs, used, names, read, outcome, add=add)
        # those too that no coding here uses, since a review says something of them
        self.every = self._every(theirs, names) | self.ids
        outcome.labels = {code.id: self.codebook.label(code.id) for code in self.codebook}

    def _every(self, theirs: Sequence[RefiCode], names: NameMap) -> dict[str, str | None]:
        everyone = {code.guid for code in theirs}
        return {
            code.guid: code.ours for code in match_codes(theirs, self.codebook, names, everyone, add=False)
        }

    def write(self) -> None:
        """Put the codebook in force, where it is another one now. Called last within the transaction."""
        if self.changed:
            write_codebook(self.codebook, self._file)

    def _take_theirs(
        self,
        theirs: Sequence[RefiCode],
        used: set[str],
        read: ProjectRead,
        before: Codebook | None,
        outcome: ProjectOutcome,
    ) -> None:
        made = codebook_of(theirs, name=_book_name(read), used=used, file=str(read.file))
        told = _told_beside(made, read.beside.codebook)
        self.codebook, self.changed = told or made.codebook, True
        if before is not None:
            self.codebook = replace(self.codebook, name=before.name)
        by_path = {folded(code.path): code.id for code in self.codebook}
        self.ids = {guid: by_path[folded(made.codebook[code].path)] for guid, code in made.ids.items()}
        outcome.codebook = "made of the project's"
        outcome.notes += made.notes
        if told is not None:
            outcome.notes.append(
                "The codebook is as the file beside the project has it, with the ids of its codes, their other names, and "
                "whether influence is asked for."
            )
        outcome.codes = [
            CodeMatch(code.guid, "/".join(code.path), str(self.ids[code.guid]), "new")
            for code in theirs
            if code.guid in made.ids
        ]

    def _match(
        self,
        before: Codebook,
        theirs: Sequence[RefiCode],
        used: set[str],
        names: NameMap,
        read: ProjectRead,
        outcome: ProjectOutcome,
        *,
        add: bool,
    ) -> None:
        # a codebook alone is compared whole: nobody has applied its codes in this file
        asked = used if read.project.sources else {code.guid for code in theirs if code.codable}
        matches = match_codes(theirs, before, names, asked, add=add)
        self.codebook = before
        self.ids = {match.guid: match.ours for match in matches}
        wanted = [match.guid for match in matches if match.added]
        if wanted:
            made = codebook_of(theirs, name=_book_name(read), used=used, file=str(read.file))
            self._add(before, made, wanted, outcome)
        outcome.codes = [replace(match, ours=self.ids[match.guid]) for match in matches]
        uses = _uses(read.project)
        outcome.notes += self._retired(uses)
        missing = [match for match in matches if match.ours is None and not (match.added or match.left_out)]
        missing = missing if read.project.sources else []
        for match in missing:
            why = match.by if match.by != "not found" else "it is not in the codebook"
            close = f'; the nearest is "{match.nearest}"' if match.nearest else ""
            uses_of = counted(uses.get(match.guid, 0), "coding")
            outcome.refused.append(f'code "{match.theirs}" ({uses_of}): {why.removesuffix(".")}{close}.')
        if missing:
            outcome.remedies.append(
                "Say which codes these are with --map (--dry-run --write-map FILE writes the table), add those that are "
                "missing with --add-codes, or begin a study with their codebook: tandem init DIR --codebook FILE."
            )

    def _retired(self, uses: Mapping[str, int]) -> list[str]:
        count = sum(
            uses.get(guid, 0)
            for guid, code in self.ids.items()
            if code and not self.codebook[code].applicable
        )
        if not count:
            return []
        of_retired = counted(count, "coding is of a code that is", "codings are of codes that are")
        return [f"{of_retired} retired here: results show what was coded, models and agreement leave it out."]

    def _add(
        self, before: Codebook, made: ProjectCodebook, wanted: Sequence[str], outcome: ProjectOutcome
    ) -> None:
        self.codebook, ids = added_to(before, made, wanted)
        self.ids |= ids
        self.changed = True
        outcome.codebook = "codes added"
        outcome.notes += [*made.notes, f"{counted(len(wanted), 'code')} added to codebook.yaml."]


def _told_beside(made: ProjectCodebook, beside: Codebook | None) -> Codebook | None:
    """The codebook that stands beside the project, if its codes are those of the project.

    Codes that were applied and had left the codebook stand in the project alone; they come with it, retired.
    """

    def codes(book: Codebook) -> set[tuple[str, bool]]:
        return {(folded(code.path), code.applicable) for code in book}

    if beside is None:
        return None
    here = {folded(framework.name) for framework in beside.frameworks}
    left = {
        code.id
        for code in made.codebook
        if not code.applicable and folded(made.codebook.framework(code.framework).name) not in here
    }
    theirs = {(folded(code.path), code.applicable) for code in made.codebook if code.id not in left}
    if codes(beside) != theirs:
        return None
    return added_to(beside, made, [guid for guid, code in made.ids.items() if code in left])[0]


def _with_notes(project: RefiProject) -> list[RefiCode]:
    """Codes, with the memos that hang on them as part of their descriptions."""
    with_notes = []
    for code in project.codes:
        memos = [project.notes[guid].text.strip() for guid in code.notes if guid in project.notes]
        with_notes.append(replace(code, description="\n\n".join(filter(None, (code.description, *memos)))))
    return with_notes


def _uses(project: RefiProject) -> dict[str, int]:
    uses: dict[str, int] = {}
    for source in project.sources:
        for coding in (*source.codings, *(c for selection in source.selections for c in selection.codings)):
            uses[coding.target] = uses.get(coding.target, 0) + 1
    return uses


def _book_name(read: ProjectRead) -> str:
    return " ".join(read.project.name.split())[:200] or read.file.stem
