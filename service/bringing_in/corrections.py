"""What people say of files before they come in: where each belongs, who asks, how its lines are taken."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from annotations.attributes import fault_of_attribute
from annotations.errors import BadInput
from annotations.names import folded
from annotations.readers.description import Description, read_manifest
from annotations.sheets.sheet import read_sheet
from annotations.study.config import Study, StudyConfig
from service.bringing_in.uploads import SentFile, Upload
from service.exported_file import whole
from service.importing.description_checked import DescriptionFaults, checked_description

DESCRIBED = (
    "transcript",
    "participant",
    "case",
    "site",
    "wave",
    "kind",
    "session",
    "language",
    "date",
    "may_train",
    "may_quote",
    "visible_to",
)
ALL = "all"
ASKS, ANSWERS = "interviewer", "participant"
LINES = ("no_speakers", "unlabelled_participant")


def describe(upload: Upload, key: str, given: Mapping[str, str], config: StudyConfig) -> None:
    """Say where a file ("all": every one) belongs; what is empty is said of nothing. Raises DescriptionFaults."""
    plain = {name: given.get(name, "").strip() for name in DESCRIBED}
    if key == ALL and plain["transcript"]:
        said = "Each transcript has a name of its own, so a name cannot be given to all files. Give it to one file."
        raise DescriptionFaults({"transcript": said})
    # the manifest keeps its own sign for a consent that is said again
    checked_description(plain, config)
    upload.said.described[key] = {name: value for name, value in plain.items() if value}


def give_attributes(upload: Upload, key: str, given: Mapping[str, str]) -> None:
    """Say what is known of a file's participant. Raises BadInput."""
    faults = [fault for name, value in given.items() if (fault := fault_of_attribute(name, value))]
    if faults:
        raise BadInput(f"{faults[0]}.")
    upload.said.attributes[key] = {name: value.strip() for name, value in given.items() if value.strip()}


def give_roles(upload: Upload, given: Mapping[str, str]) -> None:
    """Say who asks and who answers, by speaker; "" leaves it open. Raises BadInput."""
    for label, role in given.items():
        if role not in (ASKS, ANSWERS, ""):
            raise BadInput(f'"{role}" is no role; a speaker asks or answers.')
        if role:
            upload.said.roles[label] = role
        else:
            upload.said.roles.pop(label, None)


def give_same(upload: Upload, given: Mapping[str, str]) -> None:
    """Say which speakers are others misspelt, and whom each means; "" takes it back. Raises BadInput."""
    same = {label: meant for label, meant in {**upload.said.same, **given}.items() if meant}
    for label, meant in same.items():
        if folded(label) == folded(meant):
            raise BadInput(f'"{label}" is the same speaker anyway. Choose another one, or none.')
        if folded(meant) in map(folded, same):
            raise BadInput(f'"{meant}" is said to be somebody else. Choose who is meant for "{label}".')
    upload.said.same = same
    for label in same:
        # a speaker who is somebody else has their role
        upload.said.roles.pop(label, None)


def take_lines(upload: Upload, sent: SentFile, how: str) -> None:
    """Say how a file's lines are taken; "" as usual. Raises BadInput."""
    if how and how not in LINES:
        raise BadInput(f'"{how}" is no way of taking lines.')
    if how:
        upload.said.lines[str(sent.number)] = how
    else:
        upload.said.lines.pop(str(sent.number), None)


def take_manifest(upload: Upload, file: SentFile) -> list[str]:
    """Let a table say where transcripts belong, as "--manifest" does; sentences about rows that name none of them.

    What people said of a file before stays stronger. Raises BadInput for a table that is none.
    """
    path = upload.path(file)
    sheet = read_sheet(path, required=("file",), optional=DESCRIBED).refuse_hidden()
    by_name: dict[str, SentFile] = {}
    for sent in upload.of_kind("transcript"):
        by_name.setdefault(folded(sent.short), sent)
        by_name.setdefault(folded(sent.name), sent)
    notes = []
    for row in sheet.rows:
        named = row["file"].replace("\\", "/")
        sent_there = by_name.get(folded(named)) or by_name.get(folded(named.rpartition("/")[2]))
        if sent_there is None:
            notes.append(f'{file.short}, row {row.number}: none of these files is "{named}".')
            continue
        where = f"{file.short}, row {row.number}"
        plain = {name: row[name] for name in DESCRIBED if row[name]}
        Description.of(plain, where)
        key = str(sent_there.number)
        upload.said.described[key] = plain | upload.said.described.get(key, {})
        own = {sheet.headings[column]: row[column] for column in sheet.ignored if row[column]}
        for name, value in own.items():
            if fault := fault_of_attribute(name, value):
                raise BadInput(f"{where}: {fault}.")
        upload.said.attributes[key] = own | upload.said.attributes.get(key, {})
    return notes


def write_manifest(upload: Upload) -> Path | None:
    """What was said, as a manifest for the import; None where nothing was. Raises BadInput as the import would."""
    said = upload.said
    files = upload.of_kind("transcript")
    everyone = said.described.get(ALL, {})
    attributes = sorted({name for own in said.attributes.values() for name in own}, key=str.casefold)
    if not (everyone or attributes or any(said.described.values())):
        return None
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("file", *DESCRIBED, *attributes))
    for file in files:
        own = everyone | said.described.get(str(file.number), {})
        known = said.attributes.get(str(file.number), {})
        row = [own.get(name, "") for name in DESCRIBED] + [known.get(name, "") for name in attributes]
        writer.writerow([file.place, *row])
    made = upload.folder / "manifest.csv"
    made.unlink(missing_ok=True)
    made.touch(0o600)
    whole(made, out.getvalue().encode())
    made.chmod(0o600)
    read_manifest(made)
    return made


def study_as_said(study: Study, upload: Upload) -> Study:
    """The study with what was said of speakers and lines, nothing of it written."""
    return Study(study.folder, study.config.model_copy(update=lists_as_said(study, upload)))


def lists_as_said(study: Study, upload: Upload) -> dict[str, tuple[str, ...] | dict[str, str]]:
    """The lists of study.yaml as they would be, and who is the same speaker; only those that change."""
    config, said = study.config, upload.said
    lists: dict[str, tuple[str, ...] | dict[str, str]] = {
        "interviewers": _with(config.interviewers, said.roles, ASKS),
        "participant_speakers": _with(config.participant_speakers, said.roles, ANSWERS),
    }
    for key in LINES:
        entries = [
            sent.short for sent in upload.of_kind("transcript") if said.lines.get(str(sent.number)) == key
        ]
        others = {
            sent.short
            for sent in upload.of_kind("transcript")
            if said.lines.get(str(sent.number)) not in (key, None)
        }
        kept = [spelt for spelt in getattr(config, key) if spelt not in others]
        lists[key] = tuple(dict.fromkeys((*kept, *entries)))
    changed = {key: value for key, value in lists.items() if value != tuple(getattr(config, key))}
    spoken = {folded(label) for label in said.same}
    before = {label: meant for label, meant in config.same_speakers.items() if folded(label) not in spoken}
    same = {**before, **said.same}
    return changed | ({"same_speakers": same} if same != config.same_speakers else {})


def _with(before: tuple[str, ...], roles: Mapping[str, str], role: str) -> tuple[str, ...]:
    others = {folded(label) for label, its in roles.items() if its != role}
    known = {folded(label) for label in before}
    new = [label for label, its in roles.items() if its == role and folded(label) not in known]
    return (*(label for label in before if folded(label) not in others), *new)
