"""The stylesheet, scripts and pictures of pages: anybody may have them, and keep them as long as they like."""

from __future__ import annotations

from fastapi import APIRouter, Response, status

from service.design.static_files import PREFIX, static_files

FOR_EVER = "public, max-age=31536000, immutable"
router = APIRouter(include_in_schema=False)


@router.get(f"{PREFIX}/{{mark}}/{{name}}")
async def static(mark: str, name: str) -> Response:
    """A file of the design, by name and hash of its content."""
    static_file = static_files().get(name)
    if static_file is None or static_file.mark != mark:
        return Response("There is no such file.", status.HTTP_404_NOT_FOUND, media_type="text/plain")
    return Response(static_file.content, media_type=static_file.kind, headers={"Cache-Control": FOR_EVER})
