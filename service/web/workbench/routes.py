"""The lead's pages, all of them."""

from __future__ import annotations

from fastapi import APIRouter

from service.web.workbench import agreement_pages

router = APIRouter(include_in_schema=False)
for _part in (agreement_pages,):
    router.include_router(_part.router)
