"""Label Studio over HTTP. The only importer of its SDK.

What the server does was measured, not assumed: it drops invalid predictions in silence, takes the same data twice
as two tasks, and refuses nothing that its interface could not show. So every count is compared, and tasks are known
by our own key (``segment_id`` in their data), never by Label Studio's numbers alone, which it may give again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import httpx
from label_studio_sdk import LabelStudio as Client
from label_studio_sdk.core.api_error import ApiError

from annotations.errors import BadInput, TandemError, Unreachable
from annotations.label_studio.tries import PAUSES_S, Lasting, patiently, send_missing

TASKS_AT_A_TIME = 250
# Label Studio holds its database while it takes predictions away, and coders wait as long
CLEARED_AT_A_TIME = 50
TIME_LIMIT_S = 120.0
_LOCKED = "database is locked"
# what can be sent again without making anything twice
REPEATABLE = frozenset({"GET", "PUT", "PATCH", "DELETE"})
# the signs that somebody has answered a task or begun to; draft_exists and not drafts, which are only one's own
BEGUN = ("total_annotations", "cancelled_annotations", "draft_exists")
Progress = Callable[[int, int], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Project:
    """A project in Label Studio."""

    id: int
    title: str
    url: str
    model_version: str


@dataclass(frozen=True, slots=True)
class Task:
    """A task in Label Studio: its number, our key, whether somebody has answered or begun to, what is predicted.

    ``versions``: the model versions whose predictions stand on it; ``data``: what it shows.
    """

    id: int
    key: str
    touched: bool
    versions: frozenset[str] = frozenset()
    data: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


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
        # no proxy and no .netrc: the token goes to this address and nowhere else
        self._http = httpx.Client(timeout=TIME_LIMIT_S, trust_env=False, follow_redirects=False)
        with self._reached():
            # the client's own tries would repeat requests that make something
            self._client = Client(base_url=self.url, api_key=token, httpx_client=self._http, max_retries=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
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

    def ensure_project(self, title: str, config: str, *, known: int | None) -> tuple[Project, bool]:
        """The project with this configuration: the known one brought up to date, or a new one.

        Returns the project and whether it is new (also where the known one has been deleted).
        """
        title = _title(title)
        found = self._project(known) if known is not None else None
        if found is None:
            # sent once: nothing would tell a project made by a try that was cut off from another one of this title
            with self._reached():
                made = self._client.projects.create(
                    title=title,
                    label_config=config,
                    show_collab_predictions=True,
                    enable_empty_annotation=False,
                    sampling="Sequential sampling",
                    show_skip_button=True,
                    expert_instruction=_INSTRUCTION,
                    show_instruction=False,
                )
            return self._as_project(made), True
        if found.label_config != config:
            self._patiently(
                lambda: self._client.projects.validate_label_config(id=found.id, label_config=config)
            )
            self._patiently(lambda: self._client.projects.update(id=found.id, label_config=config))
        return self._as_project(found), False

    def exists(self, project: int) -> bool:
        """Is the project there?"""
        return self._project(project) is not None

    def tasks(self, project: int) -> dict[str, Task]:
        """The project's tasks by our key."""
        found: dict[str, Task] = {}
        for task in self._every(project):
            found.setdefault(task.key, task)
        return found

    def add_tasks(
        self, project: int, data: Sequence[Mapping[str, str]], progress: Progress
    ) -> dict[str, Task]:
        """Import bare tasks in the order given, a few hundred at a time; returns them by our key.

        Where a request fails they are looked up by our own key, and only those that are not there are sent again.
        Raises TandemError if tasks are missing in the end.
        """
        for start in range(0, len(data), TASKS_AT_A_TIME):
            some = data[start : start + TASKS_AT_A_TIME]
            self._import_lot(project, some)
            progress(start + len(some), len(data))
        found = self._once_each(project, {one["segment_id"] for one in data})
        missing = [one for one in data if one["segment_id"] not in found]
        if missing:
            raise TandemError(
                f"Label Studio took {len(data) - len(missing)} of {len(data)} tasks. Run the same command again: "
                f"the others will be sent then."
            )
        return found

    def replace_predictions(
        self, project: int, predictions: Sequence[Mapping[str, Any]], *, clearing: Sequence[int]
    ) -> None:
        """Put predictions on tasks, first taking away all those that stand on the tasks ``clearing``.

        Each prediction names its ``task`` and ``model_version``. Label Studio drops invalid ones in silence,
        so its count is compared; raises TandemError that says how many it did not take.
        """
        for start in range(0, len(clearing), CLEARED_AT_A_TIME):
            self._drop_predictions(project, clearing[start : start + CLEARED_AT_A_TIME])
        if not predictions:
            return

        def missing() -> list[Mapping[str, Any]]:
            there = {task.id: task.versions for task in self.tasks(project).values()}
            return [one for one in predictions if one["model_version"] not in there.get(one["task"], ())]

        path = f"api/projects/{project}/import/predictions"
        sent, answer = send_missing(
            lambda some: self.ask("POST", path, list(some)), predictions, missing, self._pauses
        )
        refused = sent - (int(answer.get("created", 0)) if isinstance(answer, dict) else 0)
        created = len(predictions) - refused
        if created != len(predictions):
            raise TandemError(
                f"Label Studio took {created} of {len(predictions)} predictions and did not say why. Run the same "
                f"command again; if it happens again, look at Label Studio's log."
            )

    def show_version(self, project: int, version: str) -> None:
        """Let the project pre-fill with this version's predictions; some must be there already. "": with none."""
        self.ask(
            "PATCH",
            f"api/projects/{project}/",
            {"model_version": version, "show_collab_predictions": True},
        )

    def version_shown(self, project: int) -> str:
        """The version whose predictions the project pre-fills with; "" for none."""
        answer = self.ask("GET", f"api/projects/{project}/")
        return str(answer.get("model_version") or "") if isinstance(answer, dict) else ""

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request; the answer as plain data, None where it is empty. What makes something is sent once.

        To delete what is gone already is no fault: a try that was cut off may have done it.
        """
        if method not in REPEATABLE:
            with self._reached():
                return _plain(self._answer(method, path, body=body), self.url)

        def once() -> Any:
            answer = self._answer(method, path, body=body)
            return None if method == "DELETE" and answer.status_code == 404 else _plain(answer, self.url)

        return self._patiently(once)

    def make(self, path: str, body: Mapping[str, Any], is_there: Callable[[], bool]) -> None:
        """Make something. Where the request fails it is sent again only if ``is_there`` says that nothing came of it."""
        send_missing(
            lambda _: self.ask("POST", path, body),
            [body],
            lambda: [] if is_there() else [body],
            self._pauses,
        )

    def act(self, project: int, action: str, tasks: Sequence[int], **given: str) -> Any:
        """An action of its data manager on these tasks. All that Tandem asks for can be done again without harm."""
        chosen = {
            "selectedItems": {"all": False, "included": list(tasks)},
            "filters": {"conjunction": "and", "items": []},
            "ordering": [],
        }
        path = f"api/dm/actions?id={action}&project={project}"
        return self._patiently(lambda: _plain(self._answer("POST", path, body=chosen | given), self.url))

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        """What Label Studio answers, as plain data; None if there is no such thing."""

        def once() -> Any:
            answer = self._answer("GET", path, params=params)
            return None if answer.status_code == 404 else _plain(answer, self.url)

        return self._patiently(once)

    def _import_lot(self, project: int, some: Sequence[Mapping[str, str]]) -> None:
        def missing() -> list[Mapping[str, str]]:
            there = self.tasks(project)
            return [one for one in some if one["segment_id"] not in there]

        send_missing(
            lambda rest: self.ask(
                "POST", f"api/projects/{project}/import", [{"data": dict(one)} for one in rest]
            ),
            some,
            missing,
            self._pauses,
        )

    def _once_each(self, project: int, keys: Collection[str]) -> dict[str, Task]:
        """The project's tasks by our key. Of those just made, a second copy that nobody has begun on is taken away.

        A request that was given up as lost may be carried out late, after its tasks were sent again.
        """
        found: dict[str, Task] = {}
        surplus: list[int] = []
        for task in self._every(project):
            if task.key not in found:
                found[task.key] = task
            elif task.key in keys and not task.touched:
                surplus.append(task.id)
        if surplus:
            self.act(project, "delete_tasks", surplus)
        return found

    def _drop_predictions(self, project: int, tasks: Sequence[int]) -> None:
        self.act(project, "delete_tasks_predictions", tasks)

    def _every(self, project: int) -> Iterator[Task]:
        for plain in self._pages(project):
            key = str((plain.get("data") or {}).get("segment_id", ""))
            if key:
                yield _task(key, plain)

    def _pages(self, project: int) -> Iterator[dict[str, Any]]:
        page = 1
        while True:
            params = {
                "project": project,
                "page": page,
                "page_size": 1000,
                "include": "id,data,total_annotations,cancelled_annotations,draft_exists,predictions_model_versions",
                "fields": "all",
            }
            plain = self.get("api/tasks/", params)
            if plain is None and page > 1:
                return  # there was nothing after the last full page
            if plain is None:
                raise _in_words(404, f"project {project}", self.url)
            tasks = plain["tasks"] if isinstance(plain, dict) else plain
            yield from tasks
            if len(tasks) < 1000:
                return
            page += 1

    def _project(self, project: int) -> Any | None:
        def once() -> Any | None:
            try:
                return self._client.projects.get(id=project)
            except ApiError as error:
                if error.status_code == 404:
                    return None
                raise

        return self._patiently(once)

    def _as_project(self, found: Any) -> Project:
        number = int(found.id)
        return Project(
            number, str(found.title), f"{self.url}/projects/{number}", str(found.model_version or "")
        )

    def _answer(self, method: str, path: str, *, params: Any = None, body: Any = None) -> httpx.Response:
        asked = None if params is None else dict(params)
        found: httpx.Response = self._client._client_wrapper.httpx_client.request(
            path, method=method, params=asked, json=body
        )
        return found

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


_INSTRUCTION = (
    "<p>Read the passage in the shaded box; the turns around it are context. The codes that are filled in are a "
    "model's suggestions: change whatever you see differently. If no code applies, say so with the box below "
    "(n). Ctrl+Enter submits.</p>"
)


def _task(key: str, plain: Mapping[str, Any]) -> Task:
    versions = str(plain.get("predictions_model_versions") or "").split(",")
    return Task(
        int(plain["id"]),
        key,
        any(plain.get(sign) for sign in BEGUN),
        frozenset(filter(None, map(str.strip, versions))),
        plain.get("data") or {},
    )


def _plain(answer: httpx.Response, url: str) -> Any:
    """An answer as plain data, None where it is empty; raises the sentence for a refusal."""
    if answer.status_code >= 400:
        raise _in_words(answer.status_code, answer.text, url)
    return answer.json() if answer.content else None


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
    fields = [one for one in (named if isinstance(named, dict) else ()) if re.fullmatch(r"\w{1,40}", one)]
    return f"at fault: {', '.join(fields)}" if fields else "its log says why"


def _title(title: str) -> str:
    """Label Studio takes titles of 3 to 50 characters."""
    short = title if len(title) <= 50 else f"{title[:49]}…"
    return short if len(short) >= 3 else f"{short} study"
