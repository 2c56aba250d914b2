"""Changing what study.yaml says: the rules of what may be changed while a study is under way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from annotations.errors import BadInput
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.store.study_places import places_in
from annotations.store.tables import coders, codings, reviews, transcripts
from annotations.study.config import Study, StudyConfig, parse_config
from annotations.study.list_in_file import set_values
from service.composition import Parts

# keys that name addresses, programs and folders: whoever administers the machine writes them into the file
OF_ADMINISTRATORS = ("database", "label_studio", "service")


@dataclass(frozen=True)
class ChangedSettings:
    """The study as it is now, the keys that are otherwise than before, and what to do or to know because of it."""

    study: Study
    changed: tuple[str, ...]
    notes: tuple[str, ...]


def change_settings(parts: Parts, wanted: Mapping[str, Any]) -> ChangedSettings:
    """Put these keys into study.yaml; None gives a key its usual value. Comments and the other keys stay.

    Raises BadInput for what cannot be meant, one line a fault, and changes nothing then: what no study.yaml may say, and
    what contradicts the study itself (a wave that transcripts belong to, a person who has coded).
    """
    of_machine = sorted(set(wanted) & set(OF_ADMINISTRATORS))
    if of_machine:
        raise BadInput(
            f"{', '.join(of_machine)}: whoever administers this machine writes addresses into study.yaml itself, and "
            f'confirms them with "tandem trust".'
        )
    before = parts.study.config
    plain = before.model_dump(mode="json") | {
        key: value for key, value in wanted.items() if value is not None
    }
    for key in (key for key, value in wanted.items() if value is None):
        plain.pop(key, None)
    after = parse_config(plain, where="study.yaml")
    changed = {key: wanted[key] for key in wanted if getattr(after, key) != getattr(before, key)}
    with parts.store.reading() as connection:
        faults = list(_contradictions(connection, before, after))
    if faults:
        raise BadInput("\n".join(faults))
    if not changed:
        return ChangedSettings(parts.study, (), ())
    usual = StudyConfig(name="usual")
    study = set_values(
        parts.study,
        {
            key: None if getattr(after, key) == getattr(usual, key) else value
            for key, value in changed.items()
        },
    )
    parts.take_up(study)
    return ChangedSettings(study, tuple(changed), tuple(_notes(changed)))


def _contradictions(connection: Connection, before: StudyConfig, after: StudyConfig) -> Iterator[str]:
    there = places_in(connection)
    sites = tuple(site for its in after.cases.values() for site in its)
    listed = {"wave": after.waves, "case": tuple(after.cases), "site": sites}
    for what, names in listed.items():
        known = {folded(name) for name in names}
        # an empty list allows every name
        missing = [name for name in there[what] if names and folded(name) not in known]
        for name in missing:
            column = transcripts.c[what]
            count = connection.execute(
                select(func.count()).select_from(transcripts).where(column == name)
            ).scalar_one()
            yield (
                f'the {what} "{name}" cannot go: {counted(count, "transcript belongs", "transcripts belong")} to it. Give '
                f"these another {what} first, or keep it."
            )
    named = {folded(name) for entry in after.coders for name in (entry.name, *entry.aliases)}
    for entry in before.coders:
        if folded(entry.name) not in named and _has_coded(connection, entry.name):
            yield (
                f'the coder "{entry.name}" cannot go: codings stand under this name. If the name was misspelt, keep it '
                f"among the other names of the new entry."
            )
    both = {folded(interviewer) for interviewer in after.interviewers} & {
        folded(speaker) for speaker in after.participant_speakers
    }
    for speaker_in_both in sorted(both):
        yield f'the speaker "{speaker_in_both}" is among those who ask and those who answer. Keep one.'


def _has_coded(connection: Connection, name: str) -> bool:
    own = select(coders.c.id).where(coders.c.name_key == folded(name))
    return any(
        connection.execute(select(table.c.id).where(table.c.coder_id.in_(own)).limit(1)).first() is not None
        for table in (reviews, codings)
    )


def _notes(changed: Mapping[str, Any]) -> Iterator[str]:
    if "segmentation" in changed or "language" in changed:
        yield (
            "transcripts are cut into other passages from now on. What people have coded stays on its words; the model has "
            "to be trained again, and suggestions made anew."
        )
    if "embedder" in changed or "aim" in changed:
        yield "this holds from the next training on."
    if {"interviewers", "participant_speakers", "no_speakers", "unlabelled_participant"} & set(changed):
        yield "this holds for what is brought in from now on; transcripts that are there stay as they are."
    if "consents" in changed:
        yield "this holds for transcripts that are brought in from now on; see Participants for those that are there."
