"""The codebook on pages: what the codes mean, when to use each, and what the team coded so."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response, status
from starlette.concurrency import run_in_threadpool

from annotations.codebook.crosswalk import STATUSES
from annotations.codebook.layout import Layout, lay_out
from service.access.page_links import CODEBOOK
from service.access.policy import Action, may, must
from service.doubts.seen import doubts_about_code
from service.looking.codebook_read import entry_of, found_in, team_examples
from service.web.form_route import FormRoute
from service.web.pages import Visited, page_for
from service.web.reading_pages import key_leaves_address, opens
from service.web.signed_in import viewer_or_none

router = APIRouter(include_in_schema=False, route_class=FormRoute)


@router.get(CODEBOOK)
async def codebook(request: Request, q: str = "") -> Response:
    """What the codes mean; ``?q=`` finds those that hold the words. Opens with the key of Label Studio's link too."""
    moved = key_leaves_address(request, CODEBOOK)
    if moved is not None:
        return moved
    viewer = await viewer_or_none(request)
    if viewer is not None:
        must(viewer, Action.READ_CODEBOOK)
    elif not opens(request, CODEBOOK):
        return page_for(request, None, "locked_page.html", code=status.HTTP_401_UNAUTHORIZED)
    words = q.strip()[:200]
    layout = await run_in_threadpool(_laid_out, request)
    layout_shown = found_in(layout, words)
    return page_for(
        request,
        viewer,
        "codebook.html",
        layout=layout_shown,
        words=words,
        statuses=STATUSES,
        signed_in=viewer is not None,
        may_bring_in=viewer is not None and may(viewer, Action.BRING_IN),
    )


@router.get(f"{CODEBOOK}/{{code:path}}")
def one_code(visit: Visited, code: str) -> Response:
    """A code with what the team coded so, and what is noted about it."""
    visit.must(Action.READ_CODEBOOK)
    entry = entry_of(_laid_out(visit.request), code)
    if entry is None:
        said = "The codebook has no code of this id any more. It may have been renamed or taken out."
        return visit.page("fault.html", code=404, title="This code is not here", sentence=said)
    reads = visit.may(Action.READ_TEXT)
    examples = team_examples(visit.parts, visit.viewer, code) if reads else ()
    visit.sees_passages(f"examples of {code}", (example.transcript for example in examples))
    return visit.page(
        "code.html",
        entry=entry,
        framework=next(
            framework for framework in visit.parts.codebook.frameworks if framework.id == entry.code.framework
        ),
        examples=examples,
        reads=reads,
        doubts=doubts_about_code(visit.parts, visit.viewer, code),
        may_note=visit.may(Action.WRITE_DOUBT),
    )


def _laid_out(request: Request) -> Layout:
    """The codebook in force: it may be edited while the server runs."""
    return lay_out(request.app.state.in_force.codebook)
