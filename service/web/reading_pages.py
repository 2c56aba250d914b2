"""Reading: interviews as a whole, how far they are, and words found in them.

Whoever is signed in sees codes and memos in the margin, as far as she may. A link in Label Studio carries a key of its page
for coders without an account; the browser keeps it as a cookie of that page, it leaves the address bar, and the page shows
the words and nobody's codes.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response, status
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Kind
from annotations.transcript_kinds import kind_of_all
from service.access.page_links import INTERVIEWS, anchor, interview_path, page_key
from service.access.policy import Action
from service.access.transcript_access import must_read, sees
from service.audit import Actor, saw
from service.looking.interview_read import read_interview
from service.looking.interview_search import InterviewSearch, readable_interviews
from service.looking.margin import read_with_margin
from service.looking.my_work import Assigned, work_of
from service.web.client_address import address_of, is_secure
from service.web.dependencies import Served
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.pages import Visited, page_for, rendered, visit_of
from service.web.signed_in import viewer_or_none
from service.web.workbench.describe_page import describe_path

COOKIE = "tandem_page"
NEW_DOUBT = "/doubts/new"
router = APIRouter(include_in_schema=False, route_class=FormRoute)


def _columns(noun: str, mine: Mapping[UUID, Assigned]) -> list[ListColumn[KeptTranscript]]:
    columns = [
        ListColumn[KeptTranscript](
            "name",
            noun.capitalize(),
            lambda row: row.transcript.name,
            address=lambda row: interview_path(row.id),
        ),
        ListColumn[KeptTranscript]("kind", "Kind", lambda row: row.transcript.kind.value, choice=True),
        ListColumn[KeptTranscript]("participant", "Participant", lambda row: row.transcript.participant),
        ListColumn[KeptTranscript]("case", "Case", lambda row: row.transcript.case, choice=True),
        ListColumn[KeptTranscript]("site", "Site", lambda row: row.transcript.site, choice=True),
        ListColumn[KeptTranscript]("wave", "Wave", lambda row: row.transcript.wave, choice=True),
        ListColumn[KeptTranscript](
            "date",
            "Date",
            lambda row: None if row.transcript.date is None else row.transcript.date.isoformat(),
        ),
    ]
    if mine:
        columns.append(
            ListColumn[KeptTranscript](
                "done",
                "Done by me",
                lambda row: mine[row.id].done if row.id in mine else None,
                text=lambda row: f"{mine[row.id].done} of {mine[row.id].passages}" if row.id in mine else "",
            )
        )
    return columns


@router.get(INTERVIEWS)
def interviews(visit: Visited) -> Response:
    """All interviews and other transcripts that somebody may read."""
    visit.must(Action.READ_TEXT)
    texts = readable_interviews(visit.parts, visit.viewer)
    work = work_of(visit.parts, visit.viewer, visit.viewer.name).interviews if visit.may(Action.CODE) else ()
    asked = asked_of(visit.request.query_params)
    noun = kind_of_all([text.transcript.kind for text in texts] or [Kind.INTERVIEW])
    columns = _columns(noun, {assigned.transcript: assigned for assigned in work})
    shown = ShownList(texts, columns, asked, path=INTERVIEWS, noun=noun, empty="There are no interviews yet.")
    if asked.take:
        return visit.takes(shown, "interviews")
    return visit.page("interviews.html", list=shown)


@router.get(f"{INTERVIEWS}/search")
def search(visit: Visited) -> Response:
    """Turns that hold the words asked for."""
    visit.must(Action.READ_TEXT)
    words = visit.request.query_params.get("words", "").strip()[:200]
    searching: InterviewSearch = visit.request.app.state.search
    hits = searching.find(visit.parts, visit.viewer, words)
    visit.sees_passages("a search", (hit.name for hit in hits.found))
    return visit.page("search.html", words=words, hits=hits)


@router.get(f"{INTERVIEWS}/{{transcript}}")
async def interview(request: Request, parts: Served, transcript: UUID, note: str = "") -> Response:
    """An interview with its turns; ``#turn-4`` in the address is the place of the fourth.

    ``note``: a turn about which the reader wants to note or ask. A link of every turn says so, and is as short as can be.
    """
    path = interview_path(transcript)
    moved = key_leaves_address(request, path)
    if moved is not None:
        return moved
    viewer = await viewer_or_none(request)
    if viewer is not None and note:
        asked = urlencode({"transcript": transcript, "turn": note})
        return RedirectResponse(f"{NEW_DOUBT}?{asked}", status.HTTP_303_SEE_OTHER)
    if viewer is not None:
        visit = await visit_of(request, parts, viewer)
        seen = await run_in_threadpool(read_with_margin, parts, viewer, transcript)
        if seen is not None:
            await run_in_threadpool(visit.reads, seen.name)
            notes = visit.may(Action.WRITE_DOUBT)
            traces = visit.may(Action.CHANGE_MODELS)
            return visit.page(
                "interview_with_margin.html",
                interview=seen,
                anchor=_anchor,
                may_note=notes,
                may_trace=traces,
                describes=describe_path(transcript) if visit.may(Action.BRING_IN) else "",
            )
    elif not opens(request, path):
        return page_for(request, None, "locked_page.html", code=status.HTTP_401_UNAUTHORIZED)
    else:
        read = await run_in_threadpool(read_interview, parts, transcript)
        if read is not None:
            await run_in_threadpool(saw, parts.store, _by_link(request), read.name)
            return page_for(request, None, "interview.html", interview=read, anchor=_anchor)
    return page_for(request, viewer, "no_interview.html", code=status.HTTP_404_NOT_FOUND)


@router.get(f"{INTERVIEWS}/{{transcript}}/done.svg")
async def done(request: Request, parts: Served, transcript: UUID) -> Response:
    """An empty picture: tasks that were pushed earlier ask for one that said how much somebody, whoever, had done."""
    by_link = opens(request, interview_path(transcript))
    viewer = None if by_link else await viewer_or_none(request)
    if viewer is None and not by_link:
        return Response(status_code=status.HTTP_401_UNAUTHORIZED)
    read = await run_in_threadpool(read_interview, parts, transcript)
    if read is None or (viewer is not None and not sees(viewer, read.kept.transcript)):
        return Response(status_code=status.HTTP_404_NOT_FOUND)
    if viewer is not None:
        must_read(viewer, read.kept.transcript)
    return Response(rendered("done.svg"), media_type="image/svg+xml")


def key_leaves_address(request: Request, path: str) -> Response | None:
    """For a link that carries its page's key: the page itself, and the browser keeps the key for it; else None."""
    given = request.query_params.get("key")
    if given is None or not _is_key(request, path, given):
        return None
    answer = RedirectResponse(path, status.HTTP_303_SEE_OTHER)
    # lax: the link stands in Label Studio, which may be another machine
    answer.set_cookie(COOKIE, given, path=path, httponly=True, samesite="lax", secure=is_secure(request))
    return answer


def opens(request: Request, path: str) -> bool:
    """Does the request carry the key of this page?"""
    given = request.query_params.get("key") or request.cookies.get(COOKIE, "")
    return _is_key(request, path, given)


def _by_link(request: Request) -> Actor:
    """Who reads, for the audit log: somebody with a link, whom Label Studio alone knows."""
    return Actor("somebody with a link from Label Studio", "link", address_of(request))


def _is_key(request: Request, path: str, given: str) -> bool:
    return secrets.compare_digest(given.encode(), page_key(request.app.state.key, path).encode())


def _anchor(number: int) -> str:
    """The place of a turn, counted from 1, in its page."""
    return anchor(number - 1)
