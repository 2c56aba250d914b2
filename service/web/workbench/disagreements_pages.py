"""Passages to talk about: where people differ, what was agreed, and where the model is surest against people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Response, status
from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.errors import BadInput
from annotations.names import folded
from annotations.store.transcripts import all_texts, transcript_by_id
from annotations.turn_numbers import shown_number
from service.access.policy import Action
from service.access.transcript_access import about, must_read, sees
from service.agreement.consensus import Agreed, record, take_back
from service.agreement.telling_disagreements import (
    RULE,
    RULE_OF_SEEN,
    PlacedDisagreement,
    Telling,
    TellingDisagreements,
    among_seen,
)
from service.audit import Did
from service.looking.interview_read import read_interview
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.pages import Visit, saved
from service.web.workbench.audit import audit
from service.web.workbench.in_force import VisitedNow
from service.web.workbench.words_shown import words_shown

router = APIRouter(include_in_schema=False, route_class=FormRoute)
PATH = "/disagreements"
AROUND = 3
OPEN, AGREED = "open", "agreed"


@router.get(PATH)
def disagreements(visit: VisitedNow) -> Response:
    """The list, the most telling first."""
    visit.must(Action.READ_TEXT)
    book, query = visit.parts.codebook, visit.request.query_params
    code, pair = query.get("code", ""), query.get("pair", "")
    wanted = book.find(code).id if code else None
    telling = _telling(visit)
    fitting = [placed_one for placed_one in telling.found if _fits(placed_one, wanted, pair)]
    fixed = {"code": code, "pair": pair}
    # a passage is opened with every filter of the list, so that "next" stays within it
    columns = _columns(book, _filters(visit))
    shown = ShownList(
        fitting,
        columns,
        asked_of(query),
        path=PATH,
        noun="passage",
        also=fixed,
        empty="No passage was judged independently by two people who then differed.",
    )
    if shown.asked.take:
        return visit.takes(shown, "disagreements")
    visit.sees_passages("disagreements", (row.one.transcript for row in shown.on_page))
    return visit.page(
        "workbench/disagreements.html",
        list=shown,
        codes=[
            (book.label(code.code), code.differ, code.alike)
            for code in telling.codes
            if code.code in book.by_id
        ],
        pairs=sorted({name for placed_one in telling.found for name in _pairs(placed_one)}),
        chosen=code,
        pair=pair,
        rule=RULE if _sees_all(visit) else RULE_OF_SEEN,
        tells_alike=_sees_all(visit),
    )


@router.get(f"{PATH}/{{transcript}}/{{segment}}")
def one_disagreement(visit: VisitedNow, transcript: UUID, segment: UUID) -> Response:
    """One passage in its interview, with who said what, and the form for what is agreed on."""
    return _one(visit, transcript, segment)


@router.post(f"{PATH}/{{transcript}}/{{segment}}")
def agree_on(
    visit: VisitedNow,
    transcript: UUID,
    segment: UUID,
    code: Annotated[list[str] | None, Form()] = None,
    other: Annotated[str, Form(max_length=500)] = "",
    nothing: Annotated[str, Form()] = "",
    present: Annotated[list[str] | None, Form()] = None,
    guests: Annotated[str, Form(max_length=500)] = "",
    memo: Annotated[str, Form(max_length=20_000)] = "",
    moderated: Annotated[str, Form()] = "",
    changes: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """As "tandem consensus" does, and on to the next passage."""
    visit.must(Action.DECIDE_CODES)
    before = _neighbours(visit, transcript, segment)
    codes = [*(code or ()), *([other] if other.strip() else ())]
    there = [*(present or ()), *(name for name in guests.split(",") if name.strip())]
    try:
        placed = _placed(visit, transcript, segment)
        if bool(codes) == bool(nothing):
            raise BadInput(
                'say which codes apply, or that none does: tick codes, or "no code applies", not both. Nothing was kept.'
            )
        agreed = Agreed(
            placed.one.transcript,
            placed.one.turn,
            codes,
            visit.viewer.name,
            memo.strip(),
            bool(moderated),
            segment=segment,
            present=there,
            changed=[changes] if changes.strip() else [],
        )
        with visit.parts.alone("consensus"):
            kept = record(visit.parts, agreed)
        audit(visit, Did.DECIDED, kept.transcript, review=str(kept.review))
    except BadInput as error:
        return _one(visit, transcript, segment, fault=str(error))
    onward = before[1]
    filters = _filters(visit)
    return saved(
        _address(onward, filters) if onward else f"{PATH}?{urlencode(filters)}", form=f"agreed-{segment}"
    )


@router.post(f"{PATH}/{{transcript}}/{{segment}}/take-back")
def take_agreed_back(visit: VisitedNow, transcript: UUID, segment: UUID) -> Response:
    """What was agreed on counts no more, and the passage is open again."""
    visit.must(Action.DECIDE_CODES)
    placed = _placed(visit, transcript, segment)
    with visit.parts.alone("consensus"):
        review = take_back(visit.parts, placed.one.transcript, segment, by=visit.viewer.name)
    audit(visit, Did.DECIDED, placed.one.transcript, review=str(review), what="taken back")
    return saved(_address((transcript, segment), _filters(visit)), form=f"taken-back-{segment}")


def _one(visit: Visit, transcript: UUID, segment: UUID, fault: str = "") -> Response:
    visit.must(Action.READ_TEXT)
    placed = _placed(visit, transcript, segment)
    book, disagreement = visit.parts.codebook, placed.one
    interview = read_interview(visit.parts, transcript)
    turn = shown_number(disagreement.turn)
    around = [it for it in (interview.turns if interview else ()) if abs(it.number - turn) <= AROUND]
    said = {code for its in disagreement.said for code in its.codes if code in book.by_id}
    visit.reads(disagreement.transcript)
    before, after = _neighbours(visit, transcript, segment)
    filters = _filters(visit)
    return visit.page(
        "workbench/disagreement.html",
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
        one=disagreement,
        turn=turn,
        around=around,
        plain=disagreement.to_json(book),
        definitions=[book[code] for code in disagreement.differ_on],
        label=book.label,
        offered=[(book[code].id, book.label(code)) for code in book.by_id if code in said],
        others=[book.label(known.id) for known in book.applicable if known.id not in said],
        people=sorted(
            {*(its.coder for its in disagreement.said), *(p.name for p in visit.parts.study.config.people)}
        ),
        fault=[fault] if fault else [],
        before=_address(before, filters) if before else "",
        after=_address(after, filters) if after else "",
        back=f"{PATH}?{urlencode(filters)}",
        take_back=f"{PATH}/{transcript}/{segment}/take-back{f'?{urlencode(filters)}' if filters else ''}",
        here=visit.request.url.path + (f"?{urlencode(filters)}" if filters else ""),
        interview_path=f"/interviews/{transcript}#turn-{turn}",
    )


def _telling(visit: Visit) -> Telling:
    known: Telling | None = getattr(visit.request.state, "telling", None)
    if known is not None:
        return known
    kept: TellingDisagreements = visit.request.app.state.disagreements
    with visit.parts.store.reading() as connection:
        telling = kept.now(connection, visit.parts)
        if not _sees_all(visit):
            telling = among_seen(tuple(_seen(visit, connection, telling.found)))
    visit.request.state.telling = telling
    return telling


def _sees_all(visit: Visit) -> bool:
    return visit.may(Action.DECIDE_CODES) and visit.viewer.sites is None


def _seen(
    visit: Visit, connection: Connection, placed_ones: Sequence[PlacedDisagreement]
) -> Iterator[PlacedDisagreement]:
    """Others' codes of a passage are for whoever may see them: a coder once her own are in."""
    texts = {text.id: text.transcript for text in all_texts(connection)}
    for placed in placed_ones:
        if placed.transcript not in texts:
            continue
        own = any(folded(said.coder) == folded(visit.viewer.name) for said in placed.one.said)
        asked = about(visit.viewer, texts[placed.transcript], own_is_in=own)
        if visit.may(Action.SEE_OTHERS_CODES, asked):
            yield placed


def _placed(visit: Visit, transcript: UUID, segment: UUID) -> PlacedDisagreement:
    with visit.parts.store.reading() as connection:
        kept = transcript_by_id(connection, transcript)
        # one of another site is as if it were not there
        if kept is not None and sees(visit.viewer, kept.transcript):
            must_read(visit.viewer, kept.transcript)
    placed_there = next(
        (placed_one for placed_one in _telling(visit).found if placed_one.key == (transcript, segment)), None
    )
    if placed_there is None:
        raise BadInput(
            "On this passage people do not differ, or it has left the study. See the list of disagreements. "
            "Nothing was kept."
        )
    return placed_there


def _neighbours(
    visit: Visit, transcript: UUID, segment: UUID
) -> tuple[tuple[UUID, UUID | None] | None, tuple[UUID, UUID | None] | None]:
    """The passages before and after in the list as it is filtered; those on which something is agreed are passed over."""
    filters, book = _filters(visit), visit.parts.codebook
    wanted = book.find(filters["code"]).id if "code" in filters else None
    its = [
        placed_one.key
        for placed_one in _telling(visit).found
        if (placed_one.one.consensus is None or placed_one.key == (transcript, segment))
        and _fits(placed_one, wanted, filters.get("pair", ""))
        and all(getattr(placed_one.one, key) == filters[key] for key in ("case", "wave") if key in filters)
    ]
    if (transcript, segment) not in its:
        return None, None
    at = its.index((transcript, segment))
    return (its[at - 1] if at else None), (its[at + 1] if at + 1 < len(its) else None)


def _filters(visit: Visit) -> dict[str, str]:
    query = visit.request.query_params
    return {key: query[key][:500] for key in ("code", "pair", "case", "wave") if query.get(key)}


def _address(key: tuple[UUID, UUID | None], filters: dict[str, str]) -> str:
    said = f"?{urlencode(filters)}" if filters else ""
    return f"{PATH}/{key[0]}/{key[1]}{said}"


def _fits(placed: PlacedDisagreement, code: str | None, pair: str) -> bool:
    return (code is None or code in placed.one.differ_on) and (not pair or pair in _pairs(placed))


def _pairs(placed: PlacedDisagreement) -> list[str]:
    names = sorted(said.coder for said in placed.one.said)
    return [f"{name} and {other}" for at, name in enumerate(names) for other in names[at + 1 :]]


def _columns(book: Codebook, filters: dict[str, str]) -> Sequence[ListColumn[PlacedDisagreement]]:
    kept = {key: value for key, value in filters.items() if value}
    return (
        ListColumn(
            "words",
            "Passage",
            lambda row: words_shown(row.one.words),
            address=lambda row: _address(row.key, kept),
        ),
        ListColumn("codes", "They differ on", lambda row: ", ".join(map(book.label, row.one.differ_on))),
        ListColumn("who", "Who", lambda row: ", ".join(said.coder for said in row.one.said)),
        ListColumn(
            "interview", "Interview", lambda row: f"{row.one.transcript}, turn {shown_number(row.one.turn)}"
        ),
        ListColumn("case", "Case", lambda row: row.one.case, choice=True),
        ListColumn("wave", "Wave", lambda row: row.one.wave, choice=True),
        ListColumn("state", "State", lambda row: AGREED if row.one.consensus else OPEN, choice=True),
    )
