"""Where a transcript of the study belongs, changed by a person who looks at it; its words stay, and what is coded too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from annotations.errors import BadInput
from annotations.readers.description import places_of
from annotations.store.transcripts import redescribe_transcript, transcript_by_id
from annotations.store.withdrawals import withdrawal_of
from annotations.transcript import Transcript
from service.composition import Parts
from service.importing.description_checked import DescriptionFaults, checked_description

PLACED = ("participant", "wave", "case", "site", "kind", "session", "date", "language")


@dataclass(frozen=True, slots=True)
class ChangedPlace:
    """The name of a transcript that was described anew, and the fields that are otherwise now."""

    transcript: str
    fields: tuple[str, ...]


def described_as(transcript: Transcript) -> dict[str, str]:
    """What is said of a transcript now, as a form shows it."""
    said = {name: str(getattr(transcript, name) or "") for name in PLACED}
    return said | {"kind": transcript.kind.value}


def describe_transcript(parts: Parts, transcript_id: UUID, given: Mapping[str, str]) -> ChangedPlace:
    """Say anew where a transcript belongs; an empty field says that nothing is known, one that is not given stays.

    Kind and language stay where nothing is given. Raises DescriptionFaults by field, also for a participant who withdrew,
    and BadInput where the transcript is gone; nothing is changed then.
    """
    config = parts.study.config
    with parts.store.writing() as connection:
        kept = transcript_by_id(connection, transcript_id)
        if kept is None:
            raise BadInput("the study has no such transcript any more.")
        said = checked_description(described_as(kept.transcript) | dict(given), config)
        case, site, wave = places_of(said, config, "here")
        gone = withdrawal_of(connection, said.participant) if said.participant else None
        if gone is not None:
            raise DescriptionFaults(
                {
                    "participant": f"Participant {gone.participant} withdrew, so nothing can be theirs. If this is somebody "
                    f"else, give them another code."
                }
            )
        after = replace(
            kept.transcript,
            participant=said.participant or "",
            wave=wave,
            case=case,
            site=site,
            session=said.session or "",
            date=said.date,
            kind=said.kind or kept.transcript.kind,
            language=said.language or kept.transcript.language,
        )
        changed = tuple(name for name in PLACED if getattr(after, name) != getattr(kept.transcript, name))
        if changed:
            redescribe_transcript(connection, kept.id, after)
    return ChangedPlace(kept.transcript.name, changed)
