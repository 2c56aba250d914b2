"""What every form of a page may hold: words that a database can keep, whichever route reads them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response, status
from fastapi.routing import APIRoute
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from annotations.decoding import NO_CHARACTER

# more than a page takes, so that it says itself how many it does; a request's bytes are counted before (request_limits)
_MOST_FILES, _MOST_FIELDS = 5_000, 20_000
_TOO_MANY = f"These are more than {_MOST_FILES:,} files. Send fewer at once. Nothing was changed."
_BROKEN = "This form broke on its way here. Load the page anew, and send it again. Nothing was changed."


class FormRequest(Request):
    """A request whose form is looked at whenever it is read."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.scope, request.receive)
        self._request = request

    async def _get_form(self, **_: Any) -> FormData:
        # read by the request itself: whoever answers a fault reads it again, and it comes only once
        read = self._request._get_form
        try:
            form = await read(max_files=_MOST_FILES, max_fields=_MOST_FIELDS)
        except HTTPException as error:
            said = _TOO_MANY if str(error.detail).startswith("Too many files") else _BROKEN
            raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, said) from error
        for name, value in form.multi_items():
            for words in (name, value if isinstance(value, str) else value.filename or ""):
                if NO_CHARACTER.search(words):
                    await form.close()
                    raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, _sentence(name))
        return form


class FormRoute(APIRoute):
    """A route of a page. Every router of pages makes its routes of this class."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Answers with the request's form looked at."""
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            return await answer(FormRequest(request))

        return answered


def _sentence(name: str) -> str:
    shown = NO_CHARACTER.sub("", name)[:40]
    return (
        f"The field “{shown}” of the form holds a character that cannot be kept (a NUL, or half of one). Type it anew, and "
        "send it again. Nothing was changed."
    )
