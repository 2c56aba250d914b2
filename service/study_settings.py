"""Changing what study.yaml says: the rules of what may be changed while a study is under way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from annotations.codings.read_codings import NAMEABLE
from annotations.errors import BadInput
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.store.study_places import places_in
from annotations.store.tables import coders, codings, reviews, transcripts
from annotations.study.config import Study, StudyConfig, parse_config
from annotations.study.config_faults import ConfigFault, WrongConfig
from annotations.study.language_named import is_language
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


def change_settings(
    parts: Parts, wanted: Mapping[str, Any], *, besides: Sequence[ConfigFault] = ()
) -> ChangedSettings:
    """Put these keys into study.yaml; None gives a key its usual value. Comments and the other keys stay.

    Raises WrongConfig with every fault, and changes nothing then: what no study.yaml may say, and what contradicts the
    study itself (a wave that transcripts belong to, a person who has coded). ``besides``: faults that whoever read the
    wishes met already, to be told with the others.
    """
    of_machine = sorted(set(wanted) & set(OF_ADMINISTRATORS))
    if of_machine:
        raise BadInput(
            f"{', '.join(of_machine)}: whoever administers this machine writes addresses into study.yaml itself, and "
            f'confirms them with "tandem trust".'
        )
    before = parts.study.config
    after = _checked(parts, wanted, besides)
    changed = {key: wanted[key] for key in wanted if getattr(after, key) != getattr(before, key)}
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


def _checked(parts: Parts, wanted: Mapping[str, Any], besides: Sequence[ConfigFault]) -> StudyConfig:
    before = parts.study.config
    usual = {key: None for key, value in wanted.items() if value is None}
    plain = {**before.model_dump(mode="json"), **wanted}
    faults = list(besides)
    try:
        after = parse_config({key: value for key, value in plain.items() if key not in usual})
    except WrongConfig as error:
        faults += error.faults
        # what else there is to say is said at once, of the keys that can be meant
        wrong = {fault.path[0] for fault in error.faults}
        after = parse_config({key: value for key, value in plain.items() if key not in {*usual, *wrong}} | {
            key: value for key, value in before.model_dump(mode="json").items() if key in wrong
        })  # fmt: skip
    with parts.store.reading() as connection:
        faults += _contradictions(connection, before, after)
    if faults:
        raise WrongConfig(faults)
    return after


def _contradictions(connection: Connection, before: StudyConfig, after: StudyConfig) -> Iterator[ConfigFault]:
    there = places_in(connection)
    sites = tuple(site for its in after.cases.values() for site in its)
    listed = {"wave": ("waves", after.waves), "case": ("cases", tuple(after.cases)), "site": ("cases", sites)}
    for what, (key, names) in listed.items():
        known = {folded(name) for name in names}
        # an empty list allows every name
        missing = [name for name in there[what] if names and folded(name) not in known]
        for name in missing:
            column = transcripts.c[what]
            count = connection.execute(
                select(func.count()).select_from(transcripts).where(column == name)
            ).scalar_one()
            yield _against_study(
                key,
                f'the {what} "{name}" cannot go: {counted(count, "transcript belongs", "transcripts belong")} to it. Give '
                f"these another {what} first, or keep it.",
            )
    named = {folded(name) for entry in after.coders for name in (entry.name, *entry.aliases)}
    for entry in before.coders:
        if folded(entry.name) not in named and _has_coded(connection, entry.name):
            yield _against_study(
                "coders",
                f'the coder "{entry.name}" cannot go: codings stand under this name. If the name was misspelt, keep it '
                f"among the other names of the new entry.",
            )
    yield from _against_itself(before, after)


def _against_itself(before: StudyConfig, after: StudyConfig) -> Iterator[ConfigFault]:
    if after.language != before.language and not is_language(after.language):
        yield _against_study(
            "language",
            f'the language "{after.language[:40]}" is not known; write two letters, such as en or sv.',
        )
    for ours in after.codings_columns:
        if ours not in before.codings_columns and ours not in NAMEABLE:
            yield _against_study(
                "codings_columns",
                f'the column "{ours[:40]}" is none of ours. Before the colon, write one of: {", ".join(NAMEABLE)}.',
            )
    for entry, key in _in_both(before, after, "participant_speakers", "interviewers"):
        yield _against_study(
            key, f'the speaker "{entry}" is among those who ask and those who answer. Keep one.'
        )
    for entry, key in _in_both(before, after, "unlabelled_participant", "no_speakers"):
        yield _against_study(
            key,
            f'the file "{entry}" is among those without speakers and those whose lines without a label are the '
            f"participant's. Keep one.",
        )


def _in_both(before: StudyConfig, after: StudyConfig, first: str, second: str) -> Iterator[tuple[str, str]]:
    """What two lists name both, as it is told at the list that was changed."""
    changed = second if getattr(after, first) == getattr(before, first) else first
    other = {folded(entry) for entry in getattr(after, second if changed == first else first)}
    yield from ((entry, changed) for entry in getattr(after, changed) if folded(entry) in other)


def _against_study(key: str, sentence: str) -> ConfigFault:
    return ConfigFault((key,), sentence[:1].upper() + sentence[1:], sentence)


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
    if {
        "interviewers",
        "participant_speakers",
        "same_speakers",
        "no_speakers",
        "unlabelled_participant",
    } & set(changed):
        yield "this holds for what is brought in from now on; transcripts that are there stay as they are."
    if "consents" in changed:
        yield "this holds for transcripts that are brought in from now on; see Participants for those that are there."
