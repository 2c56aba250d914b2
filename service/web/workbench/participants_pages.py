"""Participants: what is known of them, what they consent to, and their withdrawal with its preview and its receipt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Response, status

from annotations.attributes import Owner
from annotations.errors import BadInput
from annotations.names import folded
from annotations.store.described_transcripts import DescribedTranscript, described_transcripts
from annotations.store.jobs import ask_for
from annotations.store.study_places import places_in
from annotations.store.withdrawals import all_withdrawals
from annotations.transcript import Consents
from service.access.page_links import interview_path
from service.access.policy import Action
from service.audit import Did
from service.importing.change_participant import change_attributes, change_consents
from service.importing.participants import KnownPerson, StudyPeople, people_of
from service.person_named import person_named
from service.web.form_of_before import (
    SEEN,
    changed_meanwhile,
    is_of_before,
    mark_of,
    otherwise_now,
    shows_anew,
)
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.pages import Visit, Visited, saved
from service.web.workbench import describe_page
from service.web.workbench.asked_jobs import ask_job, latest_job
from service.web.workbench.audit import audit
from service.web.workbench.describe_page import describe_path, unplaced
from service.web.workbench.erased_rows import NAMED, row_in_words
from service.web.workbench.given import Sent
from service.withdrawal.erasure_dry_run import what_would_go
from service.withdrawal.foreseen import foreseen
from service.withdrawal.receipt import FOLDER

PATH = "/participants"
_KNOWN_CHANGED = changed_meanwhile("What is known of them was")
_CONSENTS_CHANGED = shows_anew("What they consent to was")
_RECEIPT = re.compile(r"(withdrawal|correction)-\d{4}-\d{2}-\d{2}-[0-9a-f]{8}(-\d{1,4})?\.txt")
router = APIRouter(include_in_schema=False, route_class=FormRoute)
router.include_router(describe_page.router)


def address_of(participant: str) -> str:
    """The page of a participant."""
    return f"{PATH}/of?who={quote(participant)}"


@router.get(PATH)
def participants(visit: Visited) -> Response:
    """Everybody, with what is known of them, and who withdrew."""
    visit.must(Action.BRING_IN, asked="see who the participants are")
    with visit.parts.store.reading() as connection:
        people = people_of(connection)
        theirs = described_transcripts(connection)
        places = places_in(connection)
        gone = all_withdrawals(connection)
        job = latest_job(connection, "withdraw")
    columns = [
        ListColumn[KnownPerson](
            "who", "Participant", lambda row: row.name, address=lambda row: address_of(row.name)
        ),
        ListColumn[KnownPerson]("case", "Case", lambda row: row.case, choice=True),
        ListColumn[KnownPerson]("site", "Site", lambda row: ", ".join(row.sites), choice=True),
        ListColumn[KnownPerson]("wave", "Waves", lambda row: ", ".join(row.waves), choice=True),
        ListColumn[KnownPerson]("transcripts", "Transcripts", lambda row: row.transcripts),
        ListColumn[KnownPerson](
            "learn", "May be learnt from", lambda row: _how_many(row.may_train, row), choice=True
        ),
        ListColumn[KnownPerson](
            "quote", "May be quoted", lambda row: _how_many(row.may_quote, row), choice=True
        ),
        *(
            ListColumn[KnownPerson](f"a-{at}", name, _attribute(name), choice=len(people.names) < 8)
            for at, name in enumerate(people.names)
        ),
    ]
    shown = ShownList(
        people.participants,
        columns,
        asked_of(visit.request.query_params),
        path=PATH,
        noun="participant",
        empty="Nobody is known yet: bring interviews in first.",
    )
    if shown.asked.take:
        return visit.takes(shown, "participants")
    return visit.page(
        "workbench/participants.html",
        list=shown,
        unplaced=unplaced(theirs, visit.parts.study.config, places),
        gone=gone,
        job=job,
        receipts=_receipts(visit),
    )


@router.get(f"{PATH}/of")
def participant(visit: Visited, who: str = "") -> Response:
    """One participant."""
    visit.must(Action.BRING_IN, asked="see who the participants are")
    return _page(visit, who)


@router.post(f"{PATH}/attributes")
def attributes(visit: Visited, sent: Sent) -> Response:
    """What is known of a participant, as the form says it."""
    visit.must(Action.BRING_IN, asked="change what is known of participants")
    who = sent.text("who")
    values = sent.beginning("attribute-")
    if sent.text("new_name") or sent.text("new_value"):
        values[sent.text("new_name")] = sent.text("new_value")
    try:
        with visit.parts.alone("participants"):
            known = _known_of(visit, who)
            if is_of_before(sent.text(SEEN), known):
                typed = {name: values.get(name, "") for name in known}
                return _page(
                    visit, who, fault=_KNOWN_CHANGED, given=values, errors=otherwise_now(known, typed)
                )
            change_attributes(visit.parts, Owner.PARTICIPANT, who, values)
    except BadInput as error:
        return _page(visit, who, fault=str(error), given=values)
    audit(visit, Did.DESCRIBED, who, what="attributes")
    return saved(address_of(who), form=f"attributes-{who}")


@router.post(f"{PATH}/consents")
def consents(visit: Visited, sent: Sent) -> Response:
    """What may be done with a participant's transcripts."""
    visit.must(Action.ERASE)
    who = sent.text("who")
    sites = tuple(site.strip() for site in sent.text("visible_to").split(",") if site.strip())
    wanted = Consents(sent.ticked("may_train"), sent.ticked("may_quote"), sites or None)
    try:
        with visit.parts.alone("participants"):
            if is_of_before(sent.text(SEEN), _consented(_theirs(visit, who))):
                return _page(visit, who, fault=_CONSENTS_CHANGED)
            done = change_consents(visit.parts, who, wanted)
    except BadInput as error:
        return _page(visit, who, fault=str(error))
    audit(visit, Did.DESCRIBED, who, what="consents", may_train=wanted.may_train, may_quote=wanted.may_quote)
    return _page(visit, who, note=done.sentence)


@router.get(f"{PATH}/withdraw")
def preview(visit: Visited, who: str = "") -> Response:
    """What a withdrawal would erase, by trying it and taking it back; in a large study a worker tries it."""
    visit.must(Action.ERASE)
    return _preview(visit, who)


@router.post(f"{PATH}/foresee")
def foresee(visit: Visited, sent: Sent) -> Response:
    """Ask a worker what a withdrawal would erase."""
    visit.must(Action.ERASE)
    who = sent.text("who")
    what_would_go(visit.parts, who)
    audit(visit, Did.ASKED, who, kind="what a withdrawal would erase")
    return ask_job(visit, "foresee", {"participant": who}, back=f"{PATH}/withdraw?{urlencode({'who': who})}")


@router.post(f"{PATH}/withdraw")
def withdraw(visit: Visited, sent: Sent) -> Response:
    """Ask for the withdrawal: a worker erases, and writes the receipt."""
    visit.must(Action.ERASE)
    who = sent.text("who")
    by = person_named(visit.viewer.name, "the account's name", purpose="It is kept on record.")
    what_would_go(visit.parts, who)
    if folded(sent.text("again")) != folded(who):
        said = f'Nothing was erased: to erase {who} for good, type the code "{who}" into the field.'
        return _preview(visit, who, fault=said)
    with visit.parts.store.writing() as connection:
        arguments = {"participant": who, "by": by}
        job = ask_for(connection, "withdraw", arguments, asked_by=visit.viewer.account)
    audit(visit, Did.ASKED, who, kind="withdrawal")
    return saved(f"/jobs/{job}")


@router.get(f"{PATH}/receipts/{{name}}")
def receipt(visit: Visited, name: str) -> Response:
    """A receipt, to print or to send."""
    visit.must(Action.ERASE)
    if name not in _receipts(visit):
        return visit.page(
            "fault.html",
            code=status.HTTP_404_NOT_FOUND,
            title="This receipt is not here",
            sentence="The study has no receipt of this name. All of them are listed below the participants.",
        )
    text = (visit.parts.study.folder / FOLDER / name).read_text("utf-8")
    return visit.page("workbench/receipt.html", title=name, text=text)


def _attribute(name: str):  # type: ignore[no-untyped-def]
    return lambda row: row.attributes.get(name, "")


def _how_many(count: int, person: KnownPerson) -> str:
    if not person.transcripts:
        return ""
    return "no" if not count else "yes" if count == person.transcripts else "some"


def _page(
    visit: Visit,
    who: str,
    *,
    fault: str = "",
    note: str = "",
    given: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    with visit.parts.store.reading() as connection:
        people = people_of(connection)
        theirs = _of(described_transcripts(connection), who)
    person = _person(people, who)
    if person is None:
        return visit.page(
            "fault.html",
            code=status.HTTP_404_NOT_FOUND,
            title="Nobody has this code",
            sentence=f'No transcript and no attribute is of participant "{who[:80]}". They may have withdrawn.',
        )
    own = {name for participant in people.participants for name in participant.attributes}
    values = {name: person.attributes.get(name, "") for name in people.names if name in own} | (given or {})
    consents = theirs[0].consents if theirs else Consents()
    return visit.page(
        "workbench/participant.html",
        person=person,
        theirs=theirs,
        values=values,
        consents=consents,
        differ=any(transcript.consents != consents for transcript in theirs),
        place=lambda row: interview_path(row.id),
        describe=lambda row: describe_path(row.id),
        seen=mark_of(dict(person.attributes)),
        seen_consents=mark_of(_consented(theirs)),
        errors=errors or {},
        faults=fault.splitlines(),
        note=note,
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
    )


def _person(people: StudyPeople, who: str) -> KnownPerson | None:
    return next((person for person in people.participants if folded(person.name) == folded(who)), None)


def _known_of(visit: Visit, who: str) -> dict[str, str]:
    with visit.parts.store.reading() as connection:
        person = _person(people_of(connection), who)
    return {} if person is None else dict(person.attributes)


def _theirs(visit: Visit, who: str) -> list[DescribedTranscript]:
    with visit.parts.store.reading() as connection:
        return _of(described_transcripts(connection), who)


def _consented(theirs: Iterable[DescribedTranscript]) -> dict[str, object]:
    """What was consented to, transcript by transcript, as plain values."""
    return {
        str(row.id): [row.consents.may_train, row.consents.may_quote, row.consents.visible_to]
        for row in theirs
    }


def _of(transcripts: tuple[DescribedTranscript, ...], who: str) -> list[DescribedTranscript]:
    return [
        transcript
        for transcript in transcripts
        if transcript.participant and folded(transcript.participant) == folded(who)
    ]


def _preview(visit: Visit, who: str, *, fault: str = "") -> Response:
    foreseen_plan, job = foreseen(visit.parts, who)
    if foreseen_plan is None:
        return visit.page("workbench/withdraw_at_work.html", who=who, job=job)
    return visit.page(
        "workbench/withdraw.html",
        plan=foreseen_plan,
        rows=[row_in_words(*row) for row in foreseen_plan["rows"].items() if row[0] != NAMED],
        faults=[fault] if fault else [],
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
    )


def _receipts(visit: Visit) -> list[str]:
    folder = visit.parts.study.folder / FOLDER
    if not folder.is_dir() or folder.is_symlink():
        return []
    return sorted(
        (
            receipt.name
            for receipt in folder.iterdir()
            if _RECEIPT.fullmatch(receipt.name) and not receipt.is_symlink()
        ),
        reverse=True,
    )
