"""Where a transcript belongs and what may be done with it: from options, a manifest, its columns or its name."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path

from annotations.attributes import fault_of_attribute
from annotations.errors import BadInput, nearest
from annotations.names import fault_of_name, folded, name_in_short
from annotations.problems import Problem, Problems, problem_of
from annotations.readers.spoken import ReadTranscript
from annotations.readers.written_date import written_date
from annotations.sheets.sheet import Sheet, SheetRow, read_sheet
from annotations.study.config import StudyConfig
from annotations.study.language_named import is_language
from annotations.study.speakers import ANYBODY
from annotations.transcript import Consents, Kind, Transcript

_COLUMNS = (
    "transcript",
    "case",
    "site",
    "wave",
    "kind",
    "participant",
    "session",
    "language",
    "date",
    "may_train",
    "may_quote",
    "visible_to",
)


_NONE_IMPORTED = "Nothing was imported. Correct the manifest."
_NAMES = ("transcript", "case", "site", "wave", "participant", "session")


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of a transcript; None where nothing is said."""

    transcript: str | None = None
    case: str | None = None
    site: str | None = None
    wave: str | None = None
    kind: Kind | None = None
    participant: str | None = None
    session: str | None = None
    language: str | None = None
    date: datetime.date | None = None
    may_train: bool | None = None
    may_quote: bool | None = None
    visible_to: tuple[str, ...] | None = None

    @classmethod
    def of(cls, given: Mapping[str, str], where: str) -> Description:
        """From words; raises BadInput that names the key, what was found and what is allowed."""
        plain = {key: value.strip() for key, value in given.items() if value and value.strip()}
        for key in _NAMES:
            refuse_bad_name(key, plain.get(key), where)
        return cls(
            transcript=plain.get("transcript"),
            case=plain.get("case"),
            site=plain.get("site"),
            wave=plain.get("wave"),
            kind=_kind(plain.get("kind"), where),
            participant=plain.get("participant"),
            session=plain.get("session"),
            language=_language(plain.get("language"), where),
            date=_date(plain.get("date"), where),
            may_train=_yes(plain.get("may_train"), "may_train", where),
            may_quote=_yes(plain.get("may_quote"), "may_quote", where),
            visible_to=_sites(plain.get("visible_to")),
        )

    @classmethod
    def from_options(cls, given: Mapping[str, str]) -> Description:
        """From the options of a command."""
        return cls.of(given, "the command line")

    def over(self, weaker: Description) -> Description:
        """This description, with what it does not say taken from a weaker one."""
        said = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) is not None}
        return replace(weaker, **said)


@dataclass(frozen=True)
class ImportManifest:
    """A table of files and where each belongs. ``attributes``: what its other columns say of a file's participants."""

    file: str
    rows: Mapping[Path, Description]
    attributes: Mapping[Path, Mapping[str, str]] = field(default_factory=dict)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files it names, in its order."""
        return tuple(self.rows)

    @cached_property
    def _places(self) -> Mapping[Path, Path]:
        # one file may be named in several ways: "../wave1/a.txt" and, from another folder, "a.txt"
        return {named.resolve(): named for named in self.rows}

    def said_of_file(self, file: Path) -> Description:
        """What it says of a file, however that is named; nothing where it has no row."""
        named = self._places.get(file.resolve())
        return Description() if named is None else self.rows[named]

    def attributes_of_file(self, file: Path) -> Mapping[str, str]:
        """What its other columns say of the participants of a file, however that is named."""
        named = self._places.get(file.resolve())
        return {} if named is None else self.attributes.get(named, {})


def read_manifest(file: Path) -> ImportManifest:
    """Read a manifest: ``file`` and optionally ``transcript, case, site, wave, kind, participant, session,
    language, date, may_train, may_quote, visible_to``. Paths are relative to it and stay below its folder. Any other
    column is an attribute of the participants.

    Raises Problems with every row that cannot be used.
    """
    sheet = read_sheet(file, required=("file",), optional=_COLUMNS).refuse_hidden()
    rows: dict[Path, Description] = {}
    attributes: dict[Path, dict[str, str]] = {}
    own = [sheet.headings[column] for column in sheet.ignored]
    faults = [Problem(str(file), fault) for name in own if (fault := fault_of_attribute(name, ""))]
    for row in sheet.rows:
        where = f"{file}, row {row.number}"
        try:
            named = _named_file(row, file.absolute().parent, where)
            if named in rows:
                raise BadInput(f'{where}, column "file": "{row["file"]}" is listed twice. Keep one row.')
            rows[named] = Description.of({key: row[key] for key in _COLUMNS}, where)
            attributes[named] = _own(row, sheet, where)
        except BadInput as error:
            faults.append(problem_of(file, str(error)))
    if faults:
        raise Problems(faults, _NONE_IMPORTED)
    return ImportManifest(str(file), rows, attributes)


def said_of(
    read: ReadTranscript, *, options: Description, manifest: ImportManifest | None, config: StudyConfig
) -> Description:
    """What is said of a transcript, by whoever says it most strongly: see ``describe``."""
    where = read.source
    listed = manifest.said_of_file(Path(read.source)) if manifest else Description()
    columns = Description.of(read.described, where)
    weakest = Description(participant=_only_participant(read))
    named = _from_name(read.name, config.participant_pattern, where)
    lies = _from_place(read.place or Path(read.source).name, config.file_pattern, where)
    return options.over(listed).over(columns).over(lies).over(named).over(weakest)


def describe(
    read: ReadTranscript,
    *,
    options: Description,
    manifest: ImportManifest | None,
    config: StudyConfig,
) -> Transcript:
    """The transcript with its description. The command's options are the strongest word, then the manifest, then
    the file's own columns, then its path and its name by the study's patterns, then its only participant's label.

    Raises BadInput for a case, site or wave that study.yaml does not list, where it lists any.
    """
    where = read.source
    said = said_of(read, options=options, manifest=manifest, config=config)
    refuse_bad_name("transcript", said.transcript or read.name, where)
    case, site, wave = places_of(said, config, where)
    consents = config.consents
    return Transcript(
        name=said.transcript or read.name,
        text=read.text,
        turns=read.turns,
        kind=said.kind or Kind.INTERVIEW,
        case=case,
        site=site,
        wave=wave,
        participant=said.participant or "",
        session=said.session or "",
        language=said.language or config.language,
        date=said.date,
        consents=Consents(
            may_train=consents.may_train if said.may_train is None else said.may_train,
            may_quote=consents.may_quote if said.may_quote is None else said.may_quote,
            visible_to=said.visible_to,
        ),
        source=Path(read.source).name,
    )


def places_of(said: Description, config: StudyConfig, where: str) -> tuple[str, str, str]:
    """Case, site and wave in the spelling of study.yaml, "" where nothing is said; a site that is listed names its case.

    Raises BadInput for one that study.yaml does not list, where it lists any.
    """
    case, site = _case_and_site(said, config, where)
    return case, site, _as_listed("wave", said.wave, config.waves, where) or ""


def refuse_bad_name(what: str, given: str | None, where: str) -> None:
    """Raises BadInput for what may be no name; None is no name and none is needed."""
    fault = None if given is None else fault_of_name(given)
    if given is not None and fault:
        raise BadInput(f'{where}: the {what} "{name_in_short(given)}" {fault}.')


def _from_name(name: str, pattern: str, where: str) -> Description:
    """What the study's pattern finds in the file's name; it has to match from its beginning."""
    match = re.match(pattern, name) if pattern else None
    if match is None:
        return Description()
    groups = {key: value for key, value in match.groupdict().items() if value and key in _COLUMNS}
    if not match.groupdict():
        groups = {"participant": match.group()}
    return Description.of(groups, where)


def _from_place(place: str, pattern: str, where: str) -> Description:
    """What the study's pattern finds in the file's path below the folder that is imported, anywhere in it."""
    match = re.search(pattern, place) if pattern else None
    if match is None:
        return Description()
    return Description.of(
        {key: value for key, value in match.groupdict().items() if value and key in _COLUMNS}, where
    )


def _only_participant(read: ReadTranscript) -> str | None:
    """The one coded speaker, if there is one and the label looks like a person's code (it has a digit)."""
    speakers = {turn.speaker for turn in read.turns if turn.role.is_coded}
    if len(speakers) != 1:
        return None
    (speaker,) = speakers
    plain = folded(speaker)
    return (
        speaker
        if plain not in ANYBODY and re.search(r"\d", plain) and re.search(r"[^\W\d]", plain) and "-" in plain
        else None
    )


def _case_and_site(said: Description, config: StudyConfig, where: str) -> tuple[str, str]:
    cases = config.cases
    case = _as_listed("case", said.case, tuple(cases), where)
    site = _as_listed(
        "site", said.site, tuple(site_listed for its in cases.values() for site_listed in its), where
    )
    case = case or next((name for name, its in cases.items() if site in its), "")
    if site and case in cases and cases[case] and site not in cases[case]:
        raise BadInput(
            f'{where}: the site "{site}" is not one of the case "{case}" '
            f"({', '.join(cases[case])}). Correct one of them, or study.yaml."
        )
    return case, site or ""


def _as_listed(what: str, given: str | None, listed: Sequence[str], where: str) -> str | None:
    """The name in the spelling of study.yaml: a folder's name on a Mac is spelt in other characters."""
    if given is None or not listed:
        return given
    known = {folded(name): name for name in listed}
    if folded(given) in known:
        return given if given in listed else known[folded(given)]
    close = nearest(given, listed)
    guess = f' Did you mean "{close}"?' if close else ""
    raise BadInput(
        f'{where}: the {what} "{given}" is not in study.yaml.{guess} Listed: {", ".join(listed)}. Correct it, or '
        f"add it there."
    )


def _named_file(row: SheetRow, folder: Path, where: str) -> Path:
    given = row["file"]
    if not given:
        raise BadInput(f'{where}, column "file": it is empty. Every row names a file.')
    path = (folder / given.replace("\\", "/")).resolve()
    if Path(given).is_absolute() or not path.is_relative_to(folder.resolve()):
        raise BadInput(
            f'{where}, column "file": "{given}" is no path within the folder of the manifest. Move the file there, and '
            f"give its path from there."
        )
    return folder / path.relative_to(folder.resolve())


def _own(row: SheetRow, sheet: Sheet, where: str) -> dict[str, str]:
    """What the columns of the team's own say in a row."""
    said = {sheet.headings[column]: row[column] for column in sheet.ignored if row[column]}
    for name, value in said.items():
        if fault := fault_of_attribute(name, value):
            raise BadInput(f"{where}: {fault}.")
    return said


def _kind(given: str | None, where: str) -> Kind | None:
    if given is None:
        return None
    word = given.casefold().replace("_", " ").replace("-", " ")
    for kind in Kind:
        if word == kind.value:
            return kind
    raise BadInput(f'{where}: the kind "{given}" is not known; it is one of {", ".join(Kind)}.')


def _language(given: str | None, where: str) -> str | None:
    if given is None or is_language(given):
        return given
    raise BadInput(f'{where}: the language "{given}" is not known; write two letters, such as en or sv.')


def _date(given: str | None, where: str) -> datetime.date | None:
    if given is None:
        return None
    try:
        return written_date(given)
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from error


def _yes(given: str | None, key: str, where: str) -> bool | None:
    if given is None:
        return None
    word = given.casefold()
    if word in ("yes", "true", "1"):
        return True
    if word in ("no", "false", "0"):
        return False
    raise BadInput(f'{where}, column "{key}": found "{given}"; it is yes or no.')


def _sites(given: str | None) -> tuple[str, ...] | None:
    return None if given is None else tuple(site.strip() for site in re.split("[;,]", given) if site.strip())
