"""Describe: whose a transcript of the study is and where it belongs, said or corrected after it came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, HTTPException, Response, status

from annotations.errors import BadInput
from annotations.store.described_transcripts import DescribedTranscript
from annotations.store.study_places import places_in
from annotations.store.transcripts import transcript_by_id
from annotations.study.config import StudyConfig
from service.access.page_links import interview_path
from service.access.policy import Action
from service.audit import Did
from service.bringing_in.missing import lacks, used_in
from service.importing.describe_transcript import PLACED, describe_transcript, described_as
from service.importing.description_checked import DescriptionFaults
from service.web.form_of_before import SEEN, changed_meanwhile, is_of_before, mark_of, otherwise_now
from service.web.form_route import FormRoute
from service.web.pages import Visit, Visited, saved
from service.web.workbench.audit import audit
from service.web.workbench.given import Sent
from service.web.workbench.place_choices import place_choices

PATH = "/participants/transcript"
_CHANGED_MEANWHILE = changed_meanwhile("What is said of this transcript was")
router = APIRouter(include_in_schema=False, route_class=FormRoute)


def describe_path(transcript: UUID) -> str:
    """The page on which a transcript is described."""
    return f"{PATH}/{transcript}"


@dataclass(frozen=True, slots=True)
class UnplacedTranscript:
    """A transcript of which something is missing. ``lacks``: what, such as "wave"."""

    id: UUID
    name: str
    lacks: tuple[str, ...]

    @property
    def address(self) -> str:
        """Where it is said."""
        return describe_path(self.id)


def unplaced(
    transcripts: Iterable[DescribedTranscript], config: StudyConfig, places: Mapping[str, Sequence[str]]
) -> list[UnplacedTranscript]:
    """Those of which wave, participant, case or site is missing, by the rule of "Bring in"; ``places``: ``places_in``."""
    used = used_in(config, places, ())
    rows = []
    for t in transcripts:
        said = {"wave": t.wave, "participant": t.participant, "case": t.case, "site": t.site, "kind": t.kind}
        if missing := lacks(said, used, config):
            rows.append(UnplacedTranscript(t.id, t.name, tuple(missing)))
    return rows


@router.get(f"{PATH}/{{transcript}}")
def described(visit: Visited, transcript: UUID) -> Response:
    """What is said of it now."""
    visit.must(Action.BRING_IN, asked="say where transcripts belong")
    return _page(visit, transcript)


@router.post(f"{PATH}/{{transcript}}")
def describe(visit: Visited, sent: Sent, transcript: UUID) -> Response:
    """Say it anew."""
    visit.must(Action.BRING_IN, asked="say where transcripts belong")
    given = {name: sent.text(name) for name in PLACED if sent.holds_any((name,))}
    try:
        with visit.parts.alone("describe"):
            parts = visit.parts.read_again()
            now = _said_now(visit, transcript)
            if is_of_before(sent.text(SEEN), now) and (errors := otherwise_now(now, now | given)):
                return _page(visit, transcript, fault=_CHANGED_MEANWHILE, errors=errors, given=given)
            done = describe_transcript(parts, transcript, given)
    except DescriptionFaults as error:
        return _page(visit, transcript, errors=error.fields, given=given)
    except BadInput as error:
        return _page(visit, transcript, fault=str(error), given=given)
    if done.fields:
        audit(visit, Did.PLACED, done.transcript, what=", ".join(done.fields))
    return saved(describe_path(transcript), f"describe-{transcript}")


def _said_now(visit: Visit, transcript: UUID) -> dict[str, str]:
    with visit.parts.store.reading() as connection:
        kept = transcript_by_id(connection, transcript)
    return {} if kept is None else described_as(kept.transcript)


def _page(
    visit: Visit,
    transcript: UUID,
    *,
    fault: str = "",
    errors: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Response:
    with visit.parts.store.reading() as connection:
        kept = transcript_by_id(connection, transcript)
        places = places_in(connection)
    if kept is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "The study has no such transcript any more.")
    return visit.page(
        "workbench/describe.html",
        called=kept.transcript.name,
        here=describe_path(transcript),
        keep=f"describe-{transcript}",
        reads=interview_path(transcript),
        values=described_as(kept.transcript) | dict(given or {}),
        seen=mark_of(described_as(kept.transcript)),
        participant=kept.transcript.participant,
        places=place_choices(visit.parts.read_again().study.config, places),
        errors=errors or {},
        faults=fault.splitlines(),
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault or errors else status.HTTP_200_OK,
    )
