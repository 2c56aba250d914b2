"""Label Studio over HTTP: the connection, requests, tries, and refusals in words. The only importer of its SDK.

The SDK knows both kinds of token; everything is asked for as plain data. What is asked stands beside this module:
``projects``, ``tasks``, ``predictions`` and others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from annotations.errors import BadInput, TandemError, Unreachable, kind_of
from annotations.label_studio.try_again import PAUSES_S, Lasting, patiently, send_missing

TIME_LIMIT_S = 120.0
_LOCKED = "database is locked"
# what can be sent again without making anything twice
REPEATABLE = frozenset({"GET", "PUT", "PATCH", "DELETE"})
# what reading an answer raises that is not as it should be; the packages whose code may read one
_ODD = (KeyError, IndexError, TypeError, ValueError, AttributeError)
_OURS = frozenset({"annotations", "models", "training", "service"})
T = TypeVar("T")


class LabelStudio:
    """One Label Studio, by address and token (a legacy token or a personal access token).

    ``pauses``: the seconds to wait before each further try of a request that failed and can be repeated, so that
    nothing is made twice; none: every request is tried once.
    """

    def __init__(self, url: str, token: str, *, pauses: Sequence[float] = PAUSES_S) -> None:
        self.url = url.rstrip("/")
        self._pauses = tuple(pauses)
        if not self.url.startswith(("http://", "https://")):
            raise BadInput(
                f'Label Studio\'s address "{url}" is none. Give one such as http://127.0.0.1:8431.'
            )
        # imported here: it takes half a second to load, and most of what imports this module asks nothing
        from label_studio_sdk import LabelStudio as Client

        # no proxy and no .netrc: the token goes to this address and nowhere else
        self._http = httpx.Client(timeout=TIME_LIMIT_S, trust_env=False, follow_redirects=False)
        with self._reached():
            # the client's own tries would repeat requests that make something
            self._client = Client(base_url=self.url, api_key=token, httpx_client=self._http, max_retries=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Close it. An answer that lacks what Label Studio's answers have becomes a sentence."""
        self.close()
        if isinstance(error, _ODD) and _was_reading_an_answer(at):
            raise Unreachable(
                f"what answers at {self.url} does not answer as Label Studio does ({kind_of(error)}). Is this its "
                f"address, and is it a version that Tandem knows (1.23)? tandem doctor says who answers."
            ) from None

    def close(self) -> None:
        """Give back its connections."""
        self._http.close()

    def check(self) -> str:
        """Who we are there; raises Unreachable if nobody answers, BadInput if the token is wrong."""

        def who() -> str:
            try:
                return str(self._client.users.whoami().email)
            except httpx.ConnectError as error:
                # the first question of any work: where nobody listens a person shall hear it at once
                raise Lasting(self._nobody()) from error

        return self._patiently(who)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request; the answer as plain data, None where it is empty. What makes something is sent once."""
        if method in REPEATABLE:
            return self.ask_patiently(method, path, body)
        with self._reached():
            return _plain(self._answer(method, path, body=body), self.url)

    def ask_patiently(self, method: str, path: str, body: Any = None) -> Any:
        """A request that can be sent again without harm, as ``ask`` answers it; tried again where it fails.

        To delete what is gone already is no fault: a try that was cut off may have done it.
        """

        def once() -> Any:
            answer = self._answer(method, path, body=body)
            return None if method == "DELETE" and answer.status_code == 404 else _plain(answer, self.url)

        return self._patiently(once)

    def send(
        self,
        path: str,
        wanted: Sequence[T],
        missing: Callable[[], Sequence[T]],
        body: Callable[[Sequence[T]], Any],
    ) -> tuple[int, Any]:
        """Make these things in one request. Where it fails, only those that are still ``missing`` are sent again.

        ``body``: what the request says of some of them. Returns how many were sent last, and the answer.
        """
        return send_missing(lambda some: self.ask("POST", path, body(some)), wanted, missing, self._pauses)

    def make(self, path: str, body: Mapping[str, Any], is_there: Callable[[], bool]) -> None:
        """Make something. Where the request fails it is sent again only if ``is_there`` says that nothing came of it."""
        self.send(path, [body], lambda: [] if is_there() else [body], lambda some: some[0])

    def act(self, project: int, action: str, tasks: Sequence[int], **given: str) -> Any:
        """An action of its data manager on these tasks. All that Tandem asks for can be done again without harm."""
        chosen = {
            "selectedItems": {"all": False, "included": list(tasks)},
            "filters": {"conjunction": "and", "items": []},
            "ordering": [],
        }
        path = f"api/dm/actions?id={action}&project={project}"
        return self.ask_patiently("POST", path, chosen | given)

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        """What Label Studio answers, as plain data; None if there is no such thing."""

        def once() -> Any:
            answer = self._answer("GET", path, params=params)
            return None if answer.status_code == 404 else _plain(answer, self.url)

        return self._patiently(once)

    def _answer(self, method: str, path: str, *, params: Any = None, body: Any = None) -> httpx.Response:
        asked = None if params is None else dict(params)
        response: httpx.Response = self._client._client_wrapper.httpx_client.request(
            path, method=method, params=asked, json=body
        )
        return response

    def _patiently(self, ask: Callable[[], T]) -> T:
        def once() -> T:
            with self._reached():
                return ask()

        return patiently(once, self._pauses)

    def _nobody(self) -> str:
        return (
            f'Label Studio at {self.url} does not answer. Start it with "tandem label-studio start", or correct its '
            f"address (LABEL_STUDIO_URL, or label_studio.url in study.yaml)."
        )

    @contextmanager
    def _reached(self) -> Iterator[None]:
        from label_studio_sdk.core.api_error import ApiError

        try:
            yield
        except httpx.TimeoutException as error:
            raise Lasting(
                f"Label Studio at {self.url} did not answer within {TIME_LIMIT_S:.0f} s. Run the same command again."
            ) from error
        except httpx.InvalidURL as error:
            raise Lasting(self._nobody()) from error
        except httpx.HTTPError as error:
            raise Unreachable(self._nobody()) from error
        except ApiError as error:
            body = error.body if isinstance(error.body, str) else json.dumps(error.body, default=str)
            raise _in_words(int(error.status_code or 0), body, self.url) from None


def _was_reading_an_answer(at: TracebackType | None) -> bool:
    """Did it arise here, in what reads Label Studio's answers, and not in what uses it?"""
    here = Path(__file__).parent
    packages = here.parents[1]
    ours = None
    while at is not None:
        file = Path(at.tb_frame.f_code.co_filename)
        if file.is_relative_to(packages) and file.relative_to(packages).parts[0] in _OURS:
            ours = file
        at = at.tb_next
    return ours is not None and ours.parent == here


def not_there(url: str, what: str) -> TandemError:
    """What to say where Label Studio does not know what was asked for."""
    return _in_words(404, what, url)


def _plain(answer: httpx.Response, url: str) -> Any:
    """An answer as plain data, None where it is empty; raises the sentence for a refusal."""
    if answer.status_code >= 300:  # a redirect is not followed: the token is for this address alone
        raise _in_words(answer.status_code, answer.text, url)
    try:
        return answer.json() if answer.content else None
    except ValueError as error:
        raise _in_words(answer.status_code, answer.text, url) from error


def _in_words(status: int, body: str, url: str) -> TandemError:
    # a page for browsers says nothing to a person here
    said = "a web page" if body.lstrip().startswith("<") else _faults(body)
    if status == 403 and "reserved" in body:
        return TandemError(
            f"Label Studio at {url} does not call addresses of its own machine. Allow it 127.0.0.0/8 (the one that "
            f'"tandem label-studio start" starts does), or give the service another address.'
        )
    if status in (401, 403):
        return BadInput(
            f"Label Studio at {url} does not accept the token. Copy it anew from Account & Settings there and set "
            f"LABEL_STUDIO_API_KEY."
        )
    if status == 404:
        return BadInput(
            f"Label Studio at {url} does not know what was asked for ({said}). Is this its address?"
        )
    if 300 <= status < 400:
        return BadInput(
            f"Label Studio at {url} sends requests on to another address, where Tandem's token does not go. Give the "
            f"address that it sends to as LABEL_STUDIO_URL (often https instead of http)."
        )
    if status >= 500:
        return Unreachable(
            f"Label Studio at {url} failed ({status}: {said}). Look at its log, then try again."
        )
    return TandemError(f"Label Studio at {url} refused ({status}: {said}).")


def _faults(body: str) -> str:
    """Which fields a refusal names: its text may quote what was sent, and so what somebody said."""
    if _LOCKED in body:
        return _LOCKED
    try:
        plain = json.loads(body)
    except ValueError:
        return "no reason that could be read"
    named = plain.get("validation_errors") if isinstance(plain, dict) else None
    fields = [
        field for field in (named if isinstance(named, dict) else ()) if re.fullmatch(r"\w{1,40}", field)
    ]
    return f"at fault: {', '.join(fields)}" if fields else "its log says why"
